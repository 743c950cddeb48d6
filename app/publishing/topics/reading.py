"""What units are under the pointers of all who point: in one pass."""

from __future__ import annotations

from collections.abc import Sequence

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.publishing.units import resolve_unit
from tinkernet.app.wire.commands import ReadingTopic
from tinkernet.app.wire.frames import Reading
from tinkernet.app.wire.levels import NO_CLASS, OUTPUT
from tinkernet.engine.analysis import probe


def make(moment: Moment, topics: Sequence[ReadingTopic]) -> Sequence[Reading]:
    """The unit's output at each point; of several outputs together the largest, and whose it is."""
    trainer = moment.trainer
    asked = [(resolve_unit(trainer, topic.unit), topic.x, topic.y) for topic in topics]
    together = [index for index, (unit, _, _) in enumerate(asked) if unit == OUTPUT]
    single = [index for index, (unit, _, _) in enumerate(asked) if unit != OUTPUT]
    found: dict[int, tuple[float, int]] = {}
    if together:
        chosen = probe.classes_at(trainer, [asked[index][1:] for index in together])
        found |= {index: (value, winner) for index, (winner, value) in zip(together, chosen, strict=True)}
    if single:
        values = probe.unit_values(trainer, [asked[index] for index in single])
        found |= {index: (value, NO_CLASS) for index, value in zip(single, values, strict=True)}
    return [Reading(value=found[index][0], winner=found[index][1], **moment.stamp) for index in range(len(topics))]
