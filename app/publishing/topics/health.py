"""The gradient, and what ails the neurons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import HealthTopic
from tinkernet.app.wire.inside import Health
from tinkernet.engine.analysis.health import health

SECONDS = 0.25  # numbers that change faster cannot be read


def make(moment: Moment, topics: Sequence[HealthTopic]) -> Sequence[Health]:
    """One record: this topic has no parameters."""
    trainer = moment.trainer
    if len(trainer.data.train) == 0:
        found = Health(gradient=np.zeros(0), ailments=np.zeros(0), **moment.stamp)
    else:
        gradient, ailments = health(trainer)
        found = Health(gradient=gradient, ailments=ailments, **moment.stamp)
    return [found] * len(topics)
