"""One page: what it subscribes to, what it has been sent, and what it is sent next."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from tinkernet.app.capabilities import EVERYTHING, Capability
from tinkernet.app.publishing.shown import Shown
from tinkernet.app.publishing.subscription import NO_TOPICS, NOTHING_SEEN, Seen, Subscription
from tinkernet.app.wire.commands import RunId
from tinkernet.app.wire.events import ClassFacts, Closing, Event, Heartbeat, Progress, State, TableFacts
from tinkernet.app.wire.frames import tick


@dataclass(eq=False)
class Viewer:
    """A `Subscriber`. Belongs to the event loop; a training thread only reads `subscription`, `credit` and `seen`.

    Under pressure: one tick is in flight, and the next one is of what is newest when the page has acknowledged it.
    States, progress, heartbeats, facts of the class and of the same table are replaced; of errors the newest few are
    kept. Loss rows are never lost: what was seen of them changes only with a tick that carries them.
    """

    capabilities: Capability = EVERYTHING  # what its key opens
    browser: str = ""  # by which its pages are counted
    address: str = ""  # from which it came, as far as that is known
    subscription: Subscription = NO_TOPICS
    screen: bool = False  # of a projector: it is nobody in a class
    credit: bool = True
    closed: bool = False  # the closing words have been taken to be sent: nothing comes after them
    close_code: int = 1000
    wakeup: asyncio.Event = field(default_factory=asyncio.Event)

    shown: dict[RunId, Shown] = field(default_factory=dict)  # the newest of each run
    viewers: int = 0
    _seen: dict[RunId, Seen] = field(default_factory=dict)
    _ticked: dict[RunId, Shown] = field(default_factory=dict)  # what `shown` was at the last tick
    _told: dict[RunId, tuple[State, int]] = field(default_factory=dict)  # of each run, with the number of pages
    _tables: dict[str, TableFacts] = field(default_factory=dict)  # by reference, not yet told
    _progress: Progress | None = None
    _heartbeat: Heartbeat | None = None
    _class: ClassFacts | None = None
    _closing: Closing | None = None
    _errors: deque[Event] = field(default_factory=lambda: deque(maxlen=32))

    def seen(self, run: RunId) -> Seen:
        """What it has been sent of a run."""
        return self._seen.get(run, NOTHING_SEEN)

    def tell(self, event: Event) -> None:
        """Say something to this page alone, soon."""
        if isinstance(event, Progress):
            self._progress = event
        elif isinstance(event, Heartbeat):
            self._heartbeat = event
        elif isinstance(event, ClassFacts):
            self._class = event
        elif isinstance(event, TableFacts):
            self._tables[event.reference] = event
        else:
            self._errors.append(event)
        self.wakeup.set()

    def close(self, message: str, code: int) -> None:
        """Say why, then end the connection with this WebSocket code."""
        self._closing, self.close_code = Closing(message=message), code
        self.wakeup.set()

    def show(self, shown: Shown, viewers: int) -> None:
        """The newest of a run, and how many pages are connected. A page that cannot take a tick yet sleeps on."""
        self.shown[shown.run], self.viewers = shown, viewers
        if self.credit or self._untold() is not None:
            self.wakeup.set()

    def forget(self, run: RunId) -> None:
        """This run has ended: nothing of it is shown any more."""
        for of_runs in (self.shown, self._ticked, self._seen, self._told):
            of_runs.pop(run, None)

    def subscribe(self, subscription: Subscription) -> None:
        """The page shows something else from now on."""
        self.subscription = subscription
        self._ticked.clear()  # it may lack what was ready at the last tick
        self.wakeup.set()

    def acknowledge(self) -> None:
        """The page has drawn its last tick. Its writer sleeps on when nothing newer is there."""
        self.credit = True
        if self.shown != self._ticked:
            self.wakeup.set()

    def next_message(self) -> str | bytes | None:
        """The next message to send, in the order in which a page needs them, or None when it is up to date."""
        if self._errors:
            return self._errors.popleft().encode()
        if self._closing is not None:
            self.closed = True
            return self._closing.encode()
        if self._tables:
            return self._tables.pop(next(iter(self._tables))).encode()
        state = self._untold()
        if state is not None:
            self._told[state.run] = state, self.viewers
            return state.model_copy(update={"viewers": self.viewers}).encode()
        if self._progress is not None:
            progress, self._progress = self._progress, None
            return progress.encode()
        if self._class is not None:
            facts, self._class = self._class, None
            return facts.encode()
        if self._heartbeat is not None:
            heartbeat, self._heartbeat = self._heartbeat, None
            return heartbeat.encode()
        return self._next_tick() if self.credit else None

    def _untold(self) -> State | None:
        """A state that the page has not been told, or not with the number of pages there are now."""
        for run, shown in self.shown.items():
            told = self._told.get(run)
            if told is None or told[0] is not shown.state or told[1] != self.viewers:
                return shown.state
        return None

    def _next_tick(self) -> bytes | None:
        parts = []
        for run, shown in self.shown.items():
            data, self._seen[run] = shown.since(self.subscription, self.seen(run))
            parts.append(data)
        if not any(parts):
            return None
        self.credit, self._ticked = False, self.shown.copy()
        return tick(parts)
