"""The wheel: installed in an empty environment and started elsewhere, it brings its page along."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, start, stop, wait_until_ready
from tests.page import Page


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from this checkout, with the build tools that the lock names."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), str(ROOT)], check=True, timeout=100
    )
    (found,) = folder.glob("tinkernet-*.whl")
    return found


def test_the_wheel_holds_the_page(wheel: Path) -> None:
    """Every file of static/ and templates/ is in it, and nothing of the tests."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("static", "templates"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file():
                assert f"tinkernet/{path.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if name.startswith(("tests/", "node_modules/", ".ci/"))]
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"tinkernet"}


def test_the_wheel_holds_every_module(wheel: Path) -> None:
    """pyproject.toml lists the packages: none is forgotten, and the namespace has no file of its own."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".py")}
    files = {
        f"tinkernet/{path.relative_to(ROOT).as_posix()}"
        for top in ("app", "engine")
        for path in (ROOT / top).rglob("*.py")
    }
    assert names == files


@pytest.mark.timeout(300)
def test_installed_and_started_elsewhere(wheel: Path, tmp_path: Path) -> None:
    """In an empty environment with the locked dependencies `tinkernet` serves the page, which trains."""
    home, elsewhere = tmp_path / "venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    venv.create(home)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    # This environment's pip, working for the other one, which then needs none.
    pip = [sys.executable, "-m", "pip", "--python", str(home), "install", "--quiet", "--no-compile"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, timeout=280)
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True, timeout=100)
    helped = subprocess.run(
        [str(scripts / "tinkernet"), "--help"], cwd=elsewhere, capture_output=True, text=True, timeout=60, check=True
    )
    assert "--port" in helped.stdout
    server = start([str(scripts / "tinkernet"), "--port", "0"], elsewhere)
    try:
        with urllib.request.urlopen(f"{server.url}/", timeout=20) as answer:
            html = answer.read().decode()
        files = re.findall(r'(?:src|href)="\./(static/[^"]+)"', html)  # relative to the page
        assert len(files) >= 3
        for file in [*files, "static/plotly.min.js"]:
            with urllib.request.urlopen(f"{server.url}/{file}", timeout=20) as answer:
                assert answer.read()
        wait_until_ready(server.url)
        with Page(server.url) as page:
            page.ready().send("step", epochs=5)
            page.until(lambda page: page.frame.epoch == 5)
    finally:
        assert stop(server) in (0, -15)
