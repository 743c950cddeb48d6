"""Epochs, batches and examples: a run has the same bits whichever clock it was trained by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.conftest import spec
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.pull import pushes
from tinkernet.engine.analysis.trace import trace
from tinkernet.engine.data.dataset import Points
from tinkernet.engine.training.clocks import Clock

KINDS: dict[str, dict[str, Any]] = {
    "a short last batch": {"batch_size": 7, "train_percent": 10},
    "one short batch carried": {"batch_size": 7, "train_percent": 10, "short_batch": "carry", "optimiser": "momentum"},
    "one by one": {"batch_size": 1, "train_percent": 6},
    "the whole set": {"batch_size": 1000, "train_percent": 6, "optimiser": "adam"},
    "several tiles, dropout": {"batch_size": 40, "train_percent": 17, "dropout": 0.3, "optimiser": "adam"},
    "shuffled": {"batch_size": 7, "train_percent": 10, "order": "shuffled", "optimiser": "nesterov"},
}


@pytest.mark.parametrize("clock", ["batch", "example"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_epoch_in_ticks_is_bit_for_bit_an_epoch_at_one_go(kind: str, clock: Clock) -> None:
    whole, ticked = Trainer(spec(**KINDS[kind])), Trainer(spec(**KINDS[kind]))
    whole.advance(2)
    now = ticked.batch_now()
    ticks = now.examples if clock == "example" else now.batches
    seen = []
    while ticked.epoch < 2:
        seen.append((ticked.ticks(clock), ticked.next_example()))
        assert ticked.tick(clock, 1) == 1
    assert [count for count, _ in seen] == list(range(2 * ticks))
    if clock == "example":  # each training point once an epoch
        assert sorted(str(id) for _, id in seen[:ticks]) == sorted(map(str, ticked.ids[0]))
    assert ticked.network.params.tobytes() == whole.network.params.tobytes()
    assert ticked.checkpoint() == whole.checkpoint()


def test_within_a_batch_examples_only_count() -> None:
    trainer = Trainer(spec(batch_size=7, train_percent=10))
    before = trainer.network.params.tobytes()
    assert trainer.tick("example", 6) == 6
    assert (trainer.epoch, trainer.batch, trainer.example) == (0, 0, 6)
    assert trainer.network.params.tobytes() == before
    trainer.tick("example", 1)
    assert (trainer.epoch, trainer.batch, trainer.example) == (0, 1, 0)
    assert trainer.network.params.tobytes() != before


def test_the_last_batch_of_an_epoch_may_be_short() -> None:
    trainer = Trainer(spec(batch_size=7, train_percent=10))
    assert len(trainer.ids[0]) == 50
    trainer.tick("batch", 7)
    now = trainer.batch_now()
    assert (now.batch, now.batches, now.size, len(now.ids), now.done, now.examples) == (7, 8, 7, 1, 49, 50)


def test_the_place_is_in_the_checkpoint() -> None:
    trainer = Trainer(spec(batch_size=7, train_percent=10))
    trainer.tick("batch", 3)
    trainer.tick("example", 4)
    again = Trainer.restored(trainer.spec, trainer.checkpoint())
    assert (again.epoch, again.batch, again.example) == (0, 3, 4)
    assert again.next_example() == trainer.next_example()
    trainer.reset()
    assert (trainer.batch, trainer.example) == (0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_pull_of_each_point_is_its_delta_at_the_output(kind: str) -> None:
    trainer = Trainer(spec(**KINDS[kind], hidden=(3, 2)))
    trainer.tick("batch", 1)
    now, train = trainer.batch_now(), trainer.data.train
    pulls = trainer.batch_deltas()
    assert pulls.shape == (1, len(now.ids))
    places = {id: place for place, id in enumerate(trainer.ids[0])}
    before = trainer.network.params.tobytes()
    for id, pull in list(zip(now.ids, pulls[0], strict=True))[:12]:
        found = trace(trainer, train.inputs[places[id]], train.targets[places[id]])
        assert pull == pytest.approx(found.layers[-1].deltas[0], rel=1e-12)
    assert trainer.network.params.tobytes() == before


CLASSES: dict[str, Any] = {"dataset": "blobs", "classes": 3, "batch_size": 7, "train_percent": 10}


@pytest.mark.parametrize("kind", [*KINDS.values(), CLASSES, CLASSES | {"output": "sigmoid", "loss": "huber"}])
def test_the_push_of_each_point_is_the_slope_of_its_loss(kind: dict[str, Any]) -> None:
    """By its place, against differences of the loss itself."""
    trainer = Trainer(spec(**kind, hidden=(3, 2), features=("x", "y", "sinX")))
    trainer.advance(20)
    now, train = trainer.batch_now(), trainer.data.train
    places = [list(trainer.ids[0]).index(id) for id in now.ids]
    inputs, targets = train.inputs[places], train.targets[places]
    found = pushes(trainer)
    assert found is not None
    for axis in range(2):
        step = 1e-5 * np.eye(2)[axis]
        ahead, behind = (trainer.losses_of(Points(inputs + side * step, targets)) for side in (1, -1))
        np.testing.assert_allclose(found[:, axis], (ahead - behind) / 2e-5, rtol=1e-4, atol=1e-7)
    assert np.abs(found).max() > 1e-4


def test_losses_are_of_the_network_as_it_is() -> None:
    trainer = Trainer(spec(batch_size=7, train_percent=10))
    assert trainer.losses_now() == (trainer.train_loss, trainer.test_loss)
    trainer.tick("batch", 2)
    mean = float(np.mean(trainer.losses_of(Points(trainer.data.train.inputs, trainer.data.train.targets))))
    assert trainer.losses_now()[0] == pytest.approx(mean, rel=1e-12)
    assert trainer.losses_now()[0] != trainer.train_loss


def test_without_training_points_there_is_no_example() -> None:
    trainer = Trainer(spec())
    trainer.edit_data(removed=[int(id) for id in trainer.ids[0]])
    assert (trainer.next_example(), trainer.tick("example", 2), trainer.epoch) == (None, 2, 2)
    assert trainer.batch_deltas().shape == (1, 0)
    assert np.shape(pushes(trainer)) == (0, 2)
