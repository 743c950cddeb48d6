"""What may be changed, held and stopped while a network trains; and that it stays exact through all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba.core import config

from tests.engine.conftest import combined, spec, twin
from tests.engine.test_laws import state
from tinkernet.engine import Spec, SpecError, Trainer
from tinkernet.engine.formulas.schedules import SCHEDULES, rates
from tinkernet.engine.spec.spec import LIVE

ALL: dict[str, Any] = dict(
    optimiser="adam", dropout=0.3, clip_norm=0.5, schedule="cosine", warmup_epochs=3, patience=50,
    regularization="elastic", regularization_rate=0.001, dataset="blobs", activations=["gelu"], noise=30.0,
    frozen=["0.1", "x"], cut=["0.0.1", "1.0"], batch_size=30, short_batch="carry",
)  # fmt: skip
CHANGES: dict[str, Any] = dict(
    learning_rate=0.1, regularization="L2", regularization_rate=0.01, batch_size=7, optimiser="lion", momentum=0.5,
    beta1=0.8, beta2=0.9, smoothing=0.5, epsilon=1e-3, weight_decay=0.1, schedule="inverse", schedule_epochs=5,
    schedule_factor=0.9, warmup_epochs=9, clip_norm=0.1, order="shuffled", dropout=0.1, stop_epoch=500, stop_loss=1e-9,
    patience=70, frozen=["1.0"], cut=["0.2"], activation="sine", activations=["mish", "relu"],
    class_names=["cat", "dog"],
)  # fmt: skip


# What changes nothing in some of these runs: a setting of what is not in use there, a rule that does not hold.
QUIET = {
    *("momentum", "beta1", "beta2", "smoothing", "epsilon", "weight_decay", "schedule_factor", "schedule_epochs"),
    *("regularization", "regularization_rate", "patience", "stop_epoch", "stop_loss", "class_names"),
}
ALL_OF = slice(None)


def changed(start: Spec, **choices: Any) -> Spec:
    """The same spec but for these choices."""
    return Spec.from_dict(start.to_dict() | choices)


def test_every_live_field_is_tried_here() -> None:
    """Whoever makes another field live adds a change of it."""
    assert set(CHANGES) == LIVE


@pytest.mark.points(80)
@pytest.mark.parametrize(("name", "kind"), combined(list(CHANGES), ["plain", "all"]))
def test_a_live_change_goes_on_and_is_replayed(name: str, kind: str) -> None:
    """No restart; the run's edits give the same bytes again, at the end and before the change."""
    start = spec(**ALL) if kind == "all" else spec()
    run = Trainer(start)
    run.advance(3)
    assert run.reconfigure(changed(start, **{name: CHANGES[name]})) is False
    assert run.epoch == 3
    assert [edit.field for edit in run.edits] == [name]
    run.advance(2)
    assert state(Trainer.replay(run.run, 5)) == state(run)
    plain = Trainer(start)
    plain.advance(3)
    assert state(Trainer.replay(run.run, 2))[0] == 2
    plain.advance(2)
    if name not in QUIET:
        assert state(plain) != state(run), "the change did nothing"


@pytest.mark.points(100)
def test_slices_change_nothing_with_everything_on() -> None:
    """Dropout, order, moments, schedule: three and four epochs are seven."""
    choices = spec(**ALL, order="shuffled")
    parts, whole = Trainer(choices), Trainer(choices)
    assert (parts.advance(3), parts.advance(4), whole.advance(7)) == (3, 4, 7)
    assert state(parts) == state(whole)
    assert parts.checkpoint() == whole.checkpoint()


def test_dropout_is_off_for_losses_and_maps() -> None:
    """They are of the whole network; and what is silent is the asked share, other points' neurons each time."""
    run = Trainer(spec(dropout=0.4, hidden=(8, 8), train_percent=9))
    oracle = twin(run)
    assert run.train_loss == pytest.approx(oracle.loss(run.data.train), rel=1e-12)
    masks = np.array([np.concatenate(oracle.masks(point)) for point in range(300)])
    assert set(np.unique(masks)) == {0.0, 1 / 0.6}
    assert abs((masks == 0).mean() - 0.4) < 5 * np.sqrt(0.24 / masks.size)
    assert abs(np.corrcoef(masks[1:].ravel(), masks[:-1].ravel())[0, 1]) < 5 / np.sqrt(masks.size)


def test_each_epoch_has_its_order() -> None:
    """A permutation, another in each epoch, the same for the same seed."""
    oracle = twin(Trainer(spec(order="shuffled")))
    orders = []
    for oracle.epochs in range(3):
        orders.append(oracle.order(250))
    assert all(sorted(order) == list(range(250)) for order in orders)
    assert orders[0] != orders[1] != orders[2]


@pytest.mark.points(100)
@pytest.mark.parametrize("key", [each.key for each in SCHEDULES])
def test_a_schedule_is_the_rate_changed_by_hand(key: str) -> None:
    """Each epoch at the rate that the schedule says, bit for bit."""
    settings = dict(schedule=key, schedule_epochs=4, schedule_factor=0.3, warmup_epochs=2)
    run, by_hand = Trainer(spec(**settings)), Trainer(spec())
    for epoch in range(6):
        rate = float(rates(key, 0.03, 4, 0.3, 2, epoch, 1)[0])
        by_hand.reconfigure(spec(learning_rate=rate))
        by_hand.advance(1)
        assert run.learning_rate == rate
        run.advance(1)
    assert run.network.params.tobytes() == by_hand.network.params.tobytes()


def test_schedules_are_their_formulas() -> None:
    """At a few epochs, by hand."""

    def of(key: str, warm_up: int = 0) -> list[float]:
        return rates(key, 2.0, 4, 0.5, warm_up, 0, 10).tolist()

    assert of("constant") == [2.0] * 10
    assert of("step") == [2, 2, 2, 2, 1, 1, 1, 1, 0.5, 0.5]
    assert of("cosine") == pytest.approx([2, 1 + 0.5**0.5, 1, 1 - 0.5**0.5, 0, 0, 0, 0, 0, 0], abs=1e-15)
    assert of("inverse") == pytest.approx([2 / (1 + t / 4) for t in range(10)])
    assert of("constant", 4) == [0.5, 1, 1.5] + [2] * 7


def test_it_stops_at_an_epoch() -> None:
    """Exactly there, and goes on once the rule is taken back."""
    run = Trainer(spec(stop_epoch=7))
    assert run.advance(5) == 5
    assert run.halted is None
    assert run.advance(5) == 2
    assert (run.epoch, run.halted, run.advance(1)) == (7, "stop_epoch", 0)
    run.reconfigure(spec())
    assert run.advance(1) == 1


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="interpreted, hundreds of epochs take minutes")
def test_it_stops_at_a_loss() -> None:
    """After the first epoch whose test loss is as low."""
    plain = Trainer(spec())
    plain.advance(300)
    losses = plain.history.rows[:, 1].astype(float)
    asked = float(losses[200]) * 1.001
    run = Trainer(spec(stop_loss=asked))
    run.advance(1000)
    assert run.epoch == np.argmax(losses <= asked)
    assert run.halted == "stop_loss"


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="interpreted, hundreds of epochs take minutes")
def test_patience_and_the_best_state() -> None:
    """It stops so many epochs after the lowest test loss; that network can be had again, and replayed."""
    choices = dict(noise=50.0, dataset="gauss", hidden=(8, 8), learning_rate=0.3, train_percent=10.0)
    run = Trainer(spec(**choices, patience=25))
    run.advance(5000)
    assert run.halted == "patience"
    assert run.epoch == run.best_epoch + 25
    best = Trainer(spec(**choices))
    best.advance(run.best_epoch)
    losses = run.history.rows[:, 1]
    assert losses[run.best_epoch] == losses.min()
    run.restore_best()
    assert run.network.params.tobytes() == best.network.params.tobytes()
    assert run.test_loss == best.test_loss
    assert run.halted is None
    run.advance(3)
    assert state(Trainer.replay(run.run, run.epoch)) == state(run)
    with pytest.raises(SpecError):
        Trainer(spec()).restore_best()


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
@pytest.mark.parametrize(
    ("part", "held"),
    [("y", [(0, ALL_OF, 1)]), ("0.2", [(0, 2, ALL_OF)]), ("1.1.3", [(1, 1, 3)]), ("2.0", [(2, 0, ALL_OF)])],
)  # fmt: skip
def test_what_is_frozen_stays_and_the_rest_learns(part: str, held: list[Any], optimiser: str) -> None:
    """Bit for bit; thawed, it learns again."""
    start = spec(optimiser=optimiser, regularization="L2", regularization_rate=0.1)
    run = Trainer(start)
    run.advance(2)
    run.reconfigure(changed(start, frozen=[part]))
    before = [run.network.weights(layer).copy() for layer in range(3)]
    bias = run.network.biases(0).copy()
    run.advance(3)
    for layer in range(3):
        same = run.network.weights(layer) == before[layer]
        wanted = np.zeros_like(same)
        for at, neuron, input in held:
            if at == layer:
                wanted[neuron, input] = True
        np.testing.assert_array_equal(same, wanted)
    assert (run.network.biases(0)[2] == bias[2]) is np.bool_(part == "0.2")
    run.reconfigure(start)
    run.advance(1)
    assert all((run.network.weights(layer) != before[layer]).all() for layer in range(3))


@pytest.mark.parametrize(
    ("part", "layer", "where"), [("x", 0, (ALL_OF, 0)), ("0.3", 1, (ALL_OF, 3)), ("1.0.2", 1, (0, 2))]
)
def test_what_is_cut_carries_nothing_and_comes_back(part: str, layer: int, where: Any) -> None:
    """Its weight is 0 and stays so; restored, it is the weight of the moment it was cut, or what was typed since."""
    run = Trainer(spec())
    run.advance(2)
    before = run.network.weights(layer)[where].copy()
    loss = run.train_loss
    run.reconfigure(spec(cut=[part]))
    assert run.train_loss != loss
    run.advance(3)
    assert not run.network.weights(layer)[where].any()
    run.reconfigure(spec())
    np.testing.assert_array_equal(run.network.weights(layer)[where], before)
    run.reconfigure(spec(cut=["0.0.0"]))
    run.set_weight(0, 0, 0, 7.5)
    assert run.network.weights(0)[0, 0] == 0.0
    run.reconfigure(spec())
    assert run.network.weights(0)[0, 0] == 7.5


def test_a_part_that_is_not_there_is_passed_over() -> None:
    """So that a layer can come and go; but what is no part at all is refused."""
    Trainer(spec(frozen=["64.4095", "bumpC", "0.1.63"], cut=["5.0"])).advance(1)
    for wrong in ("0,1", "65.1", "100.1", "0.4096", "0.1.4096", "01.1", "-", "", "0.1.2.3", "madeUp"):
        with pytest.raises(SpecError):
            spec(cut=[wrong])


def test_a_dead_link_stays_dead_when_the_penalty_goes() -> None:
    """Also under plain descent without a penalty."""
    run = Trainer(spec(regularization="L1", regularization_rate=0.3))
    while not any(run.network.dead(layer).any() for layer in range(3)):
        run.advance(1)
    dead = [run.network.dead(layer).copy() for layer in range(3)]
    run.reconfigure(spec())
    run.advance(3)
    for layer in range(3):
        np.testing.assert_array_equal(run.network.dead(layer), dead[layer])
        assert not run.network.weights(layer)[dead[layer]].any()


def test_a_clock_that_stands_still_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a thread's time is counted in coarse steps, all epochs of a slice may seem to take none."""
    monkeypatch.setattr("tinkernet.engine.training.live.worked", lambda: 5.0)
    trainer = Trainer(Spec(seed="0.5", hidden=(2,)))
    assert trainer.advance(20, 0.001) == 20
    assert trainer.advance(5, 0.001) == 5
