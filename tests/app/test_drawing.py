"""Points are drawn in a session: seen by all, stored, undone, and refused with a sentence."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import Running, join
from tests.app.test_protocol import refused
from tests.app.test_replay import executed, stored
from tests.app.test_sessions import Clock
from tests.engine.test_laws import state
from tinkernet.app.capabilities import VIEWER
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.wire.commands import MAIN, EditData, Reset, Step, UndoData
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.app.wire.points import AddedPoint
from tinkernet.app.workers.scheduler import Scheduler
from tinkernet.engine import Run, Spec, Trainer

POINT = {"x": 256, "y": -1536, "target": 1}


def edit(**fields: Any) -> EditData:
    """An edit of points."""
    return EditData.model_validate({"type": "edit_data", **fields})


def test_what_is_drawn_is_shown_and_undone(server: Running) -> None:
    """By the tick after it, also while it trains, with the ids of all points; the state says what can be undone."""
    with server.page() as page, server.page(id=page.id, key=page.visit.viewer_key) as watcher:
        for each in (page, watcher):
            each.ready()
            each.until(lambda each: each.points)
            assert each.state["drawn"] is None
        page.send("play")
        page.send("edit_data", added=[POINT, POINT], removed=[0], moved=[{"id": 1, "training": False}])
        for each in (page, watcher):
            each.until(lambda each: len(each.points[1]) + len(each.points[2]) == 501)
            each.until(lambda each: (told := each.state["drawn"]) and told["points"] == 4)
            text = each.state["drawn"].pop("text")
            assert each.state["drawn"] == {"points": 4, "undo": 1, "redo": None}
            assert each.state["link"].endswith(f"&drawn={text}")
            drawn = [row.tolist() for part in each.points[1:] for row in part]
            assert drawn.count([1.0, -6.0, 1.0]) == 2
        page.send("undo_data", edit=1)
        page.until(lambda page: page.state["drawn"] == {"points": 0, "text": "", "undo": None, "redo": 2})
        page.until(lambda page: len(page.points[1]) + len(page.points[2]) == 500)
        page.send("undo_data", edit=1)
        page.until(lambda page: page.errors)
        assert page.errors[0]["message"] == (
            "What is undone must be the number of the last edit or of the last undoing: 2, not 1."
        )
        watcher.send("edit_data", removed=[1])
        watcher.until(lambda watcher: watcher.errors)
        assert "edit_data needs a key that may edit data" in watcher.errors[0]["message"]
        page.send("edit_data", added=[{**POINT, "target": 2}])
        page.until(lambda page: len(page.errors) > 1)
        assert page.errors[1]["message"] == "The target must be the number of a class, from 0 to 1, not 2.0."


async def drawn(settings: Settings, id: str) -> None:
    """A session whose owner draws while it trains and while it is paused, undoes, resets, and adds a layer."""
    storage = SQLiteStorage(settings)
    clock = Clock()
    sessions = Sessions(settings, Scheduler(1), storage, clock)
    session = join(sessions, id)[0]
    steps = Step(type="step", epochs=3)
    for change in (
        Apply(Spec(seed="0.7", patience=50, batch_size=7), 1), edit(added=[POINT] * 3), steps, edit(removed=[2, 501]),
        edit(moved=[{"id": 5, "x": 7, "y": 8}]), UndoData(type="undo_data", edit=3), steps, Reset(type="reset"),
        UndoData(type="undo_data", edit=4), steps, edit(moved=[{"id": 500, "training": True}]),
        Apply(Spec(seed="0.7", hidden=(3, 3)), 2), edit(added=[POINT], removed=[500]), steps,
        edit(moved=[{"id": 9, "target": 1}]),
    ):  # fmt: skip
        session.submit(change)
        executed(session, clock)
    sessions.close("The end.")
    sessions.keep_last(())
    storage.close()


def test_a_stored_drawing_is_replayed_and_goes_on(tmp_path: Path) -> None:
    """From its record alone, bit for bit; what waits for the next update is stored too."""
    settings, id = Settings(data_dir=str(tmp_path)), Sessions.new_id()
    asyncio.run(drawn(settings, id))
    saved = stored(settings, id)
    head, *edits = saved.whole_checkpoint()["log"]
    assert sorted(row[0] for row in head["drawing"]["points"]) == [2, 5, 500, 502]
    restored = Trainer.restored(saved.spec, saved.whole_checkpoint())
    assert [edit["kind"] for edit in edits] == ["data"]
    assert len(restored.edits) == 2
    record = Run.from_dict(json.loads(json.dumps(restored.run.to_dict())))
    assert state(Trainer.replay(record, 3)) == state(restored)
    assert sorted(map(int, [*restored.ids[0], *restored.ids[1]])) == [*range(2), *range(3, 500), 502, 503]
    restored.edit_data(removed=[503])
    assert restored.drawing.next_id == 504


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ('"added":[{"x":0.5,"y":0,"target":0}]', "x cannot be 0.5; it must be a whole number from -1536 to 1536."),
        ('"added":[{"x":0,"y":1537,"target":0}]', "y cannot be 1537; it must be a whole number from -1536 to 1536."),
        ('"added":[{"x":0,"y":0}]', "target is missing; it must be a whole number from -256 to 256."),
        ('"added":[{"x":0,"y":0,"target":0,"z":1}]', "a point has no 'z'; it has x, y, target."),
        ('"added":{}', "added cannot be '{}'; it must be a list of at most 2000 points."),
        ('"added":[1]', "added cannot be 1; it must be a list of at most 2000 points."),
        ('"moved":[{"id":-1}]', "id cannot be -1; it must be a whole number from 0 to 999999."),
        ('"moved":[{"id":1,"training":1}]', "training cannot be 1; it must be true, false or null."),
        ('"removed":[true]', "removed cannot be True; it must be a list of at most 5000 ids of points, whole .*"),
        (f'"removed":[{"1," * 6000}1]', "removed cannot be .*; it must be a list of at most 5000 ids of points, .*"),
        (f'"moved":[{"{}," * 9000}1]', "id is missing; it must be .*"),
        ('"add":[]', "edit_data has no field 'add'; it has run, type, added, removed, moved."),
    ],
)
def test_what_is_no_edit_is_refused(fields: str, sentence: str) -> None:
    """By the name of the field, its value and what is allowed; without the capability before it is looked at."""
    message = '{"type":"edit_data",' + fields + "}"
    assert re.fullmatch(f"(edit_data: )?{sentence}", refused(message).message)
    assert refused(message[:4000], held=VIEWER.opens).field in ("type", "message")


def test_points_that_cost_too_much_are_refused() -> None:
    """In number, and by the time of an epoch."""
    large = Spec(seed="1", hidden=(64,) * 8, batch_size=1)
    few = Settings(max_points=600, max_epoch_seconds=0.5)
    with pytest.raises(ProtocolError, match="there would be 601 points; allowed are at most 600"):
        cost.check_drawn(601, Spec(seed="1"), few)
    with pytest.raises(ProtocolError, match=r"an epoch of 5,000 points would take about .* s; allowed are few enough"):
        cost.check_drawn(5000, large, Settings())
    cost.check_drawn(499, large, few)


def test_a_network_too_large_for_what_is_drawn_is_refused() -> None:
    """Many points are drawn on a small network; then a network is chosen that only the set's own points would allow."""
    loop = asyncio.new_event_loop()
    large = Spec(seed="1", hidden=(64,) * 8, batch_size=1)
    session = Session(Settings(max_epoch_seconds=2 * cost.epoch_seconds(large)), loop, lambda _: None)
    viewer = Viewer()
    session.join(viewer)
    run = session.runs[MAIN]
    points = [AddedPoint(x=at % 1000, y=0, target=1) for at in range(2000)]
    session.submit(Apply(Spec(seed="1"), 1))
    session.submit(EditData(type="edit_data", added=points), viewer)
    session.submit(Apply(large, 1), viewer)
    run.run(1.0)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    assert run._trainer is not None
    assert sum(map(len, run._trainer.ids)) == 2500
    assert run._trainer.spec.hidden == Spec(seed="1").hidden
    assert run.publisher.state.spec["hidden"] == list(Spec(seed="1").hidden)
    assert "an epoch of 2,500 points would take" in str(viewer.next_message())
    assert session.asked[MAIN].hidden == Spec(seed="1").hidden  # what is counted beside the session's other runs
