"""The data sets against what a person would write down, one point after another."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.engine.conftest import spec
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.data.generators import GENERATORS, class_counts, generator_from_key
from tinkernet.engine.rng import seedrandom

Point = tuple[float, float]
Counts = tuple[int, ...]


class Stream:
    """Uniform numbers, one after another, and normal ones made of them by the polar method."""

    def __init__(self, seed: str) -> None:
        self._state = seedrandom.generator(seed)
        self._numbers = self._endless()

    def _endless(self) -> Iterator[float]:
        while True:
            yield from seedrandom.uniforms((100,), self._state).tolist()

    def between(self, low: float, high: float) -> float:
        """Uniform."""
        return low + (high - low) * next(self._numbers)

    def normal(self) -> float:
        """Mean 0, deviation 1; the second number of each pair is dropped."""
        while True:
            u, v = self.between(-1, 1), self.between(-1, 1)
            if u * u + v * v <= 1:
                return u * math.sqrt(-2 * math.log(u * u + v * v) / (u * u + v * v))


def square_of(x: float, y: float) -> int | None:
    """The class of a place on the checkerboard; none on its lines."""
    column, across = divmod(x + 5.5, 2.75)
    row, up = divmod(y + 5.5, 2.75)
    if not all(0.165 <= within <= 2.585 for within in (across, up)):
        return None
    return int(column + row) % 2


def heart_of(x: float, y: float) -> int | None:
    """The class of a place in and around the heart: between its upper and its lower edge; none in the gap."""

    def inside(size: float) -> bool:
        if abs(x) >= size:
            return False
        root, half = math.sqrt(abs(x) / size), math.sqrt(1 - (x / size) ** 2)
        return size * (root - half) / 1.2 < y + 1 < size * (root + half) / 1.2

    return 1 if inside(4.1) else None if inside(4.4) else 0


def region_points(
    region: Callable[[float, float], int | None], counts: Counts, noise: float, drawn: Stream
) -> list[Point]:
    """Drawn in lots, as many as all together, each for the next free place of its class, then shaken."""
    count = sum(counts)
    places = {0: list(range(counts[0])), 1: list(range(counts[0], count))}
    found: list[Point] = [(0, 0)] * count
    while places[0] or places[1]:
        for _ in range(count):
            point = drawn.between(-5.5, 5.5), drawn.between(-5.5, 5.5)
            own = region(*point)
            if own is not None and places[own]:
                found[places[own].pop(0)] = point
    return [(x + drawn.between(-2, 2) * noise, y + drawn.between(-2, 2) * noise) for x, y in found]


def banana_points(counts: Counts, noise: float, drawn: Stream) -> list[Point]:
    """The first class bends to the right and the other is the same, turned by half a circle."""
    angles = [math.radians(22.5 + drawn.between(0, 225)) for _ in range(sum(counts))]
    found = []
    for place, angle in enumerate(angles):
        x, y = 1.1 + 3 * math.sin(angle), 1.1 + 3 * math.cos(angle)
        side = 1 if place < counts[0] else -1
        across, up = drawn.normal(), drawn.normal()
        found.append((side * x + across * (0.35 + noise), side * y + up * (0.35 + noise)))
    return found


CLASSES: dict[str, Callable[[Counts, float, Stream], list[Point]]] = {
    "checkerboard": lambda counts, noise, drawn: region_points(square_of, counts, noise, drawn),
    "heart": lambda counts, noise, drawn: region_points(heart_of, counts, noise, drawn),
    "bananas": banana_points,
}
HEIGHTS: dict[str, Callable[[float, float], float]] = {
    "reg-sine": lambda x, y: math.sin(x + y / 2),
    "reg-saddle": lambda x, y: (x / 6) ** 2 - (y / 6) ** 2,
    "reg-ripple": lambda x, y: math.cos(1.5 * math.hypot(x, y)) / (1 + math.hypot(x, y) / 10),
    "reg-step": lambda x, y: 0.8 if 2 * y > x else -0.8,
}


@pytest.mark.parametrize("noise", [0.0, 0.25])
@pytest.mark.parametrize("share", [50.0, 30.0])
@pytest.mark.parametrize("key", [*CLASSES, *HEIGHTS])
def test_a_set_is_drawn_as_it_is_said(key: str, share: float, noise: float) -> None:
    """Every point and label, from the same numbers in the same order."""
    drawn, count = Stream("a"), 60
    if key in CLASSES:
        counts: Counts = (30, 30) if share == 50 else (42, 18)
        points = CLASSES[key](counts, noise, drawn)
        wanted = [(*point, 1 if place >= counts[0] else -1) for place, point in enumerate(points)]
    else:
        wanted, counts = [], (count,)
        for _ in range(count):
            x, y, dx, dy = (drawn.between(-6, 6) for _ in range(4))
            wanted.append((x, y, HEIGHTS[key](x + noise * dx, y + noise * dy)))
    made = generator_from_key[key].make(counts, noise, seedrandom.generator("a"))
    np.testing.assert_allclose(made, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("key", HEIGHTS)
def test_a_height_is_about_one_and_noise_changes_it(key: str) -> None:
    """Over the whole plane; the points that are shown stay where they are."""
    make = generator_from_key[key].make
    plain, noisy = (make((1200,), noise, seedrandom.generator("b")) for noise in (0.0, 0.5))
    assert 0.7 < np.abs(plain[:, 2]).max() <= 1.0
    assert (noisy[:, :2] == plain[:, :2]).all()
    assert (noisy[:, 2] != plain[:, 2]).any()


def choices_of(key: str) -> dict[str, str]:
    """The settings that choose a data set."""
    problem = generator_from_key[key].problem
    return {"problem": problem, "dataset" if problem == "classification" else "reg_dataset": key}


@pytest.mark.parametrize("key", [each.key for each in GENERATORS])
def test_a_set_has_as_many_points_as_are_wanted(key: str) -> None:
    """From 10 to 5,000, in their bounds; equally many of each class; the share of them is for training."""
    record = generator_from_key[key]
    for count, train in ((10, 3), (37, 11), (5000, 1500)):
        made = Trainer(spec(**choices_of(key), points=count, train_percent=30))
        assert (len(made.dataset), len(made.data.train)) == (count, train)
        assert np.abs(made.dataset.inputs).max() <= 6
        if record.problem == "classification" and not record.basic:
            assert np.ptp(np.unique(made.dataset.targets, return_counts=True)[1]) <= 1
    plain, told = Trainer(spec(**choices_of(key))), Trainer(spec(**choices_of(key), points=record.size))
    assert told.dataset.to_bytes() == plain.dataset.to_bytes()
    assert told.network.params.tobytes() == plain.network.params.tobytes()


def test_a_number_of_points_that_cannot_be_says_what_can() -> None:
    """In a sentence that also names the value for the set's own."""
    with pytest.raises(SpecError) as refusal:
        spec(points=9)
    assert str(refusal.value) == "Points must be a whole number from 10 to 5000, or 0 for the data set's own, not 9."


def original_point(key: str, place: int, counts: Counts, drawn: Stream) -> Point:
    """Without noise, whose numbers are drawn all the same; the second class comes first."""
    is_second = place < counts[1]
    if key == "gauss":
        middle = 2 if is_second else -2
        return middle + math.sqrt(0.5) * drawn.normal(), middle + math.sqrt(0.5) * drawn.normal()
    if key == "xor":
        x, y = (value + math.copysign(0.3, value) for value in (drawn.between(-5, 5), drawn.between(-5, 5)))
        found = (x, y if (x * y > 0) == is_second else -y)
    else:
        if key == "circle":
            radius = drawn.between(0, 2.5) if is_second else drawn.between(3.5, 5)
            angle = drawn.between(0, 2 * math.pi)
        else:
            along = place / counts[1] if is_second else (place - counts[1]) / counts[0]
            radius, angle = 5 * along, 3.5 * math.pi * along + (0 if is_second else math.pi)
        found = (radius * math.sin(angle), radius * math.cos(angle))
    drawn.between(0, 1), drawn.between(0, 1)
    return found


@pytest.mark.parametrize("key", ["circle", "xor", "gauss", "spiral"])
def test_a_set_of_the_original_with_other_shares(key: str) -> None:
    """The same numbers in the same order, with the border between the classes elsewhere."""
    drawn, counts = Stream("a"), (42, 18)
    wanted = [(*original_point(key, place, counts, drawn), 1 if place < 18 else -1) for place in range(60)]
    made = generator_from_key[key].make(counts, 0.0, seedrandom.generator("a"))
    np.testing.assert_allclose(made, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("key", [each.key for each in GENERATORS if each.problem == "classification"])
def test_the_second_of_two_classes_has_its_share(key: str) -> None:
    """Exactly, without noise; at least one point of ten. Half of them is what there is without it."""
    for count, share, second in ((10, 10, 1), (37, 90, 33), (500, 30, 150)):
        made = Trainer(spec(dataset=key, classes=2, points=count, class_balance=share)).dataset
        assert int(made.targets.sum()) == second
        assert np.abs(made.inputs).max() <= 6
    assert class_counts(37, 2) == (19, 18)


@pytest.mark.parametrize("choices", [{"dataset": "blobs", "classes": 3}, {"problem": "regression"}])
def test_a_share_of_two_classes_changes_nothing_else(choices: dict[str, Any]) -> None:
    """Neither three classes nor numbers."""
    one, other = (Trainer(spec(**choices, class_balance=share)) for share in (50, 20))
    assert one.dataset.to_bytes() == other.dataset.to_bytes()
    assert one.spec.draws_as(other.spec)


def test_what_changes_the_points_is_another_drawing() -> None:
    """What a person has drawn over one set is not carried over to another: by number and by share of the classes."""
    one = spec(dataset="moons")
    assert one.draws_as(replace(one, points=500, train_percent=20.0, weight_seed="b"))
    assert not one.draws_as(replace(one, points=499))
    assert not one.draws_as(replace(one, class_balance=40.0))
