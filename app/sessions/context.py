"""What a session shares with its runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.sessions.snapshot_room import SnapshotRoom
from tinkernet.app.sessions.tables import SessionTables
from tinkernet.app.settings import Settings
from tinkernet.app.wire.events import Event
from tinkernet.app.workers.scheduler import Job
from tinkernet.engine import Spec
from tinkernet.engine.data.dataset import Dataset


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
        room: SnapshotRoom | None = None,
    ) -> None:
        self.room = room or SnapshotRoom()
        self.tables = tables or SessionTables()
        self.settings, self.loop, self.wake, self.clock, self.turns = settings, loop, wake, clock, turns

        # Owned by the event loop. Training threads read them.
        self.viewers: tuple[Subscriber, ...] = ()  # replaced, never changed in place
        self.suspended = False  # nobody has watched for a while: nothing is trained
        self.closed = False  # each run takes its last checkpoint and ends

    def tell(self, viewer: Subscriber, event: Event) -> None:
        """Send an event to one viewer. From any thread."""
        self.soon(viewer.tell, event)

    def soon(self, call: Callable[..., object], *given: object) -> None:
        """Call this on the event loop. From any thread; on a closed loop nothing is done: the server is going."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(call, *given)

    def tell_all(self, event: Event) -> None:
        """Send an event to all viewers. From any thread."""
        for viewer in self.viewers:
            self.tell(viewer, event)

    def dataset_of(self, spec: Spec) -> Dataset | None:
        """The stored data set that a spec names; None for none. From any thread."""
        table = self.tables.get(spec.data)
        return None if table is None else table.dataset
