"""Activation functions: the answer of a neuron to its total input, and its slope there.

Each reads as a plain scalar formula; it is applied to a bunch of values at a time (see `_simd`).
To add an activation: a code, a formula with its slope, a branch and a record, all in this file.
"""

from typing import NamedTuple

from ._jit import part
from ._simd import (
    BUNCH,
    EXPONENT,
    WIDTH,
    alike,
    fused,
    load_bunch,
    magnitude,
    power_of_two,
    select,
    splat,
    store,
    with_sign,
)
from .exponential import LOG2_E, cotangent, reduced

RELU, TANH, SIGMOID, LINEAR = range(4)


@part
def relu(z):
    """max(0, z). The slope at 0 is 0, as in the original; a NaN stays one."""
    return select(z <= 0.0, 0.0, z), select(z <= 0.0, 0.0, 1.0)


@part
def tanh(z):
    """E / (E + 2) with E = exp(2 |z|) - 1, where exp(2 |z|) = s (C + f / 2) / (C - f / 2): see `exponential`."""
    size = magnitude(z)
    size = select(size > 20.0, 20.0, size)
    shifted = fused(size, 2.0 * LOG2_E, EXPONENT)
    f = fused(size, 2.0 * LOG2_E, EXPONENT - shifted)
    s, C = power_of_two(shifted), cotangent(f)
    # Both times C - f / 2, and in an order that rounds nothing where s is 1, so that small values are exact too.
    E = fused(f, fused(s, 0.5, 0.5), (s - 1.0) * C)
    a = with_sign(E / fused(C, 2.0, E - f), z)
    return a, 1.0 - a * a


@part
def sigmoid(z):
    """1 / (1 + exp(-z)), where exp(-z) = s (C + f / 2) / (C - f / 2)."""
    y = 0.0 - z
    shifted, f = reduced(select(y > 710.0, 710.0, select(y < -700.0, -700.0, y)))
    C = cotangent(f)
    lower = C - 0.5 * f
    a = lower / (lower + power_of_two(shifted) * (C + 0.5 * f))
    return a, a * (1.0 - a)


@part
def linear(z):
    return z, alike(z, 1.0)


@part
def each(function, values, slopes, start, stop):
    """In bunches; what the last one reaches beyond the end becomes zero."""
    end = start
    while end < stop:
        value, slope = function(load_bunch(values, end))
        store(values, end, value)
        store(slopes, end, slope)
        end += BUNCH
    for k in range(stop, end, WIDTH):
        store(values, k, splat(0.0))
        store(slopes, k, splat(0.0))


@part
def activate(code, values, slopes, start, stop):
    """Take the activation of values from start to stop, in place, and note its slopes there.

    A loop for each activation: a choice inside one would load its constants anew for every vector.
    """
    if code == TANH:
        each(tanh, values, slopes, start, stop)
    elif code == RELU:
        each(relu, values, slopes, start, stop)
    elif code == SIGMOID:
        each(sigmoid, values, slopes, start, stop)
    else:
        each(linear, values, slopes, start, stop)


class Activation(NamedTuple):
    """One activation: key in links, name, formula for a person, a note, code in kernels."""

    key: str
    label: str
    formula: str
    note: str
    code: int


ACTIVATIONS = (
    Activation("relu", "ReLU", "max(0, z)", "Zero for negative input, else the input itself.", RELU),
    Activation("tanh", "Tanh", "tanh z", "Smooth, from -1 to 1.", TANH),
    Activation("sigmoid", "Sigmoid", "1 / (1 + e^-z)", "Smooth, from 0 to 1.", SIGMOID),
    Activation("linear", "Linear", "z", "No bend at all: the whole network stays a plane.", LINEAR),
)

activation_from_key = {activation.key: activation for activation in ACTIVATIONS}
