"""The clock by which the age of records is counted. Not the machine's: that may be wrong, or set at any time."""

from __future__ import annotations

import time

DAY = 86_400.0  # seconds


class CountedClock:
    """Counts seconds while a server runs. For the time in between it trusts the machine's clock with a day at most.

    `known` is what it and the machine's clock said when the last server ended, None without one.
    """

    def __init__(self, known: tuple[float, float] | None = None) -> None:
        wall = time.time()
        self._start = wall if known is None else known[0] + min(max(wall - known[1], 0.0), DAY)
        self._began = time.monotonic()

    def now(self) -> float:
        """Seconds. The difference of two moments is at most the time that has really passed, and a day for a start."""
        return self._start + time.monotonic() - self._began
