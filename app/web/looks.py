"""What who watches may see of a session alone: its run at another epoch than the one that the owner shows."""

from __future__ import annotations

from functools import partial

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse

from tinkernet.app.capabilities import Capability
from tinkernet.app.sessions.looking import look_at
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.web import browsers
from tinkernet.app.web.auth import is_owner
from tinkernet.app.web.charging import budget_of
from tinkernet.app.web.uploads import CLOSED, UNCACHED
from tinkernet.app.wire.commands import MAIN, Subscribe
from tinkernet.app.wire.parse import ProtocolError, parse


async def look(id: str, request: Request, epoch: int = 0) -> JSONResponse:
    """The topics of the body (a `Subscribe`) at an epoch, or `why` not. For browsers that watch, or have watched."""
    sessions: Sessions = request.app.state.sessions
    if not await may_look(id, request):
        raise HTTPException(403, "Only who watches a session may look at it.")
    session = sessions.get(id)
    if session is None:
        raise HTTPException(409, CLOSED)
    try:
        asked = parse(await request.body(), held=Capability.WATCH)
    except ProtocolError as error:
        raise HTTPException(400, error.message) from None
    if not isinstance(asked, Subscribe):
        raise HTTPException(400, "The body must be a subscribe.")
    state = session.runs[MAIN].publisher.shown.state
    question = partial(look_at, state=state, topics=asked.topics, epoch=epoch)
    try:
        found, seconds = await session.looks.take(lambda: sessions.ask(id, question))
    except (TimeoutError, KeyError):
        raise HTTPException(503, "The network is busy. Wait a moment and try again.") from None
    budget_of(request).charge(seconds)
    return JSONResponse(found, headers=UNCACHED)


async def may_look(id: str, request: Request) -> bool:
    """Whether the browser that asks watches a session, has watched it, or owns it."""
    session, name = request.app.state.sessions.get(id), browsers.name_of(request)
    return bool(session and name and name in session.watched_by) or await is_owner(request, id)


ROUTES = (("POST", "/s/{id}/look", look),)
