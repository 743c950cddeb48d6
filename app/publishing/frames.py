"""What there is to see of a unit: its maps, packed, and what it answers under a pointer."""

from __future__ import annotations

from collections.abc import Mapping, Set

from tinkernet.app.wire.commands import Subscribe
from tinkernet.app.wire.frames import (
    BIG_SIDE,
    OUTPUT,
    SMALL_MOST,
    SMALL_SIDE,
    Body,
    Bytes,
    ClassMap,
    Reading,
    encode_body,
    encode_points,
)
from tinkernet.engine import Trainer
from tinkernet.engine.analysis import probe
from tinkernet.engine.analysis.maps import class_map, decision_maps
from tinkernet.engine.data.features import is_input
from tinkernet.engine.data.slices import default_slice, slice_points


def known(trainer: Trainer, unit: str) -> str:
    """The unit itself if this network has it, else the output: the page's choice may be of the network before.

    The outputs of several classes go by OUTPUT together; else the first output by its own name.
    """
    sizes = trainer.network.sizes
    if is_input(unit, trainer.dataset.shape.columns):
        return unit
    layer, dot, neuron = unit.partition(".")
    if dot and layer.isdecimal() and int(layer) + 1 < len(sizes) and int(neuron) < sizes[int(layer) + 1]:
        return unit
    return OUTPUT if trainer.task.classes and sizes[-1] > 1 else f"{len(sizes) - 2}.0"


def maps(trainer: Trainer, units: Set[str]) -> tuple[Bytes, dict[str, Bytes | ClassMap]]:
    """The small maps, and by unit (see `known`) the big ones."""
    own = tuple(sorted(units - {OUTPUT}))
    small_maps, of_units = decision_maps(trainer, own, BIG_SIDE, SMALL_SIDE, smooth=True, most=SMALL_MOST)
    big_maps: dict[str, Bytes | ClassMap] = {**of_units}
    if OUTPUT in units:
        big_maps[OUTPUT] = ClassMap(*class_map(trainer, BIG_SIDE), trainer.task.outputs)
    return small_maps, big_maps


def points_of(trainer: Trainer, restarts: int) -> bytes:
    """The points of a run for its viewers: where the map shows them, and their labels."""
    plane, classes = default_slice(trainer.dataset), trainer.task.classes
    return encode_points(*(slice_points(part, plane, classes) for part in trainer.data), restarts=restarts)


def bodies(trainer: Trainer, units: Set[str], *, deflate: bool) -> dict[str, Body]:
    """By unit (see `known`) what its viewers get."""
    small_maps, big_maps = maps(trainer, units)
    params = trainer.network.params
    return {unit: encode_body(params, small_maps, big_map, deflate=deflate) for unit, big_map in big_maps.items()}


def readings(trainer: Trainer, unit_from_watch: Mapping[Subscribe, str]) -> dict[Subscribe, Reading]:
    """What each unit answers where its pointer is, all points together; of several outputs the winner's answer, and
    whose it is."""
    found = dict.fromkeys(unit_from_watch, Reading())
    point_from_watch = {watch: (watch.x, watch.y) for watch in found if watch.x is not None and watch.y is not None}
    winners = {watch: point for watch, point in point_from_watch.items() if unit_from_watch[watch] == OUTPUT}
    others = {watch: (unit_from_watch[watch], *point_from_watch[watch]) for watch in point_from_watch.keys() - winners}
    if winners:
        answers = probe.classes_at(trainer, list(winners.values()))
        found.update((watch, Reading(answer, chosen)) for watch, (chosen, answer) in zip(winners, answers, strict=True))
    values = probe.unit_values(trainer, list(others.values()))
    found.update((watch, Reading(value)) for watch, value in zip(others, values, strict=True))
    return found
