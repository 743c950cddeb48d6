"""A real server in this process: uvicorn as in production, on a free loopback port."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.conftest import IDLE_PAUSE, wait_until_ready
from tests.page import Page
from tinkernet.app.capabilities import EVERYTHING, Capability
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.sessions.saved import SavedSession
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.web.application import create_app
from tinkernet.app.web.server import Server, listen, server_of
from tinkernet.engine import warm


@dataclass
class Running:
    """A running server."""

    url: str
    app: FastAPI
    settings: Settings
    server: Server

    def page(self, **fields: object) -> Page:
        """A page on it, not yet connected."""
        return Page(self.url, **fields)  # type: ignore[arg-type]

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The server's, which runs on another thread."""
        return self.app.state.warmup._loop  # type: ignore[no-any-return]

    def until_left(self, id: str) -> None:
        """Until no page of a session is connected any more, and all that this made the server do is done."""

        sessions: Sessions = self.app.state.sessions
        until = time.monotonic() + 20
        while sessions.pages_of(id):
            assert time.monotonic() < until
            time.sleep(0.005)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.loop).result()


def join(
    sessions: Sessions,
    id: str,
    held: Capability = EVERYTHING,
    browser: str = "",
    saved: SavedSession | None = None,
    address: str = "",
) -> tuple[Session, Viewer]:
    """A page that connects to a session, and does not subscribe to anything yet."""
    viewer = Viewer(held, browser, address)
    return sessions.join(id, viewer, saved), viewer


@pytest.fixture(scope="session", autouse=True)
def warmed() -> None:
    """Compile the engine once: tests that make sessions directly have no server that does it."""
    warm()


@contextmanager
def running(settings: Settings, *, wait: bool = True) -> Iterator[Running]:
    """Start a server, wait until the engine is ready, and stop it at the end of the block."""
    listener = listen(settings)
    if not settings.uds:
        settings = replace(settings, port=listener.getsockname()[1])
    app, answers = create_app(settings), threading.Event()
    server = server_of(app, settings, answers.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    logging.getLogger("uvicorn").propagate = True  # else caplog never sees what it logs
    thread.start()
    try:
        assert answers.wait(30)
        if wait:
            wait_until_ready(settings.address)
        yield Running(settings.address, app, settings, server)
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """A server with default settings, shared by all tests, except that abandoned sessions soon stop training.

    All tests come from one address, and a session that is not kept holds its place until it expires.
    """
    with running(
        Settings(port=0, idle_pause=float(IDLE_PAUSE), max_sessions_per_address=1000, max_sessions=1000)
    ) as found:
        yield found


@pytest.fixture
def serve() -> Iterator[Callable[..., Running]]:
    """serve(**settings) starts a server for this test alone."""
    with ExitStack() as stack:
        yield lambda **given: stack.enter_context(running(Settings(**{"port": 0, **given})))


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on: for a server whose settings must name it beforehand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def serve_unix(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """serve_unix(**settings): a server on a Unix socket; its path."""
    with ExitStack() as stack:
        path = str(tmp_path / "tinkernet.socket")

        def serve(**given: object) -> str:
            stack.enter_context(running(Settings(uds=path, **given), wait=False))  # type: ignore[arg-type]
            return path

        yield serve
