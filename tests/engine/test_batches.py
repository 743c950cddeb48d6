"""Training stops inside an epoch, at a batch, and goes on from there bit for bit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from numba.core import config

from tests.engine.conftest import spec
from tests.engine.test_laws import state
from tests.engine.test_training import ALL, changed
from tinkernet.engine import SpecError, Trainer

# Interpreted there are 100 training points, else 250: three batches or more, and the last is short, either way.
SHORT, TILES = (47, 40) if config.DISABLE_JIT else (77, 100)
# Every way in which points are cut into batches and laid out, and what is counted by batch.
CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "one by one": {"batch_size": 1, "train_percent": 5},
    "one by one, with dropout": {"batch_size": 1, "train_percent": 5, "dropout": 0.2},
    "short": {"batch_size": SHORT},
    "carried": {"batch_size": SHORT, "short_batch": "carry"},
    "tiles": {"batch_size": TILES, "optimiser": "adam"},
    "shuffled": {"order": "shuffled", "batch_size": 30},
    "everything": ALL | {"order": "shuffled"},
}


@pytest.fixture(autouse=True)
def _any_epoch_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a slice of no time ends after one batch."""
    monkeypatch.setattr("tinkernet.engine.training.live._LONG_EPOCH", 0.0)


def stored(run: Trainer) -> Trainer:
    """The run, through a checkpoint as JSON and bytes."""
    saved = run.checkpoint()
    numbers = {name: value for name, value in saved.items() if not isinstance(value, bytes)}
    return Trainer.restored(run.spec, saved | json.loads(json.dumps(numbers, allow_nan=False)))


@pytest.mark.points(200)
@pytest.mark.parametrize("name", CASES)
def test_batch_by_batch_is_the_same(name: str) -> None:
    """Two epochs in slices of one batch, each through a checkpoint; whole epochs are counted."""
    run, whole = Trainer(spec(**CASES[name])), Trainer(spec(**CASES[name]))
    places = []
    ended = 0
    while run.epoch < 2:
        ended += run.advance(5, seconds=1e-9)
        assert ended == run.epoch
        places.append((run.epoch, run.batch))
        run = stored(run)
    assert whole.advance(2) == 2
    assert state(run) == state(whole)
    assert run.checkpoint() == whole.checkpoint()
    count = -(-len(run.data.train) // run.spec.batch_size)
    assert places == [(at // count, at % count) for at in range(1, 2 * count + 1)]


@pytest.mark.points(200)
@pytest.mark.parametrize("name", CASES)
def test_a_half_done_epoch_is_ended_first(name: str) -> None:
    """advance(1) ends it, as a step of one epoch does."""
    run, whole = Trainer(spec(**CASES[name])), Trainer(spec(**CASES[name]))
    run.advance(5, seconds=1e-9)
    assert (run.epoch, run.batch) == (0, 1)
    assert run.advance(1) == 1
    assert (run.epoch, run.batch) == (1, 0)
    whole.advance(1)
    assert state(run) == state(whole)


CHANGES: list[dict[str, Any]] = [
    {"learning_rate": 0.1}, {"optimiser": "lion"}, {"batch_size": 7}, {"dropout": 0.3}, {"dropout": 0.0},
    {"order": "shuffled"}, {"order": "fixed"}, {"cut": ["x"]}, {"frozen": ["0.1"]}, {"patience": 9},
    {"activation": "relu"},
]  # fmt: skip


# Interpreted, each change meets one case and each case one change or two; compiled, each meets each.
PAIRS = [
    pytest.param(change, name, id=f"{change}-{name}")
    for i, change in enumerate(CHANGES)
    for j, name in enumerate(CASES)
    if not config.DISABLE_JIT or i % len(CASES) == j
]


@pytest.mark.points(200)
@pytest.mark.parametrize(("change", "name"), PAIRS)
def test_an_edit_inside_an_epoch_is_replayed(change: dict[str, Any], name: str) -> None:
    """It names its batch, and the run is found again from its record, from a checkpoint and from a snapshot."""
    run = Trainer(spec(**CASES[name]))
    run.advance(1)
    for _ in range(2):
        run.advance(5, seconds=1e-9)
    run.reconfigure(changed(run.spec, **change))
    run.set_weight(0, 0, 0, 0.5)
    assert {(edit.epoch, edit.batch) for edit in run.edits} == {(1, 2)}
    assert state(stored(run)) == state(run)
    run.advance(5, seconds=1e-9)
    place = run.epoch, run.batch
    there = state(run)
    run = stored(run)
    run.advance(2)
    for found in (Trainer.replay(run.run, run.epoch), run.seek(run.epoch)):
        assert state(found) == state(run)
    for found in (Trainer.replay(run.run, place[0], batch=place[1]), run.seek(*place)):
        assert state(found) == there
        found.advance(2)
        assert state(found)[:2] == state(run)[:2]


def test_how_points_are_cut_counts_from_the_next_epoch() -> None:
    """The batches of an epoch are those of its beginning, so each point comes once."""
    run = Trainer(spec(batch_size=50))
    run.advance(5, seconds=1e-9)
    run.reconfigure(spec(batch_size=1))
    places = []
    while run.epoch < 1:
        run.advance(5, seconds=1e-9)
        places.append(run.batch)
    assert places == [2, 3, 4, 0]
    run.advance(5, seconds=1e-9)
    run.advance(5, seconds=1e-9)
    assert (run.epoch, run.batch, run._executor.batches) == (1, 2, 250)


def test_a_change_and_back_is_replayed() -> None:
    """Also where the epoch between the two has ended: without dropout batches of one point are laid out otherwise."""
    start = spec(batch_size=1, train_percent=5)
    run = Trainer(start)
    run.advance(1)
    run.advance(5, seconds=1e-9)
    run.reconfigure(changed(start, dropout=0.3))
    run.advance(1)
    run.reconfigure(start)
    run.advance(2)
    assert run._executor._batches.tiles.shape[2] == 1
    assert state(Trainer.replay(run.run, run.epoch)) == state(run)


def test_a_batch_that_is_not_there_is_refused() -> None:
    """Neither replayed nor sought."""
    run = Trainer(spec(batch_size=50))
    run.advance(2)
    for found in (lambda: run.seek(1, 5), lambda: Trainer.replay(run.run, 1, batch=9)):
        with pytest.raises(SpecError, match="Batch must be a whole number from 0 to 4 in this epoch"):
            found()
    for refused in (lambda: run.seek(2, 1), lambda: run.seek(0, -1), lambda: run.seek(1, True)):
        with pytest.raises(SpecError, match="Epoch must be a whole number from 0 to 2"):
            refused()


def test_a_checkpoint_of_another_batch_is_refused() -> None:
    """One that the epoch does not have."""
    run = Trainer(spec(batch_size=50))
    run.advance(5, seconds=1e-9)
    saved = run.checkpoint()
    for wrong in ({"batch": 5}, {"batch": -1}, {"batching": None}, {"batching": ["x", "update", "fixed"]}):
        with pytest.raises((ValueError, TypeError)):
            Trainer.restored(run.spec, saved | wrong)
