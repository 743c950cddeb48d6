"""The points of a run: another set in each start, and after each edit of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import DataTopic
from tinkernet.app.wire.frames import Data
from tinkernet.engine.data.slices import default_slice, slice_points


def version(moment: Moment) -> int:
    """The points stay the same until the run starts again or one is drawn."""
    return (moment.restarts << 32) + moment.trainer.steps.count


def make(moment: Moment, topics: Sequence[DataTopic]) -> Sequence[Data]:
    """One record: where the map shows the points, their labels, and their ids where these are not their places."""
    trainer = moment.trainer
    plane, classes = default_slice(trainer.dataset), trainer.task.classes
    train, test = (slice_points(part, plane, classes) for part in trainer.data)
    ids = np.concatenate(trainer.ids)
    drawn = ids if trainer.dataset.shape.on_plane and (ids != np.arange(len(ids))).any() else None
    return [Data(train=train, test=test, ids=drawn, **moment.stamp)] * len(topics)
