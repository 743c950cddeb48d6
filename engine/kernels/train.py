"""The loops: forward, backward, update, evaluation and maps. No allocation, no checks, no policy.

Arrays that the loops share (see `network` and `packs`):

* params: every weight and bias in one vector; per layer the weights [neuron][input], then the biases. Rows and columns
  are filled up to a multiple of FOUR with zeros that stay zero, so that no loop has a rest.
* roles, memory, codes, dials: see `dials`.
* plan: one row per layer: fan-in, neurons, where its weights and its biases start, code of its activation.
* pack (chunks, inputs + outputs + 1, lanes): points in chunks of `lanes`; rows are the inputs, the targets, and 1
  where the lane holds a point of its own. A lane that does not repeats one that is there, to overflow only with it.
  With a single lane it is for `online`: inputs and targets are filled up to a multiple of FOUR with zeros.
* marks: beside each chunk of the training set 1 if the weights are updated after it, and the number of its first point.
* scratch: answers, slopes and deltas of one chunk, unit by unit, each unit `lanes` long, inputs first and every layer
  filled up to a multiple of FOUR; and the chunk's gradient. One for each length of lanes: what fills up is zero.
"""

from math import isfinite

from tinkernet.engine.compiler.jit import kernel, part
from tinkernet.engine.compiler.simd import (
    BUNCH,
    EIGHT,
    PAIR,
    WIDTH,
    alike,
    fused,
    load,
    load_eight,
    load_pair,
    number,
    select,
    splat,
    splat_eight,
    store,
    store_bytes,
    store_totals,
    total,
)
from tinkernet.engine.formulas.activations import activate
from tinkernet.engine.formulas.arguments import (
    BEST,
    BEST_EPOCH,
    BEST_LOSS,
    BIAS,
    CARRIED,
    CLIP,
    DEAD,
    DROPPING,
    EPOCH,
    HELD,
    LOSS,
    OPTIMISER,
    PATIENCE,
    PENALTY,
    PENALTY_RATE,
    PENDING,
    RATE,
    STOP_LOSS,
)
from tinkernet.engine.formulas.losses import SQUARED, output_deltas, output_losses, softmax
from tinkernet.engine.formulas.optimisers import SGD, optimise, share_kept
from tinkernet.engine.formulas.penalties import ELASTIC, L1, NONE, penalty_slope
from tinkernet.engine.kernels.dropout import draw_masks
from tinkernet.engine.kernels.single import filled_up, gradient_of_one, learn

NOWHERE = -1

FAN_IN, NEURONS, WEIGHTS, BIASES, ACTIVATION, COUPLED = range(6)
"""Columns of the plan. COUPLED: the answers of the layer are shares of one softmax, once they are shown."""


@part
def combine(params, first, by_sum, by_term, start, values, source, terms, target, sums, lanes, factors):
    """Sum r = params[start + r] + over t, params[first + r * by_sum + t * by_term] * term t.

    Where start is NOWHERE: over t alone, and times factor r. Terms, factors and sums are units, `lanes` long, terms and
    sums in `values` from `source` and `target` on, factors beside the sums. Four sums at a time, in two vectors where
    there are as many lanes: so each term and weight is loaded once for several of them, and none waits for another.
    """
    for r in range(0, sums, 4):
        k = 0
        while k + PAIR <= lanes:
            x, at = source + k, target + r * lanes + k
            four_sums(load_pair, params, first, by_sum, by_term, start, values, x, terms, at, r, lanes, factors)
            k += PAIR
        while k < lanes:
            x, at = source + k, target + r * lanes + k
            four_sums(load, params, first, by_sum, by_term, start, values, x, terms, at, r, lanes, factors)
            k += WIDTH


@part
def four_sums(loaded, params, first, by_sum, by_term, start, values, x, terms, at, r, lanes, factors):
    """Sums r to r + 3 in as many lanes as are `loaded` at once, the first of them at x in the terms and `at` there."""
    w0 = first + r * by_sum
    w1, w2, w3 = w0 + by_sum, w0 + 2 * by_sum, w0 + 3 * by_sum
    z0, z1 = initial(loaded(values, x), params, start, r), initial(loaded(values, x), params, start, r + 1)
    z2, z3 = initial(loaded(values, x), params, start, r + 2), initial(loaded(values, x), params, start, r + 3)
    for step in range(0, terms * by_term, by_term):
        term = loaded(values, x)
        z0 = fused(number(params, w0 + step), term, z0)
        z1 = fused(number(params, w1 + step), term, z1)
        z2 = fused(number(params, w2 + step), term, z2)
        z3 = fused(number(params, w3 + step), term, z3)
        x += lanes
    if start == NOWHERE:
        z0, z1 = z0 * loaded(factors, at), z1 * loaded(factors, at + lanes)
        z2, z3 = z2 * loaded(factors, at + 2 * lanes), z3 * loaded(factors, at + 3 * lanes)
    store(values, at, z0)
    store(values, at + lanes, z1)
    store(values, at + 2 * lanes, z2)
    store(values, at + 3 * lanes, z3)


@part
def initial(term, params, start, r):
    return alike(term, 0.0) if start == NOWHERE else alike(term, number(params, start + r))


@part
def forward(params, plan, pack, chunk, answers, slopes, lanes, sloped, masks, masked):
    """Answers of every unit, inputs first, to one chunk of points; with `sloped` the slopes of the activations there.

    With `masked` those of hidden units are multiplied by their masks (see `chance`). Gives the place of the outputs.
    """
    start = chunk * pack.shape[1] * lanes
    for k in range(0, plan[0, FAN_IN] * lanes, WIDTH):
        store(answers, k, load(pack, start + k))
    target = 0
    for layer in range(len(plan)):
        fan_in, neurons, weights, biases = plan[layer, 0], plan[layer, 1], plan[layer, 2], plan[layer, 3]
        row = filled_up(fan_in)
        source = target
        target = source + row * lanes
        combine(params, weights, row, 1, biases, answers, source, fan_in, target, neurons, lanes, slopes)
        activate(plan[layer, 4], answers, slopes, target, target + neurons * lanes, sloped)
        if masked and layer < len(plan) - 1:
            for k in range(target, target + neurons * lanes, WIDTH):
                store(answers, k, load(answers, k) * load(masks, k))
                store(slopes, k, load(slopes, k) * load(masks, k))
    return target


@part
def backward(params, plan, pack, chunk, code, answers, slopes, deltas, output, lanes):
    """The slope of one chunk's loss at every unit's total input; gives the number of points in the chunk."""
    last = len(plan) - 1
    outputs = plan[last, NEURONS]
    targets = (chunk * pack.shape[1] + plan[0, FAN_IN]) * lanes
    there = targets + outputs * lanes
    points = splat(0.0)
    for k in range(0, lanes, WIDTH):
        points = points + load(pack, there + k)
    if code == SQUARED:
        for j in range(0, outputs * lanes, lanes):
            for k in range(0, lanes, WIDTH):
                at = output + j + k
                delta = (load(answers, at) - load(pack, targets + j + k)) * load(slopes, at)
                store(deltas, at, select(load(pack, there + k) > 0.0, delta, 0.0))
    else:
        output_deltas(code, answers, slopes, deltas, pack, output, targets, there, lanes, outputs)
    target = output
    for layer in range(len(plan) - 1, 0, -1):
        fan_in, neurons, weights = plan[layer, 0], plan[layer, 1], plan[layer, 2]
        row = filled_up(fan_in)
        source = target - row * lanes
        combine(params, weights, 1, row, NOWHERE, deltas, target, neurons, source, fan_in, lanes, slopes)
        target = source
    return total(points)


@part
def eight_products(answers, deltas, a, d, lanes, first):
    """Dot products over the points of a chunk: of two neurons' deltas, from d on, and four inputs, from a on.

    Gives eight vectors of partial sums: WIDTH of the EIGHT, from partial sum `first` on.
    """
    s0, s1, s2, s3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
    t0, t1, t2, t3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
    for k in range(first, lanes, EIGHT):
        x0, x1 = load(answers, a + k), load(answers, a + lanes + k)
        x2, x3 = load(answers, a + 2 * lanes + k), load(answers, a + 3 * lanes + k)
        upper, lower = load(deltas, d + k), load(deltas, d + lanes + k)
        s0, s1, s2, s3 = fused(upper, x0, s0), fused(upper, x1, s1), fused(upper, x2, s2), fused(upper, x3, s3)
        t0, t1, t2, t3 = fused(lower, x0, t0), fused(lower, x1, t1), fused(lower, x2, t2), fused(lower, x3, t3)
    return s0, s1, s2, s3, t0, t1, t2, t3


@part
def four_sums_of_deltas(deltas, d, lanes, first):
    """The sums over the points of a chunk of four neurons' deltas, from d on: partial sums as `eight_products`'."""
    s0, s1, s2, s3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
    for k in range(first, lanes, EIGHT):
        s0, s1 = s0 + load(deltas, d + k), s1 + load(deltas, d + lanes + k)
        s2, s3 = s2 + load(deltas, d + 2 * lanes + k), s3 + load(deltas, d + 3 * lanes + k)
    return s0, s1, s2, s3


@part
def gradients(plan, lanes, answers, deltas, gradient):
    """The gradient of one chunk's loss, summed over its points: two neurons by four inputs at a time.

    Each sum is taken in EIGHT partial sums. Where a vector holds only half of them the other half is summed after it,
    not beside it, for which there would be too few registers; adding the halves is the first step of `store_totals`
    where a vector holds all.
    """
    source = 0
    for layer in range(len(plan)):
        fan_in, neurons, weights, biases = plan[layer, 0], plan[layer, 1], plan[layer, 2], plan[layer, 3]
        row = filled_up(fan_in)
        target = source + row * lanes
        for o in range(0, neurons, 2):
            d = target + o * lanes
            for i in range(0, fan_in, 4):
                a = source + i * lanes
                s0, s1, s2, s3, t0, t1, t2, t3 = eight_products(answers, deltas, a, d, lanes, 0)
                for first in range(WIDTH, EIGHT, WIDTH):
                    u0, u1, u2, u3, v0, v1, v2, v3 = eight_products(answers, deltas, a, d, lanes, first)
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
def descent(params, plan, pack, chunk, code, answers, slopes, deltas, gradient, lanes, masks, masked):
    """Forward, backward and the gradient of one chunk; gives the number of its points."""
    output = forward(params, plan, pack, chunk, answers, slopes, lanes, 1, masks, masked)
    points = backward(params, plan, pack, chunk, code, answers, slopes, deltas, output, lanes)
    gradients(plan, lanes, answers, deltas, gradient)
    return points


@part
def add(gradient, memory):
    """Add what earlier chunks left to a chunk's gradient."""
    start = CARRIED * memory.shape[1]
    for at in range(0, memory.shape[1], WIDTH):
        store(gradient, at, load(gradient, at) + load(memory, start + at))


@part
def keep(memory, row, values):
    """Leave as many values as there are parameters for later, in a row of the memory."""
    start = row * memory.shape[1]
    for at in range(0, memory.shape[1], WIDTH):
        store(memory, start + at, load(values, at))


@part
def descend(params, gradient, step):
    """Gradient descent without a penalty, where nothing is held."""
    for at in range(0, len(params), WIDTH):
        store(params, at, fused(-step, load(gradient, at), load(params, at)))


@part
def descend_with_penalty(params, roles, gradient, step, code, pull):
    """Gradient descent, then the penalty's step, taken at the weight before both."""
    for at in range(0, len(params), WIDTH):
        role = load(roles, at)
        before = load(params, at)
        descended = fused(-step, load(gradient, at), before)
        after = select(role > BIAS, fused(-pull, penalty_slope(code, before), descended), descended)
        if (code == L1) | (code == ELASTIC):
            # Driven through zero by the penalty: the link is dead from here on.
            crossed = select(role > BIAS, descended * after, 0.0) < 0.0
            after = select(crossed, 0.0, after)
            store(roles, at, select(crossed, DEAD, role))
        store(params, at, select(role < BIAS, before, after))


@part
def update(params, roles, memory, gradient, codes, dials, points):
    """One step of training by a gradient summed over so many points."""
    if codes[OPTIMISER] != SGD:
        optimise(params, roles, memory, gradient, codes, dials, points)
        return
    step = dials[RATE] / points
    if dials[CLIP] > 0.0:
        step *= share_kept(gradient, roles, dials, points)
    if codes[PENALTY] == NONE and not codes[HELD]:
        descend(params, gradient, step)
    else:
        pull = dials[RATE] * dials[PENALTY_RATE]
        descend_with_penalty(params, roles, gradient, step, codes[PENALTY], pull)


@part
def mean_loss(params, plan, pack, code, answers, slopes):
    """The mean loss over the points of a pack, without the penalty."""
    lanes = pack.shape[2]
    outputs = plan[len(plan) - 1, NEURONS]
    losses = splat_eight(0.0)
    points = splat_eight(0.0)
    for chunk in range(pack.shape[0]):
        output = forward(params, plan, pack, chunk, answers, slopes, lanes, 0, slopes, 0)
        targets = (chunk * pack.shape[1] + plan[0, FAN_IN]) * lanes
        there = targets + outputs * lanes
        for k in range(0, lanes, EIGHT):
            points = points + load_eight(pack, there + k)
        if code == SQUARED:
            for j in range(0, outputs * lanes, lanes):
                for k in range(0, lanes, EIGHT):
                    error = load_eight(answers, output + j + k) - load_eight(pack, targets + j + k)
                    losses = losses + select(load_eight(pack, there + k) > 0.0, 0.5 * error * error, 0.0)
        else:
            losses = losses + output_losses(code, answers, pack, output, targets, there, lanes, outputs)
    return total(losses) / total(points)


@kernel(
    "int64(float64[::1], float64[::1], float64[:,::1], int64[:,::1], float64[::1], float64[::1], int64[::1],"
    " float64[:,:,::1], int64[:,::1], float64[:,:,::1], float64[:,:,::1], float64[:,::1], float64[:,::1],"
    " float64[:,::1])"
)
def train(params, roles, memory, plan, rates, dials, codes, batches, marks, train_set, test_set, scratch, room, losses):
    """Train for len(losses) epochs, each at its rate, and note train and test loss after each: losses (epochs, 2).

    `scratch` is for the lanes of the batches, `room` for those of the two sets.

    Gives the number of epochs done: it stops after the one whose training loss is not finite, or whose test loss is as
    low as asked, or has not been lower than the best for as long as asked.
    """
    answers, slopes, deltas, gradient, masks = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]
    lanes, loss_code = batches.shape[2], codes[LOSS]
    plain = codes[OPTIMISER] == SGD and codes[PENALTY] == NONE and not codes[HELD] and dials[CLIP] == 0.0
    for done in range(len(losses)):
        dials[RATE] = rates[done]
        first = 0
        if lanes == 1 and plain and dials[PENDING] == 0.0:
            first = batches.shape[0]
            learn(params, plan, batches, answers, slopes, deltas, rates[done])
        for chunk in range(first, batches.shape[0]):
            if codes[DROPPING]:
                draw_masks(plan, codes, dials, batches, chunk, marks[chunk, 1], masks)
            masked = codes[DROPPING]
            if lanes == 1:
                gradient_of_one(params, plan, batches, chunk, answers, slopes, deltas, gradient)
                points = 1.0
            # The same twice, for the compiler: with a length it knows, short loops are no loops. A batch of ten is one.
            elif lanes == BUNCH:
                points = descent(
                    params, plan, batches, chunk, loss_code, answers, slopes, deltas, gradient, BUNCH, masks, masked
                )
            else:
                points = descent(
                    params, plan, batches, chunk, loss_code, answers, slopes, deltas, gradient, lanes, masks, masked
                )
            if dials[PENDING] > 0.0:
                add(gradient, memory)
                points += dials[PENDING]
            if marks[chunk, 0]:
                update(params, roles, memory, gradient, codes, dials, points)
                dials[PENDING] = 0.0
            else:
                keep(memory, CARRIED, gradient)
                dials[PENDING] = points
        dials[EPOCH] += 1.0
        for column, points in enumerate((train_set, test_set)):
            losses[done, column] = mean_loss(params, plan, points, loss_code, room[0], room[1])
        tested = losses[done, 1]
        if codes[PATIENCE] > 0 and tested < dials[BEST_LOSS]:
            keep(memory, BEST, params)
            dials[BEST_LOSS], dials[BEST_EPOCH] = tested, dials[EPOCH]
        waited = codes[PATIENCE] > 0 and dials[EPOCH] - dials[BEST_EPOCH] >= codes[PATIENCE]
        if waited or tested <= dials[STOP_LOSS] or not isfinite(losses[done, 0]):
            return done + 1
    return len(losses)


@kernel(
    "void(float64[::1], int64[:,::1], int64[::1], float64[:,:,::1], float64[:,:,::1], float64[:,::1], float64[::1])"
)
def evaluate(params, plan, codes, train_set, test_set, scratch, losses):
    """Train and test loss of the network as it is: losses (2,)."""
    for column, points in enumerate((train_set, test_set)):
        losses[column] = mean_loss(params, plan, points, codes[LOSS], scratch[0], scratch[1])


@part
def show(params, plan, pack, chunk, answers, slopes):
    """The answers to one chunk as a person sees them: outputs that share a softmax are probabilities."""
    output = forward(params, plan, pack, chunk, answers, slopes, pack.shape[2], 0, slopes, 0)
    last = len(plan) - 1
    if plan[last, COUPLED]:
        softmax(answers, output, plan[last, NEURONS], pack.shape[2])


@kernel("void(float64[::1], int64[:,::1], float64[:,:,::1], int64[::1], float64[:,::1], float64[:,::1])")
def respond(params, plan, pack, units, scratch, answers):
    """What the chosen units answer to each point: answers (len(units), chunks * lanes)."""
    lanes = pack.shape[2]
    for chunk in range(pack.shape[0]):
        show(params, plan, pack, chunk, scratch[0], scratch[1])
        for row in range(len(units)):
            for k in range(0, lanes, WIDTH):
                store(answers, row * answers.shape[1] + chunk * lanes + k, load(scratch[0], units[row] * lanes + k))


@kernel("void(float64[::1], int64[:,::1], float64[:,:,::1], int64[::1], float64[:,::1], uint8[:,::1])")
def paint(params, plan, pack, units, scratch, maps):
    """Answers of the chosen units as bytes (see grid.quantised): maps (len(units), chunks * lanes)."""
    lanes = pack.shape[2]
    for chunk in range(pack.shape[0]):
        show(params, plan, pack, chunk, scratch[0], scratch[1])
        for row in range(len(units)):
            for k in range(0, lanes, WIDTH):
                value = load(scratch[0], units[row] * lanes + k)
                level = 127.0 + 127.0 * select(value > 1.0, 1.0, select(value < -1.0, -1.0, value))
                # Infinity minus itself is no number, and neither is a NaN.
                level = select(value - value <= 0.0, level, 255.0)
                store_bytes(maps, row * maps.shape[1] + chunk * lanes + k, level)
