"""A counter-based generator: each random number is a hash of its counters, such as (seed, epoch, point, unit).

There is no state to keep, so a run draws the same numbers after a pause, in slices and restored. The hash is Chris
Wellons' lowbias32, chained; 32 bits wide, so that it is the same without the compiler.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.jit import kernel, part

BITS = 0xFFFFFFFF
# The purpose is the first counter after the seed: masks and the order of points must not be related.
FOR_MASKS, FOR_ORDER, FOR_SPLIT = 1, 0x5BD1E995, 0x2545F491


def key_of(seed: str) -> int:
    """The key for a seed of any text."""
    return zlib.crc32(seed.encode("utf-8", "surrogatepass"))


@part
def mixed(before, number):
    """The hash of a number under another."""
    x = (before ^ number) & BITS
    x ^= x >> 16
    x = (x * 0x7FEB352D) & BITS
    x ^= x >> 15
    x = (x * 0x846CA68B) & BITS
    return x ^ (x >> 16)


def hashed(key: int, purpose: int, numbers: NDArray[np.intp]) -> NDArray[np.int64]:
    """The hash of each number, from 0 to 2^32 - 1: `mixed`, chained, for use outside of kernels."""
    function = getattr(mixed, "py_func", mixed)
    found: NDArray[np.int64] = function(function(key, purpose), numbers.astype(np.int64))
    return found


@kernel("void(int64, int64, float64[:,::1], int64[:,::1], int64[::1], float64[:,:,::1])")
def shuffle(key, epoch, rows, slots, order, tiles):
    """Put the points into the tiles in the order of an epoch, by a Fisher-Yates shuffle from the end.

    rows (rows, n): what a tile holds of each point; slots (tiles, lanes): which place of the order a lane takes; order
    (n,) is filled with the order drawn; tiles (tiles, rows + 1, lanes): the last row, which says what is a point of its
    own, stays.
    """
    of_epoch = mixed(mixed(key, FOR_ORDER), epoch)
    for at in range(len(order)):
        order[at] = at
    for left in range(len(order), 1, -1):
        chosen = (mixed(of_epoch, left) * left) >> 32
        kept = order[left - 1]
        order[left - 1] = order[chosen]
        order[chosen] = kept
    for index in range(slots.shape[0]):
        for row in range(tiles.shape[1] - 1):
            for lane in range(slots.shape[1]):
                tiles[index, row, lane] = rows[row, order[slots[index, lane]]]
