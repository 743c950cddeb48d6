"""First weights and biases: their spread is that of the formula, their order that of the original's draws."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.conftest import params_of, spec, twin
from tinkernet.engine import Trainer
from tinkernet.engine.data.generators import GENERATORS
from tinkernet.engine.formulas.initialisers import BIASES, INITIALISERS
from tinkernet.engine.rng import seedrandom

# Variance of the weights of a layer with so many inputs and neurons.
VARIANCES = {
    "uniform": lambda inputs, neurons: 1 / 12,
    "zeros": lambda inputs, neurons: 0,
    "glorotUniform": lambda inputs, neurons: 2 / (inputs + neurons),
    "glorotNormal": lambda inputs, neurons: 2 / (inputs + neurons),
    "heUniform": lambda inputs, neurons: 2 / inputs,
    "heNormal": lambda inputs, neurons: 2 / inputs,
    "lecunUniform": lambda inputs, neurons: 1 / inputs,
    "lecunNormal": lambda inputs, neurons: 1 / inputs,
    "orthogonal": lambda inputs, neurons: 1 / max(inputs, neurons),
}


def test_every_record_has_its_variance() -> None:
    """Whoever registers another writes down how wide it is."""
    assert {each.key for each in INITIALISERS} == set(VARIANCES)


@pytest.mark.points(50)
@pytest.mark.parametrize("key", VARIANCES)
def test_variance(key: str) -> None:
    """Of 64 x 48 weights, within five standard errors; mean 0; the uniform ones end where they must."""
    weights = Trainer(spec(hidden=(48, 64), initialiser=key)).network.weights(1)
    wanted = VARIANCES[key](48, 64)
    assert abs(weights.mean()) <= 5 * np.sqrt(wanted / weights.size)
    assert weights.var() == pytest.approx(wanted, rel=5 * np.sqrt(2 / weights.size))
    if "niform" in key:
        limit = np.sqrt(3 * wanted)
        assert 0.99 * limit < np.abs(weights).max() <= limit


@pytest.mark.points(50)
@pytest.mark.parametrize("shape", [(48, 64), (64, 48), (5, 5), (1, 7)])
def test_orthogonal(shape: tuple[int, int]) -> None:
    """Rows or columns, whichever are fewer, of length 1 at right angles."""
    weights = Trainer(spec(hidden=shape, initialiser="orthogonal")).network.weights(1)
    product = weights @ weights.T if weights.shape[0] <= weights.shape[1] else weights.T @ weights
    np.testing.assert_allclose(product, np.eye(min(shape)), atol=1e-14)


def test_each_layer_its_own() -> None:
    """The list goes from the first hidden layer to the output; what it does not name starts like all."""
    network = Trainer(spec(hidden=(8, 8), initialiser="zeros", initialisers=["uniform", "heNormal"])).network
    assert [bool(network.weights(layer).any()) for layer in range(3)] == [True, True, False]


@pytest.mark.parametrize(("key", "wanted"), [("tenth", 0.1), ("zeros", 0.0)])
def test_biases(key: str, wanted: float) -> None:
    """The same for every neuron."""
    assert (Trainer(spec(biases=key)).network.biases(0) == wanted).all()
    assert len(BIASES) == 3


def test_drawn_biases() -> None:
    """Within 1 / √inputs, and drawn behind the weights of their layer: the first weights are the usual ones."""
    drawn, usual = Trainer(spec(biases="fanIn", hidden=(64, 3))), Trainer(spec(hidden=(64, 3)))
    np.testing.assert_array_equal(drawn.network.weights(0), usual.network.weights(0))
    biases = drawn.network.biases(0)
    assert 0.9 / np.sqrt(2) < np.abs(biases).max() <= 1 / np.sqrt(2)


def test_starting_at_zero_goes_before_all() -> None:
    """The original's flag."""
    assert not Trainer(spec(init_zero=True, initialiser="heNormal", biases="fanIn")).network.params.any()


def test_an_activation_changes_and_the_weights_stay() -> None:
    """Of all layers or of one: the same weights at the same epoch, other answers."""
    trainer = Trainer(spec())
    trainer.advance(3)
    before = trainer.network.params.copy()
    loss = trainer.train_loss
    for choices in ({"activation": "relu"}, {"activation": "relu", "activations": ["sine"]}):
        assert trainer.reconfigure(spec(**choices)) is False
        np.testing.assert_array_equal(trainer.network.params, before)
        assert trainer.train_loss != loss
        loss = trainer.train_loss
    assert trainer.epoch == 3


@pytest.mark.parametrize("data", [each.key for each in GENERATORS])
def test_a_seed_of_the_weights_changes_the_weights_alone(data: str) -> None:
    """They are the first numbers drawn from it; the points and their split stay those of the seed."""
    problem = next(each.problem for each in GENERATORS if each.key == data)
    choices = {"problem": problem, "dataset" if problem == "classification" else "reg_dataset": data}
    one, other = Trainer(spec(**choices)), Trainer(spec(**choices, weight_seed="b"))
    for part in (0, 1):
        np.testing.assert_array_equal(one.data[part].inputs, other.data[part].inputs)
        np.testing.assert_array_equal(one.data[part].targets, other.data[part].targets)
    first = seedrandom.uniforms((8,), seedrandom.generator("b")) - 0.5
    np.testing.assert_array_equal(other.network.weights(0).ravel(), first)
    assert (one.network.weights(0) != other.network.weights(0)).all()


def test_the_seed_itself_as_seed_of_the_weights_is_not_none() -> None:
    """Without one the weights are drawn after the points; with the same text they are the first numbers."""
    one, other = Trainer(spec(seed="a")), Trainer(spec(seed="a", weight_seed="a"))
    assert (one.network.params != other.network.params).any()


def test_a_seed_of_the_weights_keys_order_and_dropout() -> None:
    """As the oracle draws them; with zero weights nothing else could make the difference."""
    choices = dict(seed="a", order="shuffled", dropout=0.4, hidden=(6, 5), batch_size=7, train_percent=9)
    trainer = Trainer(spec(**choices, weight_seed="b"))
    oracle = twin(trainer)
    for _ in range(3):
        oracle.epoch(trainer.data.train)
    trainer.advance(3)
    np.testing.assert_allclose(trainer.network.params, params_of(oracle), rtol=0, atol=1e-12)
    start = Trainer(spec(**choices, init_zero=True)), Trainer(spec(**choices, init_zero=True, weight_seed="b"))
    for each in start:
        each.advance(3)
    assert (start[0].network.params != start[1].network.params).any()
