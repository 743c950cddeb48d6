"""What a state says of training: why it stopped, and its best checkpoint."""

from __future__ import annotations

from math import isfinite

from tinkernet.app.wire.events import BestCheckpoint, Drawn, StopReason
from tinkernet.engine import Trainer


def stop_reason_of(trainer: Trainer) -> StopReason | None:
    """The stop rule that holds. A divergence is not one: the state has its epoch."""
    rule = trainer.halted
    if rule is None or rule == "diverged":
        return None
    return StopReason(rule=rule, message=f"Stopped: {trainer.spec.why_stopped(rule)}.")


def best_checkpoint_of(trainer: Trainer) -> BestCheckpoint | None:
    """The checkpoint that patience keeps; none without test points, which tell what is best."""
    if not trainer.spec.patience or len(trainer.data.test) == 0:
        return None
    loss = trainer.best_loss
    return BestCheckpoint(epoch=trainer.best_epoch, test_loss=loss if isfinite(loss) else None)


def drawn_of(trainer: Trainer) -> Drawn | None:
    """What was drawn on the points, and can be undone."""
    steps = trainer.steps
    if not trainer.drawing.points and steps.undo is None and steps.redo is None:
        return None
    return Drawn(points=len(trainer.drawing.points), undo=steps.undo, redo=steps.redo)
