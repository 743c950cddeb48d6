"""The original playground's data sets, and its shuffle.

The order of draws and of operations is the original's, so that a seed gives its points to the last bit.
"""

from math import pi, sqrt

from tinkernet.engine.compiler.jit import kernel, part
from tinkernet.engine.compiler.libm import cos, sin
from tinkernet.engine.rng.seedrandom import draw, normal, uniform

CIRCLE, XOR, GAUSS, SPIRAL, REG_PLANE, REG_GAUSS = range(6)


@part
def circle(points, noise, state, positive):
    for i in range(len(points)):
        radius = uniform(state, 0.0, 2.5) if i < positive else uniform(state, 3.5, 5.0)
        angle = uniform(state, 0.0, 2 * pi)
        x, y = radius * sin(angle), radius * cos(angle)
        # The noise moves only the point that is labelled, never the one that is shown: so did the original.
        noisy_x = x + uniform(state, -5.0, 5.0) * noise
        noisy_y = y + uniform(state, -5.0, 5.0) * noise
        points[i, 0], points[i, 1] = x, y
        points[i, 2] = 1.0 if sqrt(noisy_x * noisy_x + noisy_y * noisy_y) < 2.5 else -1.0


@part
def pushed(value):
    return value + 0.3 if value > 0.0 else value - 0.3


@part
def xor(points, noise, state, positive):
    as_drawn = positive == len(points) // 2
    for i in range(len(points)):
        x = pushed(uniform(state, -5.0, 5.0))
        y = pushed(uniform(state, -5.0, 5.0))
        if not as_drawn and (x * y > 0.0) != (i < positive):
            y = -y
        noisy_x = x + uniform(state, -5.0, 5.0) * noise
        noisy_y = y + uniform(state, -5.0, 5.0) * noise
        points[i, 0], points[i, 1] = x, y
        points[i, 2] = 1.0 if noisy_x * noisy_y >= 0.0 else -1.0


@part
def between(low, high, share):
    """The number at this share of the way: exactly low at 0 and high at 1."""
    return low * (1.0 - share) + high * share


@part
def gauss(points, noise, state, positive):
    variance = between(0.5, 4.0, noise / 0.5)
    for i in range(len(points)):
        side = 1.0 if i < positive else -1.0
        points[i, 0] = normal(state, 2.0 * side, variance)
        points[i, 1] = normal(state, 2.0 * side, variance)
        points[i, 2] = side


@part
def spiral(points, noise, state, positive):
    for i in range(len(points)):
        first = i < positive
        index = i if first else i - positive
        count = positive if first else len(points) - positive
        radius = index / count * 5.0
        angle = 1.75 * index / count * 2.0 * pi + (0.0 if first else pi)
        points[i, 0] = radius * sin(angle) + uniform(state, -1.0, 1.0) * noise
        points[i, 1] = radius * cos(angle) + uniform(state, -1.0, 1.0) * noise
        points[i, 2] = 1.0 if first else -1.0


@part
def bumps(x, y):
    """The largest in absolute value of six cones of radius 2 and height +1 or -1; the earlier wins a tie."""
    best = 0.0
    for row in range(2):
        for column in range(3):
            sign = 1.0 if (row + column) % 2 == 0 else -1.0
            dx = x - (column - 1) * 4.0
            dy = y - (2.5 - 5.0 * row)
            height = max(0.0, 1.0 - sqrt(dx * dx + dy * dy) / 2.0)
            if height > abs(best):
                best = sign * height
    return best


@part
def surface(points, noise, state, code):
    for i in range(len(points)):
        x = uniform(state, -6.0, 6.0)
        y = uniform(state, -6.0, 6.0)
        noisy_x = x + uniform(state, -6.0, 6.0) * noise
        noisy_y = y + uniform(state, -6.0, 6.0) * noise
        points[i, 0], points[i, 1] = x, y
        if code == REG_PLANE:
            points[i, 2] = between(-1.0, 1.0, (noisy_x + noisy_y + 10.0) / 20.0)
        else:
            points[i, 2] = bumps(noisy_x, noisy_y)


@kernel("void(float64[:,::1], int64, float64, int64[::1], int64)")
def generate(points, code, noise, state, positive):
    """Fill points (n, 3: x, y, label) in the order of the generator; noise is a share, 0.25 for 25 %.

    positive: the number of points of the label +1, before noise. Half of them is what the original has; of `xor`, which
    then takes the points as they are drawn, it is half of them only on average.
    """
    if code == CIRCLE:
        circle(points, noise, state, positive)
    elif code == XOR:
        xor(points, noise, state, positive)
    elif code == GAUSS:
        gauss(points, noise, state, positive)
    elif code == SPIRAL:
        spiral(points, noise, state, positive)
    else:
        surface(points, noise, state, code)


@kernel("void(float64[:,::1], int64[::1])")
def shuffle(points, state):
    """Fisher-Yates from the end."""
    for left in range(len(points), 0, -1):
        chosen = int(draw(state) * left)
        for column in range(3):
            kept = points[left - 1, column]
            points[left - 1, column] = points[chosen, column]
            points[chosen, column] = kept
