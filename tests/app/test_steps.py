"""Steps: however many are asked for, they end in time, and nobody waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.cost import epoch_seconds
from tinkernet.app.sessions.run_executor import RunExecutor
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import MAIN, EditBias, Pause, Reset, Step
from tinkernet.engine import Spec, Trainer

LARGE = Spec(seed="1", hidden=(64, 64), batch_size=1)


@pytest.fixture
def session() -> Iterator[Session]:
    """A session with a large network, driven by hand; events to viewers wait in its loop."""
    loop = asyncio.new_event_loop()
    session = Session(Settings(max_step_seconds=40 * epoch_seconds(LARGE)), loop, lambda _: None)
    session.submit(Apply(LARGE, 1))
    slice_of(session)
    yield session
    loop.close()


def slice_of(session: Session, seconds: float = 0.001) -> tuple[float | None, int]:
    """One slice: the moment of the next, and the epochs trained so far."""
    run = session.runs[MAIN]
    due = run.run(seconds)
    return due, trainer_of(run).epoch


def to_the_end(session: Session) -> int:
    """All slices that are asked for; a slow machine needs several for one epoch. The epochs trained then."""
    while slice_of(session)[0] is not None:
        pass
    return slice_of(session)[1]


def trainer_of(run: RunExecutor) -> Trainer:
    assert run._trainer is not None
    return run._trainer


def step(session: Session, epochs: int = 30) -> None:
    session.submit(Step(type="step", epochs=epochs))


@pytest.mark.parametrize("end", [Pause(type="pause"), Reset(type="reset")])
def test_pause_and_reset_end_the_steps_under_way(session: Session, end: Pause | Reset) -> None:
    step(session)
    step(session)
    _, begun = slice_of(session)
    assert begun < 40
    session.submit(EditBias(type="edit_bias", layer=0, neuron=0, value=0.5))
    session.submit(end)
    due, after = slice_of(session)
    assert due is None
    assert after == (begun if isinstance(end, Pause) else 0)
    assert slice_of(session)[1] == after
    step(session, 1)
    assert to_the_end(session) == after + 1


def test_many_steps_together_are_as_limited_as_one(session: Session) -> None:
    """What is beyond the limit is dropped, and its sender is told."""
    viewer = Viewer()
    session.join(viewer)
    for _ in range(300):
        session.submit(Step(type="step", epochs=30), viewer)
    while slice_of(session)[0] is not None:
        pass
    assert trainer_of(session.runs[MAIN]).epoch == 40
    loop = session.context.loop
    loop.call_soon(loop.stop)
    loop.run_forever()
    errors = [event for event in viewer._errors if event.type == "error"]
    assert errors[0].field == "epochs"
    assert "at most 40 for this network" in errors[0].message


def test_a_suspended_session_trains_no_steps(session: Session) -> None:
    """Nor does it ask for turns meanwhile. They go on when a page comes."""
    step(session)
    _, begun = slice_of(session)
    session.suspend()
    assert slice_of(session) == (None, begun)
    step(session)
    assert slice_of(session) == (None, begun)
    session.join(Viewer())
    assert to_the_end(session) > begun
