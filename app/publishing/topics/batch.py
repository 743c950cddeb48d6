"""The batch that is trained next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import BatchTopic
from tinkernet.app.wire.example import Batch
from tinkernet.engine.analysis.pull import pushes


def make(moment: Moment, topics: Sequence[BatchTopic]) -> Sequence[Batch]:
    """One record: this topic has no parameters."""
    trainer = moment.trainer
    now = trainer.batch_now()
    with np.errstate(over="ignore"):  # a length that is infinite is shown as such
        pulls = np.linalg.norm(trainer.batch_deltas(), axis=0)
    return [
        Batch(
            batch=now.batch,
            batches=now.batches,
            batch_size=now.size,
            example=now.example,
            done=now.done,
            examples=now.examples,
            members=now.ids,
            pulls=pulls,
            pushes=pushes(trainer),
            **moment.stamp,
        )
    ] * len(topics)
