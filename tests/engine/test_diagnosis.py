"""The doctor: each diagnosis in a run made for it, and none in healthy runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba.core import config

from tests.engine.conftest import spec
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis.diagnosis import DIAGNOSES, diagnose
from tinkernet.engine.data.dataset import CLASS, Column, Dataset
from tinkernet.engine.data.reference import reference_of

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="thousands of epochs take minutes, interpreted")
ILL: dict[str, tuple[int, dict[str, Any]]] = {
    "diverged": (50, dict(problem="regression", activation="relu", learning_rate=30.0)),
    "dead": (20, dict(dataset="xor", activation="relu", learning_rate=1.0, hidden=(4, 4), seed="0.3")),
    "vanishing": (150, dict(dataset="xor", activation="sigmoid", hidden=(4, 4, 4, 4, 4))),
    "overfitting": (1500, dict(dataset="circle", noise=50.0, train_percent=10.0, hidden=(8, 8), learning_rate=0.1)),
    "underfitting": (1000, dict(dataset="circle", hidden=(1,))),
    "plateau": (600, dict(dataset="xor", init_zero=True)),
    "useless": (400, dict(dataset="gauss", features=("x", "y", "sinX"), regularization="L1",
                          regularization_rate=0.01, hidden=())),
}  # fmt: skip


@pytest.mark.parametrize("key", ILL)
def test_an_ill_run_has_its_diagnosis(key: str) -> None:
    """With a place, a sentence that fits on the wire, and two remedies that are specs."""
    epochs, choices = ILL[key]
    trainer = Trainer(spec(**choices))
    trainer.advance(epochs)
    check(trainer, key)


def check(trainer: Trainer, key: str) -> None:
    """The diagnosis is this one, and its remedies are allowed."""
    found = diagnose(trainer)
    assert found is not None
    assert found.key == key
    assert found.finding.sentence.isascii()
    assert len(found.finding.sentence) < 200
    labels = {remedy.label for remedy in found.finding.remedies}
    assert len(labels) == 2
    for remedy in found.finding.remedies:
        changed = Spec.from_dict(trainer.spec.to_dict() | remedy.changes)
        assert changed != trainer.spec
        changed.task(trainer.dataset.shape)


def test_weights_that_are_too_large() -> None:
    """Typed by hand: for nearly all points the first layer is at the ends of its range."""
    trainer = Trainer(spec(dataset="spiral"))
    for neuron in range(4):
        for input in range(2):
            trainer.set_weight(0, neuron, input, 40.0 + neuron - 90.0 * input)
    trainer.advance(1)
    check(trainer, "saturated")


def test_rare_points_that_are_missed() -> None:
    """One point in twenty is of the second class, in the midst of the first."""
    drawn = np.random.default_rng(5)
    inputs, classes = drawn.normal(size=(400, 2)), (np.arange(400) % 20 == 0).astype(float)
    table = Dataset(
        inputs,
        classes[:, None],
        kind=CLASS,
        columns=[Column("a"), Column("b")],
        classes=["no", "yes"],
        target_columns=[Column("c")],
    )
    trainer = Trainer(spec(data=reference_of(table), class_names=("no", "yes"), hidden=(3,)), table)
    trainer.advance(120)
    check(trainer, "unbalanced")


HEALTHY: dict[str, dict[str, Any]] = {
    "circle": {}, "xor": dict(dataset="xor", hidden=(4, 4)), "gauss": dict(dataset="gauss"),
    "spiral": dict(dataset="spiral", hidden=(8, 8, 6), features=("x", "y", "sinX", "sinY")),
    "reg-plane": dict(problem="regression"), "reg-gauss": dict(problem="regression", reg_dataset="reg-gauss"),
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("seed", ["0.59704", "0.17", "0.9"])
def test_a_healthy_run_has_none(name: str, seed: str) -> None:
    """From its start on, looked at again and again."""
    trainer = Trainer(spec(**{**HEALTHY[name], "seed": seed}))
    for _ in range(30):
        assert diagnose(trainer) is None, trainer.epoch
        trainer.advance(40)


def test_every_diagnosis_has_an_ill_run() -> None:
    """A new one needs a run that shows it."""
    assert {*ILL, "saturated", "unbalanced"} == set(DIAGNOSES)
