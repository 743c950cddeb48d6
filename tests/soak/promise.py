"""One promise: the measured figure, the bound, and whether it was kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

from tests.bench import report


@dataclass(frozen=True)
class Promise:
    """`figure` must be at most `most`, at least `least` or exactly `exactly`. Without a bound it is only reported."""

    what: str
    figure: float
    most: float | None = None
    least: float | None = None
    exactly: float | None = None

    @property
    def kept(self) -> bool:
        """Whether all bounds hold. NaN keeps no bound."""
        return (
            (self.exactly is None or self.figure == self.exactly)
            and (self.most is None or self.figure <= self.most)
            and (self.least is None or self.figure >= self.least)
        )

    @property
    def row(self) -> list[object]:
        """The cells of one table row."""
        bounds = (("", self.exactly), ("at least ", self.least), ("at most ", self.most))
        wanted = ", ".join(f"{word}{bound:g}" for word, bound in bounds if bound is not None)
        return [self.what, round(self.figure, 3), wanted, "" if self.kept else "NOT KEPT"]


def run(part: str, measure: Callable[[bool], list[Promise]]) -> None:
    """Run one part as a command: print its figures beside the promises. Exits with 1 if one was broken."""
    broken: list[Promise] = []

    def measured(quick: bool) -> dict[str, object]:
        promises = measure(quick)
        report.table(part, ("what", "measured", "promised", ""), [promise.row for promise in promises])
        broken.extend(promise for promise in promises if not promise.kept)
        return {"promises": [asdict(promise) | {"kept": promise.kept} for promise in promises]}

    report.run(part, measured, "soak")
    sys.exit(1 if broken else 0)
