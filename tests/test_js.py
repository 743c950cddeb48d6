"""The page's own checks, run by Node: its unit tests and its types."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

NODE = shutil.which("node")
TYPESCRIPT = ROOT / "node_modules" / ".bin" / "tsc"

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


def run(*command: str) -> None:
    """Run to the end; what it printed is the failure's message."""
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_store_wire_and_link() -> None:
    """No test in tests/js fails. One process runs all files: to start twenty takes longer than their tests."""
    files = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.js"))
    assert files
    imports = "".join(f"await import({json.dumps(file)});" for file in files)
    run(str(NODE), "--input-type=module", "--eval", imports)


@pytest.mark.skipif(not TYPESCRIPT.exists(), reason="TypeScript is not installed (npm ci)")
def test_types() -> None:
    """tsc --checkJs finds no error in static/js."""
    run(str(TYPESCRIPT), "--project", "tsconfig.json")


def test_lines_are_short() -> None:
    """No line of a script is longer than those of Python may be; protocol.js is generated."""
    files = [path for part in ("static", "tests") for path in sorted((ROOT / part).rglob("*.js"))]
    assert len(files) > 80
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 120
    ]
    assert found == []


# What is written wrong in a copy of the sources, and what tsc must say about it.
MISTAKES = (
    (
        "main.js",
        '    case "heartbeat": return; // the connection has noted it\n',
        "",
        "'HeartbeatEvent' is not assignable",
    ),
    ("main.js", "toasted(state, event.message)", "toasted(state, event.mesage)", "'mesage' does not exist"),
    ("model/actions.js", 'tell({ type: "reset" })', 'tell({ type: "reste" })', "'\"reste\"' is not assignable"),
    ("model/actions.js", 'send({ type: "ack" })', 'send({ type: "akc" })', "'\"akc\"' is not assignable"),
    (
        "model/actions.js",
        "neuron, input, value });",
        "neuron, value });",
        "is not assignable to parameter of type",
    ),
    ("wire/frame.js", "{ epochsPerSecond: pace", "{ epochPerSecond: pace", "'epochPerSecond' does not exist"),
    ("model/big_map.js", 'topic: "reading", run, unit,', 'topic: "reading", run,', "is not assignable to type"),
)


@pytest.mark.skipif(not TYPESCRIPT.exists(), reason="TypeScript is not installed (npm ci)")
def test_types_find_mistakes_on_the_wire(tmp_path: Path) -> None:
    """A forgotten event, a misspelt command and the like are errors of types, and the only ones in a copy with them."""
    shutil.copytree(ROOT / "static" / "js", tmp_path / "static" / "js")
    shutil.copy(ROOT / "tsconfig.json", tmp_path)
    for file, right, wrong, _ in MISTAKES:
        path = tmp_path / "static" / "js" / file
        text = path.read_text()
        assert text.count(right) == 1, f"{file} no longer has one {right!r}"
        path.write_text(text.replace(right, wrong))
    command = (str(TYPESCRIPT), "--project", "tsconfig.json", "--pretty", "false")
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    errors = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    for file, _, _, said in MISTAKES:
        assert sum(line.startswith(f"static/js/{file}") and said in line for line in errors) == 1, (said, errors)
    assert len(errors) == len(MISTAKES), errors
