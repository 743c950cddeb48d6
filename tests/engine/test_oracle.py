"""Every registered choice against the naive network, and every gradient against differences of the loss."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from numba.core import config

from tests import naive
from tests.engine.conftest import combined, params_of, spec, twin
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.maps import small_maps, unit_maps
from tinkernet.engine.analysis.probe import unit_value, unit_values
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.data.generators import GENERATORS
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.formulas.losses import LOSSES
from tinkernet.engine.formulas.optimisers import OPTIMISERS
from tinkernet.engine.formulas.penalties import PENALTIES

EVERY = tuple(feature.key for feature in FEATURES)
PROBLEMS = ("classification", "regression")
CONTROLS = 5 if config.DISABLE_JIT else 1  # that a wrong formula is found need not be seen of each where it takes long


def keys(records: Iterable[Any]) -> list[str]:
    """The keys of a registry."""
    return [each.key for each in records]


def test_the_oracle_knows_every_record() -> None:
    """Whoever registers something new writes the obvious version of it too."""
    assert {each.key for each in ACTIVATIONS} == set(naive.ACTIVATIONS)
    assert {each.key for each in PENALTIES} == set(naive.PENALTY_DERIVATIVES)
    assert list(EVERY) == list(naive.FEATURES)
    assert {each.key for each in LOSSES} == set(naive.LOSSES)
    assert {each.key for each in OPTIMISERS} == set(naive.OPTIMISERS)


@pytest.mark.points(150)
@pytest.mark.parametrize(("activation", "penalty", "problem"), combined(keys(ACTIVATIONS), keys(PENALTIES), PROBLEMS))
def test_training_is_the_oracles(activation: str, penalty: str, problem: str) -> None:
    """Three epochs, a short batch in each: parameters, dead links and losses agree."""
    choices = dict(activation=activation, regularization=penalty, regularization_rate=2.0, problem=problem)
    tame = tuple(key for key in EVERY if key not in ("xCubed", "yCubed"))  # 216 at the edge: it would diverge
    check_against_oracle(**choices, hidden=(5, 3), batch_size=7, train_percent=9, learning_rate=0.003, features=tame)


@pytest.mark.points(150)
@pytest.mark.parametrize(("optimiser", "penalty"), combined(keys(OPTIMISERS), keys(PENALTIES)))
def test_every_optimiser_is_the_oracles(optimiser: str, penalty: str) -> None:
    """With every penalty, and settings that are not the usual ones."""
    settings = dict(momentum=0.8, beta1=0.7, beta2=0.95, smoothing=0.9, epsilon=1e-4, weight_decay=0.3)
    choices = dict(optimiser=optimiser, regularization=penalty, regularization_rate=0.05, clip_norm=0.0)
    check_against_oracle(**settings, **choices, batch_size=7, train_percent=9, learning_rate=0.01)


@pytest.mark.points(150)
@pytest.mark.parametrize("rule", ["update", "carry"])
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_clipping_order_and_dropout_are_the_oracles(optimiser: str, rule: str) -> None:
    """Gradients cut short, another order in each epoch, a mask for each point: all at once."""
    choices = dict(optimiser=optimiser, clip_norm=0.05, order="shuffled", dropout=0.4, regularization="L2")
    check_against_oracle(
        **choices, regularization_rate=0.01, short_batch=rule, batch_size=7, train_percent=9, hidden=(6, 5)
    )


OUTPUTS_OF_LOSSES = [(loss.key, output) for loss in LOSSES for output in loss.fits]
SETS = [(key, classes) for key, classes in (("circle", 2), ("moons", 2), ("blobs", 3), ("rings", 5), ("arms", 4))]


@pytest.mark.points(150)
@pytest.mark.parametrize(("of", "loss_and_output"), combined(SETS, OUTPUTS_OF_LOSSES))
def test_every_loss_is_the_oracles(of: tuple[str, int], loss_and_output: tuple[str, str]) -> None:
    """With each output it fits, for one output and for several."""
    (dataset, classes), (loss, output) = of, loss_and_output
    choices = dict(dataset=dataset, classes=classes, loss=loss, output=output)
    check_against_oracle(**choices, hidden=(5, 3), batch_size=7, train_percent=9, learning_rate=0.3)


@pytest.mark.parametrize("loss", [loss.key for loss in LOSSES if "regression" in loss.problems])
@pytest.mark.parametrize("output", ["linear", "tanh"])
def test_every_loss_of_numbers_is_the_oracles(loss: str, output: str) -> None:
    """The same for regression."""
    check_against_oracle(problem="regression", loss=loss, output=output, train_percent=2, learning_rate=0.1)


@pytest.mark.points(300)
@pytest.mark.parametrize(("rule", "batch_size"), combined(["update", "carry"], [1, 2, 3, 4, 8, 13, 45, 300]))
def test_every_batch_size_is_the_oracles(batch_size: int, rule: str) -> None:
    """From one point to more than the set, by both rules for a short batch."""
    check_against_oracle(batch_size=batch_size, short_batch=rule, train_percent=9, hidden=(4, 2))


@pytest.mark.points(300)
@pytest.mark.parametrize(
    ("hidden", "features"),
    combined([(), (1,), (9,), (17, 2), (2, 2, 2, 2, 2, 2, 2, 2)], [(), ("sinY",), EVERY]),
)
def test_every_shape_is_the_oracles(hidden: tuple[int, ...], features: tuple[str, ...]) -> None:
    """No input, one, all; no layer, narrow, wide, deep: no size is a special case."""
    check_against_oracle(hidden=hidden, features=features, train_percent=4, activation="sigmoid")


ALONE: dict[str, dict[str, Any]] = {
    **{f"hidden {hidden}": {"hidden": hidden} for hidden in ((), (1,), (5, 3), (4, 8, 9), (17, 2), (2,) * 8)},
    **{each.key: {"activation": each.key, "hidden": (5, 3)} for each in ACTIVATIONS},
    **{each.key: {"optimiser": each.key, "hidden": (3,)} for each in OPTIMISERS},
    **{each.key: {"regularization": each.key, "regularization_rate": 0.01, "hidden": (3,)} for each in PENALTIES},
    "five outputs": {"dataset": "rings", "classes": 5, "output": "sigmoid", "hidden": (6,)},
    "clipped": {"clip_norm": 0.05, "hidden": (6,)},
    "shuffled": {"order": "shuffled", "hidden": (6,)},
}

INPUTS = [(), ("x", "y"), ("x", "y", "xSquared", "sinX", "sinY")]


@pytest.mark.points(150)
@pytest.mark.parametrize(("name", "features"), combined(list(ALONE), INPUTS))
def test_points_one_by_one_are_the_oracles(name: str, features: tuple[str, ...]) -> None:
    """Batches of one have a loop of their own: every shape, activation and way to take a step."""
    check_against_oracle(**ALONE[name], features=features, batch_size=1, train_percent=4, learning_rate=0.01)


def test_what_a_short_batch_left_goes_with_the_first_batch_of_one() -> None:
    """The size of a batch may change while a gradient waits: no point of it is lost."""
    wide, alone = (spec(batch_size=size, short_batch="carry", train_percent=9) for size in (30, 1))
    trainer = Trainer(wide)
    oracle = twin(trainer)
    for each in (wide, alone):
        trainer.reconfigure(each)
        oracle.spec = each
        trainer.advance(1)
        oracle.epoch(trainer.data.train)
    np.testing.assert_allclose(trainer.network.params, params_of(oracle), rtol=1e-10, atol=1e-12)


def check_against_oracle(**choices: Any) -> None:
    """Train both and compare."""
    trainer = Trainer(spec(**choices))
    oracle = twin(trainer)
    for _ in range(3):
        trainer.advance(1)
        oracle.epoch(trainer.data.train)
        np.testing.assert_allclose(trainer.network.params, params_of(oracle), rtol=1e-10, atol=1e-12)
    assert trainer.train_loss == pytest.approx(oracle.loss(trainer.data.train), rel=1e-10, abs=1e-14)
    assert trainer.test_loss == pytest.approx(oracle.loss(trainer.data.test), rel=1e-10, abs=1e-14)
    for layer, dead in enumerate(oracle.dead):
        np.testing.assert_array_equal(trainer.network.dead(layer), dead)


def test_maps_and_values_are_the_oracles() -> None:
    """The big and the small map, image order, rounded to a byte; one value at one point."""
    trainer = Trainer(spec(hidden=(3,), features=("x", "ySquared"), activation="relu"))
    trainer.advance(5)
    oracle = twin(trainer)
    small, big = small_maps(trainer, 5), unit_maps(trainer, ["1.0", "0.2", "sinX"], 10)
    assert small.shape == (4, 25)
    axis = -6 + 12 * (np.arange(10) + 0.5) / 10
    for row, y in enumerate(axis[::-1]):
        for column, x in enumerate(axis):
            answers = oracle.forward((x, y))[0]
            for unit, value in (("1.0", answers[2][0]), ("0.2", answers[1][2]), ("sinX", np.sin(x))):
                level = (np.clip(value, -1, 1) + 1) * 127
                assert abs(int(big[unit][10 * row + column]) - level) <= 0.5 + 1e-6
    assert unit_value(trainer, "1.0", 1.5, -2.0) == pytest.approx(oracle.output(1.5, -2.0), rel=1e-12)
    asked = [(unit, x, 2 * x - 1) for x in np.linspace(-6, 6, 20) for unit in ("1.0", "sinX", "0.2", "x")]
    assert unit_values(trainer, asked) == [unit_value(trainer, *each) for each in asked]
    assert unit_values(trainer, []) == []
    between = unit_maps(trainer, ["1.0"], 10, smooth=True)["1.0"]
    for row, y in enumerate(axis[::-1]):
        for column, x in enumerate(axis):
            pair = [oracle.output(x + by, y + by) for by in (-0.3, 0.3)]
            level = (np.clip(pair, -1, 1) + 1).mean() * 127
            assert abs(int(between[10 * row + column]) - level) <= 1 + 1e-6
    assert small[3].tobytes() == unit_maps(trainer, ["1.0"], 5)["1.0"].tobytes()


@pytest.mark.parametrize("dataset", [each.key for each in GENERATORS])
def test_every_data_set_is_spread_over_the_plane(dataset: str) -> None:
    """The points that tests train on are neither constant nor of one label."""
    record = next(each for each in GENERATORS if each.key == dataset)
    field = "dataset" if record.problem == "classification" else "reg_dataset"
    for classes in range(record.classes[0], record.classes[1] + 1):
        data = Trainer(spec(problem=record.problem, classes=classes, **{field: dataset})).dataset
        points = np.concatenate([data.inputs, data.targets], axis=1)
        assert len(points) == record.size
        assert (points.std(axis=0) > 0.1).all()
        assert (np.abs(points[:, :2]) <= 6).all()
        if record.problem == "classification":
            labels, counts = np.unique(points[:, 2], return_counts=True)
            assert labels.tolist() == list(range(classes)) == list(range(len(data.classes)))
            assert counts.min() > (0 if record.basic else 500 // classes - 1)


def gradient(trainer: Trainer) -> np.ndarray:
    """What one update by the whole set at rate 1 takes off the parameters."""
    before = trainer.network.params.copy()
    trainer.advance(1)
    return before - trainer.network.params


def loss_differences(trainer: Trainer, step: float = 1e-5) -> np.ndarray:
    """Central differences of the training loss along every parameter."""
    found = []
    for layer in range(trainer.network.layers):
        neurons, inputs = trainer.network.weights(layer).shape
        for neuron, input in itertools.product(range(neurons), range(inputs)):
            value = float(trainer.network.weights(layer)[neuron, input])
            sides = []
            for side in (step, -step):
                trainer.set_weight(layer, neuron, input, value + side)
                sides.append(trainer.train_loss)
            trainer.set_weight(layer, neuron, input, value)
            found.append((sides[0] - sides[1]) / (2 * step))
        for neuron in range(neurons):
            value = float(trainer.network.biases(layer)[neuron])
            sides = []
            for side in (step, -step):
                trainer.set_bias(layer, neuron, value + side)
                sides.append(trainer.train_loss)
            trainer.set_bias(layer, neuron, value)
            found.append((sides[0] - sides[1]) / (2 * step))
    return np.array(found)


def gradients_agree(trainer: Trainer) -> bool:
    """The check itself: backpropagation and differences of the loss are the same derivative."""
    numeric = loss_differences(trainer)
    return bool(np.allclose(gradient(trainer), numeric, rtol=1e-6, atol=1e-8))


CHECKED = dict(batch_size=10000, learning_rate=1.0, train_percent=2, hidden=(4, 3))


def few_points(**choices: Any) -> Trainer:
    """A run on the training points of a spec alone. Each difference evaluates all points; only these are needed."""
    drawn = Trainer(spec(**CHECKED | choices))
    whole, train = drawn.dataset, drawn.data.train
    points = Dataset(
        train.inputs,
        train.targets,
        kind=whole.kind,
        columns=whole.columns,
        target_columns=whole.target_columns,
        classes=whole.classes,
        in_training=[True] * len(train),
    )
    return Trainer(drawn.spec, points)


@pytest.mark.parametrize(("activation", "problem"), combined(keys(ACTIVATIONS), PROBLEMS))
def test_gradients(activation: str, problem: str) -> None:
    """Backpropagation follows the loss, for every activation."""
    assert gradients_agree(few_points(activation=activation, problem=problem))


@pytest.mark.parametrize(("of", "loss_and_output"), combined([("circle", 2), ("blobs", 3)], OUTPUTS_OF_LOSSES))
def test_gradients_of_losses(of: tuple[str, int], loss_and_output: tuple[str, str]) -> None:
    """The same for every loss with every output that it fits."""
    (dataset, classes), (loss, output) = of, loss_and_output
    choices = dict(loss=loss, output=output, dataset=dataset, classes=classes, train_percent=3)
    assert gradients_agree(few_points(**choices))


SEVERAL = [each for each in OUTPUTS_OF_LOSSES if each[1] not in ("softmax", "step")]  # that fit the output


@pytest.mark.parametrize(("loss", "output"), SEVERAL[::CONTROLS])
def test_a_wrong_slope_of_a_loss_is_found(loss: str, output: str) -> None:
    """The control: derivatives of another loss."""
    choices: dict[str, Any] = {"output": output, "dataset": "blobs"}
    numeric = loss_differences(few_points(**choices, loss=loss))
    other = few_points(**choices, loss="absolute" if loss in ("squared", "huber") else "squared")
    assert not np.allclose(gradient(other), numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("activation", keys(ACTIVATIONS)[::CONTROLS])
def test_a_wrong_slope_is_found(activation: str) -> None:
    """The check fails where derivatives are of one function and losses of another: here of a neighbour's activation."""
    numeric = loss_differences(few_points(activation=activation))
    other = few_points(activation="linear" if activation != "linear" else "tanh")
    assert not np.allclose(gradient(other), numeric, rtol=1e-6, atol=1e-8)


def test_one_slope_one_percent_off_is_found() -> None:
    """The smallest mistake that matters: a single derivative of one layer, a hundredth too large."""
    trainer = few_points()
    numeric = loss_differences(trainer)
    ours = gradient(trainer)
    ours[np.argmax(np.abs(ours))] *= 1.01
    assert not np.allclose(ours, numeric, rtol=1e-6, atol=1e-8)
