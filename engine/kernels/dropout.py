"""Dropout: which hidden units are silent for a point."""

from tinkernet.engine.compiler.jit import part
from tinkernet.engine.formulas.arguments import DROPOUT, EPOCH, KEY
from tinkernet.engine.rng.counter import FOR_MASKS, mixed


@part
def draw_masks(plan, codes, dials, pack, chunk, first_point, masks):
    """For every hidden unit and point of a chunk 0 with the probability of DROPOUT, else what keeps the mean.

    A lane that repeats a point has its mask too, to overflow only where that does.
    Srivastava and others: Dropout (2014), inverted as in PyTorch's. masks: laid out as the answers
    (see `kernels`).
    """
    rate = dials[DROPOUT]
    limit = rate * 4294967296.0
    kept = 1.0 / (1.0 - rate)
    of_epoch = mixed(mixed(codes[KEY], FOR_MASKS), int(dials[EPOCH]))
    lanes, own = pack.shape[2], pack.shape[1] - 1
    of_point = of_epoch
    for lane in range(lanes):
        if pack[chunk, own, lane] > 0.0:
            of_point = mixed(of_epoch, first_point + lane)
        first, unit = 0, 0
        for layer in range(len(plan) - 1):
            first += (plan[layer, 0] + 3) // 4 * 4
            for neuron in range(plan[layer, 1]):
                masks[(first + neuron) * lanes + lane] = 0.0 if mixed(of_point, unit) < limit else kept
                unit += 1
