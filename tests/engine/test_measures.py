"""Measures beside the loss, by hand and on a network that has learnt."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine import Trainer
from engine.__main__ import main
from engine.measures import measures
from tests.engine.conftest import spec


def test_two_classes_by_hand() -> None:
    """Three of four: one of class 0 was taken for 1."""
    found = measures(np.array([[0.9, -0.2, 0.1, -0.8]]), np.array([1.0, -1.0, -1.0, -1.0]), spec())
    assert found == {"accuracy": 0.75, "confusion": [[2, 1], [0, 1]], "f1": [0.8, pytest.approx(2 / 3)]}


def test_a_sigmoid_is_split_in_its_middle() -> None:
    """At 0.5, not at 0."""
    found = measures(np.array([[0.4, 0.6]]), np.array([-1.0, 1.0]), spec(output="sigmoid"))
    assert found["accuracy"] == 1.0


def test_several_classes_by_hand() -> None:
    """The largest output names the class; a class that is neither there nor named has no F1."""
    outputs = np.array([[0.5, 0.1, 0.2], [0.3, 0.8, 0.6], [0.2, 0.1, 0.2]])
    found = measures(outputs, np.array([0.0, 1.0, 0.0]), spec(dataset="blobs"))
    assert found["confusion"] == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert found["f1"] == [pytest.approx(2 / 3), pytest.approx(2 / 3), None]


def test_numbers_by_hand() -> None:
    """R2 is 1 for the labels and 0 for their mean; none where the labels are all alike or an answer is no number."""
    labels = np.array([1.0, 2.0, 3.0])
    of = spec(problem="regression")
    assert measures(labels[None], labels, of) == {"r2": 1.0, "rmse": 0.0}
    assert measures(np.full((1, 3), 2.0), labels, of) == {"r2": 0.0, "rmse": pytest.approx((2 / 3) ** 0.5)}
    assert measures(labels[None], np.ones(3), of)["r2"] is None
    for large in (np.inf, np.nan, 1e300):
        assert measures(np.array([[1.0, large, 0.0]]), labels, of) == {"r2": None, "rmse": None}


def test_of_a_network(capsys: pytest.CaptureFixture[str]) -> None:
    """Every point is counted once; the command prints the same."""
    link = "#v=1&dataset=blobs&classes=4&optimiser=adam&seed=0.5&noise=20"
    assert main([link, "--epochs", "0,5", "--json", "--measures"]) == 0
    told = json.loads(capsys.readouterr().out)["measures"]
    trainer = Trainer(spec(dataset="blobs", classes=4, optimiser="adam", noise=20.0))
    trainer.advance(5)
    assert trainer.measures() == told
    assert np.sum(told["train"]["confusion"]) == np.sum(told["test"]["confusion"]) == 250
    assert told["train"]["accuracy"] > 0.5


def test_a_stop_rule_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The table ends there, with a sentence."""
    assert main(["#v=1&stopEpoch=3&seed=0.5", "--epochs", "0,10", "--measures"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-3] == "Stopped at epoch 3: epoch 3 is reached."
    assert said[-2].startswith("train: {")
