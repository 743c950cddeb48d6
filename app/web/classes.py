"""The class of a session: its desk opens it, others come by its code.

What the desk does is asked for by its page, as in `owners`; what becomes of it is told over its connection.
"""

from __future__ import annotations

import asyncio
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import segno
from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.requests import ClientDisconnect

from tinkernet.app.capabilities import VIEWER
from tinkernet.app.classroom.classroom import NotAdmitted
from tinkernet.app.classroom.classrooms import Classrooms, NoClass
from tinkernet.app.classroom.question import NoQuestion
from tinkernet.app.web import browsers, pages
from tinkernet.app.web.auth import is_admitted
from tinkernet.app.web.owners import UNCACHED

PROBE_SECONDS = 1.5  # in which an address has to answer this server itself
PROBED_SECONDS = 5.0  # for which the answers count
MOST_PROBED = 6
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the class comes by no proxy of this machine


class Probes:
    """Whether this server answers itself at its addresses. Belongs to the event loop; lives with the server.

    Under pressure: one round at a time, on threads of its own, whoever asks; its answers count for `PROBED_SECONDS`.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._known: dict[str, bool] = {}
        self._until = 0.0  # the moment until which the answers count

    async def answering(self, addresses: Sequence[str]) -> Mapping[str, bool]:
        """By address whether an answer came within `PROBE_SECONDS`."""
        async with self._turn:
            if time.monotonic() >= self._until or not set(addresses) <= self._known.keys():
                loop, threads = asyncio.get_running_loop(), ThreadPoolExecutor(len(addresses) or 1)
                try:
                    found = await asyncio.gather(*(loop.run_in_executor(threads, _answers, each) for each in addresses))
                finally:
                    threads.shutdown(wait=False)
                self._known, self._until = dict(zip(addresses, found, strict=True)), time.monotonic() + PROBED_SECONDS
            return self._known


async def show(id: str, request: Request) -> Response:
    """The addresses at which this server has answered itself, the likeliest first, each with a QR code to join by it.

    Those that do not answer are named too: a code for them could not work.
    """
    room = await (await _desk(id, request)).of(id)
    if room is None:
        raise HTTPException(404, "This session has no class.")
    shared = request.app.state.settings.shared[:MOST_PROBED]
    answers = await request.app.state.probes.answering(shared)
    found = [{"address": address, **_qr(f"{address}/join#{room.code}")} for address in shared if answers[address]]
    silent = [address for address in shared if not answers[address]]
    return JSONResponse({"addresses": found, "silent": silent}, headers=UNCACHED)


async def open_class(id: str, request: Request) -> Response:
    """Open a class that follows this session, or change the one that is open: `{"locked": true}`."""
    rooms = await _desk(id, request, is_open=True)
    asked = await _body(request)
    room = await rooms.of(id) or rooms.open(id)
    if isinstance(locked := asked.get("locked"), bool) and locked != room.locked:
        rooms.lock(id, locked)
    return _done()


async def end(id: str, request: Request) -> Response:
    """End the class. Nobody comes in by its code any more, and who follows by it is let out."""
    rooms = await _desk(id, request)
    if await rooms.of(id) is not None:
        rooms.end(id)
        await _renew_link(id, request, "This class has ended.")
    return _done()


async def renew(id: str, request: Request) -> Response:
    """Another code."""
    rooms = await _desk(id, request)
    if await rooms.of(id) is None:
        raise HTTPException(404, "This session has no class.")
    rooms.renew(id)
    return _done()


async def let_out(id: str, request: Request) -> Response:
    """Remove somebody, `{"number": 3}`, who may come again by the code; or block them, with `"block": true`."""
    rooms = await _desk(id, request)
    asked = await _body(request)
    number = asked.get("number")
    browser = None
    if await rooms.of(id) is not None and type(number) is int:
        browser = rooms.remove(id, number, block=asked.get("block") is True)
    if browser is None:
        raise HTTPException(404, "Nobody of this number is in the class.")
    request.app.state.sessions.dismiss(id, "The lecturer has removed you from the class.", {browser})
    return _done()


async def ask(id: str, request: Request) -> Response:
    """Ask the class `{"text": "…", "choices": ["Yes", "No"]}`; without choices, for a number.

    Of the question that is open: `{"do": "again"}` asks it once more, `{"do": "show"}` shows and locks the answers.
    """
    rooms = await _desk(id, request)
    asked = await _body(request)
    if await rooms.of(id) is None:
        raise HTTPException(404, "This session has no class.")
    try:
        match asked.get("do"):
            case "again":
                rooms.ask_again(id)
            case "show":
                rooms.show_answers(id)
            case _:
                rooms.ask(id, asked.get("text"), asked.get("choices"))
    except NoQuestion as error:
        raise HTTPException(422, str(error)) from None
    return _done()


async def take_back(id: str, request: Request) -> Response:
    """No question is open any more."""
    rooms = await _desk(id, request)
    if await rooms.of(id) is not None:
        rooms.take_back(id)
    return _done()


async def join_page() -> Response:
    """The page for entering a code. One in the fragment of the address is entered by its script."""
    text = pages.template("join.html").render(version=pages.stamp())
    return HTMLResponse(text, headers=UNCACHED)


async def join(request: Request) -> Response:
    """A browser comes by a code, `{"code": "482913"}`, and gets the link by which it follows."""
    code = (await _body(request)).get("code")
    digits = "".join(code.split()) if isinstance(code, str) else ""
    browser = browsers.asking(request)
    state = request.app.state
    try:
        session = await state.classrooms.join(digits[:20], browser.name)
    except NoClass as error:
        raise HTTPException(404, str(error)) from None
    except NotAdmitted as error:
        raise HTTPException(403, str(error)) from None
    access = await state.access.of(session)
    key = state.keys.key(session, VIEWER, access.renewals)
    answer = JSONResponse({"link": f"s/{session}/watch#key={key}"}, headers=UNCACHED)
    browsers.keep(answer, request, browser)
    return answer


async def _renew_link(id: str, request: Request, message: str) -> None:
    state = request.app.state
    access = await state.access.of(id)
    state.access.put(id, access.renewed())
    state.sessions.dismiss(id, message)


async def _desk(id: str, request: Request, *, is_open: bool = False) -> Classrooms:
    if not await is_admitted(request, id):
        raise HTTPException(403, "Only the desk of a class may do that.")
    if is_open and id not in request.app.state.sessions:
        raise HTTPException(409, "This session is not open: open its page first.")
    rooms: Classrooms = request.app.state.classrooms
    return rooms


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object in the body; an empty one for anything else."""
    try:
        found = await request.json()
    except (ValueError, RecursionError, ClientDisconnect):
        return {}
    return found if isinstance(found, dict) else {}


def _done() -> Response:
    return Response(status_code=204, headers=UNCACHED)


def _answers(address: str) -> bool:
    """Whether this server answers itself at an address by which others are to reach it."""
    try:
        with _direct.open(f"{address}/healthz", timeout=PROBE_SECONDS) as answer:
            return bool(answer.read(16) == b"ok\n")
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _qr(text: str) -> dict[str, Any]:
    """A QR code as the path of an SVG: one unit a module, and the number of modules of a side."""
    rows = segno.make(text, error="m", micro=False).matrix
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            width = 0
            while x + width < len(row) and row[x + width]:
                width += 1
            if width:
                parts.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width or 1
    return {"link": text, "side": len(rows), "path": "".join(parts)}


ROUTES = (
    ("GET", "/s/{id}/class", show),
    ("POST", "/s/{id}/class", open_class),
    ("DELETE", "/s/{id}/class", end),
    ("POST", "/s/{id}/class/code", renew),
    ("POST", "/s/{id}/class/people", let_out),
    ("POST", "/s/{id}/class/question", ask),
    ("DELETE", "/s/{id}/class/question", take_back),
    ("GET", "/join", join_page),
    ("POST", "/join", join),
)
