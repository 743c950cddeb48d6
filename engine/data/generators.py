"""The generators of points on the plane. Those of the original playground are in `original`."""

from collections.abc import Callable
from math import pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.elementwise import cosine, sine
from tinkernet.engine.data import original, written
from tinkernet.engine.data.dataset import CLASS, NUMBER, PLANE_COLUMNS, Column, Dataset, Floats
from tinkernet.engine.rng import seedrandom
from tinkernet.engine.rng.seedrandom import normals, uniforms

FORMULA, REG_FORMULA = "formula", "reg-formula"
"""The sets that a person writes: their points follow from the formulas of a spec."""

Make = Callable[[tuple[int, ...], float, NDArray[np.int64]], Floats]
"""The number of points of each class, or of all where the labels are numbers; noise as a share; generator.

Gives points (n, 3: x, y, label), class after class.
"""


def _original(code: int) -> Make:
    def make(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
        points = np.empty((sum(counts), 3))
        original.generate(points, code, noise, state, counts[-1])
        return points

    return make


def _labelled(x: Floats, y: Floats, of_class: NDArray[np.int64]) -> Floats:
    """Of two classes the labels are -1 and +1, as the original's; of more they are 0, 1, 2, ..."""
    return np.column_stack([x, y, 2.0 * of_class - 1.0 if of_class[-1] == 1 else of_class])


def class_counts(count: int, classes: int, second: float = 50.0) -> tuple[int, ...]:
    """How many points each class has of so many; for no classes, all of them.

    second: of two classes, the share of the second one in per cent. More than two have equal shares.
    """
    if classes == 2:
        seconds = int(count * second / 100.0)
        return count - seconds, seconds
    return tuple(np.diff(-(-np.arange(classes + 1) * count // classes)).tolist()) if classes else (count,)


def _classes(counts: tuple[int, ...]) -> tuple[NDArray[np.int64], Floats]:
    """Of each point its class, and how far it is through that class, from 0 up to 1."""
    of_class = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum((0, *counts))
    return of_class, (np.arange(len(of_class)) - first[of_class]) / np.array(counts)[of_class]


def blobs(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
    """Round clouds at the corners of a polygon; noise makes them wider."""
    of_class, _ = _classes(counts)
    angle = 2.0 * pi * (of_class + 0.5) / len(counts)
    cloud = normals((len(of_class), 2), state) * (0.55 + 2.0 * noise)
    return _labelled(3.2 * sine(angle) + cloud[:, 0], 3.2 * cosine(angle) + cloud[:, 1], of_class)


def rings(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
    """Rings around one another, a gap between them; noise shakes the points."""
    of_class, _ = _classes(counts)
    drawn = uniforms((len(of_class), 4), state)
    radius = (of_class + 0.15 + 0.7 * drawn[:, 0]) * 5.0 / len(counts)
    shaken = (2.0 * drawn[:, 2:] - 1.0) * 2.0 * noise
    angle = 2.0 * pi * drawn[:, 1]
    return _labelled(radius * sine(angle) + shaken[:, 0], radius * cosine(angle) + shaken[:, 1], of_class)


def moons(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
    """Two half circles, each with an end inside the other; noise shakes the points."""
    of_class, _ = _classes(counts)
    angle = pi * uniforms((len(of_class),), state)
    shaken = normals((len(of_class), 2), state) * (0.15 + noise)
    side = 1.0 - 2.0 * of_class
    x = side * (2.8 * cosine(angle) - 1.4)
    y = side * (2.8 * sine(angle) - 0.7)
    return _labelled(x + shaken[:, 0], y + shaken[:, 1], of_class)


def arms(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
    """The original's spiral with as many arms as classes; the more there are, the less they are wound."""
    of_class, along = _classes(counts)
    angle = 2.0 * pi * (3.5 * along + of_class) / len(counts)
    shaken = (2.0 * uniforms((len(of_class), 2), state) - 1.0) * noise
    x, y = 5.0 * along * sine(angle), 5.0 * along * cosine(angle)
    return _labelled(x + shaken[:, 0], y + shaken[:, 1], of_class)


def _in_regions(
    region: Callable[[Floats, Floats], Floats], of_class: NDArray[np.int64], state: NDArray[np.int64]
) -> Floats:
    """Points (n, 2) over the square, each where the region of its class is.

    region: of arrays x and y, the class of each place; -1 where there is none. As many points as are wanted are drawn
    at a time. Each goes to the next place of its class; where there is none left, it is dropped.
    """
    points = np.empty((len(of_class), 2))
    waiting = [np.flatnonzero(of_class == each) for each in range(of_class[-1] + 1)]
    while any(map(len, waiting)):
        drawn = 11.0 * uniforms(points.shape, state) - 5.5
        found = region(drawn[:, 0], drawn[:, 1])
        for each, rows in enumerate(waiting):
            taken = drawn[found == each][: len(rows)]
            points[rows[: len(taken)]] = taken
            waiting[each] = rows[len(taken) :]
    return points


def _shaken(points: Floats, noise: float, state: NDArray[np.int64]) -> Floats:
    return points + (2.0 * uniforms(points.shape, state) - 1.0) * 2.0 * noise


def _squares(x: Floats, y: Floats) -> Floats:
    column, row = x / 2.75, y / 2.75
    between = (np.abs(column - np.rint(column)) < 0.06) | (np.abs(row - np.rint(row)) < 0.06)
    return np.where(between, -1.0, (np.floor(column) + np.floor(row)) % 2.0)


def checkerboard(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
    """Four by four squares of two classes in turn; noise shakes the points."""
    of_class, _ = _classes(counts)
    points = _shaken(_in_regions(_squares, of_class, state), noise, state)
    return _labelled(points[:, 0], points[:, 1], of_class)


def _heart(x: Floats, y: Floats, size: float) -> NDArray[np.bool_]:
    """Whether a place is in a heart so wide from the middle to either side."""
    x, y = x / size, (y + 1.0) / size
    lifted = 1.2 * y - np.sqrt(np.abs(x))
    return x * x + lifted * lifted < 1.0


def _in_heart(x: Floats, y: Floats) -> Floats:
    return np.where(_heart(x, y, 4.1), 1.0, np.where(_heart(x, y, 4.4), -1.0, 0.0))


def heart(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
    """A heart, a gap and what is around it; noise shakes the points."""
    of_class, _ = _classes(counts)
    points = _shaken(_in_regions(_in_heart, of_class, state), noise, state)
    return _labelled(points[:, 0], points[:, 1], of_class)


def bananas(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
    """Two thick arcs of five eighths of a circle, each around an end of the other; noise makes them thicker."""
    of_class, _ = _classes(counts)
    angle = pi * (1.25 * uniforms((len(of_class),), state) + 0.125)
    cloud = normals((len(of_class), 2), state) * (0.35 + noise)
    side = 1.0 - 2.0 * of_class
    x, y = side * (3.0 * sine(angle) + 1.1), side * (3.0 * cosine(angle) + 1.1)
    return _labelled(x + cloud[:, 0], y + cloud[:, 1], of_class)


def _surface(height: Callable[[Floats, Floats], Floats]) -> Make:
    """The generator of a height over the plane. Noise moves the point that is measured, never the one that is shown."""

    def make(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
        drawn = 12.0 * uniforms((sum(counts), 4), state) - 6.0
        x, y = drawn[:, 0], drawn[:, 1]
        return np.column_stack([x, y, height(x + drawn[:, 2] * noise, y + drawn[:, 3] * noise)])

    return make


def _ridges(x: Floats, y: Floats) -> Floats:
    return sine(x + 0.5 * y)


def _saddle(x: Floats, y: Floats) -> Floats:
    return (x * x - y * y) / 36.0


def _ripple(x: Floats, y: Floats) -> Floats:
    """Waves around the middle that become lower outwards."""
    radius = np.sqrt(x * x + y * y)
    return cosine(1.5 * radius) / (1.0 + 0.1 * radius)


def _step(x: Floats, y: Floats) -> Floats:
    return np.where(y > 0.5 * x, 0.8, -0.8)


def by_regions(regions: tuple[str, ...]) -> Make:
    """The generator of classes by regions that are written as formulas (see `written`)."""

    def make(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
        of_class, _ = _classes(counts)
        points = written.in_regions(regions, of_class, noise, state)
        return _labelled(points[:, 0], points[:, 1], of_class)

    return make


def by_surface(text: str) -> Make:
    """The generator of a surface that is written as a formula."""
    return lambda counts, noise, state: written.on_surface(text, sum(counts), noise, state)


def _curve(value: Callable[[Floats], Floats], scatter: float = 0.0) -> Make:
    """The generator of a curve over numbers x from -6 to 6. Noise, and a scatter of its own, shake the values."""

    def make(counts: tuple[int, ...], noise: float, state: NDArray[np.int64]) -> Floats:
        x = 12.0 * uniforms((sum(counts),), state) - 6.0
        shaken = normals((len(x),), state) * (scatter + 0.5 * noise)
        return np.column_stack([x, np.zeros(len(x)), value(x) + shaken])

    return make


class Generator(NamedTuple):
    """One way to draw points: key in links, name, problem, usual number of points, a note, its function.

    classes: the fewest and the most it can draw. basic: one of the original's. columns: 2 for points on the plane; 1
    for curves, whose points are numbers x with a value each: what the function gives for y is then left out.
    """

    key: str
    label: str
    problem: str
    size: int
    note: str
    make: Make
    classes: tuple[int, int] = (2, 2)
    basic: bool = False
    columns: int = 2


def draw_dataset(
    key: str,
    counts: tuple[int, ...],
    noise: float,
    train_percent: float,
    state: NDArray[np.int64],
    make: Make | None = None,
    names: int = 0,
) -> Dataset:
    """Draw a data set, its points in the order of training, its split fixed.

    counts: see `class_counts`. noise, train_percent: in per cent. state: a seedrandom generator, which moves on.
    make: of a set that is written, what makes the points instead of the record's function.
    names: the number of classes; those beyond the counts have no points yet.
    """
    generator = generator_from_key[key]
    classes, count = len(counts) if generator.problem == "classification" else 0, sum(counts)
    known = max(classes, names) if classes else 0
    points = (make or generator.make)(counts, noise / 100.0, state)
    original.shuffle(points, state)
    labels = points[:, 2:]
    return Dataset(
        points[:, : generator.columns],
        0.5 * labels + 0.5 if classes == 2 else labels,
        kind=CLASS if classes else NUMBER,
        columns=PLANE_COLUMNS[: generator.columns],
        target_columns=(Column("class" if classes else "value"),),
        classes=tuple(str(label) for label in ((-1, 1) if known == 2 else range(known))),
        in_training=np.arange(count) < int(count * train_percent / 100.0),
    )


def thumbnail(key: str) -> NDArray[np.float64]:
    """About 200 points (n, 3) of a data set without noise, always the same, for its picture."""
    generator = generator_from_key[key]
    counts = class_counts(200, min(3, generator.classes[1])) if generator.problem == "classification" else (200,)
    points = generator.make(counts, 0.0, seedrandom.generator("thumbnail"))
    if generator.columns == 1:
        points[:, 1] = 5.0 * points[:, 2]  # a curve is drawn over its numbers
    return points


GENERATORS = (
    Generator(
        "circle",
        "Circle",
        "classification",
        500,
        "One class inside, the other around it.",
        _original(original.CIRCLE),
        basic=True,
    ),
    Generator(
        "xor",
        "Exclusive or",
        "classification",
        500,
        "Opposite quadrants have the same class.",
        _original(original.XOR),
        basic=True,
    ),
    Generator(
        "gauss",
        "Two clouds",
        "classification",
        500,
        "Two clouds that a straight line can separate.",
        _original(original.GAUSS),
        basic=True,
    ),
    Generator(
        "spiral",
        "Spiral",
        "classification",
        500,
        "Two arms wound around each other: the hard one.",
        _original(original.SPIRAL),
        basic=True,
    ),
    Generator(
        "reg-plane",
        "Plane",
        "regression",
        1200,
        "The value rises evenly from corner to corner.",
        _original(original.REG_PLANE),
        basic=True,
    ),
    Generator(
        "reg-gauss",
        "Six bumps",
        "regression",
        1200,
        "Hills and valleys side by side.",
        _original(original.REG_GAUSS),
        basic=True,
    ),
    Generator("blobs", "Blobs", "classification", 500, "Two to six round clouds.", blobs, (2, 6)),
    Generator("rings", "Rings", "classification", 500, "Two to five rings, one inside the other.", rings, (2, 5)),
    Generator("moons", "Moons", "classification", 500, "Two interlocking half-moons.", moons),
    Generator("arms", "Spiral arms", "classification", 500, "Two to six arms wound around each other.", arms, (2, 6)),
    Generator(
        "checkerboard", "Checkerboard", "classification", 500, "Sixteen squares, two classes in turn.", checkerboard
    ),
    Generator("heart", "Heart", "classification", 500, "One class inside a heart, the other around it.", heart),
    Generator("bananas", "Bananas", "classification", 500, "Two long arcs, each around an end of the other.", bananas),
    Generator("reg-sine", "Sine ridges", "regression", 1200, "Waves that run across the plane.", _surface(_ridges)),
    Generator(
        "reg-saddle", "Saddle", "regression", 1200, "It rises to two sides and falls to the others.", _surface(_saddle)
    ),
    Generator("reg-ripple", "Ripple", "regression", 1200, "Rings of waves around the middle.", _surface(_ripple)),
    Generator("reg-step", "Step", "regression", 1200, "Flat and low, a cliff, flat and high.", _surface(_step)),
    Generator("curve-sine", "Sine curve", "regression", 200, "One input: a wave, y = sin x.", _curve(sine), columns=1),
    Generator(
        "curve-step",
        "Jump",
        "regression",
        200,
        "One input: low on the left, high on the right.",
        _curve(lambda x: np.where(x > 0.0, 0.8, -0.8)),
        columns=1,
    ),
    Generator(
        "curve-abs",
        "Corner",
        "regression",
        200,
        "One input: it falls, then rises, y = |x| / 3 − 1.",
        _curve(lambda x: np.abs(x) / 3.0 - 1.0),
        columns=1,
    ),
    Generator(
        "curve-line",
        "Noisy line",
        "regression",
        200,
        "One input: a straight line whose points are scattered around it.",
        _curve(lambda x: x / 8.0, 0.15),
        columns=1,
    ),
    Generator(FORMULA, "Formula", "classification", 500, "Regions that you write.", by_regions(written.REGIONS)),
    Generator(REG_FORMULA, "Formula", "regression", 1200, "A value that you write.", by_surface(written.SURFACE)),
)

generator_from_key = {generator.key: generator for generator in GENERATORS}
