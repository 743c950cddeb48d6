"""The backward pass: from the loss of a tile to its gradient."""

from tinkernet.engine.compiler.jit import part
from tinkernet.engine.compiler.simd import EIGHT, WIDTH, fused, load, select, splat, store, store_totals, total
from tinkernet.engine.formulas.losses import SQUARED, output_deltas
from tinkernet.engine.kernels.arguments import FAN_IN, NEURONS
from tinkernet.engine.kernels.forward import NOWHERE, Weights, combine, forward
from tinkernet.engine.kernels.single import filled_up


@part
def tile_gradient(params, layer_table, tile, loss, space, lanes, masked):
    """The gradient of one tile's loss, summed over its points, in the workspace; gives the number of its points."""
    output = forward(params, layer_table, tile, space, lanes, 1, masked)
    points = backward(params, layer_table, tile, loss, space, output, lanes)
    gradients(layer_table, space, lanes)
    return points


@part
def backward(params, layer_table, tile, loss, space, output, lanes):
    """The deltas of every unit but the inputs: the derivative of the loss by its pre-activation, 0 in lanes left over.

    `output` is the place of the output layer. Gives the number of points in the tile.
    """
    last = len(layer_table) - 1
    count = layer_table[last, NEURONS]
    targets = layer_table[0, FAN_IN] * lanes
    own = targets + count * lanes
    points = splat(0.0)
    for k in range(0, lanes, WIDTH):
        points = points + load(tile, own + k)
    if loss == SQUARED:
        for j in range(0, count * lanes, lanes):
            for k in range(0, lanes, WIDTH):
                at = output + j + k
                delta = (load(space.outputs, at) - load(tile, targets + j + k)) * load(space.derivatives, at)
                store(space.deltas, at, select(load(tile, own + k) > 0.0, delta, 0.0))
    else:
        output_deltas(loss, space.outputs, space.derivatives, space.deltas, tile, output, targets, count, lanes)
    target = output
    for layer in range(last, 0, -1):
        fan_in, neurons, first = layer_table[layer, 0], layer_table[layer, 1], layer_table[layer, 2]
        row = filled_up(fan_in)
        source = target - row * lanes
        weights = Weights(first, 1, row, NOWHERE)
        combine(params, weights, space.deltas, target, neurons, source, fan_in, lanes, space.derivatives)
        target = source
    return total(points)


@part
def gradients(layer_table, space, lanes):
    """The gradient of one tile's loss, summed over its points: two neurons by four inputs at a time.

    Each sum is taken in EIGHT partial sums. Where a vector holds only half of them the other half is summed after it,
    not beside it, for which there would be too few registers; adding the halves is the first step of `store_totals`
    where a vector holds all.
    """
    outputs, deltas, gradient = space.outputs, space.deltas, space.gradient
    source = 0
    for layer in range(len(layer_table)):
        fan_in, neurons, weights, biases = (
            layer_table[layer, 0],
            layer_table[layer, 1],
            layer_table[layer, 2],
            layer_table[layer, 3],
        )
        row = filled_up(fan_in)
        target = source + row * lanes
        for o in range(0, neurons, 2):
            d = target + o * lanes
            for i in range(0, fan_in, 4):
                a = source + i * lanes
                s0, s1, s2, s3, t0, t1, t2, t3 = eight_products(outputs, deltas, a, d, lanes, 0)
                for first in range(WIDTH, EIGHT, WIDTH):
                    u0, u1, u2, u3, v0, v1, v2, v3 = eight_products(outputs, deltas, a, d, lanes, first)
                    s0, s1, s2, s3 = s0 + u0, s1 + u1, s2 + u2, s3 + u3
                    t0, t1, t2, t3 = t0 + v0, t1 + v1, t2 + v2, t3 + v3
                store_totals(gradient, weights + o * row + i, s0, s1, s2, s3)
                store_totals(gradient, weights + (o + 1) * row + i, t0, t1, t2, t3)
        for o in range(0, neurons, 4):
            d = target + o * lanes
            s0, s1, s2, s3 = four_sums_of_deltas(deltas, d, lanes, 0)
            for first in range(WIDTH, EIGHT, WIDTH):
                u0, u1, u2, u3 = four_sums_of_deltas(deltas, d, lanes, first)
                s0, s1, s2, s3 = s0 + u0, s1 + u1, s2 + u2, s3 + u3
            store_totals(gradient, biases + o, s0, s1, s2, s3)
        source = target


@part
def eight_products(outputs, deltas, a, d, lanes, first):
    """Sums over the points of a tile: the deltas of two neurons, from d on, times the outputs of four units, from a on.

    Gives eight vectors of partial sums: of the EIGHT those from number `first` on, WIDTH of them.
    """
    s0, s1, s2, s3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
    t0, t1, t2, t3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
    for k in range(first, lanes, EIGHT):
        x0, x1 = load(outputs, a + k), load(outputs, a + lanes + k)
        x2, x3 = load(outputs, a + 2 * lanes + k), load(outputs, a + 3 * lanes + k)
        one, two = load(deltas, d + k), load(deltas, d + lanes + k)
        s0, s1, s2, s3 = fused(one, x0, s0), fused(one, x1, s1), fused(one, x2, s2), fused(one, x3, s3)
        t0, t1, t2, t3 = fused(two, x0, t0), fused(two, x1, t1), fused(two, x2, t2), fused(two, x3, t3)
    return s0, s1, s2, s3, t0, t1, t2, t3


@part
def four_sums_of_deltas(deltas, d, lanes, first):
    """Sums over the points of a tile: the deltas of four neurons, from d on; partial sums as in `eight_products`."""
    s0, s1, s2, s3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
    for k in range(first, lanes, EIGHT):
        s0, s1 = s0 + load(deltas, d + k), s1 + load(deltas, d + lanes + k)
        s2, s3 = s2 + load(deltas, d + 2 * lanes + k), s3 + load(deltas, d + 3 * lanes + k)
    return s0, s1, s2, s3
