"""A slice: the plane through input space that a map shows.

A map has coordinates (u, v) in the square of `grid`. A slice says which point of input space each of them is:
point + u * axes[0] + v * axes[1]. For points on the plane that is (u, v) itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinkernet.engine.data.dataset import Dataset, Floats, Points, labels
from tinkernet.engine.data.features import features_of, is_written, written_feature
from tinkernet.engine.data.grid import EDGE, grid, quantised
from tinkernet.engine.errors import SpecError

_FILLED = 0.8  # the part of a map that the points of a column span


@dataclass(frozen=True)
class Slice:
    """A plane through a d-dimensional input space: the point at (0, 0), and what one step along u or v adds to it.

    point: d finite numbers. axes: two directions of d finite numbers each; they may be of any length and need not be
    orthogonal. In one dimension the second axis is 0: the map is constant along v.
    Raises SpecError for anything else, and for axes that do not span a plane.
    """

    point: tuple[float, ...]
    axes: tuple[tuple[float, ...], tuple[float, ...]]

    def __post_init__(self) -> None:
        point, axes = _vector("point", self.point), tuple(_vector("axes", axis) for axis in self.axes)
        if len(axes) != 2 or any(len(axis) != len(point) for axis in axes):
            raise SpecError("axes", [len(axis) for axis in axes], f"two directions of {len(point)} numbers")
        object.__setattr__(self, "point", point)
        object.__setattr__(self, "axes", axes)
        if np.linalg.matrix_rank(self._directions) < min(2, len(point)):
            raise SpecError("axes", self.axes, "two directions that span a plane")

    @cached_property
    def _directions(self) -> Floats:
        return np.array(self.axes)

    @cached_property
    def _projection(self) -> Floats:
        return np.asarray(np.linalg.pinv(self._directions), np.float64)

    @property
    def is_plane(self) -> bool:
        """Whether slice coordinates are the inputs themselves."""
        return self == PLANE

    def lift(self, coordinates: Floats) -> Floats:
        """The points of input space (n, d) at slice coordinates (n, 2)."""
        return coordinates if self.is_plane else np.array(self.point) + coordinates @ self._directions

    def project(self, inputs: Floats) -> Floats:
        """Slice coordinates (n, 2) of the points of the slice that are nearest to inputs (n, d)."""
        return inputs if self.is_plane else (inputs - np.array(self.point)) @ self._projection


def column_slice(dataset: Dataset, first: int, second: int, through: ArrayLike | None = None) -> Slice:
    """A slice along two columns, scaled so that the points of the data set fill most of the map.

    through: a point (d,) that gives all other columns their value; without it they have their median.
    Raises SpecError for a column that is not there, for twice the same one, and for another kind of point.
    """
    inputs = dataset.inputs
    count = inputs.shape[1]
    for name, column in (("first", first), ("second", second)):
        if isinstance(column, bool) or not isinstance(column, int) or not 0 <= column < count:
            raise SpecError(name, column, f"the number of a column, from 0 to {count - 1}")
    if first == second and count > 1:
        raise SpecError("second", second, "another column than the first")
    point = np.median(inputs, axis=0) if through is None else np.array(_vector("through", through))
    if len(point) != count:
        raise SpecError("through", len(point), f"{count} numbers")
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    axes = np.zeros((2, count))
    for axis, column in zip(axes, (first, second)[: min(2, count)], strict=False):
        half = 0.5 * high[column] - 0.5 * low[column]
        point[column] = low[column] + half
        axis[column] = half / (_FILLED * EDGE) if half > 0.0 else 1.0
    return Slice(tuple(point), (tuple(axes[0]), tuple(axes[1])))


def main_directions(dataset: Dataset) -> tuple[Floats, Floats]:
    """The principal components of the inputs, the main one first: directions (d, d) by row, and shares (d,).

    A share is the part of the variance along its direction. The largest number of a direction is positive. Without any
    variance the shares are 0.
    """
    inputs = dataset.inputs
    size = _size(dataset)  # squares must not overflow
    centred = inputs / size - (inputs / size).mean(axis=0)
    variances, vectors = np.linalg.eigh(centred.T @ centred)
    directions = vectors.T[::-1].copy()
    for direction in directions:
        direction *= np.sign(direction[np.argmax(np.abs(direction))])
    variances = np.maximum(variances[::-1], 0.0)
    return directions, variances / (variances.sum() or 1.0)


def _size(dataset: Dataset) -> float:
    return max(1.0, float(np.abs(dataset.inputs).max()))


def main_slice(dataset: Dataset) -> Slice:
    """A slice along the first two principal components, scaled so that the points of the data set fill most of it."""
    directions, _ = main_directions(dataset)
    size, largest = _size(dataset), float(np.abs(dataset.inputs).max())
    mean = (dataset.inputs / size).mean(axis=0) * size
    point, axes, length = mean.copy(), np.zeros((2, dataset.shape.columns)), 0.0
    for axis, direction in zip(axes, directions[:2], strict=True):
        along = (0.5 * dataset.inputs - 0.5 * mean) @ direction  # half of it: the whole could overflow
        half = along.max() - along.min()
        point += (along.max() + along.min()) * direction
        # Points on a line, or all in one place, have no spread along a direction but what rounding makes.
        length = half / (_FILLED * EDGE) if half > 1e-9 * max(length, largest) else length or 1.0
        axis[:] = direction * length
    return Slice(tuple(point.tolist()), (tuple(axes[0].tolist()), tuple(axes[1].tolist())))


def default_slice(dataset: Dataset) -> Slice:
    """The plane for points on the plane; else the main directions or, of a single column, that one."""
    return named_slice(dataset, "")


def named_slice(dataset: Dataset, name: str) -> Slice:
    """The slice of this name: `PLANES` has the pattern.

    "" is the `default_slice`; "2,0" is along columns 2 and 0 with the others at their median, "2,0@17" with the others
    as in the data set's row 17. A name of other data stands for the default one, as does any on the plane.
    """
    if dataset.shape.on_plane:
        return PLANE
    known = _slices.setdefault(dataset, {})
    if name not in known:
        if len(known) >= _MOST_NAMED:
            known.clear()
        known[name] = _made(dataset, name)
    return known[name]


def _made(dataset: Dataset, name: str) -> Slice:
    columns, _, row = name.partition("@")
    if not name or (row and int(row) >= len(dataset)):
        return main_slice(dataset) if dataset.shape.columns > 1 else _line(dataset)
    first, second = map(int, columns.split(","))
    try:
        return column_slice(dataset, first, second, dataset.inputs[int(row)] if row else None)
    except SpecError:
        return _made(dataset, "")


def _line(dataset: Dataset) -> Slice:
    """The line for numbers that fit on it, else the same scaled to them."""
    return LINE if np.abs(dataset.inputs).max() <= EDGE else column_slice(dataset, 0, 0)


PLANES = r"^((?:[0-9]|[1-5][0-9]|6[0-3]),(?:[0-9]|[1-5][0-9]|6[0-3])(?:@[0-9]{1,4})?)?$"
"""The pattern of the name of a slice."""

# Every frame asks, and medians take milliseconds. The table keeps no data set alive.
_MOST_NAMED = 64  # slices of one data set that are kept
_slices: WeakKeyDictionary[Dataset, dict[str, Slice]] = WeakKeyDictionary()


def slice_points(points: Points, plane: Slice, classes: int, target: int = 0) -> NDArray[np.float32]:
    """What a map shows of each point, whatever the number of columns: float32 (n, 3), u, v and its label.

    classes: the number of classes; 0 where the targets are numbers. target: the target column to show (see `labels`).
    """
    found = np.empty((len(points), 3), np.float32)
    with np.errstate(over="ignore"):
        found[:, :2] = plane.project(points.inputs)
        found[:, 2] = labels(points.targets, classes, target)
    return found


def input_map(key: str, side: int, plane: Slice) -> NDArray[np.uint8]:
    """A quantised map (side * side,) of an input (see `features`) over a slice, in image order, with its holes."""
    points = plane.lift(grid(side))
    return quantised(written_feature(key, points) if is_written(key) else features_of(points, (key,))[0])


def _vector(field: str, values: ArrayLike | Sequence[float]) -> tuple[float, ...]:
    try:
        found = np.array(values, np.float64)
    except (TypeError, ValueError, OverflowError):
        raise SpecError(field, values, "finite numbers") from None
    if found.ndim != 1 or not len(found) or not np.isfinite(found).all():
        raise SpecError(field, values, "finite numbers")
    return tuple(found.tolist())


PLANE = Slice((0.0, 0.0), ((1.0, 0.0), (0.0, 1.0)))
"""The identity: points on the plane are where they are."""
LINE = Slice((0.0,), ((1.0,), (0.0,)))
"""Numbers on a line are their own u."""
