"""Dropout: which hidden units are silent for a point."""

from tinkernet.engine.compiler.jit import part
from tinkernet.engine.formulas.layout import DROPOUT, EPOCH, KEY
from tinkernet.engine.kernels.arguments import FAN_IN, NEURONS
from tinkernet.engine.kernels.single import filled_up
from tinkernet.engine.rng.counter import FOR_MASKS, mixed


@part
def draw_masks(layer_table, hyperparameters, choices, tile, first_point, masks):
    """For every hidden unit and point of a tile: 0 with the probability DROPOUT, else 1 / (1 - DROPOUT).

    That keeps the mean of each unit's output: Srivastava and others: Dropout (2014), inverted as in PyTorch.
    first_point: the number of the tile's first point in the epoch. masks: laid out as the outputs. A lane left over has
    the masks of the point it repeats.
    """
    rate = hyperparameters[DROPOUT]
    limit = rate * 4294967296.0
    kept = 1.0 / (1.0 - rate)
    of_epoch = mixed(mixed(choices[KEY], FOR_MASKS), int(hyperparameters[EPOCH]))
    lanes, own = tile.shape[1], tile.shape[0] - 1
    of_point = of_epoch
    for lane in range(lanes):
        if tile[own, lane] > 0.0:
            of_point = mixed(of_epoch, first_point + lane)
        first, unit = 0, 0
        for layer in range(len(layer_table) - 1):
            first += filled_up(layer_table[layer, FAN_IN])
            for neuron in range(layer_table[layer, NEURONS]):
                masks[(first + neuron) * lanes + lane] = 0.0 if mixed(of_point, unit) < limit else kept
                unit += 1
