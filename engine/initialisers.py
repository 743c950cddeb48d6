"""The weights and biases a network starts with."""

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel
from .network import Network
from .seedrandom import draw

FIRST_BIAS = 0.1


def initialise(network: Network, state: NDArray[np.int64], zero: bool) -> None:
    """Weights from U(-0.5, 0.5) in order of layer, neuron, input; biases 0.1. With `zero` all are 0.

    `state` is the generator that has drawn the points; it moves on with `zero` too, as the original's did.
    """
    for layer in range(network.layers):
        weights = np.empty(network.weights(layer).shape)
        spread_weights(weights, state)
        if not zero:
            network.weights(layer)[:] = weights
            network.biases(layer)[:] = FIRST_BIAS


@kernel("void(float64[:,::1], int64[::1])")
def spread_weights(weights, state):
    """Fill weights (neurons, inputs) row by row."""
    for neuron in range(weights.shape[0]):
        for i in range(weights.shape[1]):
            weights[neuron, i] = draw(state) - 0.5
