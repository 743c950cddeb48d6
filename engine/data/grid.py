"""The square that maps and built-in points live in, its sample points, and map values as bytes."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.formulas.layout import NOT_FINITE

EDGE = 6.0
"""The square is [-EDGE, EDGE] x [-EDGE, EDGE]."""


@lru_cache(maxsize=8)
def grid(side: int, shift: float = 0.0) -> NDArray[np.float64]:
    """The (side * side, 2) sample points of a map in image order, the top row first: the middles of its pixels.

    Not from edge to edge: a picture is stretched by its pixels, and each sample would be shown beside its place.
    `shift` moves them by that part of a pixel down and to the left; below zero, up and to the right.
    """
    line = EDGE * (2 * (np.arange(side) - shift) + 1 - side) / side
    x, y = np.meshgrid(line, line[::-1])
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    points.flags.writeable = False
    return points


def quantised(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Map values as bytes: -1 is 0, +1 is 254, outside is clamped, 255 says "not a finite number"."""
    finite = np.isfinite(values)
    levels = np.rint(np.clip(np.where(finite, values, 0.0), -1.0, 1.0) * 127.0 + 127.0)
    return np.where(finite, levels, NOT_FINITE).astype(np.uint8)
