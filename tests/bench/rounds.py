"""Measures several functions in alternating rounds, so that a disturbance of the machine affects all of them alike."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 25
ROUND_SECONDS = 0.01
# Many short rounds: on a busy machine some are not interrupted, and the minimum finds those.


@dataclass(frozen=True)
class Measured:
    """Microseconds for one unit of work: minimum and median over the rounds."""

    minimum: float
    median: float

    def to_dict(self) -> dict[str, float]:
        """Rounded, for the JSON file."""
        return {"min_us": round(self.minimum, 3), "median_us": round(self.median, 3)}


def interleaved(
    work_from_name: dict[str, Callable[[int], object]], rounds: int = ROUNDS, seconds: float = ROUND_SECONDS
) -> dict[str, Measured]:
    """Time each function in every round; each round starts with another one. Returns the results by name.

    A function is called as `work(count)`, with a count (at least 1) chosen so that one call takes about `seconds`.
    """
    count_from_name = {name: _count(work, seconds) for name, work in work_from_name.items()}
    taken: dict[str, list[float]] = {name: [] for name in work_from_name}
    names = list(work_from_name)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            count = count_from_name[name]
            began = time.perf_counter()
            work_from_name[name](count)
            taken[name].append((time.perf_counter() - began) / count * 1e6)
    return {name: Measured(min(values), median(values)) for name, values in taken.items()}


def _count(work: Callable[[int], object], seconds: float) -> int:
    """The count for calls of about `seconds`. A first call that is not timed fills caches and triggers compilers."""
    work(1)
    count = 1
    while True:
        began = time.perf_counter()
        work(count)
        spent = time.perf_counter() - began
        if spent > seconds / 4:
            return max(1, round(count * seconds / spent))
        count *= 4


def progress(text: str) -> None:
    """Report on stderr what is being measured."""
    print(f"  … {text}", file=sys.stderr, flush=True)
