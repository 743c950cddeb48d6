"""The executor of one run: what is asked of it, its epochs, and its checkpoints.

Two owners. The event loop queues requests (`run_requests`); one training thread at a time owns the trainer (`run`) and
publishes what there is to see. Neither ever waits for the other.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from tinkernet.app.publishing.publisher import Publisher
from tinkernet.app.publishing.status import Status, refusal_to_train, stop_reason_of
from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.publishing.topics import Moment
from tinkernet.app.sessions import cost, ticking
from tinkernet.app.sessions.checkpoints import Checkpoints
from tinkernet.app.sessions.command_queue import Apply, Refused, Replay, Request, merge
from tinkernet.app.sessions.comparison import Comparison
from tinkernet.app.sessions.context import SessionContext
from tinkernet.app.sessions.edits import AnyEdit, make
from tinkernet.app.sessions.kept import KeptRuns
from tinkernet.app.sessions.pacing import Pacing, SpeedMeter, earliest
from tinkernet.app.sessions.planning import TrialsOfRun
from tinkernet.app.sessions.restore import restored
from tinkernet.app.sessions.run_requests import RunRequests
from tinkernet.app.sessions.saved import SavedRun
from tinkernet.app.sessions.timeline import Timeline
from tinkernet.app.storage.base import Log
from tinkernet.app.wire import commands
from tinkernet.app.wire.commands import EditBias, EditWeight, Pause, Play, Reset, RunId, Seek, Step, Tick
from tinkernet.app.wire.comparing import Compare, SettleTwin
from tinkernet.app.wire.events import Error, State, about_session
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.app.wire.trialling import CancelTrials, OpenTrial, RunSeeds, RunSweep
from tinkernet.app.workers.scheduler import SHORTEST
from tinkernet.engine import Spec, SpecError, Trainer, can_train
from tinkernet.engine.labs import lab_from_key
from tinkernet.engine.training.clocks import EPOCHS, Clock

log = logging.getLogger(__name__)

LONG = Step, Tick, Seek, Replay  # what goes on over many slices, and what ends it is asked for meanwhile
UNSEEN_SECONDS = 1 / 15  # between turns while no page can take a frame; one that can wakes the run at once
UNLIMITED = 1_000_000  # epochs of one slice, whose seconds end it


class RunExecutor(RunRequests):
    """Begins paused with `spec`, or where it was `saved`. `keep` takes checkpoints; without it none is taken.

    A job of the scheduler. Lives in a session until the session or the run is closed.
    """

    def __init__(
        self,
        id: RunId,
        context: SessionContext,
        spec: Spec,
        saved: SavedRun | None = None,
        keep: Callable[[SavedRun], None] | None = None,
    ) -> None:
        super().__init__(id, context, saved.spec if saved else spec)
        # Owned by the training thread.
        self._saved = saved  # until the first slice has made a trainer of it
        self._spec = self.asked
        # Within what a number of JavaScript holds exactly.
        self._instance = saved.instance if saved else secrets.randbelow(2**53)
        self._trainer: Trainer | None = None  # made in the first slice
        self._pending: list[Request] = []  # taken from the queue, merged, not yet carried out
        self._pacing = Pacing(saved.speed if saved else context.settings.speed)
        self._playing = saved.playing if saved else False
        self._clock: Clock = saved.clock if saved else EPOCHS  # what playing counts
        self._lab = ""  # not kept: pages that come back tell it again
        self._revision = saved.revision if saved else 0
        self._restarts = saved.restarts if saved else 1
        self._version = 1  # counts all changes of the network
        self._checkpoints = Checkpoints(keep)
        self._meter, self._status = SpeedMeter(), Status()
        self._timeline = Timeline(KeptRuns(saved.about, saved.kept) if saved else KeptRuns(), context.room)
        self._waits_to_be_seen = False  # its next turn comes later, because no page can take a frame; the loop reads it
        self._trials = TrialsOfRun(context)
        self._comparison = Comparison(context, saved.twin if saved else None)
        self.publisher = Publisher(
            self._new_state(), lambda: context.viewers, context.loop,
            ticks_per_second=context.settings.frames_per_second, deflate=context.settings.packs,
        )  # fmt: skip

    def run(self, seconds: float) -> float | None:
        """One slice: queued requests, then epochs, then a frame if one is lacked.

        The moment at which the next slice is due, or None when there is nothing to do before `wake`.
        """
        if self._closed:
            self._queue.refuse(self._context.tell)
            return None
        if self._context.closed:
            self.keep_last()
            return None
        try:
            return self._slice(self._context.clock(), seconds)
        except Exception as error:
            log.exception("a run stopped")
            self._playing, self._pending = False, []
            self.publisher.publish(self._new_state())
            said = f"The server could not go on with this network ({type(error).__name__}). Reset it or change it."
            self._context.tell_all(about_session(said))
            return None

    def keep_last(self) -> None:
        """Take the last checkpoint. Only while no other thread executes the run."""
        if self._trainer is not None:
            self._checkpoints.hurry()
            self._checkpoint(self._trainer)

    def _slice(self, now: float, seconds: float) -> float | None:
        trainer = self._trainer
        if trainer is None:
            trainer = self._trainer = self._begin(now)
        end = now + seconds
        until = now + seconds / 2 if self._comparison.is_on else end  # the other half is the twin's
        changed = self._apply_pending(trainer, until)
        trainer = self._trainer or trainer  # another one, where a branch has begun or a kept run was opened
        self.questions.answer(trainer)
        # While the kernels are compiled nothing is trained, but networks are shown and edited (see `warmup`).
        rests = not can_train() or self._context.suspended
        due = None if rests else self._go_on(trainer, until, end)
        if not rests and due is None:
            due = self._timeline.grow(trainer, now)
        self._timeline.note(trainer)
        if self._is_untold(self._timeline.past.shown(trainer)) or self._comparison.is_untold() or changed:
            self._tell()
        made_due = self._comparison.make(self._context.clock(), self.publisher, self._moment)
        return earliest(due, made_due, self._checkpoint(trainer))

    def _go_on(self, trainer: Trainer, until: float, end: float) -> float | None:
        """Train until a moment, and then the twin to the same place; the moment at which to go on, if any."""
        due = now = self._context.clock()
        comparison, past = self._comparison, self._timeline.past
        if not self._pending and comparison.ready:
            due = self._train(trainer, until)  # type: ignore[assignment]
        return due if comparison.follow(trainer, past, max(SHORTEST, end - self._context.clock())) else now

    def _tell(self) -> None:
        """Publish the state of the run, and of its twin."""
        state = self._new_state()
        self.publisher.publish(state)
        self._comparison.publish(state)

    def _moment(self, now: float) -> Moment:
        """What there is to publish now."""
        trainer = self._trainer
        assert trainer is not None
        shown, kept = self._timeline.past.shown(trainer), self._timeline.kept
        measured = self._meter.read(now, ticking.ticks(self._timeline.past, trainer, self._clock), self._pacing.rate)
        return Moment(
            shown, self.id, self._version, self._restarts, self._revision, self._playing,
            measured if self._playing else 0.0, self._clock, trainer, tuple(kept), kept.serial,
            self._trials.of,
        )  # fmt: skip

    def _is_untold(self, shown: Trainer) -> bool:
        """Whether training has stopped, or come to other settings or to the end of the past, since that was told."""
        told, before = self.publisher.state, self._spec
        self._spec = before if before is shown.spec or before == shown.spec else shown.spec
        is_past = (told.past is not None) != self._timeline.past.is_shown
        has_stopped = (told.playing and not self._playing) or told.halted != stop_reason_of(shown)
        return has_stopped or is_past or self._spec is not before

    def _begin(self, now: float) -> Trainer:
        """A trainer where the run was saved or, when that cannot be used, at its start."""
        saved, self._saved = self._saved, None
        trainer = None
        if saved is not None:
            trainer, said = restored(saved, self._context.dataset_of(saved.spec))
            if trainer is None:
                self._instance, self._restarts, self._playing = secrets.randbelow(2**53), self._restarts + 1, False
            if said:
                self._context.tell_all(about_session(said))
        trainer = trainer or Trainer(self._spec, self._context.dataset_of(self._spec))
        self._pacing.start(now)
        self._measure(trainer)
        if saved is not None:
            self._timeline.grow_later(trainer)
            self.publisher.publish(self._new_state())
        return trainer

    def _apply_pending(self, trainer: Trainer, end: float) -> bool:
        """Carry out queued requests until the slice ends. True when the state has to be published."""
        arrived = self._queue.take()
        if any(isinstance(item.change, Pause | Reset | Seek) for item in arrived):  # they end what is under way
            self._pending = [item for item in self._pending if not isinstance(item.change, LONG)]
            self._timeline.forget()
        self._pending = merge([*self._pending, *arrived])
        changed = False
        while self._pending:
            rests = not can_train() or self._context.suspended or not self._comparison.ready
            if isinstance(self._pending[0].change, LONG) and rests:
                break
            item = self._pending.pop(0)
            self._apply(trainer, item, end)
            trainer = self._trainer or trainer
            if self._pending and self._pending[0] is item:  # an epoch on its way: what is shown stays as it was
                break
            self._version += 1
            # A typed value changes no state, but with patience the best one that it tells.
            changed = changed or not isinstance(item.change, EditWeight | EditBias) or trainer.spec.patience > 0
            if self._context.clock() >= end:
                break
        return changed

    def _step(self, trainer: Trainer, step: Step | Tick, sender: Subscriber | None, end: float) -> None:
        """Train the epochs or ticks that fit into the slice. The rest goes back to the front of what is pending."""
        self._playing = False
        self._explain_stop(trainer, sender)
        most = cost.most_steps(self._spec, self._context.settings)
        past, (clock, name, count) = self._timeline.past, ticking.asked(step, self._timeline.past)
        if count > most and sender is not None:  # of many commands together
            self._context.tell(sender, Error.of(cost.too_many_steps(count, self._spec, self._context.settings)))
        wanted, seconds = min(count, most), max(SHORTEST, end - self._context.clock())
        rest = wanted - ticking.advance(past, trainer, clock, wanted, seconds)
        if rest and (past.is_shown or trainer.halted is None):
            self._pending.insert(0, Request(step.model_copy(update={name: rest}), sender))

    def _apply(self, trainer: Trainer, request: Request, end: float) -> None:
        change, sender = request.change, request.sender
        try:
            match change:
                case Step() | Tick():
                    self._step(trainer, change, sender, end)
                case Refused():
                    self._revision = max(self._revision + 1, change.revision)
                case Play():
                    self._play(trainer, sender)
                case Pause():
                    self._playing = False
                case commands.Speed():
                    self._pacing.set_rate(change.rate, self._context.clock())
                    self._measure(trainer)
                case commands.SetClock():
                    self._clock = change.clock
                    self._pacing.start(self._context.clock())
                    self._measure(trainer)
                case commands.SetLab():
                    if change.lab and change.lab not in lab_from_key:
                        raise SpecError("lab", change.lab, f"one of {', '.join(lab_from_key)}, or empty")
                    self._lab = change.lab
                case Seek() | Replay():
                    self._go(trainer, request, change, end)
                case Compare():
                    self._revision = max(self._revision + 1, change.revision)
                    self._comparison.begin(trainer, change)
                case RunSeeds() | RunSweep():
                    self._trials.begin(trainer, self._comparison.changes, change, self)
                case CancelTrials():
                    self._trials.cancel(change.which)
                case OpenTrial():
                    self._playing, self._revision = False, max(self._revision + 1, change.revision)
                    self._edit(trainer, self._trials.opened(change), sender)
                case SettleTwin():
                    if found := self._comparison.settle(change.how, trainer, self._timeline.kept):
                        self._take(found)
                case commands.OpenKept():
                    self._playing = False
                    self._take(self._timeline.open(trainer, change.letter, self._context.dataset_of))
                case commands.RenameKept():
                    self._timeline.rename(change.letter, change.name)
                case commands.RemoveKept():
                    self._timeline.remove(change.letter)
                case _:
                    self._edit(trainer, change, sender)
        except (SpecError, ProtocolError) as error:
            if isinstance(change, Apply):
                self._count(change.spec)
            if sender is not None:
                self._context.tell(sender, Error.of(error))

    def _go(self, trainer: Trainer, request: Request, way: Seek | Replay, end: float) -> None:
        """Go on to another epoch while the slice lasts. The rest goes back to the front of what is pending."""
        context, seconds = self._context, max(SHORTEST, end - self._context.clock())
        self._playing = False
        if isinstance(way, Replay):
            if found := self._timeline.replay(trainer, way, context.settings, context.dataset_of, seconds):
                return self._take(found)
        elif self._timeline.seek(trainer, way, seconds):
            return
        self._pending.insert(0, request)
        if told := self._timeline.progress(self.id, context.clock()):
            context.tell_all(told)

    def _edit(self, trainer: Trainer, change: AnyEdit, sender: Subscriber | None) -> None:
        if isinstance(change, Apply):
            self._revision = max(self._revision + change.count, change.revision)
        self._playing = self._playing and not isinstance(change, Reset)
        how = self._context.settings, self._context.dataset_of
        found, is_other, said = self._timeline.edit(trainer, change, lambda shown: make(shown, change, *how))
        if is_other:
            self._take(found)
        elif isinstance(change, Apply):
            self._spec = change.spec
        if isinstance(change, Apply) and change.replay is not None:
            self._pending.insert(0, Request(change.replay, sender))
        if said:
            self._context.tell_all(about_session(said))

    def _take(self, trainer: Trainer) -> None:
        """Train this one from now on: it is at another start, or on another branch, than what was shown."""
        before, self._trainer, self._spec = self._spec, trainer, trainer.spec
        self._count(before)
        self._restart(trainer)

    def _restart(self, trainer: Trainer) -> None:
        """Count the start of the trainer at epoch 0, and show it."""
        self._restarts += 1
        self._checkpoints.restart()
        self.publisher.restart()
        self._measure(trainer)

    def _play(self, trainer: Trainer, sender: Subscriber | None) -> None:
        self._explain_stop(trainer, sender)
        if not self._timeline.past.is_shown and trainer.halted is not None:
            self._playing = False
        elif not self._playing:
            self._playing = True
            self._pacing.start(self._context.clock())
            self._measure(trainer)

    def _explain_stop(self, trainer: Trainer, sender: Subscriber | None) -> None:
        """Tell who wants to train while a stop rule holds."""
        if sender is not None and not self._timeline.past.is_shown and (said := refusal_to_train(trainer)):
            self._context.tell(sender, said)

    def _train(self, trainer: Trainer, end: float) -> float | None:
        """Train the epochs that are owed, until the slice ends. The moment at which the next one is owed, if any."""
        if not self._playing:
            return None
        now = self._context.clock()
        owed = self._pacing.owed(now)
        if owed != 0:
            count, seconds = UNLIMITED if owed is None else owed, max(SHORTEST, end - now)
            self._pacing.count(ticking.advance(self._timeline.past, trainer, self._clock, count, seconds))
            self._version += 1
        if trainer.halted is not None and not self._timeline.past.is_shown:
            self._playing = False
            return None
        now = self._context.clock()
        due = self._pacing.due(now)
        # What nobody can be shown yet is trained in fewer turns: each has its price, and many are waiting then.
        self._waits_to_be_seen = due > now and not any(viewer.credit for viewer in self._context.viewers)
        return max(due, now + UNSEEN_SECONDS) if self._waits_to_be_seen else due

    def _measure(self, trainer: Trainer) -> None:
        """Begin to measure the speed."""
        self._meter.start(self._context.clock(), ticking.ticks(self._timeline.past, trainer, self._clock))

    def _checkpoint(self, trainer: Trainer) -> float | None:
        return self._checkpoints.take(self._context.clock(), self._version, trainer, self._saved_as)

    def _saved_as(self, trainer: Trainer, checkpoint: Mapping[str, Any], log: Log) -> SavedRun:
        kept = self._timeline.kept
        return SavedRun(
            spec=trainer.spec, revision=self._revision, restarts=self._restarts, playing=self._playing,
            speed=self._pacing.rate, instance=self._instance, checkpoint=checkpoint, log=log,
            about=kept.about, kept=tuple(kept), clock=self._clock, twin=self._comparison.changes,
            effort=trainer.effort.knots,
        )  # fmt: skip

    def _new_state(self) -> State:
        itself, past, kept = self._trainer, self._timeline.past, self._timeline.kept
        return State(
            run=self.id, revision=self._revision, spec=self._spec.to_dict(), playing=self._playing,
            speed=self._pacing.rate, clock=self._clock, lab=self._lab, restarts=self._restarts, instance=self._instance,
            viewers=0,  # each viewer is told the number when it is sent the state
            past=None if itself is None else past.event(itself), **self._comparison.facts(kept, self._spec),
            first_epoch=0 if itself is None else itself.run.first_epoch,
            **self._status.of(None if itself is None else past.shown(itself), self._spec),
        )  # fmt: skip
