"""What a session shares with its runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.sessions.tables import SessionTables
from tinkernet.app.settings import Settings
from tinkernet.app.wire.events import Event
from tinkernet.app.workers.scheduler import Job


class Turns:
    """What the scheduler gives turns to: all runs of all sessions of one browser take them together.

    So a browser with twenty large networks leaves as much time to another as a browser with one.
    """


class SessionContext:
    """Held by a session and by each of its runs; refers to none of them.

    So a session and its runs do not hold each other in a reference cycle: a session that is dropped frees its memory at
    once.
    """

    def __init__(
        self,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        wake: Callable[[Job], None],
        clock: Callable[[], float],
        turns: Turns,
        tables: SessionTables | None = None,
    ) -> None:
        self.tables = tables or SessionTables()
        self.settings, self.loop, self.wake, self.clock, self.turns = settings, loop, wake, clock, turns

        # Owned by the event loop. Training threads read them.
        self.viewers: tuple[Subscriber, ...] = ()  # replaced, never changed in place
        self.suspended = False  # nobody has watched for a while: nothing is trained
        self.closed = False  # each run takes its last checkpoint and ends

    def tell(self, viewer: Subscriber, event: Event) -> None:
        """Send an event to one viewer. From any thread."""
        self.loop.call_soon_threadsafe(viewer.tell, event)
