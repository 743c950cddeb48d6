"""How each layer moves the plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import BendingTopic
from tinkernet.app.wire.inside import Bending
from tinkernet.engine.analysis.bending import GRID, bending
from tinkernet.engine.data.slices import named_slice

SECONDS = 0.1  # ten pictures a second: one of four stops is 45 kB


def make(moment: Moment, topics: Sequence[BendingTopic]) -> Sequence[Bending]:
    """One record for each plane."""
    return [_of_plane(moment, topic.plane) for topic in topics]


def _of_plane(moment: Moment, plane: str) -> Bending:
    trainer = moment.trainer
    stops = bending(trainer, named_slice(trainer.dataset, plane))
    facts = [[stop.kind, stop.units, stop.share, stop.right, *stop.line] for stop in stops]
    places = np.array([stop.places for stop in stops])
    return Bending(plane=plane, grid=GRID, stops=np.array(facts), places=places, **moment.stamp)
