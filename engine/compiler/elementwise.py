"""Functions of whole arrays whose results do not depend on the processor.

NumPy has loops of its own for each generation of processors, and its exp, log, power and arctan2 then differ in the
last bits. These take one function for every element, compiled as the kernels are: `libm` for sine, cosine and
logarithm, else the C library's.
"""

import math

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler import libm
from tinkernet.engine.compiler.jit import kernel

Array = NDArray[np.float64]
SINE, COSINE, EXPONENTIAL, POWER, ANGLE, LOGARITHM = range(6)
SUBNORMAL = 2.2250738585072014e-308  # below it


@kernel("void(int64, float64[::1], float64[::1], float64[::1])")
def apply(function, x, y, values):
    """values[i] = function(x[i], y[i]); functions of one variable look at x alone."""
    for i in range(len(values)):
        if function == SINE:
            values[i] = libm.sin(x[i])
        elif function == COSINE:
            values[i] = libm.cos(x[i])
        elif function == EXPONENTIAL:
            values[i] = math.exp(x[i])
        elif function == POWER:
            values[i] = x[i] ** y[i]
        elif function == ANGLE:
            values[i] = math.atan2(x[i], y[i])
        elif x[i] >= SUBNORMAL and x[i] < math.inf:
            values[i] = libm.log(x[i])
        else:
            values[i] = math.log(x[i]) if x[i] > 0.0 else math.nan


def _applied(function: int, x: Array, y: Array) -> Array:
    x, y = (np.ascontiguousarray(each, np.float64) for each in np.broadcast_arrays(x, y))
    values = np.empty(x.shape)
    apply(function, x.reshape(-1), y.reshape(-1), values.reshape(-1))
    return values


def sine(x: Array) -> Array:
    """The sine of each element, in radians."""
    return _applied(SINE, x, x)


def cosine(x: Array) -> Array:
    """The cosine of each element, in radians."""
    return _applied(COSINE, x, x)


def exponential(x: Array) -> Array:
    """e to the power of each element."""
    return _applied(EXPONENTIAL, x, x)


def power(base: float, exponents: Array) -> Array:
    """A number to the power of each element."""
    return _applied(POWER, np.array(base), exponents)


def powers(bases: Array, exponents: Array) -> Array:
    """Each element to the power of the other array's; NaN where that is no real number."""
    return _applied(POWER, bases, exponents)


def logarithm(x: Array) -> Array:
    """The natural logarithm of each element; NaN where it is not positive."""
    return _applied(LOGARITHM, x, x)


def angle(y: Array, x: Array) -> Array:
    """The angle of each point (x, y) from the positive x axis, in radians from -pi to pi: atan2(y, x)."""
    return _applied(ANGLE, y, x)
