"""One run of many: trained piece by piece, to an epoch or until a stop rule holds."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
        self.reached = 0 if goal is not None and goal.first(np.array([self.losses])) == 0 else None
        self._last = min(epochs, executor.spec.stop_epoch or epochs)
        self._places = np.empty(0, np.int64) if places is None else places
        self.curve = np.full(len(self._places), np.nan, np.float32)
        self._note(0, np.array([self.losses]))

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
        """Train at most so many epochs, in one call of the kernel."""
        first = self.executor.epoch
        found = self.executor.train(min(epochs, MOST, self._last - first))
        self.losses = float(found[-1, 0]), float(found[-1, 1])
        if self._goal is not None and self.reached is None and (row := self._goal.first(found)) is not None:
            self.reached = first + 1 + row
        self._note(first + 1, found)

    def _note(self, first: int, losses: NDArray[np.float64]) -> None:
        low, high = np.searchsorted(self._places, (first, first + len(losses)))
        self.curve[low:high] = losses[self._places[low:high] - first, 1]

    @property
    def outcome(self) -> Outcome:
        """Where it is."""
        return Outcome(self.executor.spec.weight_seed, self.executor.epoch, *self.losses, self.reached)
