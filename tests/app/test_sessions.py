"""Sessions in memory: limits, suspension and end, by a clock that tests move by hand."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.app.conftest import Running, join
from tests.parts import decode
from tinkernet.app.capabilities import EVERYTHING
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.sessions.registry import Full, Sessions
from tinkernet.app.sessions.saved import runs_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.web.server import AbortingWebSocket
from tinkernet.app.wire.commands import MAIN, Play, ReadingTopic
from tinkernet.app.workers.scheduler import Scheduler
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis import probe


class Clock:
    """Stands still until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def on_loop(test: Callable[[Sessions, Clock], Coroutine[Any, Any, None]]) -> None:
    """Run a test with sessions whose training threads are never started: the test executes slices itself."""

    async def main() -> None:
        clock = Clock()
        settings = Settings(idle_pause=30, idle_expire=600, max_sessions=3, max_viewers=5)
        await test(Sessions(settings, Scheduler(1), SQLiteStorage(settings), clock), clock)

    asyncio.run(main())


def trained(session: Session) -> bool:
    """Execute one slice. Whether it trained an epoch."""
    before = session.runs[MAIN]._trainer.epoch if session.runs[MAIN]._trainer else 0
    session.runs[MAIN].run(0.008)
    assert session.runs[MAIN]._trainer is not None
    return session.runs[MAIN]._trainer.epoch > before


@pytest.mark.parametrize("kept", [True, False])
def test_who_has_gone_keeps_nobody_out(tmp_path: Path, kept: bool) -> None:
    """A class has left as many sessions as there may be. The next one gets in at once: each new session replaces the
    suspended one that was left for longest, which the storage keeps. Sessions that are not suspended yet stay, and so
    do all when nothing is kept; then a sentence says why there is no place."""

    async def scenario() -> None:
        clock, settings = Clock(), Settings(idle_pause=30, max_sessions=2, data_dir=str(tmp_path) if kept else "")
        storage = SQLiteStorage(settings)
        sessions = Sessions(settings, Scheduler(1), storage, clock)
        one, two, three, four = (sessions.new_id() for _ in range(4))
        for id in (one, two):
            session, viewer = join(sessions, id, browser=id)
            session.runs[MAIN].run(0.008)
            sessions.leave(id, viewer)
            clock.now += 1
        with pytest.raises(Full, match="2 sessions are open"):
            join(sessions, three, browser="another")
        clock.now += 30
        sessions.sweep()
        if kept:
            first = sessions._session_from_id[one]
            join(sessions, three, browser="another")
            first.runs[MAIN].run(0.008)
            assert set(storage.in_use()) == {two, three}
            assert storage.knows(one)
            join(sessions, four, browser="another")
            assert set(storage.in_use()) == {three, four}
        with pytest.raises(Full, match="2 sessions are open"):
            join(sessions, sessions.new_id(), browser="another")
        storage.close()

    asyncio.run(scenario())


def test_who_has_all_they_may_takes_nobodys_place(tmp_path: Path) -> None:
    """A browser that is refused because of its own limit does not end a suspended session on a full server."""

    async def scenario() -> None:
        clock, settings = Clock(), Settings(max_sessions=2, max_sessions_per_browser=1, data_dir=str(tmp_path))
        storage = SQLiteStorage(settings)
        sessions = Sessions(settings, Scheduler(1), storage, clock)
        resting, watched = sessions.new_id(), sessions.new_id()
        _, viewer = join(sessions, resting, browser="one")
        sessions.leave(resting, viewer)
        join(sessions, watched, browser="another")
        clock.now += 30
        sessions.sweep()
        with pytest.raises(Full, match="This browser has 1 sessions"):
            join(sessions, sessions.new_id(), browser="another")
        assert set(storage.in_use()) == {resting, watched}
        storage.close()

    asyncio.run(scenario())


def test_pause_go_on_and_end() -> None:
    """After thirty seconds without viewers a session is suspended, and trains on when a page joins; after ten minutes
    it ends, and begins anew."""

    async def scenario(sessions: Sessions, clock: Clock) -> None:
        id = sessions.new_id()
        session, viewer = join(sessions, id)
        session.submit(Play(type="play"))
        assert trained(session)
        sessions.leave(id, viewer)
        clock.now += 29
        sessions.sweep()
        assert not session.suspended
        clock.now += 1
        sessions.sweep()
        assert session.suspended
        assert session.runs[MAIN].run(0.008) is None
        assert not trained(session)

        again, viewer = join(sessions, id)
        assert again is session
        assert not session.suspended
        await asyncio.sleep(0.02)  # the pacing owes another epoch by then
        assert trained(session)

        clock.now += 10_000
        sessions.sweep()  # watched: it stays however late it is
        assert len(sessions) == 1
        sessions.leave(id, viewer)
        clock.now += 599
        sessions.sweep()
        assert len(sessions) == 1
        clock.now += 1
        sessions.sweep()
        assert len(sessions) == 0
        assert session.runs[MAIN].run(0.008) is None
        anew, _ = join(sessions, id)
        assert anew is not session

    on_loop(scenario)


def test_limits() -> None:
    """Sessions and viewers have a limit each; leaving makes room for a viewer, and the end of a session for another."""

    async def scenario(sessions: Sessions, clock: Clock) -> None:
        ids = [sessions.new_id() for _ in range(4)]
        joined = [join(sessions, id) for id in ids[:3]]
        with pytest.raises(Full, match="3 sessions"):
            join(sessions, ids[3])
        others = [join(sessions, ids[0]) for _ in range(2)]
        with pytest.raises(Full, match="5 pages"):
            join(sessions, ids[0])
        sessions.leave(ids[0], others[0][1])
        join(sessions, ids[0])
        sessions.leave(ids[1], joined[1][1])
        clock.now += 600
        sessions.sweep()
        join(sessions, ids[3])

    on_loop(scenario)


def test_a_session_that_is_let_go_is_kept_as_it_was_last(tmp_path: Path) -> None:
    """It ends while it plays: the epochs since its last checkpoint are kept too."""

    async def main() -> None:
        clock, storage = Clock(), SQLiteStorage(Settings(data_dir=str(tmp_path)))
        sessions = Sessions(Settings(idle_expire=600), Scheduler(1), storage, clock)
        id = sessions.new_id()
        session, viewer = join(sessions, id)
        run = session.runs[MAIN]
        session.context.clock = clock  # stands still: three slices take less than the time between checkpoints
        session.submit(Play(type="play"))
        for _ in range(3):
            run.run(0.008)
            run._pacing._origin -= 0.1
        sessions.leave(id, viewer)
        assert run._trainer is not None
        assert runs_of(storage.load(id))[MAIN].checkpoint["epoch"] < run._trainer.epoch
        clock.now += 600
        sessions.sweep()
        run.run(0.008)  # the scheduler was asked to
        assert runs_of(storage.load(id))[MAIN].whole_checkpoint() == run._trainer.checkpoint()
        assert run in sessions._scheduler._queued
        storage.close()

    asyncio.run(main())


def test_a_session_that_is_let_go_is_gone(serve: Callable[..., Running]) -> None:
    """Its memory, and that of its connections, is freed at once. In a reference cycle it would stay until Python
    collects those, after hundreds of visits."""
    server = serve(idle_pause=0.1, idle_expire=0.1, data_dir="")
    sessions: Sessions = server.app.state.sessions
    held: list[weakref.ref[object]] = []

    def connections() -> list[object]:
        return [each for each in server.server.server_state.connections if isinstance(each, AbortingWebSocket)]

    def visit(cut: bool) -> None:
        with server.page() as page:
            page.ready().send("play")
            page.until(lambda page: page.frame.epoch > 2)
            session = sessions._session_from_id[page.id]
            run = session.runs[MAIN]
            held.extend(map(weakref.ref, (session, run, run._trainer, session.viewers[0], *connections())))
            if cut:
                page.cut()

    visit(False)
    gc.collect()
    gc.disable()
    try:
        for number in range(6):
            visit(number % 2 == 0)
        deadline = time.monotonic() + 5
        while any(each() is not None for each in held) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert [each() for each in held if each() is not None] == []
    finally:
        gc.enable()


def test_many_pointers_are_answered_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The points of all viewers are evaluated in one pass for each frame; each viewer gets the value at its own."""
    passes: list[int] = []
    activations = probe.activations

    def counted(trainer: Trainer, points: NDArray[np.float64]) -> NDArray[np.float64]:
        passes.append(len(points))
        return activations(trainer, points)

    monkeypatch.setattr(probe, "activations", counted)

    async def scenario(sessions: Sessions, clock: Clock) -> None:
        id = sessions.new_id()
        session, first = join(sessions, id)
        run = session.runs[MAIN]
        viewers = [first, *(join(sessions, id)[1] for _ in range(4))]
        points = [
            ("output", 1.0, 2.0),
            ("output", -3.0, 0.5),
            ("0.1", 1.0, 2.0),
            ("x", 2.5, 0.0),
            ("output", None, None),
        ]
        for viewer, (unit, x, y) in zip(viewers, points, strict=True):
            topics = () if x is None or y is None else (ReadingTopic(topic="reading", unit=unit, x=x, y=y),)
            viewer.subscribe(subscription_of(topics))
        run.run(0.008)
        await asyncio.sleep(0)  # what was made is delivered
        assert passes == [3]
        trainer = run._trainer
        assert trainer is not None
        for viewer, (unit, x, y) in zip(viewers, points, strict=True):
            while isinstance(message := viewer.next_message(), str):
                pass
            if x is None or y is None:
                assert message is None
            else:
                (reading,) = decode(message)
                output = f"{trainer.network.layers - 1}.0"
                assert reading.value == probe.unit_value(trainer, output if unit == "output" else unit, x, y)

    on_loop(scenario)


def test_ids() -> None:
    """New ids are valid. Text with a path, a line break or another alphabet is not."""
    ids = {Sessions.new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(Sessions.is_id(id) for id in ids)
    for text in ("", "a" * 21, "a" * 23, "../" + "a" * 19, "a" * 21 + "\n", "é" * 22, "a" * 22 + "\n"):
        assert not Sessions.is_id(text)


def test_a_browser_takes_turns_as_one() -> None:
    """All runs of all its sessions, as long as it has any; another browser has turns of its own."""

    async def scenario(sessions: Sessions, _: Clock) -> None:
        one, two, other = (join(sessions, Sessions.new_id(), EVERYTHING, name)[0] for name in ("a", "a", "b"))
        one.add_run("twin", Spec(seed="1"))
        groups = [run.group for session in (one, two, other) for run in session.runs.values()]
        assert groups[0] is groups[1] is groups[2] is not groups[3]

    on_loop(scenario)
