"""The curve of a network with one input, and what each neuron has in it."""

from typing import NamedTuple

import numpy as np

from tinkernet.engine.analysis.probe import activations
from tinkernet.engine.data.dataset import Floats
from tinkernet.engine.data.grid import EDGE
from tinkernet.engine.data.slices import default_slice
from tinkernet.engine.errors import SpecError
from tinkernet.engine.training.trainer import Trainer

CURVE_POINTS = 241
"""Places from one edge of the map to the other, ends included."""


class Curve(NamedTuple):
    """Over CURVE_POINTS places: the output (n,), and the shares (units, n) of the last layer before it.

    A share is a unit's activation times its weight: with the bias they add up to the output's pre-activation.
    """

    output: Floats
    shares: Floats


def curve(trainer: Trainer) -> Curve:
    """The curve of the network as it is, along the map (see `default_slice`).

    Raises SpecError for data with several inputs, classes or several targets.
    """
    shape = trainer.dataset.shape
    if not shape.has_curve:
        raise SpecError("data", shape.columns, "one input and one number to learn", "A curve")
    network = trainer.network
    places = np.zeros((CURVE_POINTS, 2))
    places[:, 0] = np.linspace(-EDGE, EDGE, CURVE_POINTS)
    found = activations(trainer, default_slice(trainer.dataset).lift(places))
    last = found[-1 - network.sizes[-2] : -1]
    return Curve(found[-1], network.weights(network.layers - 1).T * last)
