"""Sine, cosine and logarithm as Node computes them, to the last bit and on every processor.

The algorithms are those of fdlibm (Sun Microsystems, 1993; msun in FreeBSD), which V8 has for Math.sin, Math.cos and
Math.log. A C library's functions, which some builds of Chromium use instead, differ from them in the last bit of one
value in ten to thirty. The order of operations is part of the result; errors are below one unit in the last place.
"""

import math

from tinkernet.engine.compiler.jit import part, routine

# Each constant in two parts: the product of the first with a whole number as small as here is exact.
LN2, LN2_REST = 6.93147180369123816490e-01, 1.90821492927058770002e-10
HALF_PI, HALF_PI_REST = 1.57079632673412561417e00, 6.07710050650619224932e-11
SECOND, SECOND_REST = 6.07710050630396597660e-11, 2.02226624879595063154e-21  # of HALF_PI_REST
THIRD, THIRD_REST = 2.02226624871116645580e-21, 8.47842766036889956997e-32  # of SECOND_REST
TWO_OVER_PI = 6.36619772367581382433e-01
# fdlibm compares the upper 32 bits of numbers; these are the first numbers on the other side of its bounds.
QUARTER_PI, THREE_QUARTERS_PI = 0.7853984832763672, 2.3561935424804688
NEAR_HALF_PI, BEYOND_HALF_PI = 1.570796012878418, 1.5707969665527344
SMALL_ANGLE, LARGE_ANGLE = 0.2999999523162842, 0.7812504768371582
TINY = 2.0**-27
LARGEST = 823549.0  # radians, beyond which the C library's functions are used


@routine
def log(x):
    """The natural logarithm of a positive number that is not subnormal."""
    fraction, exponent = math.frexp(x)
    fraction, exponent = 2.0 * fraction, exponent - 1
    high = int((fraction - 1.0) * 1048576.0)  # the upper 20 bits of the fraction
    if high >= 0x6A09C:  # from the root of 2 on: half of it lies nearer to 1
        fraction, exponent = 0.5 * fraction, exponent + 1
    k, f = float(exponent), fraction - 1.0
    if (2 + high) & 0xFFFFF < 3:  # |f| < 2 ** -20
        if f == 0.0:
            return k * LN2 + k * LN2_REST
        square = f * f * (0.5 - 0.33333333333333333 * f)
        return f - square if exponent == 0 else k * LN2 - ((square - k * LN2_REST) - f)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = 2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)
    r = even + z * (6.666666666666735130e-01 + w * odd)
    if (high - 0x6147A) | (0x6B851 - high) > 0:
        square = 0.5 * f * f
        if exponent == 0:
            return f - (square - s * (square + r))
        return k * LN2 - ((square - (s * (square + r) + k * LN2_REST)) - f)
    return f - s * (f - r) if exponent == 0 else k * LN2 - ((s * (f - r) - k * LN2_REST) - f)


@routine
def sin(x):
    """The sine of an angle in radians."""
    size = abs(x)
    if size < QUARTER_PI:
        return sine_of(x, 0.0, False)
    if not size <= LARGEST:
        return math.sin(x) if size < math.inf else x - x
    n, y, rest = reduced(size)
    value = cosine_of(y, rest) if n & 1 else sine_of(y, rest, True)
    return -value if (n & 2 == 0) == (x < 0.0) else value


@routine
def cos(x):
    """The cosine of an angle in radians."""
    size = abs(x)
    if size < QUARTER_PI:
        return cosine_of(x, 0.0)
    if not size <= LARGEST:
        return math.cos(x) if size < math.inf else x - x
    n, y, rest = reduced(size)
    value = sine_of(y, rest, True) if n & 1 else cosine_of(y, rest)
    return -value if (n + 1) & 2 else value


@part
def leading(x):
    """A positive number without the lower 32 bits of its fraction."""
    fraction, exponent = math.frexp(x)
    return math.ldexp(math.floor(fraction * 2097152.0), exponent - 21)


@routine
def reduced(x):
    """(n, y, rest) with x = n pi / 2 + y + rest and |y| up to about pi / 4, for x from QUARTER_PI to LARGEST."""
    if x < THREE_QUARTERS_PI:
        rough, rest = x - HALF_PI, HALF_PI_REST
        if NEAR_HALF_PI <= x < BEYOND_HALF_PI:
            rough, rest = rough - SECOND, SECOND_REST
        y = rough - rest
        return 1, y, (rough - y) - rest
    n = int(x * TWO_OVER_PI + 0.5)
    turns = float(n)
    rough, rest = x - turns * HALF_PI, turns * HALF_PI_REST
    y = rough - rest
    if n >= 32 or leading(x) == leading(turns * (math.pi / 2.0)):  # x may be so near that many digits cancel
        exponent = math.frexp(x)[1]
        if exponent - math.frexp(y)[1] > 16:
            before, rest = rough, turns * SECOND
            rough = before - rest
            rest = turns * SECOND_REST - ((before - rough) - rest)
            y = rough - rest
            if exponent - math.frexp(y)[1] > 49:
                before, rest = rough, turns * THIRD
                rough = before - rest
                rest = turns * THIRD_REST - ((before - rough) - rest)
                y = rough - rest
    return n, y, (rough - y) - rest


@part
def sine_of(x, rest, has_rest):
    """sin(x + rest) for |x| up to about pi / 4."""
    if abs(x) < TINY:
        return x
    z = x * x
    v = z * x
    r = 2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)
    r = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * r)
    if has_rest:
        return x - ((z * (0.5 * rest - v * r) - rest) - v * -1.66666666666666324348e-01)
    return x + v * (-1.66666666666666324348e-01 + z * r)


@part
def cosine_of(x, rest):
    """cos(x + rest) for |x| up to about pi / 4."""
    size = abs(x)
    if size < TINY:
        return 1.0
    z = x * x
    r = -2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)
    r = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 + z * r)))
    if size < SMALL_ANGLE:
        return 1.0 - (0.5 * z - (z * r - x * rest))
    quarter = 0.28125 if size >= LARGE_ANGLE else 0.25 * leading(size)
    return (1.0 - quarter) - ((0.5 * z - quarter) - (z * r - x * rest))
