"""Curves: data with one input, x, whose features and maps are those of the points where y is 0."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.engine.conftest import spec
from tinkernet.engine import Run, Spec, SpecError, Trainer, link_from_spec, spec_from_link
from tinkernet.engine.analysis.curve import CURVE_POINTS, curve
from tinkernet.engine.analysis.maps import unit_maps
from tinkernet.engine.analysis.probe import outputs, unit_value
from tinkernet.engine.data.generators import GENERATORS
from tinkernet.engine.data.slices import LINE, default_slice, slice_points

KEYS = [each.key for each in GENERATORS if each.columns == 1]


def curve_spec(key: str = "curve-sine", **choices: object) -> Spec:
    """A network with one input."""
    return spec(**{"problem": "regression", "reg_dataset": key, "features": ("x",), **choices})


@pytest.mark.parametrize("key", KEYS)
def test_a_curve_is_learnt_and_travels_in_a_link(key: str) -> None:
    """One column, values around [-1, 1]; its link and its record give the same numbers."""
    chosen = curve_spec(key, learning_rate=0.1, hidden=(6,))
    trainer = Trainer(chosen)
    assert trainer.dataset.inputs.shape == (200, 1)
    assert np.abs(trainer.dataset.inputs).max() <= 6.0
    assert np.abs(trainer.dataset.targets).max() < 1.6
    before = trainer.train_loss
    trainer.advance(300)
    assert trainer.train_loss < before / 3
    assert spec_from_link(link_from_spec(chosen)) == chosen
    replayed = Trainer.replay(Run.from_dict(trainer.run.to_dict()), 300)
    assert replayed.checkpoint() == trainer.checkpoint()


def test_a_link_without_features_opens() -> None:
    """Whoever writes only the set's name gets the usual inputs; y is 0."""
    found = spec_from_link("#v=1&problem=regression&regDataset=curve-abs&seed=0.5&xTimesY=true")
    assert found.features == ("x", "y", "xTimesY")
    trainer = Trainer(found)
    trainer.advance(3)
    assert unit_value(trainer, "y", 2.0, 5.0) == unit_value(trainer, "xTimesY", 2.0, 5.0) == 0.0


def test_noise_shakes_the_values_alone() -> None:
    """The same numbers x; values further from the curve."""
    calm, noisy = (Trainer(curve_spec("curve-step", noise=noise)).dataset for noise in (0, 50))
    assert calm.inputs.tolist() == noisy.inputs.tolist()
    assert set(np.unique(calm.targets)) == {-0.8, 0.8}
    assert np.std(noisy.targets - calm.targets) == pytest.approx(0.25, rel=0.2)


def test_maps_do_not_change_upwards() -> None:
    """A map is a curve seen from above; points lie on its middle, with their values for labels."""
    trainer = Trainer(curve_spec(hidden=(3,)))
    assert default_slice(trainer.dataset) == LINE
    big = unit_maps(trainer, ["1.0"], 16)["1.0"].reshape(16, 16)
    assert (big == big[0]).all()
    assert len(np.unique(big[0])) > 3
    shown = slice_points(trainer.data.train, LINE, 0)
    np.testing.assert_array_equal(shown[:, 0], trainer.data.train.inputs[:, 0].astype(np.float32))
    assert (shown[:, 1] == 0.0).all()
    np.testing.assert_array_equal(shown[:, 2], trainer.data.train.targets[:, 0].astype(np.float32))


def test_shares_add_up_to_the_curve() -> None:
    """The output of the network, and what each neuron of the last hidden layer and the bias have in it."""
    trainer = Trainer(curve_spec(hidden=(5, 4)))
    trainer.advance(20)
    found = curve(trainer)
    x = np.linspace(-6, 6, CURVE_POINTS)
    np.testing.assert_allclose(found.output, outputs(trainer, x[:, None])[0], rtol=1e-12)
    assert found.shares.shape == (4, CURVE_POINTS)
    np.testing.assert_allclose(found.shares.sum(axis=0) + trainer.network.biases(2)[0], found.output, rtol=1e-9)
    assert all((one != other).any() for one, other in pairwise(found.shares))
    flat = Trainer(curve_spec(hidden=()))
    np.testing.assert_allclose(curve(flat).shares.sum(axis=0) + flat.network.biases(0)[0], curve(flat).output)


def test_what_is_no_curve_is_refused() -> None:
    """Only data with one input and one number have a curve, and nothing is drawn on it."""
    with pytest.raises(SpecError, match="one input"):
        curve(Trainer(spec()))
    with pytest.raises(SpecError, match="on the plane"):
        Trainer(curve_spec()).edit_data(removed=[1])
