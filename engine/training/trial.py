"""What one update would do, tried on copies: nothing of the run changes."""

from dataclasses import dataclass

import numpy as np

from tinkernet.engine.compiler.simd import EIGHT, aligned
from tinkernet.engine.data.dataset import Floats, Points
from tinkernet.engine.formulas import layout
from tinkernet.engine.formulas.optimisers import SGD
from tinkernet.engine.kernels import evaluate, train
from tinkernet.engine.network import batching
from tinkernet.engine.training.executor import Executor


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One update by one point alone, without dropout and without what a short batch has left.

    units: outputs, derivatives and deltas of every unit, inputs first, as the kernel that trains had them: (3, units);
    0 in derivatives and deltas of the inputs. shown: outputs as a person sees them (units,). gradient, params: of the
    loss, and the parameters after the update, both laid out as `Network.padded`. targets: one for each output.
    loss: before the update, without the penalty. learning_rate: of the present epoch.
    """

    units: Floats
    shown: Floats
    gradient: Floats
    params: Floats
    targets: Floats
    loss: float
    learning_rate: float


def trial(executor: Executor, points: Points, *, forget: bool = False) -> Trial:
    """Train the network of an executor on one point, once. forget: the optimiser begins without its moments."""
    network, task = executor.network, executor.task
    tile = batching.tiles_of(points, executor.spec.features, task, EIGHT)
    space = network.workspace(EIGHT)
    # Optimisers work on the gradient in place, plain descent does not.
    _update(executor, points, tile, forget=True, plain=True)
    units = np.array([row[network.units * EIGHT] for row in space[:3]])
    units[1:, : network.sizes[0]] = 0.0
    gradient = space[3, : len(network.padded)].copy()
    shown = np.empty((len(network.units), EIGHT))
    evaluate.respond(network.padded, network.shown_table, tile, network.units, space, shown)
    return Trial(
        units,
        shown[:, 0],
        gradient,
        _update(executor, points, tile, forget=forget),
        batching.targets(points.targets, task)[:, 0],
        loss_of(executor, points, network.padded),
        executor.learning_rate,
    )


def output_deltas(executor: Executor, points: Points) -> Floats:
    """The slope of each point's own loss by the pre-activations of the outputs, without dropout: (outputs, n)."""
    network, found = executor.network, np.empty((executor.task.outputs, len(points)))
    space, places = network.workspace(EIGHT), network.units[-executor.task.outputs :] * EIGHT
    for first in range(0, len(points), EIGHT):
        part = Points(points.inputs[first : first + EIGHT], points.targets[first : first + EIGHT])
        _update(executor, part, batching.tiles_of(part, executor.spec.features, executor.task, EIGHT), plain=True)
        for lane in range(len(part)):
            found[:, first + lane] = space[2][places + lane]
    return found


def _update(executor: Executor, points: Points, tile: Floats, *, forget: bool = True, plain: bool = False) -> Floats:
    """The parameters after one update; what the kernel left of it is in the workspace. plain: by plain descent."""
    network = executor.network
    params, mask, optimiser_state = map(_copied, (network.padded, network.parameter_mask, network.optimiser_state))
    hyperparameters, choices = (each.copy() for each in executor.settings)
    choices[layout.DROPPING] = choices[layout.PATIENCE] = hyperparameters[layout.PENDING] = 0
    if plain:
        choices[layout.OPTIMISER] = SGD
    if forget:
        optimiser_state[layout.FIRST_MOMENT : layout.SECOND_MOMENT + 1] = 0.0
        hyperparameters[layout.UPDATES] = 0.0
    sets = _set(executor, points)
    train.train(
        (params, mask, optimiser_state, network.layer_table),
        (hyperparameters, choices),
        (tile, np.array([[1, 0]], np.int64)),
        (sets, sets),
        (network.workspace(EIGHT), network.workspace(batching.MAX_LANES)),
        np.array([executor.learning_rate]),
        np.empty((1, 2)),
        0,
        1,
    )
    return params


def gradient_of(executor: Executor, points: Points) -> Floats:
    """The gradient of the mean loss of points, without the penalty and dropout, laid out as `Network.padded`.

    The kernel that trains keeps a gradient that no update has used yet: here none does.
    """
    network, tiles = executor.network, _set(executor, points)
    optimiser_state = _copied(network.optimiser_state)
    optimiser_state[layout.CARRIED_GRADIENT] = 0.0
    hyperparameters, choices = (each.copy() for each in executor.settings)
    choices[layout.DROPPING] = choices[layout.PATIENCE] = hyperparameters[layout.PENDING] = 0
    workspace = network.workspace(batching.MAX_LANES)
    train.train(
        (_copied(network.padded), network.parameter_mask, optimiser_state, network.layer_table),
        (hyperparameters, choices),
        (tiles, np.array([[0, index * batching.MAX_LANES] for index in range(len(tiles))], np.int64)),
        (tiles[:1], tiles[:1]),
        (workspace, workspace),
        np.zeros(1),
        np.empty((1, 2)),
        0,
        len(tiles),
    )
    gradient: Floats = optimiser_state[layout.CARRIED_GRADIENT] / hyperparameters[layout.PENDING]
    return gradient


def losses_with(executor: Executor, vectors: Floats) -> Floats:
    """The mean loss of the training points with each vector of parameters (k, p), laid out as `Network.padded`: (k,).

    As training computes it, without the penalty and dropout.
    """
    network, losses = executor.network, np.empty(len(vectors))
    workspace, loss = network.workspace(batching.MAX_LANES), int(executor.settings[1][layout.LOSS])
    evaluate.losses_of_many(vectors, network.layer_table, executor.train_tiles, loss, workspace, losses)
    return losses


def loss_of(executor: Executor, points: Points, params: Floats) -> float:
    """The mean loss of points with other parameters, laid out as `Network.padded`."""
    network, losses, tiles = executor.network, np.empty((1, 2)), _set(executor, points)
    trained = params, network.parameter_mask, network.optimiser_state, network.layer_table
    evaluate.evaluate(trained, executor.settings[1], (tiles, tiles), network.workspace(batching.MAX_LANES), losses)
    return float(losses[0, 0])


def losses_of(executor: Executor, points: Points) -> Floats:
    """The loss of each point (n,), as training computes it, without the penalty."""
    tiles, found = batching.single_tiles(points, executor.spec.features, executor.task), np.empty(len(points))
    network, choices, losses = executor.network, executor.settings[1], np.empty((1, 2))
    trained = network.padded, network.parameter_mask, network.optimiser_state, network.layer_table
    workspace = network.workspace(batching.MAX_LANES)
    for index in range(0, len(points), 2):  # the kernel takes two sets
        last = min(index + 1, len(points) - 1)
        evaluate.evaluate(trained, choices, (tiles[index : index + 1], tiles[last : last + 1]), workspace, losses)
        found[index], found[last] = losses[0]
    return found


def _set(executor: Executor, points: Points) -> Floats:
    return batching.tiles_of(points, executor.spec.features, executor.task)


def _copied(array: Floats) -> Floats:
    """An aligned copy."""
    found = aligned(array.size).reshape(array.shape)
    found[:] = array
    return found
