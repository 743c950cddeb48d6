"""Activations of units at points. A unit is an input's key, or "layer.neuron", both counted from 0.

A place on a map is (u, v), slice coordinates: see `slices`. On the plane they are x and y.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.features import features_of, is_input
from tinkernet.engine.data.slices import Slice, default_slice
from tinkernet.engine.errors import SpecError
from tinkernet.engine.kernels import evaluate
from tinkernet.engine.network import batching
from tinkernet.engine.network.network import Network
from tinkernet.engine.training.trainer import Trainer


def activations(trainer: Trainer, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Activations of every unit at points (n, d): float64 (units, n), inputs first and the outputs last."""
    tiles = batching.input_tiles(points, trainer.spec.features)
    return activations_of(trainer.network, tiles, np.arange(len(trainer.network.units)))[:, : len(points)]


def outputs(trainer: Trainer, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Activations of the output neurons at points (n, d): float64 (outputs, n)."""
    return activations(trainer, points)[-trainer.task.outputs :]


def unit_values(trainer: Trainer, asked: Sequence[tuple[str, float, float]], plane: Slice | None = None) -> list[float]:
    """The activation of each unit at its place: (unit, u, v). Together they cost little more than one alone.

    plane: without one, the `default_slice` of the data. Raises SpecError for a unit that the network does not have.
    """
    points = lifted(trainer, [(u, v) for _, u, v in asked], plane)
    columns = trainer.dataset.shape.columns
    neurons = [index for index, (unit, _, _) in enumerate(asked) if not is_input(unit, columns)]
    rows = [unit_row(trainer.network, asked[index][0]) for index in neurons]
    found = np.empty(len(asked))
    if neurons:
        found[neurons] = activations(trainer, points[neurons])[rows, range(len(rows))]
    for index, (unit, _, _) in enumerate(asked):
        if is_input(unit, columns):
            found[index] = features_of(points[index : index + 1], (unit,))[0, 0]
    return found.tolist()


def unit_value(trainer: Trainer, unit: str, u: float, v: float, plane: Slice | None = None) -> float:
    """The activation of a unit at one place."""
    return unit_values(trainer, [(unit, u, v)], plane)[0]


def classes_at(
    trainer: Trainer, places: Sequence[tuple[float, float]], plane: Slice | None = None
) -> list[tuple[int, float]]:
    """With several classes: the predicted class at each place (u, v), and the activation of its output."""
    found = outputs(trainer, lifted(trainer, places, plane))
    return list(zip(found.argmax(axis=0).tolist(), found.max(axis=0).tolist(), strict=True))


def lifted(trainer: Trainer, places: Sequence[tuple[float, float]], plane: Slice | None) -> NDArray[np.float64]:
    """The points (n, d) of input space at places (u, v) of a map."""
    return (plane or default_slice(trainer.dataset)).lift(np.array(places, np.float64).reshape(-1, 2))


def activations_of(network: Network, tiles: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Activations of units by row (see `unit_row`) for points in tiles: float64 (rows, tiles * lanes)."""
    found = np.empty((len(rows), tiles.shape[0] * tiles.shape[2]))
    evaluate.respond(
        network.padded, network.shown_table, tiles, network.units[rows], network.workspace(batching.MAX_LANES), found
    )
    return found


def unit_row(network: Network, unit: str) -> int:
    """The row of a "layer.neuron" among all units, inputs first. Raises SpecError where the network has none such."""
    layer, dot, neuron = unit.partition(".")
    if not (dot and layer.isdecimal() and neuron.isdecimal() and len(unit) < 10):
        raise SpecError("unit", unit, 'an input of these data or "layer.neuron"')
    network.check_neuron(int(layer), int(neuron))
    return sum(network.sizes[: int(layer) + 1]) + int(neuron)
