"""The random numbers of the original playground: ARC4 keyed by a text, as the npm package seedrandom 2.4 defines it.

One generator serves a whole run (points, shuffle, first weights), so the order of draws is part of the format.
"""

import numpy as np
from numpy.typing import NDArray

from ._jit import part, routine

STATE = 258
"""Length of a generator's state: the 256 bytes of ARC4, then its two indices."""


def generator(seed: str) -> NDArray[np.int64]:
    """A fresh generator for a seed of any text: its state, to be handed to `draw`.

    The text is folded into at most 256 key bytes, taken by UTF-16 code unit as JavaScript does; ARC4's first
    256 outputs are dropped.
    """
    encoded = np.frombuffer(seed.encode("utf-16-le", "surrogatepass"), np.uint16)
    key = [0] * min(256, len(encoded)) or [0]
    smear = 0
    for at, unit in enumerate(encoded.tolist()):
        smear ^= key[at & 255] * 19
        key[at & 255] = (smear + unit) & 255
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + key[i % len(key)] + box[i]) & 255
        box[i], box[j] = box[j], box[i]
    state = np.array([*box, 0, 0], np.int64)
    for _ in range(256):
        next_byte(state)
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
