"""A network as one flat vector of parameters, with views on it by layer."""

from copy import copy
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.simd import BUNCH, EIGHT, FOUR, aligned
from tinkernet.engine.errors import SpecError
from tinkernet.engine.formulas import layout
from tinkernet.engine.formulas.activations import LINEAR, activation_from_key
from tinkernet.engine.formulas.initialisers import biases_from_key, initialiser_from_key
from tinkernet.engine.formulas.losses import FROM_TOTALS, output_from_key
from tinkernet.engine.kernels import arguments
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.spec.task import Task


class Network:
    """The shape of a network, its parameters and what the optimiser keeps beside them.

    An executor owns it, for as long as a run goes on without a restart. Layer 0 is the first layer with weights.

    * `sizes`: the number of units of each layer, inputs first.
    * `padded`: all parameters as the kernels take them, float64 (p,), with padding; `params` is a copy without padding.
      The next four have the same layout.
    * `parameter_mask`: what may happen to each parameter (see `layout`).
    * `optimiser_state`: (4, p); its rows are named in `layout`.
    * `pruned_weights`: the weights of cut links, to be restored; 0 elsewhere.
    * `pruned_dead`: 1 where a penalty had killed a link before it was cut.
    * `places`: where the parameters without padding are in these arrays.
    * `layer_table`: one row for each layer of what is trained (see `kernels`). `shown_table`: the same of what a person
      sees. They differ in the outputs of a loss that takes pre-activations.
    * `units`: where each unit is in a workspace.
    """

    def __init__(self, spec: Spec, task: Task) -> None:
        self.sizes = (len(spec.features), *spec.hidden, task.outputs)
        rows: list[tuple[int, int, int, int, int, int]] = []
        start = 0
        for fan_in, neurons in pairwise(self.sizes):
            biases = start + _filled_up(neurons) * _filled_up(fan_in)
            rows.append((fan_in, neurons, start, biases, LINEAR, 0))
            start = biases + _filled_up(neurons)
        self.layer_table, self.shown_table = np.array(rows, np.int64), np.array(rows, np.int64)
        output = output_from_key[task.output]
        self.shown_table[-1, arguments.ACTIVATION] = output.code
        self.shown_table[-1, arguments.COUPLED] = output.coupled
        if task.loss_code not in FROM_TOTALS:
            self.layer_table[-1] = self.shown_table[-1]
        self.activate(spec)
        whole = -(-start // EIGHT) * EIGHT
        self.padded, self.parameter_mask, self.pruned_weights = aligned(whole), aligned(whole), aligned(whole)
        self.optimiser_state = aligned(4 * whole).reshape(4, whole)
        for layer in range(self.layers):
            self._matrix(self.parameter_mask, layer)[:] = layout.LINK
        self._kinds = self.parameter_mask.copy()
        self.pruned_dead = aligned(whole)
        self._pruned, self._frozen = np.zeros(whole, np.bool_), np.zeros(whole, np.bool_)
        at = np.arange(whole)
        self.places: NDArray[np.int64] = np.concatenate(
            [part.ravel() for layer in range(self.layers) for part in (self._matrix(at, layer), self._row(at, layer))]
        )
        starts = np.cumsum([0, *(_filled_up(size) for size in self.sizes[:-1])])
        self.units: NDArray[np.int64] = np.concatenate(
            [start + np.arange(size) for start, size in zip(starts, self.sizes, strict=True)]
        )
        self._workspace_from_lanes: dict[int, NDArray[np.float64]] = {}
        self._firsts_from_most: dict[int | None, NDArray[np.int64]] = {}

    def another(self) -> "Network":
        """A network of the same shape and activations in which all is 0 and nothing is held, for `initialise`."""
        made = copy(self)
        made.layer_table, made.shown_table = self.layer_table.copy(), self.shown_table.copy()
        whole = len(self.padded)
        made.padded, made.pruned_weights, made.pruned_dead = aligned(whole), aligned(whole), aligned(whole)
        made.parameter_mask, made.optimiser_state = aligned(whole), aligned(4 * whole).reshape(4, whole)
        made.parameter_mask[:] = self._kinds
        made._pruned, made._frozen = np.zeros(whole, np.bool_), np.zeros(whole, np.bool_)
        made._workspace_from_lanes = {}
        return made

    def activate(self, spec: Spec) -> None:
        """Take the activations of the hidden layers from a spec of the same shape."""
        for layer in range(len(spec.hidden)):
            code = activation_from_key[spec.of_layer("activation", layer)].code
            self.layer_table[layer, arguments.ACTIVATION] = self.shown_table[layer, arguments.ACTIVATION] = code

    def initialise(self, spec: Spec, state: NDArray[np.int64]) -> None:
        """Draw the first weights and biases layer by layer, with a seedrandom generator, which moves on.

        Numbers are drawn also where all parameters start at zero, as in the original.
        """
        biases = biases_from_key[spec.biases]
        for layer in range(self.layers):
            weights = self.weights(layer)
            weights[:] = initialiser_from_key[spec.of_layer("initialiser", layer)].draw(weights.shape, state)
            self.biases(layer)[:] = biases.draw(weights.shape, state)
        if spec.init_zero:
            self.padded[:] = 0.0

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

    def weights_of(self, vector: NDArray[np.float64], layer: int) -> NDArray[np.float64]:
        """The same view of another vector that is laid out as `padded`."""
        return self._matrix(vector, layer)

    def biases_of(self, vector: NDArray[np.float64], layer: int) -> NDArray[np.float64]:
        """The same view of another vector that is laid out as `padded`."""
        return self._row(vector, layer)

    def dead(self, layer: int) -> NDArray[np.bool_]:
        """Which links have weight 0 and are not trained, because of a penalty or a cut: (neurons, inputs)."""
        dead: NDArray[np.bool_] = self._matrix(self.parameter_mask, layer) == layout.PRUNED
        return dead

    def firsts(self, most: int | None) -> NDArray[np.int64]:
        """The rows of the first neurons of each layer among all units; inputs are left out. None: all neurons."""
        if most not in self._firsts_from_most:
            starts = np.cumsum(self.sizes)
            self._firsts_from_most[most] = np.concatenate(
                [start + np.arange(size)[:most] for start, size in zip(starts, self.sizes[1:], strict=False)]
            )
        return self._firsts_from_most[most]

    def type_weight(self, layer: int, neuron: int, input: int, value: float) -> None:
        """Set a weight. A link that a penalty killed learns again; a cut one has the weight once it is restored."""
        at = self._index(layer, neuron, input)
        if self._pruned[at]:
            self.pruned_weights[at], self.pruned_dead[at] = value, 0.0
            return
        self.padded[at] = value
        if self.parameter_mask[at] == layout.PRUNED:
            self.parameter_mask[at] = self._alive(at)

    def typed_weight(self, layer: int, neuron: int, input: int) -> tuple[float, bool]:
        """The weight of a link, or of a cut one the weight it will have once restored; whether a penalty killed it."""
        at = self._index(layer, neuron, input)
        if self._pruned[at]:
            return float(self.pruned_weights[at]), bool(self.pruned_dead[at])
        return float(self.padded[at]), bool(self.parameter_mask[at] == layout.PRUNED)

    def is_pruned(self, layer: int, neuron: int, input: int) -> bool:
        """Whether the spec has cut this link."""
        return bool(self._pruned[self._index(layer, neuron, input)])

    def restore(self, params: NDArray[np.float64]) -> None:
        """Take parameters laid out as `padded`. Cut links stay cut; a dead one that gets a weight learns again."""
        self.padded[:] = np.where(self._pruned, 0.0, params)
        revived = (self.parameter_mask == layout.PRUNED) & (self.padded != 0.0)
        self.parameter_mask[revived] = self._alive(revived)

    def _alive(self, at: Any) -> NDArray[np.float64]:
        """What the mask says of parameters that are neither dead nor cut."""
        alive: NDArray[np.float64] = np.where(self._frozen[at], layout.FROZEN, self._kinds[at])
        return alive

    def mask(self, spec: Spec) -> None:
        """Freeze and cut what the spec says, and nothing else: what was held before and is not now is restored.

        A cut link has weight 0 and is dead; its weight is in `pruned_weights` meanwhile. A link that is restored is as
        before the cut.
        """
        params, mask, weights = self.padded, self.parameter_mask, self.pruned_weights
        cut, frozen = np.zeros(len(params), np.bool_), np.zeros(len(params), np.bool_)
        for part in spec.cut:
            cut[self._places(part, spec, outgoing=True)] = True
        for part in spec.frozen:
            frozen[self._places(part, spec, outgoing=False)] = True
        fresh, restored = cut & ~self._pruned, self._pruned & ~cut
        self.pruned_dead[fresh] = mask[fresh] == layout.PRUNED
        weights[fresh], params[fresh], mask[fresh] = params[fresh], 0.0, layout.PRUNED
        params[restored], weights[restored] = weights[restored], 0.0
        mask[restored] = np.where(self.pruned_dead[restored] > 0.0, layout.PRUNED, self._kinds[restored])
        self.pruned_dead[restored] = 0.0
        self._pruned, self._frozen = cut, frozen
        thawed = mask == layout.FROZEN
        mask[thawed] = self._kinds[thawed]
        mask[frozen & (mask != layout.PRUNED)] = layout.FROZEN

    def check_neuron(self, layer: int, neuron: int) -> None:
        """Raises SpecError where there is no such neuron; layer 0 is the first with weights."""
        check_index("layer", layer, self.layers)
        check_index("neuron", neuron, self.sizes[layer + 1])

    @property
    def masked(self) -> bool:
        """Whether any parameter is dead, cut or frozen."""
        return bool((self.parameter_mask < layout.BIAS).any())

    def _places(self, part: str, spec: Spec, *, outgoing: bool) -> list[int]:
        """The places in `padded` of a part (see `Spec.frozen`): of a neuron its outgoing links, or its own parameters.

        None for a part that this network has not; the outputs' own links stand for outgoing ones.
        """
        if part in spec.features:
            input = spec.features.index(part)
            return [self._index(0, neuron, input) for neuron in range(self.sizes[1])]
        if not part[0].isdecimal():
            return []
        layer, neuron, *input_of_link = (int(number) for number in part.split("."))
        if layer >= self.layers or neuron >= self.sizes[layer + 1]:
            return []
        if input_of_link:
            input = input_of_link[0]
            return [self._index(layer, neuron, input)] if input < self.sizes[layer] else []
        if outgoing and layer + 1 < self.layers:
            return [self._index(layer + 1, other, neuron) for other in range(self.sizes[layer + 2])]
        own = [self._index(layer, neuron, input) for input in range(self.sizes[layer])]
        bias = int(self.layer_table[layer, arguments.BIASES]) + neuron
        return own if outgoing else [*own, bias]

    def _index(self, layer: int, neuron: int, input: int) -> int:
        """The place of a weight in `padded`."""
        return int(self.layer_table[layer, arguments.WEIGHTS]) + neuron * _filled_up(self.sizes[layer]) + input

    def workspace(self, lanes: int) -> NDArray[np.float64]:
        """The kernels' scratch for points in chunks of so many lanes; `units` says where each unit is in it."""
        if lanes not in self._workspace_from_lanes:
            # The last bunch of activations may reach beyond the last unit.
            count = sum(_filled_up(size) for size in self.sizes) * lanes + BUNCH
            self._workspace_from_lanes[lanes] = aligned(5 * max(len(self.padded), count)).reshape(5, -1)
        return self._workspace_from_lanes[lanes]

    def _matrix(self, vector: NDArray[Any], layer: int) -> NDArray[Any]:
        fan_in, neurons, start, end = self.layer_table[layer, : arguments.ACTIVATION]
        return vector[start:end].reshape(_filled_up(neurons), _filled_up(fan_in))[:neurons, :fan_in]

    def _row(self, vector: NDArray[Any], layer: int) -> NDArray[Any]:
        start = self.layer_table[layer, arguments.BIASES]
        return vector[start : start + self.layer_table[layer, arguments.NEURONS]]


def check_index(name: str, value: int, count: int) -> None:
    """Raises SpecError unless the value is a whole number from 0 to count - 1."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        allowed = f"a whole number from 0 to {count - 1}" if count else "left out: there is none"
        raise SpecError(name, value, allowed)


def _filled_up(count: int) -> int:
    return -(-count // FOUR) * FOUR
