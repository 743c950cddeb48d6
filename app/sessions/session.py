"""One session: its runs, and everybody who watches them."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from functools import partial

from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.command_queue import Change
from tinkernet.app.sessions.context import SessionContext, Turns
from tinkernet.app.sessions.looking import Turn
from tinkernet.app.sessions.run_executor import RunExecutor
from tinkernet.app.sessions.saved import SavedRun, SessionCheckpoint
from tinkernet.app.sessions.snapshot_room import SnapshotRoom
from tinkernet.app.sessions.tables import SessionTables
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import Record
from tinkernet.app.tables.table import Table
from tinkernet.app.wire.command import TWIN
from tinkernet.app.wire.commands import MAIN, Command, Configure, RunId
from tinkernet.app.wire.comparing import Compare
from tinkernet.app.wire.events import about_session
from tinkernet.app.workers.scheduler import Job
from tinkernet.engine import Spec, SpecError
from tinkernet.engine.spec.proposal import generated
from tinkernet.engine.training.twin import changes_of

GOING_AWAY = 1001  # WebSocket close code
MOST_WATCHED_BY = 1000
LOST = "The data that this session learnt from are no longer here: other points take their place."


def first_spec() -> Spec:
    """What a new session begins with, until its page has sent the settings of its link."""
    return Spec(seed=f"0.{secrets.randbelow(100_000):05d}")


class Session:
    """Owned by the event loop. Begins with one paused run, `MAIN`, or with the runs that were `saved`, as they were.

    `wake` asks the scheduler for a slice, `keep` takes checkpoints of the whole session (without it none is taken), and
    `clock` gives seconds: time.monotonic, except in tests. `turns` are those of its browser; without, it has its own.
    `tables` are the stored data sets that the runs may learn from; `room` is that of the snapshots of all sessions. A
    run that was saved with data that are lost begins anew with points that its other settings draw, and who joins is
    told so.
    """

    def __init__(
        self,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        wake: Callable[[Job], None],
        clock: Callable[[], float] = time.monotonic,
        saved: Mapping[RunId, SavedRun] | None = None,
        keep: Callable[[Record], None] | None = None,
        turns: Turns | None = None,
        tables: Iterable[Table] = (),
        room: SnapshotRoom | None = None,
    ) -> None:
        self.tables = SessionTables(tables)
        self.context = SessionContext(settings, loop, wake, clock, turns or Turns(), self.tables, room)
        self._checkpoint = None if keep is None else SessionCheckpoint(keep, saved or {}, lambda: self.tables)
        self._runs: dict[RunId, RunExecutor] = {}
        self._has_lost = False
        self.watched_by: set[str] = set()  # browsers that came with a key, by name
        self.looks = Turn()  # at other epochs
        for id, run in (saved or {}).items():
            if run.spec.data and self.tables.get(run.spec.data) is None:
                self._has_lost = True
                self._begin(id, generated(run.spec))
            else:
                self._begin(id, run.spec, run)
        if MAIN not in self._runs:
            self._begin(MAIN, first_spec())

    def _begin(self, id: RunId, spec: Spec, saved: SavedRun | None = None) -> None:
        keep = None
        if self._checkpoint is not None:
            self._checkpoint.open(id)
            keep = partial(self._checkpoint.put, id)
        self._runs[id] = RunExecutor(id, self.context, spec, saved, keep)

    @property
    def runs(self) -> Mapping[RunId, RunExecutor]:
        """All runs by their id."""
        return self._runs

    @property
    def asked(self) -> dict[RunId, Spec]:
        """The spec of each run as it will be when all that is queued is applied."""
        return {id: run.asked for id, run in self._runs.items()}

    def asked_with(self, command: Command) -> dict[RunId, Spec]:
        """What `asked` gives, and the spec of the main run's twin as it will be after this command."""
        found, twin = self.asked, None if MAIN not in self._runs else self._runs[MAIN].asked_twin
        if isinstance(command, Compare):
            twin = changes_of(found[MAIN], command.spec, command.fields)
        if twin is not None:
            lead = command.spec if isinstance(command, Configure) and command.run == MAIN else found[MAIN]
            with suppress(SpecError):  # there will be no such twin
                found[TWIN] = Spec.from_dict(lead.to_dict() | twin)
        return found

    @property
    def viewers(self) -> tuple[Subscriber, ...]:
        """All pages that are connected."""
        return self.context.viewers

    @property
    def suspended(self) -> bool:
        """Whether training rests because nobody watches."""
        return self.context.suspended

    @property
    def closed(self) -> bool:
        """Whether the session has ended."""
        return self.context.closed

    def join(self, viewer: Subscriber) -> None:
        """A page begins to watch. A session that was suspended goes on where it was."""
        self.context.viewers = (*self.context.viewers, viewer)
        self.context.suspended = False
        if viewer.browser and len(self.watched_by) < MOST_WATCHED_BY:
            self.watched_by.add(viewer.browser)
        for table in self.tables:
            viewer.tell(table.facts)
        if self._has_lost:
            viewer.tell(about_session(LOST))
        self._deliver()
        self.wake()

    def leave(self, viewer: Subscriber) -> None:
        """A page has gone."""
        self.context.viewers = tuple(other for other in self.context.viewers if other is not viewer)
        self._deliver()

    def offer(self, table: Table) -> None:
        """The runs may learn from this stored data set from now on; all pages are told what it is."""
        self.use(table)
        for viewer in self.viewers:
            viewer.tell(table.facts)

    def use(self, table: Table) -> None:
        """This is the stored data set that was used last: others make room for the next one first."""
        self.tables.put(table, [each for run in self._runs.values() for each in run.data_in_use])

    def add_run(self, id: RunId, spec: Spec) -> None:
        """Begin another run, paused. It is trained, kept and limited with the others.

        Raises ValueError for an id that is in use, and ProtocolError when all runs together would cost too much.
        """
        if id in self._runs:
            raise ValueError(f"This session has a run {id!r} already.")
        cost.check_spec(spec, list(self.asked.values()), self.context.settings, run=id)
        self._begin(id, spec)
        self._runs[id].wake()

    def close_run(self, id: RunId) -> None:
        """End a run, free its memory and forget its checkpoints. Who watches it is sent nothing of it any more.

        Raises ValueError for the main run, without which there is no session, and for an id that is not in use.
        """
        if id == MAIN or id not in self._runs:
            raise ValueError(f"{id!r} is no run of this session that can be closed.")
        self._runs.pop(id).close()
        if self._checkpoint is not None:
            self._checkpoint.close(id)
        for viewer in self.viewers:
            viewer.forget(id)

    def submit(self, change: Change, sender: Subscriber | None = None, run: RunId = MAIN) -> None:
        """Ask one run for a change. What cannot be done comes back to the sender as an event."""
        self._runs[run].submit(change, sender)

    def acknowledge(self, viewer: Subscriber) -> None:
        """A viewer can take the next tick, or subscribes to something else. Nothing changes for the others."""
        for id in viewer.subscription.by_run:
            if id in self._runs:
                self._runs[id].acknowledge(viewer)

    def suspend(self) -> None:
        """Train nothing until a page joins."""
        self.context.suspended = True

    def wake(self) -> None:
        """Ask the scheduler for a slice for each run."""
        for run in self._runs.values():
            run.wake()

    def close(self, message: str) -> None:
        """Tell all viewers why, and end after a last checkpoint of each run."""
        self.context.closed = True
        for viewer in self.viewers:
            viewer.close(message, GOING_AWAY)
        self.wake()

    def keep_last(self, running: Container[Job]) -> None:
        """Take the last checkpoints, but of those runs that a training thread is still executing."""
        for run in self._runs.values():
            if run not in running:
                run.keep_last()

    def _deliver(self) -> None:
        for run in self._runs.values():
            run.deliver()
