"""What a page may do in a session: it depends on the browser that owns the session, or on a key, never on the id alone.

A session belongs to the browser for which its id was made (see `browsers`). Others come by a key, which is derived from
the server's secret, the id and the name of its grant, so that an id costs nothing until a page connects. A key stands
in the fragment of a join link, which browsers never send, and comes with the handshake as a WebSocket subprotocol; a
query string would stand in logs.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable

from fastapi import WebSocket, WebSocketException
from starlette.requests import HTTPConnection

from tinkernet.app.capabilities import GRANTS, NOTHING, OWNER, Capability, Grant, route_allowed
from tinkernet.app.web import browsers
from tinkernet.app.web.access import AccessLists
from tinkernet.app.wire import SUBPROTOCOL

# Until browsers had names, an owner's key was a cookie of the session's path. It opens its session for as long as the
# browser keeps it, which is 14 days after the last visit, and is given to nobody any more.
KEY_COOKIE = "tinkernet_key"


class Keys:
    """All keys that follow from one secret. With another secret none of them opens anything. Lives with the server."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def key(self, id: str, grant: Grant, renewals: int = 0) -> str:
        """The key to a session: 192 bits in base64url, which may stand in a cookie, a fragment and a subprotocol.

        After so many renewals of its join link; another one opens nothing.
        """
        name = f"{grant.name}:{id}" + (f":{renewals}" if renewals else "")
        digest = hmac.digest(self._secret, name.encode(), "sha256")
        return base64.urlsafe_b64encode(digest[:24]).decode()

    def held(
        self, id: str, owner: bool, cookies: Iterable[str], offered: Iterable[str], renewals: int = 0
    ) -> Capability:
        """What a page may do in a session: the owner's, and by keys in its cookies or its subprotocols; or NOTHING.

        The key of a join link counts alone: an owner who opens the link sees what the others see.
        """
        in_link = [name for name in offered if name != SUBPROTOCOL and not name.startswith(browsers.PAGE_SECRET)]
        held = OWNER.opens if owner and not in_link else NOTHING
        for grant in GRANTS:
            given = in_link if grant.in_link else [] if in_link else cookies
            if any(self._is_key(id, grant, key, renewals if grant.in_link else 0) for key in given):
                held |= grant.opens
        return held

    def _is_key(self, id: str, grant: Grant, given: str, renewals: int) -> bool:
        """In a time that does not tell how much of it is right."""
        return hmac.compare_digest(given.encode(), self.key(id, grant, renewals).encode())


async def is_admitted(connection: HTTPConnection, id: str) -> bool:
    """Whether this page holds what the route that it asks for needs. See `capabilities.NEEDED_FOR_ROUTE`."""
    return route_allowed(connection.scope["route"].path, await _held(connection, id))


async def admitted(websocket: WebSocket, id: str) -> Capability:
    """The dependency of a socket: what its page may do. Without a key that opens the route there is no handshake."""
    if not await is_admitted(websocket, id):
        raise WebSocketException(1008, "This page has no key to this session.")
    return await _held(websocket, id)


async def _held(connection: HTTPConnection, id: str) -> Capability:
    keys: Keys = connection.app.state.keys
    # Every cookie of the name is tried: another server of the host may have added one.
    given = [value for name, value in browsers.cookies(connection) if name == KEY_COOKIE]
    lists: AccessLists = connection.app.state.access
    access = await lists.of(id)
    owner = browsers.owns(connection, id, access.owners)
    return keys.held(id, owner, given, connection.scope.get("subprotocols", ()), access.renewals)
