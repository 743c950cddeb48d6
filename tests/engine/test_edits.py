"""Edits of a run: a burst of them is its last values, and their number is bounded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import config

from tests.engine.conftest import spec
from tests.engine.test_laws import state
from tests.engine.test_training import changed
from tinkernet.engine import Run, Spec, SpecError, Trainer
from tinkernet.engine.data.drawing import Moved, NewPoint
from tinkernet.engine.training import pending
from tinkernet.engine.training.edits import BestEdit, BiasEdit, FieldEdit, WeightEdit

pytestmark = pytest.mark.points(100)
Change = Callable[[Trainer], object]


def field(**values: Any) -> Change:
    """A change of live fields."""
    return lambda run: run.reconfigure(changed(run.spec, **values))


def weight(value: float, layer: int = 0, neuron: int = 1, input: int = 0) -> Change:
    """A typed weight: of the link 0.1.0, unless told otherwise."""
    return lambda run: run.set_weight(layer, neuron, input, value)


def bias(value: float) -> Change:
    """A typed bias."""
    return lambda run: run.set_bias(1, 0, value)


def draw(**edit: Any) -> Change:
    """An edit of points."""
    return lambda run: run.edit_data(**edit)


def undo(run: Trainer) -> None:
    """The last edit of points is undone."""
    if run.steps.undo is not None:
        run.undo_data(run.steps.undo)


def best(run: Trainer) -> None:
    """The best parameters again."""
    run.restore_best()


ADD, MOVE = draw(added=[NewPoint(0.5, -1.5, 1)]), draw(moved=[Moved(0, 0.25, 0.5), Moved(1, training=False)])
BASE: dict[str, Any] = {"optimiser": "adam", "noise": 30.0, "regularization": "L1", "regularization_rate": 0.05}
PATIENT = BASE | {"patience": 400, "learning_rate": 0.3}
# What the run is, the burst, and what it is the same as.
BURSTS: dict[str, tuple[dict[str, Any], list[Change], list[Change]]] = {
    "optimiser": (BASE, [field(optimiser="sgd"), field(optimiser="adam")], []),
    "other optimiser": (BASE, [field(optimiser="sgd"), field(optimiser="lion")], [field(optimiser="lion")]),
    "patience": (PATIENT, [field(patience=0), field(patience=400)], []),
    "patience begun": (BASE, [field(patience=3), weight(2.0), field(patience=9)], [weight(2.0), field(patience=9)]),
    "cut": (BASE, [field(cut=["0.1", "x"]), field(cut=[])], []),
    "cut with patience": (PATIENT, [field(cut=["x"]), field(cut=[])], []),
    "frozen": (BASE, [field(frozen=["0.1", "x"]), field(frozen=["y"])], [field(frozen=["y"])]),
    "typed twice": (BASE, [weight(3.0), bias(1.0), weight(-1.0)], [bias(1.0), weight(-1.0)]),
    "typed, then cut": (BASE, [weight(3.0), field(cut=["x"])], [field(cut=["x"]), weight(3.0)]),
    "typed while cut": (BASE, [field(cut=["x"]), weight(3.0), field(cut=[])], [weight(3.0)]),
    "cut before": (BASE | {"cut": ["x"]}, [weight(3.0), field(cut=[]), weight(1.0)], [weight(1.0), field(cut=[])]),
    "best": (PATIENT, [weight(3.0), bias(2.0), best], [best]),
    "best and typed": (
        PATIENT,
        [weight(3.0), best, bias(2.0), field(patience=0)],
        [best, bias(2.0), field(patience=0)],
    ),
    "activation": (PATIENT, [field(activation="relu"), field(activation="tanh")], []),
    "drawn and undone": (PATIENT, [ADD, field(patience=3), MOVE, undo, field(patience=400), undo], []),
    "drawn": (PATIENT, [MOVE, weight(3.0), ADD, undo], [weight(3.0), MOVE]),
    "batches": (BASE, [field(batch_size=3), field(order="shuffled"), field(batch_size=10, order="fixed")], []),
}
EPOCHS = 3 if config.DISABLE_JIT else 40


@pytest.mark.parametrize("name", BURSTS)
def test_a_burst_is_its_last_values(name: str) -> None:
    """The same bits after the same epochs, the same record, and at once the same losses."""
    values, burst, same = BURSTS[name]
    runs = Trainer(spec(**values)), Trainer(spec(**values))
    for run, changes in zip(runs, (burst, same), strict=True):
        run.advance(EPOCHS)
        for change in changes:
            change(run)
    assert state(runs[0]) == state(runs[1])
    assert runs[0].run == runs[1].run
    assert runs[0].best_loss == runs[1].best_loss
    for run in runs:
        run.advance(2)
    assert state(runs[0]) == state(runs[1])
    assert (runs[0].best_epoch, runs[0].best_loss) == (runs[1].best_epoch, runs[1].best_loss)
    assert state(Trainer.replay(runs[0].run, EPOCHS + 2)) == state(runs[0])


@pytest.mark.parametrize("name", [name for name in BURSTS if not name.startswith("drawn")])
def test_a_checkpoint_inside_a_burst_changes_nothing(name: str) -> None:
    """Stopped after each change and gone on with, the burst is the same; but what can be undone is not kept."""
    values, burst, _ = BURSTS[name]
    whole, stopped = Trainer(spec(**values)), Trainer(spec(**values))
    whole.advance(3)
    stopped.advance(3)
    for change in burst:
        change(whole)
        change(stopped)
        stopped = Trainer.restored(stopped.spec, stopped.checkpoint())
    assert stopped.run == whole.run
    whole.advance(2)
    stopped.advance(2)
    assert state(stopped) == state(whole)
    assert stopped.run == whole.run


CHANGES: list[Change] = [
    weight(0.5), weight(-2.0), weight(1.0, 1, 0, 2), bias(0.25), best, field(optimiser="sgd"), field(optimiser="adam"),
    field(patience=0), field(patience=50), field(cut=["x"]), field(cut=["0.1", "1.0.2"]), field(cut=[]),
    field(frozen=["0.1"]), field(frozen=[]), field(batch_size=7), field(batch_size=10), field(dropout=0.2),
    field(activation="relu"), field(activation="tanh"), field(order="shuffled"), field(order="fixed"), ADD, MOVE, undo,
]  # fmt: skip


@settings(max_examples=3 if config.DISABLE_JIT else 60, deadline=None)
@given(st.lists(st.lists(st.sampled_from(CHANGES), max_size=6), max_size=4))
def test_any_run_is_replayed(bursts: list[list[Change]]) -> None:
    """Whatever was changed, and undone: the record gives the same bits at the end and on the way."""
    run = Trainer(spec(**PATIENT))
    states = []
    for burst in bursts:
        run.advance(2)
        states.append((run.epoch, run.network.params.tobytes()))
        for change in burst:
            try:
                change(run)
            except SpecError:
                assert not run.spec.patience
    run.advance(1)
    record = Run.from_dict(json.loads(json.dumps(run.run.to_dict(), allow_nan=False)))
    assert record == run.run
    assert record.canonical() == run.run.canonical()
    assert state(Trainer.replay(record, run.epoch)) == state(run)
    assert record.last_spec == run.spec
    for epoch, params in states:
        # Edits of that very epoch come after the state that was noted.
        before = Run(record.spec, tuple(edit for edit in record.edits if edit.epoch < epoch))
        assert Trainer.replay(before, epoch).network.params.tobytes() == params


def test_the_best_is_of_the_network_as_it_is() -> None:
    """Once an activation or a cut is another, losses from before cannot be compared: the best begins there."""
    run = Trainer(spec(**PATIENT))
    run.advance(20)
    run.reconfigure(changed(run.spec, cut=["0.1"]))
    assert (run.best_epoch, run.best_loss) == (20, run.test_loss)
    run.advance(9)
    run.restore_best()
    assert run.test_loss == run.best_loss
    assert run.network.weights(1)[0, 1] == 0.0  # what is cut stays cut


def test_a_link_is_cut_and_restored_as_it_was() -> None:
    """Dead before, dead after: a cut is no cure, typing is."""
    run = Trainer(spec(regularization="L1", regularization_rate=0.3))
    while not run.network.dead(0).any():
        run.advance(1)
    dead = run.network.dead(0).copy()
    run.reconfigure(changed(run.spec, cut=["x", "y"]))
    run.advance(1)
    run.reconfigure(changed(run.spec, cut=[]))
    run.advance(1)
    assert (run.network.dead(0) | ~dead).all()


def test_edits_are_named_records() -> None:
    """With the epoch and the batch before which they take effect."""
    run = Trainer(spec(patience=5))
    run.advance(3)
    run.restore_best()
    run.set_weight(0, 1, 0, 0.5)
    run.set_bias(0, 2, -1.0)
    run.reconfigure(changed(run.spec, learning_rate=0.1, cut=["y"]))
    assert run.edits == (
        BestEdit(3, 0),
        WeightEdit(3, 0, 0, 1, 0, 0.5),
        BiasEdit(3, 0, 0, 2, -1.0),
        FieldEdit(3, 0, "learning_rate", 0.1),
        FieldEdit(3, 0, "cut", ["y"]),
    )
    run.advance(1)
    assert len(run.edits) == 5
    assert run.run.spec == spec(patience=5)


def test_the_number_of_edits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused edit changes nothing; those that overwrite one another count once; a reset makes room."""
    monkeypatch.setattr(pending, "MAX_EDITS", 3)
    run = Trainer(spec())
    for value in range(50):
        run.set_weight(0, 0, 0, float(value))
        run.reconfigure(spec(learning_rate=0.001 * value))
    run.advance(1)
    run.set_bias(0, 0, 1.0)
    before = state(run)
    for refused in (lambda: run.set_bias(0, 1, 1.0), lambda: run.reconfigure(changed(run.spec, optimiser="adam"))):
        with pytest.raises(SpecError, match="number of changes in a run must be at most 3 before it is reset, not 4"):
            refused()
    assert (state(run), run.spec.optimiser) == (before, "sgd")
    run.set_bias(0, 0, 2.0)
    run.advance(1)
    assert len(run.edits) == 3
    run.reset()
    run.set_bias(0, 1, 1.0)


def test_the_bytes_of_edits_are_bounded() -> None:
    """Long lists of parts fill a run before it has many edits."""
    run = Trainer(spec(hidden=(64, 64)))
    lists = [[f"0.{neuron}.{input}" for neuron in range(64) for input in (0, 1)] * 2 for _ in range(2)]
    lists[1][0] = "x"

    def fill() -> None:
        for at in range(10_000):
            run.reconfigure(changed(run.spec, cut=lists[at % 2]))
            run._record_pending()

    with pytest.raises(SpecError, match="bytes of all changes in a run must be at most 1,000,000") as refusal:
        fill()
    assert refusal.value.field == "edits"
    assert 300 < len(run.edits) < 1000
    size = len(run.run.canonical())
    assert 990_000 < size < 1_003_000


def test_a_checkpoint_costs_what_is_new() -> None:
    """From a mark on only later edits are handed out; together the parts are the whole."""
    run = Trainer(spec())
    log: list[Any] = []
    for epoch in range(5):
        run.set_bias(0, 0, float(epoch))
        run.advance(1)
        part = run.checkpoint(since=len(log))
        assert (part["log_start"], len(part["log"])) == (len(log), 2 if epoch == 0 else 1)
        log += part["log"]
    assert log == run.checkpoint()["log"]
    assert run.log_length == len(log)
    assert state(Trainer.restored(run.spec, part | {"log_start": 0, "log": log})) == state(run)
    assert Spec.from_dict(log[0]["spec"]) == spec()


def test_the_order_of_typing_leaves_no_trace() -> None:
    """Values typed in any order give the same checkpoint, before the next update and after it."""
    places: list[tuple[int, int, int | None]] = [(1, 0, None), (0, 1, 0), (0, 0, 1)]
    found = []
    for order in (places, places[::-1]):
        run = Trainer(spec())
        for layer, neuron, input in order:
            if input is None:
                run.set_bias(layer, neuron, 0.25)
            else:
                run.set_weight(layer, neuron, input, 0.5)
        found.append(run.checkpoint())
        run.advance(2)
        found.append(run.checkpoint())
    assert found[:2] == found[2:]
