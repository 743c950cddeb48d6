"""What a neuron does over the training points: whether it still learns, and from what."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.analysis.probe import activations
from tinkernet.engine.data.dataset import Floats
from tinkernet.engine.training.trainer import Trainer

WELL, DEAD, SATURATED, EXPLODING = range(4)
"""What ails a neuron. DEAD: it answers the same for every training point. SATURATED: for nearly every one its answer is
near an end of its range, where its slope is small. EXPLODING: a weight into it is no number, or larger than LARGEST."""

LARGEST = 100.0
_NEARLY_ALL = 0.9  # of the training points
_NEAR = 0.0125  # of the range: tanh has a twentieth of its slope there
_RANGES = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0), "softsign": (-1.0, 1.0)}


class Health(NamedTuple):
    """gradient: of the mean training loss by every parameter, without the penalty and dropout, laid out as
    `Network.params`. neurons: what ails each hidden neuron, (neurons,) uint8, see WELL.
    """

    gradient: Floats
    neurons: NDArray[np.uint8]


def health(trainer: Trainer) -> Health:
    """Of the network as it is. There must be training points."""
    return Health(trainer.gradient()[trainer.network.places], ailments(trainer))


def ailments(trainer: Trainer) -> NDArray[np.uint8]:
    """What ails each hidden neuron: (neurons,) uint8."""
    network, spec = trainer.network, trainer.spec
    answers = activations(trainer, trainer.data.train.inputs)
    found, first = [], network.sizes[0]
    for layer, count in enumerate(network.sizes[1:-1]):
        own = answers[first : first + count]
        first += count
        kinds = np.full(count, WELL, np.uint8)
        with np.errstate(invalid="ignore"):
            span = own.max(axis=1) - own.min(axis=1)
        kinds[span == 0.0] = DEAD
        limits = _RANGES.get(spec.of_layer("activation", layer))
        if limits is not None:
            low, high = limits
            near = np.minimum(abs(own - low), abs(own - high)) < _NEAR * (high - low)
            kinds[near.mean(axis=1) >= _NEARLY_ALL] = SATURATED
        weights = network.weights(layer)
        kinds[~(np.abs(weights) <= LARGEST).all(axis=1)] = EXPLODING
        found.append(kinds)
    return np.concatenate(found) if found else np.zeros(0, np.uint8)


def gradient_sizes(trainer: Trainer, gradient: Floats) -> Floats:
    """The root mean square of a gradient, laid out as `Network.params`, over the weights of each layer: (layers,)."""
    found, at = [], 0
    sizes = trainer.network.sizes
    for inputs, neurons in pairwise(sizes):
        weights = gradient[at : at + inputs * neurons]
        at += (inputs + 1) * neurons
        with np.errstate(over="ignore", invalid="ignore"):
            found.append(float(np.sqrt((weights**2).mean())) if len(weights) else 0.0)
    return np.array(found)
