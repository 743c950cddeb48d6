"""The forward pass: the outputs of every unit for the points of a tile."""

from typing import Any, NamedTuple

from tinkernet.engine.compiler.jit import part
from tinkernet.engine.compiler.simd import PAIR, WIDTH, alike, fused, load, load_pair, number, store
from tinkernet.engine.formulas.activations import activate
from tinkernet.engine.kernels.arguments import FAN_IN, Workspace
from tinkernet.engine.kernels.single import filled_up

NOWHERE = -1


class Weights(NamedTuple):
    """The weights of a layer as `combine` goes through them: the place of the first, the steps to the next sum and to
    the next term, and the place of the biases that the sums start from, or NOWHERE."""

    first: Any
    by_sum: Any
    by_term: Any
    biases: Any


@part
def workspace_of(rows):
    """The rows of a workspace by name."""
    return Workspace(rows[0], rows[1], rows[2], rows[3], rows[4])


@part
def combine(params, weights, values, source, terms, target, sums, lanes, factors):
    """Sum r = bias r + over t, weight (r, t) * term t: a layer forward. Without biases, times factor r: backward.

    Terms, factors and sums are rows of `lanes` numbers: terms in `values` from `source` on, sums from `target` on,
    factors beside the sums. Four sums at a time, in two registers where there are as many lanes: each term and each
    weight is then loaded once for several sums, and no sum waits for its own last product.
    """
    for r in range(0, sums, 4):
        k = 0
        while k + PAIR <= lanes:
            four_sums(load_pair, params, weights, values, source + k, terms, target + r * lanes + k, r, lanes, factors)
            k += PAIR
        while k < lanes:
            four_sums(load, params, weights, values, source + k, terms, target + r * lanes + k, r, lanes, factors)
            k += WIDTH


@part
def four_sums(loaded, params, weights, values, x, terms, at, r, lanes, factors):
    """Sums r to r + 3 in as many lanes as are `loaded` at once: terms from x on, sums from `at` on."""
    w0 = weights.first + r * weights.by_sum
    w1, w2, w3 = w0 + weights.by_sum, w0 + 2 * weights.by_sum, w0 + 3 * weights.by_sum
    term = loaded(values, x)
    z0, z1 = initial(term, params, weights, r), initial(term, params, weights, r + 1)
    z2, z3 = initial(term, params, weights, r + 2), initial(term, params, weights, r + 3)
    for step in range(0, terms * weights.by_term, weights.by_term):
        term = loaded(values, x)
        z0 = fused(number(params, w0 + step), term, z0)
        z1 = fused(number(params, w1 + step), term, z1)
        z2 = fused(number(params, w2 + step), term, z2)
        z3 = fused(number(params, w3 + step), term, z3)
        x += lanes
    if weights.biases == NOWHERE:
        z0, z1 = z0 * loaded(factors, at), z1 * loaded(factors, at + lanes)
        z2, z3 = z2 * loaded(factors, at + 2 * lanes), z3 * loaded(factors, at + 3 * lanes)
    store(values, at, z0)
    store(values, at + lanes, z1)
    store(values, at + 2 * lanes, z2)
    store(values, at + 3 * lanes, z3)


@part
def initial(term, params, weights, r):
    """What sum r starts from, in as many lanes as a term has: its bias, or 0."""
    return alike(term, 0.0 if weights.biases == NOWHERE else number(params, weights.biases + r))


@part
def forward(params, layer_table, tile, space, lanes, derived, masked):
    """Outputs of every unit, inputs first, for one tile; with `derived` also the derivatives of the activations.

    With `masked` both are multiplied by the masks of hidden units (see `dropout`). Gives the place of the output layer
    in the workspace.
    """
    for k in range(0, layer_table[0, FAN_IN] * lanes, WIDTH):
        store(space.outputs, k, load(tile, k))
    target = 0
    for layer in range(len(layer_table)):
        fan_in, neurons, first, biases = (
            layer_table[layer, 0],
            layer_table[layer, 1],
            layer_table[layer, 2],
            layer_table[layer, 3],
        )
        row = filled_up(fan_in)
        source = target
        target = source + row * lanes
        weights = Weights(first, row, 1, biases)
        combine(params, weights, space.outputs, source, fan_in, target, neurons, lanes, space.derivatives)
        activate(layer_table[layer, 4], space.outputs, space.derivatives, target, target + neurons * lanes, derived)
        if masked and layer < len(layer_table) - 1:
            for k in range(target, target + neurons * lanes, WIDTH):
                store(space.outputs, k, load(space.outputs, k) * load(space.masks, k))
                store(space.derivatives, k, load(space.derivatives, k) * load(space.masks, k))
    return target
