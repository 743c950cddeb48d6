"""What each part of a network is worth: the training loss when its output is taken to be 0, as if it were cut."""

import time
from typing import NamedTuple

import numpy as np

from tinkernet.engine.compiler.simd import aligned
from tinkernet.engine.data.dataset import Floats
from tinkernet.engine.training.trainer import Trainer

SECONDS = 0.25
"""How long the links may take, by a measurement of the neurons; beyond that they are left out."""
_AT_ONCE = 64


class Importance(NamedTuple):
    """Training losses, without the penalty and dropout.

    loss: of the network as it is. units: (units,) without each input and hidden neuron, inputs first. links: without
    each link, of each layer [neuron][input] row by row; None where they would take too long.
    """

    loss: float
    units: Floats
    links: Floats | None


def importance(trainer: Trainer) -> Importance:
    """Of the network as it is. There must be training points."""
    network = trainer.network
    places = np.arange(len(network.padded), dtype=np.float64)
    outgoing = [network.weights_of(places, layer).astype(np.int64) for layer in range(network.layers)]
    loss = float(trainer.losses_with(network.padded[None])[0])  # the first time, the kernel may have to be loaded
    began = time.thread_time()
    units = _without(trainer, [column for weights in outgoing for column in weights.T])
    each = (time.thread_time() - began) / max(1, len(units))
    links = [place for weights in outgoing for place in weights.reshape(-1, 1)]
    return Importance(loss, units, _without(trainer, links) if each * len(links) <= SECONDS else None)


def _without(trainer: Trainer, parts: list[np.ndarray]) -> Floats:
    """The loss without each part: the places of its parameters."""
    network, found = trainer.network, np.empty(len(parts))
    vectors = aligned(_AT_ONCE * len(network.padded)).reshape(_AT_ONCE, -1)
    for first in range(0, len(parts), _AT_ONCE):
        some = parts[first : first + _AT_ONCE]
        vectors[: len(some)] = network.padded
        for vector, places in zip(vectors, some, strict=False):
            vector[places] = 0.0
        found[first : first + len(some)] = trainer.losses_with(vectors[: len(some)])
    return found
