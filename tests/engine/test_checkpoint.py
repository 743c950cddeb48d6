"""A checkpoint is the whole of a run: what goes on from it is, bit for bit, what would have gone on without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from numba.core import config

from tests.engine.test_training import ALL, CHANGES
from tinkernet.engine import Spec, Trainer

pytestmark = pytest.mark.points(100)


def edit(trainer: Trainer) -> None:
    """A typed weight, a typed bias and another learning rate."""
    trainer.set_weight(0, 1, 0, -0.75)
    trainer.set_bias(1, 0, 0.5)
    trainer.reconfigure(Spec.from_dict(trainer.spec.to_dict() | {"learning_rate": 0.1}))


def change_all(trainer: Trainer) -> None:
    """Every live field, other frozen and cut parts, and a typed weight of a link that is cut."""
    trainer.reconfigure(Spec.from_dict(trainer.spec.to_dict() | CHANGES))
    trainer.set_weight(1, 0, 2, 0.25)
    trainer.reconfigure(Spec.from_dict(trainer.spec.to_dict() | {"cut": [], "frozen": []}))


CASES: dict[str, tuple[dict[str, Any], Callable[[Trainer], object]]] = {
    "plain": ({}, lambda trainer: None),
    # 250 points in batches of 30 leave 10 points of an epoch for the first update of the next.
    "carried gradient": ({"short_batch": "carry", "batch_size": 30}, lambda trainer: None),
    "dead links": ({"regularization": "L1", "regularization_rate": 0.1, "noise": 30.0}, lambda trainer: None),
    "edited": ({"hidden": (5, 3), "activation": "relu"}, edit),
    "never updates": ({"short_batch": "carry", "batch_size": 400}, lambda trainer: None),
    "everything": (ALL | {"order": "shuffled"}, lambda trainer: None),
    "everything, changed": (ALL | {"optimiser": "nesterov"}, lambda trainer: change_all(trainer)),
    "no hidden layer": ({"hidden": (), "problem": "regression"}, lambda trainer: None),
}


def same(one: Trainer, two: Trainer) -> bool:
    """Everything that a page could see, and everything that training goes on from."""
    return one.checkpoint() == two.checkpoint() and one.spec == two.spec and one.diverged_at == two.diverged_at


def carried_over(trainer: Trainer) -> Trainer:
    """Through what a store keeps: numbers and lists as JSON, arrays as bytes."""
    saved = trainer.checkpoint()
    plain = {name: value for name, value in saved.items() if not isinstance(value, bytes)}
    blobs = {name: value for name, value in saved.items() if isinstance(value, bytes)}
    return Trainer.restored(trainer.spec, json.loads(json.dumps(plain)) | blobs)


@pytest.mark.parametrize("name", CASES)
def test_going_on_is_as_if_never_stopped(name: str) -> None:
    """Stopped and restored after some epochs, edited, and again: the same as in one go, and so is a reset."""
    values, change = CASES[name]
    spec = Spec(seed="0.4", **values)
    alone, stopped = Trainer(spec), Trainer(spec)
    for epochs in (2, 1, 2) if config.DISABLE_JIT else (7, 3, 12):
        alone.advance(epochs)
        stopped.advance(epochs)
        change(alone)
        change(stopped)
        stopped = carried_over(stopped)
        assert same(alone, stopped)
    alone.reset()
    stopped.reset()
    assert same(alone, stopped)


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="interpreted, thousands of epochs take many minutes")
def test_a_thinned_history_goes_on() -> None:
    """Past 4096 epochs the curve has been thinned; it is thinned again at the same epoch."""
    spec = Spec(seed="1", hidden=(), train_percent=1)
    alone, stopped = Trainer(spec), Trainer(spec)
    alone.advance(9000)
    stopped.advance(5000)
    stopped = carried_over(stopped)
    stopped.advance(4000)
    assert stopped.history.stride == 4
    assert same(alone, stopped)


def test_a_diverged_run_stays_diverged() -> None:
    """The epoch at which the loss was no number any more is kept, and nothing is trained after it."""
    trainer = Trainer(Spec(seed="1", problem="regression", activation="linear", learning_rate=10, hidden=(8, 8)))
    trainer.advance(2000)
    again = carried_over(trainer)
    assert again.diverged_at == trainer.diverged_at is not None
    assert again.advance(1) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("params", b"1234567"), ("parameter_mask", bytes(8)), ("rows", b""), ("rows", bytes(12)), ("stride", 0),
     ("updates", []), ("test_loss", "x"), ("log", 5), ("log_start", 1), ("epoch", "x"), ("version", 5),
      ("steps", b"?")],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(name: str, value: object) -> None:
    """Too short, too long or of another kind: an error, not a network that is half of another."""
    saved = Trainer(Spec(seed="1")).checkpoint()
    with pytest.raises((ValueError, TypeError)):
        Trainer.restored(Spec(seed="1"), saved | {name: value})
    del saved[name]
    with pytest.raises(KeyError):
        Trainer.restored(Spec(seed="1"), saved)
