"""Many runs at once: each is what a trainer makes of its link, and the statistics are the known ones."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import config

from tinkernet.engine import Spec, SpecError, Trainer, spec_from_link
from tinkernet.engine.analysis.metrics import metrics_of
from tinkernet.engine.data.drawing import NewPoint
from tinkernet.engine.sweep import command, runs
from tinkernet.engine.sweep.course import Course, Outcome
from tinkernet.engine.sweep.goal import Goal, read_goal
from tinkernet.engine.sweep.grid import MOST_CELLS, Setting, cells, read_setting
from tinkernet.engine.sweep.runs import sweep
from tinkernet.engine.sweep.statistics import paired, quartiles, wilson
from tinkernet.engine.training.executor import Executor

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="it has no kernels of its own")

SPECS: dict[str, dict[str, Any]] = {
    "default": {},
    "online, shuffled": {"batch_size": 1, "order": "shuffled"},
    "shuffled batches": {"batch_size": 30, "order": "shuffled"},
    "dropout and Adam": {"dropout": 0.3, "optimiser": "adam", "learning_rate": 0.01},
    "frozen and cut": {"frozen": ("0.0",), "cut": ("0.1.0",)},
    "patience": {"patience": 3, "learning_rate": 0.3},
    "stop at a loss": {"stop_loss": 0.3},
    "stop at an epoch": {"stop_epoch": 7},
    "diverges": {"problem": "regression", "learning_rate": 10.0, "activation": "relu"},
    "all points train": {"train_percent": 100.0},
}


@pytest.mark.parametrize("name", SPECS)
def test_each_outcome_is_what_a_trainer_of_its_spec_makes(name: str) -> None:
    """To the last bit, with every way that training can go on or end."""
    spec = Spec(seed="0.5", hidden=(3, 2), **SPECS[name])
    goal = Goal("train_loss", 0.35)
    (found,) = sweep([spec], ["1", "2", "3"], 40, goal, threads=2)
    for outcome, seed in zip(found, "123", strict=True):
        trainer = Trainer(Spec(**{**spec.to_dict(), "weight_seed": seed}))
        reached = None
        for _ in range(41):
            if reached is None and trainer.train_loss <= goal.bound:
                reached = trainer.epoch
            trainer.advance(min(1, 40 - trainer.epoch))
        assert outcome.seed == seed
        assert (outcome.epochs, outcome.reached) == (trainer.epoch, reached)
        np.testing.assert_array_equal(outcome[2:4], (trainer.train_loss, trainer.test_loss))


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"order": "shuffled", "batch_size": 7}, {"dropout": 0.3, "optimiser": "adam"}, {"stop_loss": 0.3},
        {"dataset": "blobs", "classes": 3}, {"train_percent": 100.0},
    ],
    ids=str,
)  # fmt: skip
def test_a_goal_on_accuracy(fields: dict[str, Any]) -> None:
    """The first epoch at whose end a trainer's metrics say so; asking changes no number of the run."""
    spec, goal = Spec(seed="0.5", hidden=(3,), **fields), Goal("test_accuracy", 0.9)
    (found,) = sweep([spec], ["1", "2", "3"], 30, goal)
    (plain,) = sweep([spec], ["1", "2", "3"], 30)
    assert [str(each._replace(reached=None)) for each in found] == list(map(str, plain))  # NaN is NaN as a text
    for outcome in found:
        trainer, reached = Trainer(spec.with_weight_seed(outcome.seed)), None
        for epoch in range(outcome.epochs + 1):
            accuracy = metrics_of(trainer)["test"]["accuracy"]
            if reached is None and accuracy is not None and accuracy >= 0.9:
                reached = epoch
            trainer.advance(1)
        assert outcome.reached == reached


def test_a_run_that_diverged_has_no_accuracy() -> None:
    """Outputs that are no numbers name no class, though a class could be read from them."""
    course = Course(Executor(Spec(seed="1")), 5, Goal("test_accuracy", 0.0))
    assert course.reached == 0
    course.executor.network.padded[:] = np.nan
    assert math.isnan(course.accuracy)


def test_another_start_leaves_the_first_alone() -> None:
    """They share points; parameters, masks, the optimiser's state and the order of points are each one's own."""
    spec = Spec(seed="0.5", order="shuffled", batch_size=7, optimiser="adam", dropout=0.2, frozen=("1.0",))
    first = Executor(spec.with_weight_seed("1"))
    other = first.another("2")
    alone = Executor(spec.with_weight_seed("1"))
    others = _trained(other, 3)
    for _ in range(3):
        np.testing.assert_array_equal(first.train(1), alone.train(1))
    assert others == _trained(Executor(spec.with_weight_seed("2")), 3)
    with pytest.raises(SpecError, match="Seed of the weights must be a text of at least one sign"):
        first.another("")


def _trained(executor: Executor, epochs: int) -> bytes:
    for _ in range(epochs):
        executor.train(1)
    return bytes(executor.capture()["params"])


def test_drawn_points_are_learnt_by_every_seed() -> None:
    """And with other data every seed has its own."""
    spec = Spec(seed="0.5")
    trainer = Trainer(spec)
    trainer.edit_data(added=[NewPoint(1.0, 1.0, 1.0)] * 20)
    (drawn,) = sweep([spec], ["1"], 5, drawing=trainer.drawing)
    (plain,) = sweep([spec], ["1"], 5)
    assert drawn[0].train_loss != plain[0].train_loss
    (others,) = sweep([spec], ["1", "2"], 5, other_data=True)
    for outcome in others:
        wanted = Trainer(Spec(seed=outcome.seed, weight_seed=outcome.seed))
        wanted.advance(5)
        assert outcome.test_loss == wanted.test_loss


# Wilson's interval as in Brown, Cai and DasGupta (2001) and R's prop.test(correct = FALSE).
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(18, 20, 0.6990, 0.9721), (10, 10, 0.7225, 1.0), (0, 20, 0.0, 0.1611), (5, 10, 0.2366, 0.7634), (0, 0, 0.0, 1.0)],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    """Known intervals."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_quartiles_are_numpys(values: list[float]) -> None:
    """Of finite numbers."""
    assert quartiles(values) == pytest.approx(np.percentile(values, [25, 50, 75]), rel=1e-12, abs=1e-9)


def test_quartiles_of_what_diverged() -> None:
    """A run that diverged is worse than all others, and does not hide them."""
    assert quartiles([0.1, math.nan, 0.3]) == (pytest.approx(0.2), 0.3, math.inf)
    assert quartiles([math.nan, math.inf]) == (math.inf,) * 3
    assert all(map(math.isnan, quartiles([])))


def test_settings_are_read_by_their_keys_in_links() -> None:
    """The last one changes fastest; a semicolon allows commas in values."""
    shapes, rates = read_setting("networkShape=2;3;4,2"), read_setting("learningRate=0.01, 0.1")
    assert (shapes, rates) == (Setting("networkShape", ("2", "3", "4,2")), Setting("learningRate", ("0.01", "0.1")))
    found = cells(Spec(seed="1"), [shapes, rates])
    assert [cell.spec.hidden for cell in found] == [(2,), (2,), (3,), (3,), (4, 2), (4, 2)]
    assert [cell.values for cell in found[:2]] == [("2", "0.01"), ("2", "0.1")]
    assert found[1].spec == spec_from_link("v=1&seed=1&networkShape=2&learningRate=0.1")
    assert cells(Spec(seed="1"), []) == [((), Spec(seed="1"))]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("learningRate", "KEY=VALUE"),
        ("learningRate=", "Learning rate must be a finite number, not .."),
        ("noise=20;99", "Noise must be a number from 0 to 80 %, not .99"),
        ("learningRate=0.1,0.1", "each value once"),
        ("learningRate=fast", "Learning rate must be a finite number"),
        ("networkShape=0;2", "Hidden layers must be"),
        ("speed=1", "The setting must be one of activation,"),
        ("learningRate=" + ",".join(map(str, range(MOST_CELLS + 1))), "at most 1,024 combinations"),
    ],
)
def test_a_setting_that_cannot_be_varied(given: str, said: str) -> None:
    """A sentence names it and says what is allowed."""
    with pytest.raises(SpecError, match=said):
        cells(Spec(seed="1"), [read_setting(given)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "test_loss",
        "test_loss < 0.1",
        "loss <= 0.1",
        "test_loss <= e",
        "test_loss <= -",
        "test_loss >= 0.1",
        "test_accuracy <= 0.9",
        "test_accuracy >= most",
    ],
)
def test_a_goal_that_is_none(text: str) -> None:
    """A sentence shows how one is written."""
    assert read_goal(" test_loss<=5e-2 ") == Goal("test_loss", 0.05)
    assert str(read_goal("test_accuracy>=0.95")) == "test_accuracy >= 0.95"
    with pytest.raises(SpecError, match="such as test_loss <= "):
        read_goal(text)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table for people on stdout, and all of it as CSV."""
    file = tmp_path / "out.csv"
    link = "v=1&dataset=circle&seed=0.5"
    given = [link, "--vary", "networkShape=2;4,2", "--seeds", "4", "--goal", "test_loss <= 0.2", "--epochs", "60"]
    assert command.main([*given, "--csv", str(file)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert [line.split()[0] for line in printed.out.splitlines()[1:3]] == ["2", "4,2"]
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row, shape in zip(rows, ((2,), (4, 2)), strict=True):
        losses = []
        for seed in "1234":
            trainer = Trainer(Spec(seed="0.5", dataset="circle", hidden=shape, weight_seed=seed))
            trainer.advance(60)
            losses.append(trainer.test_loss)
        assert float(row["test_loss_median"]) == np.median(losses)
        assert float(row["test_loss_sd"]) == pytest.approx(np.std(losses, ddof=1), rel=1e-12)
        assert row["runs"] == "4"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nonsense"], "LINK must be an address"),
        (["seed=1", "--seeds", "0"], "seeds must be a whole number from 1 to 1,000, not 0"),
        (["seed=1", "--epochs", "-1"], "epochs must be a whole number from 1 to 1,000,000"),
        (["seed=1", "--goal", "win"], "The goal must be"),
        (["problem=regression&regDataset=reg-plane&seed=1", "--goal", "test_accuracy >= 0.9"], "must be a loss where"),
        (["seed=1", "--vary", "speed=1"], "The setting must be one of"),
    ],
)
def test_a_command_that_cannot_be_carried_out(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, exit status 2, and nothing on stdout."""
    assert command.main(given) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_what_is_done_is_kept_on_an_interrupt(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C in the middle: the runs that have ended are in the table, and the exit status says that it is a part."""
    train = runs.train

    def interrupted(executor: Executor, epochs: int, goal: Goal | None, cancelled: Event) -> Outcome | None:
        if executor.spec.weight_seed == "15":
            raise KeyboardInterrupt
        if int(executor.spec.weight_seed) > 20:  # what the thread goes on with until it hears of the interrupt
            assert cancelled.wait(30)
        return train(executor, epochs, goal, cancelled)

    monkeypatch.setattr(runs, "train", interrupted)
    monkeypatch.setattr(runs, "_cores", lambda: 1)
    assert command.main(["v=1&seed=0.5", "--seeds", "30", "--epochs", "5"]) == command.INTERRUPTED
    assert capsys.readouterr().out.splitlines()[1].split()[0] == "10"


def test_a_run_that_fails_ends_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is raised, and not hidden in a row."""

    def failing(*_: Any) -> Outcome:
        raise ZeroDivisionError

    monkeypatch.setattr(runs, "train", failing)
    with pytest.raises(ZeroDivisionError):
        sweep([Spec(seed="1")], ["1", "2"], 5)


def test_pairs_are_counted_and_their_median_has_an_interval() -> None:
    """The order statistics of a binomial: of 6 pairs the ends, of 20 the sixth from each; infinite where too few."""
    ones = list(map(float, range(20)))
    found = paired(ones, [value - 1.0 - value / 100 for value in ones])
    assert (found.wins, found.losses) == (20, 0)
    differences = sorted(-1.0 - value / 100 for value in ones)
    assert (found.low, found.high) == pytest.approx((differences[5], differences[14]))
    assert found.difference == pytest.approx((differences[9] + differences[10]) / 2)
    assert paired(ones[:6], ones[:6])[:2] == (0, 0)
    six = paired([0.0] * 6, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert six == (0, 6, 3.5, 1.0, 6.0)
    five = paired([0.0] * 5, [1.0] * 5)
    assert (five.low, five.high) == (-math.inf, math.inf)
    diverged = paired([math.nan, 1.0, math.nan], [math.nan, math.nan, 0.5])
    assert (diverged.wins, diverged.losses, diverged.difference) == (1, 1, 0.0)
    assert math.isnan(paired([], []).difference)
