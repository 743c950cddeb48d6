"""A twin beside the run: in step with it, shown with it, and settled in one of four ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.app.driven import FASTER, SPEC, Driven, letters, params, seek, step, trained, weight
from tests.parts import decode
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.settings import Settings
from tinkernet.app.wire.command import TWIN
from tinkernet.app.wire.commands import LossesTopic, NetworkTopic, Play, Reset
from tinkernet.app.wire.comparing import Compare, SettleTwin
from tinkernet.app.wire.events import State, TwinFacts
from tinkernet.app.wire.topic import MAIN
from tinkernet.engine import Run, Trainer
from tinkernet.engine.training.edits import FieldEdit

RELU = replace(FASTER, activation="relu")


@pytest.fixture
def driven() -> Iterator[Driven]:
    """A run of 200 epochs whose page also looks at the twin."""
    for found in trained():
        topics = [
            topic
            for run in (MAIN, TWIN)
            for topic in (NetworkTopic(topic="network", run=run), LossesTopic(topic="losses", run=run))
        ]
        found.viewer.subscribe(subscription_of(tuple(topics)))
        yield found


def compare(*fields: str, revision: int = 3, spec: Any = RELU) -> Compare:
    """A twin with these fields of the spec."""
    return Compare(type="compare", revision=revision, spec=spec.to_dict(), fields=list(fields))


def settle(how: Any) -> SettleTwin:
    """End it so."""
    return SettleTwin(type="settle_twin", how=how)


def both(driven: Driven) -> dict[str, dict[str, Any]]:
    """What the page is sent of the network of each run, in its next tick."""
    driven.viewer.credit = True
    driven.now += 1.0
    driven.run.run(0.001)
    driven.do()
    driven.loop.run_until_complete(_pass())
    while (message := driven.viewer.next_message()) is not None:
        if isinstance(message, bytes):
            return {part.run: dict(part) for part in decode(message) if part.topic == "network"}
    return {}


async def _pass() -> None:
    pass


def twin_of(driven: Driven) -> Trainer:
    """The trainer of the twin."""
    twin = driven.run._comparison._twin
    assert twin is not None
    return twin.trainer


def test_a_twin_is_shown_at_the_epoch_of_its_lead(driven: Driven) -> None:
    """Both come in one tick, from the same epoch; its numbers are those of a run of its own."""
    state = driven.do(compare("activation"))
    assert state.twin == TwinFacts(letter="B", fields=["activation"], notes=[])
    assert [(run.letter, run.name) for run in state.runs] == [("A", "Tanh"), ("B", "ReLU")]
    edits = (FieldEdit(100, 0, "learning_rate", 0.1),)
    alone = Trainer.replay(Run(replace(SPEC, activation="relu"), edits), 200)
    sent = both(driven)
    assert {run: part["epoch"] for run, part in sent.items()} == {MAIN: 200, TWIN: 200}
    assert sent[TWIN]["params"].tobytes() == params(alone)
    assert sent[MAIN]["params"].tobytes() == params(driven.trainer)
    driven.do(step(7), Apply(replace(FASTER, learning_rate=0.2), 4), weight(0.5), step(3))
    sent = both(driven)
    assert {run: (part["epoch"], part["revision"]) for run, part in sent.items()} == {MAIN: (210, 4), TWIN: (210, 4)}
    assert driven.viewer.shown[TWIN].state.spec == replace(RELU, learning_rate=0.2).to_dict()
    twin = twin_of(driven)
    assert Trainer.replay(twin.run, 210).checkpoint()["params"] == twin.checkpoint()["params"]
    assert [edit.kind for edit in twin.edits] == [edit.kind for edit in driven.trainer.edits]


def test_a_field_of_the_twin_is_changed_for_itself(driven: Driven) -> None:
    """Set back to that of the lead, the twin is a copy again; what the lead does with that field is not done here."""
    driven.do(compare("activation", "learning_rate", spec=replace(RELU, learning_rate=1.0)))
    assert driven.do().twin.fields == ["activation", "learning_rate"]  # type: ignore[union-attr]
    assert twin_of(driven).edits == ()
    state = driven.do(compare("activation", spec=FASTER, revision=4))
    assert state.twin is not None
    assert (state.twin.fields, state.revision) == ([], 4)
    assert params(twin_of(driven)) == params(driven.trainer)


def test_the_past_and_a_new_start_are_those_of_both(driven: Driven) -> None:
    """One cursor: an earlier epoch is shown of both. After a reset the twin starts anew too."""
    driven.do(compare("activation"), seek(120))
    sent = both(driven)
    assert {run: part["epoch"] for run, part in sent.items()} == {MAIN: 120, TWIN: 120}
    past = driven.viewer.shown[TWIN].state.past
    assert past is not None
    assert (past.epoch, past.newest) == (120, 200)
    state = driven.do(seek(None), Reset(type="reset"))
    assert (twin_of(driven).epoch, driven.trainer.epoch) == (0, 0)
    assert letters(state) == ["B", "C", "A"]
    driven.do(step(5))
    assert {run: part["epoch"] for run, part in both(driven).items()} == {MAIN: 5, TWIN: 5}


def test_a_twin_that_rests_is_not_sent_again(driven: Driven) -> None:
    """While training stands, what pages have of both is all there is, however often the run is woken."""
    driven.do(compare("activation"))
    assert set(both(driven)) == {MAIN, TWIN}
    assert both(driven) == {}
    driven.do(step(1))
    assert set(both(driven)) == {MAIN, TWIN}
    assert both(driven) == {}


def test_a_page_that_was_busy_is_told_of_the_twin(driven: Driven) -> None:
    """The twin has come to another place while the page could take nothing: then its news wakes the run."""
    driven.do(compare("activation"))
    both(driven)
    driven.viewer.credit = False
    driven.do(compare("activation", spec=replace(RELU, activation="sine"), revision=4))
    woken: list[Any] = []
    driven.session.context.wake = woken.append  # type: ignore[method-assign]
    driven.viewer.acknowledge()
    driven.session.acknowledge(driven.viewer)
    assert driven.run in woken
    assert both(driven)[TWIN]["params"].tobytes() == params(twin_of(driven))
    woken.clear()
    driven.session.acknowledge(driven.viewer)
    assert woken == []


def test_one_play_for_both(driven: Driven) -> None:
    """In step at every tick, in slices too short for either."""
    driven.do(compare("hidden", spec=replace(FASTER, hidden=(16, 16))))
    state = driven.run.publisher.state
    assert state.twin is not None
    assert "shape" in state.twin.notes[0]
    driven.do(Play(type="play"))
    for _ in range(20):
        sent = both(driven)
        if len(sent) == 2:
            assert sent[MAIN]["epoch"] == sent[TWIN]["epoch"] > 200


@pytest.mark.parametrize("how", ["drop", "keep", "take", "swap"])
def test_the_ways_to_settle(driven: Driven, how: str) -> None:
    """B goes, is kept, takes the place of A, or the two change roles: no epoch is lost but in the first."""
    driven.do(compare("activation"))
    twin, lead = params(twin_of(driven)), params(driven.trainer)
    state = driven.do(settle(how))
    expected = {"drop": ["A"], "keep": ["A", "B"], "take": ["B", "A"], "swap": ["B", "A"]}
    assert letters(state) == expected[how]
    assert params(driven.trainer) == (twin if how in ("take", "swap") else lead)
    assert (state.twin is not None) == (how == "swap")
    assert (TWIN in driven.viewer.shown) == (how == "swap")
    if how == "swap":
        assert state.twin == TwinFacts(letter="A", fields=["activation"], notes=[])
        assert params(twin_of(driven)) == lead
    driven.do(step(1))
    assert driven.trainer.epoch == 201


def test_what_cannot_be_compared_is_said(driven: Driven) -> None:
    """Nothing changes then."""
    driven.do(compare("nonsense"), settle("swap"))
    assert driven.errors == ["There is no setting 'nonsense'.", "There is no twin: compare first."]
    driven.run._context.settings = Settings(max_step_seconds=1e-6)
    state = driven.do(compare("activation", revision=9))
    assert (state.twin, state.revision) == (None, 9)
    assert "allowed are 1e-06 s" in driven.errors[-1]


def test_a_lead_that_has_no_such_twin_ends_the_comparison(driven: Driven) -> None:
    """A change that does not go with what the twin has of its own is made all the same."""
    driven.do(compare("problem", "reg_dataset", spec=replace(FASTER, problem="regression", loss="auto")))
    assert driven.run.publisher.state.twin is not None
    state = driven.do(Apply(replace(FASTER, loss="crossEntropy"), 5))
    assert state.spec["loss"] == "crossEntropy"
    assert state.twin is None
    assert "The comparison has ended" in driven.errors[-1]


def test_a_comparison_survives_a_restart(driven: Driven) -> None:
    """The twin is computed again from the record of its lead."""
    driven.do(compare("activation"))
    expected = params(twin_of(driven))
    driven.run.keep_last()
    other = Driven(driven.kept[-1])
    try:
        state = other.do(step(1), slices=20)
        assert isinstance(state, State)
        assert state.twin is not None
        assert state.twin.fields == ["activation"]
        assert params(Trainer.replay(twin_of(other).run, 200)) == expected
    finally:
        other.loop.close()
