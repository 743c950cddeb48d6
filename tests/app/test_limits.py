"""Limits: each is a setting, holds exactly, and is named in the sentence of a refusal."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from types import SimpleNamespace

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from tests.app.conftest import Running, join
from tests.app.test_sessions import Clock, on_loop
from tests.page import Page, visit
from tinkernet.app.capabilities import EVERYTHING, VIEWER
from tinkernet.app.sessions.registry import Full, Sessions
from tinkernet.app.settings import Settings
from tinkernet.app.web import server as web_server
from tinkernet.app.web.server import connection_limit, until_left


def test_more_work_is_more(serve: Callable[..., Running]) -> None:
    """Over a socket: the nearest network that is allowed takes the place of one that costs too much, with a sentence.

    A step costs what the network asked for before it costs.
    """
    server = serve(max_epoch_seconds=0.01, max_step_seconds=1.0)
    with server.page() as page:
        page.ready()
        before = page.state["spec"]
        page.send("configure", revision=5, spec={**before, "hidden": [64, 64, 64, 64], "batch_size": 1})
        page.until(lambda page: page.errors and page.state["revision"] >= 5)
        assert page.errors[0]["field"] == "hidden"
        assert page.state["spec"] == {**before, "hidden": [64, 64, 64, 64], "batch_size": 8}
        assert page.errors[0]["message"].endswith("the nearest that is allowed: a batch size of 8.")
        page.configure(hidden=[64, 64], batch_size=30)
        page.send("step", epochs=5000)
        page.until(lambda page: len(page.errors) == 2)
        assert page.errors[1]["field"] == "epochs"
        page.send("step", epochs=5)
        page.until(lambda page: page.frame.epoch == 5)


def test_a_browser_has_so_many_sessions() -> None:
    """One more replaces the one that it left for longest; if it watches all of them it is refused. The sessions of
    other browsers, and those that it only watches, are not counted."""

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


def test_browsers_without_a_name_count_as_one() -> None:
    """They share the places of one browser, and of those of others they take none."""

    async def scenario(sessions: Sessions, _: Clock) -> None:
        sessions._settings = Settings(max_pages_per_browser=2)
        id = Sessions.new_id()
        join(sessions, id, EVERYTHING, "owner")
        for _ in range(2):
            join(sessions, id, VIEWER.opens)
        with pytest.raises(Full, match="keep no cookies have together 2 pages"):
            join(sessions, id, VIEWER.opens)
        join(sessions, id, VIEWER.opens, "another")

    on_loop(scenario)


def test_who_pretends_to_be_many_browsers_leaves_places() -> None:
    """Sessions and pages from one address count together, by whatever names; others still get in."""

    async def scenario(sessions: Sessions, _: Clock) -> None:
        sessions._settings = Settings(max_sessions_per_address=2, max_pages_per_address=3)
        ids = [Sessions.new_id() for _ in range(4)]
        join(sessions, ids[0], EVERYTHING, "a", address="one")
        join(sessions, ids[1], EVERYTHING, "b", address="one")
        with pytest.raises(Full, match="2 sessions from your network"):
            join(sessions, ids[2], EVERYTHING, "c", address="one")
        join(sessions, ids[2], EVERYTHING, "c", address="two")
        join(sessions, ids[3], EVERYTHING, "d")
        join(sessions, ids[3], VIEWER.opens, "e", address="one")
        with pytest.raises(Full, match="3 pages from your network"):
            join(sessions, ids[3], VIEWER.opens, "f", address="one")
        join(sessions, ids[0], EVERYTHING, "a", address="one")

    on_loop(scenario)


def test_a_page_has_the_address_that_the_proxy_tells(serve: Callable[..., Running]) -> None:
    """A trusted proxy adds the address of who asks it behind what that claimed to be."""
    server = serve(trusted_proxies=("127.0.0.1",))
    owner = visit(server.url)
    address = f"{server.url.replace('http', 'ws', 1)}/s/{owner.id}/ws"
    headers = {"Cookie": owner.cookies, "X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    with connect(address, proxy=None, subprotocols=["tinkernet"], additional_headers=headers) as page:  # type: ignore[list-item]
        page.recv(timeout=10)
        (viewer,) = server.app.state.sessions._session_from_id[owner.id].viewers
        assert viewer.address == "198.51.100.7"
    with server.page() as page:
        page.ready()
        (viewer,) = server.app.state.sessions._session_from_id[page.id].viewers
        assert viewer.address == "127.0.0.1"


def test_an_owner_comes_back_to_a_full_server() -> None:
    """To an open session, beside a page whose line was cut; not with any number of pages, nor anybody else."""

    async def scenario(sessions: Sessions, _: Clock) -> None:
        sessions._settings = Settings(max_viewers=4)
        id = Sessions.new_id()
        join(sessions, id, EVERYTHING, "owner")
        for name in "abc":
            join(sessions, id, VIEWER.opens, name)
        with pytest.raises(Full, match="4 pages are connected"):
            join(sessions, id, VIEWER.opens, "d")
        with pytest.raises(Full, match="4 pages are connected"):
            join(sessions, Sessions.new_id(), EVERYTHING, "owner")
        join(sessions, id, EVERYTHING, "owner")
        with pytest.raises(Full, match="4 pages are connected"):
            join(sessions, id, EVERYTHING, "owner")

    on_loop(scenario)


def test_a_browser_has_so_many_pages(serve: Callable[..., Running]) -> None:
    """Pages of its own sessions and of those it watches count together. Other browsers still get in."""
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
    """One more is refused with a sentence. The owner gets in all the same."""
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
    """A TCP connection to the server."""
    return socket.create_connection(("127.0.0.1", server.settings.port), timeout=10)


def seconds_until_dropped(opened: socket.socket) -> float:
    """The seconds until the server ends the connection."""
    since = time.monotonic()
    with opened:
        try:
            while opened.recv(65_536):
                pass
        except ConnectionResetError:
            pass
    return time.monotonic() - since


HALVES = {
    "nothing": b"",
    "line": b"GET / HT",
    "head": b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\n",
    "body": b"POST / HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 1000\r\n\r\nhalf",
    "second": b"GET /healthz HTTP/1.1\r\nHost: localhost:PORT\r\n\r\nGET / HT",
    "handshake": b"GET /s/x/ws HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX: "
    + b"x" * 9000
    + b"\r\n\r\n",
}


def test_half_a_request_is_dropped(serve: Callable[..., Running]) -> None:
    """However much of it has arrived, and even when more arrives a byte at a time."""
    server = serve(request_seconds=0.5)
    with ThreadPoolExecutor(len(HALVES)) as waiting:
        seconds = {name: waiting.submit(seconds_until_half_is_dropped, server, half) for name, half in HALVES.items()}
        assert is_dropped_dripping(server)
        # After an answer the connection may be reused for five seconds.
        assert {name for name, each in seconds.items() if each.result() >= 5.5} == set()


def seconds_until_half_is_dropped(server: Running, half: bytes) -> float:
    """Seconds from this part of a request until its connection is closed."""
    opened = connection(server)
    opened.sendall(half.replace(b"PORT", str(server.settings.port).encode()))
    return seconds_until_dropped(opened)


def is_dropped_dripping(server: Running) -> bool:
    """Whether a connection is closed that sends a byte at a time."""
    began = time.monotonic()
    with connection(server) as dripping:
        dripping.settimeout(0.05)
        while time.monotonic() - began < 5:
            try:
                dripping.sendall(b"x")
                if dripping.recv(65_536) == b"":
                    return True
            except TimeoutError:
                continue
            except OSError:
                return True
    return False


def test_a_page_that_is_quiet_is_not_dropped(serve: Callable[..., Running]) -> None:
    """The limit ends with the handshake: a socket that is silent for longer stays open."""
    server = serve(request_seconds=0.3)
    with server.page() as page:
        page.ready()
        with pytest.raises(TimeoutError):
            page.hear(1.0)
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)


def test_a_message_in_a_thousand_pieces_is_not_waited_for(server: Running) -> None:
    """Empty fragments count against no limit of bytes or messages: the connection ends, and no other one does."""
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
    """They are no commands, so no limit of commands applies. Of 100,000 at once most are not even read; the client is
    told why it is closed, other pages notice nothing, and answers that it does not read do not pile up."""
    with server.page() as calm, server.page() as loud:
        calm.ready().send("play")
        loud.ready()
        with suppress(OSError):
            loud.socket.socket.sendall(Frame(kind, b"x" * 125).serialize(mask=True) * 100_000)
        begun = time.monotonic()
        epoch = calm.frame.epoch
        calm.until(lambda page: page.frame.epoch > epoch + 2)
        assert time.monotonic() - begun < 1
        with suppress(OSError):  # unread data turn the close into a reset, which may overtake the reason
            with pytest.raises(ConnectionClosed) as caught:
                loud.until(lambda _: False)
            assert caught.value.rcvd is None or caught.value.rcvd.code == 1008
        calm.until(lambda page: page.frame.epoch > epoch + 10)
        assert calm.errors == []


def test_a_few_pings_are_answered(server: Running) -> None:
    """Other clients than browsers send some."""
    with server.page() as page:
        page.ready()
        answers = [page.socket.ping() for _ in range(50)]
        assert all(answer.wait(10) for answer in answers)
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)


def test_who_reads_slowly_costs_little(server: Running) -> None:
    """Of the largest file, requested and not read, only a piece waits in memory."""
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
            time.sleep(0.02)  # until the buffers are full
            assert mine[0].get_write_buffer_size() < 200_000


def test_connections_that_ask_for_nothing_make_room(serve: Callable[..., Running]) -> None:
    """When there are too many, the oldest of them are closed. A connected page stays, and requests are answered."""
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
    """The limit of open files is raised as far as allowed. When that does not suffice there are fewer connections."""
    resource = pytest.importorskip("resource")
    asked = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    for soft, hard, room in ((256, 1024, 720), (1024, 2**20, 2000), (2**20, 2**20, 2000), (100, 100, 27)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, found=(soft, hard): found)
        most, at_once = connection_limit(2000)
        assert most == room
        assert room + at_once + 64 <= asked[-1][0] if asked else True
    assert asked == [(1024, 1024), (2320, 2**20), (100, 100)]


@pytest.mark.parametrize(
    ("leave", "seconds"),
    [([], 0.0), ([0.1, 0.2], 0.2), ([0.1, 0.4, 0.8, 1.2], 1.2), ([0.1, 9.0], 0.6), ([*np.arange(0.4, 9.0, 0.4)], 1.5)],
)
def test_the_end_waits_while_pages_leave(leave: list[float], seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow ones are waited for, and half a second later nobody is: who never reads cannot hold up the end."""
    now = 0.0

    async def sleep(delay: float) -> None:
        nonlocal now
        now += delay

    monkeypatch.setattr(web_server, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(web_server, "asyncio", SimpleNamespace(sleep=sleep))
    asyncio.run(until_left(lambda: sum(moment > now for moment in leave)))
    assert now == pytest.approx(seconds, abs=0.05)
