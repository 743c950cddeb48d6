"""The recipe for a topic, performed in a copy of the tree: the wire, one file of the server and one of the page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

NODE = shutil.which("node")

TOPIC = '''class WeatherTopic(Topic):
    """The weather in a city."""

    topic: Literal["weather"]
    city: Unit


AnyTopic: TypeAlias = WeatherTopic |'''

RECORD = '''@dataclass(slots=True, eq=False)
class Weather(Part):
    """The weather in a city."""

    topic: ClassVar[str] = "weather"

    city: Annotated[str, Text("as asked for")]
    wind: Annotated[float, Scalar("d", "metres per second")]
    is_sunny: Annotated[bool, Scalar("B", "whether the sun shines")]
    clouds: Annotated[Array, Values("u1", "(side, side)", packed=True)]


PARTS: tuple[type[Part], ...] = ('''

SERVER = '''"""The weather."""

import numpy as np

from tinkernet.app.wire.frames import Weather


def make(moment, topics):
    """A record for each city."""
    clouds = np.arange(9, dtype=np.uint8).reshape(3, 3) ** 2
    return [Weather(city=t.city, wind=2.5, is_sunny=True, clouds=clouds, **moment.stamp) for t in topics]
'''

SHOW = """
import asyncio
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.wire import codegen
from tinkernet.app.wire.parse import parse

assert str(codegen.write()).startswith(FOLDER), codegen.PATH

async def main():
    session = Session(Settings(deflate=True), asyncio.get_running_loop(), lambda _: None)
    viewer = Viewer()
    session.join(viewer)
    command = parse('{"type":"subscribe","topics":[{"topic":"weather","city":"Aachen"},{"topic":"network"}]}')
    viewer.subscribe(subscription_of(tuple(command.topics)))
    session.runs["main"].run(0.01)
    await asyncio.sleep(0)
    while isinstance(message := viewer.next_message(), str):
        pass
    print(message.hex())

asyncio.run(main())
"""

PAGE = """
import { decode } from "./static/js/wire/decode.js";
import { NEW_RUN, withTick } from "./static/js/model/run.js";

const parts = await decode(Uint8Array.from(Buffer.from(process.argv[1], "hex")).buffer);
const { weather } = withTick({ ...NEW_RUN, restarts: 1 }, parts).parts;
console.log(JSON.stringify({ ...weather, clouds: [...weather.clouds] }));
"""


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_a_topic_touches_the_wire_and_one_file_on_each_side(tmp_path: Path) -> None:
    """What the server's file makes is what the page's file finds in its run, with every field by its name."""
    for folder in ("app", "static/js"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    links = tmp_path / "links" / "tinkernet"
    links.mkdir(parents=True)
    (links / "app").symlink_to(tmp_path / "app")
    (links / "engine").symlink_to(ROOT / "engine")

    replaced(tmp_path / "app/wire/commands.py", "AnyTopic: TypeAlias =", TOPIC)
    frames = tmp_path / "app/wire/frames.py"
    replaced(frames, "PARTS: tuple[type[Part], ...] = (", RECORD)
    replaced(frames, "Effort, Seeds, Sweep,\n)", "Effort, Seeds, Sweep, Weather,\n)")
    (tmp_path / "app/publishing/topics/weather.py").write_text(SERVER)

    path = os.pathsep.join([str(links.parent), *sys.path])
    message = ran([sys.executable, "-c", f"FOLDER = {str(tmp_path)!r}\n{SHOW}"], tmp_path, PYTHONPATH=path)
    found = json.loads(ran([str(NODE), "--input-type=module", "-e", PAGE, "--", message.strip()], tmp_path))
    assert found == {
        "topic": "weather", "run": "main", "restarts": 1, "revision": 0, "epoch": 0, "city": "Aachen", "wind": 2.5,
        "isSunny": True, "clouds": [0, 1, 4, 9, 16, 25, 36, 49, 64], "shapes": {"clouds": [3, 3]},
    }  # fmt: skip


def replaced(path: Path, before: str, after: str) -> None:
    """One place in a file, changed."""
    text = path.read_text()
    assert text.count(before) == 1, f"{path} no longer has one {before!r}"
    path.write_text(text.replace(before, after))


def ran(command: list[str], folder: Path, **environment: str) -> str:
    """What a command prints; what it says of its failure is the test's."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
