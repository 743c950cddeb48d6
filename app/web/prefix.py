"""Under any path: a proxy may put the server below a prefix of its host, and pass that prefix on or strip it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from contextlib import suppress
from re import Pattern
from urllib.parse import quote, unquote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse

from tinkernet.app.settings import Settings
from tinkernet.app.web.security import App, Receive, Scope, Send

# What proxies call the prefix, as headers of a request.
FORWARDED = ("x-forwarded-prefix", "x-script-name", "x-forwarded-context", "x-proxycontextpath")


def prefix_of(connection: HTTPConnection) -> str:
    """The path below which browsers reach the server, percent-encoded as they send it; "" at the root of the host."""
    prefix: str = connection.scope.get("prefix", "")
    return prefix


def address_of(connection: HTTPConnection) -> str:
    """The address that a request comes from, as far as it is known; "" behind a Unix socket that does not say."""
    address: str = connection.scope.get("address", "")
    return address


class Prefix:
    """Takes the prefix from a request's path where it is still there, and notes it as the scope's `prefix`.

    A prefix is what a trusted proxy says in a header, or the path of an address in `public`. Behind a Unix socket, with
    one proxy before it, it is also whatever stands before a path of ours: some proxies pass the prefix of a
    WebSocket on without naming it. Plain ASGI, for WebSockets too.
    """

    def __init__(self, app: App, settings: Settings, paths: Iterable[Pattern[str]]) -> None:
        self._app, self._ours, self._infers = app, tuple(paths), bool(settings.uds)
        self._trusted = [ipaddress.ip_network(each) for each in settings.trusted_proxies]
        self._prefixes = settings.prefixes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is asked for below the prefix."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers, trusted = Headers(scope=scope), self._trusts(scope)
        prefix = self._prefix(scope["path"], headers, trusted)
        rest = self._below(prefix, scope["path"])
        if rest == "" and scope["type"] == "http":  # without its slash, what the page asks for would go beside it
            query = f"?{scope['query_string'].decode('ascii')}" if scope["query_string"] else ""
            await RedirectResponse(f"{prefix.rpartition('/')[2]}/{query}", 308)(scope, receive, send)
            return
        client = scope.get("client")
        told = headers.get("x-forwarded-for", "").rpartition(",")[2].strip() if trusted else ""
        scope = {**scope, "prefix": prefix, "address": told or (client[0] if client else "")}
        if rest is not None:
            scope |= {"path": rest, "raw_path": quote(rest).encode()}
        if trusted and headers.get("x-forwarded-proto", "").lower().startswith("https"):
            scope["scheme"] = "https" if scope["type"] == "http" else "wss"
        await self._app(scope, receive, send)

    def _prefix(self, path: str, headers: Headers, trusted: bool) -> str:
        if trusted:
            for name in FORWARDED:
                if told := _clean(headers.get(name, "")):
                    return told
        known = self._prefixes.get(headers.get("host", "").lower(), ())
        for prefix in sorted(known, key=len, reverse=True):
            if self._below(prefix, path) is not None:
                return prefix
        if self._infers:
            return next((quote(path[:at]) for at in _slashes(path) if self._is_ours(path[at:])), "")
        return known[0] if len(known) == 1 else ""  # stripped by a proxy that does not name it

    def _below(self, prefix: str, path: str) -> str | None:
        """The rest of a path below a prefix; None when it is not there: the proxy has stripped it."""
        whole = unquote(prefix)
        if not prefix or not (path == whole or path.startswith(f"{whole}/")):
            return None
        rest = path[len(whole) :]
        return rest if rest == "" or self._is_ours(rest) else None

    def _is_ours(self, path: str) -> bool:
        return any(pattern.match(path) for pattern in self._ours)

    def _trusts(self, scope: Scope) -> bool:
        """Whether this request comes from a proxy that may say who asked."""
        if self._infers:
            return True  # a Unix socket, which only its owner can open
        with suppress(ValueError, TypeError):
            peer = ipaddress.ip_address(scope["client"][0])
            peer = getattr(peer, "ipv4_mapped", None) or peer
            return any(peer in network for network in self._trusted)
        return False


def _slashes(path: str) -> Iterator[int]:
    return (at for at, sign in enumerate(path) if sign == "/")


def _clean(text: str) -> str:
    """A forwarded prefix, encoded as in an address and without a slash at its end; "" for what cannot be one.

    Each of several proxies may have added its own, from the outermost on.
    """
    parts = [part.strip().strip("/") for part in text.split(",")]
    path = "".join(f"/{part}" for part in parts if part)
    if any(segment in ("", ".", "..") for segment in unquote(path).split("/")[1:]) or not path.isascii():
        return ""
    return quote(path, safe="/%~:@!$&'()*+=-._")  # a semicolon would end the path of a cookie
