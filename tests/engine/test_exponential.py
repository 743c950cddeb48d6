"""The vectorised exponential and tanh against the library's, over the whole range of doubles."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from tinkernet.engine.compiler.exponential import exp
from tinkernet.engine.compiler.jit import kernel
from tinkernet.engine.compiler.simd import WIDTH, load, store
from tinkernet.engine.formulas.activations import sigmoid, tanh


@kernel("void(float64[::1], float64[::1])")
def exps(values, answers):
    """exp of each value; whole vectors only."""
    for k in range(0, len(values), WIDTH):
        store(answers, k, exp(load(values, k)))


@kernel("void(float64[::1], float64[::1])")
def tanhs(values, answers):
    """tanh of each value; whole vectors only."""
    for k in range(0, len(values), WIDTH):
        store(answers, k, tanh(load(values, k))[0])


@kernel("void(float64[::1], float64[::1])")
def sigmoids(values, answers):
    """The logistic function of each value; whole vectors only."""
    for k in range(0, len(values), WIDTH):
        store(answers, k, sigmoid(load(values, k))[0])


def grid(largest: float) -> np.ndarray:
    """Dense where it bends, every magnitude down to the smallest number, both signs, a multiple of any WIDTH."""
    steps = np.linspace(-largest, largest, 4000)
    near = np.linspace(-3, 3, 4000)
    sizes = np.ldexp(np.random.default_rng(1).uniform(1, 2, 4000), np.linspace(-1074, 9, 4000).astype(int))
    return np.concatenate([steps, near, sizes, -sizes])


def both(
    kernel: Callable[..., None], oracle: Callable[[float], float], values: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What the kernel and the library say."""
    answers = np.empty_like(values)
    kernel(values, answers)
    return answers, np.array([oracle(value) for value in values])


def ulps(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest error in units in the last place of the true value."""
    return float(np.max(np.abs(ours - theirs) / np.spacing(np.abs(theirs))))


def library_exp(value: float) -> float:
    """math.exp, infinity where it overflows."""
    try:
        return math.exp(value)
    except OverflowError:
        return math.inf


def test_exp() -> None:
    """Below 4 units in the last place from the smallest result to the largest; then 0 and infinity."""
    values = grid(708.0)
    values = values[values < 709.7]
    values = values[: len(values) // 8 * 8]
    assert ulps(*both(exps, library_exp, values)) < 4


def test_tanh() -> None:
    """Below 4 units in the last place, tiny and denormal values included."""
    assert ulps(*both(tanhs, math.tanh, grid(30.0))) < 4


@pytest.mark.parametrize(
    ("kernel", "values", "wanted"),
    [
        (
            exps,
            [math.nan, math.inf, -math.inf, 0.0, 710.0, -746.0, 1e308, -1e308],
            [math.nan, math.inf, 0, 1, math.inf, 0, math.inf, 0],
        ),
        (
            tanhs,
            [math.nan, math.inf, -math.inf, 0.0, -0.0, 1e308, -1e308, 5e-324],
            [math.nan, 1, -1, 0.0, -0.0, 1, -1, 5e-324],
        ),
        (
            sigmoids,
            [math.nan, math.inf, -math.inf, 0.0, 800.0, -800.0, 1e308, -1e308],
            [math.nan, 1, 0, 0.5, 1, 0, 1, 0],
        ),
    ],
    ids=["exp", "tanh", "sigmoid"],
)
def test_the_edges(kernel: Callable[..., None], values: list[float], wanted: list[float]) -> None:
    """NaN stays one, infinities go where they must, and the sign of zero is kept."""
    answers = np.empty(8)
    kernel(np.array(values), answers)
    np.testing.assert_array_equal(answers, wanted)
    np.testing.assert_array_equal(np.signbit(answers[1:]), np.signbit(wanted[1:]))


def test_tanh_is_odd() -> None:
    """Bit for bit: the sign is the only difference."""
    values = grid(30.0)
    answers, mirrored = np.empty_like(values), np.empty_like(values)
    tanhs(values, answers)
    tanhs(-values, mirrored)
    np.testing.assert_array_equal(mirrored, -answers)


def test_the_ruler_sees_five_units() -> None:
    """The measure itself: a result five units off is not taken for right."""
    values = grid(30.0)
    ours, theirs = both(tanhs, math.tanh, values)
    assert ulps(ours + 5 * np.spacing(np.abs(theirs)), theirs) >= 4
