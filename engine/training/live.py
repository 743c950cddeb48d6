"""Training while people change things: epochs, and the edits between them."""

import sys
import time
from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import Dataset, Split, address_of
from tinkernet.engine.data.drawing import BLANK, Drawing, Drawn, Ids, split
from tinkernet.engine.errors import SpecError
from tinkernet.engine.network.network import Network, check_index
from tinkernet.engine.spec.spec import LIVE, Spec
from tinkernet.engine.spec.task import Task
from tinkernet.engine.training.edits import Edit, size
from tinkernet.engine.training.effort import Effort
from tinkernet.engine.training.executor import Executor, number
from tinkernet.engine.training.loss_history import LossHistory
from tinkernet.engine.training.pending import Pending, Place
from tinkernet.engine.training.run import Run
from tinkernet.engine.training.snapshots import BYTES, Snapshot, Snapshots, stride_of
from tinkernet.engine.training.steps import Steps

# The live fields that change what the network computes, and not only how it learns.
FUNCTION = frozenset(("activation", "activations", "cut"))
_MOST = 256  # epochs of one call of the kernel, which cannot be interrupted
_LONG_EPOCH = 0.002  # seconds; a shorter one is never left half done

# What other threads do meanwhile is not this run's time. Windows counts a thread's own in steps of 16 milliseconds.
worked = time.perf_counter if sys.platform == "win32" else time.thread_time


class LiveTraining:
    """Trains one run and takes edits meanwhile; `DrawnTraining` adds those of points, `Trainer` the record.

    An edit is seen at once and takes effect at the next update. Until then it can be overwritten: only the values in
    force when training goes on are recorded, and what a change resets depends on the old and the new value there. A
    burst of edits is therefore the same as its last values alone.
    """

    def __init__(
        self, spec: Spec, dataset: Dataset | None = None, *, drawing: Drawing = BLANK, snapshot_bytes: int = BYTES
    ) -> None:
        self._snapshot_bytes, self.steps = snapshot_bytes, Steps()
        self._start(Run(spec, data=address_of(dataset), drawing=drawing), dataset)

    def _start(self, run: Run, given: Dataset | None) -> None:
        self._executor, self._given = Executor(run.spec, given, run.drawing), given
        self._run, self._edits, self._edit_bytes = run, list[Edit](), 0
        self._drawing = run.drawing  # as it was asked for; the executor takes it when an epoch begins
        self._pending = Pending(run.spec, run.drawing)
        self._best_begins = False  # at the next update
        self._epoch_seconds = self._executor.estimated_epoch_seconds()  # or what they took lately
        self._note(*self._executor.losses())
        self._executor.keep_best(self._test_loss)
        self._history = LossHistory(self._train_loss, self._test_loss)
        self.effort = Effort()
        if run.base is not None:
            self._install(run.base)
        self._begin_snapshots()

    def _begin_snapshots(self) -> None:
        stride = stride_of(len(self.network.places), self._executor.estimated_epoch_seconds())
        self._snapshots = Snapshots(Snapshot(self.epoch, self._state(), 0), stride, self._snapshot_bytes)

    # --- training ---

    def advance(self, epochs: int, seconds: float | None = None) -> int:
        """Train to the end of the present epoch and of more after it, `epochs` in all; gives how many ended.

        Fewer than asked for when `seconds` of the processor are used up: at least one batch is done, and an epoch that
        takes long may be left half done (see `batch`). Fewer too once the training loss is not finite: `diverged_at` is
        that epoch, and nothing more is trained before a reset or an edit that mends it. Fewer when a stop rule holds,
        and none while it does; `halted` says which.
        """
        executor, began, first = self._executor, worked(), self._executor.position
        stop = self.epoch + epochs
        ended = self.epoch
        # Most of what should fit, at the pace of last time: each call of a kernel has its price.
        room = _MOST if seconds is None else 0.8 * seconds / self._epoch_seconds
        while self.epoch < stop and self.halted is None:
            self._record_pending()
            if self._epoch_seconds > _LONG_EPOCH and room < executor.epoch + 1 - executor.position:
                self._take(executor.train_batches(max(1, int(room * executor.batches))))
            else:
                most = min(stop, self.spec.stop_epoch or stop, self._snapshots.next_epoch(self.epoch)) - self.epoch
                if executor.drawing is not self._drawing:
                    most = 1
                self._take(executor.train(min(max(1, int(room)), _MOST, most)))
            if seconds is not None:
                spent = max(worked() - began, 1e-9)  # a coarse clock may not have moved
                self._epoch_seconds = spent / (executor.position - first)
                if spent >= seconds:
                    break
                # As many as fit in half of what is left, so that the last slices are short and little is overrun.
                room = (seconds - spent) / self._epoch_seconds / 2
        self.effort.spend(worked() - began)
        return self.epoch - ended

    def _take(self, losses: NDArray[np.float64]) -> None:
        """Note the losses (epochs, 2) of the epochs that have just ended, and take a snapshot where one is due."""
        if len(losses) == 0:
            return
        epoch = self.epoch
        first = epoch - len(losses)
        self._history.append(first + 1, losses)
        self.effort.count(len(losses), *self._executor.pace)
        self._note(*losses[-1].tolist())
        if epoch == self._snapshots.next_epoch(first):  # and its end, for only an epoch that ends has losses
            self._snapshots.add(Snapshot(epoch, self._state(), len(self._edits)))
        self._take_points()

    # --- what a person sees ---

    @property
    def epoch(self) -> int:
        """The number of whole epochs done."""
        return self._executor.epoch

    @property
    def batch(self) -> int:
        """The number of batches done of the present epoch."""
        return self._executor.batch

    @property
    def spec(self) -> Spec:
        """The spec with all edits."""
        return self._executor.spec

    @property
    def network(self) -> Network:
        """The network with all edits."""
        return self._executor.network

    @property
    def task(self) -> Task:
        """What the network has to answer."""
        return self._executor.task

    @property
    def dataset(self) -> Dataset:
        """What was there to learn from before anything was drawn: the data set given, or what the spec draws."""
        return self._executor.dataset

    @property
    def drawing(self) -> Drawing:
        """What was drawn on the data set, all edits included."""
        return self._drawing

    @property
    def data(self) -> Split:
        """The training and test points, with all edits."""
        return self._points()[0]

    @property
    def ids(self) -> tuple[Ids, Ids]:
        """The ids of the training and test points."""
        return self._points()[1]

    def _points(self) -> tuple[Split, tuple[Ids, Ids]]:
        executor, spec = self._executor, self.spec
        if executor.drawing is self._drawing:
            return executor.data, executor.ids
        return split(self._drawing, self.dataset, spec.train_percent, spec.seed)

    @property
    def train_loss(self) -> float:
        """The mean loss over the training points at the end of the last whole epoch, or after the last edit.

        NaN where there are no such points.
        """
        self._refresh()
        return self._train_loss

    @property
    def test_loss(self) -> float:
        """The mean loss over the test points, at the same moment as the training loss; NaN where there are none."""
        self._refresh()
        return self._test_loss

    @property
    def diverged_at(self) -> int | None:
        """The epoch from which on the training loss is not finite; None where there are no training points."""
        self._refresh()
        return None if isfinite(self._train_loss) or len(self._executor.data.train) == 0 else self.epoch

    @property
    def learning_rate(self) -> float:
        """The learning rate of the present epoch, as the schedule and the warm-up make it."""
        return self._executor.learning_rate

    @property
    def history(self) -> LossHistory:
        """The losses of all epochs."""
        self._refresh()
        return self._history

    @property
    def halted(self) -> str | None:
        """Why nothing more is trained: "diverged", or the field of the stop rule that holds; None while it goes on."""
        spec = self.spec
        if self.diverged_at is not None:
            return "diverged"
        if 0 < spec.stop_epoch <= self.epoch:
            return "stop_epoch"
        if spec.stop_loss > 0.0 and self.batch == 0 and self.test_loss <= spec.stop_loss:
            return "stop_loss"
        if len(self._executor.data.test) == 0:
            return None
        return "patience" if 0 < spec.patience <= self.epoch - self.best_epoch else None

    @property
    def best_epoch(self) -> int:
        """With patience: the epoch of the lowest test loss.

        It counts from when patience was asked for or the activations or cuts changed: losses of another network
        cannot be compared.
        """
        return self.epoch if self._best_begins else self._executor.best_epoch

    @property
    def best_loss(self) -> float:
        """With patience: the test loss at `best_epoch`."""
        return self.test_loss if self._best_begins else self._executor.best_loss

    # --- edits ---

    def reset(self) -> None:
        """The same start again: points, first weights, epoch 0; edits but those of points are forgotten."""
        self._start(Run(self.spec, data=self._run.data, drawing=self._drawing), self._given)

    def reconfigure(self, spec: Spec, dataset: Dataset | None = None) -> bool:
        """Take another spec; True when that restarted the run. `dataset` is the one it names, where that is another.

        One that differs in live fields only goes on from here, and the change is recorded as edits. What was drawn is
        kept unless the spec has other points; those of a class that it has not are gone. Raises SpecError where the run
        has no room for more edits.
        """
        changes = self.spec.changes(spec)
        if not LIVE.issuperset(changes):
            given = self._given if spec.data == self.spec.data else dataset
            kept = spec.draws_as(self.spec) or (given is not None and given is self._given)
            drawing = self._drawing.within(spec.shape.classes, len(self.dataset)) if kept else BLANK
            self._start(Run(spec, data=address_of(given), drawing=drawing), given)
            self.steps = self.steps if kept else Steps()
            return True
        if not changes:
            return False
        self._check_room(spec)
        self._executor.follow(spec)
        self._follow_pending()
        self._losses_are_old |= not FUNCTION.isdisjoint(changes)
        return False

    def set_weight(self, layer: int, neuron: int, input: int, value: float) -> None:
        """Type a weight: layer 0 is the first with weights. A link that was dead learns again from here.

        Raises SpecError for an index that is not there, for a value that is not a finite number, and where the run has
        no room for more edits.
        """
        network = self.network
        network.check_neuron(layer, neuron)
        check_index("input", input, network.sizes[layer])
        value = _finite(value)
        self._check_room(place=(layer, neuron, input))
        self._pending.type((layer, neuron, input), network.typed_weight(layer, neuron, input), value)
        network.type_weight(layer, neuron, input, value)
        self._losses_are_old = True

    def set_bias(self, layer: int, neuron: int, value: float) -> None:
        """Type a bias; see `set_weight`."""
        self.network.check_neuron(layer, neuron)
        value = _finite(value)
        self._check_room(place=(layer, neuron, None))
        biases = self.network.biases(layer)
        self._pending.type((layer, neuron, None), (float(biases[neuron]), False), value)
        biases[neuron] = value
        self._losses_are_old = True

    def restore_best(self) -> None:
        """With patience: take the parameters of `best_epoch` again; the epochs go on counting from here.

        Raises SpecError where no patience is asked for, and where there are no test points.
        """
        if not self.spec.patience:
            raise SpecError("patience", 0, "set before there is a best state to restore", "Patience")
        if len(self._executor.data.test) == 0:
            share = self.spec.train_percent
            raise SpecError(
                "train_percent", share, "so that there are test points, which tell the best", "Training share"
            )
        if self._best_begins:
            return  # this is the best state
        self._check_room()
        self._executor.restore_best()
        self._pending.restore(self.network)
        self._losses_are_old = True

    def _draw(self, points: Mapping[int, Drawn | None]) -> Mapping[int, Drawn | None]:
        """Make points so; gives what they were before."""
        count = len(self.dataset)
        drawing, before = self._drawing.with_points(points, count), self._drawing.states(points, count)
        self._check_room(drawing=drawing)
        self._drawing = drawing
        self._take_points()
        return before

    def _take_points(self) -> None:
        """Take the points asked for, unless an epoch is half done: how it is cut into batches is decided."""
        if self.batch == 0 and self._executor.drawing is not self._drawing:
            self._executor.draw(self._drawing)
            self._follow_pending()
            self._losses_are_old = True

    def _check_room(self, spec: Spec | None = None, drawing: Drawing | None = None, place: Place | None = None) -> None:
        """Raises SpecError where the run has no room for these changes and what waits."""
        self._pending.check_room(
            len(self._edits), self._edit_bytes, spec or self.spec, drawing or self._drawing, len(self.dataset), place
        )

    def _follow_pending(self) -> None:
        """Derive what pending fields and points mean for the next update."""
        before, spec = self._pending.in_force, self.spec
        another = not FUNCTION.isdisjoint(before.changes(spec)) or self._executor.drawing != self._pending.drawing
        self._best_begins = spec.patience > 0 and (before.patience == 0 or another)

    def _record_pending(self) -> None:
        """Put what waits in force: it is recorded, and what depends on old and new values is reset."""
        drawing = self._executor.drawing
        if self._pending.is_empty(self.spec, drawing):
            return
        edits = list(self._pending.edits(self.network, self.spec, drawing, len(self.dataset), self.epoch, self.batch))
        self._edits += edits
        self._edit_bytes += sum(map(size, edits))
        if self.spec.optimiser != self._pending.in_force.optimiser:
            self._executor.reset_moments()
        if self._best_begins:
            self._executor.keep_best(self._executor.losses()[1] if self.batch else self.test_loss)
        self._executor.update_mask()
        self._pending, self._best_begins = Pending(self.spec, drawing), False

    def _state(self) -> dict[str, Any]:
        """The state alone, without the record, what waits and the loss rows."""
        losses = {"train_loss": number(self.train_loss), "test_loss": number(self.test_loss)}
        return self._executor.capture() | losses

    def _install(self, state: Mapping[str, Any]) -> None:
        """Take over the state of a trainer with the same spec."""
        self._executor.install(state)
        self._note(float(state["train_loss"]), float(state["test_loss"]))
        self._history = LossHistory(self._train_loss, self._test_loss, self.epoch)
        self.effort = Effort.since(self.epoch)

    # --- losses ---

    def _refresh(self) -> None:
        """Evaluate the network where an edit has changed it: once for a burst of them."""
        if self._losses_are_old:
            self._note(*self._executor.losses())
            if self.batch == 0:
                self._history.amend(self.epoch, self._train_loss, self._test_loss)

    def _note(self, train_loss: float, test_loss: float) -> None:
        self._train_loss, self._test_loss = float(train_loss), float(test_loss)
        self._losses_are_old = False


def _finite(value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e308:
        raise SpecError("value", value, "a finite number")
    return float(value)
