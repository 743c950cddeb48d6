"""What the network answers for each point, and how far off that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import PointsTopic
from tinkernet.app.wire.frames import Points
from tinkernet.engine.analysis.metrics import predicted_classes
from tinkernet.engine.analysis.probe import outputs

SECONDS = 1.0  # a table that moves faster cannot be read, and 5,000 points are 45 kB


def make(moment: Moment, topics: Sequence[PointsTopic]) -> Sequence[Points]:
    """One record: this topic has no parameters."""
    trainer = moment.trainer
    found = np.concatenate([outputs(trainer, part.inputs) for part in trainer.data], axis=1)
    losses = np.concatenate([trainer.losses_of(part) for part in trainer.data])
    several = trainer.task.classes > 0 and trainer.task.outputs > 1
    return [
        Points(
            answers=found.max(axis=0) if several else found[0],
            said=predicted_classes(found, trainer.task).astype(np.uint8) if trainer.task.classes else None,
            point_losses=losses,
            **moment.stamp,
        )
    ] * len(topics)
