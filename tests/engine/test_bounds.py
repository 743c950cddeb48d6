"""What links may ask for: all that TensorFlow Playground computes with finite numbers, within the bounds of a spec."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numba.core import config

from tests.engine.conftest import combined, params_of, spec, twin
from tinkernet.engine import Spec, SpecError, Trainer, link_from_spec, spec_from_link
from tinkernet.engine.spec.basic_fields import MAX_LAYERS, MAX_NEURONS
from tinkernet.engine.spec.link import read_link
from tinkernet.engine.spec.settings import narrowed

# A published link whose author made the penalty negative: the losses are the original's, in Node 20.
NEGATIVE = (
    "https://playground.tensorflow.org/#activation=tanh&regularization=L2&batchSize=10&dataset=circle&regDataset=reg-"
    "plane&learningRate=0.03&regularizationRate=-0.03&noise=0&networkShape=8,8,8&seed=0.5&percTrainData=10&x=true"
)
LOSSES = [
    (0, 0.5097574158462436, 0.5145456428714921),
    (1, 0.5035324610996613, 0.5131143057300954),
    (10, 0.4688172642719895, 0.512119722925015),
    (100, 0.01496196065537009, 0.06501138545220779),
]


def test_a_negative_rate_is_the_originals() -> None:
    """Its losses after 0, 1, 10 and 100 epochs."""
    trainer = Trainer(spec_from_link(NEGATIVE))
    for epoch, train, test in LOSSES[:2] if config.DISABLE_JIT else LOSSES:
        trainer.advance(epoch - trainer.epoch)
        assert [trainer.train_loss, trainer.test_loss] == pytest.approx([train, test], rel=1e-9, abs=0)


@pytest.mark.parametrize("penalty", ["L1", "L2", "elastic"])
@pytest.mark.parametrize("rates", [(-0.01, 0.01), (0.01, -0.03), (-0.01, -0.03), (2000.0, 0.0), (1e-5, 2000.0)])
def test_any_rate_is_the_oracles(rates: tuple[float, float], penalty: str) -> None:
    """Negative and very large ones."""
    choices = dict(learning_rate=rates[0], regularization_rate=rates[1], regularization=penalty, train_percent=2)
    trainer = Trainer(spec(**choices))
    oracle = twin(trainer)
    trainer.advance(1)
    oracle.epoch(trainer.data.train)
    np.testing.assert_allclose(trainer.network.params, params_of(oracle), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", ["a" * 4096, "0." + "1" * 4000])
def test_a_seed_may_be_long(seed: str) -> None:
    """4,096 characters, all of which count."""
    long = Trainer(spec_from_link(f"#seed={seed}&dataset=xor"))
    assert long.spec.seed == seed
    other = Trainer(spec_from_link(f"#seed={seed[:-1]}b&dataset=xor"))
    assert (long.data.train.inputs != other.data.train.inputs).any()


# Interpreted, the first weights of millions of links take minutes.
WIDEST = [] if config.DISABLE_JIT else [(4096,), (2000, 96, 2000), (64,) * 64]


@pytest.mark.parametrize("hidden", [(1,) * 64, (4,) * 64, *WIDEST])
def test_a_network_may_be_deep_and_wide(hidden: tuple[int, ...]) -> None:
    """It is read from a link, trained, and written again."""
    made = spec_from_link(f"#v=1&networkShape={','.join(map(str, hidden))}&seed=1&percTrainData=1")
    assert made.hidden == hidden
    assert spec_from_link(link_from_spec(made)) == made
    if sum(hidden) < 300:  # the others are compared by their size: to train them takes minutes without the compiler
        trainer = Trainer(made)
        oracle = twin(trainer)
        trainer.advance(1)
        oracle.epoch(trainer.data.train)
        np.testing.assert_allclose(trainer.network.params, params_of(oracle), rtol=1e-10, atol=1e-12)
    else:
        assert Trainer(made).network.sizes == (2, *hidden, 1)


@pytest.mark.parametrize(
    ("shape", "hidden", "said"),
    [
        ("1," * 64 + "1", (1,) * MAX_LAYERS, "at most 64 layers"),
        ("8192", (MAX_NEURONS,), "4,096 neurons in all"),
        ("6000,3000,1", (2730, 1365, 1), "4,096 neurons in all"),
        ("1e9," * 63 + "1", (65,) * 63 + (1,), "4,096 neurons in all"),
    ],
)
def test_too_large_a_network_becomes_the_nearest(shape: str, hidden: tuple[int, ...], said: str) -> None:
    """Its first layers, their widths in proportion; and it is said."""
    reading = read_link(f"#v=1&networkShape={shape}&seed=1")
    assert reading.spec.hidden == hidden
    assert reading.problems == []
    assert said in reading.remarks[0]


@pytest.mark.parametrize("sizes", [(1,), (5, 5), (1,) * 63 + (5000,), (4000, 4000, 1, 1), (7,) * 64])
@pytest.mark.parametrize("most", [64, 100, 4096])
def test_widths_are_cut_in_proportion(sizes: tuple[int, ...], most: int) -> None:
    """Never more than asked for or allowed, never a layer without a neuron, and no more than one lost to rounding."""
    cut = narrowed(sizes, most)
    assert len(cut) == len(sizes)
    assert all(1 <= each <= before for each, before in zip(cut, sizes, strict=True))
    assert sum(cut) <= max(most, len(sizes))
    if sum(sizes) <= most:
        assert cut == sizes
    else:
        assert sum(cut) > most - len(sizes)


@pytest.mark.parametrize("batch", [10_001, 20_000, 2**53 - 1])
def test_any_batch_size_trains(batch: int) -> None:
    """Larger than the set: one batch is the whole set, in the original's links it never updates."""
    own = Trainer(spec(batch_size=batch))
    whole = Trainer(spec(batch_size=250))
    carried = Trainer(spec_from_link(f"#batchSize={batch}&seed=0.5"))
    before = carried.network.params
    for each in (own, whole, carried):
        each.advance(3)
    np.testing.assert_array_equal(own.network.params, whole.network.params)
    np.testing.assert_array_equal(carried.network.params, before)


def test_a_batch_larger_than_numbers_can_say_is_as_large_as_they_can() -> None:
    """It computes the same, and it is said."""
    reading = read_link("#batchSize=1e300&seed=1")
    assert reading.spec.batch_size == 2**53 - 1
    assert "Batch size must be a whole number of at least 1" in reading.remarks[0]
    with pytest.raises(SpecError, match="Batch size must be a whole number of at least 1, not 0"):
        spec(batch_size=0)


PARTS: dict[str, dict[str, Any]] = {"xor": {"dataset": "xor"}, "plane": {"problem": "regression"}}


@pytest.mark.parametrize(("data", "order"), combined(list(PARTS), ["fixed", "shuffled"]))
@pytest.mark.parametrize("batch", [1, 10])
def test_without_training_points_nothing_changes(data: str, order: str, batch: int) -> None:
    """Epochs pass, there is no training loss and no divergence; the test loss is that of the first weights."""
    trainer = Trainer(spec(**PARTS[data], train_percent=0, order=order, batch_size=batch))
    before, loss = trainer.network.params, trainer.test_loss
    assert len(trainer.data.train) == 0
    assert trainer.advance(5) == 5
    assert trainer.advance(700) == 700
    assert (trainer.epoch, trainer.diverged_at, trainer.halted) == (705, None, None)
    assert math.isnan(trainer.train_loss)
    assert trainer.test_loss == loss
    np.testing.assert_array_equal(trainer.network.params, before)
    assert trainer.history.rows.shape == (706, 2)
    replayed = Trainer.replay(trainer.run, 300)
    assert (replayed.epoch, replayed.test_loss) == (300, loss)
    again = Trainer.restored(trainer.spec, trainer.checkpoint())
    assert again.advance(3) == 3


def test_without_training_points_stop_rules_hold_when_they_should() -> None:
    """At an epoch, at a test loss that is there from the start, and with patience."""
    for rule, epoch in (({"stop_epoch": 300}, 300), ({"stop_loss": 100.0}, 0), ({"patience": 280}, 280)):
        trainer = Trainer(spec(train_percent=0, **rule))
        trainer.advance(1000)
        assert (trainer.epoch, trainer.halted) == (epoch, next(iter(rule)))


@pytest.mark.points(50)
@pytest.mark.parametrize("rule", [{"stop_loss": 100.0}, {"patience": 3}, {"stop_loss": 100.0, "patience": 3}])
def test_without_test_points_the_rules_that_need_them_do_not_stop(rule: dict[str, Any]) -> None:
    """Training goes on, as exactly as with no such rule; the rules that cannot hold are named."""
    trainer, free = Trainer(spec(train_percent=100, **rule)), Trainer(spec(train_percent=100))
    assert len(trainer.data.test) == 0
    assert trainer.advance(20) == free.advance(20) == 20
    assert (trainer.halted, trainer.diverged_at) == (None, None)
    assert math.isnan(trainer.test_loss)
    assert math.isfinite(trainer.train_loss)
    np.testing.assert_array_equal(trainer.network.params, free.network.params)
    assert "there are no test points" in read_link(link_from_spec(trainer.spec)).remarks[0]
    assert read_link(link_from_spec(free.spec)).remarks == []
    assert read_link(link_from_spec(spec(**rule))).remarks == []


def test_the_best_cannot_be_restored_without_test_points() -> None:
    """There is none."""
    trainer = Trainer(spec(train_percent=100, patience=3))
    trainer.advance(5)
    with pytest.raises(SpecError, match="test points"):
        trainer.restore_best()


@pytest.mark.parametrize("share", [0.0, 0.1, 99.5, 100.0])
def test_any_share_is_read_and_written(share: float) -> None:
    """As the original splits: the first whole points of the share train."""
    made = spec_from_link(f"#percTrainData={share:g}&seed=1")
    assert len(Trainer(made).data.train) == int(500 * share / 100)
    assert spec_from_link(link_from_spec(made)) == made


def test_spec_bounds_are_kept() -> None:
    """One more than the bounds is refused with a sentence."""
    refused: list[tuple[dict[str, Any], str]] = [
        ({"hidden": (1,) * 65}, "at most 64 layers"),
        ({"hidden": (4096, 1)}, "4,096 neurons in all"),
        ({"train_percent": 100.5}, "from 0 to 100 %"),
        ({"learning_rate": math.inf}, "a finite number"),
        ({"regularization_rate": math.nan}, "a finite number"),
        ({"seed": "a" * 4097}, "1 to 4,096"),
        ({"batch_size": 2**53}, "a whole number"),
    ]
    for choices, words in refused:
        with pytest.raises(SpecError, match=words):
            Spec(**{"seed": "1", **choices})
