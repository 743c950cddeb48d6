"""A file of saved sessions that was written before runs were records is opened, and its networks are trained on.

`tests/data/version1.sqlite` was written by the last revision of that format, with sessions a (30 epochs of the default
spec), b (adam, patience and L1, with a typed weight, live changes, a cut and a frozen part, 51 epochs) and c (epoch 0):

    store = Store(Settings(data_dir=folder))
    store.put(id, Saved(spec=trainer.spec, revision=4, run=2, playing=..., speed=60.0, life=77,
                        checkpoint=trainer.checkpoint()))

`version1.json` has what that revision computed: parameters and losses then, and the losses 25 epochs later.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.engine.test_laws import state
from tinkernet.app.sessions.saved import SavedRun, record_of, runs_of
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import FILE, SQLiteStorage
from tinkernet.engine import Spec, SpecError, Trainer

DATA = ROOT / "tests" / "data"
EXPECTED: dict[str, dict[str, Any]] = json.loads((DATA / "version1.json").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the old file."""
    shutil.copy(DATA / "version1.sqlite", tmp_path / FILE)
    return tmp_path


def saved(folder: Path, id: str) -> SavedRun:
    """The main run of a session, as the file has it."""
    storage = SQLiteStorage(Settings(data_dir=str(folder)))
    try:
        record = storage.load(id)
        assert record is not None
        return runs_of(record)["main"]
    finally:
        storage.close()


def kept_again(folder: Path, run: SavedRun, trainer: Trainer, id: str) -> Trainer:
    """The trainer, written to the file and read again."""
    storage = SQLiteStorage(Settings(data_dir=str(folder)))
    values = {name: getattr(run, name) for name in ("revision", "restarts", "playing", "speed", "instance")}
    storage.put(id, record_of({"main": SavedRun(spec=trainer.spec, checkpoint=trainer.checkpoint(), **values)}))
    storage.close()
    again = saved(folder, id)
    return Trainer.restored(again.spec, again.checkpoint)


@pytest.mark.parametrize("id", EXPECTED)
def test_the_state_is_the_one_that_was_saved(folder: Path, id: str) -> None:
    """Bit for bit; what is trained from there is what the old revision trained, but for the order of sums."""
    run, expected = saved(folder, id), EXPECTED[id]
    trainer = Trainer.restored(run.spec, run.checkpoint)
    assert trainer.network.params.tobytes().hex() == expected["params"]
    assert (trainer.train_loss.hex(), trainer.test_loss.hex()) == (expected["train_loss"], expected["test_loss"])
    assert (trainer.epoch, run.restarts, run.instance) == (expected["epoch"], 2, 77)
    trainer.advance(25)
    assert [trainer.train_loss, trainer.test_loss] == pytest.approx(expected["after_25"], rel=1e-6)


@pytest.mark.parametrize("id", EXPECTED)
def test_it_goes_on_as_if_never_stopped(folder: Path, id: str) -> None:
    """Trained on, edited, kept in today's format and read again: the bits of the old state trained in one go."""
    run = saved(folder, id)
    alone, stopped = Trainer.restored(run.spec, run.checkpoint), Trainer.restored(run.spec, run.checkpoint)
    for _ in range(3):
        alone.advance(8)
        stopped.advance(8)
        for each in (alone, stopped):
            each.set_weight(0, 0, 0, 0.01 * each.epoch)
        stopped = kept_again(folder, run, stopped, id)
        assert state(stopped) == state(alone)
    assert stopped.run == alone.run


def test_a_checkpoint_from_before_points_were_drawn_goes_on() -> None:
    """`tests/data/version2.json` was written by the last revision without them: its run, edits included, is known."""
    old = json.loads((DATA / "version2.json").read_text(encoding="utf-8"))
    checkpoint = {
        name: b64decode(value["base64"]) if isinstance(value, dict) and "base64" in value else value
        for name, value in old["checkpoint"].items()
    }
    assert checkpoint["version"] == 2
    trainer = Trainer.restored(Spec.from_dict(old["spec"]), checkpoint)
    assert [trainer.train_loss, trainer.test_loss] == old["losses"]
    assert len(trainer.edits) == 5
    assert trainer.run.base is None
    trainer.edit_data(removed=[0])
    trainer.undo_data(1)
    trainer.advance(25)
    assert [trainer.train_loss, trainer.test_loss] == pytest.approx(old["after_25"], rel=1e-6)
    assert state(Trainer.replay(trainer.run, trainer.epoch)) == state(trainer)


def test_its_beginning_cannot_be_computed(folder: Path) -> None:
    """A run goes on from its state, which its record holds: later epochs are found again, earlier ones are refused."""
    run = saved(folder, "b" * 22)
    trainer = Trainer.restored(run.spec, run.checkpoint)
    begin = trainer.epoch
    trainer.advance(3)
    trainer.set_bias(0, 0, 0.5)
    trainer.advance(4)
    assert trainer.run.first_epoch == begin == 51
    for epoch in (begin, begin + 3, trainer.epoch):
        found = Trainer.replay(trainer.run, epoch)
        assert found.network.params.tobytes() == trainer.seek(epoch).network.params.tobytes()
    assert found.network.params.tobytes() == trainer.network.params.tobytes()
    for refused in (lambda: trainer.seek(begin - 1), lambda: Trainer.replay(trainer.run, begin - 1)):
        with pytest.raises(SpecError, match="51"):
            refused()
    begun = saved(folder, "c" * 22)
    assert Trainer.restored(begun.spec, begun.checkpoint).run.base is None  # nothing was trained yet
