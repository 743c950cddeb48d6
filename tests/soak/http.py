"""Every route that can be asked for, as schemathesis makes requests out of the OpenAPI document: none may end in a 5xx.

The server is a real one; the document, which it does not hand out, comes from the application itself. Two sessions are
there, and one of them is that of the browser that asks: their ids are among those asked for, and so is what could be a
path, or half an id.
"""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.report import ROOT
from tests.bench.served import serving
from tests.page import Page
from tests.soak.promise import Promise, run
from tinkernet.app.settings import Settings
from tinkernet.app.web.application import create_app


def ids(own: str, other: str) -> list[str]:
    """What to ask for in place of a session's id."""
    return [
        own, other, own.swapcase(), other[:-1], f"{other}a", f"{other}\n", f"{own}/../{other}", f"../s/{other}",
        f"{other}/", f"{other}?key=x", f"{other}#key=x", "../" + "a" * 19, "..%2f" + "a" * 17, "%00" + "a" * 19,
        "é" * 22, "a" * 5000, ".", "..", "",
    ]  # fmt: skip


def with_ids(document: dict[str, Any], found: list[str]) -> dict[str, Any]:
    """The document, where these may be an id."""
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "id":
                    parameter["schema"] = {"anyOf": [{"type": "string", "enum": found}, {"type": "string"}]}
    return document


def answers(url: str, cookies: str, found: list[str]) -> Iterator[tuple[int, bytes]]:
    """To each of them, letter for letter: no client in between that tidies an address up."""
    for id in found:
        for path in (f"/s/{id}", f"/s/{id}/watch"):
            connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
            connection._validate_path = lambda _: None  # type: ignore[attr-defined,method-assign]
            connection._encode_request = lambda request: request.encode()  # type: ignore[attr-defined,method-assign]
            connection.request("GET", path, headers={"Cookie": cookies})
            answer = connection.getresponse()
            yield answer.status, answer.read()
            connection.close()


def measure(quick: bool) -> list[Promise]:
    """One run of its command, bounded by a count per route; then each id once more by hand."""
    with tempfile.TemporaryDirectory() as folder, serving(TINKERNET_DATA_DIR="") as served:
        pages = Page(served.url), Page(served.url)
        for page in pages:
            with page:
                page.ready().send("step", epochs=3)
                page.until(lambda page: page.frame.epoch == 3)
        own, other = pages
        asked = ids(own.id, other.id)
        document = with_ids(create_app(Settings(data_dir="")).openapi(), asked)
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps(document))
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "run", str(path), "--url", served.url, "--seed", "4",
            "--checks", "not_a_server_error", "--max-examples", "20" if quick else "300",
            "--generation-database", "none", "--header", f"Cookie: {own.visit.cookies}",
            "--no-color", "--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all",
        ]  # fmt: skip
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)
        print(said.stdout[-1500:], said.stderr[-1500:], sep="\n")
        by_hand = list(answers(served.url, own.visit.cookies, asked))
        untouched = 0
        for before in pages:
            with Page(served.url, id=before.id) as page:
                page.ready()
                untouched += (page.frame.epoch, page.state["instance"]) == (3, before.state["instance"])
    made = re.search(r"([\d,]+) generated", said.stdout)
    own_key = own.visit.viewer_key.encode()
    keys = other.visit.viewer_key.encode(), other.visit.cookies.rpartition("=")[2].encode()
    return [
        Promise("routes", len(document["paths"])),
        Promise("requests", int(made.group(1).replace(",", "")) if made else 0, least=50),
        Promise("exit code of schemathesis, which is 1 when there was a 5xx", said.returncode, exactly=0),
        Promise("ids asked for letter by letter", len(by_hand), least=30),
        Promise("of them answered with a 5xx", sum(status >= 500 for status, _ in by_hand), exactly=0),
        Promise("with one's own key in the answer", sum(own_key in body for _, body in by_hand), least=1),
        Promise("with another's key in the answer", sum(key in body for _, body in by_hand for key in keys), exactly=0),
        Promise("sessions as they were, of 2", untouched, exactly=2),
    ]


if __name__ == "__main__":
    run("http", measure)
