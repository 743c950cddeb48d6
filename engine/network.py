"""A network as one flat vector of parameters, with views on it by layer."""

import numpy as np
from numpy.typing import NDArray

from . import kernels
from ._simd import WIDTH, aligned
from .activations import LINEAR, TANH, activation_from_key
from .packs import MAX_LANES
from .spec import Spec


class Network:
    """The shape, the parameters and what the kernels keep beside them.

    `sizes` counts inputs, hidden layers and the one output; layer 0 is the first that has weights. `params` holds, per
    layer, the weights [neuron][input] row by row and then the biases.
    """

    def __init__(self, spec: Spec) -> None:
        self.sizes = (len(spec.features), *spec.hidden, 1)
        rows: list[tuple[int, int, int, int]] = []
        start = 0
        hidden = activation_from_key[spec.activation].code
        output = TANH if spec.problem == "classification" else LINEAR
        for fan_in, neurons in zip(self.sizes, self.sizes[1:], strict=False):
            code = output if len(rows) == len(self.sizes) - 2 else hidden
            rows.append((fan_in, neurons, start, code))
            start += neurons * (fan_in + 1)
        self.plan = np.array(rows, np.int64)
        # Padded to whole vectors, with room behind for the last of `kernels.gradients`; nothing reads the padding.
        whole = -(-(start + 3) // WIDTH) * WIDTH
        self.padded, self.carried, self.roles = aligned(whole), aligned(whole), aligned(whole)
        self.params: NDArray[np.float64] = self.padded[:start]
        for layer in range(self.layers):
            self._matrix(self.roles, layer)[:] = kernels.LINK
        self.scratch = aligned(4 * max(whole, sum(self.sizes) * MAX_LANES)).reshape(4, -1)

    @property
    def layers(self) -> int:
        """The number of layers with weights: the hidden ones and the output."""
        return len(self.sizes) - 1

    def weights(self, layer: int) -> NDArray[np.float64]:
        """A writable view (neurons, inputs)."""
        return self._matrix(self.padded, layer)

    def biases(self, layer: int) -> NDArray[np.float64]:
        """A writable view (neurons,)."""
        start = self.plan[layer, kernels.WEIGHTS] + self.sizes[layer] * self.sizes[layer + 1]
        return self.padded[start : start + self.sizes[layer + 1]]

    def dead(self, layer: int) -> NDArray[np.bool_]:
        """Which links L1 regularisation has cut: (neurons, inputs)."""
        return np.equal(self._matrix(self.roles, layer), kernels.DEAD)

    def revive(self, layer: int, neuron: int, input: int) -> None:
        """Let a dead link learn again."""
        self._matrix(self.roles, layer)[neuron, input] = kernels.LINK

    def _matrix(self, vector: NDArray[np.float64], layer: int) -> NDArray[np.float64]:
        fan_in, neurons, start = self.plan[layer, : kernels.ACTIVATION]
        return vector[start : start + fan_in * neurons].reshape(neurons, fan_in)
