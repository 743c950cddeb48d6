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
