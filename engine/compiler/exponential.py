"""exp without a branch or a table, for vectors (see `simd`).

The argument is (n + f) ln 2 with n a whole number and |f| <= 1/2. Then 2 ** f = (C + f) / (C - f) with
C = f coth(f ln 2 / 2), which is even in f: a polynomial in f * f that interpolates it at Chebyshev nodes (error 9e-19).
"""

from tinkernet.engine.compiler.jit import part, routine
from tinkernet.engine.compiler.simd import EXPONENT, fused, power_of_two, select

LOG2_E = 1.4426950408889634
LOG2_E_REST = 2.0355273740931033e-17


@part
def cotangent(f):
    """f coth(f ln 2 / 2) for |f| <= 1/2."""
    t = f * f
    tt = t * t
    # In pairs (Estrin), not nested (Horner): a batch of one point waits for the longest chain of operations.
    low = fused(t, 0.11552453009332352, 2.8853900817779268)
    middle = fused(t, 1.0582188465560229e-05, -0.0009250684777147952)
    high = fused(t, 1.5278706873093502e-09, -1.2710203086733881e-07)
    return fused(tt, fused(tt, high, middle), low)


@part
def reduced(x):
    """(n + EXPONENT, f) with x = (n + f) ln 2, for |x| < 2 ** 20."""
    shifted = fused(x, LOG2_E, EXPONENT)
    n = shifted - EXPONENT
    return shifted, fused(x, LOG2_E_REST, fused(x, LOG2_E, -n))


@routine
def exp(x):
    """e ** x, to two units in the last place; 0 and infinity beyond the range of doubles, NaN for NaN."""
    shifted, f = reduced(select(x > 710.0, 710.0, select(x < -746.0, -746.0, x)))
    n = shifted - EXPONENT
    # Scaled in two steps, so that results near the largest and the smallest double are right.
    half = n * 0.5 + EXPONENT
    rest = n - (half - EXPONENT) + EXPONENT
    return (1.0 + 2.0 * f / (cotangent(f) - f)) * power_of_two(half) * power_of_two(rest)
