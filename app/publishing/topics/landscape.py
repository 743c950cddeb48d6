"""The loss around the run, and the way that it went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import LandscapeTopic
from tinkernet.app.wire.inside import Landscape
from tinkernet.app.wire.part import Array
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.analysis.landscape import (
    Plane,
    places_on,
    plane_at_random,
    plane_of_path,
    plane_of_weights,
    surface,
)

SECONDS = 0.5  # a surface is thousands of losses
MOST = 120  # parameter vectors of a path; beyond, every second one goes
FEW = 8  # with fewer the path is computed again
REPLAY_SECONDS = 0.1  # what that may take


class Path(NamedTuple):
    """Where a run was: epochs, and the parameters (epochs, p) there. `key` changes with the start of the run."""

    key: tuple[int, int]
    epochs: list[int]
    vectors: Array


# The path goes on while somebody looks; nothing keeps the trainer alive.
_paths: WeakKeyDictionary[Trainer, Path] = WeakKeyDictionary()


def make(moment: Moment, topics: Sequence[LandscapeTopic]) -> Sequence[Landscape]:
    """A record for each plane that somebody asks for."""
    path = _path(moment)
    return [_record(moment, topic, path) for topic in topics]


def _path(moment: Moment) -> Path:
    """The path up to now."""
    trainer = moment.trainer
    key = moment.restarts, len(trainer.network.padded)
    known = _paths.get(trainer)
    if known is None or known.key != key or known.epochs[-1] > trainer.epoch or len(known.epochs) < FEW:
        found = Path(key, *trainer.path(MOST // 2, REPLAY_SECONDS))
    else:
        last = len(known.epochs) - (known.epochs[-1] == trainer.epoch)  # at an epoch it may have been edited
        vectors = np.vstack([known.vectors[:last], trainer.network.padded])
        found = Path(key, [*known.epochs[:last], trainer.epoch], vectors)
        if len(found.epochs) > MOST:
            kept = [*range(0, len(found.epochs) - 1, 2), len(found.epochs) - 1]
            found = Path(key, [found.epochs[each] for each in kept], vectors[kept])
    _paths[trainer] = found
    return found


def _record(moment: Moment, topic: LandscapeTopic, path: Path) -> Landscape:
    trainer = moment.trainer
    empty = Landscape(mode=topic.mode, problem="young", share=np.nan, **moment.stamp)
    if len(trainer.data.train) == 0:
        return empty
    share, plane = np.nan, _chosen(trainer, topic)
    if plane is None:
        of_path = plane_of_path(path.vectors)
        if of_path is None:
            return empty
        plane, share = of_path
    heights = surface(trainer, plane)
    if heights is None:
        empty.problem = "large"
        return empty
    losses = trainer.losses_with(np.ascontiguousarray(path.vectors))
    way = np.column_stack([path.epochs, places_on(plane, path.vectors), losses])
    window = np.array([plane.low, plane.high])
    return Landscape(
        mode=topic.mode, problem="", share=share, heights=heights, window=window, way=way, **moment.stamp
    )  # fmt: skip


def _chosen(trainer: Trainer, topic: LandscapeTopic) -> Plane | None:
    """The plane that the topic names; None for that of the path, and for weights that the network does not have."""
    if topic.mode == "random":
        return plane_at_random(trainer, topic.draw)
    if topic.mode == "path":
        return None
    first, second = (tuple(map(int, link.split("."))) for link in (topic.first, topic.second))
    try:
        return plane_of_weights(trainer, first, second)  # type: ignore[arg-type]
    except SpecError:
        return None  # the page may have chosen it in the network before
