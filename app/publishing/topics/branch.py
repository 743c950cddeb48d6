"""The losses of runs that are kept: each viewer is sent a curve once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tinkernet.app.publishing.topics import KeptCurve, Moment
from tinkernet.app.wire.commands import BranchTopic
from tinkernet.app.wire.frames import Branch, encode

MOST = 1024  # rows: more than a chart has pixels


@dataclass(slots=True, eq=False)
class Made:
    """One curve. A mark is (version, address): which one a viewer has."""

    run: str
    version: int
    letter: str
    curve: KeptCurve | None
    stamp: dict[str, int]

    def since(self, mark: tuple[int, str] | None) -> tuple[bytes, tuple[int, str]]:
        """All of it, or nothing when the viewer has it."""
        own = self.version, "" if self.curve is None else self.curve.address
        if mark is not None and mark[1] == own[1]:
            return b"", own
        stride, rows = (1, np.empty((0, 2), np.float32)) if self.curve is None else self.curve.rows
        every = -(-len(rows) // MOST) or 1
        found = Branch(letter=self.letter, stride=stride * every, rows=rows[::every], **self.stamp)
        return encode(self.run, found, deflate=False), own


def version(moment: Moment) -> int:
    """It changes with what is kept alone."""
    return moment.kept_serial


def make(moment: Moment, topics: Sequence[BranchTopic]) -> Sequence[Made]:
    """A curve for each letter."""
    curves = {each.letter: each for each in moment.kept}
    return [
        Made(moment.run, moment.kept_serial, topic.letter, curves.get(topic.letter), moment.stamp) for topic in topics
    ]
