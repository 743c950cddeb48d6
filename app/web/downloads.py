"""What people take home: an owner the points of a session as a table, and who watches links to moments of its runs."""

from __future__ import annotations

import asyncio
import time

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse, Response

from tinkernet.app.sessions.moments import moment_of
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.web.auth import is_admitted
from tinkernet.app.web.charging import budget_of
from tinkernet.app.web.looks import may_look
from tinkernet.app.web.uploads import CLOSED, UNCACHED, Uploads
from tinkernet.engine import Run, Trainer
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


async def moment(id: str, request: Request, epoch: int | None = None, batch: int = 0, letter: str = "") -> JSONResponse:
    """What a link to a moment of a run says, or `why` there is none. Without an epoch it is the newest one."""
    if not await is_admitted(request, id) and not await may_look(id, request):
        raise HTTPException(403, "Only who owns or watches a session may take a link to its runs.")
    sessions: Sessions = request.app.state.sessions
    if id not in sessions:
        raise HTTPException(409, CLOSED)
    kept = sessions.kept(id, letter) if letter else None
    if letter and kept is None:
        raise HTTPException(404, f"There is no run {letter} any more.")
    try:
        run, newest = await sessions.ask(id, _record_of) if kept is None else (kept.run, (kept.epoch, 0))
    except (TimeoutError, KeyError):
        raise HTTPException(503, "The network is busy. Wait a moment and try again.") from None
    place = newest if epoch is None else (epoch, batch)
    if not run.begin <= place <= newest:
        why = f"This run can show the epochs {run.first_epoch:,} to {newest[0]:,}, not {epoch:,}."
        return JSONResponse({"why": why}, headers=UNCACHED)
    return JSONResponse(await asyncio.to_thread(moment_of, run, *place), headers=UNCACHED)


def _record_of(trainer: Trainer) -> tuple[Run, tuple[int, int]]:
    return trainer.run, (trainer.epoch, trainer.batch)


ROUTES = (("GET", "/s/{id}/points.csv", points), ("GET", "/s/{id}/moment", moment))
