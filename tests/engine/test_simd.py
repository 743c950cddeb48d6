"""What the author of a formula would naturally write: it compiles, or a sentence says what to write instead."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from numba.core import config
from numba.core.errors import NumbaError

from tinkernet.engine.compiler.exponential import exp
from tinkernet.engine.compiler.jit import kernel, part
from tinkernet.engine.compiler.simd import (
    BUNCH,
    EIGHT,
    FOUR,
    WIDTH,
    fused,
    load,
    load_bunch,
    load_eight,
    load_four,
    maximum,
    minimum,
    root,
    select,
    splat,
    splat_eight,
    splat_four,
    store,
    total,
    with_sign,
)

# (a formula of a vector, the same of a NumPy array)
FORMULAS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "minus": (lambda z: -z, lambda z: -z),
    "minus twice": (lambda z: 1 - -z, lambda z: 1 + z),
    "whole numbers": (lambda z: 2 * z - 1, lambda z: 2 * z - 1),
    "logistic": (lambda z: 1.0 / (1.0 + exp(-z)), lambda z: 1 / (1 + np.exp(-z))),
    "abs": (lambda z: abs(z) / (1 + abs(z)), lambda z: abs(z) / (1 + abs(z))),
    "maximum": (lambda z: maximum(z, 0), lambda z: np.maximum(z, 0)),
    "clamped": (lambda z: minimum(maximum(z, -1.0), 1.0), lambda z: np.clip(z, -1, 1)),
    "of two vectors": (lambda z: maximum(z, -2.0 * z), lambda z: np.maximum(z, -2 * z)),
    "chosen": (lambda z: select(z > 0, z, -0.5), lambda z: np.where(z > 0, z, -0.5)),
    "chosen numbers": (lambda z: select(z >= 1, 1, 0), lambda z: np.where(z >= 1, 1.0, 0.0)),
    "equal": (lambda z: select(z == 1.5, 7.0, z), lambda z: np.where(z == 1.5, 7.0, z)),
    "unequal": (lambda z: select(z != z, 0.0, z), lambda z: np.nan_to_num(z)),
    "between": (lambda z: select((z > -1) & (z < 1), z, 0), lambda z: np.where(abs(z) < 1, z, 0)),
    "outside": (lambda z: select((z < -1) | ~(z < 1), z, 0), lambda z: np.where((z >= -1) & (z < 1), 0, z)),
    "root": (lambda z: root(abs(z)), lambda z: np.sqrt(abs(z))),
    "sign": (lambda z: with_sign(1, z), lambda z: np.copysign(1.0, z)),
    "fused": (lambda z: fused(z, 2, 1 - z), lambda z: z + 1),
    "divided": (lambda z: z / 3, lambda z: z / 3),
}
VALUES = np.array([-2.0, -1.0, -0.25, -0.0, 0.0, 0.5, 1.5, 3.0])


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("lanes", [FOUR, BUNCH])
def test_a_formula_means_what_it_says(name: str, lanes: int) -> None:
    """In short vectors, in whole ones and in bunches of them."""
    formula, oracle = FORMULAS[name]
    values, answers = np.resize(VALUES, lanes), np.empty(lanes)
    _applied(formula, lanes)(values, answers)
    np.testing.assert_allclose(answers, oracle(values), rtol=1e-15)
    np.testing.assert_array_equal(np.signbit(answers), np.signbit(oracle(values)))


@pytest.mark.parametrize("name", ["maximum", "clamped", "minus", "abs", "of two vectors"])
def test_a_nan_stays_one(name: str) -> None:
    """A loss that is no number must be seen: no formula turns it into one."""
    answers = np.empty(EIGHT)
    _applied(FORMULAS[name][0], EIGHT)(np.full(EIGHT, np.nan), answers)
    assert np.isnan(answers).all()


def _applied(formula: Callable[[Any], Any], lanes: int) -> Any:
    """A function (values, answers) that applies a formula to so many lanes."""
    inner = part(formula)
    loaded = {FOUR: load_four, EIGHT: load_eight, BUNCH: load_bunch}[lanes]

    def applied(values, answers):
        store(answers, 0, inner(loaded(values, 0)))

    return numba.njit(error_model="numpy")(applied)


def _branching(z):
    if z > 0:
        return z
    return -z


def _both(z):
    return select(z > 0 and z < 1, z, 0.0)


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "max": (lambda z: max(z, 0.0), "use maximum"),
    "min": (lambda z: min(z, 0.0), "use minimum"),
    "math.exp": (lambda z: math.exp(z), "use exp of compiler.exponential"),
    "math.sqrt": (lambda z: math.sqrt(z), "use root"),
    "math.log": (lambda z: math.log(z), "use log"),
    "math.tanh": (lambda z: math.tanh(z), "use tanh of formulas.activations"),
    "power": (lambda z: z**2, "use products such as z"),
    "if": (_branching, "use select"),
    "and": (_both, "use select"),
    "select of numbers": (lambda z: select(True, z, 0.0), "select takes a comparison of vectors"),
    "fused of numbers": (lambda z: z + fused(1.0, 2.0, 3.0), "at least one vector"),
}


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="NumPy has sentences of its own")
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_what_to_write(name: str) -> None:
    """Not a wall of types only: a sentence with the way out."""
    formula, sentence = REFUSED[name]
    inner = numba.njit(formula)

    @numba.njit
    def applied(values, answers):
        store(answers, 0, inner(load(values, 0)))

    with pytest.raises(NumbaError, match=sentence):
        applied(np.zeros(WIDTH), np.zeros(WIDTH))


@kernel("void(float64[::1], float64[::1])")
def summed(values, sums):
    """The sum by vectors of each length, first by EIGHT partial sums."""
    partial = splat_eight(0.0)
    for at in range(0, len(values), EIGHT):
        partial = partial + load_eight(values, at)
    sums[0] = total(partial)
    sums[1] = total(load_four(values, 0) + splat_four(0.0))
    sums[2] = total(load(values, 0) + splat(0.0))


def test_a_sum_has_eight_partial_sums_and_one_order() -> None:
    """Partial sum i has the terms i, i + 8, ...; then halves are added: 4 lanes apart, 2 apart, the last two."""
    values = np.random.default_rng(3).normal(size=64)
    sums = np.empty(3)
    summed(values, sums)
    partial = values[:EIGHT].copy()
    for at in range(EIGHT, len(values), EIGHT):
        partial += values[at : at + EIGHT]
    while len(partial) > 1:
        half = len(partial) // 2
        partial = partial[:half] + partial[half:]
    assert sums[0] == pytest.approx(partial[0], rel=1e-15 if config.DISABLE_JIT else 0.0)
    assert sums[1:] == pytest.approx([values[:FOUR].sum(), values[:WIDTH].sum()], rel=1e-14)
