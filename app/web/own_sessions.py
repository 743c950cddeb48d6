"""The list of a browser's sessions: which it has opened, when, and what they look like now."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse, Response

from tinkernet.app.sessions.overview import Overview, is_untouched, overview
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.sessions.saved import session_of
from tinkernet.app.storage.base import Record, Storage
from tinkernet.app.web import browsers
from tinkernet.app.web.auth import is_owner

VERSION = 1  # of the record
LISTED = 40  # sessions of one browser, the newest; it owns older ones all the same
MOST = 1000  # browsers whose lists are in memory
MOST_PAINTED = 500  # overviews in memory, of half a kilobyte


class OwnSessions:
    """For each browser the ids that it has opened and the time at which it last did, kept beside the sessions.

    A list, so that nothing has to be searched for. It says nothing of who owns what: that is asked again when it is
    shown. Belongs to the event loop, except `overview_of`; lives with the server.
    Under pressure: a browser's oldest entry makes room for a new one, and a list that was not used for long is only in
    the storage.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._lists: dict[str, dict[str, float]] = {}
        self._overviews: dict[object, Overview | None] = {}
        self.painting = asyncio.Semaphore(1)  # lists are made one after another, whoever asks for them

    async def of(self, browser: str) -> Mapping[str, float]:
        """By id the time at which it was used last, the newest last."""
        if browser not in self._lists:
            found: dict[str, float] = {}
            if self._storage.knows(_record_id(browser)):
                record = await asyncio.to_thread(self._storage.load, _record_id(browser))
                if record is not None and record.version == VERSION:
                    found = dict(record.facts["sessions"])
            self._lists.setdefault(browser, found)
            for old in list(self._lists)[:-MOST]:
                del self._lists[old]
        return self._lists.get(browser, {})

    async def note(self, browser: str, id: str) -> None:
        """This browser has opened this session, which it owns."""
        await self.of(browser)
        self.touch(browser, id)

    def touch(self, browser: str, id: str) -> None:
        """It has used the session until now."""
        known = self._lists.setdefault(browser, {})
        known.pop(id, None)
        known[id] = time.time()
        for old in list(known)[:-LISTED]:
            del known[old]
        if self._storage.keeps:
            self._storage.put(_record_id(browser), Record(VERSION, {"sessions": dict(known)}, {}))

    def overview_of(self, id: str, painted: bool) -> Overview | None:
        """What is kept of a session; None when nothing is, or nobody has changed anything in it. One thread at a time.

        It is made again only when the session has changed.
        """
        record = self._storage.load(id)
        if record is None:
            return None
        try:
            saved = session_of(record)
            runs = saved.runs
            key = (
                id,
                painted,
                *((name, run.revision, hash(tuple(run.arrays().items()))) for name, run in runs.items()),
            )
            if key not in self._overviews:
                self._overviews[key] = None if is_untouched(runs) else overview(saved, painted=painted)
                for old in list(self._overviews)[:-MOST_PAINTED]:
                    del self._overviews[old]
            return self._overviews[key]
        except (ValueError, TypeError, KeyError):
            return None  # it is set aside, with a warning, when it is opened


def _record_id(browser: str) -> str:
    return f"{browser}.sessions"


async def own_sessions(request: Request) -> Response:
    """The sessions of the browser that asks, the last used first. Over http its page has to send its secret."""
    if not browsers.proven(request) and browsers.of(request):
        raise HTTPException(403, "This page cannot prove to be of the browser whose sessions these are: reload it.")
    known: OwnSessions = request.app.state.own_sessions
    listed = await known.of(str(browsers.asking(request)))
    async with known.painting:
        found = [await _entry(request, id, used) for id, used in reversed(list(listed.items()))]
    answer = {"sessions": [entry for entry in found if entry is not None]}
    return JSONResponse(answer, headers={"cache-control": "no-store"})


async def _entry(request: Request, id: str, used: float) -> dict[str, Any] | None:
    """What the page is told of one; None when it is gone, is not the visitor's any more, or has only been opened."""
    state = request.app.state
    sessions: Sessions = state.sessions
    if not await is_owner(request, id):
        return None
    found: dict[str, Any] = {"id": id, "seconds": max(0.0, time.time() - used), "pages": len(sessions.pages_of(id))}
    if not state.storage.keeps:
        return found if id in sessions else None
    if not state.storage.knows(id):
        return None
    kept = await asyncio.to_thread(state.own_sessions.overview_of, id, state.warmup.ready)
    return None if kept is None else found | asdict(kept)


ROUTES = (("GET", "/sessions", own_sessions),)
