"""What is seen inside a network: each number beside the obvious way to get it."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import config

from tests.engine.conftest import numbers_of, params_of, spec, twin
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.bending import GRID, MOST_POINTS, bending, main_plane
from tinkernet.engine.analysis.health import DEAD, EXPLODING, SATURATED, WELL, ailments, gradient_sizes, health
from tinkernet.engine.analysis.importance import importance
from tinkernet.engine.analysis.landscape import (
    SIDE,
    Plane,
    places_on,
    plane_at_random,
    plane_of_path,
    plane_of_weights,
    surface,
)
from tinkernet.engine.analysis.separation import separation
from tinkernet.engine.data.grid import EDGE
from tinkernet.engine.data.reference import reference_of
from tinkernet.engine.errors import SpecError

pytestmark = pytest.mark.points(60)
compiled = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="thousands of losses take minutes, interpreted")
DEEP = dict(hidden=(5, 3, 2), dataset="xor", activation="sigmoid", regularization="L2", dropout=0.2)


def trained(epochs: int = 5, **choices: object) -> Trainer:
    """A trainer after some epochs."""
    found = Trainer(spec(**choices))
    found.advance(epochs)
    return found


# --- gradients and neurons ---


@pytest.mark.parametrize("choices", [{}, DEEP, dict(dataset="blobs", hidden=(4,)), dict(batch_size=1)])
def test_the_gradient_is_that_of_all_points(choices: dict[str, object]) -> None:
    """Without penalty and dropout, as the naive network adds it up; nothing of the run changes."""
    trainer = trained(**choices)
    before, naive = trainer.checkpoint(), twin(trainer)
    found = health(trainer).gradient
    for point, target in zip(trainer.data.train.inputs, trainer.data.train.targets, strict=True):
        naive.add_gradient(point, target)
    wanted = np.concatenate([part.ravel() for pair in naive.gradient for part in pair]) / len(trainer.data.train)
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-14)
    assert trainer.checkpoint() == before
    sizes = gradient_sizes(trainer, found)
    per_layer = [np.sqrt((weights**2).mean()) / len(trainer.data.train) for weights, _ in naive.gradient]
    np.testing.assert_allclose(sizes, per_layer, rtol=1e-8)


def test_what_ails_a_neuron() -> None:
    """Made ill by hand, one after another; the others are well."""
    trainer = Trainer(spec(hidden=(4, 3), activation="relu", activations=("relu", "tanh")))
    assert ailments(trainer).tolist() == [WELL] * 7
    trainer.set_bias(0, 1, -100.0)
    for input in range(2):
        trainer.set_weight(0, 1, input, 0.1)
    trainer.set_weight(0, 2, 0, 101.0)
    trainer.set_bias(1, 2, 60.0)
    for input in range(4):
        trainer.set_weight(1, 2, input, 0.01)
    found = ailments(trainer).tolist()
    assert found == [WELL, DEAD, EXPLODING, WELL, WELL, WELL, SATURATED]


# --- importance ---


@pytest.mark.parametrize("choices", [{}, DEEP, dict(dataset="blobs", hidden=(3,))])
def test_importance_is_the_loss_without(choices: dict[str, object]) -> None:
    """Each input, neuron and link in turn is taken from the naive network."""
    trainer = trained(**choices)
    found, points = importance(trainer), trainer.data.train
    assert found.loss == pytest.approx(twin(trainer).loss(points), rel=1e-9)
    units, links = [], []
    for layer in range(trainer.network.layers):
        shape = twin(trainer).weights[layer].shape
        for input in range(shape[1]):
            naive = twin(trainer)
            naive.weights[layer][:, input] = 0.0
            units.append(naive.loss(points))
        for place in np.ndindex(*shape):
            naive = twin(trainer)
            naive.weights[layer][place] = 0.0
            links.append(naive.loss(points))
    np.testing.assert_allclose(found.units, units, rtol=1e-9)
    assert found.links is not None
    np.testing.assert_allclose(found.links, links, rtol=1e-9)


# --- landscape ---


@compiled
def test_a_landscape_of_two_weights_is_the_loss_with_them() -> None:
    """At its corners and its middle the naive network has that loss; the ball lies on the surface."""
    trainer = trained(**DEEP)
    plane = plane_of_weights(trainer, (0, 1, 0), (2, 1, 2))
    found = surface(trainer, plane)
    assert found is not None
    assert found.shape == (SIDE, SIDE)
    for row, column in ((0, 0), (0, SIDE - 1), (SIDE // 2, SIDE // 2), (SIDE - 1, 7)):
        naive = twin(trainer)
        naive.weights[0][1, 0] = plane.low[0] + (plane.high - plane.low)[0] * column / (SIDE - 1)
        naive.weights[2][1, 2] = plane.low[1] + (plane.high - plane.low)[1] * row / (SIDE - 1)
        assert found[row, column] == pytest.approx(naive.loss(trainer.data.train), rel=1e-9)
    at = places_on(plane, trainer.network.padded[None])[0]
    np.testing.assert_allclose(at, [trainer.network.weights(0)[1, 0], trainer.network.weights(2)[1, 2]])
    assert (plane.low < at).all()
    assert (at < plane.high).all()
    with pytest.raises(SpecError, match="another link"):
        plane_of_weights(trainer, (0, 1, 0), (0, 1, 0))


def test_the_plane_of_a_path_holds_most_of_it() -> None:
    """Beside the eigenvectors of the differences from the present weights; the path is in the window."""
    trainer = trained(30)
    epochs, vectors = trainer.path(10, 10.0)
    assert epochs[0] == 0
    assert epochs[-1] == 30
    found = plane_of_path(vectors)
    assert found is not None
    plane, share = found
    differences = vectors - vectors[-1]
    variances, axes = np.linalg.eigh(differences.T @ differences)
    assert share == pytest.approx(variances[-2:].sum() / variances.sum())
    np.testing.assert_allclose(abs(plane.axes @ axes[:, -2:][:, ::-1]), np.eye(2), atol=1e-6)
    places = places_on(plane, vectors)
    assert ((plane.low < places) & (places < plane.high)).all()
    np.testing.assert_allclose(places[-1], 0.0, atol=1e-12)
    assert plane_of_path(vectors[-2:]) is None


def test_random_directions_are_as_long_as_the_weights() -> None:
    """Of each neuron; biases and dead links do not move, and the same draw is the same plane."""
    trainer = Trainer(spec(hidden=(4, 3), cut=("1.2.0",)))
    plane = plane_at_random(trainer, 3)
    network = trainer.network
    for axis in plane.axes:
        for layer in range(network.layers):
            weights = network.weights_of(axis, layer)
            if layer != 1:
                wanted = np.linalg.norm(network.weights(layer), axis=1)
                np.testing.assert_allclose(np.linalg.norm(weights, axis=1), wanted)
            assert not network.biases_of(axis, layer).any()
        assert network.weights_of(axis, 1)[2, 0] == 0.0
    assert (plane_at_random(trainer, 3).axes == plane.axes).all()
    assert (plane_at_random(trainer, 4).axes != plane.axes).any()


def test_a_path_is_the_way_of_the_run() -> None:
    """Computed again, edits included; where that takes too long, from the snapshots."""
    trainer = trained(6)
    trainer.set_weight(0, 0, 0, 2.0)
    trainer.advance(6)
    epochs, vectors = trainer.path(4, 10.0)
    assert epochs == [0, 3, 6, 9, 12]
    for epoch, vector in zip(epochs, vectors, strict=True):
        np.testing.assert_array_equal(vector[trainer.network.places], trainer.seek(epoch).network.params)
    rough, few = trainer.path(4, 0.0)
    assert rough == [0, 12]
    np.testing.assert_array_equal(few, vectors[[0, -1]])


@compiled
def test_a_plane_is_left_as_it_is_by_a_surface() -> None:
    """The run goes on bit for bit as if nobody had looked."""
    trainer, other = trained(3), trained(3)
    zero = Plane(trainer.network.padded.copy(), np.zeros((2, len(trainer.network.padded))), -np.ones(2), np.ones(2))
    found = surface(trainer, zero)
    assert found is not None
    assert np.ptp(found) == 0.0
    importance(trainer), health(trainer), bending(trainer), trainer.path(5, 1.0)
    trainer.advance(3), other.advance(3)
    assert trainer.checkpoint() == other.checkpoint()


# --- space bending ---


@pytest.mark.parametrize("hidden", [(4, 2), (3,), (1, 5), ()])
def test_the_plane_through_each_layer(hidden: tuple[int, ...]) -> None:
    """Grid and points as the naive network has them; of more than two neurons, the plane of their main directions."""
    trainer = trained(hidden=hidden)
    stops, naive = bending(trainer), twin(trainer)
    assert len(stops) == len(hidden) + 2
    points = trainer.data.train.inputs
    axis = np.linspace(-EDGE, EDGE, GRID)
    for place in (0, 40, GRID * GRID - 1):
        x, y = axis[place % GRID], axis[place // GRID]
        np.testing.assert_allclose(stops[0].places[place], [x, y])
        outputs = naive.forward((x, y))[0]
        for stop, values, layer in zip(stops[1:], outputs[1:], range(len(outputs)), strict=False):
            all_values = np.array([naive.forward(point)[0][layer + 1] for point in points])
            middle, axes = np.zeros(len(values)), np.eye(2, len(values))
            if len(values) > 2:
                middle = all_values.mean(axis=0)
                axes = np.linalg.svd(all_values - middle)[2][:2]
            wanted = axes @ (values - middle)
            np.testing.assert_allclose(np.abs(stop.places[place]), np.abs(wanted), atol=1e-7)
            assert stop.units == len(values)
    assert all(len(stop.places) == GRID * GRID + min(MOST_POINTS, len(points)) for stop in stops)


def test_the_line_of_the_output_is_where_it_is_undecided() -> None:
    """With two neurons before it, points on the line have an output of 0."""
    trainer = trained(20)
    stop = bending(trainer)[-2]
    a, b, c = stop.line
    on_line = np.array([[0.3, (c - 0.3 * a) / b], [-0.5, (c + 0.5 * a) / b]])
    weights, biases = trainer.network.weights(2), trainer.network.biases(2)
    np.testing.assert_allclose(on_line @ weights[0] + biases[0], 0.0, atol=1e-12)


@compiled
def test_where_a_straight_line_is_enough() -> None:
    """A trained circle: not at the inputs, but before the output; other inputs than x and y are a stop of their own."""
    trainer = trained(150)
    stops, count = bending(trainer), len(trainer.data.train)
    assert stops[0].right < 0.8 * count
    assert stops[-2].right >= 0.99 * count
    assert stops[-1].right == -1
    squares = bending(trained(features=("xSquared", "ySquared"), hidden=(3,)))
    assert [stop.kind for stop in squares] == [0, 1, 2, 3]
    assert squares[1].right >= 0.97 * count
    numbers = Trainer(spec(problem="regression", data="", hidden=(3,)))
    assert {stop.right for stop in bending(numbers)} == {-1}
    several = numbers_of(4)
    own = Trainer(
        spec(problem="regression", data=reference_of(several), features=("in.0", "in.2"), hidden=(3,)), several
    )
    assert [stop.units for stop in bending(own)] == [2, 2, 3, 1]


def test_the_main_plane_is_that_of_the_eigenvalues() -> None:
    """Shares of the variance; two columns are themselves."""
    values = np.random.default_rng(1).normal(size=(50, 4)) * [5.0, 0.1, 3.0, 1.0]
    middle, axes, share = main_plane(values)
    variances = np.linalg.eigvalsh(np.cov(values.T))
    assert share == pytest.approx(variances[-2:].sum() / variances.sum())
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(middle, values.mean(axis=0))
    assert main_plane(values[:, :2])[1:] == (pytest.approx(np.eye(2)), 1.0)


# --- logistic regression ---


@pytest.mark.parametrize("count", [2, 3])
def test_the_logistic_regression_is_that_of_plain_descent(count: int) -> None:
    """Overlapping classes: the same penalised minimum as many small steps of gradient descent on softmax scores."""
    drawn = np.random.default_rng(count)
    classes = np.arange(120) % count
    places = drawn.normal(size=(120, 2)) * [2.0, 0.5] + np.array([[0, 0], [2, 0.5], [-1, 1]])[classes]
    found = separation(places, classes, count)
    assert found is not None
    scaled = (places - places.mean(axis=0)) / places.std(axis=0)
    x, wanted = np.hstack([scaled, np.ones((120, 1))]), np.eye(count)[classes]
    weights = np.zeros((count, 3))
    for _ in range(20_000):
        scores = np.exp(x @ weights.T)
        slope = (scores / scores.sum(axis=1, keepdims=True) - wanted).T @ x / 120
        slope[0] = 0.0
        slope[:, :2] += 1e-4 * weights[:, :2]
        weights -= 0.5 * slope
    np.testing.assert_allclose(found.weights * places.std(axis=0), weights[:, :2], rtol=1e-3, atol=1e-4)
    assert found.right == (np.argmax(x @ weights.T, axis=1) == classes).sum()


def test_what_no_line_can_tell_apart() -> None:
    """Four corners: at most three are right. Without points, or with too many columns, nothing is said."""
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    found = separation(corners, np.array([0, 1, 1, 0]), 2)
    assert found is not None
    assert found.right <= 3
    line = separation(corners, np.array([0, 0, 1, 1]), 2)
    assert line is not None
    assert line.right == 4
    assert separation(corners[:0], np.zeros(0, np.int64), 2) is None
    assert separation(np.zeros((4, 300)), np.zeros(4, np.int64), 2) is None
    assert separation(np.full((4, 2), np.nan), np.zeros(4, np.int64), 2) is None


def test_the_naive_twin_is_in_order() -> None:
    """Its parameters, flat, are those that the page gets."""
    trainer = trained(2, **DEEP)
    np.testing.assert_array_equal(params_of(twin(trainer)), trainer.network.params)
