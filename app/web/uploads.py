"""Tables that owners bring: read in a thread, looked at by the page, and taken for the session when the page says so.

The body is a line of JSON, the `Choices`, and below it the bytes of the table. The answer is lines of JSON: how far the
reading is, several times a second, then what the table is. Nothing of it is kept, so that each change of a choice sends
the table again: most are small, and what somebody has only looked at takes no memory.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from tinkernet.app.connections.budget import Budget
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.settings import Settings
from tinkernet.app.tables.table import MAX_TITLE, Table
from tinkernet.app.web.auth import is_admitted
from tinkernet.app.web.charging import budget_of
from tinkernet.app.web.table_preview import Choices, preview
from tinkernet.engine.data.tables.read import cleaned
from tinkernet.engine.data.tables.text import TableError

MAX_CHOICES = 32_768  # bytes
TOLD_EVERY = 0.2  # seconds between two words about how far the reading is
UNTITLED = "Table"
CLOSED = "This session is not open: open its page first."
UNCACHED = {"cache-control": "no-store"}


class Uploads:
    """The tables that are being brought. Belongs to the event loop; lives with the server.

    Under pressure: tables are read one after another; when those in memory are too large together, the next is refused.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bytes = 0
        self.turn = asyncio.Semaphore(1)  # more threads would only take the interpreter from the event loop

    async def body_of(self, request: Request) -> bytes:
        """The whole body, which counts until `forget`. Raises HTTPException where there is no room for it."""
        pieces: list[bytes] = []
        try:
            async for piece in request.stream():
                if self._bytes + len(piece) > self._settings.max_tables_bytes:
                    raise HTTPException(
                        503, "The server reads many other tables just now. Wait a moment and try again."
                    )
                self._bytes += len(piece)
                pieces.append(piece)
        except BaseException:
            self.forget(sum(map(len, pieces)))
            raise
        return b"".join(pieces)

    def forget(self, count: int) -> None:
        """So many bytes are in memory no more."""
        self._bytes -= count

    async def read(self, reading: Reading, budget: Budget) -> None:
        """Carry out a reading in its turn, and charge what it took."""
        try:
            async with self.turn:
                await asyncio.to_thread(reading.run)
        finally:
            budget.charge(reading.seconds)
            self.forget(reading.size)


class Reading:
    """One table that is read. A thread runs it; the event loop looks at `row` and may end it by `stopped`."""

    def __init__(self, content: bytes, size: int, choices: Choices, most: float) -> None:
        self._content, self._choices, self._most = content, choices, most
        self.size = size
        self.row = 0
        self.seconds = 0.0  # of processor time
        self.stopped = threading.Event()
        self.answer: dict[str, Any] = {}
        self.table: Table | None = None  # to be used

    def run(self) -> None:
        """Read. What was stopped has no answer."""
        self._began = time.thread_time()
        try:
            if not self.stopped.is_set():
                self.answer, dataset = preview(self._content, self._choices, self._watch)
                if dataset is not None and self._choices.use:
                    self.table = Table.of(dataset, cleaned(self._choices.title, MAX_TITLE) or UNTITLED)
        except _Stopped:
            pass
        finally:
            self.seconds = time.thread_time() - self._began
            self._content = b""

    def _watch(self, row: int) -> None:
        self.row = row
        if self.stopped.is_set():
            raise _Stopped
        if time.thread_time() - self._began > self._most:
            raise TableError(f"After {self._most:g} s the reading was at row {row:,}: bring a smaller part.", row)


class _Stopped(Exception):
    """Nobody waits for the answer any more."""


async def look(id: str, request: Request) -> Response:
    """What a table is, or, with `use`, the table as the session's own data."""
    if not await is_admitted(request, id):
        raise HTTPException(403, "Only the owner of a session may bring data.")
    sessions: Sessions = request.app.state.sessions
    if id not in sessions:
        raise HTTPException(409, CLOSED)
    uploads: Uploads = request.app.state.uploads
    settings: Settings = request.app.state.settings
    try:
        body = await uploads.body_of(request)
    except ClientDisconnect:
        return Response(status_code=204)
    size = len(body)
    line, _, content = body[: MAX_CHOICES + 1].partition(b"\n")
    content, body = body[len(line) + 1 :], b""
    try:
        choices = Choices.model_validate_json(line)
    except ValidationError as error:
        uploads.forget(size)
        first = error.errors()[0]
        raise HTTPException(400, f"{'.'.join(map(str, first['loc'])) or 'The choices'}: {first['msg']}.") from None
    reading = Reading(content, size, choices, settings.max_table_seconds)
    task = asyncio.create_task(uploads.read(reading, budget_of(request)))
    return StreamingResponse(_told(id, sessions, reading, task), media_type="application/x-ndjson", headers=UNCACHED)


async def _told(id: str, sessions: Sessions, reading: Reading, task: asyncio.Task[None]) -> AsyncIterator[bytes]:
    """How far it is, then the answer. When the page goes the reading ends."""
    try:
        while not (await asyncio.wait({task}, timeout=TOLD_EVERY))[0]:
            yield _line({"row": reading.row})
        task.result()
        answer = reading.answer
        if (table := reading.table) is not None:
            if sessions.offer(id, table):
                answer["reference"] = table.reference
            else:
                answer["refusal"] = CLOSED
        yield _line(answer)
    finally:
        reading.stopped.set()


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, allow_nan=False).encode() + b"\n"


ROUTES = (("POST", "/s/{id}/table", look),)
