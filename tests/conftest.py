"""Shared by all tests: a real server, started as a user starts it, and the list of slow tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# A busy machine is slow, not wrong.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


# Seconds after which a session that a test has left stops training, so that it does not slow down the tests after it.
IDLE_PAUSE = "2"
# All tests come from one address, and a session that is not kept holds its place until it expires.
PLACES = {"max_sessions": "1000", "max_sessions_per_address": "1000"}

# What `make check` leaves out: browsers, processes of their own, and compilers. Beginnings of the tests' names.
LONG = (
    "tests/app/test_connections.py::test_many_sessions",
    "tests/app/test_new_topic.py",
    "tests/browser/",
    "tests/engine/test_cache.py",
    "tests/engine/test_command.py",
    "tests/engine/test_widths.py",
    "tests/test_command.py",
    "tests/test_install.py",
    "tests/test_recipes.py",
    "tests/test_restart.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every other test as quick."""
    for item in items:
        if not item.nodeid.startswith(LONG):
            item.add_marker("quick")


def link_packages(root: Path) -> Path:
    """Make a folder of links to the packages of a checkout. First on PYTHONPATH, `tinkernet` is that checkout's."""
    links = root / ".venv" / "links"
    (links / "tinkernet").mkdir(parents=True)
    for package in ("app", "engine"):
        (links / "tinkernet" / package).symlink_to(root / package)
    return links


@dataclass
class LiveServer:
    """A server process and its address, without a slash at the end."""

    url: str
    process: subprocess.Popen[str]


def start(command: list[str], folder: Path, stderr: int | None = None, **settings: str) -> LiveServer:
    """Start the command, with settings as TINKERNET_<NAME>, and wait until it says its address."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TINKERNET_")}
    environment["TINKERNET_DATA_DIR"] = ""  # a test that keeps sessions says where, with --data-dir
    environment |= {f"TINKERNET_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Tinkernet is at "):
            return LiveServer(line.split()[-1], process)
    raise AssertionError(f"{command} ended with {process.wait()} and never said its address")


def wait_until_ready(url: str, seconds: float = 300) -> None:
    """Wait until /readyz reports that networks can be trained: a first start compiles the engine."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
                if answer.read() == b"ready\n":
                    return
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
            error.close()
        time.sleep(0.2)
    raise AssertionError(f"not ready in {seconds} s")


def stop(server: LiveServer) -> int:
    """Stop the server and return its exit code. Raises TimeoutExpired if it does not end within 10 s."""
    server.process.terminate()
    try:
        return server.process.wait(10)
    finally:
        server.process.kill()
        assert server.process.stdout is not None
        server.process.stdout.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """A ready server on a free port with default settings, except for `IDLE_PAUSE` and `PLACES`."""
    server = start([sys.executable, "-m", "tinkernet.app", "--port", "0"], ROOT, idle_pause=IDLE_PAUSE, **PLACES)
    try:
        wait_until_ready(server.url)
        yield server
    finally:
        stop(server)
