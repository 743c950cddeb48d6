"""What an owner does with others: the join link and another one, and a link to own the session on another device.

What changes something is asked for by POST or DELETE from a page of this origin: a GET changes nothing that anybody
owns. A page sends its secret along, in the header `tinkernet-page`, as with a handshake (see `browsers`).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import replace

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from tinkernet.app.capabilities import VIEWER
from tinkernet.app.settings import Settings
from tinkernet.app.web import browsers
from tinkernet.app.web.access import Access, AccessLists
from tinkernet.app.web.auth import is_admitted

UNCACHED = {"cache-control": "no-store"}


async def join_link(id: str, request: Request) -> Response:
    """The link by which others watch."""
    lists = await _owned(id, request)
    return _join_link(id, request, await lists.of(id))


async def renew_join_link(id: str, request: Request) -> Response:
    """Another join link; whoever came by the last one is let out and does not come back by it."""
    lists = await _owned_and_open(id, request)
    access = await lists.of(id)
    renewed = access.renewed()
    lists.put(id, renewed)
    request.app.state.sessions.dismiss(id, "The owner of this session has made another join link.")
    return _join_link(id, request, renewed)


def _join_link(id: str, request: Request, access: Access) -> Response:
    key = request.app.state.keys.key(id, VIEWER, access.renewals)
    return JSONResponse({"link": f"s/{id}/watch#key={key}"}, headers=UNCACHED)


async def owner_link(id: str, request: Request) -> Response:
    """The link that waits to be used, "" when there is none, and how many browsers came by one."""
    lists = await _owned(id, request)
    return _owner_link(id, await lists.of(id))


async def make_owner_link(id: str, request: Request) -> Response:
    """A link with which one other browser owns the session too; one that was made before opens nothing any more."""
    lists = await _owned_and_open(id, request)
    access = await lists.of(id)
    settings: Settings = request.app.state.settings
    if len(access.owners) >= settings.max_owners_per_session:
        raise HTTPException(
            409,
            f"This session has {len(access.owners)} other owners; more are not allowed "
            "(TINKERNET_MAX_OWNERS_PER_SESSION). Revoke the owner link to begin anew.",
        )
    made = replace(access, link=secrets.token_urlsafe(24))
    lists.put(id, made)
    return _owner_link(id, made)


async def revoke_owner_link(id: str, request: Request) -> Response:
    """The link, and every browser that came by one, lose the session; the browser that asks keeps it."""
    lists = await _owned(id, request)
    access = await lists.of(id)
    asking = browsers.asking(request).name
    kept = tuple(owner for owner in access.owners if owner.startswith(f"{asking}."))
    lists.put(id, revoked := replace(access, link="", owners=kept))
    if gone := set(access.names) - {asking}:
        request.app.state.sessions.dismiss(id, "The owner of this session has revoked the owner link.", gone)
    return _owner_link(id, revoked)


def _owner_link(id: str, access: Access) -> Response:
    link = f"s/{id}/own#key={access.link}" if access.link else ""
    return JSONResponse({"link": link, "owners": len(access.owners)}, headers=UNCACHED)


async def take(id: str, request: Request) -> Response:
    """A browser comes by an owner link, which serves once."""
    lists: AccessLists = request.app.state.access
    key = await _key_in(request)
    access = await lists.of(id)  # after the last wait but its own: of two that come at once, one has the link
    if not key or not access.link or not hmac.compare_digest(key, access.link.encode()):
        raise HTTPException(403, "This link was used or revoked: ask for a new one.")
    browser = browsers.asking(request)
    owners = tuple(owner for owner in access.owners if not owner.startswith(f"{browser.name}."))
    lists.put(id, replace(access, link="", owners=(*owners, str(browser))))
    await request.app.state.own_sessions.note(str(browser), id)
    answer = Response(status_code=204, headers=UNCACHED)
    browsers.keep(answer, request, browser)
    return answer


async def _key_in(request: Request) -> bytes:
    """The key that stands in the body, b"" for a body of anything else."""
    try:
        key = (await request.json())["key"]
        return key.encode() if isinstance(key, str) else b""
    except (ValueError, TypeError, KeyError, RecursionError, ClientDisconnect):
        return b""


async def _owned(id: str, request: Request) -> AccessLists:
    if not await is_admitted(request, id):
        raise HTTPException(403, "Only the owner of a session may do that.")
    lists: AccessLists = request.app.state.access
    return lists


async def _owned_and_open(id: str, request: Request) -> AccessLists:
    """What is kept of a session that nobody opens would be kept for nothing, and ids cost nothing."""
    lists = await _owned(id, request)
    if id not in request.app.state.sessions:
        raise HTTPException(409, "This session is not open: open its page first.")
    return lists


ROUTES = (
    ("GET", "/s/{id}/join-link", join_link),
    ("POST", "/s/{id}/join-link", renew_join_link),
    ("GET", "/s/{id}/owner-link", owner_link),
    ("POST", "/s/{id}/owner-link", make_owner_link),
    ("DELETE", "/s/{id}/owner-link", revoke_owner_link),
    ("POST", "/s/{id}/own", take),
)
