"""What the kernels are given: the arrays, in groups, and how each is laid out.

All numbers are float64 unless said otherwise. A group is a plain tuple: Numba inspects a NamedTuple anew at
every call, which costs two microseconds, half an epoch of a small network. Rows and columns of weights are filled up to
a multiple of `simd.FOUR` with zeros that stay zero, so no loop has a rest.

* network: `params` (p,), every weight and bias: per layer the weights [neuron][input], then the biases, rows and
  columns filled up; p is a multiple of `simd.EIGHT`. `parameter_mask` (p,), `optimiser_state` (4, p): see
  `formulas.layout`. `layer_table` (layers, 6) int64: the columns below.
* settings: `hyperparameters` (16,) and `choices` (7,) int64: see `formulas.layout`.
* batches: `tiles` (tiles, rows, lanes), the training set; `batch_index` (tiles, 2) int64: 1 if the weights are updated
  after the tile, and the number of its first point in the epoch.
* sets: the tiles of the training set and of the test set, 32 lanes each.
* workspaces: of the batches' lanes and of the sets' lanes, each (5, n): see `Workspace`. One for each number of lanes:
  the rows that fill a layer up must stay zero.

A tile is a few points side by side: each row has one number of every point, `lanes` of them. Rows are the inputs, the
targets, and 1 where the lane holds a point of its own, else 0. A lane left over repeats a point of the tile: it then
overflows only where that point does. It counts in no sum. A tile of one lane is for `single`: there inputs and
targets are filled up with zeros to a multiple of FOUR each.
"""

from typing import Any, NamedTuple

NETWORK = "Tuple((float64[::1], float64[::1], float64[:,::1], int64[:,::1]))"
SETTINGS = "Tuple((float64[::1], int64[::1]))"
BATCHES = "Tuple((float64[:,:,::1], int64[:,::1]))"
SETS = "UniTuple(float64[:,:,::1], 2)"
WORKSPACES = "UniTuple(float64[:,::1], 2)"
"""Numba's types of the groups, for the signatures of kernels."""

FAN_IN, NEURONS, WEIGHTS, BIASES, ACTIVATION, COUPLED = range(6)
"""Columns of the layer table: inputs and neurons; where weights and biases start in `params`; code of the activation;
COUPLED: 1 where the outputs of the layer are shares of one softmax, once they are shown."""


class Workspace(NamedTuple):
    """Scratch memory for one tile. All but the gradient (p,) have a row of `lanes` numbers for each unit, the inputs
    first, every layer filled up to a multiple of FOUR rows.

    `derivatives`: of the activation functions. `deltas`: of the loss, by the units' pre-activations. `masks`: see
    `dropout`.
    """

    outputs: Any
    derivatives: Any
    deltas: Any
    gradient: Any
    masks: Any
