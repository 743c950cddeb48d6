"""Units by their name on the wire."""

from __future__ import annotations

from tinkernet.app.wire.levels import OUTPUT
from tinkernet.engine import Trainer
from tinkernet.engine.data.features import is_input, is_written


def resolve_unit(trainer: Trainer, unit: str) -> str:
    """The unit itself if this network has it, else the output: the page may have chosen it in the network before.

    The outputs of several classes together are OUTPUT; else the first output has a name of its own ("layer.0").
    """
    sizes = trainer.network.sizes
    if is_written(unit):  # of others than its own nothing is computed
        return unit if unit in trainer.spec.features else _output(trainer)
    if is_input(unit, trainer.dataset.shape.columns):
        return unit
    layer, dot, neuron = unit.partition(".")
    if dot and layer.isdecimal() and int(layer) + 1 < len(sizes) and int(neuron) < sizes[int(layer) + 1]:
        return unit
    return _output(trainer)


def _output(trainer: Trainer) -> str:
    sizes = trainer.network.sizes
    return OUTPUT if trainer.task.classes and sizes[-1] > 1 else f"{len(sizes) - 2}.0"
