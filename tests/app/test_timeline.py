"""The past of a run is shown and replayed, a change there is made to a branch, and no run is lost."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import numpy as np
import pytest

from tests.app.driven import FASTER, SPEC, Driven, letters, params, points, seek, step, trained, weight
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.sessions import snapshot_room
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.kept import FULL, KeptRun, KeptRuns
from tinkernet.app.sessions.snapshot_room import SnapshotRoom
from tinkernet.app.storage.base import Record
from tinkernet.app.wire.commands import (
    EditData,
    EditWeight,
    EffortTopic,
    LandscapeTopic,
    OpenKept,
    Pause,
    Play,
    RemoveKept,
    RenameKept,
    Reset,
)
from tinkernet.app.wire.events import Seeking
from tinkernet.app.wire.points import AddedPoint
from tinkernet.engine import Trainer

driven = pytest.fixture(trained)


def test_the_past_is_shown_and_left(driven: Driven) -> None:
    """The parameters and settings of that epoch, on all topics but the curve, which stays whole; then the newest."""
    driven.parts()
    run = driven.trainer.run
    for epoch, batch in ((40, 0), (41, 0), (100, 7), (0, 0)):
        state, at = driven.do(seek(epoch, batch)), Trainer.replay(run, epoch, batch=batch)
        assert state.past is not None
        assert (state.past.epoch, state.past.batch, state.past.batches, state.past.newest) == (epoch, batch, 25, 200)
        assert state.spec == at.spec.to_dict()
        network = driven.parts()["network"]
        assert (network["epoch"], network["params"].tobytes()) == (epoch, params(at))
    state = driven.do(seek(None))
    assert (state.past, state.spec) == (None, FASTER.to_dict())
    assert driven.parts()["network"]["epoch"] == 200
    assert driven.trainer.run == run
    assert driven.do(seek(40), seek(200)).past is None  # the newest epoch is no past


def test_play_replays_what_is_known_and_learns_on(driven: Driven) -> None:
    """Bit for bit; the settings change where they did, and the run is the same run then."""
    alone = Trainer.replay(driven.trainer.run, 200)
    state = driven.do(seek(90), step(5))
    assert state.past is not None
    assert driven.parts()["network"]["epoch"] == 95
    assert driven.do(Play(type="play"), slices=30).spec == FASTER.to_dict()
    state = driven.do(step(200), step(20))
    alone.advance(driven.trainer.epoch - 200)
    assert driven.trainer.epoch > 200
    assert (state.past, letters(state), params(driven.trainer)) == (None, ["A"], params(alone))


def test_what_cannot_be_shown_is_said(driven: Driven) -> None:
    """And what is shown stays."""
    driven.do(seek(40))
    state = driven.do(seek(201), seek(100, 25))
    assert driven.errors == [
        "Epoch must be a whole number from 0 to 200, not 201.", "Batch must be a whole number from 0 to 24 in this "
        "epoch, not 25.",
    ]  # fmt: skip
    assert state.past is not None
    assert state.past.epoch == 40


def test_a_long_way_is_told_and_can_be_cancelled(driven: Driven) -> None:
    """Slice by slice, and another wish ends it."""
    driven.do(step(3000))
    driven.trainer.snapshots.limit(0)
    driven.session.submit(seek(driven.trainer.epoch - 1))
    shares = []
    for _ in range(5):
        driven.now += 0.3
        driven.run.run(1e-9)
        driven.loop.run_until_complete(asyncio.sleep(0))
        shares = [event.share for event in driven.told if isinstance(event, Seeking)]
    assert len(shares) >= 3
    assert shares == sorted(shares)
    state = driven.do(Pause(type="pause"))
    assert state.past is None
    assert driven.do(seek(3)).past is not None


def test_a_change_in_the_past_is_made_to_a_branch(driven: Driven) -> None:
    """Its record shares the beginning; the run that was there is kept whole, and comes back bit for bit."""
    whole = driven.trainer.run
    state = driven.do(seek(150), weight(0.5))
    assert [(run.letter, run.of, run.began, run.epoch, run.name) for run in state.runs] == [
        ("B", "A", 150, 0, "from 150"), ("A", "", 0, 200, "from 0"),
    ]  # fmt: skip
    assert (state.past, driven.trainer.epoch) == (None, 150)
    assert driven.trainer.edits[:-1] == whole.edits
    driven.do(step(10))
    branch = driven.trainer.run
    assert params(driven.trainer) == params(Trainer.replay(branch, 160))
    sent = driven.parts()
    assert len(sent["losses"]["rows"]) == 161
    assert len(sent["branch"]["rows"]) == 201
    assert json.loads(sent["marks"]["marks"].tobytes()) == [
        [100, "setting", [["learning_rate", 0.03, 0.1]]], [150, "weight", 1],
    ]  # fmt: skip
    state = driven.do(OpenKept(type="open_kept", letter="A"), step(5))
    alone = Trainer.replay(whole, 205)
    assert (letters(state), params(driven.trainer)) == (["A", "B"], params(alone))
    driven.do(OpenKept(type="open_kept", letter="B"))
    assert driven.trainer.run == branch


def test_points_drawn_in_the_past_are_the_branch_alone(driven: Driven) -> None:
    """And what is shown has the points of its epoch."""
    drawn = EditData(type="edit_data", added=[AddedPoint(x=0, y=0, target=1)])
    driven.do(drawn, step(10))
    assert points(driven.parts()) == 501
    driven.do(seek(20))
    assert points(driven.parts()) == 500
    driven.do(seek(None))
    assert points(driven.parts()) == 501
    state = driven.do(seek(20), drawn, step(3))
    assert letters(state) == ["B", "A"]
    assert params(driven.trainer) == params(Trainer.replay(driven.trainer.run, 23))
    assert params(driven.trainer.seek(21)) == params(Trainer.replay(driven.trainer.run, 21))


def test_a_setting_of_the_past_is_changed_there(driven: Driven) -> None:
    """To a branch, named by what differs; what restarts begins a run of its own."""
    state = driven.do(seek(50), Apply(replace(SPEC, activation="relu"), 3))
    assert [(run.letter, run.name) for run in state.runs] == [("B", "ReLU, rate 0.03"), ("A", "Tanh, rate 0.1")]
    assert (driven.trainer.epoch, state.revision) == (50, 3)
    state = driven.do(seek(20), Apply(replace(SPEC, hidden=(3,)), 4))
    assert letters(state) == ["C", "A", "B"]
    assert (state.runs[0].of, driven.trainer.epoch, driven.trainer.spec.hidden) == ("", 0, (3,))


def test_what_changes_nothing_makes_no_branch(driven: Driven) -> None:
    """A refused edit, or the settings as they are there."""
    driven.do(seek(50))
    wrong = EditWeight(type="edit_weight", layer=0, neuron=99, input=0, value=0.5)
    state = driven.do(wrong, Apply(SPEC, 3))
    assert (letters(state), len(driven.errors)) == (["A"], 1)
    assert state.past is not None


def test_a_new_start_keeps_the_run_before(driven: Driven) -> None:
    """If it has been trained; the oldest that nobody has named or branched makes room."""
    assert letters(driven.do(Reset(type="reset"))) == ["B", "A"]
    assert letters(driven.do(Reset(type="reset"))) == ["B", "A"]
    for width in range(2, 8):
        driven.do(step(1), Apply(replace(SPEC, hidden=(width,)), width))
    state = driven.do(RenameKept(type="rename_kept", letter="A", name=" the  first "))
    assert (len(state.runs), state.runs[1].name) == (8, "the first")
    state = driven.do(step(1), Reset(type="reset"))
    assert (len(state.runs), letters(state)[1:]) == (8, ["A", "C", "D", "E", "F", "G", "H"])
    assert driven.errors == []
    driven.do(step(2), seek(1), weight(0.5))
    assert driven.errors == [FULL]
    state = driven.do(RemoveKept(type="remove_kept", letter="C"), weight(0.5))
    assert len(state.runs) == 8
    assert state.runs[0].of == "B"
    assert driven.errors == [FULL]


def test_a_run_that_is_not_there_is_said(driven: Driven) -> None:
    """With those that are."""
    driven.do(Reset(type="reset"), OpenKept(type="open_kept", letter="D"), RemoveKept(type="remove_kept", letter="B"))
    assert driven.errors == [
        "There is no other run D; there are: A.", "There is no other run B; there are: A."
    ]  # fmt: skip


def test_all_runs_survive_a_restart_and_snapshots_grow_again(driven: Driven) -> None:
    """With names, letters and losses; the newest states are the same, and so is every epoch before."""
    before = driven.do(seek(150), weight(0.5), step(3), RenameKept(type="rename_kept", letter="B", name="mine"))
    driven.run.keep_last()
    record = driven.kept[-1]
    facts, data, check = record.encode("id")
    again = Record.decode("id", record.version, facts, data, check, lambda name: record.logs[name].entries,
                          lambda name: record.shared[name])  # fmt: skip
    other = Driven(again)
    state = other.do(Pause(type="pause"))
    assert state.runs == before.runs
    assert params(other.trainer) == params(driven.trainer)
    assert other.trainer.snapshots.epochs == [0]
    other.do(OpenKept(type="open_kept", letter="A"), slices=200)
    assert other.trainer.snapshots.epochs == Trainer.replay(other.trainer.run, 200).snapshots.epochs
    assert other.do(seek(120)).past is not None
    assert other.parts()["network"]["params"].tobytes() == params(Trainer.replay(other.trainer.run, 120))
    other.loop.close()


def test_what_runs_have_taken_is_told_and_kept(driven: Driven) -> None:
    """Of the run and of its branch, which has what came before it; after a restart too. Nothing is sent twice."""
    own, other = EffortTopic(topic="effort"), EffortTopic(topic="effort", letter="A")
    driven.do(seek(150), weight(0.5), step(10))
    driven.viewer.subscribe(subscription_of((own,)))
    branch = driven.parts()["effort"]["knots"]
    assert branch[-1].tolist()[:3] == [160.0, 160.0 * 25, 160.0 * 250]
    assert np.all(np.diff(branch, axis=0) >= 0)
    assert "effort" not in driven.parts()
    driven.viewer.subscribe(subscription_of((other,)))
    before = driven.parts()["effort"]["knots"]
    assert before[-1].tolist()[:3] == [200.0, 200.0 * 25, 200.0 * 250]
    assert 0.0 < branch[-1, 3] < before[-1, 3] + 5.0
    driven.run.keep_last()
    again = Driven(driven.kept[-1])
    for topic, knots in ((own, branch), (other, before)):
        again.viewer.subscribe(subscription_of((topic,)))
        assert np.array_equal(again.parts()["effort"]["knots"], knots)
    again.loop.close()


def test_a_landscape_has_the_way_of_a_kept_run(driven: Driven) -> None:
    """It leaves the shown one where the branch did and ends at its own loss; one with another function is not there."""
    end = driven.trainer.train_loss
    driven.do(seek(150), Apply(replace(SPEC, learning_rate=0.3), 3), step(40))
    driven.viewer.subscribe(subscription_of((LandscapeTopic(topic="landscape"),)))
    found = driven.parts()["landscape"]
    letters, losses = found["others"][:, 0], found["others"][:, 3]
    assert set(letters) == {ord("A")}
    assert losses[-1] == pytest.approx(end, rel=1e-12)
    assert found["others"][0, 1:] == pytest.approx(found["way"][0, 1:], abs=1e-6)  # both began there
    low, high = found["window"]
    assert np.all((low <= found["others"][:, 1:3]) & (found["others"][:, 1:3] <= high))
    driven.do(Apply(replace(SPEC, learning_rate=0.3, activation="relu"), 4))
    assert "others" not in driven.parts()["landscape"]


def test_a_damaged_run_is_left_out(driven: Driven) -> None:
    """The others stay."""
    run = KeptRuns().record(driven.trainer, by_itself=False)
    again = KeptRun.unpacked(run.facts(), run.packed)
    assert (again.spec, dict(again.checkpoint)) == (run.spec, dict(run.checkpoint))
    for packed in (b"", run.packed[:-20], run.packed[:50]):
        with pytest.raises((ValueError, TypeError, KeyError)):
            KeptRun.unpacked(run.facts(), packed)


def test_snapshots_are_within_the_room(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the server those of the session go that was used longest ago; of a session the kept runs have little."""
    trainers = [Trainer(replace(SPEC, seed=str(each))) for each in range(3)]
    for trainer in trainers:
        trainer.advance(2000)
    sizes = [trainer.snapshots.bytes for trainer in trainers]
    room, owners = SnapshotRoom(sum(sizes[:2])), [Driven() for _ in range(3)]
    for owner, trainer in zip(owners, trainers, strict=True):
        room.use(owner, trainer.snapshots)
    assert [len(trainer.snapshots.epochs) for trainer in trainers[:1]] == [1]
    assert [trainer.snapshots.bytes for trainer in trainers[1:]] == sizes[1:]
    monkeypatch.setattr(snapshot_room, "KEPT_BYTES", sizes[1] // 2)
    room.use(owners[2], trainers[2].snapshots, [trainers[1].snapshots])
    assert trainers[1].snapshots.bytes <= sizes[1] // 2
    for each in owners:
        each.loop.close()
