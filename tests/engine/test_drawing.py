"""Points that are drawn while a run trains: an edit like any other, replayed bit for bit."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from math import isnan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import config

from tests.engine.conftest import combined, numbers_of, spec
from tests.engine.test_laws import state as state_of
from tests.engine.test_training import changed
from tinkernet.engine import Run, SpecError, Trainer
from tinkernet.engine.data.dataset import Split
from tinkernet.engine.data.drawing import MAX_ID, Drawing, Moved, NewPoint, points_of
from tinkernet.engine.training import pending, steps
from tinkernet.engine.training.edits import DataEdit
from tinkernet.engine.training.steps import Steps

pytestmark = pytest.mark.points(100)
Tool = Callable[[Trainer], object]


def brush(run: Trainer) -> None:
    """Some points of one class."""
    run.edit_data(added=[NewPoint(0.25 * at, -1.5, 1) for at in range(5)])


# Every tool of the page, as what it asks for.
TOOLS: dict[str, Tool] = {
    "brush": brush,
    "point": lambda run: run.edit_data(added=[NewPoint(1 / 256, 6.0, 0)]),
    "move": lambda run: run.edit_data(moved=[Moved(3, -2.5, 0.5)]),
    "drag": lambda run: run.edit_data(moved=[Moved(at, at / 256, -at / 256) for at in range(40)]),
    "jitter": lambda run: run.edit_data(moved=[Moved(at, at / 128, 1.0) for at in range(9)]),
    "class": lambda run: run.edit_data(moved=[Moved(at, target=1) for at in range(30)]),
    "split": lambda run: run.edit_data(moved=[Moved(at, training=False) for at in range(7)]),
    "erase": lambda run: run.edit_data(removed=[0, 5, 60]),
    "clear": lambda run: run.edit_data(removed=[int(id) for part in run.ids for id in part]),
}
UNDONE = ("kept", "undone", "undone later", "done again")
PATIENT: dict[str, Any] = {"optimiser": "adam", "patience": 400, "batch_size": 7, "short_batch": "carry"}
SHUFFLED: dict[str, Any] = {"order": "shuffled", "dropout": 0.1, "batch_size": 1}


def state(run: Trainer) -> str:
    """All bits of a run; as text, for a loss that is none equals nothing."""
    return repr(state_of(run))


def read_again(run: Trainer) -> Run:
    """The record, through JSON."""
    return Run.from_dict(json.loads(json.dumps(run.run.to_dict(), allow_nan=False)))


def points(data: Split) -> list[bytes]:
    """All points, in their order."""
    return [array.tobytes() for part in data for array in (part.inputs, part.targets)]


@pytest.mark.parametrize(
    ("epochs", "undone", "tool"),
    [(epochs, undone, tool) for (epochs, undone), tool in combined(list(product((3, 0), UNDONE)), list(TOOLS))],
)
def test_every_tool_is_replayed(epochs: int, undone: str, tool: str) -> None:
    """Its points are seen at once, and record, seek and checkpoint give the same bits; undone, the points are back."""
    run = Trainer(spec(**(PATIENT if len(tool) % 2 else SHUFFLED)))
    run.advance(epochs)
    before, losses = run.data, (run.train_loss, run.test_loss)
    TOOLS[tool](run)
    drawn = run.data
    if undone == "undone later":
        run.advance(2)
    if undone != "kept":
        assert run.steps.undo is not None
        run.undo_data(run.steps.undo)
        assert points(run.data) == points(before)
    if undone == "undone":
        assert (run.train_loss, run.test_loss) == losses
        assert run.edits == ()
    if undone == "done again":
        assert run.steps.redo is not None
        run.undo_data(run.steps.redo)
        assert points(run.data) == points(drawn)
    again = Trainer.restored(run.spec, run.checkpoint())
    assert again.run == run.run
    for each in (run, again):
        each.advance(2)
    assert state(again) == state(run)
    record = read_again(run)
    assert record == run.run
    assert state(Trainer.replay(record, run.epoch)) == state(run)
    assert state(run.seek(epochs)) == state(Trainer.replay(record, epochs))
    assert state(run.seek(run.epoch)) == state(run)


def test_points_keep_their_ids_and_their_order() -> None:
    """A new point comes last with a new id; one that comes back has its old place."""
    run = Trainer(spec(train_percent=100))
    count = len(run.data.train)
    brush(run)
    assert run.ids[0].tolist() == list(range(count + 5))
    run.edit_data(removed=[2, count + 1, count + 4])
    brush(run)
    kept = [id for id in range(count + 10) if id not in (2, count + 1, count + 4)]
    assert run.ids[0].tolist() == kept
    run.undo_data(run.steps.undo or 0)
    run.undo_data(run.steps.undo or 0)
    assert run.ids[0].tolist() == list(range(count + 5))
    np.testing.assert_array_equal(run.data.train.inputs[-5:, 0], [0.0, 0.25, 0.5, 0.75, 1.0])
    brush(run)
    assert run.ids[0].tolist() == list(range(count + 5)) + list(range(count + 10, count + 15))


def test_the_split_of_a_new_point_is_its_own() -> None:
    """By seed and id; a larger training share keeps its training points, and a split by hand wins over the share."""
    added = [NewPoint(at / 256, 0.0, at % 2) for at in range(400)]
    parts: list[set[int]] = []
    for share in (0, 30, 70, 100):
        run = Trainer(spec(train_percent=share))
        run.edit_data(added=added)
        parts.append({int(id) for id in run.ids[0]})
        count = len(run.data.train) + len(run.data.test)
        assert abs(len(parts[-1]) / count - share / 100) < 0.05
    assert parts[0] < parts[1] < parts[2] < parts[3]
    flipped = next(iter(parts[3] - parts[1]))
    run.edit_data(moved=[Moved(flipped, training=True), Moved(0, training=False)])
    run.reconfigure(changed(run.spec, train_percent=30))
    assert flipped in run.ids[0]
    assert 0 in run.ids[1]
    other = Trainer(spec(train_percent=30, seed="0.6"))
    other.edit_data(added=added)
    assert {int(id) for id in other.ids[0] if id >= 100} != {id for id in parts[1] if id >= 100}


def test_a_part_without_points_has_no_loss() -> None:
    """Nor is anything learnt without training points; a rule that waits for a test loss waits."""
    run = Trainer(spec(patience=400, batch_size=1))
    run.edit_data(removed=[int(id) for id in run.ids[1]])
    run.advance(2)
    assert isnan(run.test_loss)
    assert (run.epoch, run.halted) == (2, None)
    TOOLS["clear"](run)
    run.advance(2)
    assert isnan(run.train_loss)
    assert (run.epoch, run.halted, run.diverged_at) == (4, None, None)
    run.edit_data(added=[NewPoint(1, 1, 1), NewPoint(-1, -1, 0)])
    run.edit_data(moved=[Moved(int(id), training=True) for part in run.ids for id in part])
    run.advance(40)
    assert run.train_loss < 0.4
    assert state(Trainer.replay(read_again(run), run.epoch)) == state(run)


def test_drawn_points_outlive_a_restart_unless_others_are_drawn() -> None:
    """A reset and another network keep them, and what can be undone; another data set, seed or noise does not."""
    run = Trainer(spec())
    brush(run)
    run.advance(1)
    run.reset()
    run.reconfigure(changed(run.spec, hidden=[3], train_percent=80, weight_seed="7"))
    assert (run.edits, run.steps.undo, len(run.drawing.points)) == ((), 1, 5)
    run.advance(1)
    assert state(Trainer.replay(read_again(run), 1)) == state(run)
    for change in ({"noise": 10.0}, {"seed": "0.6"}, {"dataset": "xor"}, {"points": 90}, {"problem": "regression"}):
        other = Trainer(run.spec, drawing=run.drawing)
        other.edit_data(removed=[1])
        other.reconfigure(changed(run.spec, **change))
        assert (other.drawing.points, other.steps.undo) == ({}, None)


def test_in_the_middle_of_an_epoch_points_count_from_the_next_one_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are seen at once; sliced, stopped, restored and replayed, the bits are the same."""
    monkeypatch.setattr("tinkernet.engine.training.live._LONG_EPOCH", 0.0)
    run = Trainer(spec(batch_size=1))
    while run.batch == 0:
        run.advance(1, seconds=1e-6)
    place = run.epoch, run.batch
    shown = run.train_loss
    brush(run)
    run.set_bias(0, 0, 0.5)
    assert len(run.data.train) + len(run.data.test) == 105 if config.DISABLE_JIT else 505
    assert [(edit.epoch, edit.batch) for edit in run.edits] == [place, (place[0] + 1, 0)]
    assert isinstance(run.edits[1], DataEdit)
    assert run.train_loss != shown  # of the bias; the points change it when the epoch ends
    again = Trainer.restored(run.spec, run.checkpoint())
    whole = Trainer.replay(run.run, place[0] + 1)
    for each in (run, again):
        while each.epoch < place[0] + 1:
            each.advance(1, seconds=1e-6)
        assert state(each) == state(whole)
    for each in (run, again, whole):
        each.advance(2)
    assert state(run) == state(again) == state(whole) == state(Trainer.replay(read_again(run), run.epoch))


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ({"added": [NewPoint(0.1, 0, 0)]}, "The coordinate x must be a multiple of 1/256 from -6 to 6, not 0.1."),
        ({"added": [NewPoint(0, 6.5, 0)]}, "The coordinate y must be a multiple of 1/256 from -6 to 6, not 6.5."),
        ({"added": [NewPoint(0, float("nan"), 0)]}, "The coordinate y must be .*, not nan."),
        ({"added": [NewPoint(0, 0, 2)]}, "The target must be the number of a class, from 0 to 1, not 2."),
        ({"added": [NewPoint(0, 0, 0)] * 5000}, "The number of points must be at most 5,000, not 5[15]00."),
        ({"removed": [5000]}, "A point must be the id of a point that is there, not 5000."),
        ({"removed": [-1]}, "A point must be the id of a point that is there, not -1."),
        ({"removed": [1, 1]}, "A point must be named once in an edit, not 1."),
        ({"removed": [1], "moved": [Moved(1, target=0)]}, "A point must be named once in an edit, not 1."),
        ({"moved": [Moved(1, 0.5)]}, "A point must be moved with both coordinates or with neither, not 1."),
    ],
)
def test_what_cannot_be_drawn_is_refused(edit: dict[str, Any], sentence: str) -> None:
    """By name, value and what is allowed; nothing of the edit is carried out."""
    run = Trainer(spec())
    before = state(run)
    with pytest.raises(SpecError, match=f"^{sentence}$"):
        run.edit_data(**edit)
    assert (state(run), run.edits, run.steps.undo) == (before, (), None)


def test_values_are_drawn_in_steps_and_only_on_the_plane() -> None:
    """A number is drawn in steps too; of five columns nothing is."""
    run = Trainer(spec(problem="regression"))
    run.edit_data(added=[NewPoint(0, 0, -0.5)], moved=[Moved(0, training=True)])
    assert -0.5 in run.data.train.targets[-1] or -0.5 in run.data.test.targets[-1]
    for value in (1.5, 0.1):
        with pytest.raises(SpecError, match="The target must be a multiple of 1/256 from -1 to 1"):
            run.edit_data(moved=[Moved(0, target=value)])
    wide = Trainer(spec(problem="regression", features=("in.0", "in.1")), numbers_of(5))
    with pytest.raises(SpecError, match="What is drawn on must be points on the plane with one target, not 5"):
        brush(wide)


def test_only_the_last_step_is_undone() -> None:
    """By its number; a hundred are kept, and what was undone is forgotten when something else is drawn."""
    run = Trainer(spec())
    with pytest.raises(SpecError, match="the last edit or of the last undoing: there is none, not 1"):
        run.undo_data(1)
    for at in range(101):
        run.edit_data(moved=[Moved(0, at / 256, 0.0)])
    with pytest.raises(SpecError, match="the last undoing: 101, not 100"):
        run.undo_data(100)
    for number in range(101, 1, -1):
        run.undo_data(number)
    assert run.drawing.points == {0: (0, 0, None, None)}
    assert (run.steps.undo, run.steps.redo) == (None, 201)
    run.undo_data(201)
    run.edit_data(removed=[1])
    assert (run.steps.undo, run.steps.redo) == (203, None)


def test_drawing_is_bounded_with_all_other_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    """In number and in bytes; what is refused leaves no step behind, and a reset makes room."""
    run = Trainer(spec(hidden=()))

    def fill() -> None:
        for at in range(1000):
            run.edit_data(moved=[Moved(id, at % 2, at % 3) for id in range(len(run.dataset))])
            run._record_pending()

    with pytest.raises(SpecError, match="bytes of all changes in a run must be at most 1,000,000"):
        fill()
    assert len(run.run.canonical()) < 1_003_000
    before = state(run), run.steps.undo
    monkeypatch.setattr(pending, "MAX_EDITS", len(run.edits))
    with pytest.raises(SpecError, match="number of changes in a run"):
        run.edit_data(removed=[0])
    assert (state(run), run.steps.undo) == before
    run.reset()
    run.edit_data(removed=[0])


@pytest.mark.parametrize(
    "rows", [[[1], [1]], [[-1]], [[MAX_ID + 1]], [[1, 0, 0]], [[1, 0, None, 0, None]], [[1, 0, 0, 0, 1]],
             [[1, 2000, 0, 0, None]], [[True]], [[1, 0.5, 0, 0, None]]],
)  # fmt: skip
def test_what_is_no_point_is_refused(rows: Any) -> None:
    """An id twice, out of bounds, or values of another kind."""
    with pytest.raises((ValueError, TypeError)):
        points_of(rows)


STATES = st.dictionaries(
    st.integers(0, 12), st.none() | st.builds(lambda x, t: (x, -x, 0, t), st.integers(-9, 9), st.booleans()),
    max_size=8,
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(STATES, STATES)
def test_a_difference_leads_from_one_drawing_to_the_other(first: Any, second: Any) -> None:
    """And back; what it touched is as it was."""
    one, two = Drawing().with_points(first, 6), Drawing().with_points(second, 6)
    there, back = one.difference(two, 6), two.difference(one, 6)
    assert one.with_points(there, 6) == two
    assert two.with_points(back, 6) == one
    assert one.states(there, 6) == back


def test_a_class_is_added_drawn_and_undone() -> None:
    """The network begins anew with an output for it; undo and redo too, and each record replays bit for bit."""
    run = Trainer(spec())
    first = run.network.params
    run.edit_data(added=[NewPoint(1, 1, 1)])
    run.advance(2)
    assert run.reconfigure(replace(run.spec, drawn_classes=3))
    assert (run.task.outputs, run.epoch, run.dataset.shape.classes) == (3, 0, 3)
    assert len(run.data.train) + len(run.data.test) == len(run.dataset) + 1
    run.edit_data(added=[NewPoint(2, 2, 2)], moved=[Moved(0, target=2)])
    assert sorted({*run.data.train.targets[:, 0], *run.data.test.targets[:, 0]}) == [0, 1, 2]
    run.advance(3)
    _replays(run)
    drawn = run.drawing
    assert run.reconfigure(replace(run.spec, drawn_classes=0))  # with the points of the class
    assert run.drawing.points == {0: None, len(run.dataset): (256, 256, 1, None)}
    assert run.undo_data(run.steps.undo or 0)
    assert (run.drawing, run.spec.drawn_classes) == (drawn, 3)
    run.advance(2)
    _replays(run)
    assert not run.undo_data(run.steps.undo or 0)
    assert run.undo_data(run.steps.undo or 0)
    assert (run.task.outputs, run.drawing.points) == (1, {len(run.dataset): (256, 256, 1, None)})
    assert run.network.params.tolist() == first.tolist()
    assert run.undo_data(run.steps.redo or 0)
    assert run.task.outputs == 3
    assert not run.undo_data(run.steps.redo or 0)
    assert run.drawing == drawn
    run.advance(2)
    _replays(run)


def test_steps_outlive_their_trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint has what can be undone, as far as its points have room; what is no step is refused."""
    run = Trainer(spec())
    run.edit_data(added=[NewPoint(1, 1, 1)])
    run.reconfigure(replace(run.spec, drawn_classes=4))
    run.edit_data(removed=[0, 1])
    run.undo_data(3)
    found = Trainer.restored(run.spec, run.checkpoint())
    assert (found.steps.count, found.steps.undo, found.steps.redo) == (4, 2, 4)
    assert found.steps.to_bytes() == run.steps.to_bytes()
    for trainer in (run, found):
        trainer.undo_data(4)
        trainer.undo_data(5)
        trainer.undo_data(2)
        trainer.undo_data(1)
    assert (found.run, found.drawing.points) == (run.run, {})
    monkeypatch.setattr(steps, "MOST_KEPT", 100)
    for _ in range(12):
        run.edit_data(moved=[Moved(id, training=True) for id in range(9)])
    kept = Steps.from_bytes(run.steps.to_bytes())
    assert kept.undo == run.steps.undo
    assert sum(len(before.points) for _, before in kept._done) == 99
    for content in (b"?", zlib.compress(b"[1,[],[[1,[[1]]]]]"), zlib.compress(b"{}"), zlib.compress(b"[]")):
        with pytest.raises((ValueError, TypeError)):
            Steps.from_bytes(content)


def _replays(run: Trainer) -> None:
    again = Trainer.replay(run.run, run.epoch, run.dataset if run.run.data else None)
    assert again.network.params.tolist() == run.network.params.tolist()
    assert again.drawing == run.drawing
