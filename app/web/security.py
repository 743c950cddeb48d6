"""Who may: which addresses are answered, which pages may talk to the server, and what a page may do.

One dependency on the whole application, because HTTP middleware and CORS never see a WebSocket. A page of another site
could otherwise open a socket to localhost (its Origin gives it away), or have its own name point here (its Host does).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import HTTPException, WebSocketException
from starlette.datastructures import Headers as RequestHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from tinkernet.app.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Guard:
    """Refuses a request whose Host or Origin is not in the exact lists; a WebSocket before it is accepted."""

    def __init__(self, settings: Settings) -> None:
        self._hosts, self._origins = settings.hosts, settings.origins

    def allows(self, host: str | None, origin: str | None) -> bool:
        """A missing Origin is allowed: only browsers must send one, and only for them does it mean anything."""
        if host is None or host.lower() not in self._hosts:
            return False
        return origin is None or origin in self._origins

    async def __call__(self, connection: HTTPConnection) -> None:
        """The dependency."""
        hosts, origins = (connection.headers.getlist(name) for name in ("host", "origin"))
        single = len(hosts) == 1 and len(origins) <= 1
        if single and self.allows(hosts[0], origins[0] if origins else None):
            return
        if connection.scope["type"] == "websocket":
            raise WebSocketException(1008, "This page may not talk to this server.")
        raise HTTPException(403, "This address or page may not talk to this server.")


class BodyLimit:
    """Answers 413 to a request with more than so many bytes, as it says itself or as they come. Plain ASGI."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], most: int) -> None:
        self._app, self._most = app, most
        self._allowed = f"A request may carry {most} bytes at most (TINKERNET_MAX_BODY_BYTES)"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = int(RequestHeaders(scope=scope).get("content-length", "0"))  # h11 lets no other than a number through
        if said > self._most:
            answer = JSONResponse({"detail": f"{self._allowed}; this one says that it has {said}."}, 413)
            await answer(scope, receive, send)
            return
        taken = 0

        async def receive_counted() -> MutableMapping[str, Any]:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                raise HTTPException(413, f"{self._allowed}; this one has more.")
            return message

        await self._app(scope, receive_counted, send)


class Headers:
    """Adds to every HTTP answer what a browser shall not do with it. Plain ASGI: no buffering, no task per request."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added at the start of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        # By their hashes, the two style elements that Plotly puts into the page: an empty one, whose rules it adds by
        # script, and one for maps, which are not used here. Another version's would be left out, with a line in the
        # browser's console.
        "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
        " 'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='",
        "img-src 'self' data: blob:",
        # This covers the WebSocket of the same address too, in every browser since 2022.
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# No cross-origin-opener-policy: over plain http, as in a classroom, browsers ignore it and write so to their console.
HEADERS = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    }.items()
)
