"""The random numbers of the original playground: ARC4 keyed by a text, as defined by the npm package seedrandom 2.4.

One generator serves a whole run (points, shuffle, initial weights), so the order of draws is part of the format.
"""

from math import prod, sqrt

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.jit import kernel, part, routine
from tinkernet.engine.compiler.libm import log

STATE = 258
"""Length of a generator's state: the 256 bytes of ARC4, then its two indices."""


def generator(seed: str) -> NDArray[np.int64]:
    """The state of a new generator, int64 (STATE,), for a seed of any text.

    The text is folded into at most 256 key bytes by UTF-16 code unit, as in JavaScript; the first 256 outputs of ARC4
    are dropped.
    """
    encoded = np.frombuffer(seed.encode("utf-16-le", "surrogatepass"), np.uint16)
    state = np.empty(STATE, np.int64)
    schedule(state, encoded.astype(np.int64), np.zeros(256, np.int64))
    return state


@part
def next_byte(state):
    i = (state[256] + 1) & 255
    before = state[i]
    j = (state[257] + before) & 255
    after = state[j]
    state[i] = after
    state[j] = before
    state[256] = i
    state[257] = j
    return state[(before + after) & 255]


@kernel("void(int64[::1], int64[::1], int64[::1])")
def schedule(state, units, key):
    """Make the state of a new generator from the code units of its seed; `key` is 256 zeros to work in."""
    length = max(1, min(256, len(units)))
    smear = 0
    for at in range(len(units)):
        smear ^= key[at & 255] * 19
        key[at & 255] = (smear + units[at]) & 255
    for i in range(256):
        state[i] = i
    j = 0
    for i in range(256):
        j = (j + key[i % length] + state[i]) & 255
        state[i], state[j] = state[j], state[i]
    state[256] = 0
    state[257] = 0
    for _ in range(256):
        next_byte(state)


@routine
def draw(state):
    """The next number in [0, 1): 48 bits, then bytes until 52 significant bits are there."""
    numerator = 0.0
    for _ in range(6):
        numerator = numerator * 256.0 + next_byte(state)
    denominator = 2.0**48
    low = 0
    while numerator < 2.0**52:
        numerator = (numerator + low) * 256.0
        denominator *= 256.0
        low = next_byte(state)
    while numerator >= 2.0**53:
        numerator /= 2.0
        denominator /= 2.0
        low >>= 1
    return (numerator + low) / denominator


@part
def uniform(state, low, high):
    return draw(state) * (high - low) + low


@part
def normal(state, mean, variance):
    """Polar Box-Muller, of which only the first of the two numbers is used."""
    while True:
        u = 2.0 * draw(state) - 1.0
        v = 2.0 * draw(state) - 1.0
        s = u * u + v * v
        if s <= 1.0:
            return mean + sqrt(variance) * (sqrt(-2.0 * log(s) / s) * u)


@kernel("void(float64[::1], int64[::1], boolean)")
def fill(values, state, normally):
    """Draw each value in order: in [0, 1), or normally distributed around 0 with variance 1."""
    for at in range(len(values)):
        values[at] = normal(state, 0.0, 1.0) if normally else draw(state)


def uniforms(shape: tuple[int, ...], state: NDArray[np.int64]) -> NDArray[np.float64]:
    """Numbers in [0, 1), in order of the array."""
    return _filled(shape, state, False)


def normals(shape: tuple[int, ...], state: NDArray[np.int64]) -> NDArray[np.float64]:
    """Normally distributed numbers with mean 0 and variance 1, in order of the array."""
    return _filled(shape, state, True)


def _filled(shape: tuple[int, ...], state: NDArray[np.int64], normally: bool) -> NDArray[np.float64]:
    values = np.empty(prod(shape))
    fill(values, state, normally)
    return values.reshape(shape)
