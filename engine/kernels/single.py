"""Training on a single point, for batches of one: a vector holds units of a layer, not points.

In `kernels` a batch of one would fill one lane of each vector, and wait for as many steps. Here units stand side by
side, in the pack and in the scratch, every layer filled up to a multiple of FOUR with zeros. The formulas are the same;
sums over a layer's inputs are taken in another order. Each update waits for the one before: what counts is the longest
chain from weights to weights. So sums stay in registers until they are answers, and what is stored is loaded again as
it was stored, as a whole vector or as one number of it: a load of what two stores left waits for the cache. For that,
and because layers are small, a vector has four lanes here even where a register holds more.
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
def sums_of_four(params, first, row, answers, source, fan_in):
    """The total inputs of four neurons without their biases."""
    s0, s1, s2, s3 = splat_four(0.0), splat_four(0.0), splat_four(0.0), splat_four(0.0)
    for i in range(0, fan_in, FOUR):
        x, at = load_four(answers, source + i), first + i
        s0 = fused(load_four(params, at), x, s0)
        s1 = fused(load_four(params, at + row), x, s1)
        s2 = fused(load_four(params, at + 2 * row), x, s2)
        s3 = fused(load_four(params, at + 3 * row), x, s3)
    return totals(s0, s1, s2, s3)


@part
def answer_one(params, plan, pack, chunk, answers, slopes, deltas):
    """Answers and slopes of every unit, inputs first, to the point of a chunk, and the deltas of the outputs.

    Gives the place of the outputs.
    """
    start = chunk * pack.shape[1]
    goal = start + filled_up(plan[0, 0])
    for i in range(0, plan[0, 0], FOUR):
        store(answers, i, load_four(pack, start + i))
    target = 0
    for layer in range(len(plan)):
        fan_in, neurons, weights, biases = plan[layer, 0], plan[layer, 1], plan[layer, 2], plan[layer, 3]
        row = filled_up(fan_in)
        source = target
        target = source + filled_up(fan_in)
        for o in range(0, neurons, FOUR):
            z = sums_of_four(params, weights + o * row, row, answers, source, fan_in)
            value, slope = activated(plan[layer, 4], z + load_four(params, biases + o), answers, slopes, target + o)
            value = select(first_lanes(neurons - o), value, 0.0)
            slope = select(first_lanes(neurons - o), slope, 0.0)
            store(answers, target + o, value)
            store(slopes, target + o, slope)
            if layer == len(plan) - 1:
                store(deltas, target + o, (value - load_four(pack, goal + o)) * slope)
    return target


@part
def learn_one(params, plan, pack, chunk, answers, slopes, deltas, moved, factor):
    """Add the gradient of the squared error of a chunk's point to `moved`, times a factor.

    That may be the parameters themselves, which saves the way through a gradient: each weight is moved after the last
    look at it. Two that call this, and not one that is told where: the compiler then knows that the two are one array.
    """
    target = answer_one(params, plan, pack, chunk, answers, slopes, deltas)
    for layer in range(len(plan) - 1, -1, -1):
        fan_in, neurons, weights, biases = plan[layer, 0], plan[layer, 1], plan[layer, 2], plan[layer, 3]
        row = filled_up(fan_in)
        source = target - filled_up(fan_in)
        for i in range(0, row, FOUR):
            x = factor * load_four(answers, source + i)
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
            store(deltas, source + i, (s0 + s1 + (s2 + s3)) * load_four(slopes, source + i))
        for o in range(0, neurons, FOUR):
            store(moved, biases + o, fused(factor, load_four(deltas, target + o), load_four(moved, biases + o)))
        target = source


@routine
def learn(params, plan, pack, answers, slopes, deltas, step):
    """Plain descent, one point after the other: called for whole epochs, so that the loop has the registers alone."""
    for chunk in range(pack.shape[0]):
        learn_one(params, plan, pack, chunk, answers, slopes, deltas, params, -step)


@routine
def gradient_of_one(params, plan, pack, chunk, answers, slopes, deltas, gradient):
    """The gradient of the squared error of a chunk's point."""
    for at in range(0, len(params), WIDTH):
        store(gradient, at, splat(0.0))
    learn_one(params, plan, pack, chunk, answers, slopes, deltas, gradient, 1.0)
