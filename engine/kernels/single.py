"""Training on points one by one: a vector holds units of a layer, not points.

In the other kernels a batch of one point would fill one lane of each vector, and take as many operations as a whole
one. Here a tile has a single lane, and the units of a layer stand side by side, filled up to a multiple of FOUR with
zeros. The formulas are the same; the sums over a layer's inputs are taken in another order. Every update waits for the
one before, so the longest chain of operations from weights to weights is what counts: sums stay in registers until
they are outputs, and what is stored is loaded again as it was stored, as a whole vector or as one number of it (a load
that spans two stores waits for the cache). For that, and because layers are small, a vector has four lanes here on
every processor.
"""

from tinkernet.engine.compiler.jit import part, routine
from tinkernet.engine.compiler.simd import (
    FOUR,
    WIDTH,
    first_lanes,
    fused,
    load_four,
    number,
    select,
    splat,
    splat_four,
    store,
    totals,
)
from tinkernet.engine.formulas.activations import activated


@part
def filled_up(count):
    """The next multiple of FOUR."""
    return (count + FOUR - 1) // FOUR * FOUR


@part
def sums_of_four(params, first, row, outputs, source, fan_in):
    """The pre-activations of four neurons without their biases; rows of weights are `row` apart, from `first` on."""
    s0, s1, s2, s3 = splat_four(0.0), splat_four(0.0), splat_four(0.0), splat_four(0.0)
    for i in range(0, fan_in, FOUR):
        x, at = load_four(outputs, source + i), first + i
        s0 = fused(load_four(params, at), x, s0)
        s1 = fused(load_four(params, at + row), x, s1)
        s2 = fused(load_four(params, at + 2 * row), x, s2)
        s3 = fused(load_four(params, at + 3 * row), x, s3)
    return totals(s0, s1, s2, s3)


@part
def forward_one(params, layer_table, tile, outputs, derivatives, deltas):
    """Outputs and derivatives of every unit, inputs first, for a point, and the deltas of the squared error.

    Gives the place of the output layer.
    """
    targets = filled_up(layer_table[0, 0])
    for i in range(0, layer_table[0, 0], FOUR):
        store(outputs, i, load_four(tile, i))
    target = 0
    for layer in range(len(layer_table)):
        fan_in, neurons = layer_table[layer, 0], layer_table[layer, 1]
        weights, biases = layer_table[layer, 2], layer_table[layer, 3]
        row = filled_up(fan_in)
        source = target
        target = source + row
        for o in range(0, neurons, FOUR):
            z = sums_of_four(params, weights + o * row, row, outputs, source, fan_in) + load_four(params, biases + o)
            value, derivative = activated(layer_table[layer, 4], z, outputs, derivatives, target + o)
            value = select(first_lanes(neurons - o), value, 0.0)
            derivative = select(first_lanes(neurons - o), derivative, 0.0)
            store(outputs, target + o, value)
            store(derivatives, target + o, derivative)
            if layer == len(layer_table) - 1:
                store(deltas, target + o, (value - load_four(tile, targets + o)) * derivative)
    return target


@part
def learn_one(params, layer_table, tile, outputs, derivatives, deltas, moved, factor):
    """Add the gradient of the squared error of a point to `moved`, times a factor.

    `moved` may be the parameters themselves, which saves the way through a gradient: each weight is moved after it was
    last read. Both callers below inline this; a single one that is told where to add would not let the compiler see
    that the two arrays are one.
    """
    target = forward_one(params, layer_table, tile, outputs, derivatives, deltas)
    for layer in range(len(layer_table) - 1, -1, -1):
        fan_in, neurons = layer_table[layer, 0], layer_table[layer, 1]
        weights, biases = layer_table[layer, 2], layer_table[layer, 3]
        row = filled_up(fan_in)
        source = target - row
        for i in range(0, row, FOUR):
            x = factor * load_four(outputs, source + i)
            s0, s1, s2, s3 = splat_four(0.0), splat_four(0.0), splat_four(0.0), splat_four(0.0)
            for o in range(0, neurons, FOUR):
                d0, d1 = number(deltas, target + o), number(deltas, target + o + 1)
                d2, d3 = number(deltas, target + o + 2), number(deltas, target + o + 3)
                at0 = weights + o * row + i
                at1, at2, at3 = at0 + row, at0 + 2 * row, at0 + 3 * row
                s0, s1 = fused(d0, load_four(params, at0), s0), fused(d1, load_four(params, at1), s1)
                s2, s3 = fused(d2, load_four(params, at2), s2), fused(d3, load_four(params, at3), s3)
                store(moved, at0, fused(d0, x, load_four(moved, at0)))
                store(moved, at1, fused(d1, x, load_four(moved, at1)))
                store(moved, at2, fused(d2, x, load_four(moved, at2)))
                store(moved, at3, fused(d3, x, load_four(moved, at3)))
            store(deltas, source + i, (s0 + s1 + (s2 + s3)) * load_four(derivatives, source + i))
        for o in range(0, neurons, FOUR):
            store(moved, biases + o, fused(factor, load_four(deltas, target + o), load_four(moved, biases + o)))
        target = source


@routine
def learn(params, layer_table, tiles, first, stop, outputs, derivatives, deltas, rate):
    """Plain gradient descent on the points from `first` to `stop`, one after the other.

    A routine of its own, so that this loop has all registers to itself.
    """
    for index in range(first, stop):
        learn_one(params, layer_table, tiles[index], outputs, derivatives, deltas, params, -rate)


@routine
def gradient_of_one(params, layer_table, tile, outputs, derivatives, deltas, gradient):
    """The gradient of the squared error of a point."""
    for at in range(0, len(params), WIDTH):
        store(gradient, at, splat(0.0))
    learn_one(params, layer_table, tile, outputs, derivatives, deltas, gradient, 1.0)
