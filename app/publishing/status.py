"""What a state says of training: why it stopped, and its best checkpoint."""

from __future__ import annotations

from math import isfinite
from typing import Any

from tinkernet.app.wire.events import BestCheckpoint, Drawn, Error, StopReason
from tinkernet.engine import Spec, Trainer, link_from_spec
from tinkernet.engine.data.drawing import BLANK
from tinkernet.engine.data.drawing_text import text_of


def stop_reason_of(trainer: Trainer) -> StopReason | None:
    """The stop rule that holds. A divergence is not one: the state has its epoch."""
    rule = trainer.halted
    if rule is None or rule == "diverged":
        return None
    return StopReason(rule=rule, message=f"Stopped: {trainer.spec.why_stopped(rule)}.")


def refusal_to_train(trainer: Trainer) -> Error | None:
    """What is told who wants to train while a stop rule holds."""
    stopped = stop_reason_of(trainer)
    if stopped is None:
        return None
    said = f"{stopped.message} Change that rule, or reset, to train on."
    return Error(field=stopped.rule, value=None, allowed="", message=said)


def best_checkpoint_of(trainer: Trainer) -> BestCheckpoint | None:
    """The checkpoint that patience keeps; none without test points, which tell what is best."""
    if not trainer.spec.patience or len(trainer.data.test) == 0:
        return None
    loss = trainer.best_loss
    return BestCheckpoint(epoch=trainer.best_epoch, test_loss=loss if isfinite(loss) else None)


class Status:
    """What states tell of a trainer. A run has one, which makes the text of a drawing once."""

    def __init__(self) -> None:
        self._drawing, self._text = BLANK, ""

    def of(self, trainer: Trainer | None, spec: Spec) -> dict[str, Any]:
        """The fields of a state that are of a trainer, by name; before there is one, of a run with this spec."""
        drawn = None if trainer is None else self._drawn_of(trainer)
        return {
            "diverged_at": None if trainer is None else trainer.diverged_at,
            "halted": None if trainer is None else stop_reason_of(trainer),
            "best": None if trainer is None else best_checkpoint_of(trainer),
            "drawn": drawn,
            "link": link_from_spec(spec, "" if drawn is None else drawn.text),
        }

    def _drawn_of(self, trainer: Trainer) -> Drawn | None:
        """What is drawn, and can be undone; None where neither is."""
        drawing, steps = trainer.drawing, trainer.steps
        if not drawing.points and steps.undo is None and steps.redo is None:
            return None
        if drawing is not self._drawing:
            self._drawing, self._text = drawing, text_of(drawing) if drawing.points else ""
        return Drawn(points=len(drawing.points), text=self._text, undo=steps.undo, redo=steps.redo)
