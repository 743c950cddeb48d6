"""The points to learn from: six generators, the shuffle and the split into training and test points.

The order of draws is the original playground's, so that a seed gives its points.
"""

from math import cos, log, pi, sin, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import seedrandom
from ._jit import kernel, part
from .seedrandom import draw, uniform

CIRCLE, XOR, GAUSS, SPIRAL, REG_PLANE, REG_GAUSS = range(6)


@part
def circle(points, noise, state):
    half = len(points) // 2
    for i in range(len(points)):
        radius = uniform(state, 0.0, 2.5) if i < half else uniform(state, 3.5, 5.0)
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
def xor(points, noise, state):
    for i in range(len(points)):
        x = pushed(uniform(state, -5.0, 5.0))
        y = pushed(uniform(state, -5.0, 5.0))
        noisy_x = x + uniform(state, -5.0, 5.0) * noise
        noisy_y = y + uniform(state, -5.0, 5.0) * noise
        points[i, 0], points[i, 1] = x, y
        points[i, 2] = 1.0 if noisy_x * noisy_y >= 0.0 else -1.0


@part
def normal(state, mean, variance):
    """Polar Box-Muller, of which only the first of the two numbers is used."""
    while True:
        u = 2.0 * draw(state) - 1.0
        v = 2.0 * draw(state) - 1.0
        s = u * u + v * v
        if s <= 1.0:
            return mean + sqrt(variance) * (sqrt(-2.0 * log(s) / s) * u)


@part
def gauss(points, noise, state):
    half = len(points) // 2
    variance = 0.5 + 7.0 * noise
    for i in range(len(points)):
        side = 1.0 if i < half else -1.0
        points[i, 0] = normal(state, 2.0 * side, variance)
        points[i, 1] = normal(state, 2.0 * side, variance)
        points[i, 2] = side


@part
def spiral(points, noise, state):
    half = len(points) // 2
    for i in range(len(points)):
        first = i < half
        index = i if first else i - half
        radius = index / half * 5.0
        angle = 1.75 * index / half * 2.0 * pi + (0.0 if first else pi)
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
        points[i, 2] = (noisy_x + noisy_y) / 10.0 if code == REG_PLANE else bumps(noisy_x, noisy_y)


@kernel("void(float64[:,::1], int64, float64, int64[::1])")
def generate(points, code, noise, state):
    """Fill points (n, 3: x, y, label) in the order of the generator; noise is a share, 0.25 for 25 %."""
    if code == CIRCLE:
        circle(points, noise, state)
    elif code == XOR:
        xor(points, noise, state)
    elif code == GAUSS:
        gauss(points, noise, state)
    elif code == SPIRAL:
        spiral(points, noise, state)
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


class Dataset(NamedTuple):
    """One data set: its key in links, the problem it belongs to, how many points it has, its code in kernels."""

    key: str
    label: str
    problem: str
    size: int
    note: str
    code: int


class Data(NamedTuple):
    """Training and test points in the order of training: float64 (n, 3) and (m, 3), columns x, y, label."""

    train: NDArray[np.float64]
    test: NDArray[np.float64]


def load(key: str, noise: float, train_percent: float, state: NDArray[np.int64]) -> Data:
    """Draw a data set: noise and train_percent in per cent; `state` is a seedrandom generator, which moves on."""
    dataset = dataset_from_key[key]
    points = np.empty((dataset.size, 3))
    generate(points, dataset.code, noise / 100.0, state)
    shuffle(points, state)
    split = int(dataset.size * train_percent / 100.0)
    return Data(points[:split].copy(), points[split:].copy())


def thumbnail(key: str) -> NDArray[np.float64]:
    """About 200 points (n, 3) of a data set without noise, always the same, for its picture."""
    dataset = dataset_from_key[key]
    points = np.empty((200 if dataset.problem == "classification" else 400, 3))
    generate(points, dataset.code, 0.0, seedrandom.generator("thumbnail"))
    return points


DATASETS = (
    Dataset("circle", "Circle", "classification", 500, "One class inside, the other around it.", CIRCLE),
    Dataset("xor", "Exclusive or", "classification", 500, "Opposite quarters belong together.", XOR),
    Dataset("gauss", "Two clouds", "classification", 500, "Two clouds that a straight line can part.", GAUSS),
    Dataset("spiral", "Spiral", "classification", 500, "Two arms wound around each other: the hard one.", SPIRAL),
    Dataset("reg-plane", "Plane", "regression", 1200, "The value rises evenly from corner to corner.", REG_PLANE),
    Dataset("reg-gauss", "Six bumps", "regression", 1200, "Hills and hollows side by side.", REG_GAUSS),
)

dataset_from_key = {dataset.key: dataset for dataset in DATASETS}
