"""What a run has taken so far, by epoch: updates, examples, and the time of the processor."""

from collections.abc import Iterable, Sequence
from typing import Self, TypeAlias

import numpy as np

Knot: TypeAlias = tuple[float, float, float, float]
"""An epoch, and the updates, examples and seconds until its end."""

ROOM = 128  # knots


class Effort:
    """Knots of a line in pieces; the last one is the newest. Between two of them an epoch takes what its neighbours do.

    There is a knot for each epoch at first, then for every second, every fourth, ..., and wherever an epoch begins to
    take more or fewer updates or examples. The first one is where counting began: epoch 0, or that of a state whose
    way is not known. It is no part of what a run computes, and of no checkpoint: the same run takes another time.
    """

    def __init__(self, knots: Iterable[Sequence[float]] = ()) -> None:
        """Goes on from the `knots` of another one. Raises ValueError for what they cannot be."""
        self._knots: list[Knot] = [_knot(each) for each in knots] or [(0.0, 0.0, 0.0, 0.0)]
        if any(one[i] > other[i] for one, other in zip(self._knots, self._knots[1:], strict=False) for i in range(4)):
            raise ValueError("what a run has taken only grows")
        self._pace = (-1, -1)
        self._apart = 1

    @classmethod
    def since(cls, epoch: int) -> Self:
        """What a run takes from this epoch on."""
        return cls([(epoch, 0.0, 0.0, 0.0)])

    @property
    def knots(self) -> tuple[Knot, ...]:
        """All of them, in order."""
        return tuple(self._knots)

    def count(self, epochs: int, updates: int, examples: int) -> None:
        """So many epochs have ended, each with so many updates and examples."""
        epoch, all_updates, all_examples, seconds = self._knots[-1]
        knot = (epoch + epochs, all_updates + epochs * updates, all_examples + epochs * examples, seconds)
        is_near = len(self._knots) > 1 and knot[0] - self._knots[-2][0] < self._apart
        if is_near and self._pace == (updates, examples):
            self._knots[-1] = knot
        else:
            self._knots.append(knot)
        self._pace = updates, examples
        if len(self._knots) > ROOM:
            self._knots[1:-1] = self._knots[2:-1:2]
            self._apart *= 2

    def spend(self, seconds: float) -> None:
        """Training has taken so much time of the processor."""
        epoch, updates, examples, before = self._knots[-1]
        self._knots[-1] = epoch, updates, examples, before + seconds

    def until(self, epoch: int) -> Self:
        """What it was at an epoch."""
        knots = np.array(self._knots)
        at = [float(np.interp(epoch, knots[:, 0], column)) for column in knots.T[1:]]
        before = [knot for knot in self._knots if knot[0] < epoch]
        found = type(self)([*before, (max(epoch, self._knots[0][0]), *at)])
        found._apart = self._apart
        return found


def _knot(values: Sequence[float]) -> Knot:
    epoch, updates, examples, seconds = map(float, values)
    if not all(0.0 <= each < 1e300 for each in (epoch, updates, examples, seconds)):
        raise ValueError(f"{values} is not what a run has taken")
    return epoch, updates, examples, seconds
