"""Points in tiles, as the kernels take them: one vector holds the same input of several points.

See `kernels.arguments` for what a tile is.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.simd import EIGHT, FOUR, WIDTH, aligned
from tinkernet.engine.data.dataset import Floats, Points
from tinkernet.engine.data.features import features_of
from tinkernet.engine.data.grid import grid
from tinkernet.engine.data.slices import Slice
from tinkernet.engine.formulas.losses import SQUARED
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.spec.task import Task

MAX_LANES = 32
"""The most points in a tile: enough to share the load of each weight, few enough for the first-level cache."""


class Batches(NamedTuple):
    """The training set by batch, as `kernels.train` takes it, and what it takes to put the points into another order.

    tiles: (tiles, rows, lanes) float64. batch_index: (tiles, 2) int64. See `kernels.arguments` for both.
    lane_points: (tiles, lanes) int64, the point that each lane holds. rows: (rows, n) float64, all points side by side.
    """

    tiles: Floats
    batch_index: NDArray[np.int64]
    lane_points: NDArray[np.int64]
    rows: Floats


def tiles_of(points: Points, features: tuple[str, ...], task: Task, lanes: int = MAX_LANES) -> Floats:
    """Points with their targets in tiles: float64 (tiles, rows, lanes). Without any point there is no tile."""
    return _tiled(tile_rows(points, features, task), _lanes([(0, len(points))], lanes))


def input_tiles(points: Floats, features: tuple[str, ...]) -> Floats:
    """Points (n, d) in tiles without rows for targets: for what is only evaluated."""
    return code_tiles(features_of(points, features).T)


def code_tiles(codes: Floats) -> Floats:
    """The same of outputs (n, k) of a layer, for the layers behind it."""
    rows = np.vstack([codes.T, np.zeros(len(codes))])
    return _tiled(rows, _lanes([(0, len(codes))], MAX_LANES))


def single_tiles(points: Points, features: tuple[str, ...], task: Task) -> Floats:
    """Points with their targets, each in a tile of its own: for what is asked of every one of them."""
    spans = [(index, index + 1) for index in range(len(points))]
    return _tiled(tile_rows(points, features, task), _lanes(spans, EIGHT))


@lru_cache(maxsize=16)
def map_tiles(side: int, features: tuple[str, ...], plane: Slice, shift: float = 0.0) -> Floats:
    """The tiles of a map's points (see `grid`). All who paint such a map share them, and nobody changes them."""
    return input_tiles(plane.lift(grid(side, shift)), features)


def targets(values: Floats, task: Task) -> Floats:
    """The target of each output: (outputs, n) for the targets (n, k) of a data set.

    Numbers are their own targets. For classes the output of a point's own class has the target 1, the others `low` (see
    `Task`); a single output has 1 for class 1 and `low` for class 0.
    """
    if not task.classes:
        return values.T
    classes = np.ones(1) if task.outputs == 1 else np.arange(task.outputs)
    return np.where(values[:, 0] == classes[:, None], 1.0, task.low)


def tile_rows(points: Points, features: tuple[str, ...], task: Task) -> Floats:
    """The rows of tiles, all points side by side: inputs, targets, and one that `_tiled` fills."""
    inputs = len(features)
    rows = np.zeros((inputs + task.outputs + 1, len(points)))
    rows[:inputs] = features_of(points.inputs, features)
    rows[inputs:-1] = targets(points.targets, task)
    return rows


def batches(points: Points, spec: Spec, task: Task) -> Batches:
    """The training points in batches of `batch_size`, the last one perhaps short.

    A short batch updates the weights like any other or, with `carry`, waits for the next epoch's first update.
    A batch of more points than a tile holds is cut into tiles of equal size. Batches of one point have tiles of one
    lane where `kernels.single` can train on them.
    """
    count = len(points)
    size = min(spec.batch_size, count)
    lanes = lanes_of(size)
    spans = [(start, min(start + spec.batch_size, count)) for start in range(0, count, spec.batch_size)]
    carry = spec.short_batch == "carry"
    batch_index: list[tuple[int, int]] = []
    for start, stop in spans:
        firsts = range(start, stop, lanes)
        updates = not carry or stop - start == spec.batch_size
        batch_index += [(int(updates and first == firsts[-1]), first) for first in firsts]
    rows = tile_rows(points, spec.features, task)
    if spec.batch_size == 1 and task.loss_code == SQUARED and spec.dropout == 0.0:
        lanes, rows = 1, _side_by_side(rows, len(spec.features))
    filled = _lanes(spans, lanes)
    return Batches(_tiled(rows, filled), np.array(batch_index, np.int64), filled.points, rows)


def _side_by_side(rows: Floats, inputs: int) -> Floats:
    """The rows of tiles of one lane: inputs and targets each filled up to a multiple of FOUR with zeros."""
    parts = (rows[:inputs], rows[inputs:-1])
    filled = [np.pad(part, ((0, -len(part) % FOUR), (0, 0))) for part in parts]
    return np.vstack([*filled, rows[-1:]])


def lanes_of(size: int) -> int:
    """Lanes of the chunks that a batch of so many points is cut into.

    A cut comes after a multiple of EIGHT points on every processor, for it changes the order of sums. A batch that is
    one chunk is filled up to whole vectors only: what fills it up adds nothing to the sums. Some lane is filled up on
    every processor or on none, so that a point that overflows makes the same infinities and NaNs everywhere.
    """
    chunks = -(-size // MAX_LANES)
    lanes = _filled_up(-(-size // chunks), EIGHT)
    return lanes if chunks > 1 or size == lanes else _filled_up(size + 1, WIDTH)


def _filled_up(count: int, to: int) -> int:
    """The next multiple."""
    return -(-count // to) * to


class _Lanes(NamedTuple):
    """For each tile and lane, (tiles, lanes): the number of the point it holds, and whether the lane counts."""

    points: NDArray[np.int64]
    counts: NDArray[np.bool_]


def _lanes(spans: list[tuple[int, int]], lanes: int) -> _Lanes:
    """Each span of points in tiles. Lanes that are left over repeat the last point of the span, and do not count."""
    starts: list[int] = []
    stops: list[int] = []
    for start, stop in spans:
        tile_starts = range(start, stop, lanes)
        starts += tile_starts
        stops += [stop] * len(tile_starts)
    wanted = np.array(starts, np.int64)[:, None] + np.arange(lanes)
    limit = np.array(stops, np.int64)[:, None]
    return _Lanes(np.minimum(wanted, limit - 1), wanted < limit)


def _tiled(rows: Floats, lanes: _Lanes) -> Floats:
    count, width = lanes.counts.shape
    tiles = aligned(count * len(rows) * width).reshape(count, len(rows), width)
    tiles[:] = rows[:, lanes.points].transpose(1, 0, 2)
    tiles[:, -1] = lanes.counts
    return tiles
