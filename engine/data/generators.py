"""The generators of points on the plane, the shuffle and the split into training and test points.

The order of draws and of operations is the original playground's, so that a seed gives its points to the last bit.
"""

from collections.abc import Callable
from math import pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.elementwise import cosine, sine
from tinkernet.engine.compiler.jit import kernel, part
from tinkernet.engine.compiler.libm import cos, sin
from tinkernet.engine.data.dataset import CLASS, NUMBER, Column, Dataset, Floats
from tinkernet.engine.rng import seedrandom
from tinkernet.engine.rng.seedrandom import draw, normal, normals, uniform, uniforms

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
def between(low, high, share):
    """The number at this share of the way: exactly low at 0 and high at 1."""
    return low * (1.0 - share) + high * share


@part
def gauss(points, noise, state):
    half = len(points) // 2
    variance = between(0.5, 4.0, noise / 0.5)
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
        if code == REG_PLANE:
            points[i, 2] = between(-1.0, 1.0, (noisy_x + noisy_y + 10.0) / 20.0)
        else:
            points[i, 2] = bumps(noisy_x, noisy_y)


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


PLANE_COLUMNS = (Column("x"), Column("y"))

Make = Callable[[int, int, float, NDArray[np.int64]], Floats]
"""Count, classes, noise as a share, generator: points (count, 3: x, y, label), class after class."""


def _original(code: int) -> Make:
    def make(count: int, classes: int, noise: float, state: NDArray[np.int64]) -> Floats:
        points = np.empty((count, 3))
        generate(points, code, noise, state)
        return points

    return make


def _labelled(x: Floats, y: Floats, of_class: NDArray[np.int64], classes: int) -> Floats:
    """Of two classes the labels are -1 and +1, as the original's; of more they are 0, 1, 2, ..."""
    return np.column_stack([x, y, 2.0 * of_class - 1.0 if classes == 2 else of_class])


def _classes(count: int, classes: int) -> tuple[NDArray[np.int64], Floats]:
    """Of each point its class, and how far it is through that class, from 0 up to 1."""
    of_class = np.arange(count) * classes // count
    first = -(-np.arange(classes + 1) * count // classes)
    return of_class, (np.arange(count) - first[of_class]) / np.diff(first)[of_class]


def blobs(count: int, classes: int, noise: float, state: NDArray[np.int64]) -> Floats:
    """Round clouds at the corners of a polygon; noise makes them wider."""
    of_class, _ = _classes(count, classes)
    angle = 2.0 * pi * (of_class + 0.5) / classes
    cloud = normals((count, 2), state) * (0.55 + 2.0 * noise)
    return _labelled(3.2 * sine(angle) + cloud[:, 0], 3.2 * cosine(angle) + cloud[:, 1], of_class, classes)


def rings(count: int, classes: int, noise: float, state: NDArray[np.int64]) -> Floats:
    """Rings around one another, a gap between them; noise shakes the points."""
    of_class, _ = _classes(count, classes)
    drawn = uniforms((count, 4), state)
    radius = (of_class + 0.15 + 0.7 * drawn[:, 0]) * 5.0 / classes
    shaken = (2.0 * drawn[:, 2:] - 1.0) * 2.0 * noise
    angle = 2.0 * pi * drawn[:, 1]
    return _labelled(radius * sine(angle) + shaken[:, 0], radius * cosine(angle) + shaken[:, 1], of_class, classes)


def moons(count: int, classes: int, noise: float, state: NDArray[np.int64]) -> Floats:
    """Two half circles, each with an end inside the other; noise shakes the points."""
    of_class, _ = _classes(count, 2)
    angle = pi * uniforms((count,), state)
    shaken = normals((count, 2), state) * (0.15 + noise)
    side = 1.0 - 2.0 * of_class
    x = side * (2.8 * cosine(angle) - 1.4)
    y = side * (2.8 * sine(angle) - 0.7)
    return _labelled(x + shaken[:, 0], y + shaken[:, 1], of_class, 2)


def arms(count: int, classes: int, noise: float, state: NDArray[np.int64]) -> Floats:
    """The original's spiral with as many arms as classes; the more there are, the less they are wound."""
    of_class, along = _classes(count, classes)
    angle = 2.0 * pi * (3.5 * along + of_class) / classes
    shaken = (2.0 * uniforms((count, 2), state) - 1.0) * noise
    x, y = 5.0 * along * sine(angle), 5.0 * along * cosine(angle)
    return _labelled(x + shaken[:, 0], y + shaken[:, 1], of_class, classes)


class Generator(NamedTuple):
    """One way to draw points on the plane: key in links, name, problem, number of points, a note, its function.

    classes: the fewest and the most it can draw. basic: one of the original's.
    """

    key: str
    label: str
    problem: str
    size: int
    note: str
    make: Make
    classes: tuple[int, int] = (2, 2)
    basic: bool = False


def draw_dataset(key: str, classes: int, noise: float, train_percent: float, state: NDArray[np.int64]) -> Dataset:
    """Draw a data set on the plane, its points in the order of training, its split fixed.

    classes: the number of classes; 0 for a generator of numbers. noise, train_percent: in per cent. state: a
    seedrandom generator, which moves on.
    """
    generator = generator_from_key[key]
    points = generator.make(generator.size, classes, noise / 100.0, state)
    shuffle(points, state)
    labels = points[:, 2:]
    return Dataset(
        points[:, :2],
        0.5 * labels + 0.5 if classes == 2 else labels,
        kind=CLASS if classes else NUMBER,
        columns=PLANE_COLUMNS,
        target_columns=(Column("class" if classes else "value"),),
        classes=tuple(str(label) for label in ((-1, 1) if classes == 2 else range(classes))),
        in_training=np.arange(generator.size) < int(generator.size * train_percent / 100.0),
    )


def thumbnail(key: str) -> NDArray[np.float64]:
    """About 200 points (n, 3) of a data set without noise, always the same, for its picture."""
    generator = generator_from_key[key]
    count = 200 if generator.problem == "classification" else 400
    return generator.make(count, min(3, generator.classes[1]), 0.0, seedrandom.generator("thumbnail"))


GENERATORS = (
    Generator(
        "circle",
        "Circle",
        "classification",
        500,
        "One class inside, the other around it.",
        _original(CIRCLE),
        basic=True,
    ),
    Generator(
        "xor",
        "Exclusive or",
        "classification",
        500,
        "Opposite quadrants have the same class.",
        _original(XOR),
        basic=True,
    ),
    Generator(
        "gauss",
        "Two clouds",
        "classification",
        500,
        "Two clouds that a straight line can separate.",
        _original(GAUSS),
        basic=True,
    ),
    Generator(
        "spiral",
        "Spiral",
        "classification",
        500,
        "Two arms wound around each other: the hard one.",
        _original(SPIRAL),
        basic=True,
    ),
    Generator(
        "reg-plane",
        "Plane",
        "regression",
        1200,
        "The value rises evenly from corner to corner.",
        _original(REG_PLANE),
        basic=True,
    ),
    Generator(
        "reg-gauss",
        "Six bumps",
        "regression",
        1200,
        "Hills and valleys side by side.",
        _original(REG_GAUSS),
        basic=True,
    ),
    Generator("blobs", "Blobs", "classification", 500, "Two to six round clouds.", blobs, (2, 6)),
    Generator("rings", "Rings", "classification", 500, "Two to five rings, one inside the other.", rings, (2, 5)),
    Generator("moons", "Moons", "classification", 500, "Two interlocking half-moons.", moons),
    Generator("arms", "Spiral arms", "classification", 500, "Two to six arms wound around each other.", arms, (2, 6)),
)

generator_from_key = {generator.key: generator for generator in GENERATORS}
