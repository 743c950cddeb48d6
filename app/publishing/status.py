"""What is said of training besides its frames: why it stopped, its best state, how good its answers are."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.app.wire.protocol import Answers, Best, Halt, Measures
from tinkernet.engine import Trainer

PREDICTED = 200  # points of each part whose predictions are told: as many as a small picture can show


def halt_of(trainer: Trainer) -> Halt | None:
    """The stop rule that holds; a divergence is told by its epoch."""
    rule = trainer.halted
    if rule is None or rule == "diverged":
        return None
    return Halt(rule=rule, message=f"Stopped: {trainer.spec.why_stopped(rule)}.")


def best_of(trainer: Trainer) -> Best | None:
    """The state that patience keeps."""
    if not trainer.spec.patience:
        return None
    return Best(epoch=trainer.best_epoch, test_loss=trainer.best_loss if isfinite(trainer.best_loss) else None)


def measures_of(trainer: Trainer, run: int) -> Measures:
    """Of all points of both parts, as the network is now."""
    answers = {
        name: Answers(**found, predicted=_predicted(trainer, getattr(trainer.data, name)))
        for name, found in trainer.measures().items()
    }
    return Measures(run=run, epoch=trainer.epoch, **answers)


def _predicted(trainer: Trainer, points: NDArray[np.float64]) -> list[float | None] | None:
    if trainer.spec.problem != "regression":
        return None
    answers: list[Any] = trainer.answers(points[:PREDICTED, :2])[-1].tolist()
    return [round(value, 3) if isfinite(value) else None for value in answers]
