"""The copies of the run with other seeds, as they train."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.part import Part
from tinkernet.app.wire.trialling import SeedsTopic
from tinkernet.app.wire.trials import Seeds

SECONDS = 0.25
NOTHING, NO_ROWS = np.empty(0, np.uint8), np.empty((0, 0), np.float32)
NO_TILES = np.empty((0, 1, 1), np.uint8)


def version(moment: Moment) -> int:
    """It changes with them alone."""
    found = moment.trials.get("seeds")
    return 0 if found is None else found.serial


def make(moment: Moment, topics: Sequence[SeedsTopic]) -> Sequence[Part]:
    """One record."""
    found = moment.trials.get("seeds")
    if found is None:
        return [Seeds(facts=NOTHING, standing=NO_ROWS, tiles=NO_TILES, curves=NO_ROWS, **moment.stamp)] * len(topics)
    return [found.record(moment.stamp)] * len(topics)
