"""The speed of training: exact over a long run, and without a burst of epochs after a stall."""

from __future__ import annotations

import math

STALL = 0.25  # seconds; a run that is further behind than this does not catch up on the rest
SHORTEST_WAIT = 1 / 120  # seconds between turns; at faster rates a turn trains several epochs


class Pacing:
    """Counts the epochs of one run against a clock, in seconds. Owned by the training thread that runs it.

    `rate` is in epochs per second; None trains as fast as the processor allows.
    """

    def __init__(self, rate: float | None) -> None:
        self.rate = rate
        self._origin = 0.0  # the moment at which counting began
        self._done = 0  # epochs since then

    def start(self, now: float) -> None:
        """Begin to count. The first epoch is owed at once."""
        self._origin, self._done = now, 0

    def set_rate(self, rate: float | None, now: float) -> None:
        """Change the rate from now on. The next epoch is owed one new interval after this moment."""
        if rate != self.rate:
            self.rate, self._origin, self._done = rate, now, 1

    def owed(self, now: float) -> int | None:
        """The number of epochs to train now, or None when there is no limit."""
        if self.rate is None:
            return None
        owed = math.floor((now - self._origin) * self.rate) + 1 - self._done
        most = max(1, math.ceil(STALL * self.rate))
        if owed > most:
            self._origin, self._done = now - (most - 1) / self.rate, 0
            return most
        return max(0, owed)

    def count(self, epochs: int) -> None:
        """Note that this many epochs were trained."""
        self._done += epochs

    def due(self, now: float) -> float:
        """The moment at which the next turn should come."""
        if self.rate is None:
            return now
        due = self._origin + self._done / self.rate
        return due if self.rate * SHORTEST_WAIT <= 1 else max(due, now + SHORTEST_WAIT)


class SpeedMeter:
    """Measures epochs per second, over half a second or three epochs, whichever is longer.

    Owned by the training thread that runs the run.
    """

    def __init__(self) -> None:
        self._since, self._first, self._measured = 0.0, 0, 0.0  # seconds, epoch, epochs per second

    def start(self, now: float, epoch: int) -> None:
        """Forget what was measured and begin at this epoch."""
        self._since, self._first, self._measured = now, epoch, 0.0

    def read(self, now: float, epoch: int, rate: float | None) -> float:
        """The last measured speed. `rate` is the wanted one."""
        seconds = now - self._since
        if seconds >= (0.5 if rate is None else max(0.5, 3 / rate)):
            self._since, self._first, self._measured = now, epoch, (epoch - self._first) / seconds
        return self._measured


def earliest(*moments: float | None) -> float | None:
    """The first of some moments; None for none."""
    return min((moment for moment in moments if moment is not None), default=None)
