"""Autoencoders: their data sets, principal components, codes, noise to take away, and what the labs promise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core import config

from tests.engine.conftest import numbers_of, spec
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.analysis.codes import bottleneck, coded, count_right, decoded, has_codes
from tinkernet.engine.analysis.principal import angle, matched, principal, unexplained
from tinkernet.engine.analysis.probe import outputs
from tinkernet.engine.data.dataset import CLASS, RECONSTRUCT, Column, Dataset, Floats
from tinkernet.engine.data.features import column_keys
from tinkernet.engine.data.made import bent_sheet, circle_beside_noise, one_hot

compiled = pytest.mark.skipif(config.DISABLE_JIT, reason="thousands of epochs")


def cloud(rows: int, columns: int, seed: int = 0) -> Floats:
    """Points that spread differently along directions that are no axes."""
    drawn = np.random.default_rng(seed)
    mixed: Floats = (
        drawn.normal(size=(rows, columns)) * (1.0 + np.arange(columns)) @ drawn.normal(size=(columns, columns))
    )
    return mixed + drawn.normal(size=columns)


def rebuilding(dataset: Dataset, **choices: Any) -> Trainer:
    """A network that reconstructs, through two neurons unless told."""
    features = column_keys(dataset.shape.columns)
    return Trainer(spec(problem="regression", features=features, **{"hidden": (2,), **choices}), dataset)


@given(st.integers(3, 40), st.integers(2, 6), st.integers(0, 99))
def test_components_are_those_of_the_covariance(rows: int, columns: int, seed: int) -> None:
    """A second way to them: the eigenvectors of the covariance, by their eigenvalues."""
    points = cloud(rows, columns, seed)
    values, vectors = np.linalg.eigh(np.cov(points.T))
    count = min(2, rows - 1)
    found = principal(points, count)
    np.testing.assert_allclose(found.shares, values[::-1][:count] / values.sum(), rtol=1e-9, atol=1e-12)
    for direction, wanted in zip(found.directions, vectors.T[::-1], strict=False):
        assert abs(direction @ wanted) == pytest.approx(1.0, abs=1e-7)
        assert direction[np.abs(direction).argmax()] > 0.0
    error = unexplained(points, found.rebuilt(points), found.mean)
    assert error == pytest.approx(1.0 - found.shares.sum(), abs=1e-9)


def test_components_of_few_points() -> None:
    """No more than there are rows; without variance there is no error to speak of."""
    assert principal(cloud(2, 5), 4).directions.shape == (2, 5)
    same = np.ones((4, 3))
    found = principal(same, 2)
    assert np.isnan(unexplained(same, found.rebuilt(same), found.mean))
    assert found.shares.tolist() == [0.0, 0.0]


def test_angles_between_spaces() -> None:
    """A right one, a known one, a very small one, and none where one space holds the other."""
    line, plane = np.array([[1.0, 0, 0]]), np.array([[2.0, 0, 0], [1.0, 3.0, 0]])
    assert angle(plane, line) == pytest.approx(0.0, abs=1e-12)
    assert angle(line, np.array([[0.0, 0, 5.0]])) == pytest.approx(90.0)
    for degrees in (30.0, 1e-7):
        turned = np.array([[np.cos(np.radians(degrees)), 0, np.sin(np.radians(degrees))]])
        assert angle(turned, plane) == pytest.approx(degrees, rel=1e-6)


def test_matched_axes() -> None:
    """What was turned, mirrored, moved and made larger comes back; what is left over is as small as it can be."""
    wanted = cloud(30, 2)
    moved = 3.0 * (wanted - 5.0) @ np.array([[0.6, 0.8], [0.8, -0.6]]) + [7.0, -1.0]
    found = matched(moved, wanted)
    np.testing.assert_allclose(found.places(moved), wanted - wanted.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(found.codes(found.places(moved)), moved, atol=1e-12)
    for count in (1, 3):
        codes = cloud(30, count, 1)
        best = matched(codes, wanted)
        places, aim = best.places(codes), wanted - wanted.mean(axis=0)
        left = ((places - aim) ** 2).sum()
        for scale in (0.99, 1.01):
            assert ((scale * places - aim) ** 2).sum() > left
        np.testing.assert_allclose(best.places(best.codes(places)), places, atol=1e-9)


def test_one_hot_codes() -> None:
    """From 2 to 16, all for training."""
    for count in (2, 16):
        found = one_hot(count)
        assert found.inputs.tolist() == np.eye(count).tolist()
        assert found.in_training is not None
        assert found.in_training.all()
    for wrong in (1, 17):
        with pytest.raises(SpecError, match=r"^The number of codes must be a whole number from 2 to 16, not"):
            one_hot(wrong)


def test_a_bent_sheet() -> None:
    """The same for the same seed; four scaled columns, and no plane comes near the rows."""
    one = bent_sheet("1")
    assert one == bent_sheet("1")
    assert len({bent_sheet(seed).address for seed in ("1", "2", "11", "111")}) == 4
    assert one.shape == (4, RECONSTRUCT, 4, 0)
    np.testing.assert_allclose([one.inputs.mean(axis=0), one.inputs.std(axis=0)], [[0] * 4, [1] * 4], atol=1e-12)
    plane = principal(one.inputs, 2)
    assert unexplained(one.inputs, plane.rebuilt(one.inputs), plane.mean) > 0.3


def test_columns_of_noise() -> None:
    """Beside the same points; none of them says anything of the class."""
    plain, wide = circle_beside_noise(0), circle_beside_noise(32)
    assert (plain.shape, wide.shape) == ((2, CLASS, 1, 2), (34, CLASS, 1, 2))
    np.testing.assert_array_equal(plain.inputs, wide.inputs[:, :2])
    np.testing.assert_array_equal(plain.targets, wide.targets)
    assert plain.targets.mean() == 0.5
    means = [wide.inputs[wide.targets[:, 0] == label, 2:].mean(axis=0) for label in (0, 1)]
    assert np.abs(means[0] - means[1]).max() < 0.5
    radius = np.hypot(*plain.inputs.T)
    assert radius[plain.targets[:, 0] == 1].max() < radius[plain.targets[:, 0] == 0].min() + 0.5


def test_codes_are_those_of_the_narrowest_layer() -> None:
    """And what is behind it makes of them what the whole network makes of the inputs, for every width."""
    for hidden, layer in (((6, 4, 2, 4, 6), 2), ((3,), 0), ((5, 1, 1), 1), ((7, 5, 9), 1)):
        trainer = rebuilding(bent_sheet("1", 50), hidden=hidden, output="tanh")
        assert bottleneck(trainer) == layer
        points = trainer.data.train.inputs
        found = coded(trainer, points)
        assert found.codes.shape == (len(points), hidden[layer])
        np.testing.assert_allclose(found.rebuilt, outputs(trainer, points).T, rtol=0, atol=0)
        np.testing.assert_allclose(decoded(trainer, found.codes), found.rebuilt, rtol=1e-12, atol=1e-14)
    assert not has_codes(rebuilding(bent_sheet("1", 50), hidden=()))
    assert not has_codes(Trainer(spec(problem="regression", features=column_keys(5)), numbers_of(5)))


def test_rows_given_back() -> None:
    """Each number on its own side of a half; exactly a half is a 0."""
    wanted = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert count_right(np.array([[0.51, 0.5], [0.1, 0.5], [9.0, 0.6]]), wanted) == 2


def test_noise_on_the_inputs_and_none_on_the_targets() -> None:
    """Of the deviation that is asked for; a row keeps its noise in another split, and another seed has another."""
    sheet = bent_sheet("1")
    half = rebuilding(sheet, noise=30)
    noise = half.data.train.inputs - half.data.train.targets
    assert noise.std() == pytest.approx(0.3, rel=0.05)
    np.testing.assert_array_equal(half.data.train.targets, sheet.inputs[half.ids[0]])
    most = rebuilding(sheet, noise=30, train_percent=90)
    known = dict(zip(most.ids[0].tolist(), most.data.train.inputs, strict=True))
    for row, point in zip(half.ids[0].tolist(), half.data.train.inputs, strict=True):
        np.testing.assert_array_equal(point, known[row])
    assert (rebuilding(sheet, noise=30, seed="0.6").data.train.inputs[0] != half.data.train.inputs[0]).all()
    np.testing.assert_array_equal(rebuilding(sheet).data.train.inputs, rebuilding(sheet).data.train.targets)
    with_numbers = Trainer(spec(problem="regression", features=column_keys(5), noise=30), numbers_of(5))
    plain = Trainer(spec(problem="regression", features=column_keys(5)), numbers_of(5))
    np.testing.assert_array_equal(with_numbers.data.train.inputs, plain.data.train.inputs)


@compiled
def test_a_linear_autoencoder_reaches_the_plane_of_the_principal_components() -> None:
    """All rows as one batch, for a long time: the same space to 1e-6 radians, the same error, and no other before."""
    points = cloud(60, 4)
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    dataset = Dataset(
        points, kind=RECONSTRUCT, columns=[Column(each) for each in "abcd"], in_training=np.ones(60, np.bool_)
    )
    trainer = rebuilding(dataset, activation="linear", batch_size=60, learning_rate=0.1, initialiser="glorotUniform")
    wanted = principal(points, 2)
    before = angle(trainer.network.weights(1).T, wanted.directions)
    assert before > 1.0
    trainer.advance(50_000)
    assert angle(trainer.network.weights(1).T, wanted.directions) < np.degrees(1e-6)
    error = unexplained(points, coded(trainer, points).rebuilt, wanted.mean)
    assert error == pytest.approx(1.0 - wanted.shares.sum(), rel=1e-9)


@compiled
def test_eight_codes_through_three_neurons() -> None:
    """Mitchell's network, one code at a time: all eight right within 5,000 epochs; not before the first."""
    trainer = rebuilding(
        one_hot(8), hidden=(3,), activation="sigmoid", output="sigmoid", batch_size=1, learning_rate=0.3
    )
    codes = trainer.data.train.inputs
    assert count_right(coded(trainer, codes).rebuilt, codes) < 8
    trainer.advance(5_000)
    assert count_right(coded(trainer, codes).rebuilt, codes) == 8
    bits = coded(trainer, codes).codes > 0.5
    assert len({tuple(row) for row in bits.tolist()}) == 8
