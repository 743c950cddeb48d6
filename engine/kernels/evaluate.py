"""The forward pass alone: losses, the outputs of chosen units, and maps of them."""

from tinkernet.engine.compiler.jit import kernel, part
from tinkernet.engine.compiler.simd import (
    EIGHT,
    WIDTH,
    load,
    load_eight,
    select,
    splat_eight,
    store,
    store_bytes,
    total,
)
from tinkernet.engine.formulas.layout import LOSS, NOT_FINITE
from tinkernet.engine.formulas.losses import SQUARED, output_losses, softmax
from tinkernet.engine.kernels.arguments import COUPLED, FAN_IN, NETWORK, NEURONS, SETS
from tinkernet.engine.kernels.forward import forward, workspace_of


@part
def mean_loss(params, layer_table, tiles, loss, space):
    """The mean loss over the points of a set, without the penalty."""
    lanes = tiles.shape[2]
    count = layer_table[len(layer_table) - 1, NEURONS]
    losses, points = splat_eight(0.0), splat_eight(0.0)
    for index in range(len(tiles)):
        tile = tiles[index]
        output = forward(params, layer_table, tile, space, lanes, 0, 0)
        targets = layer_table[0, FAN_IN] * lanes
        own = targets + count * lanes
        for k in range(0, lanes, EIGHT):
            points = points + load_eight(tile, own + k)
        if loss == SQUARED:
            for j in range(0, count * lanes, lanes):
                for k in range(0, lanes, EIGHT):
                    error = load_eight(space.outputs, output + j + k) - load_eight(tile, targets + j + k)
                    losses = losses + select(load_eight(tile, own + k) > 0.0, 0.5 * error * error, 0.0)
        else:
            losses = losses + output_losses(loss, space.outputs, tile, output, targets, count, lanes)
    return total(losses) / total(points)


@part
def losses_of_sets(params, layer_table, sets, loss, rows, losses, epoch):
    """The mean losses of the training and the test set, as row `epoch` of losses; `rows`: a workspace."""
    space = workspace_of(rows)
    for column, tiles in enumerate(sets):
        losses[epoch, column] = mean_loss(params, layer_table, tiles, loss, space)


@kernel(f"void({NETWORK}, int64[::1], {SETS}, float64[:,::1], float64[:,::1])")
def evaluate(network, choices, sets, workspace, losses):
    """Losses (1, 2) of the network as it is: of the training set and of the test set."""
    losses_of_sets(network[0], network[3], sets, choices[LOSS], workspace, losses, 0)


@kernel("void(float64[:,::1], int64[:,::1], float64[:,:,::1], int64, float64[:,::1], float64[::1])")
def losses_of_many(vectors, layer_table, tiles, loss, workspace, losses):
    """The mean loss over the points of a set with each of several vectors of parameters: vectors (k, p), losses (k,).

    The loop is here, because the call of a kernel takes as long as the loss of a small network.
    """
    space = workspace_of(workspace)
    for row in range(len(vectors)):
        losses[row] = mean_loss(vectors[row], layer_table, tiles, loss, space)


@part
def show(params, layer_table, tile, space):
    """Outputs of every unit for one tile as a person sees them: those that share a softmax are probabilities."""
    lanes = tile.shape[1]
    output = forward(params, layer_table, tile, space, lanes, 0, 0)
    last = len(layer_table) - 1
    if layer_table[last, COUPLED]:
        softmax(space.outputs, output, layer_table[last, NEURONS], lanes)


@kernel("void(float64[::1], int64[:,::1], float64[:,:,::1], int64[::1], float64[:,::1], float64[:,::1])")
def respond(params, layer_table, tiles, units, workspace, outputs):
    """Outputs of the chosen units for each point: outputs (len(units), tiles * lanes).

    units: int64, rows of the workspace.
    """
    lanes = tiles.shape[2]
    space = workspace_of(workspace)
    for index in range(len(tiles)):
        show(params, layer_table, tiles[index], space)
        for row in range(len(units)):
            for k in range(0, lanes, WIDTH):
                at = row * outputs.shape[1] + index * lanes + k
                store(outputs, at, load(space.outputs, units[row] * lanes + k))


@kernel("void(float64[::1], int64[:,::1], float64[:,:,::1], int64[::1], float64[:,::1], uint8[:,::1])")
def paint(params, layer_table, tiles, units, workspace, maps):
    """Outputs of the chosen units as bytes (see `data.grid.quantised`): maps (len(units), tiles * lanes), uint8."""
    lanes = tiles.shape[2]
    space = workspace_of(workspace)
    for index in range(len(tiles)):
        show(params, layer_table, tiles[index], space)
        for row in range(len(units)):
            for k in range(0, lanes, WIDTH):
                value = load(space.outputs, units[row] * lanes + k)
                level = 127.0 + 127.0 * select(value > 1.0, 1.0, select(value < -1.0, -1.0, value))
                # value - value is NaN for an infinity and for a NaN.
                level = select(value - value <= 0.0, level, 255.0)
                store_bytes(maps, row * maps.shape[1] + index * lanes + k, level)


@kernel("void(uint8[:,::1], uint8[:,::1])")
def average(maps, others):
    """The mean of two sets of maps (maps, pixels), rounded down, in place of the first.

    Not a finite number where either is none. A kernel rather than six steps of NumPy, because Python's threads change
    turns at every step.
    """
    for row in range(len(maps)):
        for k in range(maps.shape[1]):
            one, other = maps[row, k], others[row, k]
            mean = (int(one) + int(other)) >> 1
            maps[row, k] = NOT_FINITE if one == NOT_FINITE or other == NOT_FINITE else mean
