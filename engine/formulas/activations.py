"""Activation functions: the output of a neuron for its pre-activation z, and the derivative there.

Each reads as a plain scalar formula; it is applied to a vector of values at a time (see `compiler.simd`). To add an
activation: a code, a formula with its derivative, a branch and a record, all in this file. Those that PyTorch has are
as there, with its defaults; gelu is the exact one, with the error function. Relative errors are below 4e-14.
"""

from typing import NamedTuple

from tinkernet.engine.compiler.exponential import LOG2_E, cotangent, exp, reduced
from tinkernet.engine.compiler.jit import part, routine
from tinkernet.engine.compiler.simd import (
    BUNCH,
    EXPONENT,
    WIDTH,
    alike,
    cosine,
    erfc,
    fused,
    load,
    load_bunch,
    load_four,
    log1p,
    power_of_two,
    select,
    sine,
    splat,
    store,
    with_sign,
)

RELU, TANH, SIGMOID, LINEAR, LEAKY, ELU, SELU, GELU, SWISH, MISH, SOFTPLUS, SOFTSIGN, SINE, GAUSSIAN, STEP = range(15)

LEAK = 0.01
# Klambauer, Unterthiner, Mayr, Hochreiter: Self-Normalizing Neural Networks (2017).
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
ROOT_HALF, ROOT_TWO_PI = 0.7071067811865476, 2.5066282746310002


@part
def relu(z):
    """max(0, z). The derivative at 0 is 0, as in the original; a NaN stays one."""
    return select(z <= 0.0, 0.0, z), select(z <= 0.0, 0.0, 1.0)


@part
def tanh(z):
    """(e - 1) / (e + 1) with e = exp(2 z) = s (C + f) / (C - f), both times C - f: see `exponential`.

    Where s is 1 neither sum rounds, so that small values are exact too; and a zero keeps its sign.
    """
    y = select(z > 20.0, 20.0, z)
    y = select(y < -20.0, -20.0, y)
    shifted = fused(y, 2.0 * LOG2_E, EXPONENT)
    f = fused(y, 2.0 * LOG2_E, -(shifted - EXPONENT))
    s, C = power_of_two(shifted), cotangent(f)
    less, more = 1.0 - s, 1.0 + s
    a = fused(f, more, -(less * C)) / fused(more, C, -(f * less))
    return a, fused(-a, a, 1.0)


@part
def sigmoid(z):
    """1 / (1 + exp(-z)), where exp(-z) = s (C + f) / (C - f)."""
    y = -z
    shifted, f = reduced(select(y > 710.0, 710.0, select(y < -700.0, -700.0, y)))
    C = cotangent(f)
    lower = C - f
    a = lower / fused(power_of_two(shifted), C + f, lower)
    return a, a * (1.0 - a)


@part
def linear(z):
    return z, alike(z, 1.0)


@part
def each(function, values, derivatives, start, stop, derived):
    """Apply a function to bunches of values, in place; values of the last bunch beyond the end become zero."""
    end = start
    while end < stop:
        value, derivative = function(load_bunch(values, end))
        store(values, end, value)
        if derived:
            store(derivatives, end, derivative)
        end += BUNCH
    for k in range(stop, end, WIDTH):
        store(values, k, splat(0.0))
        if derived:
            store(derivatives, k, splat(0.0))


@part
def exp_less_one(z):
    """e ** z - 1 for z <= 0, without loss near 0: see `tanh`."""
    shifted, f = reduced(select(z < -40.0, -40.0, z))
    s, C = power_of_two(shifted), cotangent(f)
    return fused(f, 1.0 + s, (s - 1.0) * C) / (C - f)


@part
def leaky(z):
    """Maas, Hannun, Ng: Rectifier Nonlinearities Improve Neural Network Acoustic Models (2013). At 0: 0.01."""
    return select(z > 0.0, z, LEAK * z), select(z > 0.0, 1.0, LEAK)


@part
def elu(z, alpha):
    """Clevert, Unterthiner, Hochreiter: Fast and Accurate Deep Network Learning by ELUs (2015)."""
    below = alpha * exp_less_one(select(z > 0.0, 0.0, z))
    return select(z > 0.0, z, below), select(z > 0.0, 1.0, below + alpha)


@part
def gelu(z):
    """z times the normal distribution function. Hendrycks, Gimpel: Gaussian Error Linear Units (2016)."""
    below = 0.5 * erfc(z * -ROOT_HALF)
    # Far out, an infinite z times a density of 0 would be NaN.
    near = select(z > 40.0, 40.0, select(z < -40.0, -40.0, z))
    return select(z < -40.0, 0.0, z * below), below + near * (exp(near * near * -0.5) / ROOT_TWO_PI)


@part
def swish(z):
    """z times its sigmoid: Ramachandran, Zoph, Le: Searching for Activation Functions (2017); PyTorch's silu."""
    s = 1.0 / (1.0 + exp(-z))
    low = select(z < -746.0, -746.0, z)
    near = select(z > 40.0, 40.0, low)
    return low * s, s * (1.0 + near * (1.0 - s))


@part
def mish(z):
    """z tanh(softplus z): Misra: Mish (2019). With e = exp z the tanh is n / (n + 2), n = e (e + 2)."""
    low = select(z < -746.0, -746.0, z)
    near = select(low > 40.0, 40.0, low)
    e = exp(near)
    n = e * (e + 2.0)
    t = n / (n + 2.0)
    return low * t, t + near * (4.0 * e * (1.0 + e) / ((n + 2.0) * (n + 2.0)))


@part
def softplus(z):
    """log(1 + exp z), to the last place for all z: PyTorch's is z itself from 20 on."""
    above = select(z > 0.0, z, select(z <= 0.0, 0.0, z))
    return above + log1p(exp(-abs(z))), 1.0 / (1.0 + exp(-z))


@part
def softsign(z):
    d = 1.0 / (1.0 + abs(z))
    return select(abs(z) > 1e300, with_sign(1.0, z), z * d), d * d


@part
def gaussian(z):
    a = exp(-z * z)
    # An infinite z times an output of 0 would be NaN.
    return a, -2.0 * select(a <= 0.0, 0.0, z) * a


@part
def step(z):
    """0 up to 0, then 1; a NaN stays one. The derivative is 0 everywhere: no layer before it can learn."""
    return select(z > 0.0, 1.0, select(z <= 0.0, 0.0, z)), alike(z, 0.0)


@part
def less_usual(code, z):
    if code == LEAKY:
        return leaky(z)
    if code == ELU:
        return elu(z, 1.0)
    if code == SELU:
        a, derivative = elu(z, SELU_ALPHA)
        return SELU_SCALE * a, SELU_SCALE * derivative
    if code == GELU:
        return gelu(z)
    if code == SWISH:
        return swish(z)
    if code == MISH:
        return mish(z)
    if code == SOFTPLUS:
        return softplus(z)
    if code == SOFTSIGN:
        return softsign(z)
    if code == SINE:
        return sine(z), cosine(z)
    if code == GAUSSIAN:
        return gaussian(z)
    return step(z)


@routine
def activate_less_usual(code, values, derivatives, start, stop):
    """All but the original's four. Called, not inlined: in every kernel they would cost seconds of a first start."""
    for k in range(start, stop, WIDTH):
        value, derivative = less_usual(code, load(values, k))
        store(values, k, value)
        store(derivatives, k, derivative)


@part
def activate(code, values, derivatives, start, stop, derived):
    """Apply an activation to values from start to stop, in place, and with `derived` store its derivatives beside.

    A loop for each activation: a choice inside one loop would load its constants anew for every vector.
    """
    if code == TANH:
        each(tanh, values, derivatives, start, stop, derived)
    elif code == RELU:
        each(relu, values, derivatives, start, stop, derived)
    elif code == SIGMOID:
        each(sigmoid, values, derivatives, start, stop, derived)
    elif code == LINEAR:
        each(linear, values, derivatives, start, stop, derived)
    else:
        activate_less_usual(code, values, derivatives, start, stop)


@part
def activated(code, z, values, derivatives, place):
    """The outputs and derivatives of a short vector. A less usual activation works in the arrays, in WIDTH lanes from
    `place` on."""
    if code == TANH:
        return tanh(z)
    if code == RELU:
        return relu(z)
    if code == SIGMOID:
        return sigmoid(z)
    if code == LINEAR:
        return linear(z)
    store(values, place, z)
    activate_less_usual(code, values, derivatives, place, place + WIDTH)
    return load_four(values, place), load_four(derivatives, place)


class Activation(NamedTuple):
    """One activation: key in links, name, formula for people, a note, code in kernels; basic: the original's."""

    key: str
    label: str
    formula: str
    note: str
    code: int
    basic: bool = False


ACTIVATIONS = (
    Activation("relu", "ReLU", "max(0, z)", "Zero for negative input, else the input itself.", RELU, True),
    Activation("tanh", "Tanh", "tanh z", "Smooth, from -1 to 1.", TANH, True),
    Activation("sigmoid", "Sigmoid", "1 / (1 + e^-z)", "Smooth, from 0 to 1.", SIGMOID, True),
    Activation("linear", "Linear", "z", "No bend: the whole network stays linear.", LINEAR, True),
    Activation(
        "leakyRelu",
        "Leaky ReLU",
        "z if z > 0, else 0.01 z",
        "A ReLU that keeps a small slope below zero, so it cannot die.",
        LEAKY,
    ),
    Activation("elu", "ELU", "z if z > 0, else e^z - 1", "Smooth below zero, down to -1.", ELU),
    Activation(
        "selu",
        "SELU",
        "1.0507 (z if z > 0, else 1.6733 (e^z - 1))",
        "An ELU scaled so that deep layers keep their range.",
        SELU,
    ),
    Activation("gelu", "GELU", "z Φ(z)", "z times the probability that a standard normal number is below z.", GELU),
    Activation(
        "swish", "Swish", "z / (1 + e^-z)", "z times its sigmoid: a smooth ReLU with a small dip below zero.", SWISH
    ),
    Activation("mish", "Mish", "z tanh(ln(1 + e^z))", "Like Swish, with a slightly deeper dip.", MISH),
    Activation("softplus", "Softplus", "ln(1 + e^z)", "A ReLU with a rounded corner.", SOFTPLUS),
    Activation("softsign", "Softsign", "z / (1 + |z|)", "Like tanh, but it approaches -1 and 1 slowly.", SOFTSIGN),
    Activation("sine", "Sine", "sin z", "A wave: it can bend many times.", SINE),
    Activation("gaussian", "Gaussian", "e^(-z²)", "A bump: large near zero, small elsewhere.", GAUSSIAN),
    Activation("step", "Step", "1 if z > 0, else 0", "Its slope is 0, so the weights before it cannot learn.", STEP),
)

activation_from_key = {activation.key: activation for activation in ACTIVATIONS}
