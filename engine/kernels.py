"""The loops: forward, backward, update, evaluation and maps. No allocation, no checks, no policy.

Arrays that the loops share (see `network` and `packs`):

* params: every weight and bias in one vector; per layer the weights [neuron][input], then the biases. Padded.
* roles: beside each parameter BIAS, LINK or DEAD. carried: the gradient summed since the last update.
* plan: one row per layer: fan-in, neurons, where its weights start, code of its activation.
* pack (chunks, inputs + 2, lanes): points in chunks of `lanes`; rows are the inputs, the label, and 1 where the lane
  holds a point of its own. A lane that does not repeats a point that is there, so that it overflows only with it.
* ends: 1 beside each chunk of the training set after which the weights are updated.
* scratch: answers, slopes and deltas of one chunk, unit by unit, each unit `lanes` long, units counting from the
  inputs; and the chunk's gradient.
"""

from math import isfinite

from ._jit import kernel, part
from ._simd import WIDTH, load, select, splat, spread, store, store_bytes, store_totals, total
from .activations import value_and_slope
from .losses import loss, loss_slope
from .penalties import L1, NONE, penalty_slope

BIAS, LINK, DEAD = 0.0, 1.0, -1.0

NOWHERE = -1

FAN_IN, NEURONS, WEIGHTS, ACTIVATION = range(4)
"""Columns of the plan."""

LOSS, PENALTY = range(2)
"""Places in `codes`."""

RATE, PENALTY_RATE, PENDING = range(3)
"""Places in `dials`: the two rates, and the number of points in the gradient so far."""


@part
def combine(params, first, by_sum, by_term, start, values, source, terms, target, sums, lanes):
    """Sum r = params[start + r] (0 where start is NOWHERE) + over t, params[first + r * by_sum + t * by_term] * term t.

    Terms and sums are units, `lanes` long, in `values` from `source` and `target` on. Four sums at a time: a term is
    loaded once for all of them, and none waits for another.
    """
    for r in range(0, sums - 3, 4):
        for k in range(0, lanes, WIDTH):
            w0 = first + r * by_sum
            w1, w2, w3 = w0 + by_sum, w0 + 2 * by_sum, w0 + 3 * by_sum
            x = source + k
            at = target + r * lanes + k
            z0, z1 = initial(params, start, r), initial(params, start, r + 1)
            z2, z3 = initial(params, start, r + 2), initial(params, start, r + 3)
            for t in range(terms):
                term = load(values, x)
                step = t * by_term
                z0 = z0 + spread(params, w0 + step) * term
                z1 = z1 + spread(params, w1 + step) * term
                z2 = z2 + spread(params, w2 + step) * term
                z3 = z3 + spread(params, w3 + step) * term
                x += lanes
            store(values, at, z0)
            store(values, at + lanes, z1)
            store(values, at + 2 * lanes, z2)
            store(values, at + 3 * lanes, z3)
    for r in range(sums - sums % 4, sums):
        for k in range(0, lanes, WIDTH):
            z = initial(params, start, r)
            for t in range(terms):
                weight = spread(params, first + r * by_sum + t * by_term)
                z = z + weight * load(values, source + t * lanes + k)
            store(values, target + r * lanes + k, z)


@part
def initial(params, start, r):
    return splat(0.0) if start == NOWHERE else spread(params, start + r)


@part
def forward(params, plan, pack, chunk, answers, slopes):
    """Answers of every unit, inputs first, to one chunk of points, and the slopes of the activations there.

    Gives the place of the output's answers.
    """
    lanes = pack.shape[2]
    inputs = plan[0, FAN_IN]
    start = chunk * pack.shape[1] * lanes
    for k in range(0, inputs * lanes, WIDTH):
        store(answers, k, load(pack, start + k))
    source = 0
    for layer in range(len(plan)):
        fan_in, neurons, weights, code = plan[layer, 0], plan[layer, 1], plan[layer, 2], plan[layer, 3]
        target = source + fan_in * lanes
        biases = weights + neurons * fan_in
        combine(params, weights, fan_in, 1, biases, answers, source, fan_in, target, neurons, lanes)
        for k in range(target, target + neurons * lanes, WIDTH):
            answer, slope = value_and_slope(code, load(answers, k))
            store(answers, k, answer)
            store(slopes, k, slope)
        source = target
    return source


@part
def backward(params, plan, pack, chunk, code, answers, slopes, deltas, output):
    """The slope of one chunk's loss at every unit's total input; gives the number of points in the chunk."""
    lanes = pack.shape[2]
    labels = (chunk * pack.shape[1] + pack.shape[1] - 2) * lanes
    points = splat(0.0)
    for k in range(0, lanes, WIDTH):
        there = load(pack, labels + lanes + k)
        points = points + there
        delta = loss_slope(code, load(answers, output + k), load(pack, labels + k)) * load(slopes, output + k)
        store(deltas, output + k, select(there > 0.0, delta, 0.0))
    target = output
    for layer in range(len(plan) - 1, 0, -1):
        fan_in, neurons, weights = plan[layer, 0], plan[layer, 1], plan[layer, 2]
        source = target - fan_in * lanes
        combine(params, weights, 1, fan_in, NOWHERE, deltas, target, neurons, source, fan_in, lanes)
        for k in range(source, target, WIDTH):
            store(deltas, k, load(deltas, k) * load(slopes, k))
        target = source
    return total(points)


@part
def gradients(plan, lanes, answers, deltas, gradient):
    """The gradient of one chunk's loss, summed over its points, four parameters at a time.

    The last four of a row of weights or biases may reach beyond it: what they leave there is written over by the next
    row, so the layers go upwards, and the vector ends with room for them.
    """
    source = 0
    for layer in range(len(plan)):
        fan_in, neurons, weights = plan[layer, 0], plan[layer, 1], plan[layer, 2]
        target = source + fan_in * lanes
        count = neurons * fan_in
        end = target + (neurons - 1) * lanes
        a3, d3 = source - lanes, target
        for w in range(0, count, 4):
            a0, d0 = next_pair(a3, d3, source, target, end, lanes)
            a1, d1 = next_pair(a0, d0, source, target, end, lanes)
            a2, d2 = next_pair(a1, d1, source, target, end, lanes)
            a3, d3 = next_pair(a2, d2, source, target, end, lanes)
            s0, s1, s2, s3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
            if d0 == d3:
                for k in range(0, lanes, WIDTH):
                    delta = load(deltas, d0 + k)
                    s0 = s0 + delta * load(answers, a0 + k)
                    s1 = s1 + delta * load(answers, a1 + k)
                    s2 = s2 + delta * load(answers, a2 + k)
                    s3 = s3 + delta * load(answers, a3 + k)
            else:
                for k in range(0, lanes, WIDTH):
                    s0 = s0 + load(deltas, d0 + k) * load(answers, a0 + k)
                    s1 = s1 + load(deltas, d1 + k) * load(answers, a1 + k)
                    s2 = s2 + load(deltas, d2 + k) * load(answers, a2 + k)
                    s3 = s3 + load(deltas, d3 + k) * load(answers, a3 + k)
            store_totals(gradient, weights + w, s0, s1, s2, s3)
        for o in range(0, neurons, 4):
            d0 = target + o * lanes
            d1, d2, d3 = min(d0 + lanes, end), min(d0 + 2 * lanes, end), min(d0 + 3 * lanes, end)
            s0, s1, s2, s3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
            for k in range(0, lanes, WIDTH):
                s0 = s0 + load(deltas, d0 + k)
                s1 = s1 + load(deltas, d1 + k)
                s2 = s2 + load(deltas, d2 + k)
                s3 = s3 + load(deltas, d3 + k)
            store_totals(gradient, weights + count + o, s0, s1, s2, s3)
        source = target


@part
def next_pair(answer, delta, source, target, end, lanes):
    """The next weight: the next input of this neuron, or the first of the next; after the last the last again."""
    answer += lanes
    if answer == target:
        if delta == end:
            return answer - lanes, delta
        return source, delta + lanes
    return answer, delta


@part
def add(gradient, carried):
    """Add what earlier chunks left to a chunk's gradient."""
    for at in range(0, len(carried), WIDTH):
        store(gradient, at, load(gradient, at) + load(carried, at))


@part
def keep(carried, gradient):
    """Leave a gradient for a later chunk."""
    for at in range(0, len(carried), WIDTH):
        store(carried, at, load(gradient, at))


@part
def descend(params, gradient, step):
    """Gradient descent without a penalty. No link is dead then: only a penalty kills one."""
    for at in range(0, len(params), WIDTH):
        store(params, at, load(params, at) - step * load(gradient, at))


@part
def descend_with_penalty(params, roles, gradient, step, code, pull):
    """Gradient descent, then the penalty's step, taken at the weight before both."""
    for at in range(0, len(params), WIDTH):
        role = load(roles, at)
        before = load(params, at)
        descended = before - step * load(gradient, at)
        after = select(role > BIAS, descended - pull * penalty_slope(code, before), descended)
        if code == L1:
            # Driven through zero by the penalty: the link is dead from here on.
            crossed = select(role > BIAS, descended * after, 0.0) < 0.0
            after = select(crossed, 0.0, after)
            store(roles, at, select(crossed, DEAD, role))
        store(params, at, select(role < BIAS, before, after))


@part
def update(params, roles, gradient, code, dials, points):
    """One step of training by a gradient summed over so many points."""
    step = dials[RATE] / points
    if code == NONE:
        descend(params, gradient, step)
    else:
        descend_with_penalty(params, roles, gradient, step, code, dials[RATE] * dials[PENALTY_RATE])


@part
def mean_loss(params, plan, pack, code, answers, slopes):
    """The mean loss over the points of a pack, without the penalty."""
    lanes = pack.shape[2]
    losses = splat(0.0)
    points = splat(0.0)
    for chunk in range(pack.shape[0]):
        output = forward(params, plan, pack, chunk, answers, slopes)
        labels = (chunk * pack.shape[1] + pack.shape[1] - 2) * lanes
        for k in range(0, lanes, WIDTH):
            there = load(pack, labels + lanes + k)
            points = points + there
            each = loss(code, load(answers, output + k), load(pack, labels + k))
            losses = losses + select(there > 0.0, each, 0.0)
    return total(losses) / total(points)


@kernel(
    "int64(float64[::1], float64[::1], float64[::1], int64[:,::1], float64[::1], int64[::1],"
    " float64[:,:,::1], int64[::1], float64[:,:,::1], float64[:,:,::1], float64[:,::1], float64[:,::1])"
)
def train(params, roles, carried, plan, dials, codes, batches, ends, train_set, test_set, scratch, losses):
    """Train for len(losses) epochs and note train and test loss after each: losses (epochs, 2).

    Gives the number of epochs done: it stops after the one whose training loss is not finite.
    """
    answers, slopes, deltas, gradient = scratch[0], scratch[1], scratch[2], scratch[3]
    for done in range(len(losses)):
        for chunk in range(batches.shape[0]):
            output = forward(params, plan, batches, chunk, answers, slopes)
            points = backward(params, plan, batches, chunk, codes[LOSS], answers, slopes, deltas, output)
            gradients(plan, batches.shape[2], answers, deltas, gradient)
            if dials[PENDING] > 0.0:
                add(gradient, carried)
                points += dials[PENDING]
            if ends[chunk]:
                update(params, roles, gradient, codes[PENALTY], dials, points)
                dials[PENDING] = 0.0
            else:
                keep(carried, gradient)
                dials[PENDING] = points
        for column, points in enumerate((train_set, test_set)):
            losses[done, column] = mean_loss(params, plan, points, codes[LOSS], answers, slopes)
        if not isfinite(losses[done, 0]):
            return done + 1
    return len(losses)


@kernel(
    "void(float64[::1], int64[:,::1], int64[::1], float64[:,:,::1], float64[:,:,::1], float64[:,::1], float64[::1])"
)
def evaluate(params, plan, codes, train_set, test_set, scratch, losses):
    """Train and test loss of the network as it is: losses (2,)."""
    for column, points in enumerate((train_set, test_set)):
        losses[column] = mean_loss(params, plan, points, codes[LOSS], scratch[0], scratch[1])


@kernel("void(float64[::1], int64[:,::1], float64[:,:,::1], float64[:,::1], float64[:,::1])")
def respond(params, plan, pack, scratch, answers):
    """What every unit, inputs first, answers to each point: answers (units, chunks * lanes)."""
    lanes = pack.shape[2]
    for chunk in range(pack.shape[0]):
        forward(params, plan, pack, chunk, scratch[0], scratch[1])
        for unit in range(len(answers)):
            for k in range(0, lanes, WIDTH):
                store(answers, unit * answers.shape[1] + chunk * lanes + k, load(scratch[0], unit * lanes + k))


@kernel("void(float64[::1], int64[:,::1], float64[:,:,::1], int64[::1], float64[:,::1], uint8[:,::1])")
def paint(params, plan, pack, units, scratch, maps):
    """Answers of the chosen units as bytes (see features.quantised): maps (len(units), chunks * lanes)."""
    lanes = pack.shape[2]
    for chunk in range(pack.shape[0]):
        forward(params, plan, pack, chunk, scratch[0], scratch[1])
        for row in range(len(units)):
            for k in range(0, lanes, WIDTH):
                value = load(scratch[0], units[row] * lanes + k)
                level = 127.0 + 127.0 * select(value > 1.0, 1.0, select(value < -1.0, -1.0, value))
                # Infinity minus itself is no number, and neither is a NaN.
                level = select(value - value <= 0.0, level, 255.0)
                store_bytes(maps, row * maps.shape[1] + chunk * lanes + k, level)
