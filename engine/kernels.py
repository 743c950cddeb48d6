"""The loops: forward, backward, update, evaluation and maps. No allocation, no checks, no policy.

Arrays that the loops share (see `network` and `packs`):

* params: every weight and bias in one vector; per layer the weights [neuron][input], then the biases. Padded.
* roles: beside each parameter BIAS, LINK or DEAD. gradient: the same length, summed since the last update.
* plan: one row per layer: fan-in, neurons, where its weights start, code of its activation.
* pack (chunks, inputs + 2, lanes): points in chunks of `lanes`; rows are the inputs, the label, and 1 where the lane
  holds a point of its own. A lane that does not repeats a point that is there, so that it overflows only with it.
* ends: 1 beside each chunk of the training set after which the weights are updated.
* scratch: answers, slopes and deltas of one chunk, unit by unit, each unit `lanes` long; units count from the inputs.
"""

from math import isfinite

from ._jit import kernel, part
from ._simd import WIDTH, load, select, splat, spread, store, store_bytes, total
from .activations import value_and_slope
from .losses import loss, loss_slope
from .penalties import L1, penalty_slope

BIAS, LINK, DEAD = 0.0, 1.0, -1.0

FAN_IN, NEURONS, WEIGHTS, ACTIVATION = range(4)
"""Columns of the plan."""

LOSS, PENALTY = range(2)
"""Places in `codes`."""

RATE, PENALTY_RATE, PENDING = range(3)
"""Places in `dials`: the two rates, and the number of points in the gradient so far."""


@part
def forward(params, plan, pack, chunk, answers, slopes):
    """Answers of every unit, inputs first, to one chunk of points, and the slopes of the activations there."""
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
        for o in range(neurons):
            row = weights + o * fan_in
            for k in range(0, lanes, WIDTH):
                z = spread(params, biases + o)
                for i in range(fan_in):
                    z = z + spread(params, row + i) * load(answers, source + i * lanes + k)
                answer, slope = value_and_slope(code, z)
                store(answers, target + o * lanes + k, answer)
                store(slopes, target + o * lanes + k, slope)
        source = target
    return source


@part
def backward(params, plan, pack, chunk, code, answers, slopes, deltas, gradient, output):
    """Add the gradient of one chunk's loss; gives the number of points in it. `output` is where forward ended."""
    lanes = pack.shape[2]
    labels = (chunk * pack.shape[1] + pack.shape[1] - 2) * lanes
    points = splat(0.0)
    for k in range(0, lanes, WIDTH):
        there = load(pack, labels + lanes + k)
        points = points + there
        delta = loss_slope(code, load(answers, output + k), load(pack, labels + k)) * load(slopes, output + k)
        store(deltas, output + k, select(there > 0.0, delta, 0.0))
    target = output
    for layer in range(len(plan) - 1, -1, -1):
        fan_in, neurons, weights = plan[layer, 0], plan[layer, 1], plan[layer, 2]
        source = target - fan_in * lanes
        biases = weights + neurons * fan_in
        for o in range(neurons):
            summed = splat(0.0)
            for k in range(0, lanes, WIDTH):
                summed = summed + load(deltas, target + o * lanes + k)
            gradient[biases + o] += total(summed)
            for i in range(fan_in):
                summed = splat(0.0)
                for k in range(0, lanes, WIDTH):
                    summed = summed + load(deltas, target + o * lanes + k) * load(answers, source + i * lanes + k)
                gradient[weights + o * fan_in + i] += total(summed)
        if layer > 0:
            for i in range(fan_in):
                for k in range(0, lanes, WIDTH):
                    summed = splat(0.0)
                    for o in range(neurons):
                        weight = spread(params, weights + o * fan_in + i)
                        summed = summed + weight * load(deltas, target + o * lanes + k)
                    store(deltas, source + i * lanes + k, summed * load(slopes, source + i * lanes + k))
        target = source
    return total(points)


@part
def update(params, roles, gradient, code, rate, penalty_rate, points):
    """Gradient descent by the mean over `points`, then the penalty's step, taken at the weight before the update."""
    step = rate / points
    pull = rate * penalty_rate
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
        store(gradient, at, splat(0.0))


@part
def epoch(params, roles, gradient, plan, dials, codes, batches, ends, scratch):
    """Once over the training set, in order, with an update after each chunk that ends a batch."""
    answers, slopes, deltas = scratch[0], scratch[1], scratch[2]
    for chunk in range(batches.shape[0]):
        output = forward(params, plan, batches, chunk, answers, slopes)
        dials[PENDING] += backward(params, plan, batches, chunk, codes[LOSS], answers, slopes, deltas, gradient, output)
        if ends[chunk]:
            update(params, roles, gradient, codes[PENALTY], dials[RATE], dials[PENALTY_RATE], dials[PENDING])
            dials[PENDING] = 0.0


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
def train(params, roles, gradient, plan, dials, codes, batches, ends, train_set, test_set, scratch, losses):
    """Train for len(losses) epochs and note train and test loss after each: losses (epochs, 2).

    Gives the number of epochs done: it stops after the one whose training loss is not finite.
    """
    for done in range(len(losses)):
        epoch(params, roles, gradient, plan, dials, codes, batches, ends, scratch)
        losses[done, 0] = mean_loss(params, plan, train_set, codes[LOSS], scratch[0], scratch[1])
        losses[done, 1] = mean_loss(params, plan, test_set, codes[LOSS], scratch[0], scratch[1])
        if not isfinite(losses[done, 0]):
            return done + 1
    return len(losses)


@kernel(
    "void(float64[::1], int64[:,::1], int64[::1], float64[:,:,::1], float64[:,:,::1], float64[:,::1], float64[::1])"
)
def evaluate(params, plan, codes, train_set, test_set, scratch, losses):
    """Train and test loss of the network as it is: losses (2,)."""
    losses[0] = mean_loss(params, plan, train_set, codes[LOSS], scratch[0], scratch[1])
    losses[1] = mean_loss(params, plan, test_set, codes[LOSS], scratch[0], scratch[1])


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
                level = 127.5 + 127.0 * select(value > 1.0, 1.0, select(value < -1.0, -1.0, value))
                # Infinity minus itself is no number, and neither is a NaN.
                level = select(value - value <= 0.0, level, 255.0)
                store_bytes(maps, row * maps.shape[1] + chunk * lanes + k, level)
