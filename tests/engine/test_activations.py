"""Every activation's outputs and derivatives against the C library's functions, far out and near zero."""

from __future__ import annotations

import numpy as np
import pytest

from tests import naive
from tinkernet.engine.compiler.jit import kernel
from tinkernet.engine.compiler.simd import BUNCH
from tinkernet.engine.formulas.activations import ACTIVATIONS, Activation, activate

EACH = pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda activation: activation.key)


@kernel("void(int64, float64[::1], float64[::1], int64)")
def activate_all(code, values, derivatives, count):
    """Outputs in the place of the values, and derivatives; the arrays are a bunch longer than there are values."""
    activate(code, values, derivatives, 0, count, 1)


def both(activation: Activation, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the engine: (outputs, derivatives)."""
    count = len(values)
    outputs, derivatives = np.zeros(count + BUNCH), np.zeros(count + BUNCH)
    outputs[:count] = values
    activate_all(activation.code, outputs, derivatives, count)
    assert not outputs[count:].any()
    return outputs[:count], derivatives[:count]


def grid() -> np.ndarray:
    """Dense where they bend, far out where they are straight, and every magnitude of both signs."""
    sizes = np.geomspace(1e-300, 1e3, 400)
    return np.concatenate([np.linspace(-12, 12, 1600), np.linspace(-300, 300, 800), sizes, -sizes])


@EACH
def test_outputs_and_derivatives(activation: Activation) -> None:
    """Within 1e-15 of the obvious formula, and relatively within 4e-14 where that is larger."""
    values = grid()
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        wanted = [formula(values) for formula in naive.ACTIVATIONS[activation.key]]
    for ours, theirs in zip(both(activation, values), wanted, strict=True):
        theirs = np.broadcast_to(theirs, values.shape)
        known = np.isfinite(theirs)  # where the obvious formula overflows, ours need not
        assert known.mean() > 0.8
        np.testing.assert_allclose(ours[known], theirs[known], rtol=4e-14, atol=1e-15)
        assert np.isfinite(ours).all()


@EACH
def test_a_derivative_is_the_derivative(activation: Activation) -> None:
    """Central differences of the outputs; not at a corner."""
    values = np.linspace(-5, 5, 1200) + 1e-3
    step = 1e-6
    differences = (both(activation, values + step)[0] - both(activation, values - step)[0]) / (2 * step)
    np.testing.assert_allclose(both(activation, values)[1], differences, rtol=1e-7, atol=1e-8)


@EACH
def test_far_out(activation: Activation) -> None:
    """No finite number gives an infinity or a NaN; infinities give no NaN, and a NaN stays one."""
    values = np.array([1e308, -1e308, 750.0, -750.0, np.inf, -np.inf, np.nan, 0.0])
    outputs, derivatives = both(activation, values)
    assert np.isfinite(derivatives[:4]).all()
    assert np.isfinite(outputs[:4]).all()
    assert np.isnan(outputs[6])
    if activation.key != "sine":
        assert not np.isnan(outputs[:6]).any()
        assert not np.isnan(derivatives[:6]).any()
