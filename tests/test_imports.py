"""Who may import whom: the engine knows nothing of the server, and a package only those before it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

STANDARD = set(sys.stdlib_module_names)
ENGINE_MAY = {"numpy", "numba", "llvmlite"} | STANDARD
APP_MAY = {"numpy", "starlette", "pydantic", "pydantic_core", "jinja2", "markupsafe"} | STANDARD
# uvicorn speaks http with h11, and WebSockets with websockets: web/server.py bounds both.
WEB_MAY = {"fastapi", "uvicorn", "h11", "websockets", "segno"}
SOCKET = {("connections", "fastapi.WebSocket"), ("connections", "fastapi.WebSocketDisconnect")}

# Of each package, what it may import beside itself. What is not named here may import everything of its own half.
ENGINE_ORDER = {
    "compiler": set(),
    "rng": {"compiler"},
    "formulas": {"compiler", "rng"},
    "kernels": {"compiler", "rng", "formulas"},
    "data": {"compiler", "rng", "formulas"},
    "spec": {"compiler", "rng", "formulas", "data"},
}
ENGINE_ORDER["network"] = ENGINE_ORDER["spec"] | {"kernels", "spec"}
ENGINE_ORDER["training"] = ENGINE_ORDER["network"] | {"network"}
ENGINE_ORDER["analysis"] = ENGINE_ORDER["training"] | {"training"}
ENGINE_ORDER["sweep"] = ENGINE_ORDER["analysis"] | {"analysis"}

APP_ORDER = {"wire": set(), "workers": {"wire"}, "storage": {"wire"}, "publishing": {"wire", "workers", "storage"}}
APP_ORDER["tables"] = {"wire"}
APP_ORDER["sessions"] = APP_ORDER["publishing"] | {"publishing", "tables"}
APP_ORDER["connections"] = APP_ORDER["sessions"] | {"sessions"}
APP_ORDER["classroom"] = {"wire", "workers", "storage", "publishing"}
APP_ORDER["web"] = APP_ORDER["connections"] | {"connections", "classroom"}


def imported(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, anywhere in it, relative imports resolved.

    `from tinkernet.engine.kernels import train` counts as `tinkernet.engine.kernels.train`: it may be a module.
    """
    package = ["tinkernet", *path.relative_to(ROOT).parent.parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            yield from (".".join([*base, *([node.module] if node.module else []), alias.name]) for alias in node.names)


def files(top: str) -> list[Path]:
    """The Python files of one half, `engine` or `app`."""
    found = sorted((ROOT / top).rglob("*.py"))
    assert found
    return found


def refused(top: str, may: set[str], order: dict[str, set[str]]) -> set[tuple[str, str]]:
    """(file, import) wherever a file of this half imports what it may not."""
    found = set()
    for path in files(top):
        room = path.relative_to(ROOT).parts[1]
        for name in imported(path):
            half, _, inner = name.removeprefix("tinkernet.").partition(".")
            if not name.startswith("tinkernet."):
                web = WEB_MAY if top == "app" and (room == "web" or (room, name) in SOCKET) else set()
                allowed = name.partition(".")[0] in may | web
            elif half == top:
                target = inner.partition(".")[0]
                inside = room not in order or target == room or target not in order
                allowed = inside or target in order[room]
            else:
                allowed = (top, half) == ("app", "engine")
            if not allowed:
                found.add((str(path.relative_to(ROOT)), name))
    return found


def test_the_engine_imports_in_one_direction() -> None:
    """No package of the engine imports a later one, the server, or a library that the engine does not need."""
    assert refused("engine", ENGINE_MAY, ENGINE_ORDER) == set()


def test_the_server_imports_in_one_direction() -> None:
    """No package of the server imports a later one; only `web`, and the type of a socket, knows FastAPI."""
    assert refused("app", APP_MAY, APP_ORDER) == set()


def test_kernels_and_formulas_know_no_spec() -> None:
    """The compiled loops are told numbers and codes; a Spec is policy."""
    for path in [*(ROOT / "engine" / "kernels").rglob("*.py"), *(ROOT / "engine" / "formulas").rglob("*.py")]:
        assert not re.search(r"\bSpec\b", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    "line", ["from .. import spec", "from ..spec.spec import Spec", "from tinkernet.engine import spec"]
)
def test_a_relative_import_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    """The rule bites however the import is written."""
    folder = tmp_path / "engine" / "kernels"
    folder.mkdir(parents=True)
    (folder / "wrong.py").write_text(line + "\n")
    monkeypatch.setattr("tests.test_imports.ROOT", tmp_path)
    assert len(refused("engine", ENGINE_MAY, ENGINE_ORDER)) == 1


def test_a_module_has_one_name() -> None:
    """`import engine` beside `import tinkernet.engine` would load every module, and every registry, twice."""
    bare = re.compile(r"^\s*(?:from|import) (?:app|engine)\b", re.MULTILINE)
    for top in ("app", "engine", "tests"):
        for path in files(top):
            assert not bare.search(path.read_text(encoding="utf-8")), path


def test_the_engine_runs_without_the_server() -> None:
    """After importing the engine no module of the web is loaded."""
    names = ("tinkernet.app", "fastapi", "pydantic", "uvicorn")
    code = f"import sys, tinkernet.engine; print([name for name in {names} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.strip() == "[]"
