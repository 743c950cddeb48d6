"""Points laid out for the kernels: chunks of lanes, so that one vector holds the same input of several points."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.simd import EIGHT, FOUR, WIDTH, aligned
from tinkernet.engine.data.features import features_of
from tinkernet.engine.data.grid import grid
from tinkernet.engine.formulas.losses import SQUARED, output_from_key
from tinkernet.engine.spec.spec import Spec

MAX_LANES = 32
"""Points that go through the network together: enough to share each weight's load, few enough for the first cache."""


class Batches(NamedTuple):
    """The training set by batch: the pack; its `marks` (see `kernels`); which row of `rows` each lane has taken."""

    pack: NDArray[np.float64]
    marks: NDArray[np.int64]
    slots: NDArray[np.int64]
    rows: NDArray[np.float64]


def pack(points: NDArray[np.float64], spec: Spec, lanes: int = MAX_LANES) -> NDArray[np.float64]:
    """Points (n, 3: x, y, label) as float64 (chunks, rows, lanes); see `kernels`."""
    return _packed(rows_of(points, spec), _slots([(0, len(points))], lanes))


def unlabelled(points: NDArray[np.float64], features: tuple[str, ...]) -> NDArray[np.float64]:
    """Points (n, 2 or more: x, y, ...) to be answered only: the same without targets."""
    rows = np.vstack([features_of(points, features), np.zeros(len(points))])
    return _packed(rows, _slots([(0, len(points))], MAX_LANES))


@lru_cache(maxsize=16)
def squares(side: int, features: tuple[str, ...], shift: float = 0.0) -> NDArray[np.float64]:
    """The pack of a map's points (see `grid`); made once for all who paint such maps, and never changed."""
    return unlabelled(grid(side, shift), features)


def targets(labels: NDArray[np.float64], spec: Spec) -> NDArray[np.float64]:
    """What each output should answer: (outputs, n) for labels (n,). See `datasets` for labels, `losses.Output.low`."""
    low = output_from_key[spec.active_output].low
    if spec.outputs == 1:
        return (labels if low == -1.0 else 0.5 + 0.5 * labels)[None]
    own = classes_of(labels, spec) == np.arange(spec.outputs)[:, None]
    return np.where(own, 1.0, low)


def classes_of(labels: NDArray[np.float64], spec: Spec) -> NDArray[np.int64]:
    """Labels (n,) as numbers of classes, from 0 on."""
    return (labels > 0.0 if spec.class_count == 2 else labels).astype(np.int64)


def rows_of(points: NDArray[np.float64], spec: Spec) -> NDArray[np.float64]:
    """The rows of a pack for labelled points (n, 3): inputs, targets, and one for the mask."""
    inputs = len(spec.features)
    rows = np.zeros((inputs + spec.outputs + 1, len(points)))
    rows[:inputs] = features_of(points, spec.features)
    rows[inputs:-1] = targets(points[:, 2], spec)
    return rows


def batches(points: NDArray[np.float64], spec: Spec) -> Batches:
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
    rows = rows_of(points, spec)
    if spec.batch_size == 1 and spec.loss_code == SQUARED and spec.dropout == 0.0:
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
    wanted = np.array(starts)[:, None] + np.arange(lanes)
    limit = np.array(stops)[:, None]
    return _Slots(np.minimum(wanted, limit - 1), wanted < limit)


def _packed(rows: NDArray[np.float64], slots: _Slots) -> NDArray[np.float64]:
    chunks, lanes = slots.own.shape
    packed = aligned(chunks * len(rows) * lanes).reshape(chunks, len(rows), lanes)
    packed[:] = rows[:, slots.chosen].transpose(1, 0, 2)
    packed[:, -1] = slots.own
    return packed
