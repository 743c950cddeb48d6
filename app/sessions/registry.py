"""All sessions by their id. One that nobody watches pauses; after a longer while it is in the store only."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Callable, Container, Iterator
from functools import partial

from tinkernet.app.capabilities import EVERYTHING, Capability
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import Saved, Store
from tinkernet.app.wire.commands import Subscribe
from tinkernet.app.wire.events import Event, Heartbeat
from tinkernet.app.wire.frames import OUTPUT
from tinkernet.app.workers.scheduler import Job, Scheduler

HEARTBEAT = Heartbeat(seconds=3.0)
ID_PATTERN = r"^[A-Za-z0-9_-]{22}$"  # 128 bits, base64url
_id = re.compile(ID_PATTERN)


class Full(Exception):
    """A limit is met; the message says which, for the visitor."""


class NotOpen(Exception):
    """Somebody wants to watch what its owner has not opened yet."""


class Sessions:
    """Belongs to the event loop."""

    def __init__(
        self, settings: Settings, scheduler: Scheduler, store: Store, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings, self._scheduler, self._store, self._clock = settings, scheduler, store, clock
        self._session_from_id: dict[str, Session] = {}
        self._empty_since: dict[str, float] = {}
        self._browser_from_id: dict[str, str] = {}
        self._viewers = 0
        store.in_use = lambda: tuple(self._session_from_id)

    def __len__(self) -> int:
        return len(self._session_from_id)

    @property
    def pages(self) -> int:
        """How many are connected."""
        return self._viewers

    @staticmethod
    def new_id() -> str:
        """An id that cannot be guessed. The session itself begins when a page connects: an id costs nothing."""
        return secrets.token_urlsafe(16)

    @staticmethod
    def is_id(text: str) -> bool:
        """True for anything `new_id` can have made."""
        return _id.fullmatch(text) is not None

    async def recall(self, id: str) -> Saved | None:
        """What the store has of a session that is not here, for `join`."""
        if id in self._session_from_id or not self._store.knows(id):
            return None
        return await asyncio.to_thread(self._store.load, id)

    def join(
        self, id: str, held: Capability = EVERYTHING, browser: str = "", saved: Saved | None = None
    ) -> tuple[Session, Viewer]:
        """Connect a page to a session; `held` is what its key opens.

        A session that is not in memory goes on where it was `saved`, or begins anew: the page then sends its settings
        again by itself. Only a page that may host can open a session so; one that may is never kept out of a session
        that is full of others.
        `browser` is the name by which sessions and pages are counted. Browsers without a name share one count of
        sessions, and their pages are not counted. Raises Full or NotOpen, with a sentence for the visitor.
        """
        if self._viewers >= self._settings.max_viewers:
            raise Full(f"This server is full: {self._settings.max_viewers} pages are connected. Try again later.")
        most = self._settings.max_pages_per_browser
        if browser and sum(page.browser == browser for page in self._all_viewers()) >= most:
            raise Full(f"This browser has {most} pages open here; more are not allowed. Close one and try again.")
        session = self._session_from_id.get(id)
        if session is None:
            if Capability.HOST not in held:
                raise NotOpen("This session is not open now: its owner has to open it first.")
            self._make_room(browser)
            self._browser_from_id[id] = browser
            loop, keep = asyncio.get_running_loop(), partial(self._store.put, id) if self._store.keeps else None
            session = Session(self._settings, loop, self._scheduler.wake, saved=saved, keep=keep)
            self._session_from_id[id] = session
        elif Capability.HOST not in held:
            most = self._settings.max_viewers_per_session
            watching = sum(Capability.HOST not in page.capabilities for page in session.viewers)
            if watching >= most:
                raise Full(f"This session is full: {most} pages watch it. Try again later.")
        viewer = Viewer(
            Subscribe(type="subscribe", unit=OUTPUT), capabilities=held, browser=browser, heartbeat=HEARTBEAT
        )
        self._empty_since.pop(id, None)
        self._viewers += 1
        session.join(viewer)
        return session, viewer

    def _make_room(self, browser: str) -> None:
        """For one more session of this browser: of its own, when they are too many, the one left alone for longest
        goes. When all are too many it is one that nobody has watched for a while, and only if the store keeps it: a
        class that has gone does not keep the next one out."""
        most = self._settings.max_sessions_per_browser
        own = [id for id, owner in self._browser_from_id.items() if owner == browser]
        if len(own) >= most and not self._end_one([id for id in own if id in self._empty_since]):
            raise Full(f"This browser has {most} sessions open here; more are not allowed. Close one and try again.")
        most = self._settings.max_sessions
        resting = [id for id in self._empty_since if self._store.keeps and self._session_from_id[id].suspended]
        if len(self) >= most and not self._end_one(resting):
            raise Full(f"This server is full: {most} sessions are open. Try again later.")

    def _end_one(self, left: list[str]) -> bool:
        """Of sessions left alone the one that was for longest; False when there is none."""
        if left:
            self._end(min(left, key=self._empty_since.__getitem__), "Another session took its place.")
        return bool(left)

    def leave(self, id: str, viewer: Viewer) -> None:
        """A page has gone."""
        self._viewers -= 1
        session = self._session_from_id[id]
        session.leave(viewer)
        if not session.viewers:
            self._empty_since[id] = self._clock()

    def sweep(self) -> None:
        """Suspend what nobody has watched for a while; let go what nobody has watched for long."""
        now = self._clock()
        for id, since in list(self._empty_since.items()):
            session = self._session_from_id[id]
            if now - since >= self._settings.idle_expire:
                self._end(id, "Nobody watched for a long time.")
            elif now - since >= self._settings.idle_pause:
                session.suspend()

    def _end(self, id: str, message: str) -> None:
        self._session_from_id.pop(id).close(message)
        del self._empty_since[id], self._browser_from_id[id]

    async def sweep_forever(self) -> None:
        """Sweep at a quarter of the shortest time that it has to keep."""
        while True:
            await asyncio.sleep(min(self._settings.idle_pause, self._settings.idle_expire) / 4)
            self.sweep()

    async def heartbeat_forever(self) -> None:
        """A network that has gone silent tells a page nothing, for minutes: what no longer comes does. A ping of the
        WebSocket itself no page gets to see."""
        while True:
            await asyncio.sleep(HEARTBEAT.seconds)
            self.tell(HEARTBEAT)

    def tell(self, event: Event) -> None:
        """Say something to every page."""
        for viewer in self._all_viewers():
            viewer.tell(event)

    def _all_viewers(self) -> Iterator[Viewer]:
        return (viewer for session in self._session_from_id.values() for viewer in session.viewers)

    def wake(self) -> None:
        """The engine can train: who waits for that goes on."""
        for session in self._session_from_id.values():
            session.wake()

    def keep_last(self, running: Container[Job]) -> None:
        """The last checkpoints, after the training threads: what still runs then is left as it was kept last."""
        for session in self._session_from_id.values():
            session.keep_last(running)

    def close(self, message: str) -> None:
        """The end of the server."""
        for session in self._session_from_id.values():
            session.close(message)
