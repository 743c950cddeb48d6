"""The executor of one run: what is asked of it, its epochs, and its checkpoints.

Two owners. The event loop queues requests; one training thread at a time owns the trainer (`run`) and publishes what
there is to see. Neither ever waits for the other.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from typing import assert_never

from tinkernet.app.publishing.publisher import Publisher
from tinkernet.app.publishing.status import DrawnStatus, best_checkpoint_of, stop_reason_of
from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.publishing.topics import Moment
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.command_queue import Apply, Change, CommandQueue, Refused, Request, merge
from tinkernet.app.sessions.context import SessionContext, Turns
from tinkernet.app.sessions.pacing import Pacing, SpeedMeter
from tinkernet.app.sessions.questions import Questions
from tinkernet.app.sessions.saved import SavedRun
from tinkernet.app.storage.base import GrowingLog
from tinkernet.app.wire import commands
from tinkernet.app.wire.commands import EditBias, EditData, EditWeight, Pause, Play, Reset, RunId, Step
from tinkernet.app.wire.events import Error, State, about_session
from tinkernet.app.wire.limits import LIMITS
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.app.workers.scheduler import SHORTEST
from tinkernet.engine import Spec, SpecError, Trainer, can_train, link_from_spec
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.drawing import BLANK, Moved, NewPoint, count_points
from tinkernet.engine.kernels import NUMERICS
from tinkernet.engine.training.checkpoint import numerics_of

log = logging.getLogger(__name__)

UNSEEN_SECONDS = 1 / 15  # between turns while no page can take a frame; one that can wakes the run at once
UNLIMITED_EPOCHS = 1_000_000  # of one slice, whose seconds end it
CHECKPOINT_SECONDS = 0.75  # between checkpoints; with the wait for a turn and the writing, less than two


class RunExecutor:
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
        self.id, self._context, self._keep = id, context, keep
        self._queue, self.questions = CommandQueue(), Questions()  # after a question, `wake`

        # Owned by the event loop.
        self.asked = saved.spec if saved else spec  # of the last configure, be it applied or still queued
        self._closed = False

        # Owned by the training thread.
        self._saved = saved  # until the first slice has made a trainer of it
        self._spec = self.asked
        # Within what a number of JavaScript holds exactly.
        self._instance = saved.instance if saved else secrets.randbelow(2**53)
        self._trainer: Trainer | None = None  # made in the first slice
        self._pending: list[Request] = []  # taken from the queue, merged, not yet carried out
        self._pacing = Pacing(saved.speed if saved else context.settings.speed)
        self._playing = saved.playing if saved else False
        self._revision = saved.revision if saved else 0
        self._restarts = saved.restarts if saved else 1
        self._version = 1  # counts all changes of the network
        self._kept_version = 0  # that of the last checkpoint
        self._log = GrowingLog()  # what the trainer has logged since its start, up to the last checkpoint
        self._next_checkpoint = 0.0
        self._meter, self._drawn = SpeedMeter(), DrawnStatus()
        self._waits_to_be_seen = False  # its next turn comes later, because no page can take a frame; the loop reads it
        self.publisher = Publisher(
            self._new_state(),
            lambda: context.viewers,
            context.loop,
            ticks_per_second=context.settings.frames_per_second,
            deflate=context.settings.packs,
        )

    @property
    def group(self) -> Turns:
        """With whom it takes turns."""
        return self._context.turns

    # --- on the event loop ---

    def submit(self, change: Change, sender: Subscriber | None = None) -> None:
        """Ask for a change. What cannot be done comes back to the sender as an event."""
        if self._queue.put(Request(change, sender)):
            self.asked = change.spec if isinstance(change, Apply) else self.asked
        elif sender is not None:
            sender.tell(Error(field="message", value=None, allowed="fewer", message="Too many changes wait already."))
        self.wake()

    def acknowledge(self, viewer: Subscriber) -> None:
        """A viewer can take the next tick. When all of it is there already, no training thread is bothered."""
        if self._waits_to_be_seen or not self.publisher.is_newest_for(viewer, self._version):
            self.wake()

    def close(self) -> None:
        """End the run, without a last checkpoint. Another thread may be executing a slice of it until then."""
        self._closed = True
        self.wake()

    def wake(self) -> None:
        """Ask the scheduler for a slice."""
        self._context.wake(self)

    # --- on a training thread ---

    def run(self, seconds: float) -> float | None:
        """One slice: queued requests, then epochs, then a frame if one is lacked.

        The moment at which the next slice is due, or None when there is nothing to do before `wake`.
        """
        if self._closed:
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
            self._tell_all(
                f"The server could not go on with this network ({type(error).__name__}). Reset it or change it."
            )
            return None

    def keep_last(self) -> None:
        """Take the last checkpoint. Only while no other thread executes the run."""
        if self._trainer is not None:
            self._next_checkpoint = 0.0
            self._checkpoint(self._trainer)

    def _slice(self, now: float, seconds: float) -> float | None:
        trainer = self._trainer
        if trainer is None:
            trainer = self._trainer = self._begin(now)
        end = now + seconds
        changed = self._apply_pending(trainer, end)
        self.questions.answer(trainer)
        # While the kernels are compiled nothing is trained, but networks are shown and edited (see `warmup`).
        rests = not can_train() or self._context.suspended
        due = None if rests else now if self._pending else self._train(trainer, end)
        told = self.publisher.state
        if changed or (told.playing and not self._playing) or told.halted != stop_reason_of(trainer):
            self.publisher.publish(self._new_state())
        made_due = self.publisher.make(self._context.clock(), self._moment)
        return _earliest(due, made_due, self._checkpoint(trainer))

    def _moment(self, now: float) -> Moment:
        """What there is to publish now."""
        trainer = self._trainer
        assert trainer is not None
        measured = self._meter.read(now, trainer.epoch, self._pacing.rate)
        return Moment(
            trainer, self.id, self._version, self._restarts, self._revision, self._playing,
            measured if self._playing else 0.0,
        )  # fmt: skip

    def _begin(self, now: float) -> Trainer:
        """A trainer where the run was saved or, when that cannot be used, at its start."""
        saved, self._saved = self._saved, None
        trainer = None
        if saved is not None:
            try:
                checkpoint = saved.whole_checkpoint()
                trainer = Trainer.restored(saved.spec, checkpoint, self._dataset_of(saved.spec))
                if numerics_of(checkpoint) != NUMERICS and trainer.run.base is not None:
                    self._tell_all(
                        "This network was saved by an earlier version of Tinkernet, whose numbers differ in the last "
                        f"digits. It goes on from epoch {trainer.epoch:,} with today's."
                    )
            except (ValueError, TypeError, KeyError) as error:
                log.warning("A saved run cannot be continued (%s); its network is back at the start.", error)
                self._instance, self._restarts, self._playing = secrets.randbelow(2**53), self._restarts + 1, False
                self._tell_all(
                    "What was saved of this network cannot be used: it is back at its start, with your settings."
                )
        trainer = trainer or Trainer(self._spec, self._dataset_of(self._spec))
        self._pacing.start(now)
        self._meter.start(now, trainer.epoch)
        if saved is not None:
            self.publisher.publish(self._new_state())
        return trainer

    def _apply_pending(self, trainer: Trainer, end: float) -> bool:
        """Carry out queued requests until the slice ends. True when the state has to be published."""
        arrived = self._queue.take()
        if any(isinstance(item.change, Pause | Reset) for item in arrived):  # they end the steps that are under way
            self._pending = [item for item in self._pending if not isinstance(item.change, Step)]
        self._pending = merge([*self._pending, *arrived])
        changed = False
        while self._pending:
            if isinstance(self._pending[0].change, Step) and (not can_train() or self._context.suspended):
                break
            item = self._pending.pop(0)
            self._apply(trainer, item, end)
            self._version += 1
            # A typed value changes no state, but with patience the best one that it tells.
            changed = changed or not isinstance(item.change, EditWeight | EditBias) or trainer.spec.patience > 0
            if self._context.clock() >= end:
                break
        return changed

    def _step(self, trainer: Trainer, step: Step, sender: Subscriber | None, end: float) -> None:
        """Train the epochs that fit into the slice. The rest goes back to the front of what is pending."""
        self._playing = False
        self._explain_stop(trainer, sender)
        most = cost.most_steps(self._spec, self._context.settings)
        if step.epochs > most and sender is not None:  # of many commands together
            self._context.tell(sender, Error.of(cost.too_many_steps(step.epochs, self._spec, self._context.settings)))
        wanted = min(step.epochs, most)
        rest = wanted - trainer.advance(wanted, max(SHORTEST, end - self._context.clock()))
        if rest and trainer.halted is None:
            self._pending.insert(0, Request(step.model_copy(update={"epochs": rest}), sender))

    def _apply(self, trainer: Trainer, request: Request, end: float) -> None:
        change, sender = request.change, request.sender
        try:
            match change:
                case Step():
                    self._step(trainer, change, sender, end)
                case Apply():
                    self._reconfigure(trainer, change)
                case Refused():
                    self._revision = max(self._revision + 1, change.revision)
                case Reset():
                    self._playing = False
                    trainer.reset()
                    self._restart(trainer)
                case Play():
                    self._play(trainer, sender)
                case Pause():
                    self._playing = False
                case commands.Speed():
                    self._pacing.set_rate(change.rate, self._context.clock())
                    self._meter.start(self._context.clock(), trainer.epoch)
                case EditWeight():
                    trainer.set_weight(change.layer, change.neuron, change.input, change.value)
                case EditBias():
                    trainer.set_bias(change.layer, change.neuron, change.value)
                case commands.RestoreBest():
                    trainer.restore_best()
                case EditData():
                    self._edit_data(trainer, change)
                case commands.UndoData():
                    trainer.undo_data(change.edit)
                case _:
                    assert_never(change)
        except (SpecError, ProtocolError) as error:
            if sender is not None:
                self._context.tell(sender, Error.of(error))

    def _edit_data(self, trainer: Trainer, edit: EditData) -> None:
        count = sum(map(len, trainer.ids)) + len(edit.added) - len(edit.removed)
        cost.check_drawn(count, self._spec, self._context.settings)
        unit = 1 if trainer.task.classes else LIMITS.steps
        trainer.edit_data(
            added=[NewPoint(p.x / LIMITS.steps, p.y / LIMITS.steps, p.target / unit) for p in edit.added],
            removed=edit.removed,
            moved=[
                Moved(p.id, _of(p.x, LIMITS.steps), _of(p.y, LIMITS.steps), _of(p.target, unit), p.training)
                for p in edit.moved
            ],
        )

    def _reconfigure(self, trainer: Trainer, change: Apply) -> None:
        self._revision = max(self._revision + change.count, change.revision)
        diverged = trainer.diverged_at is not None
        kept = trainer.drawing if change.spec.draws_as(self._spec) else BLANK
        drawing = kept if change.drawing is None else change.drawing
        cost.check_drawn(count_points(drawing, change.spec.size), change.spec, self._context.settings)
        if restarted := change.drawing is not None and drawing != trainer.drawing:
            trainer.restart(change.spec, drawing, self._dataset_of(change.spec))
        else:
            restarted = trainer.reconfigure(change.spec, self._dataset_of(change.spec))
        if not restarted and (diverged or change.restart):
            trainer.reset()
            restarted = True
        self._spec = change.spec
        if restarted:
            self._restart(trainer)

    def _dataset_of(self, spec: Spec) -> Dataset | None:
        table = self._context.tables.get(spec.data)
        return None if table is None else table.dataset

    def _restart(self, trainer: Trainer) -> None:
        """Count the start of the trainer at epoch 0, and show it."""
        self._restarts += 1
        self._log = GrowingLog()
        self.publisher.restart()
        self._meter.start(self._context.clock(), trainer.epoch)

    def _play(self, trainer: Trainer, sender: Subscriber | None) -> None:
        self._explain_stop(trainer, sender)
        if trainer.halted is not None:
            self._playing = False
        elif not self._playing:
            self._playing = True
            self._pacing.start(self._context.clock())
            self._meter.start(self._context.clock(), trainer.epoch)

    def _explain_stop(self, trainer: Trainer, sender: Subscriber | None) -> None:
        """Tell who wants to train while a stop rule holds."""
        stopped = stop_reason_of(trainer)
        if stopped is not None and sender is not None:
            said = f"{stopped.message} Change that rule, or reset, to train on."
            self._context.tell(sender, Error(field=stopped.rule, value=None, allowed="", message=said))

    def _train(self, trainer: Trainer, end: float) -> float | None:
        """Train the epochs that are owed, until the slice ends. The moment at which the next one is owed, if any."""
        if not self._playing:
            return None
        now = self._context.clock()
        owed = self._pacing.owed(now)
        if owed != 0:
            done = trainer.advance(UNLIMITED_EPOCHS if owed is None else owed, max(SHORTEST, end - now))
            self._pacing.count(done)
            self._version += 1
        if trainer.halted is not None:
            self._playing = False
            return None
        now = self._context.clock()
        due = self._pacing.due(now)
        # What nobody can be shown yet is trained in fewer turns: each has its price, and many are waiting then.
        self._waits_to_be_seen = due > now and not any(viewer.credit for viewer in self._context.viewers)
        return max(due, now + UNSEEN_SECONDS) if self._waits_to_be_seen else due

    def _checkpoint(self, trainer: Trainer) -> float | None:
        """Hand over a checkpoint when there is something new and it is time. When it is not, the moment it will be."""
        if self._keep is None or self._kept_version == self._version:
            return None
        now = self._context.clock()
        if now < self._next_checkpoint:
            return self._next_checkpoint
        self._next_checkpoint, self._kept_version = now + CHECKPOINT_SECONDS, self._version
        checkpoint = trainer.checkpoint(since=len(self._log))
        del checkpoint["log_start"]
        for entry in checkpoint.pop("log"):
            self._log.append(json.dumps(entry, allow_nan=False, separators=(",", ":")))
        self._keep(
            SavedRun(
                spec=self._spec, revision=self._revision, restarts=self._restarts, playing=self._playing,
                speed=self._pacing.rate, instance=self._instance, checkpoint=checkpoint, log=self._log.snapshot(),
            )
        )  # fmt: skip
        return None

    def _new_state(self) -> State:
        trainer = self._trainer
        drawn = None if trainer is None else self._drawn.of(trainer)
        return State(
            run=self.id,
            revision=self._revision,
            spec=self._spec.to_dict(),
            playing=self._playing,
            speed=self._pacing.rate,
            restarts=self._restarts,
            instance=self._instance,
            diverged_at=None if trainer is None else trainer.diverged_at,
            halted=None if trainer is None else stop_reason_of(trainer),
            best=None if trainer is None else best_checkpoint_of(trainer),
            drawn=drawn,
            link=link_from_spec(self._spec, "" if drawn is None else drawn.text),
            viewers=0,  # each viewer is told the number when it is sent the state
        )

    def _tell_all(self, message: str) -> None:
        """Send an error about the whole run to all viewers."""
        for viewer in self._context.viewers:
            self._context.tell(viewer, about_session(message))


def _of(count: int | None, steps: int) -> float | None:
    return None if count is None else count / steps


def _earliest(*moments: float | None) -> float | None:
    return min((moment for moment in moments if moment is not None), default=None)
