"""What a run has taken by epoch, for other axes of its chart: that of the shown run, or of one that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import EffortTopic
from tinkernet.app.wire.frames import Effort, encode
from tinkernet.engine.training.effort import Knot

SECONDS = 0.5  # all knots are sent each time, and the last one alone has moved


@dataclass(slots=True, eq=False)
class Made:
    """One run's. A mark is (version, knots): what a viewer has."""

    run: str
    version: int
    letter: str
    knots: tuple[Knot, ...]
    stamp: dict[str, int]

    def since(self, mark: tuple[int, tuple[Knot, ...]] | None) -> tuple[bytes, tuple[int, tuple[Knot, ...]]]:
        """All of it, or nothing when the viewer has it."""
        own = self.version, self.knots
        if mark is not None and mark[1] == self.knots:
            return b"", own
        found = Effort(letter=self.letter, knots=np.array(self.knots).reshape(-1, 4), **self.stamp)
        return encode(self.run, found, deflate=False), own


def version(moment: Moment) -> int:
    """It changes with the run, and with what is kept beside it."""
    return moment.version + moment.kept_serial


def make(moment: Moment, topics: Sequence[EffortTopic]) -> Sequence[Made]:
    """One for each letter; none are known of a run that is not kept."""
    kept = {run.letter: run.effort for run in moment.kept}
    own = moment.run_itself.effort.knots
    return [
        Made(
            moment.run, version(moment), topic.letter, kept.get(topic.letter, ()) if topic.letter else own, moment.stamp
        )
        for topic in topics
    ]
