"""Dropout: which hidden units are silent for a point."""

from tinkernet.engine.compiler.jit import part
from tinkernet.engine.formulas.arguments import DROPOUT, EPOCH, KEY
from tinkernet.engine.rng.counter import FOR_MASKS, mixed


@part
def draw_masks(plan, codes, dials, first_point, lanes, masks):
    """For every hidden unit and point of a chunk 0 with the probability of DROPOUT, else what keeps the mean.

    Srivastava and others: Dropout (2014), inverted as in PyTorch's. masks: laid out as the answers
    (see `kernels`).
    """
    rate = dials[DROPOUT]
    limit = rate * 4294967296.0
    kept = 1.0 / (1.0 - rate)
    of_epoch = mixed(mixed(codes[KEY], FOR_MASKS), int(dials[EPOCH]))
    for lane in range(lanes):
        of_point = mixed(of_epoch, first_point + lane)
        first, unit = 0, 0
        for layer in range(len(plan) - 1):
            first += (plan[layer, 0] + 3) // 4 * 4
            for neuron in range(plan[layer, 1]):
                masks[(first + neuron) * lanes + lane] = 0.0 if mixed(of_point, unit) < limit else kept
                unit += 1
