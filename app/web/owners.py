"""What an owner does with others: another join link, and a link to own the session on another device.

All of it is asked for by POST or DELETE from a page of this origin: a GET changes nothing that anybody owns. A page
sends its secret along, in the header `tinkernet-page`, as with a handshake (see `browsers`).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse, Response

from tinkernet.app.capabilities import VIEWER
from tinkernet.app.web import browsers
from tinkernet.app.web.access import AccessLists
from tinkernet.app.web.auth import is_admitted


async def renew_join_link(id: str, request: Request) -> Response:
    """Another join link; whoever came by the last one is let out and does not come back by it."""
    lists = await _owned(id, request)
    access = await lists.of(id)
    lists.put(id, replace(access, renewals=access.renewals + 1))
    request.app.state.sessions.dismiss(id, "The owner of this session has made another join link.")
    return JSONResponse({"link": f"s/{id}/watch#key={request.app.state.keys.key(id, VIEWER, access.renewals + 1)}"})


async def make_owner_link(id: str, request: Request) -> Response:
    """A link with which one other browser owns the session too; one that was made before opens nothing any more."""
    lists = await _owned(id, request)
    key = secrets.token_urlsafe(24)
    lists.put(id, replace(await lists.of(id), link=key))
    return JSONResponse({"link": f"s/{id}/own#key={key}"})


async def revoke_owner_link(id: str, request: Request) -> Response:
    """The link, and every browser that came by one, lose the session."""
    lists = await _owned(id, request)
    access = await lists.of(id)
    lists.put(id, replace(access, link="", owners=()))
    if access.owners:
        request.app.state.sessions.dismiss(id, "The owner of this session has revoked the owner link.", access.owners)
    return Response(status_code=204)


async def take(id: str, request: Request) -> Response:
    """A browser comes by an owner link, which serves once."""
    lists: AccessLists = request.app.state.access
    access = await lists.of(id)
    try:
        key = (await request.json())["key"]
    except (ValueError, TypeError, KeyError):
        key = None
    if not isinstance(key, str) or not access.link or not hmac.compare_digest(key.encode(), access.link.encode()):
        raise HTTPException(403, "This link was used or revoked: ask for a new one.")
    browser = browsers.visiting(request)
    lists.put(id, replace(access, link="", owners=(*access.owners, browser.name)))
    answer = Response(status_code=204)
    browsers.keep(answer, request, browser)
    return answer


async def _owned(id: str, request: Request) -> AccessLists:
    if not await is_admitted(request, id):
        raise HTTPException(403, "Only the owner of a session may do that.")
    lists: AccessLists = request.app.state.access
    return lists


ROUTES = (
    ("POST", "/s/{id}/join-link", renew_join_link),
    ("POST", "/s/{id}/owner-link", make_owner_link),
    ("DELETE", "/s/{id}/owner-link", revoke_owner_link),
    ("POST", "/s/{id}/own", take),
)
