"""The command and its ends, as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready
from tests.page import Page


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_more_workers_are_refused() -> None:
    """Sessions live in one process: a second worker would lose half of all visits, so it says why not and ends."""
    result = run(WEB_CONCURRENCY="2")
    assert result.returncode == 2
    assert "one process" in result.stderr


def test_a_taken_port_is_a_sentence(live_server: LiveServer) -> None:
    """No traceback when the port is in use."""
    result = run("--port", live_server.url.rsplit(":", 1)[1])
    assert result.returncode == 2
    assert result.stderr.startswith("tinkernet: Cannot listen")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["PORT", "IDLE_PAUSE", "DEFLATE"])
def test_a_bad_setting_is_a_sentence(name: str) -> None:
    """A variable that cannot be read is named."""
    result = run(**{f"TINKERNET_{name}": "many"})
    assert result.returncode == 2
    assert f"TINKERNET_{name}" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_three_seconds(signal_: signal.Signals) -> None:
    """While it trains as fast as it goes, one page is attentive and one never reads: the first is told, and it ends."""
    server = start([sys.executable, "-m", "app", "--port", "0"], ROOT, stderr=subprocess.PIPE)
    try:
        wait_until_ready(server.url)
        with Page(server.url) as page, Page(server.url, id=page.id, patient=True) as stalled:
            page.ready()
            page.send("speed", rate=None)
            page.send("play")
            for _ in range(20):
                stalled.send("seen")
            page.until(lambda page: page.frame.epoch > 100)
            asked = time.monotonic()
            server.process.send_signal(signal_)
            with pytest.raises(Exception, match=r"1001|going away"):
                page.until(lambda _: False)
            assert page.closing == "The server is stopping."
            server.process.wait(10)
            assert time.monotonic() - asked < 3
            assert server.process.stderr is not None
            assert server.process.stderr.read() == ""
            server.process.stderr.close()
    finally:
        stop(server)
