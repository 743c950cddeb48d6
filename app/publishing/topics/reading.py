"""What units are under the pointers of all who point: in one pass."""

from __future__ import annotations

from collections.abc import Sequence

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.publishing.units import resolve_unit
from tinkernet.app.wire.commands import ReadingTopic
from tinkernet.app.wire.frames import Reading
from tinkernet.app.wire.levels import NO_CLASS, OUTPUT
from tinkernet.engine.analysis import probe
from tinkernet.engine.data.slices import named_slice


def make(moment: Moment, topics: Sequence[ReadingTopic]) -> Sequence[Reading]:
    """The unit's output at each point; of several outputs together the largest, and whose it is."""
    found: dict[int, Reading] = {}
    for plane in {topic.plane for topic in topics}:
        own = [index for index, topic in enumerate(topics) if topic.plane == plane]
        found |= dict(zip(own, _of_plane(moment, [topics[index] for index in own]), strict=True))
    return [found[index] for index in range(len(topics))]


def _of_plane(moment: Moment, topics: Sequence[ReadingTopic]) -> Sequence[Reading]:
    trainer = moment.trainer
    plane = named_slice(trainer.dataset, topics[0].plane)
    asked = [(resolve_unit(trainer, topic.unit), topic.x, topic.y) for topic in topics]
    together = [index for index, (unit, _, _) in enumerate(asked) if unit == OUTPUT]
    single = [index for index, (unit, _, _) in enumerate(asked) if unit != OUTPUT]
    found: dict[int, tuple[float, int]] = {}
    if together:
        chosen = probe.classes_at(trainer, [asked[index][1:] for index in together], plane)
        found |= {index: (value, winner) for index, (winner, value) in zip(together, chosen, strict=True)}
    if single:
        values = probe.unit_values(trainer, [asked[index] for index in single], plane)
        found |= {index: (value, NO_CLASS) for index, value in zip(single, values, strict=True)}
    return [Reading(value=found[index][0], winner=found[index][1], **moment.stamp) for index in range(len(topics))]
