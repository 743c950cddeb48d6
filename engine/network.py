"""A network as one flat vector of parameters, with views on it by layer."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import kernels
from ._simd import BUNCH, WIDTH, aligned
from .activations import LINEAR, TANH, activation_from_key
from .spec import Spec


class Network:
    """The shape, the parameters and what the kernels keep beside them.

    `sizes` counts inputs, hidden layers and the one output; layer 0 is the first that has weights. `padded`, `carried`
    and `roles` are laid out for the kernels; `params` says the parameters without what fills them up.
    """

    def __init__(self, spec: Spec) -> None:
        self.sizes = (len(spec.features), *spec.hidden, 1)
        hidden = activation_from_key[spec.activation].code
        output = TANH if spec.problem == "classification" else LINEAR
        rows: list[tuple[int, int, int, int, int]] = []
        start = 0
        for fan_in, neurons in pairwise(self.sizes):
            biases = start + _filled_up(neurons) * _filled_up(fan_in)
            rows.append((fan_in, neurons, start, biases, output if len(rows) == self.layers - 1 else hidden))
            start = biases + _filled_up(neurons)
        self.plan = np.array(rows, np.int64)
        whole = -(-start // WIDTH) * WIDTH
        self.padded, self.carried, self.roles = aligned(whole), aligned(whole), aligned(whole)
        for layer in range(self.layers):
            self._matrix(self.roles, layer)[:] = kernels.LINK
        places = np.arange(whole)
        self.places: NDArray[np.int64] = np.concatenate(
            [part.ravel() for at in range(self.layers) for part in (self._matrix(places, at), self._row(places, at))]
        )
        starts = np.cumsum([0, *(_filled_up(size) for size in self.sizes[:-1])])
        self.units: NDArray[np.int64] = np.concatenate(
            [start + np.arange(size) for start, size in zip(starts, self.sizes, strict=True)]
        )
        self._room_from_lanes: dict[int, NDArray[np.float64]] = {}

    @property
    def layers(self) -> int:
        """The number of layers with weights: the hidden ones and the output."""
        return len(self.sizes) - 1

    @property
    def params(self) -> NDArray[np.float64]:
        """A copy of all parameters in one vector: per layer the weights [neuron][input] row by row, then the biases."""
        return self.padded[self.places]

    def weights(self, layer: int) -> NDArray[np.float64]:
        """A writable view (neurons, inputs)."""
        return self._matrix(self.padded, layer)

    def biases(self, layer: int) -> NDArray[np.float64]:
        """A writable view (neurons,)."""
        return self._row(self.padded, layer)

    def dead(self, layer: int) -> NDArray[np.bool_]:
        """Which links L1 regularisation has cut: (neurons, inputs)."""
        dead: NDArray[np.bool_] = self._matrix(self.roles, layer) == kernels.DEAD
        return dead

    def revive(self, layer: int, neuron: int, input: int) -> None:
        """Let a dead link learn again."""
        self._matrix(self.roles, layer)[neuron, input] = kernels.LINK

    def room(self, lanes: int) -> NDArray[np.float64]:
        """The kernels' scratch for points in chunks of so many lanes; `units` says where each unit is in it."""
        if lanes not in self._room_from_lanes:
            # The last bunch of activations may reach beyond the last unit.
            count = sum(_filled_up(size) for size in self.sizes) * lanes + BUNCH
            self._room_from_lanes[lanes] = aligned(4 * max(len(self.padded), count)).reshape(4, -1)
        return self._room_from_lanes[lanes]

    def _matrix(self, vector: NDArray[Any], layer: int) -> NDArray[Any]:
        fan_in, neurons, start, end = self.plan[layer, : kernels.ACTIVATION]
        return vector[start:end].reshape(_filled_up(neurons), _filled_up(fan_in))[:neurons, :fan_in]

    def _row(self, vector: NDArray[Any], layer: int) -> NDArray[Any]:
        start = self.plan[layer, kernels.BIASES]
        return vector[start : start + self.plan[layer, kernels.NEURONS]]


def _filled_up(count: int) -> int:
    return -(-count // kernels.FOUR) * kernels.FOUR
