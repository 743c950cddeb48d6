"""The points of a run: another set in each start, and after each edit of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import DataTopic
from tinkernet.app.wire.frames import Data
from tinkernet.engine.data.drawing import Ids
from tinkernet.engine.data.slices import main_directions, named_slice, slice_points


def version(moment: Moment) -> int:
    """The points stay the same until the run starts again or one is drawn."""
    newest, start = moment.run_itself, moment.restarts << 32
    if moment.trainer is not newest and moment.trainer.drawing != newest.drawing:
        return -(start + moment.trainer.log_length)  # those of the past: others after another edit
    return start + newest.steps.count


def make(moment: Moment, topics: Sequence[DataTopic]) -> Sequence[Data]:
    """Where the map of each plane shows the points, their labels, and their ids where these are not their places."""
    ids = np.concatenate(moment.trainer.ids)
    numbered = ids if (ids != np.arange(len(ids))).any() else None
    return [_of_plane(moment, topic.plane, numbered) for topic in topics]


def _of_plane(moment: Moment, name: str, ids: Ids | None) -> Data:
    trainer = moment.trainer
    dataset, plane = trainer.dataset, named_slice(trainer.dataset, name)
    train, test = (slice_points(part, plane, trainer.task.classes) for part in trainer.data)
    found = Data(plane=name, train=train, test=test, ids=ids, **moment.stamp)
    if not plane.is_plane:
        found.origin, found.axes = np.array(plane.point), np.array(plane.axes)
        if plane == named_slice(dataset, "") and dataset.shape.columns > 1:
            found.shares = main_directions(dataset)[1][:2]
    return found
