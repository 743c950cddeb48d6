"""The loss without each part of the network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import ImportanceTopic
from tinkernet.app.wire.inside import Importance
from tinkernet.engine.analysis.importance import importance

SECONDS = 0.5  # it evaluates the network once for each of its links


def make(moment: Moment, topics: Sequence[ImportanceTopic]) -> Sequence[Importance]:
    """One record: this topic has no parameters."""
    if len(moment.trainer.data.train) == 0:
        found = Importance(whole=np.nan, **moment.stamp)
    else:
        loss, units, links = importance(moment.trainer)
        found = Importance(whole=loss, without_units=units, without_links=links, **moment.stamp)
    return [found] * len(topics)
