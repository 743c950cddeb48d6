"""Points laid out for the kernels: chunks of lanes, so that one vector holds the same input of several points."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._simd import WIDTH, aligned
from .features import features_of, grid

MAX_LANES = 32
"""Points that go through the network together: enough to share each weight's load, few enough for the first cache."""


MAP_LANES = 16


class Batches(NamedTuple):
    """The training set by batch: the pack, and 1 beside each chunk after which the weights are updated."""

    pack: NDArray[np.float64]
    ends: NDArray[np.int64]


def pack(points: NDArray[np.float64], features: tuple[str, ...], lanes: int = MAX_LANES) -> NDArray[np.float64]:
    """Points (n, 2 or 3: x, y and, it may be, label) as float64 (chunks, features + 2, lanes); see `kernels`."""
    return _packed(points, features, [(0, len(points))], lanes)


@lru_cache(maxsize=16)
def squares(side: int, features: tuple[str, ...], shift: float = 0.0) -> NDArray[np.float64]:
    """The pack of a map's points (see `grid`); made once for all who paint such maps, and never changed."""
    return pack(grid(side, shift), features, MAP_LANES)


def batches(points: NDArray[np.float64], features: tuple[str, ...], batch_size: int, carry: bool) -> Batches:
    """The training set in batches of `batch_size`, the last one perhaps short.

    A short batch updates the weights like any other or, with `carry`, waits for the next epoch's first update.
    A batch larger than a vector kernel holds at once is cut into chunks of equal size.
    """
    size = min(batch_size, len(points))
    per_batch = -(-size // MAX_LANES)
    lanes = _whole_vectors(-(-size // per_batch))
    spans = [(start, min(start + batch_size, len(points))) for start in range(0, len(points), batch_size)]
    ends: list[int] = []
    for start, stop in spans:
        chunks = -(-(stop - start) // lanes)
        ends += [0] * (chunks - 1) + [int(not carry or stop - start == batch_size)]
    return Batches(_packed(points, features, spans, lanes), np.array(ends, np.int64))


def _whole_vectors(count: int) -> int:
    return -(-count // WIDTH) * WIDTH


def _packed(
    points: NDArray[np.float64], features: tuple[str, ...], spans: list[tuple[int, int]], lanes: int
) -> NDArray[np.float64]:
    """Each span of points in chunks of lanes; a lane left over repeats the last point of its span."""
    starts: list[int] = []
    stops: list[int] = []
    for start, stop in spans:
        chunk_starts = range(start, stop, lanes)
        starts += chunk_starts
        stops += [stop] * len(chunk_starts)
    wanted = np.array(starts)[:, None] + np.arange(lanes)
    limit = np.array(stops)[:, None]
    chosen = np.minimum(wanted, limit - 1)
    rows = np.zeros((len(features) + 2, len(points)))
    rows[: len(features)] = features_of(points, features)
    if points.shape[1] > 2:
        rows[-2] = points[:, 2]
    packed = aligned(len(starts) * len(rows) * lanes).reshape(len(starts), len(rows), lanes)
    packed[:] = rows[:, chosen].transpose(1, 0, 2)
    packed[:, -1] = wanted < limit
    return packed
