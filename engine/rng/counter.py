"""Chance that has an address: the same number for the same (seed, epoch, point, unit), whenever it is asked for.

Each number is a hash of its address, so nothing has to be kept: a run is the same after a pause, in slices, restored.
The hash is Chris Wellons' lowbias32, chained; 32 bits wide, so that it is the same without the compiler.
"""

import zlib

from tinkernet.engine.compiler.jit import kernel, part

BITS = 0xFFFFFFFF
# So that the masks and the order of points of the same epoch have nothing to do with each other.
FOR_MASKS, FOR_ORDER = 1, 0x5BD1E995


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


@kernel("void(int64, int64, float64[:,::1], int64[:,::1], int64[::1], float64[:,:,::1])")
def deal(key, epoch, rows, slots, order, pack):
    """Put the points into the pack in the order of an epoch: rows (rows, n), slots (chunks, lanes), order (n,) to fill.

    Fisher-Yates from the end; the pack's last row, the mask, stays.
    """
    of_epoch = mixed(mixed(key, FOR_ORDER), epoch)
    for at in range(len(order)):
        order[at] = at
    for left in range(len(order), 1, -1):
        chosen = (mixed(of_epoch, left) * left) >> 32
        kept = order[left - 1]
        order[left - 1] = order[chosen]
        order[chosen] = kept
    for chunk in range(slots.shape[0]):
        for row in range(pack.shape[1] - 1):
            for lane in range(slots.shape[1]):
                pack[chunk, row, lane] = rows[row, order[slots[chunk, lane]]]
