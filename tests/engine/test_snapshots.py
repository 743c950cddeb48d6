"""Any epoch of a run is computed again from the nearest snapshot, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core import config

from tests.engine.conftest import spec
from tests.engine.test_edits import PATIENT
from tests.engine.test_laws import state
from tests.engine.test_training import changed
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.training import snapshots
from tinkernet.engine.training.snapshots import Snapshot, Snapshots, stride_of

pytestmark = pytest.mark.points(100)
FEW = 3 if config.DISABLE_JIT else 20


@pytest.fixture(autouse=True)
def _close_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots every four epochs, so that short runs have some."""
    monkeypatch.setattr("tinkernet.engine.training.live.stride_of", lambda parameters, seconds: 4)


def edited(epochs: int) -> Trainer:
    """A run with edits of all kinds, three of them at an epoch of which there is a snapshot."""
    run = Trainer(spec(**PATIENT, order="shuffled", dropout=0.1))
    run.advance(epochs)
    run.set_weight(0, 1, 0, -0.5)
    run.reconfigure(changed(run.spec, learning_rate=0.1, cut=["0.2"]))
    run.advance(4)
    run.restore_best()
    run.set_bias(1, 0, 0.5)
    run.reconfigure(changed(run.spec, optimiser="nesterov", batch_size=7))
    run.advance(epochs)
    run.reconfigure(changed(run.spec, frozen=["1.0"]))
    return run


def test_every_epoch_is_found_again() -> None:
    """The same bytes, the same record, and the same rows as the run from its beginning to there."""
    run = edited(FEW)
    for epoch in range(run.epoch + 1):
        found, replayed = run.seek(epoch), Trainer.replay(run.run, epoch)
        assert state(found) == state(replayed)
        assert found.run == replayed.run
        found.advance(3)
        replayed.advance(3)
        assert state(found) == state(replayed)
    assert state(run.seek(run.epoch)) == state(run)
    assert run._snapshots.epochs == list(range(0, run.epoch + 1, 4))


def test_a_little_at_a_time_is_the_same() -> None:
    """However it is sliced, and with a batch of the epoch: the same bytes and the same record."""
    run, slices = edited(FEW), 0
    for epoch, batch in ((3, 0), (run.epoch - 1, 3), (run.epoch, 0)):
        playback = run.playback(epoch, batch)
        while not playback.go(epoch, batch, 1e-6):
            slices += 1
        assert playback.place == (epoch, batch)
        found, whole = run.branch(playback), run.seek(epoch, batch)
        assert state(found) == state(whole)
        assert found.run == whole.run
    assert slices > 1  # the first one alone is three epochs from its snapshot


def test_a_branch_leaves_the_run_as_it_was() -> None:
    """With one thing changed it goes its own way, from the same past; its snapshots are its own."""
    run = edited(FEW)
    before, epochs = state(run), run._snapshots.epochs
    branch = run.seek(FEW, 2)
    branch.set_weight(0, 0, 0, 1.5)
    branch.advance(6)
    assert state(run) == before
    assert run._snapshots.epochs == epochs
    assert branch.run.edits[: len(branch.run.edits) - 1] == Trainer.replay(run.run, FEW, batch=2).run.edits
    assert state(branch) == state(Trainer.replay(branch.run, branch.epoch))
    assert state(branch.seek(branch.epoch - 1)) == state(Trainer.replay(branch.run, branch.epoch - 1))


def test_a_batch_that_is_not_there_is_refused() -> None:
    """By what the epoch has."""
    run = Trainer(spec(batch_size=30))
    run.advance(2)
    with pytest.raises(SpecError, match="Batch must be a whole number from 0 to"):
        run.seek(1, 99)


def test_a_restored_run_is_sought_too() -> None:
    """Snapshots are not kept with a checkpoint; epochs from before it are computed from the beginning."""
    run = edited(FEW)
    again = Trainer.restored(run.spec, run.checkpoint())
    again.advance(5)
    for epoch in (0, 1, run.epoch - 1, run.epoch, again.epoch):
        assert state(again.seek(epoch)) == state(Trainer.replay(again.run, epoch))


def test_an_epoch_that_is_not_there_is_refused() -> None:
    """By name, value and what is allowed."""
    run = Trainer(spec())
    run.advance(2)
    for epoch in (-1, 3, 1.0, True):
        with pytest.raises(SpecError, match="Epoch must be a whole number from 0 to 2"):
            run.seek(epoch)  # type: ignore[arg-type]


def test_they_are_thinned_within_their_bytes() -> None:
    """Whatever comes, the first stays, the bytes are bounded, and those kept are evenly apart."""

    def of(epoch: int) -> Snapshot:
        return Snapshot(epoch, {"params": bytes(8_000), "epoch": epoch}, 0)

    kept = Snapshots(of(7), 2, 105_000)
    epoch = 7
    while (epoch := kept.next_epoch(epoch)) < 5_000:
        kept.add(of(epoch))
        assert kept._bytes <= 105_000
    assert kept.epochs[0] == 7
    assert len(kept.epochs) in range(5, 11)
    assert len(set(np.diff(kept.epochs))) == 1
    assert kept.nearest(4_999).epoch == kept.epochs[-1]
    assert kept.nearest(7).epoch == 7
    tight = Snapshots(of(0), 2, 100)
    for epoch in range(1, 20):
        tight.add(of(tight.next_epoch(epoch)))
    assert tight.epochs == [0]


def test_the_room_for_them_changes() -> None:
    """With none, the first stays, and the next ones are close together again when there is some."""

    def of(epoch: int) -> Snapshot:
        return Snapshot(epoch, {"params": bytes(8_000), "epoch": epoch}, 0)

    kept = Snapshots(of(0), 2, 105_000)
    for epoch in range(2, 20, 2):
        kept.add(of(epoch))
    kept.add(of(6))  # is there
    kept.add(of(7))  # not wanted
    assert kept.epochs == list(range(0, 20, 2))
    kept.limit(0)
    assert (kept.epochs, kept.bytes) == ([0], 10_000)
    kept.add(of(32))
    assert kept.epochs == [0]
    kept.limit(50_000)
    for epoch in (8, 4, 6):  # in any order
        kept.add(of(epoch))
    assert kept.epochs == [0, 4, 6, 8]


def test_a_large_network_has_them_closer_together() -> None:
    """Its epochs take long, and copying its state does not."""
    monotone = [stride_of(count, seconds) for count, seconds in ((21, 8e-6), (500, 7e-5), (33_000, 4e-3))]
    assert monotone == sorted(monotone, reverse=True)
    assert monotone[0] <= 1024
    assert monotone[-1] <= 16
    assert snapshots.BYTES > 0
