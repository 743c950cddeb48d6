"""Points of data sets that a person writes as formulas: classes by regions of the square, or a surface over it.

All of it is bounded: what chance does not find in a number of rounds is taken from a grid. A text is looked at on that
grid first (`check_regions`, `height`), so that there is always something to take.
"""

from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import Floats
from tinkernet.engine.data.expressions import values
from tinkernet.engine.data.grid import EDGE
from tinkernet.engine.errors import SpecError
from tinkernet.engine.rng.seedrandom import uniforms

REGIONS, SURFACE = ("y > 2 * sin(x)",), "sin(x) * cos(y)"
"""What there is until somebody writes."""
MOST_REGIONS = 5
STEP = 0.2  # of the grid that texts are looked at on
_ROUNDS, _LOT = 16, 500  # the least number of points drawn in a round


@lru_cache(maxsize=1)
def _grid() -> Floats:
    line = np.linspace(-EDGE, EDGE, round(2 * EDGE / STEP) + 1)
    return np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)


def classes_at(regions: tuple[str, ...], points: Floats) -> Floats:
    """The class of each point (n, 2): the number of the first region that holds, from 1, else 0; NaN in a hole."""
    found = np.zeros(len(points))
    for number, text in reversed(list(enumerate(regions, 1))):
        held = values(text, points[:, 0], points[:, 1])
        found = np.where(held == 1.0, float(number), np.where(np.isnan(held), np.nan, found))
    return found


@lru_cache(maxsize=64)
def _grid_classes(regions: tuple[str, ...]) -> Floats:
    return classes_at(regions, _grid())


@lru_cache(maxsize=64)
def _grid_values(text: str) -> Floats:
    return values(text, *_grid().T)


def check_regions(regions: tuple[str, ...]) -> None:
    """Raises SpecError where a class has no part of the square."""
    found = _grid_classes(regions)
    for number in range(len(regions) + 1):
        if not (found == number).any():
            what = f"class {number + 1}" + ("" if number else ", what is in no region,")
            allowed = f"such that {what} has a part of the square from {-EDGE:g} to {EDGE:g}"
            raise SpecError("regions", regions[max(0, number - 1)], allowed, f"Class {max(2, number + 1)} where")


@lru_cache(maxsize=64)
def height(text: str) -> float:
    """What the values of a surface are divided by: the largest in size on a grid of the square, but at least 1.

    Raises SpecError for a formula that has no value on the square.
    """
    found = _grid_values(text)
    if np.isnan(found).all():
        allowed = f"a formula with a value somewhere in the square from {-EDGE:g} to {EDGE:g}"
        raise SpecError("surface", text, allowed, "Value")
    return max(1.0, float(np.nanmax(np.abs(found))))


def in_regions(regions: tuple[str, ...], of_class: NDArray[np.int64], noise: float, state: NDArray[np.int64]) -> Floats:
    """Points (n, 2), each drawn over the part of the square that its class has, then shaken by the noise.

    Points in holes are left out, and others drawn for them. What is shaken over the edge comes back from it.
    """
    points = np.empty((len(of_class), 2))
    waiting = [np.flatnonzero(of_class == each) for each in range(len(regions) + 1)]
    for _ in range(_ROUNDS):
        if not any(map(len, waiting)):
            break
        drawn = EDGE * (2.0 * uniforms((max(len(points), _LOT), 2), state) - 1.0)
        found = classes_at(regions, drawn)
        for each, rows in enumerate(waiting):
            taken = drawn[found == each][: len(rows)]
            points[rows[: len(taken)]] = taken
            waiting[each] = rows[len(taken) :]
    for each, rows in enumerate(waiting):  # of a small part
        points[rows] = _near(regions, each, len(rows), state)
    shaken = points + (2.0 * uniforms(points.shape, state) - 1.0) * 2.0 * noise
    return cast("Floats", np.where(np.abs(shaken) > EDGE, np.copysign(2.0 * EDGE, shaken) - shaken, shaken))


def _near(regions: tuple[str, ...], number: int, count: int, state: NDArray[np.int64]) -> Floats:
    """So many points of a class beside points of the grid or, where these are of another class, on them."""
    grid = _grid()[_grid_classes(regions) == number]
    drawn = uniforms((count, 3), state)
    on = grid[(drawn[:, 0] * len(grid)).astype(np.int64)]
    beside = np.clip(on + (drawn[:, 1:] - 0.5) * STEP, -EDGE, EDGE)
    return cast("Floats", np.where((classes_at(regions, beside) == number)[:, None], beside, on))


def on_surface(text: str, count: int, noise: float, state: NDArray[np.int64]) -> Floats:
    """So many points (n, 3) of x, y and value over the square, the values from -1 to 1 (see `height`).

    Noise moves the point that is measured, never the one that is shown. Points in holes are left out, and others drawn
    for them. Beside a pole values are cut at -1 and 1.
    """
    found, filled = np.empty((count, 3)), 0
    for _ in range(_ROUNDS):
        drawn = EDGE * (2.0 * uniforms((count, 4), state) - 1.0)
        measured = values(text, drawn[:, 0] + noise * drawn[:, 2], drawn[:, 1] + noise * drawn[:, 3])
        there = np.flatnonzero(np.isfinite(measured))[: count - filled]
        rows = slice(filled, filled + len(there))
        found[rows, :2], found[rows, 2] = drawn[there, :2], measured[there]
        filled += len(there)
        if filled == count:
            break
    else:
        known = _grid_values(text)
        grid = np.column_stack([_grid(), known])[np.isfinite(known)]
        found[filled:] = grid[(uniforms((count - filled,), state) * len(grid)).astype(np.int64)]
    found[:, 2] = np.clip(found[:, 2] / height(text), -1.0, 1.0)
    return found
