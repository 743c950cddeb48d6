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
from tinkernet.engine.spec.spec import LIVE
from tinkernet.engine.training.live import FUNCTION

SECONDS = 0.5  # a surface is thousands of losses
MOST = 120  # parameter vectors of a path; beyond, every second one goes
FEW = 8  # with fewer the path is computed again
MOST_OTHERS, MOST_OF_OTHER = 2, 60  # runs beside the shown one, and vectors of each
REPLAY_SECONDS = 0.1  # what that may take


class Path(NamedTuple):
    """Where a run was: epochs, and the parameters (epochs, p) there. `key` changes with the start of the run."""

    key: tuple[int, int]
    epochs: list[int]
    vectors: Array


_kept: dict[str, Array] = {}  # the ways of kept runs, by address: they never change
# The path goes on while somebody looks; nothing keeps the trainer alive.
_paths: WeakKeyDictionary[Trainer, Path] = WeakKeyDictionary()


def version(moment: Moment) -> int:
    """It changes with the network, and with the runs beside it."""
    return moment.version + moment.kept_serial


def make(moment: Moment, topics: Sequence[LandscapeTopic]) -> Sequence[Landscape]:
    """A record for each plane that somebody asks for."""
    path, others = _path(moment), _others(moment)
    return [_record(moment, topic, path, others) for topic in topics]


def _others(moment: Moment) -> list[tuple[str, Array]]:
    """The letters and ways of kept runs that have the same landscape."""
    trainer, found = moment.trainer, []
    for run in list(moment.kept)[-MOST_OTHERS:]:
        changes = trainer.spec.changes(run.spec)
        if LIVE.issuperset(changes) and FUNCTION.isdisjoint(changes):
            if run.address not in _kept:
                while len(_kept) >= 2 * MOST_OTHERS:
                    del _kept[next(iter(_kept))]
                other = run.trainer(trainer.dataset if run.spec.data else None)
                _kept[run.address] = np.ascontiguousarray(other.path(MOST_OF_OTHER, REPLAY_SECONDS)[1])
            found.append((run.letter, _kept[run.address]))
    return found


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


def _record(moment: Moment, topic: LandscapeTopic, path: Path, others: Sequence[tuple[str, Array]]) -> Landscape:
    trainer = moment.trainer
    empty = Landscape(mode=topic.mode, problem="young", share=np.nan, **moment.stamp)
    if len(trainer.data.train) == 0:
        return empty
    share, plane = np.nan, _chosen(trainer, topic)
    if plane is None:
        of_path = plane_of_path(np.vstack([*(vectors for _, vectors in others), path.vectors]))
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
        mode=topic.mode, problem="", share=share, heights=heights, window=window, way=way,
        others=_ways(trainer, plane, others), **moment.stamp,
    )  # fmt: skip


def _ways(trainer: Trainer, plane: Plane, others: Sequence[tuple[str, Array]]) -> Array | None:
    """The ways of kept runs on a plane, as the record has them; None without such runs."""
    rows = [
        np.column_stack([np.full(len(vectors), ord(letter)), places_on(plane, vectors), trainer.losses_with(vectors)])
        for letter, vectors in others
    ]
    return np.vstack(rows) if rows else None


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
