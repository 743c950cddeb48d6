"""How each layer moves the plane: where a grid and the training points are, from the inputs to the output.

A layer of two units is shown as it is. Of more, the plane of the two main directions is shown in which its training
points vary most (principal components: Pearson, On lines and planes of closest fit, 1901).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.analysis.probe import activations
from tinkernet.engine.analysis.separation import separation
from tinkernet.engine.data.dataset import Floats
from tinkernet.engine.data.grid import EDGE
from tinkernet.engine.data.slices import Slice, default_slice
from tinkernet.engine.training.trainer import Trainer

GRID = 33
"""Places of the grid from edge to edge of the map, along both axes. Every second line of them is drawn."""
MOST_POINTS = 300
"""Training points that are shown; a fit takes all."""

INPUTS, FEATURES, HIDDEN, OUTPUT = range(4)
"""What a stop is: the plane of the map, the inputs of the network where they are others, a layer, the output."""


class Stop(NamedTuple):
    """Where the plane is at one stop.

    kind: see INPUTS. units: how many it has. places: (grid + points, 2), the grid row by row from the lower left
    corner. share: of the variance of the training points, in the plane that is shown; 1 where it is all. right: how
    many training points a logistic regression names, -1 where it was not asked. line: a, b, c of the line
    a x + b y = c on which the output is undecided (the last layer before a single output) or on which the logistic
    regression is; NaN where there is none.
    """

    kind: int
    units: int
    places: Floats
    share: float
    right: int
    line: tuple[float, float, float]


NO_LINE = (np.nan, np.nan, np.nan)


def shown_points(count: int) -> NDArray[np.int64]:
    """The rows of the training points that are shown: at most MOST_POINTS, evenly."""
    most = min(count, MOST_POINTS)
    return np.arange(most) * count // max(most, 1)


def bending(trainer: Trainer, plane: Slice | None = None) -> list[Stop]:
    """All stops, the inputs first and the output last. plane: of the map; without one the `default_slice`."""
    plane = plane or default_slice(trainer.dataset)
    points, task, sizes = trainer.data.train, trainer.task, trainer.network.sizes
    lattice = np.linspace(-EDGE, EDGE, GRID)
    grid = np.stack(np.meshgrid(lattice, lattice), axis=-1).reshape(-1, 2)
    own = shown_points(len(points))
    inputs = np.vstack([plane.lift(grid), points.inputs])
    rows = np.split(activations(trainer, inputs), np.cumsum(sizes)[:-1])
    classes = points.targets[:, 0].astype(np.int64) if task.classes else None
    stops = [_plane_stop(grid, plane.project(points.inputs)[own])]
    for layer, units in enumerate(rows):
        is_plane = layer == 0 and sorted(trainer.spec.features) == ["x", "y"] and plane.is_plane
        is_last = layer == len(sizes) - 1
        values = units.T
        trained = values[len(grid) :]
        found = None
        if classes is not None and not (is_last and task.outputs == 1):
            found = separation(trained, classes, task.classes)
        right = -1 if found is None else found.right
        middle, axes, share = main_plane(trained)
        line = NO_LINE
        if layer == len(sizes) - 2 and task.classes and task.outputs == 1:
            line = _on_plane(trainer.network.weights(layer)[0], float(trainer.network.biases(layer)[0]), middle, axes)
        elif found is not None and task.classes == 2:
            line = _on_plane(found.weights[1], float(found.biases[1]), middle, axes)
        if is_plane:
            stops[0] = stops[0]._replace(right=right, line=line)
            continue
        kind = FEATURES if layer == 0 else OUTPUT if is_last else HIDDEN
        shown = np.vstack([values[: len(grid)], trained[own]])
        stops.append(Stop(kind, sizes[layer], (shown - middle) @ axes.T, share, right, line))
    return stops


def _plane_stop(grid: Floats, points: Floats) -> Stop:
    return Stop(INPUTS, 2, np.vstack([grid, points]), 1.0, -1, NO_LINE)


def main_plane(values: Floats) -> tuple[Floats, Floats, float]:
    """The plane in which values (n, d) vary most: a point (d,), two directions (2, d), and the share of the variance.

    Up to two columns are themselves; where there are fewer, a direction is 0. A direction has its largest number
    positive.
    """
    count = values.shape[1]
    if count <= 2:
        return np.zeros(count), np.eye(2, count), 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        middle = values.mean(axis=0) if len(values) else np.zeros(count)
        spread = (values - middle).T @ (values - middle)
    if not np.isfinite(spread).all():
        return np.zeros(count), np.eye(2, count), 0.0
    variances, vectors = np.linalg.eigh(spread)
    axes = vectors.T[::-1][:2]
    axes = axes * np.where(axes[np.arange(2), np.argmax(np.abs(axes), axis=1)] < 0.0, -1.0, 1.0)[:, None]
    whole = float(variances.sum())
    return middle, axes, float(variances[-2:].sum()) / whole if whole > 0.0 else 1.0


def _on_plane(weights: Floats, bias: float, middle: Floats, axes: Floats) -> tuple[float, float, float]:
    """Where weights · values + bias is 0 on a plane through `middle`."""
    across, up = axes @ weights
    return float(across), float(up), -bias - float(weights @ middle)
