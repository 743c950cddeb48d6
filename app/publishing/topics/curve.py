"""The curve of a network with one input."""

from __future__ import annotations

from collections.abc import Sequence

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import CurveTopic
from tinkernet.app.wire.frames import Curve
from tinkernet.app.wire.levels import SMALL_MOST
from tinkernet.engine.analysis.curve import curve


def make(moment: Moment, topics: Sequence[CurveTopic]) -> Sequence[Curve]:
    """Computed once for all. Empty where the run learns from other data: a page may ask before it knows."""
    trainer = moment.trainer
    if not trainer.dataset.shape.has_curve:
        return [Curve(**moment.stamp)] * len(topics)
    output, shares = curve(trainer)
    return [
        Curve(curve=output, shares=shares[:SMALL_MOST] if topic.shares else None, **moment.stamp) for topic in topics
    ]
