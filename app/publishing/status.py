"""What is said of training besides its frames: why it stopped, its best state, how good its answers are."""

from __future__ import annotations

from math import isfinite
from typing import Any

from tinkernet.app.wire.commands import RunId
from tinkernet.app.wire.events import BestCheckpoint, Metrics, SetMetrics, StopReason
from tinkernet.engine import Trainer
from tinkernet.engine.analysis import metrics
from tinkernet.engine.analysis.probe import outputs
from tinkernet.engine.data.dataset import Points

PREDICTED = 200  # points of each part whose predictions are told: as many as a small picture can show


def stop_reason_of(trainer: Trainer) -> StopReason | None:
    """The stop rule that holds; a divergence is told by its epoch."""
    rule = trainer.halted
    if rule is None or rule == "diverged":
        return None
    return StopReason(rule=rule, message=f"Stopped: {trainer.spec.why_stopped(rule)}.")


def best_checkpoint_of(trainer: Trainer) -> BestCheckpoint | None:
    """The state that patience keeps."""
    if not trainer.spec.patience:
        return None
    return BestCheckpoint(
        epoch=trainer.best_epoch, test_loss=trainer.best_loss if isfinite(trainer.best_loss) else None
    )


def metrics_of(trainer: Trainer, run: RunId, restarts: int) -> Metrics:
    """Of all points of both parts, as the network is now."""
    by_part = {
        name: SetMetrics(**found, predicted=_predicted(trainer, getattr(trainer.data, name)))
        for name, found in metrics.metrics_of(trainer).items()
    }
    return Metrics(run=run, restarts=restarts, epoch=trainer.epoch, **by_part)


def _predicted(trainer: Trainer, points: Points) -> list[float | None] | None:
    if trainer.task.classes:
        return None
    answers: list[Any] = outputs(trainer, points.inputs[:PREDICTED])[0].tolist()
    return [round(value, 3) if isfinite(value) else None for value in answers]
