"""A single point's forward, backward and gradient, for batches of one: a vector holds units of a layer, not points.

In `kernels` a batch of one would fill one lane of each vector, and wait for as many steps. Here units stand side by
side in the scratch, every layer filled up to whole vectors with zeros. The formulas are the same; sums over a layer's
inputs are taken in another order.
"""

from ._jit import part
from ._simd import WIDTH, load, splat, spread, store, store_totals
from .activations import activate


@part
def whole_vectors(count):
    return (count + WIDTH - 1) // WIDTH * WIDTH


@part
def answer_one(params, plan, pack, chunk, answers, slopes):
    """Answers of every unit, inputs first, to the point in a chunk's first lane. Gives the place of the outputs."""
    for i in range(whole_vectors(plan[0, 0])):
        answers[i] = pack[chunk, i, 0] if i < plan[0, 0] else 0.0
    target = 0
    for layer in range(len(plan)):
        fan_in, neurons, weights, biases = plan[layer, 0], plan[layer, 1], plan[layer, 2], plan[layer, 3]
        row = (fan_in + 3) // 4 * 4
        source = target
        target = source + whole_vectors(fan_in)
        for o in range(0, neurons, 4):
            w0 = weights + o * row
            s0, s1, s2, s3 = splat(0.0), splat(0.0), splat(0.0), splat(0.0)
            for i in range(0, fan_in, WIDTH):
                x = load(answers, source + i)
                s0 = s0 + load(params, w0 + i) * x
                s1 = s1 + load(params, w0 + row + i) * x
                s2 = s2 + load(params, w0 + 2 * row + i) * x
                s3 = s3 + load(params, w0 + 3 * row + i) * x
            store_totals(answers, target + o, s0, s1, s2, s3)
        for k in range(target, target + neurons, WIDTH):
            store(answers, k, load(answers, k) + load(params, biases + k - target))
        activate(plan[layer, 4], answers, slopes, target, target + neurons)
        if neurons % WIDTH:
            store(answers, target + neurons, splat(0.0))
            store(slopes, target + neurons, splat(0.0))
    return target


@part
def descent_of_one(params, plan, pack, chunk, answers, slopes, deltas, gradient):
    """Forward, backward and the gradient of the squared error of the point in a chunk's first lane."""
    target = answer_one(params, plan, pack, chunk, answers, slopes)
    last = len(plan) - 1
    outputs = plan[last, 1]
    for o in range(outputs):
        deltas[target + o] = (answers[target + o] - pack[chunk, plan[0, 0] + o, 0]) * slopes[target + o]
    deltas[target + outputs] = 0.0
    for layer in range(last, -1, -1):
        fan_in, neurons, weights, biases = plan[layer, 0], plan[layer, 1], plan[layer, 2], plan[layer, 3]
        row = (fan_in + 3) // 4 * 4
        source = target - whole_vectors(fan_in)
        for o in range(neurons):
            delta = spread(deltas, target + o)
            at = weights + o * row
            for i in range(0, row, WIDTH):
                store(gradient, at + i, delta * load(answers, source + i))
        for o in range(neurons):  # now: where vectors are long, a last row reaches into them
            gradient[biases + o] = deltas[target + o]
        if layer > 0:
            for i in range(0, fan_in, WIDTH):
                s, t = splat(0.0), splat(0.0)
                for o in range(0, neurons, 2):
                    at = weights + o * row + i
                    s = s + spread(deltas, target + o) * load(params, at)
                    t = t + spread(deltas, target + o + 1) * load(params, at + row)
                store(deltas, source + i, (s + t) * load(slopes, source + i))
        target = source
    return 1.0
