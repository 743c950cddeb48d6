"""A session with three runs: they share its turns, its limits and its checkpoints."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.conftest import Running, join
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.checkpoints import SECONDS as CHECKPOINT_SECONDS
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.sessions.saved import runs_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import Record
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.wire.commands import MAIN, EditWeight, Pause, Play, Reset, Speed, Step
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.app.workers.scheduler import Scheduler
from tinkernet.engine import Spec, Trainer

SPECS = {
    MAIN: Spec(seed="0.1"),
    "twin": Spec(seed="0.2", hidden=(3,), optimiser="adam"),
    "branch": Spec(seed="0.3", dataset="spiral", short_batch="carry", batch_size=7, noise=20.0),
}


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that never runs: the sessions here are driven by hand or by a scheduler."""
    found = asyncio.new_event_loop()
    yield found
    found.close()


def with_runs(session: Session) -> Session:
    """Give it the three runs of `SPECS`."""
    session.submit(Apply(SPECS[MAIN], 1))
    for id, spec in SPECS.items():
        if id != MAIN:
            session.add_run(id, spec)
    return session


def run_all(session: Session, slices: int = 3) -> None:
    """A few slices of each run."""
    for _ in range(slices):
        for run in session.runs.values():
            run.run(0.008)


def checkpoints(session: Session) -> dict[str, dict[str, object]]:
    """The exact state of each run."""
    return {id: run._trainer.checkpoint() for id, run in session.runs.items() if run._trainer is not None}


def test_runs_are_trained_apart(loop: asyncio.AbstractEventLoop) -> None:
    """A command reaches the run that it names and no other; each has the numbers of its spec alone."""
    session = with_runs(Session(Settings(), loop, lambda _: None))
    session.submit(Step(type="step", epochs=5), run="twin")
    session.submit(EditWeight(type="edit_weight", layer=0, neuron=0, input=0, value=0.5), run="branch")
    run_all(session)
    alone = {id: Trainer(spec) for id, spec in SPECS.items()}
    alone["twin"].advance(5)
    alone["branch"].set_weight(0, 0, 0, 0.5)
    assert checkpoints(session) == {id: trainer.checkpoint() for id, trainer in alone.items()}
    assert {run.publisher.state.run for run in session.runs.values()} == set(SPECS)


def test_a_session_of_three_runs_gets_the_share_of_one(loop: asyncio.AbstractEventLoop) -> None:
    """Two sessions with the same networks at full speed on one thread: the three runs together train as many epochs as
    the other's one, and about as many each. Counted from when all have begun: to make a trainer takes time too."""
    scheduler = Scheduler(1, slice_seconds=0.002)
    settings = Settings(speed=None)
    three, one = (Session(settings, loop, scheduler.wake) for _ in range(2))
    for id in ("twin", "branch"):
        three.add_run(id, SPECS[MAIN])
    for session in (three, one):
        for id in session.runs:
            session.submit(Apply(SPECS[MAIN], 1), run=id)
            session.submit(Speed(type="speed", rate=None), run=id)
            session.submit(Play(type="play"), run=id)
    scheduler.start()
    deadline = time.monotonic() + 60
    while min(*epochs(one), *epochs(three)) < 1_000 and time.monotonic() < deadline:
        time.sleep(0.01)
    begun = epochs(three), epochs(one)
    while epochs(one)[0] < begun[1][0] + 100_000 and time.monotonic() < deadline:
        time.sleep(0.01)
    scheduler.stop()
    each, (alone,) = (
        [b - a for a, b in zip(before, epochs(of), strict=True)] for before, of in zip(begun, (three, one), strict=True)
    )
    assert 0.8 < sum(each) / alone < 1.25
    assert min(each) > 0.7 * max(each)


def epochs(session: Session) -> list[int]:
    """Of each run, so far."""
    return [run._trainer.epoch if run._trainer else 0 for run in session.runs.values()]


def test_all_runs_come_back_after_a_restart(tmp_path: Path) -> None:
    """From one checkpoint of the session, bit for bit, with play, speed and counters, and they go on as if alone."""
    settings = Settings(data_dir=str(tmp_path))
    id = Sessions.new_id()

    async def joined(storage: SQLiteStorage) -> tuple[Sessions, Session]:
        sessions = Sessions(settings, Scheduler(1), storage)
        return sessions, join(sessions, id, saved=await sessions.recall(id))[0]

    async def before() -> dict[str, dict[str, object]]:
        storage = SQLiteStorage(settings)
        sessions, session = await joined(storage)
        with_runs(session)
        for run, count in (("main", 3), ("twin", 5), ("branch", 4)):
            session.submit(Step(type="step", epochs=count), run=run)
        run_all(session)
        session.submit(Speed(type="speed", rate=7.0), run="twin")
        session.submit(Apply(SPECS["branch"], 9), run="branch")
        run_all(session)
        sessions.close("The end.")
        sessions.keep_last(())
        storage.close()
        return checkpoints(session)

    async def after(kept: dict[str, dict[str, object]]) -> None:
        storage = SQLiteStorage(settings)
        _, session = await joined(storage)
        assert list(session.runs) == list(SPECS)
        run_all(session)
        assert checkpoints(session) == kept
        states = {run: executor.publisher.state for run, executor in session.runs.items()}
        assert (states["twin"].speed, states["branch"].revision, states[MAIN].restarts) == (7.0, 9, 2)
        for run, count in (("main", 3), ("twin", 5), ("branch", 4)):
            session.submit(Step(type="step", epochs=10), run=run)
            run_all(session)
            alone = Trainer(SPECS[run])
            alone.advance(count + 10)
            assert session.runs[run]._trainer is not None
            assert session.runs[run]._trainer.checkpoint() == alone.checkpoint()
        storage.close()

    asyncio.run(after(asyncio.run(before())))


def test_a_checkpoint_costs_the_edits_since_the_last(loop: asyncio.AbstractEventLoop) -> None:
    """However many edits were made before: the list that holds them is shared, and the facts do not grow with it."""
    kept: list[Record] = []
    now = [0.0]
    session = Session(Settings(), loop, lambda _: None, clock=lambda: now[0], keep=kept.append)
    session.submit(Apply(SPECS[MAIN], 1))
    run_all(session)
    for count in range(40):
        session.submit(EditWeight(type="edit_weight", layer=0, neuron=0, input=0, value=count / 7))
        session.submit(Step(type="step", epochs=1))
        now[0] += CHECKPOINT_SECONDS
        run_all(session, 1)
    first, last = kept[5].logs[MAIN], kept[-1].logs[MAIN]
    assert first.entries is last.entries
    assert first.length < last.length == 41  # the first spec and each edit
    assert abs(len(kept[-1].encode("a")[0]) - len(kept[5].encode("a")[0])) < 100
    saved = runs_of(kept[-1])[MAIN]
    again = Trainer.restored(saved.spec, saved.whole_checkpoint())
    assert Trainer.replay(again.run, again.epoch).checkpoint() == again.checkpoint()
    session.submit(Reset(type="reset"))
    now[0] += CHECKPOINT_SECONDS
    run_all(session, 1)
    assert kept[-1].logs[MAIN].length == 1
    assert kept[-1].logs[MAIN].generation != last.generation


def test_a_closed_run_is_freed_and_forgotten(loop: asyncio.AbstractEventLoop) -> None:
    """Its memory at once, without a search for cycles; in the next checkpoint it is missing; its cost is available."""
    kept: list[Record] = []
    enough = sum(map(cost.parameters, SPECS.values()))
    woken: list[object] = []
    session = with_runs(Session(Settings(max_parameters=enough), loop, woken.append, keep=kept.append))
    run_all(session)
    assert set(runs_of(kept[-1])) == set(SPECS)
    with pytest.raises(ProtocolError, match="together with 3 other runs"):
        session.add_run("another", SPECS["twin"])
    held = weakref.ref(session.runs["twin"]), weakref.ref(session.runs["twin"]._trainer)
    gc.disable()
    try:
        session.close_run("twin")
        assert woken.pop() is held[0]()
        woken.clear()
        assert [each() for each in held] == [None, None]
    finally:
        gc.enable()
    assert set(runs_of(kept[-1])) == {MAIN, "branch"}
    session.add_run("another", SPECS["twin"])
    run_all(session)
    assert set(runs_of(kept[-1])) == {MAIN, "branch", "another"}


def test_the_main_run_stays(loop: asyncio.AbstractEventLoop) -> None:
    """It cannot be closed, nor an unknown run, nor can an id be given twice."""
    session = with_runs(Session(Settings(), loop, lambda _: None))
    for wrong in (MAIN, "unknown"):
        with pytest.raises(ValueError, match="no run of this session that can be closed"):
            session.close_run(wrong)
    with pytest.raises(ValueError, match="already"):
        session.add_run("twin", SPECS["twin"])


def test_a_page_watches_the_run_that_it_names(server: Running) -> None:
    """Its state, points and parts, and the whole curve of each run after another; a closed one is there no more."""
    with server.page() as page, server.page(id=page.id) as other:
        page.ready(), other.ready()
        sessions: Sessions = server.app.state.sessions
        session = sessions._session_from_id[page.id]
        for _ in range(2):
            page.send("step", epochs=6)
        page.until(lambda page: page.frame.epoch == 12)
        server.loop.call_soon_threadsafe(session.add_run, "twin", SPECS["branch"])
        deadline = time.monotonic() + 10
        while "twin" not in session.runs and time.monotonic() < deadline:
            time.sleep(0.01)
        page.watch(run="twin")
        page.until(lambda page: page.state and page.state["spec"]["seed"] == "0.3")
        page.send("step", epochs=4, run="twin")
        page.until(lambda page: page.frame is not None and page.frame.epoch == 4)
        assert len(page.losses) == 5
        other.until(lambda other: other.frame.epoch == 12 and set(other.states) == {MAIN, "twin"})
        server.loop.call_soon_threadsafe(session.close_run, "twin")
        page.watch()
        page.until(lambda page: page.frame is not None and page.frame.epoch == 12)
        assert page.losses.tobytes() == other.losses.tobytes()
        page.send("play", run="twin")
        page.until(lambda page: page.errors)
        assert page.errors[0]["field"] == "run"


def test_a_session_that_plays_pauses_run_by_run(loop: asyncio.AbstractEventLoop) -> None:
    """To pause one run leaves the others playing; to suspend the session rests them all."""
    now = [0.0]
    session = with_runs(Session(Settings(), loop, lambda _: None, clock=lambda: now[0]))
    for run in SPECS:
        session.submit(Play(type="play"), run=run)
    session.submit(Pause(type="pause"), run="twin")
    run_all(session)
    now[0] += 0.1
    run_all(session)
    assert epochs(session)[1] == 0
    assert min(epochs(session)[0], epochs(session)[2]) > 0
    session.suspend()
    before = epochs(session)
    now[0] += 0.1
    run_all(session)
    assert epochs(session) == before


def test_a_change_to_a_run_that_is_closed_is_told(loop: asyncio.AbstractEventLoop) -> None:
    """It was asked for while the run was there, and its turn came later."""
    session, viewer = with_runs(Session(Settings(), loop, lambda _: None)), Viewer()
    run_all(session)
    twin = session.runs["twin"]
    session.submit(Step(type="step", epochs=5), viewer, run="twin")
    session.close_run("twin")
    twin.run(0.008)
    loop.run_until_complete(asyncio.sleep(0))
    assert "the run is closed" in str(viewer.next_message())
