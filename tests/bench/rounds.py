"""Contenders measured in turn, in one process: what disturbs the machine then disturbs all of them alike."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 25
ROUND_SECONDS = 0.01
# Many short turns: on a busy machine some of them fall between two interruptions, and the minimum finds those.


@dataclass(frozen=True)
class Measured:
    """Microseconds for one unit of work, over the rounds."""

    minimum: float
    median: float

    def to_dict(self) -> dict[str, float]:
        """For the JSON file."""
        return {"min_us": round(self.minimum, 3), "median_us": round(self.median, 3)}


def interleaved(
    work_from_name: dict[str, Callable[[int], object]], rounds: int = ROUNDS, seconds: float = ROUND_SECONDS
) -> dict[str, Measured]:
    """Each contender does `work(count)`; all take a turn in each round, each round beginning with another of them.

    The count is chosen so that a turn lasts about `seconds`, at least one. Gives microseconds per unit by name.
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
    """How often fits into a turn. The first, untimed go takes what is only needed once: pages, caches, compilers."""
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
    """Says what is being measured, beside the tables."""
    print(f"  … {text}", file=sys.stderr, flush=True)
