"""Activation functions: the answer of a neuron to its total input, and its slope there.

`value_and_slope` reads as a plain scalar formula; it is applied to a vector of points at a time (see `_simd`).
To add an activation: a code, a formula, a branch and a record, all in this file.
"""

from typing import NamedTuple

from ._jit import part
from ._simd import magnitude, power_of_two, select, splat, with_sign
from .exponential import exp, reduced

RELU, TANH, SIGMOID, LINEAR = range(4)


@part
def relu(z):
    """max(0, z). The slope at 0 is 0, as in the original; a NaN stays one."""
    return select(z <= 0.0, splat(0.0), z), select(z <= 0.0, splat(0.0), splat(1.0))


@part
def tanh(z):
    """(e - 1) / (e + 1) with e = exp(2 |z|) = s (R + r) / (R - r), multiplied out so that small z lose nothing.

    Large ones lose nothing as 1 - 2 / (e + 1), which is the same quotient with another numerator.
    """
    doubled = 2.0 * magnitude(z)
    shifted, r, R = reduced(select(doubled > 40.0, 40.0, doubled))
    s = power_of_two(shifted)
    large = s > 3.0
    part_of_one = select(large, 2.0 * (R - r), (s - 1.0) * R + (s + 1.0) * r) / ((s + 1.0) * R + (s - 1.0) * r)
    a = with_sign(select(large, 1.0 - part_of_one, part_of_one), z)
    return a, 1.0 - a * a


@part
def sigmoid(z):
    """1 / (1 + exp(-z))."""
    a = 1.0 / (1.0 + exp(0.0 - z))
    return a, a * (1.0 - a)


@part
def linear(z):
    return z, splat(1.0)


@part
def value_and_slope(code, z):
    """The activation and its derivative at z. Where only the value is used, the compiler drops the slope."""
    if code == TANH:
        return tanh(z)
    if code == RELU:
        return relu(z)
    if code == SIGMOID:
        return sigmoid(z)
    return linear(z)


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
