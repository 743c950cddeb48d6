"""All sessions in memory, by their id.

A session that nobody watches is suspended after `idle_pause` seconds, and after `idle_expire` it is in the storage
only.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections.abc import Callable, Collection, Container, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeVar
from weakref import WeakValueDictionary

from tinkernet.app.capabilities import Capability
from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.sessions.context import Turns
from tinkernet.app.sessions.kept import KeptRun
from tinkernet.app.sessions.saved import SavedSession, session_of, tables_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.sessions.snapshot_room import SnapshotRoom
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import Storage
from tinkernet.app.tables.table import Table
from tinkernet.app.wire.commands import MAIN, RunId
from tinkernet.app.wire.events import Event, Heartbeat, about_session
from tinkernet.app.workers.scheduler import Job, Scheduler
from tinkernet.engine import Trainer

T = TypeVar("T")

log = logging.getLogger(__name__)

POLICY_VIOLATION = 1008  # WebSocket close code
ANSWER_SECONDS = 10.0  # that a run may take to answer a question
HEARTBEAT = Heartbeat(seconds=3.0)
ID_PATTERN = r"^[A-Za-z0-9_-]{22}$"  # 128 bits, base64url
_id = re.compile(ID_PATTERN)


class Full(Exception):
    """A limit is reached. The message is a sentence for the visitor that names it."""


class NotOpen(Exception):
    """A page that may only watch asks for a session that is not in memory."""


class Sessions:
    """Owned by the event loop. Lives as long as the server."""

    def __init__(
        self, settings: Settings, scheduler: Scheduler, storage: Storage, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._scheduler, self._storage, self._clock = settings, scheduler, storage, clock
        self._session_from_id: dict[str, Session] = {}
        self._empty_since: dict[str, float] = {}  # the sessions that nobody watches, and the moment of the last leave
        self._browser_from_id: dict[str, str] = {}  # the name of the browser that opened each session
        self._address_from_id: dict[str, str] = {}  # and where it came from, "" if that is not known
        self._turns_from_browser: WeakValueDictionary[str, Turns] = WeakValueDictionary()  # while it has a session
        self._room = SnapshotRoom()
        self._viewers = 0  # pages connected to any session
        self._loop: asyncio.AbstractEventLoop | None = None  # known from the first page on
        storage.in_use, storage.told = lambda: tuple(self._session_from_id), self._tell_from_thread

    def __len__(self) -> int:
        return len(self._session_from_id)

    def __contains__(self, id: str) -> bool:
        """Whether the session is in memory."""
        return id in self._session_from_id

    @property
    def pages(self) -> int:
        """The number of connected pages."""
        return self._viewers

    def pages_of(self, id: str) -> tuple[Subscriber, ...]:
        """The pages that are connected to one session, in memory or not."""
        return self._session_from_id[id].viewers if id in self else ()

    @staticmethod
    def new_id() -> str:
        """An id that cannot be guessed. It costs nothing: the session begins when a page connects."""
        return secrets.token_urlsafe(16)

    @staticmethod
    def is_id(text: str) -> bool:
        """True for anything `new_id` can have made."""
        return _id.fullmatch(text) is not None

    async def recall(self, id: str) -> SavedSession | None:
        """What was kept of a session that is not in memory, for `join`."""
        if id in self._session_from_id or not self._storage.knows(id):
            return None
        return await asyncio.to_thread(self._load, id)

    def _load(self, id: str) -> SavedSession | None:
        record = self._storage.load(id)
        try:
            return None if record is None else session_of(record)
        except (ValueError, TypeError, KeyError) as error:
            log.warning("A saved session cannot be used (%s); it is set aside and begins anew.", error)
            self._storage.set_aside(id)
            return None

    def offer(self, id: str, table: Table) -> bool:
        """The runs of a session may learn from this table from now on. False where the session is not in memory."""
        if id in self:
            self._session_from_id[id].offer(table)
        return id in self

    def get(self, id: str) -> Session | None:
        """The session with this id, if it is in memory."""
        return self._session_from_id.get(id)

    async def ask(self, id: str, question: Callable[[Trainer], T], run: RunId = MAIN) -> T:
        """What a function finds at a run of a session in memory, between two of its slices.

        Raises KeyError where there is no such run, and TimeoutError when it does not answer.
        """
        executor = self._session_from_id[id].runs[run]
        answer = executor.questions.put(question)
        executor.wake()
        return await asyncio.wait_for(answer, ANSWER_SECONDS)

    def kept(self, id: str, letter: str, run: RunId = MAIN) -> KeptRun | None:
        """A run that is kept beside another one of a session in memory, if it is."""
        return self._session_from_id[id].runs[run].kept(letter)

    def using(self, reference: str) -> Iterator[tuple[str, Session, Table]]:
        """The sessions in memory that have this stored data set, and the table."""
        for id, session in self._session_from_id.items():
            if table := session.tables.get(reference):
                yield id, session, table

    async def stored(self, address: str) -> list[str]:
        """The ids of the sessions with which the data set of this address is kept."""
        return list(await asyncio.to_thread(self._storage.sharing, address)) if self._storage.keeps else []

    async def table(self, id: str, reference: str) -> Table | None:
        """The table of this reference that is kept with a session, if it is."""
        return await asyncio.to_thread(self._load_table, id, reference)

    def _load_table(self, id: str, reference: str) -> Table | None:
        record = self._storage.load(id)
        tables = () if record is None else tables_of(record)
        return next((table for table in tables if table.reference == reference), None)

    def join(self, id: str, viewer: Subscriber, saved: SavedSession | None = None) -> Session:
        """Connect a page to a session.

        A session that is not in memory goes on where it was `saved`, or begins anew: the page then sends its settings
        again by itself. Only a page that may host can open a session so; one that may is never kept out of a session
        that is full of others, and two of them get into an open session even when the server is full: the owner whose
        line was cut comes back, before the server knows that it was. Browsers without a name count as one. Those of
        one address count together too, with limits for a whole class: names cost nothing, addresses do.
        Raises Full or NotOpen, with a sentence for the visitor.
        """
        held, browser = viewer.capabilities, viewer.browser
        session = self._session_from_id.get(id)
        hosts = session is not None and sum(Capability.HOST in page.capabilities for page in session.viewers)
        if not (session is not None and Capability.HOST in held and hosts < 2):
            self._check_places(browser, viewer.address)
        if session is None:
            if Capability.HOST not in held:
                raise NotOpen("This session is not open now: its owner has to open it first.")
            self._make_room(browser, viewer.address)
            self._browser_from_id[id], self._address_from_id[id] = browser, viewer.address
            loop = self._loop = asyncio.get_running_loop()
            keep = partial(self._storage.put, id, owner=browser) if self._storage.keeps else None
            turns = self._turns_from_browser.setdefault(browser, Turns())
            runs, tables = (saved.runs, saved.tables) if saved else (None, ())
            wake = self._scheduler.wake
            session = Session(
                self._settings, loop, wake, self._clock, runs, keep=keep, turns=turns, tables=tables, room=self._room
            )  # fmt: skip
            self._session_from_id[id] = session
        elif Capability.HOST not in held:
            most = self._settings.max_viewers_per_session
            watching = sum(Capability.HOST not in page.capabilities for page in session.viewers)
            if watching >= most:
                raise Full(f"This session is full: {most} pages watch it. Try again later.")
        viewer.tell(HEARTBEAT)
        if trouble := self._storage.trouble(id):
            viewer.tell(about_session(trouble))
        self._empty_since.pop(id, None)
        self._viewers += 1
        session.join(viewer)
        return session

    def _check_places(self, browser: str, address: str) -> None:
        """Raise Full when no more pages may connect, of this browser, from this address or at all."""
        if self._viewers >= self._settings.max_viewers:
            raise Full(f"This server is full: {self._settings.max_viewers} pages are connected. Try again later.")
        most = self._settings.max_pages_per_browser
        if sum(page.browser == browser for page in self._all_viewers()) >= most:
            who = "This browser has" if browser else "Browsers that keep no cookies have together"
            raise Full(f"{who} {most} pages open here; more are not allowed. Close one and try again.")
        most = self._settings.max_pages_per_address
        if address and sum(page.address == address for page in self._all_viewers()) >= most:
            raise Full(f"{most} pages from your network are connected; more are not allowed. Try again later.")

    def _make_room(self, browser: str, address: str) -> None:
        """Make room for one more session of this browser, or raise Full.

        A browser that has too many loses the one of its own that nobody has watched for longest. An address or a server
        that has too many loses one that is suspended, and only if the storage keeps it: a class that has left does not
        keep the next one out.
        """
        most = self._settings.max_sessions_per_browser
        own = [id for id, owner in self._browser_from_id.items() if owner == browser]
        if len(own) >= most and not self._end_one([id for id in own if id in self._empty_since]):
            raise Full(f"This browser has {most} sessions open here; more are not allowed. Close one and try again.")
        resting = [id for id in self._empty_since if self._storage.holds(id) and self._session_from_id[id].suspended]
        near = [id for id, other in self._address_from_id.items() if address and other == address]
        most = self._settings.max_sessions_per_address
        if len(near) >= most and not self._end_one([id for id in resting if id in near]):
            raise Full(f"{most} sessions from your network are open; more are not allowed. Try again later.")
        most = self._settings.max_sessions
        if len(self) >= most and not self._end_one([id for id in resting if id in self]):
            raise Full(f"This server is full: {most} sessions are open. Try again later.")

    def _end_one(self, left: list[str]) -> bool:
        """End the session that nobody has watched for longest. False when the list is empty."""
        if left:
            self._end(min(left, key=self._empty_since.__getitem__), "Another session took its place.")
        return bool(left)

    def leave(self, id: str, viewer: Subscriber) -> None:
        """A page has gone."""
        self._viewers -= 1
        session = self._session_from_id[id]
        session.leave(viewer)
        if not session.viewers:
            self._empty_since[id] = self._clock()

    def dismiss(self, id: str, message: str, browsers: Container[str] | None = None) -> None:
        """Let out who only watches a session, or else all pages of these browsers. Who has a key can come again."""
        session = self._session_from_id.get(id)
        if session is not None:  # whoever is let out has no right to its data any more
            session.watched_by = {each for each in session.watched_by if browsers is not None and each not in browsers}
        for viewer in session.viewers if session is not None else ():
            if viewer.browser in browsers if browsers is not None else Capability.HOST not in viewer.capabilities:
                viewer.close(message, POLICY_VIOLATION)

    def sweep(self) -> None:
        """Suspend sessions that nobody has watched for `idle_pause`, and end those after `idle_expire` seconds."""
        now = self._clock()
        for id, since in list(self._empty_since.items()):
            session = self._session_from_id[id]
            if now - since >= self._settings.idle_expire:
                self._end(id, "Nobody watched for a long time.")
            elif now - since >= self._settings.idle_pause:
                session.suspend()

    def _end(self, id: str, message: str) -> None:
        self._session_from_id.pop(id).close(message)
        del self._empty_since[id], self._browser_from_id[id], self._address_from_id[id]

    async def sweep_forever(self) -> None:
        """Sweep four times in the shorter of the two times."""
        while True:
            await asyncio.sleep(min(self._settings.idle_pause, self._settings.idle_expire) / 4)
            self.sweep()

    async def heartbeat_forever(self) -> None:
        """Tell all pages regularly that the server is there.

        A page learns of a broken connection only after minutes, and cannot see the pings of its WebSocket: the missing
        heartbeat tells it sooner.
        """
        while True:
            await asyncio.sleep(HEARTBEAT.seconds)
            self.tell(HEARTBEAT)

    def tell(self, event: Event) -> None:
        """Send an event to every page."""
        for viewer in self._all_viewers():
            viewer.tell(event)

    def _tell_from_thread(self, ids: Collection[str] | None, sentence: str) -> None:
        """Called by the storage, on its own thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the server has stopped meanwhile
                self._loop.call_soon_threadsafe(self._tell_about, ids, sentence)

    def _tell_about(self, ids: Collection[str] | None, sentence: str) -> None:
        """Tell the pages of these sessions, or of all, what has become of what is saved of theirs."""
        for id, session in self._session_from_id.items():
            if ids is None or id in ids:
                for viewer in session.viewers:
                    viewer.tell(about_session(sentence))

    def _all_viewers(self) -> Iterator[Subscriber]:
        return (viewer for session in self._session_from_id.values() for viewer in session.viewers)

    def wake(self) -> None:
        """Wake all runs: the kernels that train are compiled now."""
        for session in self._session_from_id.values():
            session.wake()

    def keep_last(self, running: Container[Job]) -> None:
        """Take the last checkpoints, when the training threads have ended. Jobs still `running` are left out."""
        for session in self._session_from_id.values():
            session.keep_last(running)

    def close(self, message: str) -> None:
        """End all sessions: the server stops."""
        for session in self._session_from_id.values():
            session.close(message)
