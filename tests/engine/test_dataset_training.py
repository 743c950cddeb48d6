"""Training on a data set of any shape: the same as from a spec, the same as the oracle, and refused with a sentence."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import config

from tests.engine.conftest import combined, numbers_of, params_of, spec, twin
from tests.engine.test_laws import state
from tests.engine.test_oracle import gradient, gradients_agree, loss_differences
from tinkernet.engine import Spec, SpecError, Trainer
from tinkernet.engine.analysis.metrics import errors_by_column, metrics_of
from tinkernet.engine.data.dataset import CLASS, NUMBER, Column, Dataset
from tinkernet.engine.data.features import column_keys
from tinkernet.engine.data.generators import GENERATORS
from tinkernet.engine.data.made import one_hot
from tinkernet.engine.training.run import Run

FIVE = column_keys(5)


def classes_of_five(count: int) -> Dataset:
    """Points with five columns and so many classes."""
    inputs = np.random.default_rng(count).normal(size=(60, 5))
    return Dataset(
        inputs,
        np.arange(60.0)[:, None] % count,
        kind=CLASS,
        columns=[Column(name) for name in "abcde"],
        target_columns=[Column("class")],
        classes=[f"class {each}" for each in range(count)],
    )


@given(
    st.sampled_from([(each.key, classes) for each in GENERATORS for classes in {each.classes[0], each.classes[1]}]),
    st.sampled_from([0.0, 25.0]),
    st.sampled_from([10.0, 50.0]),
    st.sampled_from([1, 10, 37]),
    st.sampled_from([("x", "y"), ("xSquared", "sinY", "angle")]),
    st.sampled_from(["fixed", "shuffled"]),
)
@settings(max_examples=3 if config.DISABLE_JIT else 15)
def test_the_points_of_a_spec_train_as_the_spec_does(
    drawn: tuple[str, int], noise: float, share: float, batch: int, features: tuple[str, ...], order: str
) -> None:
    """Bit for bit, also after the data set has been stored: first weights, losses, weights, and after a reset."""
    key, classes = drawn
    problem = next(each.problem for each in GENERATORS if each.key == key)
    field = "dataset" if problem == "classification" else "reg_dataset"
    choices = {"classes": classes, "noise": noise, "train_percent": share, "batch_size": batch, "features": features}
    made = spec(problem=problem, order=order, **{field: key}, **choices)
    plain = Trainer(made)
    given = Trainer(made, Dataset.from_bytes(plain.dataset.to_bytes()))
    first = state(plain)
    assert state(given) == first
    for trainer in (plain, given):
        trainer.advance(2)
    assert state(given) == state(plain)
    given.reset()
    assert state(given) == first


def test_a_moved_point_trains_otherwise() -> None:
    """The control: the data set given is the one that is learnt, and the first weights stay."""
    plain = Trainer(spec())
    found = plain.dataset
    inputs = found.inputs.copy()
    inputs[0] += 1e-9
    moved = Trainer(spec(), Dataset(inputs, found.targets, kind=CLASS, columns=found.columns, classes=found.classes,
                                    target_columns=found.target_columns, in_training=found.in_training))  # fmt: skip
    assert moved.network.params.tobytes() == plain.network.params.tobytes()
    for trainer in (plain, moved):
        trainer.advance(1)
    assert moved.network.params.tobytes() != plain.network.params.tobytes()


def check_against_oracle(dataset: Dataset, **choices: Any) -> None:
    """Three epochs of both: parameters and losses agree."""
    problem = "classification" if dataset.kind == CLASS else "regression"
    features = column_keys(dataset.shape.columns)
    trainer = Trainer(spec(**{"problem": problem, "features": features, "hidden": (4, 3), **choices}), dataset)
    oracle = twin(trainer)
    for _ in range(3):
        trainer.advance(1)
        oracle.epoch(trainer.data.train)
        np.testing.assert_allclose(trainer.network.params, params_of(oracle), rtol=1e-10, atol=1e-12)
    assert trainer.train_loss == pytest.approx(oracle.loss(trainer.data.train), rel=1e-10, abs=1e-14)
    if len(trainer.data.test):
        assert trainer.test_loss == pytest.approx(oracle.loss(trainer.data.test), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize(
    ("batch_size", "output", "loss"), combined([1, 7, 10, 100], ["linear", "tanh"], ["squared", "absolute", "huber"])
)
def test_three_numbers_are_the_oracles(batch_size: int, output: str, loss: str) -> None:
    """Every loss and output for numbers, batches of one point, short ones and all at once."""
    check_against_oracle(numbers_of(5, targets=3), batch_size=batch_size, output=output, loss=loss)


@pytest.mark.parametrize(("targets", "columns", "batch_size"), combined([1, 2, 4, 5, 64], [1, 3, 64], [1, 10]))
def test_every_number_of_columns_is_the_oracles(columns: int, targets: int, batch_size: int) -> None:
    """From one input and one target to the most: no number is a special case."""
    check_against_oracle(numbers_of(columns, targets=targets), batch_size=batch_size, learning_rate=0.01)


@pytest.mark.parametrize("optimiser", ["sgd", "adam", "lion"])
def test_several_numbers_with_dropout_and_another_order_are_the_oracles(optimiser: str) -> None:
    """Gradients cut short as well."""
    choices: dict[str, Any] = dict(dropout=0.3, order="shuffled", clip_norm=0.05, regularization="L2")
    check_against_oracle(numbers_of(5, targets=3), optimiser=optimiser, **choices, regularization_rate=0.01)


@pytest.mark.parametrize(
    ("count", "choices", "batch_size"),
    combined([3, 10, 2], [{}, {"output": "softmax"}, {"output": "sigmoid", "loss": "crossEntropy"}], [1, 10]),
)
def test_classes_in_five_dimensions_are_the_oracles(count: int, choices: dict[str, str], batch_size: int) -> None:
    """The number of classes is that of the data, whatever the spec would draw."""
    check_against_oracle(classes_of_five(count), **choices, batch_size=batch_size)


@pytest.mark.parametrize(("batch_size", "output"), combined([1, 8], ["linear", "sigmoid"]))
def test_a_reconstruction_is_the_oracles(batch_size: int, output: str) -> None:
    """Eight one-hot codes through three hidden neurons; there is no test part."""
    choices = dict(hidden=(3,), activation="sigmoid", output=output, learning_rate=0.3)
    check_against_oracle(one_hot(8), **choices, batch_size=batch_size)


def test_a_linear_reconstruction_reaches_what_principal_components_do() -> None:
    """One-hot codes have seven directions of equal variance, and three linear neurons keep three of them."""
    choices = dict(features=column_keys(8), hidden=(3,), activation="linear", batch_size=8, learning_rate=1.0)
    trainer = Trainer(spec(problem="regression", **choices), one_hot(8))
    trainer.advance(5 if config.DISABLE_JIT else 3000)
    found = metrics_of(trainer)
    if not config.DISABLE_JIT:
        assert found["train"]["r2"] == pytest.approx(3 / 7, abs=1e-6)
    assert found["test"] == {"r2": None, "rmse": None}
    assert errors_by_column(trainer)["test"] == [found["test"]] * 8


def test_without_test_points_the_test_loss_is_no_number() -> None:
    """Training goes on: no stop rule takes it for a loss."""
    trainer = Trainer(spec(problem="regression", features=column_keys(4), patience=3, stop_loss=0.1), one_hot(4))
    assert np.isnan(trainer.test_loss)
    assert trainer.advance(2) == 2
    assert np.isfinite(trainer.train_loss)
    assert trainer.diverged_at is None


@pytest.mark.parametrize(("output", "loss"), combined(["linear", "tanh"], ["squared", "absolute", "huber"]))
def test_gradients_of_three_numbers(output: str, loss: str) -> None:
    """Backpropagation follows the loss summed over the outputs."""
    choices = dict(problem="regression", features=FIVE, output=output, loss=loss, batch_size=10000, learning_rate=1.0)
    assert gradients_agree(Trainer(spec(**choices), numbers_of(5, targets=3, rows=12)))


def test_a_wrong_target_is_found() -> None:
    """The control: two target columns the other way round."""
    choices = dict(problem="regression", features=FIVE, batch_size=10000, learning_rate=1.0)
    one = numbers_of(5, targets=3, rows=12)
    other = Dataset(
        one.inputs, one.targets[:, [1, 0, 2]], kind=NUMBER, columns=one.columns, target_columns=one.target_columns
    )
    numeric = loss_differences(Trainer(spec(**choices), one))
    assert not np.allclose(gradient(Trainer(spec(**choices), other)), numeric, rtol=1e-6, atol=1e-8)


def test_the_largest_data_set_trains() -> None:
    """5,000 points, 64 columns, 64 targets; interpreted, fewer points."""
    dataset = numbers_of(64, 64, rows=200 if config.DISABLE_JIT else 5000)
    trainer = Trainer(spec(problem="regression", features=column_keys(64), hidden=(2,)), dataset)
    trainer.advance(1)
    assert np.isfinite([trainer.train_loss, trainer.test_loss]).all()
    assert trainer.network.sizes == (64, 2, 64)


def test_a_run_goes_on_from_its_checkpoint_and_is_replayed() -> None:
    """With the data set it had; a column can be frozen and cut."""
    dataset = numbers_of(5, targets=3)
    made = spec(problem="regression", features=FIVE, frozen=("in.3",), cut=("in.1",))
    trainer = Trainer(made, dataset)
    first = trainer.network.weights(0).copy()
    trainer.advance(3)
    weights = trainer.network.weights(0)
    assert (weights[:, 1] == 0.0).all()
    np.testing.assert_array_equal(weights[:, 3], first[:, 3])
    assert (weights[:, [0, 2, 4]] != first[:, [0, 2, 4]]).any()
    trainer.set_weight(0, 0, 4, 0.5)
    trainer.reconfigure(Spec.from_dict(made.to_dict() | {"learning_rate": 0.1}))
    trainer.advance(2)
    run = Run.from_dict(json.loads(json.dumps(trainer.run.to_dict())))
    assert run.data == dataset.address
    assert state(Trainer.replay(run, 5, dataset)) == state(trainer)
    assert state(trainer.seek(3)) == state(Trainer.replay(run, 3, dataset))
    restored = Trainer.restored(trainer.spec, trainer.checkpoint(), dataset)
    for each in (trainer, restored):
        each.advance(2)
    assert state(restored) == state(trainer)
    assert restored.run == trainer.run
    trainer.reset()
    assert trainer.run.data == dataset.address


def test_a_run_is_not_replayed_on_other_data() -> None:
    """Neither from its record nor from a checkpoint, with another data set, without one, or with one too many."""
    one, other = numbers_of(5), numbers_of(5, rows=41)
    of_five = spec(problem="regression", features=FIVE)
    for trainer, wrong in ((Trainer(of_five, one), other), (Trainer(of_five, one), None), (Trainer(spec()), one)):
        with pytest.raises(SpecError, match=r"^The data set must be .* the run"):
            Trainer.replay(trainer.run, 0, wrong)
        with pytest.raises(SpecError, match=r"^The data set must be .* the run"):
            Trainer.restored(trainer.spec, trainer.checkpoint(), wrong)


@pytest.mark.parametrize(
    ("dataset", "choices", "sentence"),
    [
        (None, {"features": ("in.3",)}, "Features must be features of a point on the plane, .*, not \\['in.3'\\]."),
        (None, {"frozen": ("in.64",)}, "Frozen must be .*"),
        (numbers_of(5), {"features": ("x", "y")}, "Features must be columns .* in.0 to in.4, not \\['x', 'y'\\]."),
        (numbers_of(5), {"features": ("in.4", "in.5")}, "Features must be columns .* in.0 to in.4, not \\['in.5'\\]."),
        (numbers_of(2), {"features": ("in.0",)}, "Features must be features of a point on the plane, .*"),
        (
            numbers_of(5),
            {"features": FIVE, "problem": "classification"},
            "Problem must be regression .*",
        ),
        (classes_of_five(3), {"features": FIVE}, "Problem must be classification for these data, not 'regression'."),
        (
            classes_of_five(3),
            {"features": FIVE, "problem": "classification", "loss": "hinge"},
            "Loss must be auto or one of crossEntropy for classification with the output softmax, not 'hinge'.",
        ),
    ],
)
def test_what_does_not_go_with_the_data_is_refused(
    dataset: Dataset | None, choices: dict[str, Any], sentence: str
) -> None:
    """By name, value and what is allowed."""
    with pytest.raises(SpecError, match=f"^{sentence}$"):
        Trainer(spec(**{"problem": "regression", **choices}), dataset)


def test_a_refused_spec_leaves_the_run_as_it_was() -> None:
    """And the run goes on."""
    trainer = Trainer(spec(problem="regression", features=FIVE), numbers_of(5))
    trainer.advance(2)
    before = state(trainer)
    with pytest.raises(SpecError, match="Features"):
        trainer.reconfigure(spec(problem="regression"))
    assert state(trainer) == before
    assert trainer.advance(1) == 1


def test_columns_are_named_in_their_order() -> None:
    """As features are; a mixture is neither."""
    assert spec(features=("in.10", "in.2", "in.2")).features == ("in.2", "in.10")
    for wrong in (("x", "in.1"), ("in.64",), ("in.01",), ("in.",), ("in.1 ",)):
        with pytest.raises(SpecError, match="Features"):
            spec(features=wrong)
