"""The law of merging: to merge commands and apply the result is the same as to apply them one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tinkernet.app.sessions.command_queue import Apply, Change, CommandQueue, Refused, Request, merge
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import (
    MAIN,
    EditBias,
    EditWeight,
    Pause,
    Play,
    Reset,
    RestoreBest,
    SetClock,
    SetLab,
    Speed,
    Step,
    Tick,
)
from tinkernet.engine import Spec
from tinkernet.engine.data.drawing import BLANK, Drawing

SMALL = Spec(seed="0.5", hidden=(2,), train_percent=10, learning_rate=0.1)
BAD = replace(SMALL, learning_rate=1000.0, activation="linear", problem="regression", dataset="circle")  # diverges
STOPS_AT_5 = Apply(replace(SMALL, stop_epoch=5), 0)

specs = st.sampled_from(
    [
        SMALL,
        replace(SMALL, learning_rate=0.3),
        replace(SMALL, learning_rate=1),
        replace(SMALL, hidden=(3,)),
        replace(SMALL, patience=3),
        replace(SMALL, stop_epoch=5),
        BAD,
    ]
)
changes = st.one_of(
    st.builds(Apply, specs, st.integers(0, 20)),
    st.builds(Refused, st.integers(0, 20)),
    st.just(Play(type="play")),
    st.just(Pause(type="pause")),
    st.builds(lambda epochs: Step(type="step", epochs=epochs), st.integers(1, 40)),
    st.builds(
        lambda clock, count: Tick(type="tick", clock=clock, count=count),
        st.sampled_from(["batch", "example"]),
        st.integers(1, 9),
    ),
    st.builds(lambda clock: SetClock(type="set_clock", clock=clock), st.sampled_from(["epoch", "batch"])),
    st.builds(lambda lab: SetLab(type="set_lab", lab=lab), st.sampled_from(["", "noise"])),
    st.just(Reset(type="reset")),
    st.just(RestoreBest(type="restore_best")),
    st.builds(lambda rate: Speed(type="speed", rate=rate), st.sampled_from([None, 1.0, 60.0])),
    st.builds(
        lambda neuron, value: EditWeight(type="edit_weight", layer=0, neuron=neuron, input=0, value=value),
        st.integers(0, 3),
        st.floats(-2, 2),
    ),
    st.builds(lambda value: EditBias(type="edit_bias", layer=1, neuron=0, value=value), st.floats(-2, 2)),
)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A loop that never runs: the sessions here are driven by hand."""
    found = asyncio.new_event_loop()
    yield found
    found.close()


def after(batches: list[list[Change]], loop: asyncio.AbstractEventLoop) -> dict[str, Any]:
    """The state of a session after the batches, each applied in one slice while the clock stands still."""
    session = Session(Settings(), loop, lambda _: None, clock=lambda: 0.0)
    session.runs[MAIN]._pacing.owed = lambda _: 0  # type: ignore[method-assign]  # trains only the epochs of steps
    for batch in batches:
        for change in batch:
            session.submit(change)
        session.runs[MAIN].run(0.008)
    trainer, state = session.runs[MAIN]._trainer, session.runs[MAIN].publisher.state
    assert trainer is not None
    return {
        # A step whose reset comes in the same slice has not been seen: what it trained is not kept either.
        "state": state.model_copy(update={"restarts": 0, "revision": 0, "instance": 0, "runs": []}),
        "revision": session.runs[MAIN]._revision,
        "place": (trainer.epoch, trainer.batch, trainer.example),
        "params": trainer.network.params.tobytes(),
        "diverged_at": trainer.diverged_at,
        "losses": trainer.history.rows.tobytes(),
    }


@settings(max_examples=300)
@given(wishes=st.lists(changes, max_size=9))
@example(wishes=[Apply(replace(SMALL, patience=3), 0), EditBias(type="edit_bias", layer=1, neuron=0, value=0.0)])
@example(wishes=[Play(type="play"), Step(type="step", epochs=5), Play(type="play"), STOPS_AT_5, Play(type="play")])
def test_merge_then_apply_is_apply_in_order(wishes: list[Change], loop: asyncio.AbstractEventLoop) -> None:
    """All at once or one by one: the same weights, losses, settings, revision and play state."""
    start: list[Change] = [Apply(SMALL, 1)]
    assert after([start, wishes], loop) == after([start, *([wish] for wish in wishes)], loop)


@given(wishes=st.lists(changes, max_size=9))
def test_merging_twice_is_merging_once(wishes: list[Change]) -> None:
    """Merged requests may be merged again with later ones."""
    requests = [Request(wish) for wish in wishes]
    once = merge(requests)
    assert merge(once) == once
    for cut in range(len(requests)):
        assert merge([*merge(requests[:cut]), *requests[cut:]]) == once


def test_a_dragged_slider_is_one_change() -> None:
    """A hundred configures in a row are one, with the last spec."""
    requests = [Request(Apply(replace(SMALL, noise=float(i % 50)), i)) for i in range(100)]
    (merged,) = merge(requests)
    assert isinstance(merged.change, Apply)
    assert (merged.change.spec.noise, merged.change.count, merged.change.restart) == (49.0, 100, True)


def test_a_detour_is_not_forgotten() -> None:
    """A change and its reversal restart the network, although the spec is the same again."""
    merged = merge([Request(Apply(replace(SMALL, hidden=(5,)), 1)), Request(Apply(SMALL, 2))])
    assert [item.change for item in merged] == [Apply(SMALL, 2, 2, True)]


def test_other_points_on_the_way_leave_nothing_drawn() -> None:
    """What was drawn on the first points does not come back with them."""
    on_the_way = [Apply(replace(SMALL, seed="another"), 1), Apply(SMALL, 2), Apply(replace(SMALL, hidden=(3,)), 3)]
    (merged,) = merge(map(Request, on_the_way))
    assert isinstance(merged.change, Apply)
    assert merged.change.drawing == BLANK
    drawn = Drawing({3: None}, 500)
    changes = [item.change for item in merge([Request(Apply(SMALL, 1, drawing=drawn)), *map(Request, on_the_way[1:])])]
    assert [change.drawing for change in changes if isinstance(change, Apply)] == [drawn]


def test_the_queue_has_an_end() -> None:
    """When too many requests wait that cannot be merged, the next is refused until there is room."""
    queue = CommandQueue()
    edits = [EditBias(type="edit_bias", layer=0, neuron=i % 2, value=0.0) for i in range(CommandQueue.LONGEST + 1)]
    assert [queue.put(Request(edit)) for edit in edits] == [True] * CommandQueue.LONGEST + [False]
    assert len(queue.take()) == CommandQueue.LONGEST
    assert queue.put(Request(edits[0]))
