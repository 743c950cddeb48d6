"""The weights and biases a network starts with. To add a way to draw them: a formula and a record, both in this file.

A formula takes the shape (neurons, inputs) of a layer's weights and the generator that has drawn the points, row by
row. Of the layer, fan-in is the number of inputs, fan-out that of neurons; a layer without inputs counts as one.
"""

from collections.abc import Callable
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.rng.seedrandom import normals, uniforms

Shape = tuple[int, int]
Draw = Callable[[Shape, NDArray[np.int64]], NDArray[np.float64]]


def orthogonal(shape: Shape, state: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows (columns where there are more rows than those) of length 1 at right angles, from a normal matrix.

    Saxe, McClelland, Ganguli: Exact solutions to the nonlinear dynamics of learning in deep linear networks (2013);
    PyTorch's orthogonal_. By Gram and Schmidt, twice, which is to the last places what QR gives.
    """
    matrix = normals(shape, state)
    vectors = matrix if shape[0] <= shape[1] else matrix.T
    for at, vector in enumerate(vectors):
        for _ in range(2):
            for earlier in vectors[:at]:
                vector -= (vector * earlier).sum() * earlier
        vector /= sqrt((vector * vector).sum())
    return matrix


def _uniform(limit: Callable[[int, int], float]) -> Draw:
    """Evenly from -limit to limit, which depends on fan-in and fan-out."""
    return lambda shape, state: limit(max(1, shape[1]), shape[0]) * (2.0 * uniforms(shape, state) - 1.0)


def _normal(deviation: Callable[[int, int], float]) -> Draw:
    return lambda shape, state: deviation(max(1, shape[1]), shape[0]) * normals(shape, state)


class Initialiser(NamedTuple):
    """One way to draw weights: key in links, name, formula for a person, a note, the formula; basic: the original's."""

    key: str
    label: str
    formula: str
    note: str
    draw: Draw
    basic: bool = False


INITIALISERS = (
    Initialiser(
        "uniform", "Uniform", "U(±½)", "The same for every layer.", lambda s, state: uniforms(s, state) - 0.5, True
    ),
    Initialiser("zeros", "Zeros", "0", "All neurons of a layer stay alike.", lambda s, state: np.zeros(s)),
    # Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks (2010).
    Initialiser(
        "glorotUniform",
        "Glorot, uniform",
        "U(±√(6 / (in + out)))",
        "Made for tanh.",
        _uniform(lambda inputs, outputs: sqrt(6 / (inputs + outputs))),
    ),
    Initialiser(
        "glorotNormal",
        "Glorot, normal",
        "N(0, 2 / (in + out))",
        "Made for tanh.",
        _normal(lambda inputs, outputs: sqrt(2 / (inputs + outputs))),
    ),
    # He, Zhang, Ren, Sun: Delving Deep into Rectifiers (2015).
    Initialiser(
        "heUniform", "He, uniform", "U(±√(6 / in))", "Made for ReLU.", _uniform(lambda inputs, _: sqrt(6 / inputs))
    ),
    Initialiser(
        "heNormal", "He, normal", "N(0, 2 / in)", "Made for ReLU.", _normal(lambda inputs, _: sqrt(2 / inputs))
    ),
    # LeCun, Bottou, Orr, Müller: Efficient BackProp (1998).
    Initialiser(
        "lecunUniform",
        "LeCun, uniform",
        "U(±√(3 / in))",
        "Made for SELU.",
        _uniform(lambda inputs, _: sqrt(3 / inputs)),
    ),
    Initialiser(
        "lecunNormal", "LeCun, normal", "N(0, 1 / in)", "Made for SELU.", _normal(lambda inputs, _: sqrt(1 / inputs))
    ),
    Initialiser("orthogonal", "Orthogonal", "W Wᵀ = 1", "Keeps lengths; for deep networks.", orthogonal),
)

initialiser_from_key = {initialiser.key: initialiser for initialiser in INITIALISERS}


class Biases(NamedTuple):
    """One start of the biases: as of the weights; the shape is that of the weights, the answer (neurons,)."""

    key: str
    label: str
    formula: str
    note: str
    draw: Draw
    basic: bool = False


BIASES = (
    Biases("tenth", "0.1", "0.1", "The same for every neuron.", lambda shape, state: np.full(shape[0], 0.1), True),
    Biases("zeros", "Zero", "0", "No neuron leans to a side.", lambda shape, state: np.zeros(shape[0])),
    # As PyTorch's Linear layer.
    Biases(
        "fanIn",
        "Uniform",
        "U(±1 / √in)",
        "Drawn behind the weights of its layer.",
        lambda shape, state: (2.0 * uniforms((shape[0],), state) - 1.0) / sqrt(max(1, shape[1])),
    ),
)

biases_from_key = {biases.key: biases for biases in BIASES}
