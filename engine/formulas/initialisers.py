"""The weights and biases a network starts with. To add a way to draw them: a formula and a record, both in this file.

A formula takes the shape (neurons, inputs) of a layer's weights and the state of the generator that has drawn the
points; it gives the weights, drawn row by row. fan-in is the number of inputs of the layer, at least 1; fan-out is the
number of its neurons.
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
    """Orthonormal rows, or columns where there are more rows than columns, from a matrix of normal numbers.

    Saxe, McClelland, Ganguli: Exact solutions to the nonlinear dynamics of learning in deep linear networks (2013);
    orthogonal_ of PyTorch. Gram-Schmidt, done twice, agrees with QR to the last digits and, unlike LAPACK's QR, gives
    the same bits on every processor.
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
    """Uniform between -limit and limit; limit: a function of (fan-in, fan-out)."""
    return lambda shape, state: limit(max(1, shape[1]), shape[0]) * (2.0 * uniforms(shape, state) - 1.0)


def _normal(deviation: Callable[[int, int], float]) -> Draw:
    """Normal around 0; deviation: a function of (fan-in, fan-out)."""
    return lambda shape, state: deviation(max(1, shape[1]), shape[0]) * normals(shape, state)


class Initialiser(NamedTuple):
    """One way to draw weights: key in links, name, formula for people, a note, the formula; basic: the original's."""

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
    Initialiser(
        "zeros", "Zeros", "0", "All neurons of a layer stay equal: they learn the same.", lambda s, state: np.zeros(s)
    ),
    # Glorot, Bengio: Understanding the difficulty of training deep feedforward neural networks (2010).
    Initialiser(
        "glorotUniform",
        "Glorot, uniform",
        "U(±√(6 / (in + out)))",
        "Suited to tanh.",
        _uniform(lambda inputs, outputs: sqrt(6 / (inputs + outputs))),
    ),
    Initialiser(
        "glorotNormal",
        "Glorot, normal",
        "N(0, 2 / (in + out))",
        "Suited to tanh.",
        _normal(lambda inputs, outputs: sqrt(2 / (inputs + outputs))),
    ),
    # He, Zhang, Ren, Sun: Delving Deep into Rectifiers (2015).
    Initialiser(
        "heUniform", "He, uniform", "U(±√(6 / in))", "Suited to ReLU.", _uniform(lambda inputs, _: sqrt(6 / inputs))
    ),
    Initialiser(
        "heNormal", "He, normal", "N(0, 2 / in)", "Suited to ReLU.", _normal(lambda inputs, _: sqrt(2 / inputs))
    ),
    # LeCun, Bottou, Orr, Müller: Efficient BackProp (1998).
    Initialiser(
        "lecunUniform",
        "LeCun, uniform",
        "U(±√(3 / in))",
        "Suited to SELU.",
        _uniform(lambda inputs, _: sqrt(3 / inputs)),
    ),
    Initialiser(
        "lecunNormal", "LeCun, normal", "N(0, 1 / in)", "Suited to SELU.", _normal(lambda inputs, _: sqrt(1 / inputs))
    ),
    Initialiser("orthogonal", "Orthogonal", "W Wᵀ = 1", "Keeps the lengths of vectors; for deep networks.", orthogonal),
)

initialiser_from_key = {initialiser.key: initialiser for initialiser in INITIALISERS}


class Biases(NamedTuple):
    """One way to draw biases: fields as of `Initialiser`. The formula gives (neurons,) for the shape of weights."""

    key: str
    label: str
    formula: str
    note: str
    draw: Draw
    basic: bool = False


BIASES = (
    Biases("tenth", "0.1", "0.1", "The same for every neuron.", lambda shape, state: np.full(shape[0], 0.1), True),
    Biases("zeros", "Zero", "0", "All biases start at zero.", lambda shape, state: np.zeros(shape[0])),
    # As PyTorch's Linear layer.
    Biases(
        "fanIn",
        "Uniform",
        "U(±1 / √in)",
        "Drawn after the weights of its layer.",
        lambda shape, state: (2.0 * uniforms((shape[0],), state) - 1.0) / sqrt(max(1, shape[1])),
    ),
)

biases_from_key = {biases.key: biases for biases in BIASES}
