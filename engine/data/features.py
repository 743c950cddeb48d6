"""The inputs a network may be given: of points on the plane functions of x and y, of others their columns.

Numbers on a line may be given both ways: they are the points of the plane where y is 0.

An input goes by its key: a feature's key, `in.N` for the column N of the data, counted from 0, or `=` and a formula for
a feature that a person has written (see `expressions`).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.elementwise import angle, cosine, exponential, sine
from tinkernet.engine.data import expressions
from tinkernet.engine.data.dataset import MAX_COLUMNS
from tinkernet.engine.data.expression_parser import NUMBER, Formula, ParseError, parsed
from tinkernet.engine.data.grid import grid, quantised

COLUMN = r"in\.(?:[0-9]|[1-5][0-9]|6[0-3])"
"""The pattern of a column's key."""
MOST_WRITTEN, LONGEST_WRITTEN = 8, 120
WRITTEN = rf"=[ -+\--~]{{1,{LONGEST_WRITTEN}}}"
"""The pattern of the key of a feature that is written: printable, without a comma, which separates keys."""


class Feature(NamedTuple):
    """A function of a point on the plane: its key in links and on the wire, its name on the page, its formula.

    key: letters. formula: for a person. function: of arrays x and y. basic: one of the original's, on the page for a
    beginner too. on_line: a function of x alone.
    """

    key: str
    label: str
    formula: str
    function: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
    basic: bool = False
    on_line: bool = False


def is_column(key: str) -> bool:
    """Whether this is the key of a column, `in.0` to `in.63`."""
    return key in _COLUMN_KEYS


def is_written(key: str) -> bool:
    """Whether this is the key of a feature that a person has written."""
    return key.startswith("=")


def checked_written(key: str) -> str:
    """The key as it is kept. Raises FormulaError where no formula of a number follows the sign."""
    text = expressions.checked("features", key.removeprefix("="), NUMBER, "New feature", columns=True)
    if len(text) > LONGEST_WRITTEN:
        said = f"A feature has at most {LONGEST_WRITTEN} characters, and this one {len(text)}."
        raise expressions.FormulaError("features", text, NUMBER, ParseError(LONGEST_WRITTEN, said), "New feature")
    return f"={text}"


def is_of_columns(key: str) -> bool:
    """Whether this is a column, or a feature that is written of columns by their numbers."""
    return is_column(key) or (is_written(key) and bool(_formula(key).columns))


def _formula(key: str) -> Formula:
    return parsed(key.removeprefix("="), columns=True)


def is_input(key: str, columns: int) -> bool:
    """Whether points with so many columns have the input of this key: up to two a feature, other than two a column.

    A feature that is written is of x and y, or of three columns or more by their numbers.
    """
    if is_written(key):
        formula = _formula(key)
        return (
            not formula.columns if columns <= 2 else not formula.on_plane and max(formula.columns, default=0) < columns
        )
    if columns <= 2 and key in feature_from_key:
        return True
    return columns != 2 and key in column_keys(columns)


def column_of(key: str) -> int:
    """The column that a key `in.N` names, counted from 0."""
    return int(key.removeprefix("in."))


def column_keys(count: int) -> tuple[str, ...]:
    """The keys of so many columns."""
    return tuple(f"in.{column}" for column in range(count))


_COLUMN_KEYS = frozenset(column_keys(MAX_COLUMNS))


def features_of(points: NDArray[np.float64], keys: tuple[str, ...]) -> NDArray[np.float64]:
    """The inputs of a network for points (n, d): float64 (len(keys), n). Features are functions of columns 0 and 1.

    The keys are known, and the columns that they need are there. In a hole a written feature is 0: with NaN the network
    could not learn of any point.
    """
    inputs = np.empty((len(keys), len(points)))
    second = _second(points)
    for row, key in enumerate(keys):
        if is_written(key):
            inputs[row] = np.nan_to_num(written_feature(key, points), nan=0.0)
        elif key in feature_from_key:
            inputs[row] = feature_from_key[key].function(points[:, 0], second)
        else:
            inputs[row] = points[:, column_of(key)]
    return inputs


def written_feature(key: str, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The values (n,) of a feature that is written; NaN in a hole."""
    return expressions.values(key.removeprefix("="), points[:, 0], _second(points), points)


def _second(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points[:, 1] if points.shape[1] > 1 else np.zeros(len(points))


def thumbnails(side: int) -> dict[str, NDArray[np.uint8]]:
    """A quantised (side * side) map of every feature on the plane, in image order, by key."""
    keys = tuple(feature_from_key)
    return dict(zip(keys, map(quantised, features_of(grid(side), keys)), strict=True))


def _bump(key: str, label: str, x0: float, y0: float) -> Feature:
    """A Gaussian bump of height 1, half as high 2.35 away from its centre."""
    formula = f"e^(−((X₁ − {x0:g})² + (X₂ − {y0:g})²) / 8)".replace("− -", "+ ")
    return Feature(key, label, formula, lambda x, y: exponential(((x - x0) ** 2 + (y - y0) ** 2) / -8.0))


FEATURES = (
    Feature("x", "X₁", "X₁", lambda x, y: x, True, True),
    Feature("y", "X₂", "X₂", lambda x, y: y, True),
    Feature("xSquared", "X₁²", "X₁²", lambda x, y: x * x, True, True),
    Feature("ySquared", "X₂²", "X₂²", lambda x, y: y * y, True),
    Feature("xTimesY", "X₁X₂", "X₁X₂", lambda x, y: x * y, True),
    Feature("sinX", "sin X₁", "sin X₁", lambda x, y: sine(x), True, True),
    Feature("sinY", "sin X₂", "sin X₂", lambda x, y: sine(y), True),
    Feature("xCubed", "X₁³", "X₁³", lambda x, y: x * x * x, on_line=True),
    Feature("yCubed", "X₂³", "X₂³", lambda x, y: y * y * y),
    Feature("absX", "|X₁|", "|X₁|", lambda x, y: np.abs(x), on_line=True),
    Feature("absY", "|X₂|", "|X₂|", lambda x, y: np.abs(y)),
    Feature("radius", "Radius", "√(X₁² + X₂²)", lambda x, y: np.sqrt(x * x + y * y)),
    Feature("angle", "Angle", "atan2(X₂, X₁)", lambda x, y: angle(y, x)),
    Feature("sinTwoX", "sin 2X₁", "sin 2X₁", lambda x, y: sine(2.0 * x), on_line=True),
    Feature("sinTwoY", "sin 2X₂", "sin 2X₂", lambda x, y: sine(2.0 * y)),
    Feature("cosX", "cos X₁", "cos X₁", lambda x, y: cosine(x), on_line=True),
    Feature("cosY", "cos X₂", "cos X₂", lambda x, y: cosine(y)),
    _bump("bumpNW", "Bump ↖", -4.0, 4.0),
    _bump("bumpN", "Bump ↑", 0.0, 4.0),
    _bump("bumpNE", "Bump ↗", 4.0, 4.0),
    _bump("bumpW", "Bump ←", -4.0, 0.0),
    _bump("bumpC", "Bump ·", 0.0, 0.0),
    _bump("bumpE", "Bump →", 4.0, 0.0),
    _bump("bumpSW", "Bump ↙", -4.0, -4.0),
    _bump("bumpS", "Bump ↓", 0.0, -4.0),
    _bump("bumpSE", "Bump ↘", 4.0, -4.0),
)
"""In the order in which a network takes them."""

feature_from_key = {feature.key: feature for feature in FEATURES}
