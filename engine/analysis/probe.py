"""Activations of units at points. A unit is a feature's key, or "layer.neuron", both counted from 0."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.features import feature_from_key
from tinkernet.engine.errors import SpecError
from tinkernet.engine.kernels import train
from tinkernet.engine.network import batching
from tinkernet.engine.network.network import Network
from tinkernet.engine.training.trainer import Trainer


def activations(trainer: Trainer, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Activations of every unit at points (n, 2): float64 (units, n), inputs first and the outputs last."""
    pack = batching.unlabelled(points, trainer.spec.features)
    return activations_of(trainer.network, pack, np.arange(len(trainer.network.units)))[:, : len(points)]


def outputs(trainer: Trainer, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Activations of the output neurons at points (n, 2): float64 (outputs, n)."""
    return activations(trainer, points)[-trainer.spec.outputs :]


def unit_values(trainer: Trainer, asked: Sequence[tuple[str, float, float]]) -> list[float]:
    """The activation of each unit at its point: (unit, x, y). Together they cost little more than one alone.

    Raises SpecError for a unit that the network does not have.
    """
    points = np.array([(x, y) for _, x, y in asked], np.float64).reshape(-1, 2)
    neurons = [index for index, (unit, _, _) in enumerate(asked) if unit not in feature_from_key]
    rows = [unit_row(trainer.network, asked[index][0]) for index in neurons]
    found = np.empty(len(asked))
    if neurons:
        found[neurons] = activations(trainer, points[neurons])[rows, range(len(rows))]
    for index, (unit, _, _) in enumerate(asked):
        if unit in feature_from_key:
            found[index] = feature_from_key[unit].function(*points[index, :, None])[0]
    return found.tolist()


def unit_value(trainer: Trainer, unit: str, x: float, y: float) -> float:
    """The activation of a unit at one point."""
    return unit_values(trainer, [(unit, x, y)])[0]


def classes_at(trainer: Trainer, points: Sequence[tuple[float, float]]) -> list[tuple[int, float]]:
    """With several outputs: the predicted class of each point (x, y), and the activation of its output."""
    found = outputs(trainer, np.array(points, np.float64))
    return list(zip(found.argmax(axis=0).tolist(), found.max(axis=0).tolist(), strict=True))


def activations_of(network: Network, pack: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Activations of units by row (see `unit_row`) for packed points: float64 (rows, chunks * lanes)."""
    found = np.empty((len(rows), pack.shape[0] * pack.shape[2]))
    train.respond(network.padded, network.shown, pack, network.units[rows], network.room(batching.MAX_LANES), found)
    return found


def unit_row(network: Network, unit: str) -> int:
    """The row of a "layer.neuron" among all units, inputs first. Raises SpecError where the network has none such."""
    layer, dot, neuron = unit.partition(".")
    if not (dot and layer.isdecimal() and neuron.isdecimal() and len(unit) < 10):
        raise SpecError("unit", unit, 'a feature or "layer.neuron"')
    network.check_neuron(int(layer), int(neuron))
    return sum(network.sizes[: int(layer) + 1]) + int(neuron)
