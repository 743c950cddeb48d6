"""Three rings, one direction: the engine knows nothing of the server, the server nothing of the tests."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

ENGINE_MAY = {"numpy", "numba", "llvmlite"} | set(sys.stdlib_module_names)
APP_MAY = {
    "engine",
    "app",
    "numpy",
    "fastapi",
    "starlette",
    "pydantic",
    "pydantic_core",
    "uvicorn",
    "h11",  # what uvicorn speaks http with, and websockets with: app/server.py bounds both
    "websockets",
    "jinja2",
    "markupsafe",
}
APP_MAY |= {"plotly"} | set(sys.stdlib_module_names)


def imports(path: Path) -> set[str]:
    """The top-level names of everything a file imports, anywhere in it; its own package's are left out."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(("ring", "allowed"), [("engine", ENGINE_MAY | {"engine"}), ("app", APP_MAY)])
def test_a_ring_imports_only_what_lies_inside(ring: str, allowed: set[str]) -> None:
    """No file imports from a ring further out, nor a library that its ring does not need."""
    files = sorted((ROOT / ring).rglob("*.py"))
    assert files
    assert {(path.name, name) for path in files for name in imports(path) - allowed} == set()


def test_the_engine_runs_without_the_server() -> None:
    """After importing the engine no module of the web is loaded."""
    code = (
        "import sys, engine; print([name for name in ('app', 'fastapi', 'pydantic', 'uvicorn') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "[]"


def test_the_page_knows_the_wire_only() -> None:
    """No module of the page imports from outside static/js, nor from an address."""
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(("import ", "} from", "export {")) and " from " in line:
                source = line.rsplit(" from ", 1)[1].strip(" ;\"'")
                assert source.startswith("."), f"{path.name}: {line}"
                assert (path.parent / source).resolve().is_relative_to(ROOT / "static" / "js"), f"{path.name}: {line}"
