"""Maps as bytes: how many pixels and shades they have on the wire, and how a map of classes is written.

The engine gives a map in 255 levels (engine/data/grid.py). Fewer are sent: a map is most of a message, and no eye tells
more of them apart.
"""

from __future__ import annotations

from math import isqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tinkernet.engine.formulas.layout import NOT_FINITE

Bytes: TypeAlias = npt.NDArray[np.uint8]

# A pixel of the big map is the mean of two points (`smooth`), and the page interpolates between pixels. So 64 x 64 show
# a steep border with fewer steps than 100 x 100 single points, in fewer bytes. TensorFlow Playground has 30 shades.
BIG_SIDE, BIG_LEVELS = 64, 79
SMALL_SIDE, SMALL_LEVELS = 16, 31
SMALL_MOST = 16  # of each layer, the first neurons that have a small map
OUTPUT = "output"  # the unit that stands for all outputs; with several of them its big map is a map of classes
NO_CLASS = 255


class ClassMap(NamedTuple):
    """The big map of several outputs, (side * side,): each pixel's class, and its lead from 0 to 1 (NaN: undefined)."""

    winners: npt.NDArray[np.int64]
    leads: npt.NDArray[np.float64]
    classes: int


def small_levels(maps: Bytes) -> Bytes:
    """Small maps (neurons, side * side) in 255 levels, as (neurons, side, side) in SMALL_LEVELS."""
    side = isqrt(maps.shape[1])
    return _levels(maps, SMALL_LEVELS).reshape(-1, side, side)


def big_levels(map: Bytes | ClassMap) -> tuple[Bytes, int, int]:
    """A big map (side * side,) as levels (side, side), how many levels, and how many classes (0: not a map of classes).

    A pixel of a map of classes is its class times the number of levels, plus the level of its lead.
    """
    if isinstance(map, ClassMap):
        count = min(BIG_LEVELS, NOT_FINITE // map.classes)
        found, classes = _class_levels(map, count), map.classes
    else:
        count = BIG_LEVELS
        found, classes = _levels(map, count), 0
    side = isqrt(found.size)
    return found.reshape(side, side), count, classes


def _class_levels(map: ClassMap, count: int) -> Bytes:
    defined = np.isfinite(map.leads)
    leads = np.rint(np.where(defined, map.leads, 0.0) * (count - 1)).astype(np.uint8)
    found: Any = np.where(defined, map.winners.astype(np.uint8) * np.uint8(count) + leads, NOT_FINITE)
    return found.astype(np.uint8)  # type: ignore[no-any-return]


def _levels(map: Bytes, count: int) -> Bytes:
    """255 levels as `count` of them. With NumPy's `take` the threads would change turns here."""
    return np.frombuffer(map.tobytes().translate(_level_from_byte[count]), np.uint8)


_level_from_byte = {
    count: np.append(np.rint(np.arange(NOT_FINITE) * ((count - 1) / 254)), NOT_FINITE).astype(np.uint8).tobytes()
    for count in (SMALL_LEVELS, BIG_LEVELS)
}
