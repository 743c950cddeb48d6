"""What units are under the pointers of all who point: in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.publishing.units import resolve_unit
from tinkernet.app.wire.commands import ReadingTopic
from tinkernet.app.wire.frames import Reading
from tinkernet.app.wire.levels import NO_CLASS, OUTPUT
from tinkernet.engine.analysis import probe


def make(moment: Moment, topics: Sequence[ReadingTopic]) -> Mapping[ReadingTopic, Reading]:
    """The unit's output at each point; of several outputs together the largest, and whose it is."""
    trainer = moment.trainer
    unit_from_topic = {topic: resolve_unit(trainer, topic.unit) for topic in topics}
    together = [topic for topic, unit in unit_from_topic.items() if unit == OUTPUT]
    single = [topic for topic, unit in unit_from_topic.items() if unit != OUTPUT]
    found: dict[ReadingTopic, tuple[float, int]] = {}
    if together:
        chosen = probe.classes_at(trainer, [(topic.x, topic.y) for topic in together])
        found |= {topic: (value, winner) for topic, (winner, value) in zip(together, chosen, strict=True)}
    if single:
        values = probe.unit_values(trainer, [(unit_from_topic[topic], topic.x, topic.y) for topic in single])
        found |= {topic: (value, NO_CLASS) for topic, value in zip(single, values, strict=True)}
    return {topic: Reading(value=value, winner=winner, **moment.stamp) for topic, (value, winner) in found.items()}
