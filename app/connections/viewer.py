"""One page that watches a session: what it looks at, what it has been sent, and what it is sent next."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from tinkernet.app.capabilities import EVERYTHING, Capability
from tinkernet.app.wire.commands import Subscribe
from tinkernet.app.wire.events import Closing, Event, Heartbeat, Metrics, Progress, State
from tinkernet.app.wire.frames import Body, Floats, Reading, encode_frame


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What a network was at one moment, packed for everybody who watches. Made on a training thread, never changed."""

    version: int
    restarts: int
    revision: int
    epoch: int
    train_loss: float
    test_loss: float
    playing: bool
    diverged_at: int | None
    epochs_per_second: float
    history: tuple[str, int, int]  # (run, restarts, history version): other rows than before when this changes
    stride: int
    rows: Floats
    body_from_unit: dict[str, Body]
    reading_from_watch: dict[Subscribe, Reading]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """All that a session shows, as one value: a frame can then never overtake the state that it belongs to."""

    state: State
    points: bytes = b""
    frame: Frame | None = None
    metrics: Metrics | None = None


@dataclass(eq=False)
class Viewer:
    """Belongs to the event loop. A training thread only reads `watch`, `credit` and `sent`.

    Under pressure: one frame is in flight, and the next is made of what is newest when the page has said `ack`.
    States, metrics, progress and heartbeats are replaced. Of errors the newest few are kept. Loss rows are never
    lost: the cursor moves only with a frame that carries them.
    """

    watch: Subscribe
    capabilities: Capability = EVERYTHING  # what its key opens
    browser: str = ""  # by which its pages are counted
    credit: bool = True
    sent: tuple[int, Subscribe] | None = None  # (version, watch) of the last frame
    shown: Shown | None = None
    viewers: int = 0
    progress: Progress | None = None
    heartbeat: Heartbeat | None = None
    closing: Closing | None = None
    close_code: int = 1000
    closed: bool = False  # the closing words have been taken to be sent: nothing comes after them
    errors: deque[Event] = field(default_factory=lambda: deque(maxlen=32))
    wakeup: asyncio.Event = field(default_factory=asyncio.Event)

    _told: State | None = None
    _told_viewers: int = 0
    _metrics: Metrics | None = None
    _points: bytes = b""
    _history: tuple[str, int, int] | None = None
    _rows: int = 0

    def tell(self, event: Event) -> None:
        """Say something to this page alone, soon."""
        if isinstance(event, Progress):
            self.progress = event
        elif isinstance(event, Heartbeat):
            self.heartbeat = event
        else:
            self.errors.append(event)
        self.wakeup.set()

    def close(self, message: str, code: int) -> None:
        """Say why, then end the connection with this WebSocket code."""
        self.closing, self.close_code = Closing(message=message), code
        self.wakeup.set()

    def show(self, shown: Shown, viewers: int) -> None:
        """The newest of the session, and how many watch it. A page that has not taken its last frame in sleeps on."""
        self.shown, self.viewers = shown, viewers
        if self.credit or self._untold or self._metrics_due:
            self.wakeup.set()

    @property
    def _untold(self) -> bool:
        """True while the state, or the number of viewers in it, is another than the page has been told."""
        return self.shown is not None and (self._told is not self.shown.state or self._told_viewers != self.viewers)

    @property
    def _metrics_due(self) -> bool:
        """True while there are metrics that the page wants and has not been told."""
        metrics = self.shown.metrics if self.shown is not None and self.watch.metrics else None
        return metrics is not None and metrics is not self._metrics

    def lacks(self, version: int) -> bool:
        """True when this page could take a frame now and has not yet been sent this version of what it watches."""
        return self.credit and self.sent != (version, self.watch)

    def next_message(self) -> str | bytes | None:
        """The next message to send, in the order in which a page needs them, or None when it is up to date."""
        if self.errors:
            return self.errors.popleft().encode()
        if self.closing is not None:
            self.closed = True
            return self.closing.encode()
        if self.shown is None:
            return None
        if self._untold:
            self._told, self._told_viewers = self.shown.state, self.viewers
            return self.shown.state.model_copy(update={"viewers": self.viewers}).encode()
        if self.progress is not None:
            progress, self.progress = self.progress, None
            return progress.encode()
        if self.heartbeat is not None:
            heartbeat, self.heartbeat = self.heartbeat, None
            return heartbeat.encode()
        if self._metrics_due and self.shown.metrics is not None:
            self._metrics = self.shown.metrics
            return self._metrics.encode()
        if self.shown.frame is None or not self.lacks(self.shown.frame.version):
            return None
        if self.watch not in self.shown.frame.reading_from_watch:
            return None  # made before the page looked there: the next one is on its way
        if self._points is not self.shown.points:
            self._points = self.shown.points
            return self._points
        return self._take(self.shown.frame)

    def _take(self, frame: Frame) -> bytes:
        if self._history != frame.history or self._rows > len(frame.rows):
            self._history, self._rows = frame.history, 0
        first_row, self._rows = self._rows, len(frame.rows)
        self.credit, self.sent = False, (frame.version, self.watch)
        return encode_frame(
            frame.body_from_unit[self.watch.unit],
            frame.rows[first_row:],
            revision=frame.revision,
            restarts=frame.restarts,
            epoch=frame.epoch,
            train_loss=frame.train_loss,
            test_loss=frame.test_loss,
            reading=frame.reading_from_watch[self.watch],
            stride=frame.stride,
            first_row=first_row,
            epochs_per_second=frame.epochs_per_second,
            diverged_at=frame.diverged_at,
            playing=frame.playing,
        )
