"""A drawing: which points of a data set on the plane were moved, taken away or flipped by hand, and which were added.

A point has an id for as long as the data set is used: those of the set have their places in it, from 0, and each point
that is added takes the next number. No id is used for another point again. What is drawn are whole numbers, coordinates
and values in steps of 1/256, so that a text carries them exactly.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NamedTuple, Self, TypeGuard

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import MAX_POINTS, Dataset, DataShape, Points, Split
from tinkernet.engine.data.grid import EDGE
from tinkernet.engine.errors import SpecError
from tinkernet.engine.rng import counter

STEPS = 256
"""Steps of a unit."""
MOST = round(EDGE * STEPS)
"""The largest coordinate in steps: the edge of the map."""
MAX_ID = 999_999

Ids = NDArray[np.intp]


class Drawn(NamedTuple):
    """What was drawn of a point; None is what the data set has, and of an added point's split what its id decides.

    x, y: coordinates in steps, both or neither. target: the number of the class, or the value in steps.
    training: whether it is a training point.
    """

    x: int | None = None
    y: int | None = None
    target: int | None = None
    training: bool | None = None


AS_IT_WAS = Drawn()


class NewPoint(NamedTuple):
    """A point to be added: coordinates, and its class by number or its value."""

    x: float
    y: float
    target: float


class Moved(NamedTuple):
    """What is to be changed of a point; None stays as it is. x and y are given together."""

    id: int
    x: float | None = None
    y: float | None = None
    target: float | None = None
    training: bool | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """By id what was drawn of each point; None for a point of the data set that was taken away. Nobody changes it.

    next_id: no smaller id is given to a point that is added; nor is one within the size of the data set.
    """

    points: Mapping[int, Drawn | None] = field(default_factory=dict)
    next_id: int = field(default=0, compare=False)

    def with_points(self, points: Mapping[int, Drawn | None], size: int) -> Self:
        """The drawing after these points are so; `size` is that of the data set."""
        found = {**self.points, **points}
        for id in points:
            if found[id] == (AS_IT_WAS if id < size else None):
                del found[id]
        return type(self)(found, max(self.next_id, size, max(points, default=-1) + 1))

    def state(self, id: int, size: int) -> Drawn | None:
        """What is drawn of a point; None where it is not there. `size` is that of the data set."""
        return self.points.get(id, AS_IT_WAS if id < size else None)

    def states(self, ids: Iterable[int], size: int) -> dict[int, Drawn | None]:
        """What `with_points` takes to bring these points back to what they are now."""
        return {id: self.state(id, size) for id in ids}

    def within(self, classes: int, size: int) -> Self:
        """The drawing without points of a class that is not there (see `with_points`); 0 classes are numbers."""
        gone = [id for id, state in self.points.items() if classes and state and (state.target or 0) >= classes]
        return self.with_points(dict.fromkeys(gone), size) if gone else self

    def difference(self, other: "Drawing", size: int) -> dict[int, Drawn | None]:
        """What `with_points` takes to make the other drawing of this one, by id in order."""
        ids = sorted(self.points.keys() | other.points.keys())
        before, after = self.states(ids, size), other.states(ids, size)
        return {id: after[id] for id in ids if before[id] != after[id]}


BLANK = Drawing()
"""Nothing is drawn."""


def edited(
    drawing: Drawing, dataset: Dataset, added: Sequence[NewPoint], removed: Sequence[int], moved: Sequence[Moved]
) -> dict[int, Drawn | None]:
    """What an edit makes of the points that it touches, by id: see `Drawing.with_points`.

    Raises SpecError for a value that cannot be drawn, for a point that is not there or named twice, and for too many.
    """
    check_plane(dataset)
    shape, size = dataset.shape, len(dataset)
    found: dict[int, Drawn | None] = {}
    for name, ids in (("removed", removed), ("moved", [each.id for each in moved])):
        for id in ids:
            if id < 0 or drawing.state(id, size) is None:
                raise SpecError(name, id, "the id of a point that is there", "A point")
            if id in found:
                raise SpecError(name, id, "named once in an edit", "A point")
            found[id] = None
    for move in moved:
        state = drawing.state(move.id, size) or AS_IT_WAS
        if (move.x is None) != (move.y is None):
            raise SpecError("moved", move.id, "moved with both coordinates or with neither", "A point")
        if move.x is not None and move.y is not None:
            state = state._replace(x=_steps("moved", move.x, "x"), y=_steps("moved", move.y, "y"))
        if move.target is not None:
            state = state._replace(target=_target("moved", move.target, shape))
        if move.training is not None:
            state = state._replace(training=move.training)
        found[move.id] = state
    next_id = max(drawing.next_id, size)
    if next_id + len(added) > MAX_ID:
        raise SpecError("added", len(added), "fewer: this run has used up the ids of points", "The number of points")
    for id, point in enumerate(added, next_id):
        x, y = _steps("added", point.x, "x"), _steps("added", point.y, "y")
        found[id] = Drawn(x, y, _target("added", point.target, shape))
    check_count(drawing.with_points(found, size), size)
    return found


def check_plane(dataset: Dataset) -> None:
    """Raises SpecError for data on which nothing can be drawn."""
    if not dataset.shape.on_plane or dataset.shape.targets != 1:
        raise SpecError("dataset", dataset.shape.columns, "points on the plane with one target", "What is drawn on")


def count_points(drawing: Drawing, size: int) -> int:
    """The number of points of a drawing on a data set of this size."""
    gone = sum(state is None for state in drawing.points.values())
    return size - gone + sum(id >= size for id in drawing.points)


def check_count(drawing: Drawing, size: int) -> None:
    """Raises SpecError for too many points of a drawing on a data set of this size."""
    count = count_points(drawing, size)
    if count > MAX_POINTS:
        raise SpecError("added", count, f"at most {MAX_POINTS:,}", "The number of points")


def split(drawing: Drawing, dataset: Dataset, train_percent: float, seed: str) -> tuple[Split, tuple[Ids, Ids]]:
    """Training and test points, and the ids of both: as the data set splits them, in its order, added ones last.

    A split drawn by hand counts; that of another added point is a hash of seed and id.
    """
    train, test = dataset.rows(train_percent, seed)
    if not drawing.points:
        return Split(dataset.points(train), dataset.points(test)), (train, test)
    size = len(dataset)
    added = np.array(sorted(id for id in drawing.points if id >= size), np.intp)
    ids = np.concatenate([train, test, added])
    row_of = {int(id): row for row, id in enumerate(added, size)}
    inputs = np.concatenate([dataset.inputs, np.zeros((len(added), 2))])
    targets = np.concatenate([dataset.targets, np.zeros((len(added), 1))])
    there, training = np.ones(len(inputs), np.bool_), np.zeros(len(inputs), np.bool_)
    training[train] = True
    training[size:] = counter.hashed(counter.key_of(seed), counter.FOR_SPLIT, added) < train_percent / 100.0 * 2.0**32
    scale = 1.0 if dataset.shape.classes else STEPS
    for id, state in drawing.points.items():
        row = row_of.get(id, id)
        if state is None:
            there[row] = False
            continue
        if state.x is not None and state.y is not None:
            inputs[row] = state.x / STEPS, state.y / STEPS
        if state.target is not None:
            targets[row] = state.target / scale
        if state.training is not None:
            training[row] = state.training
    rows = np.concatenate([train, test, np.arange(size, len(inputs), dtype=np.intp)])
    parts = [there[rows] & training[rows], there[rows] & ~training[rows]]
    first, second = (Points(inputs[rows[part]], targets[rows[part]]) for part in parts)
    return Split(first, second), (ids[parts[0]], ids[parts[1]])


def _steps(field: str, value: float, name: str) -> int:
    steps = value * STEPS if isfinite(value) else 0.5
    if steps != round(steps) or abs(steps) > MOST:
        raise SpecError(field, value, f"a multiple of 1/{STEPS} from {-EDGE:g} to {EDGE:g}", f"The coordinate {name}")
    return round(steps)


def _target(field: str, value: float, shape: DataShape) -> int:
    if shape.classes:
        if value not in range(shape.classes):
            raise SpecError(field, value, f"the number of a class, from 0 to {shape.classes - 1}", "The target")
        return int(value)
    steps = value * STEPS if isfinite(value) else 0.5
    if steps != round(steps) or abs(steps) > STEPS:
        raise SpecError(field, value, f"a multiple of 1/{STEPS} from -1 to 1", "The target")
    return round(steps)


def rows_of(points: Mapping[int, Drawn | None]) -> Iterator[list[int | bool | None]]:
    """Points as JSON says them: [id] for one that is gone, else [id, x, y, target, training]."""
    for id, state in points.items():
        yield [id] if state is None else [id, *state]


def points_of(rows: Iterable[Sequence[Any]]) -> dict[int, Drawn | None]:
    """The points of `rows_of`. Raises ValueError or TypeError for anything else."""
    found: dict[int, Drawn | None] = {}
    for id, *state in rows:
        if not _whole(id, 0, MAX_ID) or id in found:
            raise ValueError(f"{id!r} is no id of one point")
        found[id] = _drawn(*state) if state else None
    return found


def _drawn(x: object, y: object, target: object, training: object) -> Drawn:
    whole = all(each is None or _whole(each, -MOST, MOST) for each in (x, y, target))
    if not whole or (x is None) != (y is None) or not (training is None or isinstance(training, bool)):
        raise ValueError(f"a point is drawn as {(x, y, target, training)!r}")
    return Drawn(x, y, target, training)  # type: ignore[arg-type]


def _whole(value: object, low: int, high: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
