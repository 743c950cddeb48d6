"""Metrics beside the loss, by hand and on a network that has learnt."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.engine.conftest import numbers_of, spec
from tinkernet.engine import Trainer
from tinkernet.engine.__main__ import main
from tinkernet.engine.analysis.maps import class_map, small_maps
from tinkernet.engine.analysis.metrics import classify, errors_by_column, metrics, metrics_of
from tinkernet.engine.analysis.probe import classes_at, outputs, unit_value
from tinkernet.engine.data.features import column_keys
from tinkernet.engine.data.grid import grid
from tinkernet.engine.spec.task import Task


def test_two_classes_by_hand() -> None:
    """Three of four: one of class 0 was taken for 1."""
    found = metrics(np.array([[0.9, -0.2, 0.1, -0.8]]), np.array([[1.0], [0.0], [0.0], [0.0]]), spec().task())
    assert found == {"accuracy": 0.75, "confusion": [[2, 1], [0, 1]], "f1": [0.8, pytest.approx(2 / 3)]}


def test_a_sigmoid_is_split_in_its_middle() -> None:
    """At 0.5, not at 0."""
    found = metrics(np.array([[0.4, 0.6]]), np.array([[0.0], [1.0]]), spec(output="sigmoid").task())
    assert found["accuracy"] == 1.0


def test_several_classes_by_hand() -> None:
    """The largest output names the class; a class that is neither there nor named has no F1."""
    outputs = np.array([[0.5, 0.1, 0.2], [0.3, 0.8, 0.6], [0.2, 0.1, 0.2]])
    found = metrics(outputs, np.array([[0.0], [1.0], [0.0]]), spec(dataset="blobs").task())
    assert found["confusion"] == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert found["f1"] == [pytest.approx(2 / 3), pytest.approx(2 / 3), None]


def test_numbers_by_hand() -> None:
    """R2 is 1 for the targets and 0 for their mean; none where they are all alike or an output is no number."""
    targets = np.array([[1.0], [2.0], [3.0]])
    of = spec(problem="regression").task()
    assert metrics(targets.T, targets, of) == {"r2": 1.0, "rmse": 0.0}
    assert metrics(np.full((1, 3), 2.0), targets, of) == {"r2": 0.0, "rmse": pytest.approx((2 / 3) ** 0.5)}
    assert metrics(targets.T, np.ones((3, 1)), of)["r2"] is None
    for large in (np.inf, np.nan, 1e300):
        assert metrics(np.array([[1.0, large, 0.0]]), targets, of) == {"r2": None, "rmse": None}
    assert metrics(np.zeros((1, 0)), np.zeros((0, 1)), of) == {"r2": None, "rmse": None}
    assert metrics(np.zeros((1, 0)), np.zeros((0, 1)), spec().task())["accuracy"] is None


def test_several_numbers_by_hand() -> None:
    """Over all columns together: R2 weighs a column by its variance."""
    targets = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    outputs = np.array([[1.0, 2.0, 4.0], [10.0, 20.0, 30.0]])
    found = metrics(outputs, targets, Task(0, 2, "linear", "squared"))
    assert found == {"r2": 1 - 1 / 202, "rmse": pytest.approx((1 / 6) ** 0.5)}


def test_several_numbers_by_column() -> None:
    """Each column is measured as if it were alone, of both parts."""
    trainer = Trainer(spec(problem="regression", features=column_keys(4)), numbers_of(4, targets=3))
    trainer.advance(5)
    found = errors_by_column(trainer)
    for name, points in trainer.data._asdict().items():
        answers = outputs(trainer, points.inputs)
        for column in range(3):
            error = answers[column] - points.targets[:, column]
            rmse, r2 = np.sqrt((error**2).mean()), 1 - error.var() / points.targets[:, column].var()
            r2 -= error.mean() ** 2 / points.targets[:, column].var()
            assert found[name][column] == {"r2": pytest.approx(r2), "rmse": pytest.approx(rmse)}


def test_of_a_network(capsys: pytest.CaptureFixture[str]) -> None:
    """Every point is counted once; the command prints the same."""
    link = "#v=1&dataset=blobs&classes=4&optimiser=adam&seed=0.5&noise=20"
    assert main([link, "--epochs", "0,5", "--json", "--metrics"]) == 0
    told = json.loads(capsys.readouterr().out)["metrics"]
    trainer = Trainer(spec(dataset="blobs", classes=4, optimiser="adam", noise=20.0))
    trainer.advance(5)
    assert metrics_of(trainer) == told
    assert np.sum(told["train"]["confusion"]) == np.sum(told["test"]["confusion"]) == 250
    assert told["train"]["accuracy"] > 0.5


def test_a_stop_rule_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The table ends there, with a sentence."""
    assert main(["#v=1&stopEpoch=3&seed=0.5", "--epochs", "0,10", "--metrics"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-3] == "Stopped at epoch 3: epoch 3 is reached."
    assert said[-2].startswith("train: {")


def test_the_verdict_is_the_largest_answer_and_its_lead() -> None:
    """The lead is over the second, as a share of the way from "not this class" to "this class"; a tie has none."""
    outputs = np.array([[0.7, 0.1, 0.4, np.nan], [0.2, 0.1, 0.6, 0.1], [0.1, 0.8, 0.0, 0.1]])
    for output, scale in (("softmax", 1.0), ("tanh", 2.0)):
        chosen, lead = classify(outputs, spec(dataset="blobs", classes=3, output=output).task())
        assert chosen[:3].tolist() == [0, 2, 1]
        np.testing.assert_allclose(lead, [0.5 / scale, 0.7 / scale, 0.2 / scale, np.nan])
    tied = classify(np.full((3, 1), 0.25), spec(dataset="blobs", classes=3).task())
    assert (tied[0][0], tied[1][0]) == (0, 0.0)


@pytest.mark.parametrize(("dataset", "output"), [("blobs", "softmax"), ("blobs", "linear"), ("arms", "tanh")])
def test_a_map_of_classes_is_the_verdict_at_its_pixels(dataset: str, output: str) -> None:
    """Each pixel is the mean of the answers at the two points that a smooth map takes."""
    trainer = Trainer(spec(dataset=dataset, classes=4, output=output, loss="auto", hidden=(5,)))
    trainer.advance(3)
    chosen, lead = class_map(trainer, 8)
    answers = [outputs(trainer, grid(8, shift)) for shift in (-0.25, 0.25)]
    wanted = classify((answers[0] + answers[1]) / 2, trainer.task)
    np.testing.assert_array_equal(chosen, wanted[0])
    np.testing.assert_allclose(lead, wanted[1], rtol=1e-12, atol=1e-12)
    assert len(set(chosen.tolist())) > 1
    x, y = grid(8)[11]
    winner, answer = classes_at(trainer, [(float(x), float(y))])[0]
    several = [unit_value(trainer, f"1.{each}", float(x), float(y)) for each in range(4)]
    assert (winner, answer) == (int(np.argmax(several)), pytest.approx(max(several)))


def test_of_a_wide_layer_the_first_neurons_are_drawn() -> None:
    """Small maps are those of each layer's first neurons; without a limit, of all."""
    trainer = Trainer(spec(hidden=(5, 2)))
    all_maps, few = small_maps(trainer, 4), small_maps(trainer, 4, most=3)
    np.testing.assert_array_equal(few, all_maps[[0, 1, 2, 5, 6, 7]])
