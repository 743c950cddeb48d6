"""How fast a session learns: exact over a long run, without a burst after a stall."""

from __future__ import annotations

import math

STALL = 0.25  # seconds behind which epochs are forgiven rather than caught up
SHORTEST_WAIT = 1 / 120  # seconds; faster rates do several epochs at a time


class Pace:
    """Counts epochs against a clock. `rate` in epochs per second; None is as fast as it goes."""

    def __init__(self, rate: float | None) -> None:
        self.rate = rate
        self._origin = 0.0
        self._done = 0

    def start(self, now: float) -> None:
        """Begin counting: the first epoch is owed at once."""
        self._origin, self._done = now, 0

    def set_rate(self, rate: float | None, now: float) -> None:
        """Go on at another rate from here; the next epoch comes one new interval after this moment."""
        if rate != self.rate:
            self.rate, self._origin, self._done = rate, now, 1

    def owed(self, now: float) -> int | None:
        """Epochs to be done by now, or None when there is no limit."""
        if self.rate is None:
            return None
        owed = math.floor((now - self._origin) * self.rate) + 1 - self._done
        most = max(1, math.ceil(STALL * self.rate))
        if owed > most:
            self._origin, self._done = now - (most - 1) / self.rate, 0
            return most
        return max(0, owed)

    def count(self, epochs: int) -> None:
        """So many were done."""
        self._done += epochs

    def due(self, now: float) -> float:
        """The moment at which the next epoch is owed."""
        if self.rate is None:
            return now
        due = self._origin + self._done / self.rate
        return due if self.rate * SHORTEST_WAIT <= 1 else max(due, now + SHORTEST_WAIT)
