"""The keys of a session. What a page may do depends on its key, never on knowing the id.

No key is stored: it is derived from the server's secret, the id and the name of its grant, so that an id costs nothing
until a page connects. A key that may host lives in a cookie of the session's own path, where no script can read it. The
others stand in the fragment of a join link, which browsers never send, and come with the handshake as a WebSocket
subprotocol; a query string would stand in logs.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Iterable

from fastapi import WebSocket, WebSocketException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from tinkernet.app.capabilities import GRANTS, NOTHING, OWNER, Capability, Grant, route_allowed
from tinkernet.app.settings import Settings
from tinkernet.app.web.prefix import prefix_of
from tinkernet.app.wire import SUBPROTOCOL

KEY_COOKIE, BROWSER_COOKIE = "tinkernet_key", "tinkernet_browser"
_name = re.compile(r"[A-Za-z0-9_-]{22}")  # as `name_browser` makes them; anything else is sent back to nobody
COOKIE_SECONDS = 14 * 86_400  # after the last visit


class Keys:
    """All keys that follow from one secret. With another secret none of them opens anything. Lives with the server."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def key(self, id: str, grant: Grant) -> str:
        """The key to a session: 192 bits in base64url, which may stand in a cookie, a fragment and a subprotocol."""
        digest = hmac.digest(self._secret, f"{grant.name}:{id}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:24]).decode()

    def held(self, id: str, cookie: str | None, offered: Iterable[str]) -> Capability:
        """What a page may do in a session, by its cookie and the subprotocols that it offers; NOTHING without a key.

        The key of a join link counts alone: an owner who opens the link sees what the others see.
        """
        in_link = [name for name in offered if name != SUBPROTOCOL]
        given = in_link or [cookie or ""]
        held = NOTHING
        for grant in GRANTS:
            if grant.in_link == bool(in_link) and any(self._is_key(id, grant, key) for key in given):
                held |= grant.opens
        return held

    def _is_key(self, id: str, grant: Grant, given: str) -> bool:
        """In a time that does not tell how much of it is right."""
        return hmac.compare_digest(given.encode(), self.key(id, grant).encode())

    def hand_over(self, response: Response, connection: HTTPConnection, id: str) -> None:
        """Make the browser that gets this answer the owner of a session."""
        _set_cookie(response, connection, KEY_COOKIE, self.key(id, OWNER), f"/s/{id}")
        name_browser(response, connection)


def is_admitted(connection: HTTPConnection, id: str) -> bool:
    """Whether this page holds what the route that it asks for needs. See `capabilities.NEEDED_FOR_ROUTE`."""
    return route_allowed(connection.scope["route"].path, _held(connection, id))


async def admitted(websocket: WebSocket, id: str) -> Capability:
    """The dependency of a socket: what its page may do. Without a key that opens the route there is no handshake."""
    if not is_admitted(websocket, id):
        raise WebSocketException(1008, "This page has no key to this session.")
    return _held(websocket, id)


def _held(connection: HTTPConnection, id: str) -> Capability:
    keys: Keys = connection.app.state.keys
    return keys.held(id, connection.cookies.get(KEY_COOKIE), connection.scope.get("subprotocols", ()))


def name_browser(response: Response, connection: HTTPConnection) -> None:
    """Give the browser that gets this answer a name by which it is counted; one that has a name keeps it."""
    _set_cookie(response, connection, BROWSER_COOKIE, browser_of(connection) or secrets.token_urlsafe(16), "/")


def _set_cookie(response: Response, connection: HTTPConnection, name: str, value: str, path: str) -> None:
    settings: Settings = connection.app.state.settings
    secure = connection.url.scheme in ("https", "wss") or settings.is_https(connection.headers.get("host", ""))
    path = prefix_of(connection) + path if path != "/" else prefix_of(connection) or "/"
    response.set_cookie(name, value, COOKIE_SECONDS, path=path, httponly=True, samesite="strict", secure=secure)


def browser_of(connection: HTTPConnection) -> str:
    """The name by which a browser is counted, empty when it has none. Not the address: a class may share one."""
    name = connection.cookies.get(BROWSER_COOKIE, "")
    return name if _name.fullmatch(name) else ""
