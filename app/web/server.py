"""uvicorn, with limits that it lacks.

Connections that do not ask for anything, clients that do not read and messages in endless pieces are ended; none of
them can hold up the end of the server.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from types import FrameType
from typing import Any, cast

try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets import http11
from websockets.frames import Frame

from tinkernet.app.connections.socket import POLICY, Bucket
from tinkernet.app.settings import Settings
from tinkernet.app.web.security import HEADERS
from tinkernet.app.wire.limits import LIMITS

MAX_HEAD_BYTES = 65_536  # of a request, cookies included: an address may have those of many other programs
TOO_LARGE = (
    f"The head of this request is larger than {MAX_HEAD_BYTES} bytes. Most often that is too many cookies for this "
    "address: delete its cookies in the browser and reload the page."
)
# websockets would take lines of 8 kB and 128 headers: a page would come, and its connection would not.
http11.MAX_LINE_LENGTH, http11.MAX_NUM_HEADERS = MAX_HEAD_BYTES, MAX_HEAD_BYTES // 4

ABORT_SECONDS = 2.0
# For the last message to all pages when the server stops: at most so long, and so long after the last page has left.
GOODBYE_SECONDS, LAST_LEFT_SECONDS = 1.5, 0.5
INVALID_DATA = 1007  # WebSocket close code
STOP_SECONDS = 0.3  # after that, until connections are aborted
UNREAD = 8  # messages that wait for the application before reading is paused
MOST_FRAGMENTS = 1000  # of one message; a browser sends one
BACKLOG = 256  # connections that the system queues, and that are accepted at once
OTHER_FILES = 64  # open besides connections: the database, the page's files
READ_BYTES = 16_384  # of one page at once: more could hold thousands of small messages, and keep all others waiting
ASIDES_PER_SECOND, ASIDES_AT_ONCE = 10.0, 100.0  # pings and pongs; a browser sends a pong in ten seconds


def state_of(config: uvicorn.Config) -> Any:
    """The state of the application."""
    return cast(FastAPI, config.app).state


def request_seconds(config: uvicorn.Config) -> float:
    """The seconds that a request may take to arrive."""
    settings: Settings = state_of(config).settings
    return settings.request_seconds


def connection_limit(wanted: int) -> tuple[int, int]:
    """The number of connections that there can be, at most `wanted`, and of those that are accepted at once.

    Where the limit of open files is too low it is raised, as far as the system allows. Without a free file asyncio
    cannot accept a connection, not even to close it, and logs thousands of tracebacks a second.
    """
    if resource is None:  # Windows
        return wanted, BACKLOG
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + BACKLOG + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return wanted, BACKLOG
    free = soft - OTHER_FILES
    at_once = max(1, min(BACKLOG, free // 4))
    return max(1, min(wanted, free - at_once)), at_once


def plain_answer(status: int, text: str) -> bytes:
    """An HTTP answer, after which the connection is closed, to what the application never hears of."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"content-length: {len(text.encode())}"]
    lines += ["content-type: text/plain; charset=utf-8", "connection: close"]
    lines += [f"{name.decode()}: {value.decode()}" for name, value in HEADERS]
    return "\r\n".join([*lines, "", text]).encode()


class ImpatientHTTP(H11Protocol):
    """Limits the time that a request may take to arrive. uvicorn waits for ever.

    Under pressure: when there are too many connections, the one that has waited longest for its request is ended. Who
    opens many and asks for nothing closes their own; one that is being answered, or has become a WebSocket, stays.
    """

    _impatience: asyncio.TimerHandle | None = None  # ends the connection unless a request arrives before

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, in the place of the oldest connection that still waits if there are too many."""
        super().connection_made(transport)
        self._wait(True)
        state = state_of(self.config)
        if len(self.connections) > state.connection_limit:
            oldest: ImpatientHTTP = next(iter(state.waiting))
            oldest._wait(False)
            oldest.transport.abort()

    def data_received(self, data: bytes) -> None:
        """A whole request ends the wait. A part of one begins it, and does not prolong it."""
        super().data_received(data)
        mine = self.transport.get_protocol() is self  # False after the upgrade to a WebSocket
        self._wait(mine and self.conn.their_state in (h11.IDLE, h11.SEND_BODY))

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._wait(False)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Called where a request is not HTTP, or its head is too large.

        A fault in a body comes after the head has been passed on and perhaps answered. uvicorn's own words, and the
        application's after them, would then be an error with a traceback in the log.
        """
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            too_large = getattr(sys.exc_info()[1], "error_status_hint", 400) == 431  # h11's error is being handled
            self.transport.write(plain_answer(431, TOO_LARGE) if too_large else plain_answer(400, msg))
        self.transport.close()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """h11 counts only what arrives in pieces; a handshake that came as one may be larger than it allows."""
        if len(event.target) + sum(len(name) + len(value) + 4 for name, value in event.headers) > MAX_HEAD_BYTES:
            self.transport.write(plain_answer(431, TOO_LARGE))
            self.transport.close()
            return
        super().handle_websocket_upgrade(event)

    def shutdown(self) -> None:
        """The server stops. A client that reads its answer slowly is not waited for."""
        super().shutdown()
        self.loop.call_later(ABORT_SECONDS / 2, self.transport.abort)

    def _wait(self, wanted: bool) -> None:
        waiting: dict[ImpatientHTTP, None] = state_of(self.config).waiting  # oldest first
        if wanted and self._impatience is None:
            waiting[self] = None
            self._impatience = self.loop.call_later(request_seconds(self.config), self.transport.abort)
        elif not wanted and self._impatience is not None:
            del waiting[self]
            self._impatience.cancel()
            self._impatience = None


def is_utf8(pieces: list[bytes]) -> bool:
    """Whether the pieces together are valid UTF-8."""
    try:
        b"".join(pieces).decode()
    except UnicodeDecodeError:
        return False
    return True


class AbortingWebSocket(WebSocketsSansIOProtocol):
    """Limits how long a page may take to read, and what it may send beside messages. uvicorn waits for ever."""

    _end: asyncio.TimerHandle | None = None  # aborts the connection unless it ends before

    def _abort_later(self, seconds: float = ABORT_SECONDS) -> None:
        due = self.loop.time() + seconds
        if not self.disconnected and (self._end is None or due < self._end.when()):
            self._forget_end()
            self._end = self.loop.call_at(due, self.transport.abort)

    def _forget_end(self) -> None:
        if self._end is not None:
            self._end.cancel()  # a timer that is left running keeps this connection in memory
            self._end = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the handshake: uvicorn never ends a connection whose handshake cannot be read."""
        super().connection_made(transport)
        self._asides = Bucket(ASIDES_PER_SECOND, ASIDES_AT_ONCE)
        self.transport.max_size = READ_BYTES  # type: ignore[attr-defined]  # only asyncio's own transport has it
        self._abort_later(request_seconds(self.config))

    def data_received(self, data: bytes) -> None:
        """The first data are the whole head of the handshake. websockets refuses some that h11 has read, such as one
        with a body, and uvicorn then sends nothing at all."""
        super().data_received(data)
        if not self.handshake_initiated and not self.disconnected:
            self.transport.write(plain_answer(400, "This WebSocket handshake cannot be read."))
            self.transport.close()

    def start_keepalive(self) -> None:
        """The handshake is complete."""
        self._forget_end()
        super().start_keepalive()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._forget_end()
        super().connection_lost(exc)

    async def send(self, message: Any) -> None:
        """Send a message of the application. uvicorn would log a refused handshake with a body as one left open.

        After a fault of the client the connection is closed here, which the application does not know yet: for it the
        client has gone. uvicorn would call it an error of the application.
        """
        if self.close_sent and self.handshake_complete and self.initial_response is None:
            raise ClientDisconnected
        if message["type"] == "websocket.accept" and self.transport.is_closing():  # uvicorn would not send it
            raise ClientDisconnected
        await super().send(message)
        if self.initial_response is not None and self.close_sent:
            self.handshake_complete = True

    def handle_ping(self) -> None:
        """Count a ping. Answers that a client does not read would fill the memory if there were no limit."""
        super().handle_ping()
        self._count_aside()

    def handle_pong(self, event: Frame) -> None:
        """Count a pong: it does not reach the application, whose limit of messages does not apply to it."""
        super().handle_pong(event)
        self._count_aside()

    def _count_aside(self) -> None:
        if not self.close_sent and not self._asides.take():
            self.conn.send_close(POLICY, "Too many pings or pongs at once.")
            self.handle_parser_exception()

    def handle_cont(self, event: Frame) -> None:
        """End the connection when a message has too many pieces: empty ones count against no limit of bytes."""
        super().handle_cont(event)
        if len(self.frames) > MOST_FRAGMENTS:
            self.transport.abort()

    def send_receive_event_to_app(self) -> None:
        """Hand a message to the application.

        uvicorn pauses reading until each message is taken, which costs two system calls for each; here it does so when
        several wait. For text that is not UTF-8 uvicorn would log a traceback; here the connection is closed.
        """
        if self.curr_msg_data_type == "text" and not self.close_sent and not is_utf8(self.frames):
            self.conn.send_close(INVALID_DATA)
            self.handle_parser_exception()
            return
        self.read_paused = self.queue.qsize() < UNREAD
        super().send_receive_event_to_app()

    def keepalive_timeout(self) -> None:
        """A ping was not answered in time."""
        super().keepalive_timeout()
        self._abort_later()

    def shutdown(self) -> None:
        """The server stops."""
        super().shutdown()
        self._abort_later(STOP_SECONDS)

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        """The application has finished with this socket."""
        super().on_task_complete(task)
        self._abort_later()


class Server(uvicorn.Server):
    """Calls `listening` when it answers, and tells all pages before it closes their sockets."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._app, self._listening = app, listening

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in order after a signal, and after a second one too: the last checkpoints take little time."""
        super().handle_exit(sig, frame)
        self.force_exit = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        if self.started:
            self._listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close all sessions, give their pages time to hear it, then stop without waiting for who does not read."""
        sessions = self._app.state.sessions
        self._app.state.catalog.stop()
        sessions.close("The server is stopping.")
        await until_left(lambda: sessions.pages)
        await super().shutdown(sockets)


async def until_left(pages: Callable[[], int]) -> None:
    """Wait while pages leave. On a busy device some take a second to hear; those that never read take for ever."""
    begun = left_at = time.monotonic()
    left = pages()
    while left and (now := time.monotonic()) < min(begun + GOODBYE_SECONDS, left_at + LAST_LEFT_SECONDS):
        await asyncio.sleep(0.02)
        if pages() < left:
            left, left_at = pages(), now


def listen(settings: Settings) -> socket.socket:
    """The listening socket. Raises OSError when the address is taken or not this machine's."""
    if settings.uds:
        return _listen_unix(settings.uds)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # on Windows this option lets two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux: a connection ends when data was not acknowledged for 5 s
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 5000)
        # All accepted sockets inherit this. A larger buffer would fill with frames that are outdated when read.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 262_144)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _listen_unix(path: str) -> socket.socket:
    """A Unix socket that only its owner can open, in the place of one that no process answers at any more."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with suppress(FileNotFoundError):
            if stat.S_ISSOCK(os.stat(path).st_mode):
                with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, suppress(ConnectionRefusedError):
                    probe.connect(path)
                    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
                os.unlink(path)
        before = os.umask(0o177)  # from the first moment on: a chmod would come after it
        try:
            listener.bind(path)
        finally:
            os.umask(before)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def server_of(app: FastAPI, settings: Settings, listening: Callable[[], None]) -> Server:
    """A server to `run` with a listening socket. `listening` is called as soon as it answers."""
    app.state.connection_limit, backlog = connection_limit(settings.max_connections)
    app.state.waiting = {}
    config = uvicorn.Config(
        app,
        backlog=backlog,
        ws=AbortingWebSocket,
        http=ImpatientHTTP,
        ws_max_size=LIMITS.message_bytes,
        ws_ping_interval=10,
        ws_ping_timeout=10,
        # It would cost a quarter of a millisecond for each frame and viewer. Frames are deflated once for all viewers.
        ws_per_message_deflate=False,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_graceful_shutdown=settings.stop_seconds,
        timeout_keep_alive=5,
        # It counts WebSockets too: on a full server the health check would fail. `Sessions` has limits of its own.
        limit_concurrency=None,
        server_header=False,
        proxy_headers=False,
        access_log=False,
        log_level="warning",
    )
    return Server(config, app, listening)
