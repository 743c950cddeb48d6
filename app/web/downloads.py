"""What an owner takes home: the points of a session as a table, with what the network says of them."""

from __future__ import annotations

import asyncio
import time

from fastapi import HTTPException, Request
from fastapi.responses import Response

from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.web.auth import is_admitted
from tinkernet.app.web.charging import budget_of
from tinkernet.app.web.uploads import CLOSED, UNCACHED, Uploads
from tinkernet.engine.analysis.points_file import answers_of, csv_of


async def points(id: str, request: Request) -> Response:
    """A file in CSV. It is written in a thread, in the turn of the tables that are read, and charged likewise."""
    if not await is_admitted(request, id):
        raise HTTPException(403, "Only the owner of a session may take its points.")
    sessions: Sessions = request.app.state.sessions
    uploads: Uploads = request.app.state.uploads
    if id not in sessions:
        raise HTTPException(409, CLOSED)
    async with uploads.turn:
        try:
            answers = await sessions.ask(id, answers_of)
        except (TimeoutError, KeyError):
            raise HTTPException(503, "The network is busy. Wait a moment and try again.") from None

        def write() -> tuple[bytes, float]:
            began = time.thread_time()
            return csv_of(answers).encode(), time.thread_time() - began

        content, seconds = await asyncio.to_thread(write)
    budget_of(request).charge(seconds)
    headers = {**UNCACHED, "content-disposition": 'attachment; filename="points.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = (("GET", "/s/{id}/points.csv", points),)
