"""Formulas of x and y that a person writes: what a text stands for, and its values (see `expression_parser`).

Where a part of a formula has no finite value, as 1/0 or the logarithm of -1, the formula has a hole: NaN. A condition
has one where it depends on such a part: `x > 0 and log(x) > 1` has none, for the first part decides where x is not
above 0.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler import elementwise
from tinkernet.engine.data.expression_parser import CONDITION, LONGEST, NUMBER, ParseError, parsed
from tinkernet.engine.errors import SpecError

Array = NDArray[np.float64]

ALLOWED = {
    NUMBER: f"a formula of at most {LONGEST} characters for a number, such as sin(x) * y",
    CONDITION: f"a formula of at most {LONGEST} characters for a condition, such as y > sin(x)",
}
"""By the kind of value, what a text may be, in words that follow "must be"."""


class FormulaError(SpecError):
    """A text that is no formula, or one of another kind. position: the character that is wrong, counted from 0."""

    def __init__(self, field: str, text: str, kind: str, error: ParseError, label: str) -> None:
        super().__init__(field, text, ALLOWED[kind], label)
        self.position = error.position
        self.args = (f"{label}: {error}",)


def canonical(text: str) -> str:
    """A formula as it is kept: in ASCII, single spaces, and no comma, which separates formulas in a list."""
    return " ".join(text.split()).replace(",", ";").replace("\u2212", "-")


def checked(field: str, text: object, kind: str, label: str, columns: bool = False) -> str:
    """The canonical text of a formula with this kind of value. Raises FormulaError for any other text.

    columns: whether it may be of columns of a table.
    """
    if not isinstance(text, str):
        raise SpecError(field, text, ALLOWED[kind], label)
    try:
        found = parsed(text, columns).kind
        if found != kind:
            raise ParseError(0, f"Expected {kind} at character 0, found {found}.")
    except ParseError as error:
        raise FormulaError(field, text, kind, error, label) from None
    return canonical(text)


def values(text: str, x: Array, y: Array, columns: Array | None = None) -> Array:
    """The values of a formula at points: float64 of the shape of x; NaN is a hole, and a condition 1 or 0.

    columns: (n, d), for a formula of the columns of a table.
    Raises ParseError for a text that is no formula.
    """
    stack: list[Array] = []
    with np.errstate(all="ignore"):
        for name, value in parsed(text, columns is not None).program:
            if name == "number":
                stack.append(np.array(value))
            elif name == "column" and columns is not None:
                stack.append(columns[:, int(value)])
            elif name in ("x", "y"):
                stack.append(x if name == "x" else y)
            elif name in _UNARY:
                stack.append(_holed(_UNARY[name](stack.pop())))
            else:
                second, first = stack.pop(), stack.pop()
                stack.append(_holed(_BINARY[name](first, second)))
    return np.broadcast_to(stack.pop(), x.shape).astype(np.float64)


def _holed(found: Array) -> Array:
    return np.where(np.isfinite(found), found, np.nan)


def _where_both(test: Callable[[Array, Array], NDArray[np.bool_]]) -> Callable[[Array, Array], Array]:
    """A comparison; a hole where one of its sides has one."""
    return lambda a, b: np.where(np.isnan(a) | np.isnan(b), np.nan, test(a, b).astype(np.float64))


def _chosen(test: Callable[[Array, Array], NDArray[np.bool_]]) -> Callable[[Array, Array], Array]:
    """The second where the test holds, else the first. NumPy's own may take either of two zeros."""
    return lambda a, b: np.where(np.isnan(a) | np.isnan(b), np.nan, np.where(test(a, b), b, a))


def _power(base: Array, exponent: Array) -> Array:
    return np.where(np.isnan(base) | np.isnan(exponent), np.nan, elementwise.powers(base, exponent))


_UNARY: dict[str, Callable[[Array], Array]] = {
    "negative": np.negative,
    "not": lambda a: 1.0 - a,
    "sin": elementwise.sine,
    "cos": elementwise.cosine,
    "tan": lambda a: elementwise.sine(a) / elementwise.cosine(a),
    "exp": elementwise.exponential,
    "log": elementwise.logarithm,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "gauss": lambda a: elementwise.exponential(-a * a),
}

_BINARY: dict[str, Callable[[Array, Array], Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": _power,
    "min": _chosen(np.greater),
    "max": _chosen(np.less),
    "atan2": elementwise.angle,
    "<": _where_both(np.less),
    "<=": _where_both(np.less_equal),
    ">": _where_both(np.greater),
    ">=": _where_both(np.greater_equal),
    "=": _where_both(np.equal),
    "!=": _where_both(np.not_equal),
    # What one side decides does not depend on the other.
    "and": lambda a, b: np.where((a == 0.0) | (b == 0.0), 0.0, a * b),
    "or": lambda a, b: np.where((a == 1.0) | (b == 1.0), 1.0, a + b),
}
