"""One run of many: trained piece by piece, to an epoch or until a stop rule holds."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.analysis.metrics import predicted_classes
from tinkernet.engine.analysis.probe import activations_of
from tinkernet.engine.sweep.goal import Goal
from tinkernet.engine.training.executor import Executor

MOST = 256  # epochs of one call of the kernel, which cannot be interrupted


class Outcome(NamedTuple):
    """Where a run ended: its seed, its epochs and losses, and the epoch at whose end it reached the goal, or None.

    Losses are NaN where the set has no points; a run that diverged ends with the epoch in which it did.
    """

    seed: str
    epochs: int
    train_loss: float
    test_loss: float
    reached: int | None


class Course:
    """A run from its start. The numbers are those of a `Trainer` of the same spec, bit for bit: both have an executor.

    places: the epochs, in order, of which `curve` has the test loss, as far as it has come (NaN beyond).
    """

    def __init__(
        self, executor: Executor, epochs: int, goal: Goal | None = None, places: NDArray[np.int64] | None = None
    ) -> None:
        self.executor, self._goal = executor, goal
        self.losses = executor.losses()
        executor.keep_best(self.losses[1])  # what patience counts from
        self.reached: int | None = None
        self._last = min(epochs, executor.spec.stop_epoch or epochs)
        self._places = np.empty(0, np.int64) if places is None else places
        self.curve = np.full(len(self._places), np.nan, np.float32)
        self._note(0, np.array([self.losses]))

    @property
    def accuracy(self) -> float:
        """The share of the test points whose class is predicted; NaN without such points, or where it diverged."""
        executor, points = self.executor, self.executor.data.test
        units, outputs = len(executor.network.units), executor.task.outputs
        found = activations_of(executor.network, executor.test_tiles, np.arange(units - outputs, units))
        found = found[:, : len(points)]
        if not len(points) or not np.isfinite(found).all():
            return math.nan
        return np.count_nonzero(predicted_classes(found, executor.task) == points.targets[:, 0]) / len(points)

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to train: see `LiveTraining.halted`."""
        executor, spec, data = self.executor, self.executor.spec, self.executor.data
        if executor.epoch >= self._last or (len(data.train) and not math.isfinite(self.losses[0])):
            return True
        if not len(data.test):
            return False
        if spec.stop_loss > 0.0 and self.losses[1] <= spec.stop_loss:
            return True
        return 0 < spec.patience <= executor.epoch - executor.best_epoch

    def go(self, epochs: int = MOST) -> None:
        """Train at most so many epochs: in one call of the kernel, or one by one where the accuracy of each matters."""
        end = min(self.executor.epoch + min(epochs, MOST), self._last)
        if self._goal is None or not self._goal.is_accuracy or self.reached is not None:
            self._go(end)
            return
        while self.reached is None and not self.ended and self.executor.epoch < end:
            self._go(self.executor.epoch + 1)

    def _go(self, end: int) -> None:
        first = self.executor.epoch
        found = self.executor.train(end - first)
        self.losses = float(found[-1, 0]), float(found[-1, 1])
        self._note(first + 1, found)

    def _note(self, first: int, losses: NDArray[np.float64]) -> None:
        """Take over the losses at the ends of epochs from `first` on; the network is at the last of them."""
        if self._goal is not None and self.reached is None:
            if self._goal.is_accuracy:
                row = 0 if self.accuracy >= self._goal.bound else None
            else:
                row = self._goal.first(losses)
            self.reached = None if row is None else first + row
        low, high = np.searchsorted(self._places, (first, first + len(losses)))
        self.curve[low:high] = losses[self._places[low:high] - first, 1]

    @property
    def outcome(self) -> Outcome:
        """Where it is."""
        return Outcome(self.executor.spec.weight_seed, self.executor.epoch, *self.losses, self.reached)
