"""One session: a network that learns, and everybody who watches it.

Two owners, one seam. The event loop owns the viewers and puts requests into the inbox; one training thread at a time
owns the trainer (`run`) and publishes what there is to see. Neither ever waits for the other.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable

from tinkernet.app.connections.latest import Latest
from tinkernet.app.connections.viewer import Frame, Shown, Viewer
from tinkernet.app.publishing import frames
from tinkernet.app.publishing.status import best_checkpoint_of, metrics_of, stop_reason_of
from tinkernet.app.sessions.command_queue import Apply, Change, CommandQueue, Refused, Request, merge
from tinkernet.app.sessions.pacing import Pacing
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import Saved
from tinkernet.app.wire.commands import (
    MAIN,
    EditBias,
    EditWeight,
    Pause,
    Play,
    Reset,
    RestoreBest,
    RunId,
    Speed,
    Step,
    Subscribe,
)
from tinkernet.app.wire.events import Error, Event, Metrics, State
from tinkernet.app.wire.frames import encode_points
from tinkernet.app.workers.scheduler import SHORTEST
from tinkernet.engine import Spec, SpecError, Trainer, can_train, link_from_spec

log = logging.getLogger(__name__)

AS_MANY_AS_FIT = 1_000_000  # epochs; the slice's seconds end it
GOING_AWAY = 1001  # WebSocket close code
KEEP_SECONDS = 0.75  # between checkpoints; with a turn among many sessions and the writing, less than two
METRICS_SECONDS = 0.25  # between metrics: numbers that change faster cannot be read


def first_spec() -> Spec:
    """What a new session begins with, until its page has said what the link asks for."""
    return Spec(seed=f"0.{secrets.randbelow(100_000):05d}")


class Session:
    """Begins paused, or where it was `saved`. `wake` asks the scheduler for a slice, `keep` takes checkpoints (none:
    nothing is kept), and `clock` is time.monotonic but in tests."""

    def __init__(
        self,
        settings: Settings,
        loop: asyncio.AbstractEventLoop,
        wake: Callable[[Session], None],
        clock: Callable[[], float] = time.monotonic,
        saved: Saved | None = None,
        keep: Callable[[Saved], None] | None = None,
    ) -> None:
        self._settings, self._loop, self._clock = settings, loop, clock
        self._wake, self._keep = wake, keep
        self._queue = CommandQueue()

        # The event loop's.
        self.viewers: tuple[Viewer, ...] = ()  # replaced, never changed: a training thread may be reading it
        self.asked = (
            saved.spec if saved else first_spec()
        )  # what the last configure was for: done, or still in the inbox
        self.runs: tuple[RunId, ...] = (MAIN,)  # the ids of all runs there are
        self.suspended = False
        self.closed = False
        self._latest: Latest[Shown] = Latest(loop)

        # The training thread's.
        self._saved = saved  # until the first slice has made a trainer of it
        self._spec = self.asked
        self._instance = saved.life if saved else secrets.randbelow(2**53)  # what a page's number holds exactly
        self._trainer: Trainer | None = None
        self._pending: list[Request] = []
        self._pacing = Pacing(saved.speed if saved else settings.speed)
        self._playing = saved.playing if saved else False
        self._revision = saved.revision if saved else 0
        self._restarts = saved.run if saved else 1
        self._version = 1
        self._kept = 0  # the version of the last checkpoint
        self._next_keep = 0.0
        self._next_frame = 0.0
        self._next_metrics = 0.0
        self._measured = (0.0, 0, 0.0)  # since when, from which epoch, epochs per second before that
        self._points = b""
        self._frame: Frame | None = None
        self._metrics: tuple[int, Metrics] | None = None  # the version they are of
        self._state = self._new_state()

        self.shown = Shown(self._state)  # the event loop's again: the newest that was delivered

    # --- on the event loop ---

    def join(self, viewer: Viewer) -> None:
        """A page begins to watch. A session that was suspended goes on as it was."""
        self.viewers = (*self.viewers, viewer)
        self.suspended = False
        self._deliver(self.shown)
        self._wake(self)

    def leave(self, viewer: Viewer) -> None:
        """A page has gone."""
        self.viewers = tuple(other for other in self.viewers if other is not viewer)
        self._deliver(self.shown)

    def submit(self, change: Change, sender: Viewer | None = None) -> None:
        """Ask for a change. What cannot be done comes back to the sender as an event."""
        if self._queue.put(Request(change, sender)):
            self.asked = change.spec if isinstance(change, Apply) else self.asked
        elif sender is not None:
            sender.tell(Error(field="message", value=None, allowed="fewer", message="Too many changes wait already."))
        self._wake(self)

    def subscribe(self, viewer: Viewer, watch: Subscribe) -> None:
        """This viewer looks elsewhere: nothing changes for the others."""
        viewer.watch = watch
        self._wake(self)

    def acknowledge(self, viewer: Viewer) -> None:
        """This viewer has taken its frame in. Where the newest lies ready, no training thread need hear of it."""
        viewer.credit = True
        viewer.wakeup.set()
        frame = self.shown.frame
        if frame is None or frame.version != self._version or viewer.watch not in frame.reading_from_watch:
            self._wake(self)

    def close(self, message: str) -> None:
        """Tell everybody and stop for good, with a last checkpoint."""
        self.closed = True
        for viewer in self.viewers:
            viewer.close(message, GOING_AWAY)
        self._wake(self)

    def keep_last(self) -> None:
        """The last checkpoint. Only while no other thread runs this session."""
        if self._trainer is not None:
            self._next_keep = 0.0
            self._checkpoint(self._trainer)

    def _deliver(self, shown: Shown) -> None:
        self.shown = shown
        for viewer in self.viewers:
            viewer.show(shown, len(self.viewers))

    # --- on a training thread ---

    def run(self, seconds: float) -> float | None:
        """One slice: what was asked for, then epochs, then a frame if one is lacked. When to come back, or None."""
        if self.closed:
            self.keep_last()
            return None
        try:
            return self._slice(self._clock(), seconds)
        except Exception as error:
            log.exception("a session stopped")
            self._playing, self._pending = False, []
            self._publish(self._new_state())
            message = f"The server could not go on with this network ({type(error).__name__}). Reset it or change it."
            for viewer in self.viewers:
                self._tell(viewer, Error(field="session", value=None, allowed="", message=message))
            return None

    def _slice(self, now: float, seconds: float) -> float | None:
        trainer = self._trainer
        if trainer is None:
            trainer = self._trainer = self._begin(now)
        end = now + seconds
        changed = self._apply_pending(trainer, end)
        # Steps and epochs wait for the compiler outside of the slice (see `warmup`): others may be looked at meanwhile.
        due = None if not can_train() else now if self._pending else self._train(trainer, end)
        if changed or (self._state.playing and not self._playing) or self._state.halted != stop_reason_of(trainer):
            self._publish(self._new_state())
        return _earliest(due, self._paint(trainer), self._measure(trainer), self._checkpoint(trainer))

    def _begin(self, now: float) -> Trainer:
        """A trainer where the session was left or, if there is no way back there, at its start."""
        saved, self._saved = self._saved, None
        trainer = None
        if saved is not None:
            try:
                trainer = Trainer.restored(saved.spec, saved.checkpoint)
            except (ValueError, TypeError, KeyError) as error:
                log.warning("A saved session cannot be gone on with (%s); its network is back at the start.", error)
                self._instance, self._restarts, self._playing = secrets.randbelow(2**53), self._restarts + 1, False
                said = "What was saved of this network cannot be used: it is back at its start, with your settings."
                for viewer in self.viewers:
                    self._tell(viewer, Error(field="session", value=None, allowed="", message=said))
        trainer = trainer or Trainer(self._spec)
        self._pacing.start(now)
        self._measured = (now, trainer.epoch, 0.0)
        self._points = encode_points(trainer.data.train, trainer.data.test, restarts=self._restarts)
        if saved is not None:
            self._publish(self._new_state())
        return trainer

    def _apply_pending(self, trainer: Trainer, end: float) -> bool:
        """Carry out what was asked for, as far as the slice reaches. True when the state has to be told again."""
        self._pending = merge([*self._pending, *self._queue.take()])
        told = False
        while self._pending:
            if isinstance(self._pending[0].change, Step) and not can_train():
                break
            item = self._pending.pop(0)
            if isinstance(item.change, Step):
                self._playing = False
                self._say_why_not(trainer, item.sender)
                rest = item.change.epochs - trainer.advance(item.change.epochs, max(SHORTEST, end - self._clock()))
                if rest and trainer.halted is None:
                    self._pending.insert(0, Request(item.change.model_copy(update={"epochs": rest}), item.sender))
            else:
                self._apply(trainer, item)
            self._version += 1
            told = told or not isinstance(item.change, EditWeight | EditBias)
            if self._clock() >= end:
                break
        return told

    def _apply(self, trainer: Trainer, item: Request) -> None:
        change = item.change
        try:
            match change:
                case Apply():
                    self._revision = max(self._revision + change.count, change.revision)
                    diverged = trainer.diverged_at is not None
                    restarted = trainer.reconfigure(change.spec)
                    if not restarted and (diverged or change.restart):
                        trainer.reset()
                        restarted = True
                    self._spec = change.spec
                    if restarted:
                        self._restarted(trainer)
                case Refused():
                    self._revision = max(self._revision + 1, change.revision)
                case Reset():
                    self._playing = False
                    trainer.reset()
                    self._restarted(trainer)
                case Play():
                    self._say_why_not(trainer, item.sender)
                    if trainer.halted is not None:
                        self._playing = False
                    elif not self._playing:
                        self._playing = True
                        self._pacing.start(self._clock())
                        self._measured = (self._clock(), trainer.epoch, 0.0)
                case Pause():
                    self._playing = False
                case Speed():
                    self._pacing.set_rate(change.rate, self._clock())
                    self._measured = (self._clock(), trainer.epoch, 0.0)
                case EditWeight():
                    trainer.set_weight(change.layer, change.neuron, change.input, change.value)
                case EditBias():
                    trainer.set_bias(change.layer, change.neuron, change.value)
                case RestoreBest():
                    trainer.restore_best()
        except SpecError as error:
            if item.sender is not None:
                self._tell(item.sender, Error.of(error))

    def _say_why_not(self, trainer: Trainer, sender: Viewer | None) -> None:
        """Tell who wants to train while a stop rule holds."""
        halt = stop_reason_of(trainer)
        if halt is not None and sender is not None:
            said = f"{halt.message} Change that rule, or reset, to train on."
            self._tell(sender, Error(field=halt.rule, value=None, allowed="", message=said))

    def _restarted(self, trainer: Trainer) -> None:
        self._restarts += 1
        self._points = encode_points(trainer.data.train, trainer.data.test, restarts=self._restarts)
        self._frame, self._metrics = None, None  # of the run before: not to be shown with this one's state
        self._measured = (self._clock(), trainer.epoch, 0.0)
        self._next_frame = 0.0

    def _train(self, trainer: Trainer, end: float) -> float | None:
        """Epochs that are owed, as far as the slice reaches."""
        if not self._playing or self.suspended:
            return None
        now = self._clock()
        owed = self._pacing.owed(now)
        if owed != 0:
            done = trainer.advance(AS_MANY_AS_FIT if owed is None else owed, max(SHORTEST, end - now))
            self._pacing.count(done)
            self._version += 1
        if trainer.halted is not None:
            self._playing = False
            return None
        return self._pacing.due(self._clock())

    def _paint(self, trainer: Trainer) -> float | None:
        """Make a frame when a viewer lacks one and it is time; when it is not, say when it will be."""
        if not any(viewer.lacks(self._version) for viewer in self.viewers):
            return None
        now, interval = self._clock(), 1 / self._settings.frames_per_second
        if now < self._next_frame:
            return self._next_frame
        # Counted on from the last moment, not from now, so that sixty a second are sixty; after a pause from now.
        self._next_frame = max(self._next_frame + interval, now)
        self._frame = self._new_frame(trainer, now)
        self._publish(self._state)
        return None

    def _measure(self, trainer: Trainer) -> float | None:
        """Measure when somebody looks at it, there is something new and it is time; else say when it will be."""
        if not any(viewer.watch.metrics for viewer in self.viewers):
            return None
        if self._metrics is not None and self._metrics[0] == self._version:
            return None
        now = self._clock()
        if now < self._next_metrics:
            return self._next_metrics
        self._next_metrics = now + METRICS_SECONDS
        self._metrics = (self._version, metrics_of(trainer, MAIN, self._restarts))
        self._publish(self._state)
        return None

    def _checkpoint(self, trainer: Trainer) -> float | None:
        """Hand one over when there is something new and it is time; when it is not, say when it will be."""
        if self._keep is None or self._kept == self._version:
            return None
        now = self._clock()
        if now < self._next_keep:
            return self._next_keep
        self._next_keep, self._kept = now + KEEP_SECONDS, self._version
        self._keep(
            Saved(
                spec=self._spec,
                revision=self._revision,
                run=self._restarts,
                playing=self._playing,
                speed=self._pacing.rate,
                life=self._instance,
                checkpoint=trainer.checkpoint(),
            )
        )
        return None

    def _publish(self, state: State) -> None:
        self._state = state
        self._latest.put(Shown(state, self._points, self._frame, self._metrics and self._metrics[1]), self._deliver)

    def _new_state(self) -> State:
        return State(
            run=MAIN,
            revision=self._revision,
            spec=self._spec.to_dict(),
            playing=self._playing,
            speed=self._pacing.rate,
            restarts=self._restarts,
            instance=self._instance,
            diverged_at=None if self._trainer is None else self._trainer.diverged_at,
            halted=None if self._trainer is None else stop_reason_of(self._trainer),
            best=None if self._trainer is None else best_checkpoint_of(self._trainer),
            link=link_from_spec(self._spec),
            viewers=0,
        )

    def _new_frame(self, trainer: Trainer, now: float) -> Frame:
        watches = {viewer.watch for viewer in self.viewers}
        known_from_unit = {watch.unit: frames.known(trainer, watch.unit) for watch in watches}
        body_from_known = frames.bodies(trainer, set(known_from_unit.values()), deflate=self._settings.packs)
        readings = frames.readings(trainer, {watch: known_from_unit[watch.unit] for watch in watches})
        return Frame(
            version=self._version,
            restarts=self._restarts,
            revision=self._revision,
            epoch=trainer.epoch,
            train_loss=trainer.train_loss,
            test_loss=trainer.test_loss,
            playing=self._playing,
            diverged_at=trainer.diverged_at,
            epochs_per_second=self._speed(trainer.epoch, now),
            history=(self._restarts, trainer.history.version),
            stride=trainer.history.stride,
            rows=trainer.history.rows,
            body_from_unit={unit: body_from_known[known] for unit, known in known_from_unit.items()},
            reading_from_watch=readings,
        )

    def _speed(self, epoch: int, now: float) -> float:
        """Measured epochs per second, over half a second or three epochs, whichever is longer."""
        if not self._playing:
            return 0.0
        since, first, before = self._measured
        window = 0.5 if self._pacing.rate is None else max(0.5, 3 / self._pacing.rate)
        if now - since < window:
            return before
        measured = (epoch - first) / (now - since)
        self._measured = (now, epoch, measured)
        return measured

    def _tell(self, viewer: Viewer, event: Event) -> None:
        self._loop.call_soon_threadsafe(viewer.tell, event)


def _earliest(*moments: float | None) -> float | None:
    return min((moment for moment in moments if moment is not None), default=None)
