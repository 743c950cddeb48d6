"""The keys of a session: what a page may do hangs on one of them, never on knowing the id.

No key is stored: it follows from the server's secret and the id, so an id costs nothing until a page connects. The
owner's key lives in a cookie of the session's own path, where no script can read it. The viewer's stands in the
fragment of the join link, which browsers never send, and comes with the handshake as a WebSocket subprotocol: a query
string would stand in logs.
"""

from __future__ import annotations

import base64
import enum
import hmac
import re
import secrets
from collections.abc import Iterable

from fastapi import WebSocket, WebSocketException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from tinkernet.app.settings import Settings
from tinkernet.app.wire import SUBPROTOCOL

KEY_COOKIE, BROWSER_COOKIE = "tinkernet_key", "tinkernet_browser"
_name = re.compile(r"[A-Za-z0-9_-]{22}")  # as `name_browser` makes them; anything else is sent back to nobody
COOKIE_SECONDS = 14 * 86_400  # after the last visit


class Role(enum.StrEnum):
    """What a key opens."""

    OWNER = "owner"
    VIEWER = "viewer"


class Keys:
    """The keys that follow from a secret. Another secret makes all keys there are worthless."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def key(self, id: str, role: Role) -> str:
        """192 bits, base64url: fit for a cookie, a fragment and a subprotocol."""
        digest = hmac.digest(self._secret, f"{role}:{id}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:24]).decode()

    def opens(self, id: str, role: Role, given: str | None) -> bool:
        """Whether this is the key; in a time that does not tell how much of it is right."""
        return given is not None and hmac.compare_digest(given.encode(), self.key(id, role).encode())

    def role(self, id: str, cookie: str | None, offered: Iterable[str]) -> Role | None:
        """Who a page is. A join link counts before the cookie: an owner who opens it sees what the others see."""
        keys = [name for name in offered if name != SUBPROTOCOL]
        if keys:
            return Role.VIEWER if any(self.opens(id, Role.VIEWER, key) for key in keys) else None
        return Role.OWNER if self.opens(id, Role.OWNER, cookie) else None

    def hand_over(self, response: Response, connection: HTTPConnection, id: str) -> None:
        """Make the browser that gets this answer the owner of a session."""
        _set_cookie(response, connection, KEY_COOKIE, self.key(id, Role.OWNER), f"/s/{id}")
        name_browser(response, connection)


def owns(connection: HTTPConnection, id: str) -> bool:
    """Whether this browser has the owner's key of a session."""
    keys: Keys = connection.app.state.keys
    return keys.opens(id, Role.OWNER, connection.cookies.get(KEY_COOKIE))


def name_browser(response: Response, connection: HTTPConnection) -> None:
    """Give the browser that gets this answer a name by which it is counted, or its own once more."""
    _set_cookie(response, connection, BROWSER_COOKIE, browser_of(connection) or secrets.token_urlsafe(16), "/")


def _set_cookie(response: Response, connection: HTTPConnection, name: str, value: str, path: str) -> None:
    settings: Settings = connection.app.state.settings
    secure = settings.is_https(connection.headers.get("host", ""))
    response.set_cookie(name, value, COOKIE_SECONDS, path=path, httponly=True, samesite="strict", secure=secure)


def browser_of(connection: HTTPConnection) -> str:
    """The name by which a browser is counted, empty when it has none. Not the address: a class may share one."""
    name = connection.cookies.get(BROWSER_COOKIE, "")
    return name if _name.fullmatch(name) else ""


async def role_of(websocket: WebSocket, id: str) -> Role:
    """The dependency of a socket: no key, no handshake."""
    keys: Keys = websocket.app.state.keys
    role = keys.role(id, websocket.cookies.get(KEY_COOKIE), websocket.scope["subprotocols"])
    if role is None:
        raise WebSocketException(1008, "This page has no key to this session.")
    return role
