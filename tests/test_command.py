"""The command and its ends, as processes."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready
from tests.page import Page, Visit, visit

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks into the system's buffers as Linux shows them")


LARGE = [64] * 8  # its frames fill every buffer at once


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "tinkernet.app", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_more_workers_are_refused() -> None:
    """Sessions live in one process: a second worker would lose half of all visits, so it says why not and ends."""
    result = run(WEB_CONCURRENCY="2")
    assert result.returncode == 2
    assert "one process" in result.stderr


def test_a_sweep_needs_no_server() -> None:
    """It is told from a server's options, and what it is given wrongly is a sentence."""
    ended = run("sweep", "seed=1", "--vary", "noise=5,99")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "tinkernet sweep: Noise must be a number from 0 to 80 %, not '99'.\n"


def test_a_taken_port_is_a_sentence(live_server: LiveServer) -> None:
    """No traceback when the port is in use."""
    result = run("--port", live_server.url.rsplit(":", 1)[1])
    assert result.returncode == 2
    assert result.stderr.startswith("tinkernet: Cannot listen")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("host", ["no.such.name.invalid", "\xe9" * 70, "[::1]"])
def test_what_is_no_host_is_a_sentence(host: str) -> None:
    """However it is that it cannot be one."""
    result = run("--host", host)
    assert result.returncode == 2
    assert result.stderr.startswith("tinkernet: Cannot listen")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["PORT", "IDLE_PAUSE", "DEFLATE"])
def test_a_bad_setting_is_a_sentence(name: str) -> None:
    """A variable that cannot be read is named."""
    result = run(**{f"TINKERNET_{name}": "many"})
    assert result.returncode == 2
    assert f"TINKERNET_{name}" in result.stderr


@pytest.mark.alone
@LINUX
@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_three_seconds(signal_: signal.Signals) -> None:
    """While it trains as fast as it goes, one page is attentive and one never reads: the first is told, and it ends."""
    server = start([sys.executable, "-m", "tinkernet.app", "--port", "0"], ROOT, stderr=subprocess.PIPE)
    try:
        wait_until_ready(server.url)
        with Page(server.url) as page, Page(server.url, id=page.id, deaf=True) as stalled:
            page.ready()
            page.configure(hidden=LARGE)
            page.send("speed", rate=None)
            page.send("play")
            asking = threading.Thread(target=stalled.ask_until_stuck)
            asking.start()
            page.until(lambda page: page.frame.epoch > 3 and not asking.is_alive())
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


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT], [signal.SIGINT] * 2])
def test_it_ends_while_it_compiles(tmp_path: Path, signals: list[signal.Signals]) -> None:
    """A first start, with pages that wait for the compiler: they hear that it stops, and it does not wait for them."""
    code = (
        f"import os; os.environ['TINKERNET_CACHE_DIR'] = {str(tmp_path)!r}; "
        "from tinkernet.app.__main__ import main; main()"
    )
    server = start([sys.executable, "-c", code, "--port", "0"], ROOT, stderr=subprocess.PIPE)
    try:
        pages = [http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30) for _ in range(3)]
        for page in pages:
            page.request("GET", "/")
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=10):  # so the others, sent before, are read
            asked = time.monotonic()
        for each in signals:
            server.process.send_signal(each)
            time.sleep(0.05)  # two at once are one to the system
        server.process.wait(20)
        assert time.monotonic() - asked < 3
        for page in pages:
            assert page.getresponse().status == 503
            page.close()
        assert server.process.stderr is not None
        with server.process.stderr as errors:
            assert errors.read() == ""
    finally:
        stop(server)


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_second_interrupt_changes_nothing(tmp_path: Path) -> None:
    """Impatience costs no epoch that has been seen."""
    command = [sys.executable, "-m", "tinkernet.app", "--port", "0", "--data-dir", str(tmp_path)]
    server = start(command, ROOT, stderr=subprocess.PIPE)
    try:
        wait_until_ready(server.url)
        with Page(server.url) as page:
            page.ready().send("step", epochs=40)
            page.until(lambda page: page.frame.epoch == 40)
            server.process.send_signal(signal.SIGINT)
            page.until(lambda page: page.closing)
            server.process.send_signal(signal.SIGINT)
            server.process.wait(10)
        assert server.process.stderr is not None
        with server.process.stderr as errors:
            assert errors.read() == ""
    finally:
        stop(server)
    server = start([*command, "--port", server.url.rpartition(":")[2]], ROOT)  # the last one counts
    try:
        with Page(server.url, id=page.id) as again:
            assert again.ready().frame.epoch == 40
    finally:
        stop(server)


@pytest.mark.alone
@LINUX
def test_fifty_are_told_before_it_ends(tmp_path: Path) -> None:
    """SIGTERM with fifty pages that take in their frames, one that reads nothing, and ten networks that learn as fast
    as they can: each of the fifty is told and closed with 1001, and the process has ended within three seconds."""
    command = [sys.executable, "-m", "tinkernet.app", "--port", "0", "--data-dir", str(tmp_path)]
    server = start(command, ROOT, stderr=subprocess.PIPE)
    visits: list[Visit] = []
    joined = asyncio.Semaphore(0)

    async def viewer(number: int) -> tuple[str, int | None]:
        """The last words it hears, and the code with which it is closed."""
        mine = visits[number % 10]
        address, cookies = f"{server.url.replace('http', 'ws', 1)}/s/{mine.id}/ws", {"Cookie": mine.cookies}
        said, frames = "", 0
        async with connect(address, compression=None, proxy=None, additional_headers=cookies) as socket:
            topics = [{"topic": "network"}, {"topic": "map", "unit": "output"}, {"topic": "losses"}]
            await socket.send(json.dumps({"type": "subscribe", "topics": topics}))
            if number == 0:
                spec = json.loads(await socket.recv())["spec"] | {"hidden": LARGE}
                await socket.send(json.dumps({"type": "configure", "revision": 1, "spec": spec}))
            if number < 10:
                await socket.send('{"type":"speed","rate":null}')
                await socket.send('{"type":"play"}')
            try:
                while True:
                    message = await socket.recv()
                    if isinstance(message, str):
                        said = json.loads(message).get("message", "")
                    else:
                        frames += 1
                        if frames == 2:
                            joined.release()
                        with suppress(ConnectionClosed):  # what was said before is still to be read
                            await socket.send('{"type":"ack"}')
            except ConnectionClosed as closed:
                return said, closed.rcvd.code if closed.rcvd else None

    async def scenario(stalled: Page) -> tuple[list[tuple[str, int | None]], float]:
        fifty = [asyncio.create_task(viewer(number)) for number in range(50)]
        for _ in fifty:
            await asyncio.wait_for(joined.acquire(), 60)
        await asyncio.to_thread(stalled.ask_until_stuck)
        asked = time.monotonic()
        server.process.terminate()
        heard = await asyncio.gather(*fifty)
        await asyncio.to_thread(server.process.wait, 10)
        return heard, time.monotonic() - asked

    try:
        wait_until_ready(server.url)
        visits += [visit(server.url) for _ in range(10)]
        # On a thread of its own: the tests in a browser leave a loop running on this one.
        with Page(server.url, id=visits[0].id, deaf=True) as stalled, ThreadPoolExecutor(1) as thread:
            heard, seconds = thread.submit(asyncio.run, scenario(stalled)).result()
        assert heard == [("The server is stopping.", 1001)] * 50
        assert seconds < 3
        assert server.process.stderr is not None
        with server.process.stderr as errors:
            assert errors.read() == ""
    finally:
        stop(server)
