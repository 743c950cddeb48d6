"""Training: epochs over the tiles of the training set, from any tile to any other."""

from math import isfinite

from tinkernet.engine.compiler.jit import kernel
from tinkernet.engine.compiler.simd import BUNCH
from tinkernet.engine.formulas.layout import (
    BEST_EPOCH,
    BEST_LOSS,
    BEST_PARAMETERS,
    CARRIED_GRADIENT,
    DROPPING,
    EPOCH,
    LEARNING_RATE,
    LOSS,
    PATIENCE,
    PENDING,
    STOP_LOSS,
)
from tinkernet.engine.kernels.arguments import BATCHES, NETWORK, SETS, SETTINGS, WORKSPACES
from tinkernet.engine.kernels.backward import tile_gradient
from tinkernet.engine.kernels.dropout import draw_masks
from tinkernet.engine.kernels.evaluate import losses_of_sets
from tinkernet.engine.kernels.forward import workspace_of
from tinkernet.engine.kernels.single import gradient_of_one, learn
from tinkernet.engine.kernels.update import add_carried, is_plain_descent, keep, update


@kernel(f"int64({NETWORK}, {SETTINGS}, {BATCHES}, {SETS}, {WORKSPACES}, float64[::1], float64[:,::1], int64, int64)")
def train(network, settings, batches, sets, workspaces, rates, losses, first, count):
    """Train on `count` tiles, from tile `first` of the present epoch on; gives how many were trained on.

    Epochs that begin or go on here have each a learning rate in `rates` (epochs,); those that end here have each a row
    in `losses` (epochs, 2): the mean loss of the training and of the test set after it. Whole epochs are first 0 and
    count epochs * tiles.

    It stops early only at the end of an epoch: when the training loss is not finite, when the test loss is as low as
    asked, or when it has not been lower than the best for as many epochs as asked.

    Training in pieces is bit for bit training at one go: what goes on from one piece to the next is in `network` and
    `settings` alone. Stopped between the tiles of a batch, the gradient so far is carried in the optimiser's state.
    """
    params, _, optimiser_state, layer_table = network
    hyperparameters, choices = settings
    tiles, batch_index = batches
    space = workspace_of(workspaces[0])
    lanes, loss, masked = tiles.shape[2], choices[LOSS], choices[DROPPING]
    alone = lanes == 1 and is_plain_descent(hyperparameters, choices)
    start, left = first, count
    for epoch in range(len(losses)):
        hyperparameters[LEARNING_RATE] = rates[epoch]
        stop = min(len(tiles), start + left)
        left -= stop - start
        by_tile = stop
        if alone:
            # A gradient that waits is taken along by the first update; after that, points go by themselves.
            by_tile = min(stop, start + 1) if hyperparameters[PENDING] > 0.0 else start
        for index in range(start, by_tile):
            tile = tiles[index]
            if masked:
                draw_masks(layer_table, hyperparameters, choices, tile, batch_index[index, 1], space.masks)
            if lanes == 1:
                gradient_of_one(
                    params, layer_table, tile, space.outputs, space.derivatives, space.deltas, space.gradient
                )
                points = 1.0
            # The same twice, for the compiler: it unrolls loops over a number of lanes that it knows. A batch of ten
            # is one bunch.
            elif lanes == BUNCH:
                points = tile_gradient(params, layer_table, tile, loss, space, BUNCH, masked)
            else:
                points = tile_gradient(params, layer_table, tile, loss, space, lanes, masked)
            if hyperparameters[PENDING] > 0.0:
                add_carried(space.gradient, optimiser_state)
                points += hyperparameters[PENDING]
            if batch_index[index, 0]:
                update(network, space.gradient, hyperparameters, choices, points)
                hyperparameters[PENDING] = 0.0
            else:
                keep(optimiser_state, CARRIED_GRADIENT, space.gradient)
                hyperparameters[PENDING] = points
        if by_tile < stop:
            learn(
                params, layer_table, tiles, by_tile, stop, space.outputs, space.derivatives, space.deltas, rates[epoch]
            )
        if stop < len(tiles):
            break
        start = 0
        hyperparameters[EPOCH] += 1.0
        losses_of_sets(params, layer_table, sets, loss, workspaces[1], losses, epoch)
        tested = losses[epoch, 1]
        if choices[PATIENCE] > 0 and tested < hyperparameters[BEST_LOSS]:
            keep(optimiser_state, BEST_PARAMETERS, params)
            hyperparameters[BEST_LOSS], hyperparameters[BEST_EPOCH] = tested, hyperparameters[EPOCH]
        waited = choices[PATIENCE] > 0 and hyperparameters[EPOCH] - hyperparameters[BEST_EPOCH] >= choices[PATIENCE]
        if waited or tested <= hyperparameters[STOP_LOSS] or not isfinite(losses[epoch, 0]) or left == 0:
            break
    return count - left
