"""The big maps of units: painted together, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.publishing.units import resolve_unit
from tinkernet.app.wire.commands import MapTopic
from tinkernet.app.wire.frames import Map
from tinkernet.app.wire.levels import BIG_SIDE, OUTPUT, Bytes, ClassMap, big_levels
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.maps import class_map, unit_maps


def make(moment: Moment, topics: Sequence[MapTopic]) -> Sequence[Map]:
    """A record for each unit as it was asked for; two that mean the same unit share its map."""
    units = [resolve_unit(moment.trainer, topic.unit) for topic in topics]
    map_from_unit = {unit: big_levels(found) for unit, found in paint(moment.trainer, units).items()}
    found = []
    for topic, unit in zip(topics, units, strict=True):
        big_map, levels, classes = map_from_unit[unit]
        found.append(Map(unit=topic.unit, classes=classes, levels=levels, big_map=big_map, **moment.stamp))
    return found


def paint(trainer: Trainer, units: Iterable[str], side: int = BIG_SIDE) -> dict[str, Bytes | ClassMap]:
    """The maps of units that the network has, of side x side pixels. OUTPUT is one of several outputs together."""
    wanted = set(units)
    found: dict[str, Bytes | ClassMap] = {**unit_maps(trainer, sorted(wanted - {OUTPUT}), side, smooth=True)}
    if OUTPUT in wanted:
        found[OUTPUT] = ClassMap(*class_map(trainer, side), trainer.task.outputs)
    return found
