"""exp without a branch or a table, for vectors (see `_simd`).

The argument is taken apart as n ln 2 + r with |r| <= ln 2 / 2. exp(r) - 1 is r and r * r times a polynomial, whose
coefficients interpolate (exp(r) - 1 - r) / (r * r) at ten Chebyshev nodes: a relative error of 4e-17.
"""

from ._jit import part
from ._simd import SHIFT, power_of_two, select

LOG2_E = 1.4426950408889634
# ln 2 in two pieces: n times the first is exact.
LN2_HIGH = 0.693145751953125
LN2_LOW = 1.4286068203094173e-06


@part
def reduced(x):
    """(n + SHIFT, p) for |x| < 2 ** 20: exp(x) = 2 ** n (1 + p), and p loses nothing where x is small."""
    shifted = x * LOG2_E + SHIFT
    n = shifted - SHIFT
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    # In pairs, not nested: the short chain is what a batch of one point waits for.
    a = 0.5000000000000001 + r * 0.16666666666666669
    b = 0.04166666666662399 + r * 0.008333333333330051
    c = 0.0013888888917281794 + r * 0.00019841269863105968
    d = 2.480152119021773e-05 + r * 2.7557268378684192e-06
    e = 2.7620138719733994e-07 + r * 2.5100424157005067e-08
    r2 = r * r
    r4 = r2 * r2
    return shifted, r + r2 * ((a + r2 * b) + r4 * ((c + r2 * d) + r4 * e))


@part
def exp(x):
    """e ** x within two units in the last place; 0 and infinity where it must be, NaN for NaN."""
    shifted, p = reduced(select(x > 710.0, 710.0, select(x < -746.0, -746.0, x)))
    n = shifted - SHIFT
    # In two steps, so that results near the largest and the smallest number come out right.
    half = n * 0.5 + SHIFT
    rest = n - (half - SHIFT) + SHIFT
    return (1.0 + p) * power_of_two(half) * power_of_two(rest)
