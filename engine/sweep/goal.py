"""What a run is to reach: a small loss, or a large accuracy, by a number."""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec.task import Task

LOSSES = ("train_loss", "test_loss")
"""The losses that a goal may name, in the order of the columns of what an executor gives."""

ACCURACY = "test_accuracy"

_GOAL = re.compile(rf"\s*(?:({'|'.join(LOSSES)})\s*<=|({ACCURACY})\s*>=)\s*([0-9.eE+-]+)\s*")


class Goal(NamedTuple):
    """Reached at the end of the first epoch with a loss of at most `bound`, or an accuracy of at least `bound`."""

    measure: str
    bound: float

    @property
    def is_accuracy(self) -> bool:
        """Whether it asks for an accuracy, from 0 to 1, and not for a loss."""
        return self.measure == ACCURACY

    def first(self, losses: NDArray[np.float64]) -> int | None:
        """The first of the rows (epochs, 2) with a loss that reaches the goal; None where none does."""
        reached = losses[:, LOSSES.index(self.measure)] <= self.bound
        return int(np.argmax(reached)) if reached.any() else None

    def check(self, task: Task) -> None:
        """Raises SpecError for an accuracy where there are no classes."""
        if self.is_accuracy and not task.classes:
            raise SpecError("goal", str(self), "a loss where the targets are numbers", "The goal")

    def __str__(self) -> str:
        return f"{self.measure} {'>=' if self.is_accuracy else '<='} {self.bound:g}"


def read_goal(text: str) -> Goal:
    """The goal that a text says, such as `test_loss <= 0.05`. Raises SpecError for any other text."""
    allowed = f"a loss ({' or '.join(LOSSES)}), <= and a number, such as test_loss <= 0.05, or {ACCURACY} >= 0.95"
    found = _GOAL.fullmatch(text)
    if found is None:
        raise SpecError("goal", text, allowed, "The goal")
    try:
        return Goal(found[1] or found[2], float(found[3]))
    except ValueError:
        raise SpecError("goal", text, allowed, "The goal") from None
