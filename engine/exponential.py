"""exp without a branch or a table, for vectors (see `_simd`).

The argument is taken apart as n ln 2 + r with |r| <= ln 2 / 2. Then exp(r) = (R + r) / (R - r) with R = r coth(r / 2),
which is even in r: a polynomial in r * r, whose coefficients interpolate it at the Chebyshev nodes (error 7e-18).
"""

from ._jit import part
from ._simd import SHIFT, power_of_two, select

LOG2_E = 1.4426950408889634
# ln 2 in two pieces: n times the first is exact.
LN2_HIGH = 0.693145751953125
LN2_LOW = 1.4286068203094173e-06


@part
def reduced(x):
    """(n + SHIFT, r, R) for |x| < 2 ** 20: exp(x) = 2 ** n (R + r) / (R - r)."""
    shifted = x * LOG2_E + SHIFT
    n = shifted - SHIFT
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    t = r * r
    # Not nested all the way: the short chain is what a batch of one point waits for.
    low = 0.1666666666666666 + t * -0.0027777777777562864
    high = 6.613756470855508e-05 + t * -1.6534058842837582e-06
    R = 2.0 + t * (low + (t * t) * (high + (t * t) * 4.1437096880780196e-08))
    return shifted, r, R


@part
def exp(x):
    """e ** x within two units in the last place; 0 and infinity where it must be, NaN for NaN."""
    shifted, r, R = reduced(select(x > 710.0, 710.0, select(x < -746.0, -746.0, x)))
    n = shifted - SHIFT
    # In two steps, so that results near the largest and the smallest number come out right.
    half = n * 0.5 + SHIFT
    rest = n - (half - SHIFT) + SHIFT
    return (1.0 + 2.0 * r / (R - r)) * power_of_two(half) * power_of_two(rest)
