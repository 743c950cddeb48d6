"""What a run is to reach: a loss, by a number."""

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.errors import SpecError

LOSSES = ("train_loss", "test_loss")
"""The losses that a goal may name, in the order of the columns of what an executor gives."""

_GOAL = re.compile(r"\s*(\w+)\s*<=\s*([0-9.eE+-]+)\s*")


class Goal(NamedTuple):
    """Reached at the end of the first epoch with a loss of at most `most`."""

    loss: str
    most: float

    def first(self, losses: NDArray[np.float64]) -> int | None:
        """The first of the rows (epochs, 2) that reaches the goal; None where none does."""
        reached = losses[:, LOSSES.index(self.loss)] <= self.most
        return int(np.argmax(reached)) if reached.any() else None

    def __str__(self) -> str:
        return f"{self.loss} <= {self.most:g}"


def read_goal(text: str) -> Goal:
    """The goal that a text says, such as `test_loss <= 0.05`. Raises SpecError for any other text."""
    allowed = f"a loss ({' or '.join(LOSSES)}), <= and a number, such as test_loss <= 0.05"
    found = _GOAL.fullmatch(text)
    if found is None or found[1] not in LOSSES:
        raise SpecError("goal", text, allowed, "The goal")
    try:
        return Goal(found[1], float(found[2]))
    except ValueError:
        raise SpecError("goal", text, allowed, "The goal") from None
