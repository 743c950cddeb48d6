"""The obvious network: a point at a time, a formula a line, NumPy only. Slow on purpose: the kernels are held to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine import Spec

Array = NDArray[np.float64]

# key: (answer, slope), each of the total input z
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "relu": (lambda z: np.maximum(z, 0.0), lambda z: (z > 0).astype(float)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "linear": (lambda z: z, np.ones_like),
}
PENALTY_SLOPES: dict[str, Callable[[Array], Array]] = {"none": np.zeros_like, "L1": np.sign, "L2": lambda w: w}
FEATURES: dict[str, Callable[[float, float], float]] = {
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "xSquared": lambda x, y: x * x,
    "ySquared": lambda x, y: y * y,
    "xTimesY": lambda x, y: x * y,
    "sinX": lambda x, y: math.sin(x),
    "sinY": lambda x, y: math.sin(y),
}


@dataclass
class NaiveNetwork:
    """Weights (neurons, inputs) and biases (neurons,) of each layer, and what is left of a short batch."""

    spec: Spec
    weights: list[Array]
    biases: list[Array]
    dead: list[NDArray[np.bool_]] = field(init=False)
    gradient: list[tuple[Array, Array]] = field(init=False)
    pending: int = 0

    def __post_init__(self) -> None:
        self.dead = [np.zeros(weights.shape, bool) for weights in self.weights]
        self._clear()

    def _clear(self) -> None:
        pairs = zip(self.weights, self.biases, strict=True)
        self.gradient = [(np.zeros_like(weights), np.zeros_like(biases)) for weights, biases in pairs]
        self.pending = 0

    def activation(self, layer: int) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
        """Of a layer: the last one's goes by the problem."""
        if layer < len(self.weights) - 1:
            return ACTIVATIONS[self.spec.activation]
        return ACTIVATIONS["tanh" if self.spec.problem == "classification" else "linear"]

    def forward(self, x: float, y: float) -> tuple[list[Array], list[Array]]:
        """Answers of each layer, the inputs first, and the total inputs of each layer with weights."""
        answers, totals = [np.array([FEATURES[key](x, y) for key in self.spec.features])], []
        for layer, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            totals.append(weights @ answers[-1] + biases)
            answers.append(self.activation(layer)[0](totals[-1]))
        return answers, totals

    def output(self, x: float, y: float) -> float:
        """The answer to one point."""
        return float(self.forward(x, y)[0][-1][0])

    def loss(self, points: Array) -> float:
        """The mean of (output - label)^2 / 2."""
        return float(np.mean([(self.output(x, y) - label) ** 2 / 2 for x, y, label in points]))

    def add_gradient(self, x: float, y: float, label: float) -> None:
        """Backpropagation of one point."""
        answers, totals = self.forward(x, y)
        slope = answers[-1] - label
        for layer in range(len(self.weights) - 1, -1, -1):
            delta = slope * self.activation(layer)[1](totals[layer])
            self.gradient[layer][0][:] += np.outer(delta, answers[layer])
            self.gradient[layer][1][:] += delta
            slope = self.weights[layer].T @ delta
        self.pending += 1

    def update(self) -> None:
        """One step by the mean gradient, then the penalty's, taken at the weight before the step."""
        rate = self.spec.learning_rate
        for layer, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            of_weights, of_biases = self.gradient[layer]
            alive = ~self.dead[layer]
            pull = rate * self.spec.regularization_rate * PENALTY_SLOPES[self.spec.regularization](weights)
            stepped = weights - rate / self.pending * of_weights
            after = stepped - pull
            if self.spec.regularization == "L1":
                crossed = alive & (stepped * after < 0)
                after[crossed] = 0.0
                self.dead[layer] |= crossed
            weights[alive] = after[alive]
            biases -= rate / self.pending * of_biases
        self._clear()

    def epoch(self, points: Array) -> None:
        """Once over the points, by the spec's rule for a last, short batch."""
        size = self.spec.batch_size
        for count, (x, y, label) in enumerate(points, start=1):
            self.add_gradient(x, y, label)
            if count % size == 0 or (count == len(points) and self.spec.short_batch == "update"):
                self.update()
