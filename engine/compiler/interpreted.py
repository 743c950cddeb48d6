"""The names of `simd` without the compiler (NUMBA_DISABLE_JIT=1): a vector is a NumPy array of as many values.

For stepping through a kernel with a debugger. Results may differ from compiled ones in the last bits.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.lanes import BUNCH, EIGHT, EXPONENT, FOUR, PAIR, WIDTH

Array = NDArray[Any]


def _loader(count: int) -> Callable[[Array, int], Any]:
    return lambda array, index: array.reshape(-1)[index : index + count].copy()


def _splatter(count: int) -> Callable[[float], Any]:
    return lambda number: _filled(np.empty(count), number)


def _filled(array: Array, number: float) -> Array:
    array.fill(number)
    return array


load, load_four, load_eight, load_pair, load_bunch = map(_loader, (WIDTH, FOUR, EIGHT, PAIR, BUNCH))
splat, splat_four, splat_eight = map(_splatter, (WIDTH, FOUR, EIGHT))


def number(array: Array, index: int) -> Any:
    return array.reshape(-1)[index]


def store(array: Array, index: int, value: Array) -> None:
    array.reshape(-1)[index : index + len(value)] = value


def store_bytes(array: Array, index: int, value: Array) -> None:
    array.reshape(-1)[index : index + WIDTH] = np.rint(value).astype(np.uint8)


def alike(value: Array, number: float) -> Any:
    return _filled(np.empty_like(value), number)


def select(where: Array, yes: Any, no: Any) -> Any:
    return np.where(where, yes, no)


def total(value: Array) -> Any:
    return np.add.reduce(value)


def store_totals(array: Array, index: int, *values: Array) -> None:
    for at, value in enumerate(values, index):
        array[at] = np.add.reduce(value)


def totals(*values: Array) -> Any:
    return np.array([np.add.reduce(value) for value in values])


def first_lanes(count: int) -> Any:
    return np.arange(FOUR) < count


def fused(a: Any, b: Any, c: Any) -> Any:
    # Rounded once where a long double has room for the product.
    return (np.multiply(a, b, dtype=np.longdouble) + c).astype(np.float64)


def maximum(a: Any, b: Any) -> Any:
    return np.maximum(a, b)


def minimum(a: Any, b: Any) -> Any:
    return np.minimum(a, b)


def root(value: Array) -> Any:
    return np.sqrt(value)


def with_sign(value: Any, sign: Any) -> Any:
    return np.copysign(value, sign)


def power_of_two(shifted: Array) -> Any:
    return np.ldexp(1.0, (shifted - EXPONENT).astype(np.int64))


def lane_by_lane(name: str) -> Callable[[Array], Any]:
    function = getattr(math, name)

    def one(number: float) -> float:
        try:
            return float(function(number))
        except ValueError:  # the C library's answer to an infinity
            return np.nan

    return lambda value: np.array([one(number) for number in value])
