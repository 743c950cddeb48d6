"""The cells of a sweep, as they are trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.part import Part
from tinkernet.app.wire.trialling import SweepTopic
from tinkernet.app.wire.trials import Sweep

SECONDS = 0.5
NOTHING, NO_ROWS = np.empty(0, np.uint8), np.empty((0, 0), np.float32)


def version(moment: Moment) -> int:
    """It changes with them alone."""
    found = moment.trials.get("sweep")
    return 0 if found is None else found.serial


def make(moment: Moment, topics: Sequence[SweepTopic]) -> Sequence[Part]:
    """One record."""
    found = moment.trials.get("sweep")
    if found is None:
        return [Sweep(facts=NOTHING, cells=NO_ROWS, **moment.stamp)] * len(topics)
    return [found.record(moment.stamp)] * len(topics)
