"""The page's own checks, run by Node: its unit tests and its types."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.conftest import ROOT

NODE = shutil.which("node")
TYPESCRIPT = ROOT / "node_modules" / "typescript" / "bin" / "tsc"

pytestmark = pytest.mark.skipif(NODE is None, reason="Node is not installed")


def run(*command: str) -> None:
    """Run to the end; what it printed is the failure's message."""
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_store_wire_and_link() -> None:
    """node --test finds no failure in tests/js."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "js").glob("*.test.js"))
    assert files
    run(str(NODE), "--test", *files)


@pytest.mark.skipif(not TYPESCRIPT.exists(), reason="TypeScript is not installed (npm ci)")
def test_types() -> None:
    """tsc --checkJs finds no error in static/js."""
    run(str(NODE), str(TYPESCRIPT), "--project", "tsconfig.json")
