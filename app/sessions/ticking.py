"""By what a run goes on: epochs, batches or examples, at its newest epoch; epochs alone in its past."""

from __future__ import annotations

from tinkernet.app.sessions.past import Past
from tinkernet.app.wire.commands import Step, Tick
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Trainer
from tinkernet.engine.training.clocks import EPOCHS, Clock


def asked(step: Step | Tick, past: Past) -> tuple[Clock, str, int]:
    """The clock of a step, the name of its count, and that.

    Raises ProtocolError for a batch or an example of the past.
    """
    if isinstance(step, Step):
        return EPOCHS, "epochs", step.epochs
    if past.is_shown and step.clock != EPOCHS:
        allowed = "epoch, while an earlier epoch is shown"
        said = f"One {step.clock} at a time is for the newest epoch: go back to now, or step by epochs."
        raise ProtocolError("clock", step.clock, allowed, said)
    return step.clock, "count", step.count


def advance(past: Past, trainer: Trainer, clock: Clock, count: int, seconds: float) -> int:
    """Train by so many ticks, or in the past replay what is known; gives how many were done."""
    return past.forward(trainer, count, seconds) if past.is_shown else trainer.tick(clock, count, seconds)


def ticks(past: Past, trainer: Trainer, clock: Clock) -> int:
    """How many ticks the run has behind it where it is shown: what its speed is measured by."""
    return past.shown(trainer).epoch if past.is_shown else trainer.ticks(clock)
