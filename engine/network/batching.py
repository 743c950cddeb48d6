"""Points laid out for the kernels: chunks of lanes, so that one vector holds the same input of several points."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.simd import EIGHT, FOUR, WIDTH, aligned
from tinkernet.engine.data.dataset import Points
from tinkernet.engine.data.features import features_of
from tinkernet.engine.data.grid import grid
from tinkernet.engine.data.slices import Slice
from tinkernet.engine.formulas.losses import SQUARED
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.spec.task import Task

MAX_LANES = 32
"""Points that go through the network together: enough to share each weight's load, few enough for the first cache."""


class Batches(NamedTuple):
    """The training set by batch: the pack; its `marks` (see `kernels`); which row of `rows` each lane has taken."""

    pack: NDArray[np.float64]
    marks: NDArray[np.int64]
    slots: NDArray[np.int64]
    rows: NDArray[np.float64]


def pack(points: Points, features: tuple[str, ...], task: Task, lanes: int = MAX_LANES) -> NDArray[np.float64]:
    """Points with their targets as float64 (chunks, rows, lanes); see `kernels`. No chunk where there is no point."""
    return _packed(rows_of(points, features, task), _slots([(0, len(points))], lanes))


def unlabelled(points: NDArray[np.float64], features: tuple[str, ...]) -> NDArray[np.float64]:
    """Points (n, d) without targets, for which the network is only evaluated: the same without rows for targets."""
    rows = np.vstack([features_of(points, features), np.zeros(len(points))])
    return _packed(rows, _slots([(0, len(points))], MAX_LANES))


@lru_cache(maxsize=16)
def squares(side: int, features: tuple[str, ...], plane: Slice, shift: float = 0.0) -> NDArray[np.float64]:
    """The pack of a map's points (see `grid`); made once for all who paint such maps, and never changed."""
    return unlabelled(plane.lift(grid(side, shift)), features)


def targets(values: NDArray[np.float64], task: Task) -> NDArray[np.float64]:
    """The target of each output: (outputs, n) for the targets (n, k) of a data set.

    Numbers are their own targets. For classes the output of a point's own class has the target 1, the others `low` (see
    `Task`); a single output has 1 for class 1 and `low` for class 0.
    """
    if not task.classes:
        return values.T
    classes = np.ones(1) if task.outputs == 1 else np.arange(task.outputs)
    return np.where(values[:, 0] == classes[:, None], 1.0, task.low)


def rows_of(points: Points, features: tuple[str, ...], task: Task) -> NDArray[np.float64]:
    """The rows of a pack: inputs, targets, and one for the mask."""
    inputs = len(features)
    rows = np.zeros((inputs + task.outputs + 1, len(points)))
    rows[:inputs] = features_of(points.inputs, features)
    rows[inputs:-1] = targets(points.targets, task)
    return rows


def batches(points: Points, spec: Spec, task: Task) -> Batches:
    """The training set in batches of `batch_size`, the last one perhaps short.

    A short batch updates the weights like any other or, with `carry`, waits for the next epoch's first update.
    A batch larger than a vector kernel holds at once is cut into chunks of equal size. One of a single point has one
    lane, where `online` knows how to train on it: so its units stand side by side.
    """
    count = len(points)
    size = min(spec.batch_size, count)
    lanes = lanes_of(size)
    spans = [(start, min(start + spec.batch_size, count)) for start in range(0, count, spec.batch_size)]
    carry = spec.short_batch == "carry"
    marks: list[tuple[int, int]] = []
    for start, stop in spans:
        firsts = range(start, stop, lanes)
        updates = not carry or stop - start == spec.batch_size
        marks += [(int(updates and first == firsts[-1]), first) for first in firsts]
    rows = rows_of(points, spec.features, task)
    if spec.batch_size == 1 and task.loss_code == SQUARED and spec.dropout == 0.0:
        lanes, rows = 1, _side_by_side(rows, len(spec.features))
    slots = _slots(spans, lanes)
    return Batches(_packed(rows, slots), np.array(marks, np.int64), slots.chosen, rows)


def _side_by_side(rows: NDArray[np.float64], inputs: int) -> NDArray[np.float64]:
    """Rows of a pack, inputs and targets filled up to a multiple of FOUR with zeros."""
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


class _Slots(NamedTuple):
    """For each chunk and lane (chunks, lanes): the point it holds, and whether that is a point of its own."""

    chosen: NDArray[np.int64]
    own: NDArray[np.bool_]


def _slots(spans: list[tuple[int, int]], lanes: int) -> _Slots:
    """Each span of points in chunks of lanes; a lane left over repeats the last point of its span."""
    starts: list[int] = []
    stops: list[int] = []
    for start, stop in spans:
        chunk_starts = range(start, stop, lanes)
        starts += chunk_starts
        stops += [stop] * len(chunk_starts)
    wanted = np.array(starts, np.int64)[:, None] + np.arange(lanes)
    limit = np.array(stops, np.int64)[:, None]
    return _Slots(np.minimum(wanted, limit - 1), wanted < limit)


def _packed(rows: NDArray[np.float64], slots: _Slots) -> NDArray[np.float64]:
    chunks, lanes = slots.own.shape
    packed = aligned(chunks * len(rows) * lanes).reshape(chunks, len(rows), lanes)
    packed[:] = rows[:, slots.chosen].transpose(1, 0, 2)
    packed[:, -1] = slots.own
    return packed
