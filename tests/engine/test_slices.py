"""Slices: which point of input space a pixel is, and where a point is on the map."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.engine.conftest import numbers_of, spec
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.analysis.maps import class_map, small_maps, unit_maps
from tinkernet.engine.analysis.metrics import classify
from tinkernet.engine.analysis.probe import activations, unit_value
from tinkernet.engine.data.dataset import CLASS, NUMBER, Column, Dataset, Points
from tinkernet.engine.data.features import column_keys
from tinkernet.engine.data.grid import EDGE, grid, quantised
from tinkernet.engine.data.slices import (
    LINE,
    PLANE,
    Slice,
    column_slice,
    default_slice,
    main_directions,
    main_slice,
    named_slice,
    slice_points,
)


def random_slice(dimensions: int, seed: int) -> Slice:
    """A plane in any direction, its axes not orthogonal."""
    drawn = np.random.default_rng(seed)
    axes = drawn.normal(size=(2, dimensions))
    return Slice(tuple(drawn.normal(size=dimensions)), (tuple(axes[0]), tuple(axes[1])))


@given(st.integers(2, 64), st.integers(0, 2**32 - 1))
def test_a_point_of_the_slice_is_where_it_was_taken_from(dimensions: int, seed: int) -> None:
    """Project after lift is the identity; what is not on the slice goes to its nearest point."""
    plane = random_slice(dimensions, seed)
    coordinates = np.random.default_rng(seed + 1).uniform(-EDGE, EDGE, (7, 2))
    np.testing.assert_allclose(plane.project(plane.lift(coordinates)), coordinates, atol=1e-6)
    points = np.random.default_rng(seed + 2).normal(size=(7, dimensions))
    beside = points - plane.lift(plane.project(points))
    np.testing.assert_allclose(beside @ np.array(plane.axes).T, 0.0, atol=1e-6)


def test_points_on_the_plane_are_where_they_are() -> None:
    """The identity computes nothing: the arrays themselves come back."""
    points = grid(10)
    assert PLANE.lift(points) is points
    assert PLANE.project(points) is points
    for dataset in ("circle", "blobs"):
        trainer = Trainer(spec(dataset=dataset))
        assert default_slice(trainer.dataset) is PLANE
        part = trainer.data.train
        of_class = part.targets[:, 0]
        labels = 2 * of_class - 1 if dataset == "circle" else of_class
        wanted = np.column_stack([part.inputs, labels]).astype(np.float32)
        found = slice_points(part, PLANE, trainer.task.classes)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, wanted)


def five(kind: str, **choices: Any) -> Trainer:
    """A network that has learnt a little of points in five dimensions."""
    inputs = np.random.default_rng(1).normal(size=(60, 5)) * [1, 2, 3, 4, 5]
    targets = np.sin(inputs[:, :2]) if kind == NUMBER else np.arange(60.0)[:, None] % 3
    dataset = Dataset(
        inputs,
        targets,
        kind=kind,
        columns=[Column(name) for name in "abcde"],
        target_columns=[Column(name) for name in "pq"[: targets.shape[1]]],
        classes=["r", "s", "t"] if kind == CLASS else (),
    )
    problem = "regression" if kind == NUMBER else "classification"
    trainer = Trainer(spec(problem=problem, features=column_keys(5), hidden=(4,), **choices), dataset)
    trainer.advance(3)
    return trainer


def test_maps_of_a_slice_through_five_dimensions() -> None:
    """Each pixel is what the network answers at the point of the slice, for neurons, outputs and columns."""
    trainer, plane = five(NUMBER), random_slice(5, 4)
    at_pixels = plane.lift(grid(10))
    rows = activations(trainer, at_pixels)
    small, big = small_maps(trainer, 10, plane=plane), unit_maps(trainer, ["0.2", "1.1", "in.3"], 10, plane=plane)
    assert small.tobytes() == quantised(rows[5:]).tobytes()
    for unit, row in (("0.2", 7), ("1.1", 10), ("in.3", 3)):
        assert big[unit].tobytes() == quantised(rows[row]).tobytes()
    np.testing.assert_array_equal(rows[3], at_pixels[:, 3])
    for unit, row in (("0.2", 7), ("in.3", 3)):
        u, v = grid(10)[17]
        assert unit_value(trainer, unit, u, v, plane=plane) == pytest.approx(rows[row, 17], rel=1e-12)
    other = unit_maps(trainer, ["1.1"], 10, plane=random_slice(5, 5))["1.1"]
    assert other.tobytes() != big["1.1"].tobytes()


def test_a_map_of_classes_of_a_slice() -> None:
    """The same for classes."""
    trainer, plane = five(CLASS), random_slice(5, 4)
    chosen, margin = class_map(trainer, 8, plane=plane)
    pair = [activations(trainer, plane.lift(grid(8, offset)))[-3:] for offset in (-0.25, 0.25)]
    wanted = classify(0.5 * (pair[0] + pair[1]), trainer.task)
    np.testing.assert_array_equal(chosen, wanted[0])
    np.testing.assert_allclose(margin, wanted[1], rtol=1e-12, atol=1e-12)


def test_two_columns_have_the_others_at_their_median() -> None:
    """And the points fill most of the map."""
    trainer = five(NUMBER)
    inputs = trainer.dataset.inputs
    plane = named_slice(trainer.dataset, "0,1")
    assert plane == column_slice(trainer.dataset, 0, 1)
    middle = plane.lift(np.zeros((1, 2)))[0]
    np.testing.assert_allclose(middle[2:], np.median(inputs, axis=0)[2:])
    found = slice_points(Points(inputs, trainer.dataset.targets), plane, 0, target=1)
    np.testing.assert_allclose(found[:, :2].min(axis=0), -0.8 * EDGE, rtol=1e-6)
    np.testing.assert_allclose(found[:, :2].max(axis=0), 0.8 * EDGE, rtol=1e-6)
    np.testing.assert_array_equal(found[:, 2], trainer.dataset.targets[:, 1].astype(np.float32))
    assert named_slice(trainer.dataset, "2,0@7") == column_slice(trainer.dataset, 2, 0, inputs[7])
    for unknown in ("0,9", "1,1", "0,1@9999"):
        assert named_slice(trainer.dataset, unknown) == default_slice(trainer.dataset)


def test_without_a_slice_the_main_directions_are_shown() -> None:
    """The principal components, through the mean: most of the variance, and the points fill most of the map."""
    trainer = five(NUMBER)
    inputs = trainer.dataset.inputs
    plane, (directions, shares) = default_slice(trainer.dataset), main_directions(trainer.dataset)
    centred = inputs - inputs.mean(axis=0)
    values, vectors = np.linalg.eig(np.cov(centred.T))  # another way than the code's
    order = np.argsort(values)[::-1]
    np.testing.assert_allclose(shares, values[order] / values.sum(), rtol=1e-9)
    np.testing.assert_allclose(np.abs(np.sum(directions * vectors.T[order], axis=1)), 1.0, rtol=1e-9)
    assert (directions.max(axis=1) >= -directions.min(axis=1)).all()
    found = slice_points(Points(inputs, trainer.dataset.targets), plane, 0)
    np.testing.assert_allclose(found[:, :2].min(axis=0), -0.8 * EDGE, rtol=1e-6)
    np.testing.assert_allclose(found[:, :2].max(axis=0), 0.8 * EDGE, rtol=1e-6)
    away = plane.lift(plane.project(inputs)) - inputs  # what the projection leaves out is the other directions
    np.testing.assert_allclose(away @ directions[:2].T, 0.0, atol=1e-12)
    np.testing.assert_allclose(-away @ directions[2:].T, centred @ directions[2:].T, atol=1e-12)
    one = small_maps(trainer, 5), unit_maps(trainer, ["1.0"], 10)
    other = small_maps(trainer, 5, plane=plane), unit_maps(trainer, ["1.0"], 10, plane=plane)
    assert one[1]["1.0"].tobytes() == other[1]["1.0"].tobytes()


def test_a_default_slice_keeps_no_data_set_alive() -> None:
    """It is found once, and forgotten with its data set: one may be five megabytes."""
    dataset = numbers_of(5)
    assert default_slice(dataset) is default_slice(dataset)
    there = weakref.ref(dataset)
    del dataset
    gc.collect()
    assert there() is None


@pytest.mark.parametrize("inputs", [np.ones((4, 3)), np.eye(3) * 1e300, np.arange(6.0).reshape(2, 3)])
def test_points_without_any_spread_have_main_directions(inputs: NDArray[np.float64]) -> None:
    """Of points that are all equal, on one line, or very large."""
    dataset = Dataset(inputs, np.ones((len(inputs), 1)), kind=NUMBER, columns=[Column(c) for c in "abc"],
                      target_columns=[Column("t")])  # fmt: skip
    found = main_slice(dataset).project(inputs)
    assert np.isfinite(found).all()
    assert (np.abs(found) <= 0.8 * EDGE * (1 + 1e-6)).all()


def test_a_slice_through_a_point() -> None:
    """The other columns are the point's; the axes are other columns than the first two, and a flat one has a scale."""
    dataset = Dataset(np.ones((4, 3)), np.ones((4, 1)), kind=NUMBER, columns=[Column(c) for c in "abc"],
                      target_columns=[Column("t")])  # fmt: skip
    plane = column_slice(dataset, 2, 0, through=[7.0, 8.0, 9.0])
    assert plane == Slice((1.0, 8.0, 1.0), ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0)))


def _line(inputs: np.ndarray) -> Dataset:
    return Dataset(inputs, inputs**2, kind=NUMBER, columns=[Column("x")], target_columns=[Column("y")])


def test_one_column_is_a_line() -> None:
    """The map is constant along v. Numbers that fit on the map are where they are; others are scaled to it."""
    inputs = np.linspace(-30, 50, 9)[:, None]
    plane = default_slice(_line(inputs))
    lifted = plane.lift(np.array([[0.0, 0.0], [0.0, 5.0], [4.8, 1.0]]))
    np.testing.assert_allclose(lifted[:, 0], [10.0, 10.0, 50.0])
    np.testing.assert_array_equal(plane.project(inputs)[:, 1], 0.0)
    small = _line(inputs / 10)
    assert default_slice(small) == LINE
    trainer = Trainer(spec(problem="regression", features=("in.0",)), small)
    shown = unit_maps(trainer, ["2.0"], 10)["2.0"].reshape(10, 10)
    assert (shown == shown[:1]).all()


@pytest.mark.parametrize(
    ("point", "axes", "field"),
    [
        ((), ((), ()), "point"),
        ((0.0, np.nan), ((1.0, 0.0), (0.0, 1.0)), "point"),
        (("a", "b"), ((1.0, 0.0), (0.0, 1.0)), "point"),
        ((0.0, 0.0), ((1.0, 0.0),), "axes"),
        ((0.0, 0.0), ((1.0, 0.0), (0.0, 1.0, 0.0)), "axes"),
        ((0.0, 0.0), ((1.0, 0.0), (np.inf, 1.0)), "axes"),
        ((0.0, 0.0), ((1.0, 2.0), (2.0, 4.0)), "axes"),
        ((0.0, 0.0, 0.0), ((1.0, 2.0, 0.0), (0.0, 0.0, 0.0)), "axes"),
        ((0.0,), ((0.0,), (0.0,)), "axes"),
    ],
)
def test_what_cannot_be_a_slice_is_refused(point: Any, axes: Any, field: str) -> None:
    """By name, value and what is allowed."""
    with pytest.raises(SpecError) as refusal:
        Slice(point, axes)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("first", "second", "through", "field"),
    [(5, 0, None, "first"), (0, -1, None, "second"), (True, 0, None, "first"), (2, 2, None, "second"),
     (0, 1, [1.0, 2.0], "through"), (0, 1, [1.0, 2.0, 3.0, 4.0, np.nan], "through")],
)  # fmt: skip
def test_columns_that_are_not_there_are_refused(first: int, second: int, through: Any, field: str) -> None:
    """And a point of another number of columns."""
    with pytest.raises(SpecError) as refusal:
        column_slice(numbers_of(5), first, second, through)
    assert refusal.value.field == field
