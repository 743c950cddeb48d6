"""How good the outputs are on all points of both sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import MetricsTopic
from tinkernet.app.wire.frames import Metrics
from tinkernet.app.wire.part import Array
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.metrics import metrics_of
from tinkernet.engine.analysis.probe import outputs
from tinkernet.engine.data.dataset import Points

SECONDS = 0.25  # numbers that change faster cannot be read
PREDICTED = 200  # points of each set whose predictions are sent: as many as a small picture can show
TYPES = {"confusion": np.uint32}


def make(moment: Moment, topics: Sequence[MetricsTopic]) -> Sequence[Metrics]:
    """One record: this topic has no parameters."""
    trainer = moment.trainer
    sets = metrics_of(trainer)
    found: dict[str, Any] = {
        name: np.array([_numbers(sets[part][name]) for part in ("train", "test")], TYPES.get(name, np.float64))
        for name in sets["train"]
    }
    if not trainer.task.classes:
        found["predicted_train"] = _predicted(trainer, trainer.data.train)
        found["predicted_test"] = _predicted(trainer, trainer.data.test)
    return [Metrics(**found, **moment.stamp)] * len(topics)


def _numbers(value: Any) -> Any:
    """With NaN for None, which is what the engine says where a metric is not defined."""
    if isinstance(value, list):
        return [_numbers(each) for each in value]
    return np.nan if value is None else value


def _predicted(trainer: Trainer, points: Points) -> Array:
    found: Array = outputs(trainer, points.inputs[:PREDICTED])[0]
    return found
