"""The inputs a network may be given: functions of the two coordinates of a point."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

EDGE = 6.0
"""Points and maps live in the square [-EDGE, EDGE] x [-EDGE, EDGE]."""

NOT_FINITE = 255
"""A map's byte where there is no finite number."""


class Feature(NamedTuple):
    """One input: its key in links and on the wire, its name on the page, its formula for a person and for NumPy."""

    key: str
    label: str
    formula: str
    function: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]


def features_of(points: NDArray[np.float64], keys: tuple[str, ...]) -> NDArray[np.float64]:
    """The inputs of a network for points (n, 2 or more columns: x, y, ...): float64 (len(keys), n)."""
    inputs = np.empty((len(keys), len(points)))
    for row, key in enumerate(keys):
        inputs[row] = feature_from_key[key].function(points[:, 0], points[:, 1])
    return inputs


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


def thumbnails(side: int) -> dict[str, NDArray[np.uint8]]:
    """A quantised (side * side) map of every feature, in image order, by key."""
    points = grid(side)
    return {feature.key: quantised(feature.function(points[:, 0], points[:, 1])) for feature in FEATURES}


FEATURES = (
    Feature("x", "X₁", "x", lambda x, y: x),
    Feature("y", "X₂", "y", lambda x, y: y),
    Feature("xSquared", "X₁²", "x²", lambda x, y: x * x),
    Feature("ySquared", "X₂²", "y²", lambda x, y: y * y),
    Feature("xTimesY", "X₁X₂", "xy", lambda x, y: x * y),
    Feature("sinX", "sin X₁", "sin x", lambda x, y: np.sin(x)),
    Feature("sinY", "sin X₂", "sin y", lambda x, y: np.sin(y)),
)
"""In the order in which a network takes them."""

feature_from_key = {feature.key: feature for feature in FEATURES}
