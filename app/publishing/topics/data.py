"""The points of a run: another set in each start."""

from __future__ import annotations

from collections.abc import Sequence

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import DataTopic
from tinkernet.app.wire.frames import Data
from tinkernet.engine.data.slices import default_slice, slice_points


def version(moment: Moment) -> int:
    """The points stay the same until the run starts again."""
    return moment.restarts


def make(moment: Moment, topics: Sequence[DataTopic]) -> Sequence[Data]:
    """One record: where the map shows the points, and their labels."""
    trainer = moment.trainer
    plane, classes = default_slice(trainer.dataset), trainer.task.classes
    train, test = (slice_points(part, plane, classes) for part in trainer.data)
    return [Data(train=train, test=test, **moment.stamp)] * len(topics)
