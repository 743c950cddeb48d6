"""Connections seen from pages, over real sockets: too much, too slow, cut off, come back, and the end."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed, InvalidMessage

from tests.app.conftest import Running, running
from tests.app.test_pages import get
from tests.page import Page, visit
from tinkernet.app.connections.socket import refuse
from tinkernet.app.sessions.registry import HEARTBEAT
from tinkernet.app.settings import Settings
from tinkernet.engine import Trainer, spec_from_link


def test_a_flood_is_told_once_and_closed(server: Running) -> None:
    """A page that sends too much hears so and is closed; another page of the session is not."""
    with server.page() as calm, server.page(id=calm.id) as loud:
        calm.ready(), loud.ready()

        def flood() -> None:
            with suppress(ConnectionClosed):
                for _ in range(100_000):
                    loud.socket.send('{"type":"play"}')

        # Beside the reading, as in a browser: who only sends cannot hear anything.
        flooding = threading.Thread(target=flood)
        flooding.start()
        with pytest.raises(ConnectionClosed) as caught:
            loud.until(lambda _: False)
        flooding.join()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1008
        assert len(loud.errors) == 1
        assert "too many" in loud.closing
        calm.until(lambda page: page.state["viewers"] == 1)
        calm.send("pause")
        calm.until(lambda page: not page.state["playing"])


def test_a_page_that_asks_is_answered_at_once(server: Running) -> None:
    """A heartbeat comes every three seconds; ten that are asked for come in less, to one who watches too."""
    with server.page() as owner, Page(server.url, id=owner.id, key=owner.visit.viewer_key) as viewer:
        for page in (owner.ready(), viewer.ready()):
            page.until(lambda page: page.state["viewers"] == 2)
            began = time.monotonic()
            for _ in range(10):
                page.send("beat")
                while '"heartbeat"' not in str(page.socket.recv(timeout=2.0)):
                    pass
            assert time.monotonic() - began < 2.0


def test_a_page_that_comes_back_finds_its_session(server: Running) -> None:
    """Fifteen times cut off after three changes each: every one is there, none twice, and the curve is whole."""
    with server.page() as page:
        page.ready()
        page.configure(hidden=[3], seed="0.2")
        page.until(lambda page: page.frame.revision == 1)
    alone = Trainer(spec_from_link(page.state["link"]))
    for round in range(1, 16):
        with server.page(id=page.id) as page:
            page.ready()
            assert page.frame.epoch == alone.epoch
            page.configure(learning_rate=round / 100)
            page.send("edit_bias", layer=0, neuron=1, value=round / 10)
            page.send("step")
            alone.reconfigure(replace(alone.spec, learning_rate=round / 100))
            alone.set_bias(0, 1, round / 10)
            alone.advance(1)
            page.until(lambda page, all=round: page.frame.epoch == all)
            assert page.state["revision"] == 1 + round
            assert page.frame.params.tobytes() == alone.network.params.astype(np.float32).tobytes()
            assert page.losses.tobytes() == alone.history.rows.tobytes()
            page.cut()


def test_playing_goes_on_over_a_short_break(server: Running) -> None:
    """A session that plays is still playing when its page is back a moment later."""
    with server.page() as page:
        page.ready()
        page.send("play")
        epoch = page.until(lambda page: page.frame.epoch > 3).frame.epoch
    with server.page(id=page.id) as page:
        page.ready()
        assert page.state["playing"]
        page.until(lambda page: page.frame.epoch > epoch + 3)


def test_a_session_that_is_unknown_begins_anew(server: Running) -> None:
    """Whoever has its key may open it; the page's own settings and revision are then the session's."""
    with server.page() as page:
        page.ready()
        page.send("configure", revision=700, spec={**page.state["spec"], "seed": "mine"})
        page.until(lambda page: page.state["revision"] == 700 and page.frame.revision == 700)
        assert page.state["spec"]["seed"] == "mine"


def test_idle_sessions_wait_and_go_on(serve: Callable[..., Running]) -> None:
    """Nobody watches: after a while it pauses, and plays on by itself when somebody is back."""
    server = serve(idle_pause=0.2, idle_expire=60.0)
    with server.page() as page:
        page.ready()
        page.send("play")
        page.until(lambda page: page.frame.epoch > 3)
    (session,) = server.app.state.sessions._session_from_id.values()
    deadline = time.monotonic() + 10
    while not session.suspended:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with server.page(id=page.id) as page:
        epoch = page.ready().frame.epoch
        assert page.state["playing"]
        page.until(lambda page: page.frame.epoch > epoch + 3)


def test_limits_are_told(serve: Callable[..., Running]) -> None:
    """One session too many hears so in a sentence, and is closed with 1013."""
    server = serve(max_sessions=1, max_viewers=2)
    with server.page() as one:
        one.ready()
        for id in (visit(server.url).id, None):
            with server.page(id=one.id), server.page(id=id or one.id) as two:
                with pytest.raises(ConnectionClosed) as caught:
                    two.until(lambda _: False)
                assert "full" in two.closing
                assert caught.value.rcvd.code == 1013
            one.until(lambda page: page.state["viewers"] == 1)


def test_the_end_is_told(serve: Callable[..., Running]) -> None:
    """A server that stops says so to every page before it closes."""
    server = serve()
    with ExitStack() as stack:
        pages = [stack.enter_context(server.page()) for _ in range(3)]
        for page in pages:
            page.ready()
            page.send("play")
        server.server.should_exit = True
        for page in pages:
            with pytest.raises(ConnectionClosed) as caught:
                page.until(lambda _: False)
            assert page.closing == "The server is stopping."
            assert caught.value.rcvd.code == 1001


def test_many_sessions_share_the_cores(server: Running) -> None:
    """Six sessions as fast as they go: none has less than half of what another has."""
    with ExitStack() as stack:
        pages = [stack.enter_context(server.page()) for _ in range(6)]
        for page in pages:
            page.ready()
            page.configure(seed="0.1", dataset="circle")
            page.send("speed", rate=None)
        for page in pages:
            page.send("play")
        end = time.monotonic() + 3
        threads = [threading.Thread(target=page.until, args=(lambda _: time.monotonic() > end,)) for page in pages]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        epochs = [page.frame.epoch for page in pages]
        assert min(epochs) > max(epochs) / 2 > 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files as Linux shows them")
def test_nothing_is_left_behind(serve: Callable[..., Running]) -> None:
    """A hundred times a page comes and goes, every other time without a goodbye: at most five more open files, and
    threads, tasks, sessions and viewers are back where they were."""
    server = serve()

    def counts() -> tuple[int, int, int, int]:
        sessions = server.app.state.sessions
        return threading.active_count(), len(asyncio.all_tasks(server.loop)), len(sessions), sessions.pages

    with server.page() as page:
        page.ready()
        before, files = counts(), len(os.listdir("/proc/self/fd"))
        for visit in range(100):
            with server.page(id=page.id) as passing:
                passing.send("step")
                if visit % 2:
                    passing.cut()
        # Those that said goodbye were heard; a reset may overtake the words before it.
        page.until(lambda page: page.state["viewers"] == 1 and page.frame.epoch >= 50)
        deadline = time.monotonic() + 5
        while counts() != before:
            assert time.monotonic() < deadline, (before, counts())
            time.sleep(0.05)
        assert len(os.listdir("/proc/self/fd")) <= files + 5


def test_a_page_that_does_not_read_is_dropped(serve: Callable[..., Running], monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks for frames and reads none: its socket is gone soon after the time-out, and the other page goes on."""
    # Without the kernel's own limit, so that this fails when uvicorn's protocol no longer calls ours.
    monkeypatch.delattr("socket.TCP_USER_TIMEOUT", raising=False)
    server = serve(send_timeout=0.5)
    with server.page() as page, server.page(id=page.id, deaf=True) as stalled:
        page.ready()
        page.until(lambda page: page.state["viewers"] == 2)
        page.configure(hidden=[8, 8, 8, 8])  # large frames
        page.send("speed", rate=None)
        page.send("play")
        with suppress(ConnectionClosed):
            while page.state["viewers"] == 2:
                stalled.send("ack")
                page.hear()
        connections = server.server.server_state.connections
        page.until(lambda _: len(connections) == 1, seconds=8)
        before = page.frame.epoch
        page.until(lambda page: page.frame.epoch > before)


def test_who_goes_before_it_is_let_in_is_no_error(
    serve: Callable[..., Running], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has gone while its handshake waited, and the server is full: uvicorn says nothing at `accept`, and calls the
    sentence that follows an error."""
    server = serve(max_viewers=1)

    def gone(connection: HTTPConnection) -> list[tuple[bytes, bytes]]:
        """Called just before the page is let in."""
        for each in server.server.server_state.connections:
            if not getattr(each, "handshake_complete", True):
                each.transport.abort()
        return []

    with server.page() as first:
        first.ready()
        known = visit(server.url)
        monkeypatch.setattr("tinkernet.app.web.browsers.binding", gone)
        with suppress(InvalidMessage, OSError), Page(server.url, id=known.id):
            pass
    server.until_left(first.id)
    assert caplog.records == []


def test_the_page_is_there_while_the_engine_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Served at once; /readyz and the socket say how far it is; what is asked for meanwhile is done afterwards: it is
    shown as soon as that can be, and trained later."""
    can_show, can_train = threading.Event(), threading.Event()

    def slow(report: Callable[[int, int, str], None], training: bool = True) -> None:
        report(1 + training, 3, "kernels.train" if training else "kernels.paint")
        assert (can_train if training else can_show).wait(30)
        report(2 + training, 3, "")

    monkeypatch.setattr("tinkernet.app.workers.warmup.warm", slow)
    monkeypatch.setattr("tinkernet.app.sessions.run_executor.can_train", can_train.is_set)
    with running(Settings(port=0), wait=False) as server, server.page() as page:
        page.until(lambda page: "progress" in page.heard)
        assert page.heard == ["state", "progress"]
        assert page.progress["done"] == 1
        assert page.progress["name"] == "kernels.paint"
        assert get(f"{server.url}/readyz")[::2] == (503, b"compiling 1 of 3: kernels.paint\n")
        assert get(f"{server.url}/s/{page.id}")[0] == 200
        page.configure(activation="relu")
        page.send("play")
        can_show.set()
        page.until(lambda page: page.state["spec"]["activation"] == "relu" and page.frame is not None)
        page.until(lambda page: page.progress["done"] == 2)
        assert get(f"{server.url}/readyz")[::2] == (200, b"ready to show, compiling 2 of 3: kernels.train\n")
        first = page.frame
        page.configure(activation="sigmoid", hidden=[3])
        page.until(lambda page: page.frame.restarts > first.restarts)
        assert page.frame.epoch == 0
        page.send("step", epochs=2)  # which ends the playing
        page.watch(unit="x", x=3.0, y=-1.0)
        page.until(lambda page: page.frame.value == 3.0)  # and was read before this
        can_train.set()
        page.until(lambda page: page.progress["done"] == 3 and page.frame.epoch == 2)


def test_what_is_due_at_a_fault_is_no_error(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    """A page breaks the protocol at the very moment at which something is sent to it: that is dropped, quietly."""
    with server.page() as page:
        page.ready()
        mine = page.socket.socket.getsockname()
        found = [
            each for each in server.server.server_state.connections
            if each.transport.get_extra_info("peername") == mine
        ]  # fmt: skip
        (viewer,) = server.app.state.sessions._session_from_id[page.id].viewers
        fault = found[0].handle_parser_exception

        def fault_while_sending() -> None:
            viewer.tell(HEARTBEAT)
            fault()

        found[0].handle_parser_exception = fault_while_sending
        page.socket.socket.sendall(b"\xc1\x00")  # a reserved bit
        with suppress(ConnectionClosed):
            while True:
                page.hear()
    server.until_left(page.id)
    assert caplog.records == []


def test_who_is_refused_may_have_gone() -> None:
    class Gone:
        async def send_text(self, _: str) -> None:
            raise WebSocketDisconnect(code=1006)

    asyncio.run(refuse(Gone(), "This server is full."))  # type: ignore[arg-type]
