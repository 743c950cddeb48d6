"""What holds for every run, whatever it computes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numba.core import config

from tests.engine.conftest import spec
from tinkernet.engine import Spec, SpecError, Trainer, spec_from_link
from tinkernet.engine.analysis.probe import outputs
from tinkernet.engine.training.loss_history import LossHistory

RULES = ("update", "carry")


def state(trainer: Trainer) -> tuple[object, ...]:
    """Everything that training goes on from, and what it has shown."""
    rows = trainer.history.rows
    return trainer.epoch, trainer.network.params.tobytes(), trainer.train_loss, trainer.test_loss, rows.tobytes()


@pytest.mark.points(200)
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("batch_size", [1, 30, 77])
def test_three_and_four_are_seven(rule: str, batch_size: int) -> None:
    """advance(3) then advance(4) is advance(7), bit for bit, a batch carried over the seam included."""
    choices = spec(short_batch=rule, batch_size=batch_size, regularization="L1", regularization_rate=0.01)
    parts, whole = Trainer(choices), Trainer(choices)
    assert (parts.advance(3), parts.advance(4), whole.advance(7)) == (3, 4, 7)
    assert state(parts) == state(whole)


def test_slices_of_time_change_nothing() -> None:
    """However short the time slices, the numbers are those of the epochs done."""
    sliced = Trainer(spec())
    while sliced.epoch < (3 if config.DISABLE_JIT else 50):
        before = sliced.epoch, sliced.batch
        sliced.advance(1000, seconds=1e-6)
        assert (sliced.epoch, sliced.batch) > before  # a batch at least, though where epochs are slow not a whole one
    whole = Trainer(spec())
    whole.advance(sliced.epoch)
    assert state(sliced) == state(whole)


@pytest.mark.points(100)
def test_the_same_seed_gives_the_same_bytes_and_another_others() -> None:
    """A spec names one run."""
    runs = [Trainer(spec(seed=seed)) for seed in ("a", "a", "b")]
    for run in runs:
        run.advance(5)
    assert state(runs[0]) == state(runs[1])
    assert state(runs[0]) != state(runs[2])
    assert runs[0].dataset == runs[1].dataset
    assert runs[0].dataset != runs[2].dataset


@pytest.mark.points(100)
def test_reset_is_the_same_start_again() -> None:
    """After training and an edit: epoch 0, the first weights, and the same way from there."""
    run = Trainer(spec())
    first = state(run)
    run.advance(9)
    after = state(run)
    run.set_weight(0, 0, 0, 3.0)
    run.reset()
    assert state(run) == first
    assert run.edits == ()
    run.advance(9)
    assert state(run) == after


@pytest.mark.points(100)
def test_permuted_hidden_neurons_answer_alike() -> None:
    """The order of the neurons of a layer is no part of the function."""
    run = Trainer(spec(hidden=(5, 2)))
    run.advance(20)
    points = run.data.test.inputs
    before = outputs(run, points)[-1].copy()
    order = np.array([3, 1, 4, 0, 2])
    run.network.weights(0)[:] = run.network.weights(0)[order]
    run.network.biases(0)[:] = run.network.biases(0)[order]
    run.network.weights(1)[:] = run.network.weights(1)[:, order]
    np.testing.assert_allclose(outputs(run, points)[-1], before, rtol=1e-12)


@pytest.mark.points(100)
@pytest.mark.parametrize("rule", RULES)
def test_a_replay_is_the_run(rule: str) -> None:
    """The spec a run started with and its edits give its state at any epoch, bit for bit."""
    start = spec(short_batch=rule, batch_size=30)
    run = Trainer(start)
    run.advance(4)
    run.set_weight(1, 1, 2, -0.75)
    run.advance(3)
    run.reconfigure(Spec.from_dict(start.to_dict() | {"learning_rate": 0.3}))
    run.set_bias(2, 0, 0.5)
    run.advance(5)
    again = Trainer.replay(run.run, run.epoch)
    assert state(again) == state(run)
    before = Trainer.replay(run.run, 3)
    plain = Trainer(start)
    plain.advance(3)
    assert state(before) == state(plain)


def test_a_learning_rate_changes_without_a_restart_and_a_layer_with_one() -> None:
    """Live fields go on from here."""
    run = Trainer(spec())
    run.advance(5)
    assert run.reconfigure(spec(learning_rate=0.1)) is False
    assert (run.epoch, run.spec.learning_rate) == (5, 0.1)
    assert run.reconfigure(spec(learning_rate=0.1, hidden=(3,))) is True
    assert run.epoch == 0


def test_an_edit_shows_at_once() -> None:
    """Loss and the curve's row of this epoch follow a typed weight; no epoch passes."""
    run = Trainer(spec())
    run.advance(2)
    loss, rows, version = run.train_loss, run.history.rows, run.history.version
    kept = rows.copy()
    run.set_weight(2, 0, 0, 5.0)
    assert run.epoch == 2
    assert run.train_loss != loss
    assert run.history.rows[2, 0] == np.float32(run.train_loss)
    assert run.history.version == version + 1
    np.testing.assert_array_equal(rows, kept)  # a reader on another thread keeps what it has taken


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ((9, 0, 0, 1.0), "layer"),
        ((-1, 0, 0, 1.0), "layer"),
        ((0, 4, 0, 1.0), "neuron"),
        ((0, 0, 2, 1.0), "input"),
        ((0, 0, True, 1.0), "input"),
        ((0, 0, 0, float("nan")), "value"),
        ((0, 0, 0, float("inf")), "value"),
        ((0, 0, 0, "1"), "value"),
    ],
)
def test_an_edit_that_cannot_be_done_is_refused(edit: tuple[object, ...], field: str) -> None:
    """By name, value and what is allowed; the network stays as it was."""
    run = Trainer(spec())
    before = state(run)
    with pytest.raises(SpecError) as refusal:
        run.set_weight(*edit)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert state(run) == before


def test_the_curve_thins_by_the_epoch_alone() -> None:
    """Past its room the history keeps every second row, however the epochs came, and each row is the one recorded."""
    losses = np.random.default_rng(1).uniform(size=(10_001, 2))
    whole, parts = LossHistory(*losses[0]), LossHistory(*losses[0])
    whole.append(1, losses[1:])
    at = 1
    for size in itertools.cycle((1, 7, 300, 2)):
        parts.append(at, losses[at : at + size])
        at += size
        if at > 10_000:
            break
    for history in (whole, parts):
        assert history.stride == 4
        np.testing.assert_array_equal(history.rows, losses[::4].astype(np.float32))


def test_divergence_stops_at_the_first_loss_that_is_no_number() -> None:
    """The epoch is exact, training stays there, and an edit or a reset goes on."""
    choices = spec(problem="regression", activation="linear", learning_rate=10.0)
    run = Trainer(choices)
    run.advance(1000)
    at = run.diverged_at
    assert at is not None
    assert run.epoch == at
    assert not np.isfinite(run.train_loss)
    assert run.advance(5) == 0
    assert np.isfinite(run.history.rows[:at, 0]).all()
    step_by_step = Trainer(choices)
    while step_by_step.diverged_at is None:
        step_by_step.advance(1)
    assert step_by_step.diverged_at == at
    run.reset()
    assert run.diverged_at is None


@pytest.mark.points(100)
def test_a_link_the_penalty_killed_stays_dead_until_it_is_typed() -> None:
    """L1 drives weights through zero; typing one revives it."""
    run = Trainer(spec_from_link("#seed=0.3&regularization=L1&regularizationRate=0.1&xSquared=true"))
    run.advance(60)
    layer, (neuron, input) = next(
        (layer, dead[0]) for layer in range(3) if len(dead := np.argwhere(run.network.dead(layer)))
    )
    assert run.network.weights(layer)[neuron, input] == 0.0
    run.advance(20)
    assert run.network.weights(layer)[neuron, input] == 0.0
    run.set_weight(layer, int(neuron), int(input), 0.9)
    run.advance(1)
    assert run.network.weights(layer)[neuron, input] not in (0.0, 0.9)


def test_a_batch_larger_than_the_set() -> None:
    """By our rule it is the whole set; by the original's nothing is ever updated."""
    ours, theirs = Trainer(spec(batch_size=10_000)), Trainer(spec(batch_size=10_000, short_batch="carry"))
    whole = Trainer(spec(batch_size=250))
    for run in (ours, theirs, whole):
        run.advance(3)
    np.testing.assert_allclose(ours.network.params, whole.network.params, rtol=1e-12)
    np.testing.assert_array_equal(theirs.network.params, Trainer(spec()).network.params)
