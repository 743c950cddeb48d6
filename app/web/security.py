"""Which addresses are answered, which pages may talk to the server, and what a page may do.

A page of another site could open a WebSocket to localhost (its Origin gives it away), or have its own name point here
(its Host does). CORS applies to neither, so both headers are compared with exact lists.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from fastapi import HTTPException
from starlette.datastructures import Headers as RequestHeaders
from starlette.responses import JSONResponse, PlainTextResponse

from tinkernet.app.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """Refuses a request whose Host or Origin is not one of this server's; a WebSocket too, before it is accepted.

    Plain ASGI around all routes: none can be added without it.
    """

    def __init__(self, app: App, settings: Settings) -> None:
        self._app = app
        self._hosts, self._origins = settings.hosts, settings.origins
        self._any_host = bool(settings.uds)  # only the proxy can reach it, and it answers for names of its own

    def allows(self, host: str | None, origin: str | None) -> bool:
        """A missing Origin is allowed: only browsers must send one, and only for them does it mean anything."""
        if host is None:
            return False
        host = host.lower()
        if host in self._hosts and (origin is None or origin in self._origins):
            return True
        # A tunnel, or a container's published port, leads here from another port of the visitor's own machine. No page
        # of another program can say so: the origin of its page has that program's port.
        return (self._any_host or _loopback.fullmatch(host) is not None) and (
            origin is None or origin in _origins_of(host)
        )

    def refusal(self, host: str | None, origin: str | None) -> str:
        """The sentence for what is not allowed, with the option that allows it."""
        known = host is not None and self.allows(host, None)
        wanted = origin if known and origin is not None else f"http://{(host or '').lower()}"
        if not _address.fullmatch(wanted):
            wanted = "http://NAME:PORT"
        return f"This address or page may not use this server. To allow it, start with --public {wanted}\n"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 403."""
        if scope["type"] in ("http", "websocket"):
            headers = RequestHeaders(scope=scope)
            hosts, origins = headers.getlist("host"), headers.getlist("origin")
            host, origin = (found[0] if len(found) == 1 else None for found in (hosts, origins))
            if len(origins) > 1 or not self.allows(host, origin):
                await PlainTextResponse(self.refusal(host, origin), 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


_port = r"(:(?!0)[0-9]{1,5})?"
_loopback = re.compile(rf"(localhost|127\.0\.0\.1|\[::1\]){_port}")
_address = re.compile(rf"https?://([a-z0-9_.-]+|\[[0-9a-f:.]+\]){_port}")


def _origins_of(host: str) -> tuple[str, str]:
    return f"http://{host}", f"https://{host}"


class BodyLimit:
    """Answers 413 to a request with more than so many bytes, as it says itself or as they come. Plain ASGI.

    `tables` is the limit for who brings a table; the route checks who may before it reads one.
    """

    def __init__(self, app: App, most: int, tables: int = 0) -> None:
        self._app, self._most, self._tables = app, most, tables

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._tables and scope["method"] == "POST" and _brings_table.search(scope["path"]):
            most, allowed = self._tables, f"A table may have {self._tables} bytes at most (TINKERNET_MAX_TABLE_BYTES)"
        else:
            most, allowed = self._most, f"A request may carry {self._most} bytes at most (TINKERNET_MAX_BODY_BYTES)"
        said = int(RequestHeaders(scope=scope).get("content-length", "0"))  # h11 lets no other than a number through
        if said > most:
            answer = JSONResponse({"detail": f"{allowed}; this one says that it has {said}."}, 413)
            await answer(scope, receive, send)
            return
        taken = 0

        async def receive_counted() -> MutableMapping[str, Any]:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413, f"{allowed}; this one has more.")
            return message

        await self._app(scope, receive_counted, send)


_brings_table = re.compile(r"/s/[\w-]+/table$", re.ASCII)


class Headers:
    """Adds to every answer, a refused handshake among them, what a browser shall not do with it.

    Plain ASGI: no buffering, no task per request.
    """

    def __init__(self, app: App, frame_ancestors: Sequence[str] = ()) -> None:
        self._app, self._headers = app, HEADERS
        if frame_ancestors:
            policy = CONTENT_SECURITY_POLICY.replace(NO_FRAMES, f"frame-ancestors {' '.join(frame_ancestors)}")
            kept = [header for header in HEADERS if header[0] not in (b"content-security-policy", b"x-frame-options")]
            self._headers = (*kept, (b"content-security-policy", policy.encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers that it does not have added at the start of the answer."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                own = message.get("headers", ())
                names = {name for name, _ in own}
                added = [header for header in self._headers if header[0] not in names]
                if dict(own).get(b"content-type", b"").startswith((b"text/javascript", b"text/css")):
                    # `frame-ancestors` says what x-frame-options would say again, and files refer to this server only.
                    added = [
                        (name, FILE_POLICY if name == b"content-security-policy" else value)
                        for name, value in added
                        if name not in (b"x-frame-options", b"referrer-policy")
                    ]
                message["headers"] = [header for header in [*own, *added] if header[1]]  # an empty one: not to be added
            await send(message)

        await self._app(scope, receive, send_with_headers)


NO_FRAMES = "frame-ancestors 'none'"
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
        NO_FRAMES,
    )
)
# A script or a style sheet is under the policy of the page that loads it. Its own counts where it is opened by itself:
# nothing is allowed then. There are dozens of them, and the long one would be a fifth of what they weigh.
FILE_POLICY = b"default-src 'none'; frame-ancestors 'none'"
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
