"""All sessions by their id, and their end: nobody watches, so they pause, and after a longer while they go."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Callable

from app.protocol import Event, Watch
from app.scheduler import Scheduler
from app.session import OUTPUT, Session
from app.settings import Settings
from app.viewer import Viewer

ID_PATTERN = r"^[A-Za-z0-9_-]{22}$"  # 128 bits, base64url
_id = re.compile(ID_PATTERN)


class Full(Exception):
    """A limit is met; the message says which, for the visitor."""


class Sessions:
    """Belongs to the event loop."""

    def __init__(self, settings: Settings, scheduler: Scheduler, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._scheduler, self._clock = settings, scheduler, clock
        self._session_from_id: dict[str, Session] = {}
        self._empty_since: dict[str, float] = {}
        self._viewers = 0

    def __len__(self) -> int:
        return len(self._session_from_id)

    @staticmethod
    def new_id() -> str:
        """An id that cannot be guessed. The session itself begins when a page connects: an id costs nothing."""
        return secrets.token_urlsafe(16)

    @staticmethod
    def is_id(text: str) -> bool:
        """True for anything `new_id` can have made."""
        return _id.fullmatch(text) is not None

    def join(self, id: str) -> tuple[Session, Viewer]:
        """A page connects. A session that has gone begins anew: its page sends its settings again by itself."""
        if self._viewers >= self._settings.max_viewers:
            raise Full(f"This server is full: {self._settings.max_viewers} pages are connected. Try again later.")
        session = self._session_from_id.get(id)
        if session is None:
            if len(self) >= self._settings.max_sessions:
                raise Full(f"This server is full: {self._settings.max_sessions} sessions are open. Try again later.")
            loop = asyncio.get_running_loop()
            session = self._session_from_id[id] = Session(self._settings, loop, self._scheduler.wake)
        viewer = Viewer(Watch(type="watch", unit=OUTPUT))
        self._empty_since.pop(id, None)
        self._viewers += 1
        session.join(viewer)
        return session, viewer

    def leave(self, id: str, viewer: Viewer) -> None:
        """A page has gone."""
        self._viewers -= 1
        session = self._session_from_id[id]
        session.leave(viewer)
        if not session.viewers:
            self._empty_since[id] = self._clock()

    def sweep(self) -> None:
        """Suspend what nobody has watched for a while; forget what nobody has watched for long."""
        now = self._clock()
        for id, since in list(self._empty_since.items()):
            session = self._session_from_id[id]
            if now - since >= self._settings.idle_expire:
                session.close("Nobody watched for a long time.")
                del self._session_from_id[id], self._empty_since[id]
            elif now - since >= self._settings.idle_pause:
                session.suspended = True

    async def sweep_forever(self) -> None:
        """Sweep at a quarter of the shortest time that it has to keep."""
        while True:
            await asyncio.sleep(min(self._settings.idle_pause, self._settings.idle_expire) / 4)
            self.sweep()

    def tell(self, event: Event) -> None:
        """Say something to every page."""
        for session in self._session_from_id.values():
            for viewer in session.viewers:
                viewer.tell(event)

    def retell(self) -> None:
        """The engine is ready: the state once more says that the waiting is over."""
        for session in self._session_from_id.values():
            session.retell()

    def close(self, message: str) -> None:
        """The end of the server."""
        for session in self._session_from_id.values():
            session.close(message)
