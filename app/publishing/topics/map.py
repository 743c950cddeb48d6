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
from tinkernet.engine.data.slices import Slice, named_slice


def make(moment: Moment, topics: Sequence[MapTopic]) -> Sequence[Map]:
    """A record for each unit as it was asked for; two that mean the same unit share its map."""
    units = [resolve_unit(moment.trainer, topic.unit) for topic in topics]
    painted = {
        plane: paint(moment.trainer, {unit for topic, unit in zip(topics, units, strict=True) if topic.plane == plane},
                     plane=named_slice(moment.trainer.dataset, plane))
        for plane in {topic.plane for topic in topics}
    }  # fmt: skip
    levels = {(plane, unit): big_levels(map) for plane, maps in painted.items() for unit, map in maps.items()}
    found = []
    for topic, unit in zip(topics, units, strict=True):
        big_map, steps, classes = levels[topic.plane, unit]
        map = Map(unit=topic.unit, plane=topic.plane, classes=classes, levels=steps, big_map=big_map, **moment.stamp)
        found.append(map)
    return found


def paint(
    trainer: Trainer, units: Iterable[str], side: int = BIG_SIDE, plane: Slice | None = None
) -> dict[str, Bytes | ClassMap]:
    """The maps of units that the network has, of side x side pixels. OUTPUT is one of several outputs together."""
    wanted = set(units)
    found: dict[str, Bytes | ClassMap] = {
        **unit_maps(trainer, sorted(wanted - {OUTPUT}), side, smooth=True, plane=plane)
    }
    if OUTPUT in wanted:
        found[OUTPUT] = ClassMap(*class_map(trainer, side, plane), trainer.task.outputs)
    return found
