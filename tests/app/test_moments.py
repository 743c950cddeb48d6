"""A link names a moment of a run: its start, the changes until then, and the epoch."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from tests.app.driven import SPEC, Driven, letters, params, step, trained, weight
from tinkernet.app.sessions.command_queue import Apply, Replay
from tinkernet.app.sessions.moments import moment_of
from tinkernet.app.wire.commands import (
    AddedPoint,
    EditData,
    Pause,
)
from tinkernet.app.wire.events import Seeking
from tinkernet.engine import Run, Spec, SpecError, Trainer, link_from_spec
from tinkernet.engine.spec.link import read_link
from tinkernet.engine.training import edits_text
from tinkernet.engine.training.edits import FieldEdit, WeightEdit
from tinkernet.engine.training.edits_text import edits_of

driven = pytest.fixture(trained)


def opened(link: str) -> Apply:
    """What the page of a link asks for."""
    reading = read_link(link)
    assert (reading.problems, reading.remarks) == ([], [])
    assert reading.at is not None
    replay = Replay(edits_of(reading.edits), *reading.at)
    return Apply(reading.spec, 1, restart=True, drawing=reading.drawing, replay=replay)


def link_to(run: Run, epoch: int, batch: int = 0) -> str:
    """A link to a moment of a run, as the page writes it."""
    moment = moment_of(run, epoch, batch)
    assert moment["why"] == ""
    fragment = link_from_spec(Spec.from_dict(moment["spec"]), moment["drawn"])
    return f"#{fragment}&at={moment['at']}" + (f"&edits={moment['edits']}" if moment["edits"] else "")


def test_a_link_names_a_moment(driven: Driven) -> None:
    """The state after all edits made there, bit for bit; the record is the same, and what comes later is left out."""
    drawn = EditData(type="edit_data", added=[AddedPoint(x=0, y=0, target=1)])
    driven.do(drawn, weight(0.25), step(10), weight(0.5), step(10))
    for epoch, batch in ((100, 0), (200, 0), (210, 0), (205, 9), (30, 0)):
        at = Trainer.replay(driven.trainer.run, epoch, batch=batch)
        other = Driven()
        state = other.do(opened(link_to(driven.trainer.run, epoch, batch)), slices=10)
        assert (other.trainer.epoch, other.trainer.batch, other.trainer.run) == (epoch, batch, at.run)
        assert (params(other.trainer), state.spec) == (params(at), at.spec.to_dict())
        assert other.trainer.history.rows.tobytes() == at.history.rows.tobytes()
        other.loop.close()


def test_a_link_that_takes_too_long_or_does_not_fit_opens_at_its_start(driven: Driven) -> None:
    """And the page is told why; so is one that is not well formed."""
    link = link_to(driven.trainer.run, 200)
    state = driven.do(opened(link.replace("at=200", "at=999999999")))
    assert (driven.trainer.epoch, state.past) == (0, None)
    assert "999,999,999, which would take about" in driven.errors[0]
    driven.do(replace(opened(link), spec=replace(SPEC, hidden=(1,)), replay=Replay((wrong_weight(),), 5, 0)))
    assert (driven.trainer.epoch, len(driven.errors)) == (0, 2)
    for text in ("A", "!", edits_text.text_of([FieldEdit(1, 0, "hidden", [3])]), "A" * 7001):
        with pytest.raises(SpecError, match="The changes of a run"):
            edits_of(text)


def wrong_weight() -> WeightEdit:
    """Of a neuron that a network with one does not have."""
    return WeightEdit(2, 0, 0, 3, 0, 0.5)


def test_opening_a_link_can_be_cancelled(driven: Driven) -> None:
    """Then its start is there."""
    driven.session.submit(opened(link_to(driven.trainer.run, 200)), driven.viewer)
    for _ in range(3):
        driven.now += 0.3
        driven.run.run(1e-9)
    driven.loop.run_until_complete(asyncio.sleep(0))
    assert any(isinstance(event, Seeking) for event in driven.told)
    driven.do(Pause(type="pause"))
    assert (driven.trainer.epoch, letters(driven.run.publisher.state)) == (0, ["B", "A"])


def test_where_there_is_no_link_a_sentence_says_why(driven: Driven) -> None:
    """Too many changes, or a beginning that is not known."""
    run = driven.trainer.run
    many = tuple(WeightEdit(each, 0, 0, 0, 0, float(np.sin(each))) for each in range(1000))
    why = moment_of(replace(run, edits=many), 1000, 0)["why"]
    assert why.startswith("The changes of this run until here are too many for a link: ")
    assert moment_of(replace(run, edits=many), 2, 0)["why"] == ""
    assert "earlier version" in moment_of(replace(run, base={"epoch": 3, "batch": 0}), 5, 0)["why"]
