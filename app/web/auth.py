"""What a page may do in a session: it depends on the browser that owns the session, or on a key, never on the id alone.

A session belongs to the browser for which its id was made (see `browsers`). Others come by a key, which is derived from
the server's secret, the id and the name of its grant, so that an id costs nothing until a page connects. A key stands
in the fragment of a join link, which browsers never send, and comes with the handshake as a WebSocket subprotocol; a
query string would stand in logs.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Iterable
from dataclasses import replace

from fastapi import WebSocket, WebSocketException
from starlette.requests import HTTPConnection

from tinkernet.app.capabilities import GRANTS, NOTHING, OWNER, Capability, Grant, route_allowed
from tinkernet.app.storage.base import Record, Storage
from tinkernet.app.web import browsers
from tinkernet.app.web.access import Access, AccessLists
from tinkernet.app.web.browsers import Browsers
from tinkernet.app.wire import SUBPROTOCOL

# Until browsers had names, an owner's key was a cookie of the session's path. It is given to nobody any more. For 14
# days, the first browser that opens the session with it becomes one of its owners; then the key opens nothing.
KEY_COOKIE = "tinkernet_key"
ADOPTION_SECONDS = 14 * 86_400
ADOPTION = "adoption"  # the id of the record that says when they end


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


def end_of_adoption(storage: Storage) -> float:
    """The time at which keys of the release before end: so long after this release has first used the storage."""
    record = storage.load(ADOPTION) if storage.knows(ADOPTION) else None
    if record is None:
        record = Record(1, {"end": time.time() + ADOPTION_SECONDS}, {})
        if storage.keeps:
            storage.put(ADOPTION, record)
    return float(record.facts["end"])


async def is_admitted(connection: HTTPConnection, id: str, *, proven: bool = True) -> bool:
    """Whether this page holds what the route that it asks for needs. See `capabilities.NEEDED_FOR_ROUTE`.

    proven: False for a browser that loads a page. It cannot send the secret of its pages, and nothing that opens or
    changes a session may be in the answer.
    """
    return route_allowed(connection.scope["route"].path, await _held(connection, id, proven))


async def is_owner(connection: HTTPConnection, id: str) -> bool:
    """Whether the browser that asks owns a session, by no key but by its name alone."""
    lists: AccessLists = connection.app.state.access
    return _owns(connection, id, await lists.of(id), True)


async def admitted(websocket: WebSocket, id: str) -> Capability:
    """The dependency of a socket: what its page may do. Without a key that opens the route there is no handshake."""
    if not await is_admitted(websocket, id):
        raise WebSocketException(1008, "This page has no key to this session.")
    return await _held(websocket, id, True)


async def keep_owner(websocket: WebSocket, id: str) -> None:
    """The page of an owner has opened the session: bind it to the page's secret, or adopt it from its old key."""
    lists: AccessLists = websocket.app.state.access
    known: Browsers = websocket.app.state.browsers
    access = await lists.of(id)
    found = [browsers.bound(websocket, browser) for browser in browsers.proven(websocket)]
    if found and not _owns(websocket, id, access, True):
        lists.put(id, replace(access, owners=(*access.owners, str(found[-1])), adopted=True))
    elif not access.first:
        for browser in found:
            if browser.bound and known.owns(browser, id):
                lists.put(id, replace(access, first=browser.bound))


async def _held(connection: HTTPConnection, id: str, proven: bool) -> Capability:
    keys: Keys = connection.app.state.keys
    lists: AccessLists = connection.app.state.access
    access = await lists.of(id)
    # Every cookie of the name is tried: another server of the host may have added one.
    given = [value for name, value in browsers.cookies(connection) if name == KEY_COOKIE]
    if access.adopted or time.time() >= connection.app.state.end_of_adoption:
        given = []
    owner = _owns(connection, id, access, proven)
    return keys.held(id, owner, given, connection.scope.get("subprotocols", ()), access.renewals)


def _owns(connection: HTTPConnection, id: str, access: Access, proven: bool) -> bool:
    """Whether the browser that asks owns the session: as the one for which it was made, or as one of its owners."""
    known: Browsers = connection.app.state.browsers
    told = browsers.digests(connection)
    for browser in browsers.proven(connection) if proven else browsers.of(connection):
        secret = access.first if known.owns(browser, id) else access.secret_of(browser.name)
        if secret == "" or (secret is not None and (secret in told or not proven)):
            return True
    return False
