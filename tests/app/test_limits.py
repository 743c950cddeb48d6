"""Limits: each is a setting, is met where it says, and is told in a sentence."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from tests.app.conftest import Running, join
from tests.app.test_sessions import Clock, on_loop
from tests.page import Page
from tinkernet.app.capabilities import EVERYTHING, VIEWER
from tinkernet.app.sessions.registry import Full, Sessions
from tinkernet.app.settings import Settings
from tinkernet.app.web.server import connection_limit


def test_more_work_is_more(serve: Callable[..., Running]) -> None:
    """Over a socket: a refused network changes nothing, and a step is measured by the network asked for just before."""
    server = serve(max_epoch_seconds=0.01, max_step_seconds=1.0)
    with server.page() as page:
        page.ready()
        before = page.state["spec"]
        page.send("configure", revision=5, spec={**before, "hidden": [64, 64, 64, 64], "batch_size": 1})
        page.until(lambda page: page.errors and page.state["revision"] >= 5)
        assert page.errors[0]["field"] == "hidden"
        assert page.state["spec"] == before
        page.configure(hidden=[64, 64], batch_size=30)
        page.send("step", epochs=5000)
        page.until(lambda page: len(page.errors) == 2)
        assert page.errors[1]["field"] == "epochs"
        page.send("step", epochs=5)
        page.until(lambda page: page.frame.epoch == 5)


def test_a_browser_has_so_many_sessions() -> None:
    """One more takes the place of the one it left alone longest; when it looks at all of them, a sentence. Others, and
    those who watch, are not counted."""

    async def scenario(sessions: Sessions, clock: Clock) -> None:
        sessions._settings = Settings(max_sessions_per_browser=2)
        one, two, three, four = (Sessions.new_id() for _ in range(4))
        first, at_one = join(sessions, one, EVERYTHING, "a")
        _, at_two = join(sessions, two, EVERYTHING, "a")
        with pytest.raises(Full, match="2 sessions open here"):
            join(sessions, three, EVERYTHING, "a")
        join(sessions, four, EVERYTHING, "b")
        join(sessions, four, VIEWER.opens, "a")
        sessions.leave(two, at_two)
        clock.now += 1
        sessions.leave(one, at_one)
        join(sessions, three, EVERYTHING, "a")
        assert set(sessions._session_from_id) == {one, three, four}
        assert not first.closed
        join(sessions, two, EVERYTHING, "a")
        assert first.closed

    on_loop(scenario)


def test_a_browser_has_so_many_pages(serve: Callable[..., Running]) -> None:
    """Its own and those it watches together, as somebody with a console opens them; all others still get in."""
    server = serve(max_pages_per_browser=2)
    with server.page() as host, server.page() as one, server.page(id=one.id) as two:
        for page in (host, one, two):
            page.ready()
        cookies, watching = {"Cookie": one.visit.cookies}, ["tinkernet", host.visit.viewer_key]
        for id, protocols in ((one.id, ["tinkernet"]), (host.id, watching)):
            address = f"{server.url.replace('http', 'ws', 1)}/s/{id}/ws"
            with connect(address, proxy=None, subprotocols=protocols, additional_headers=cookies) as refused:  # type: ignore[arg-type]
                assert "This browser has 2 pages open here; more are not allowed." in refused.recv(5)
        for key in ("", host.visit.viewer_key):
            with server.page(id=host.id, key=key) as another:
                another.ready()


def test_a_session_has_so_many_viewers(serve: Callable[..., Running]) -> None:
    """One more hears so in a sentence; its owner gets in all the same."""
    server = serve(max_viewers_per_session=1)
    with server.page() as owner:
        owner.ready()
        key = owner.visit.viewer_key
        with Page(server.url, id=owner.id, key=key) as viewer, Page(server.url, id=owner.id, key=key) as late:
            viewer.ready()
            with pytest.raises(ConnectionClosed):
                late.until(lambda _: False)
            assert "1 pages watch it" in late.closing
            with server.page(id=owner.id) as again:
                again.ready()


def connection(server: Running) -> socket.socket:
    """A bare one."""
    return socket.create_connection(("127.0.0.1", server.settings.port), timeout=10)


def seconds_until_dropped(opened: socket.socket) -> float:
    """How long the server still holds it."""
    since = time.monotonic()
    with opened:
        try:
            while opened.recv(65_536):
                pass
        except ConnectionResetError:
            pass
    return time.monotonic() - since


HALVES = [
    b"",
    b"GET / HT",
    b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 1000\r\n\r\nhalf",
    b"GET /healthz HTTP/1.1\r\nHost: localhost:PORT\r\n\r\nGET / HT",
    b"GET /s/x/ws HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX: " + b"x" * 9000
    + b"\r\n\r\n",
]  # fmt: skip


@pytest.mark.parametrize("half", HALVES, ids=["nothing", "line", "head", "body", "second", "handshake"])
def test_half_a_request_is_dropped(serve: Callable[..., Running], half: bytes) -> None:
    """However much of it has come, and even when more comes a byte at a time."""
    server = serve(request_seconds=0.5)
    text = half.replace(b"PORT", str(server.settings.port).encode())
    opened = connection(server)
    opened.sendall(text)
    assert seconds_until_dropped(opened) < 5.5  # after an answer the connection may be used again for five
    dripping = connection(server)
    dripping.settimeout(0.05)
    began, closed = time.monotonic(), False
    while not closed and time.monotonic() - began < 5:
        try:
            dripping.sendall(b"x")
            closed = dripping.recv(65_536) == b""
        except TimeoutError:
            continue
        except OSError:
            closed = True
    dripping.close()
    assert closed


def test_a_page_that_is_quiet_is_not_dropped(serve: Callable[..., Running]) -> None:
    """The wait ends with the handshake: a socket that says nothing for longer is still there."""
    server = serve(request_seconds=0.3)
    with server.page() as page:
        page.ready()
        with pytest.raises(TimeoutError):
            page.hear(1.0)
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)


def test_a_message_in_a_thousand_pieces_is_not_waited_for(server: Running) -> None:
    """Empty fragments count against no limit of bytes or messages: the connection ends, and another page's does not."""
    with server.page() as calm, server.page(id=calm.id) as page:
        calm.ready(), page.ready()
        pieces = [Frame(Opcode.TEXT, b"", fin=False), *[Frame(Opcode.CONT, b"", fin=False)] * 5000]
        raw = b"".join(piece.serialize(mask=True) for piece in pieces)
        page.socket.socket.sendall(raw)
        with pytest.raises(ConnectionClosed):
            page.until(lambda _: False)
        calm.until(lambda page: page.state["viewers"] == 1)


@pytest.mark.parametrize("kind", [Opcode.PING, Opcode.PONG])
def test_pings_and_pongs_have_a_limit(server: Running, kind: Opcode) -> None:
    """No command is in them, so that no limit of commands is met: of 10^5 at once most are not even read. The page is
    told why it is closed, another page hears on meanwhile, and the answers to what it never reads do not pile up."""
    with server.page() as calm, server.page() as loud:
        calm.ready().send("play")
        loud.ready()
        with suppress(OSError):
            loud.socket.socket.sendall(Frame(kind, b"x" * 125).serialize(mask=True) * 100_000)
        begun = time.monotonic()
        epoch = calm.frame.epoch
        calm.until(lambda page: page.frame.epoch > epoch + 2)
        assert time.monotonic() - begun < 1
        with suppress(OSError):  # what was not read makes it a reset, which may overtake the words
            with pytest.raises(ConnectionClosed) as caught:
                loud.until(lambda _: False)
            assert caught.value.rcvd is None or caught.value.rcvd.code == 1008
        calm.until(lambda page: page.frame.epoch > epoch + 10)
        assert calm.errors == []


def test_a_few_pings_are_answered(server: Running) -> None:
    """Clients that are no browsers send some."""
    with server.page() as page:
        page.ready()
        answers = [page.socket.ping() for _ in range(50)]
        assert all(answer.wait(10) for answer in answers)
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)


def test_who_reads_slowly_costs_little(server: Running) -> None:
    """The largest file, asked for and not taken: what waits to be sent is a piece of it."""
    with connection(server) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        head = (
            f"GET /static/plotly.min.js HTTP/1.1\r\nHost: localhost:{server.settings.port}\r\nAccept-Encoding: gzip\r\n"
        )
        opened.sendall(f"{head}\r\n".encode())
        assert b"content-encoding: gzip" in opened.recv(2000)
        mine = [
            each.transport
            for each in server.server.server_state.connections
            if each.transport.get_extra_info("peername") == opened.getsockname()
        ]
        for _ in range(20):
            time.sleep(0.02)  # as long as it takes to fill what it may
            assert mine[0].get_write_buffer_size() < 200_000


def test_connections_that_ask_for_nothing_make_room(serve: Callable[..., Running]) -> None:
    """Many more than there may be: the oldest of them go. A page that is there stays, and who asks is answered."""
    server = serve(max_connections=20)
    with server.page() as page, ExitStack() as stack:
        page.ready()
        idle = [stack.enter_context(connection(server)) for _ in range(100)]
        with server.page() as late:
            late.ready()
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)
        assert idle[0].recv(1) == b""
        assert len(server.server.server_state.connections) <= 20
        idle[-1].sendall(f"GET /healthz HTTP/1.1\r\nHost: localhost:{server.settings.port}\r\n\r\n".encode())
        assert idle[-1].recv(15) == b"HTTP/1.1 200 OK"


def test_open_files_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """More are asked for, as far as one may; where they do not suffice there are fewer connections."""
    resource = pytest.importorskip("resource")
    asked = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    for soft, hard, room in ((256, 1024, 1024 - 320), (1024, 2**20, 2000), (2**20, 2**20, 2000), (100, 100, 25)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, found=(soft, hard): found)
        assert connection_limit(2000) == room
    assert asked == [(1024, 1024), (2320, 2**20), (100, 100)]
