"""A twin has the numbers of its own record, whatever the lead does meanwhile, and leaves the lead as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.engine.conftest import spec
from tests.engine.test_laws import state
from tinkernet.engine import Run, Spec, SpecError, Trainer
from tinkernet.engine.data.drawing import Moved, NewPoint
from tinkernet.engine.training.edits import FieldEdit
from tinkernet.engine.training.twin import Twin, changes_of

LEADS: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": dict(dropout=0.3),
    "shuffled": dict(order="shuffled", batch_size=7),
    "adam": dict(optimiser="adam", weight_decay=0.01),
    "lion": dict(optimiser="lion"),
    "momentum": dict(optimiser="momentum"),
    "stops": dict(patience=20, stop_loss=1e-9),
}
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "activation": dict(activation="relu"),
    "rate": dict(learning_rate=0.1),
    "penalty": dict(regularization="L2", regularization_rate=0.01),
    "stop": dict(stop_epoch=9),
    "shape": dict(hidden=[3, 3]),
    "batches": dict(batch_size=3),
}


def live(lead: Trainer, after: Any = None) -> None:
    """Change many things while it trains, and call `after` each time."""
    doings: list[Any] = [
        lambda: lead.advance(4),
        lambda: lead.reconfigure(replace(lead.spec, learning_rate=0.3)),
        lambda: lead.set_weight(0, 1, 0, 0.7),
        lambda: lead.set_weight(0, 1, 0, 0.9),
        lambda: lead.advance(3),
        lambda: lead.tick("batch", 2),
        lambda: lead.set_bias(1, 0, -0.2),
        lambda: lead.advance(2),
        lambda: lead.edit_data([NewPoint(1.0, 2.0, 1.0)], [], [Moved(2, 0.5, 0.5)]),
        lambda: lead.reconfigure(replace(lead.spec, frozen=("0.0",))),
        lambda: lead.advance(5),
        lambda: lead.reconfigure(replace(lead.spec, frozen=())),
        lambda: lead.advance(6),
    ]
    for do in doings:
        do()
        if after is not None:
            after()


@pytest.mark.points(80)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", LEADS)
def test_a_twin_is_the_run_of_its_own_record(kind: str, change: str) -> None:
    """In step through edits, to the last bit the run of a record that one would have written by hand."""
    start = spec(**LEADS[kind])
    lead, alone = Trainer(start), Trainer(start)
    twin = Twin(lead, CHANGES[change], None)
    places = []

    def follow() -> None:
        assert twin.follow(lead) is True
        places.append((twin.trainer.epoch, twin.trainer.batch))
        if twin.trainer.halted is None:
            assert places[-1] == twin.place_in((lead.epoch, lead.batch))

    live(lead, follow)
    live(alone)
    assert state(lead) == state(alone), "the twin has changed its lead"
    first = Spec.from_dict(start.to_dict() | CHANGES[change])
    if change in ("nothing", "activation", "penalty"):
        edits = lead.run.edits
        expected = Trainer.replay(Run(first, edits), lead.epoch)
        assert state(twin.trainer) == state(expected)
    run = twin.trainer.run
    assert run.spec == first
    assert state(Trainer.replay(run, twin.trainer.epoch, batch=twin.trainer.batch)) == state(twin.trainer)
    assert not {edit.field for edit in run.edits if isinstance(edit, FieldEdit)} & CHANGES[change].keys()
    if change == "nothing":
        assert state(twin.trainer) == state(lead)


@pytest.mark.points(80)
def test_a_twin_that_comes_late_is_the_same() -> None:
    """Made at any moment, and in small pieces, it is the twin that was there from the start."""
    lead = Trainer(spec(dropout=0.2))
    early = Twin(lead, dict(activation="relu"), None)
    live(lead, lambda: early.follow(lead))
    late = Twin(lead, dict(activation="relu"), None)
    calls = 1
    while not late.follow(lead, 1e-9):
        calls += 1
    assert calls > 3
    assert state(late.trainer) == state(early.trainer)


@pytest.mark.points(80)
def test_what_was_taken_back_asks_for_another_twin() -> None:
    """A value that was typed and typed back leaves no edit in the lead, and has left one in the twin."""
    lead = Trainer(spec())
    twin = Twin(lead, dict(activation="relu"), None)
    lead.advance(3)
    before = lead.network.typed_weight(0, 0, 0)[0]
    lead.set_weight(0, 0, 0, 0.5)
    assert twin.follow(lead) is True
    lead.set_weight(0, 0, 0, before)
    assert lead.edits == ()
    assert twin.follow(lead) is None
    assert twin.belongs_to(lead)
    lead.reset()
    assert not twin.belongs_to(lead)
    assert not twin.belongs_to(Trainer(spec()))


def test_only_asked_fields_that_differ_are_changes() -> None:
    """A twin's spec may differ from its lead's elsewhere, as by an edit on its way."""
    lead, other = spec(), spec(activation="relu", learning_rate=0.3)
    assert changes_of(lead, other, ["activation", "momentum"]) == {"activation": "relu"}
    with pytest.raises(SpecError):
        Twin(Trainer(lead), dict(hidden=[0]), None)
