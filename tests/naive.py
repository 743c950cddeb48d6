"""The obvious network: a point at a time, a formula a line, NumPy only. Slow on purpose: the kernels are held to it."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine import Spec
from tinkernet.engine.data.dataset import Points

Array = NDArray[np.float64]

# key: (output, derivative), each of the pre-activation z
ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "relu": (lambda z: np.maximum(z, 0.0), lambda z: (z > 0).astype(float)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "linear": (lambda z: z, np.ones_like),
    "leakyRelu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "elu": (lambda z: np.where(z > 0, z, _expm1(z)), lambda z: np.where(z > 0, 1.0, _exp(z))),
    "selu": (
        lambda z: SELU[0] * np.where(z > 0, z, SELU[1] * _expm1(z)),
        lambda z: SELU[0] * np.where(z > 0, 1.0, SELU[1] * _exp(z)),
    ),
    "gelu": (lambda z: z * _below(z), lambda z: _below(z) + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)),
    "swish": (lambda z: z * _sigmoid(z), lambda z: _sigmoid(z) + z * _sigmoid(z) * _sigmoid(-z)),
    "mish": (
        lambda z: z * np.tanh(_softplus(z)),
        lambda z: np.tanh(_softplus(z)) + z * _sigmoid(z) / np.cosh(_softplus(z)) ** 2,
    ),
    "softplus": (lambda z: _softplus(z), lambda z: _sigmoid(z)),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
    "sine": (np.sin, np.cos),
    "gaussian": (lambda z: np.exp(-z * z), lambda z: -2 * z * np.exp(-z * z)),
    "step": (lambda z: np.where(z > 0, 1.0, 0.0), np.zeros_like),
}
SELU = (1.0507009873554804934193349852946, 1.6732632423543772848170429916717)


def _exp(z: Array) -> Array:
    return np.exp(np.minimum(z, 0.0))


def _expm1(z: Array) -> Array:
    return np.expm1(np.minimum(z, 0.0))


def _sigmoid(z: Array) -> Array:
    return np.where(z > 0, 1 / (1 + np.exp(-abs(z))), np.exp(-abs(z)) / (1 + np.exp(-abs(z))))


def _softplus(z: Array) -> Array:
    return np.logaddexp(0.0, z)


def _below(z: Array) -> Array:
    """The share of a normal distribution below z."""
    return np.array([math.erfc(-each / math.sqrt(2)) / 2 for each in np.ravel(z)]).reshape(np.shape(z))


def _softmax(z: Array) -> Array:
    return np.exp(z) / np.exp(z).sum()


def _p(a: Array, low: float) -> Array:
    """The probability that an output stands for."""
    return (a - low) / (1 - low)


# key: (loss, its derivative by the outputs), of outputs, targets and the target of a class that is not the point's.
LOSSES: dict[str, tuple[Callable[[Array, Array, float], Array], Callable[[Array, Array, float], Array]]] = {
    "squared": (lambda a, t, low: (((a - t) ** 2) / 2).sum(), lambda a, t, low: a - t),
    "absolute": (lambda a, t, low: abs(a - t).sum(), lambda a, t, low: np.sign(a - t)),
    "huber": (
        lambda a, t, low: np.where(abs(a - t) < 1, (a - t) ** 2 / 2, abs(a - t) - 0.5).sum(),
        lambda a, t, low: np.clip(a - t, -1, 1),
    ),
    "crossEntropy": (
        lambda a, t, low: -np.log(np.where(t == 1, _p(a, low), 1 - _p(a, low))).sum(),
        lambda a, t, low: np.where(t == 1, -1 / (a - low), 1 / (1 - a)),
    ),
    "perceptron": (  # of the pre-activations: the step has no slope
        lambda z, t, low: (z * ((z > 0) - t)).sum(),
        lambda z, t, low: (z > 0) - t,
    ),
    "hinge": (
        lambda a, t, low: np.maximum(0, 1 - t * a).sum(),
        lambda a, t, low: np.where(t * a < 1, -t, 0.0),
    ),
}
# Of outputs that share a softmax only the one of the point's class counts.
SHARED_CROSS_ENTROPY = (
    lambda a, t, low: -np.log(a[t == 1]).sum(),
    lambda a, t, low: np.where(t == 1, -1 / a, 0.0),
)
PENALTY_DERIVATIVES: dict[str, Callable[[Array], Array]] = {
    "none": np.zeros_like,
    "L1": np.sign,
    "L2": lambda w: w,
    "elastic": lambda w: np.sign(w) + w,
    "decay": lambda w: w,
}


def _adam(w: Array, g: Array, m: Array, v: Array, t: int, spec: Spec) -> Array:
    m[:] = spec.beta1 * m + (1 - spec.beta1) * g
    v[:] = spec.beta2 * v + (1 - spec.beta2) * g**2
    unbiased_m, unbiased_v = m / (1 - spec.beta1**t), v / (1 - spec.beta2**t)
    return w - spec.learning_rate * unbiased_m / (np.sqrt(unbiased_v) + spec.epsilon)


def _lion(w: Array, g: Array, m: Array, v: Array, t: int, spec: Spec) -> Array:
    direction = np.sign(spec.beta1 * m + (1 - spec.beta1) * g)
    m[:] = spec.beta2 * m + (1 - spec.beta2) * g
    return w - spec.learning_rate * direction


def _momentum(w: Array, g: Array, m: Array, v: Array, t: int, spec: Spec) -> Array:
    m[:] = spec.momentum * m + g
    return w - spec.learning_rate * m


def _nesterov(w: Array, g: Array, m: Array, v: Array, t: int, spec: Spec) -> Array:
    m[:] = spec.momentum * m + g
    return w - spec.learning_rate * (g + spec.momentum * m)


def _adagrad(w: Array, g: Array, m: Array, v: Array, t: int, spec: Spec) -> Array:
    v[:] = v + g**2
    return w - spec.learning_rate * g / (np.sqrt(v) + spec.epsilon)


def _rmsprop(w: Array, g: Array, m: Array, v: Array, t: int, spec: Spec) -> Array:
    v[:] = spec.smoothing * v + (1 - spec.smoothing) * g**2
    return w - spec.learning_rate * g / (np.sqrt(v) + spec.epsilon)


# key: the new parameters for parameters w, gradient g, both moments (changed in place), number of the update, spec.
OPTIMISERS: dict[str, Callable[[Array, Array, Array, Array, int, Spec], Array]] = {
    "sgd": lambda w, g, m, v, t, spec: w - spec.learning_rate * g,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,
    "lion": _lion,
}


def hashed(*numbers: int) -> int:
    """lowbias32 of each number under the hash of those before it."""
    x = 0
    for at, number in enumerate(numbers):
        x = (x ^ number) & 0xFFFFFFFF
        if at == 0:
            continue
        x ^= x >> 16
        x = x * 0x7FEB352D & 0xFFFFFFFF
        x ^= x >> 15
        x = x * 0x846CA68B & 0xFFFFFFFF
        x ^= x >> 16
    return x


FEATURES: dict[str, Callable[[float, float], float]] = {
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "xSquared": lambda x, y: x * x,
    "ySquared": lambda x, y: y * y,
    "xTimesY": lambda x, y: x * y,
    "sinX": lambda x, y: math.sin(x),
    "sinY": lambda x, y: math.sin(y),
    "xCubed": lambda x, y: x**3,
    "yCubed": lambda x, y: y**3,
    "absX": lambda x, y: abs(x),
    "absY": lambda x, y: abs(y),
    "radius": lambda x, y: math.hypot(x, y),
    "angle": lambda x, y: math.atan2(y, x),
    "sinTwoX": lambda x, y: math.sin(2 * x),
    "sinTwoY": lambda x, y: math.sin(2 * y),
    "cosX": lambda x, y: math.cos(x),
    "cosY": lambda x, y: math.cos(y),
    "bumpNW": lambda x, y: math.exp(-((x + 4) ** 2 + (y - 4) ** 2) / 8),
    "bumpN": lambda x, y: math.exp(-(x**2 + (y - 4) ** 2) / 8),
    "bumpNE": lambda x, y: math.exp(-((x - 4) ** 2 + (y - 4) ** 2) / 8),
    "bumpW": lambda x, y: math.exp(-((x + 4) ** 2 + y**2) / 8),
    "bumpC": lambda x, y: math.exp(-(x**2 + y**2) / 8),
    "bumpE": lambda x, y: math.exp(-((x - 4) ** 2 + y**2) / 8),
    "bumpSW": lambda x, y: math.exp(-((x + 4) ** 2 + (y + 4) ** 2) / 8),
    "bumpS": lambda x, y: math.exp(-(x**2 + (y + 4) ** 2) / 8),
    "bumpSE": lambda x, y: math.exp(-((x - 4) ** 2 + (y + 4) ** 2) / 8),
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
    updates: int = 0
    epochs: int = 0

    def __post_init__(self) -> None:
        both = [*self.weights, *self.biases]
        self.moments = [(np.zeros_like(each), np.zeros_like(each)) for each in both]
        self.dead = [np.zeros(weights.shape, bool) for weights in self.weights]
        self._clear()

    def _clear(self) -> None:
        pairs = zip(self.weights, self.biases, strict=True)
        self.gradient = [(np.zeros_like(weights), np.zeros_like(biases)) for weights, biases in pairs]
        self.pending = 0

    @property
    def output_key(self) -> str:
        """Automatic is what the original has, and softmax for more than two classes."""
        if self.spec.output != "auto":
            return self.spec.output
        return "linear" if self.spec.problem == "regression" else "tanh" if len(self.weights[-1]) == 1 else "softmax"

    @property
    def loss_key(self) -> str:
        """Automatic is the squared error, cross-entropy with softmax, and the perceptron's rule with the step."""
        if self.spec.loss != "auto":
            return self.spec.loss
        return {"softmax": "crossEntropy", "step": "perceptron"}.get(self.output_key, "squared")

    @property
    def low(self) -> float:
        """The target of a class that is not the point's."""
        return -1.0 if self.output_key in ("tanh", "linear") else 0.0

    @property
    def loss_formulas(self) -> tuple[Callable[..., Array], Callable[..., Array]]:
        """The loss and its derivative by the outputs."""
        return SHARED_CROSS_ENTROPY if self.output_key == "softmax" else LOSSES[self.loss_key]

    def targets(self, target: Array) -> Array:
        """Numbers as they are; 1 for the point's class, -1 or 0 for the others. A lone output is that of class 1."""
        if self.spec.problem == "regression":
            return target
        count = len(self.weights[-1])
        outputs = [1] if count == 1 else range(count)
        return np.array([1.0 if each == target[0] else self.low for each in outputs])

    def activation(self, layer: int) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
        """Of a layer: the last one's goes by the problem."""
        if layer < len(self.weights) - 1:
            own = self.spec.activations
            return ACTIVATIONS[own[layer] if layer < len(own) else self.spec.activation]
        return ACTIVATIONS[self.output_key]

    def masks(self, point: int) -> list[Array]:
        """Of each hidden layer for the point at this place of the epoch: 0 for a silent neuron, else 1 / (1 - rate)."""
        rate = self.spec.dropout
        unit, found = 0, []
        for weights in self.weights[:-1]:
            chances = [hashed(self.key, 1, self.epochs, point, unit + each) / 2**32 for each in range(len(weights))]
            found.append(np.array([0.0 if chance < rate else 1 / (1 - rate) for chance in chances]))
            unit += len(weights)
        return found

    @property
    def key(self) -> int:
        """What the seed is for the hash."""
        return zlib.crc32((self.spec.weight_seed or self.spec.seed).encode())

    def order(self, count: int) -> list[int]:
        """The order of the points in this epoch."""
        order = list(range(count))
        if self.spec.order == "shuffled":
            for left in range(count, 1, -1):
                chosen = hashed(self.key, 0x5BD1E995, self.epochs, left) * left >> 32
                order[left - 1], order[chosen] = order[chosen], order[left - 1]
        return order

    def forward(self, point: Sequence[float], masks: list[Array] | None = None) -> tuple[list[Array], list[Array]]:
        """Outputs of each layer, the inputs first, and the pre-activations of each layer with weights."""
        inputs = [FEATURES[key](*point) if key in FEATURES else point[int(key[3:])] for key in self.spec.features]
        outputs, pre_activations = [np.array(inputs)], []
        for layer, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            pre_activations.append(weights @ outputs[-1] + biases)
            is_softmax = layer == len(self.weights) - 1 and self.output_key == "softmax"
            outputs.append(
                _softmax(pre_activations[-1]) if is_softmax else self.activation(layer)[0](pre_activations[-1])
            )
            if masks and layer < len(masks):
                outputs[-1] = outputs[-1] * masks[layer]
        return outputs, pre_activations

    def output(self, *point: float) -> float:
        """The first output for one point."""
        return float(self.forward(point)[0][-1][0])

    def loss(self, points: Points) -> float:
        """The mean over the points of the loss summed over the outputs."""
        formula = self.loss_formulas[0]
        pairs = zip(points.inputs, points.targets, strict=True)
        from_sums = int(self.output_key == "step")
        return float(np.mean([formula(self.forward(x)[from_sums][-1], self.targets(t), self.low) for x, t in pairs]))

    def add_gradient(self, point: Array, target: Array, masks: list[Array] | None = None) -> None:
        """Backpropagation of one point."""
        outputs, pre_activations = self.forward(point, masks)
        is_step = self.output_key == "step"
        slope = self.loss_formulas[1]((pre_activations if is_step else outputs)[-1], self.targets(target), self.low)
        for layer in range(len(self.weights) - 1, -1, -1):
            if layer == len(self.weights) - 1 and self.output_key == "softmax":
                delta = (np.diag(outputs[-1]) - np.outer(outputs[-1], outputs[-1])) @ slope
            elif layer == len(self.weights) - 1 and is_step:
                delta = slope
            else:
                delta = slope * self.activation(layer)[1](pre_activations[layer])
            if masks and layer < len(masks):
                delta = delta * masks[layer]
            self.gradient[layer][0][:] += np.outer(delta, outputs[layer])
            self.gradient[layer][1][:] += delta
            slope = self.weights[layer].T @ delta
        self.pending += 1

    def update(self) -> None:
        """One step by the mean gradient, clipped if it is too long, and the penalty."""
        self.updates += 1
        mean = [part / self.pending for parts in zip(*self.gradient, strict=True) for part in parts]
        length = math.sqrt(sum((part**2).sum() for part in mean))
        share = min(1.0, self.spec.clip_norm / (length + 1e-6)) if self.spec.clip_norm else 1.0
        mean = [part * share for part in mean]
        if self.spec.optimiser == "sgd":
            self._descend(mean)
        else:
            self._optimise(mean)
        self._clear()

    def _descend(self, mean: list[Array]) -> None:
        """The original's: the penalty is a step of its own, taken at the weight before; L1 kills what crosses zero."""
        rate, count = self.spec.learning_rate, len(self.weights)
        for layer, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            alive = ~self.dead[layer]
            pull = rate * self.spec.regularization_rate * PENALTY_DERIVATIVES[self.spec.regularization](weights)
            stepped = weights - rate * mean[layer]
            after = stepped - pull
            if self.spec.regularization in ("L1", "elastic"):
                crossed = alive & (stepped * after < 0)
                after[crossed] = 0.0
                self.dead[layer] |= crossed
            weights[alive] = after[alive]
            biases -= rate * mean[count + layer]

    def _optimise(self, mean: list[Array]) -> None:
        """PyTorch's: the gradient includes the penalty; weight decay shrinks the weights before."""
        spec, count = self.spec, len(self.weights)
        decay = spec.regularization_rate if spec.regularization == "decay" else 0.0
        decay += spec.weight_decay if spec.optimiser in ("adamw", "lion") else 0.0
        for at, (w, g) in enumerate(zip([*self.weights, *self.biases], mean, strict=True)):
            if at < count:
                if spec.regularization != "decay":
                    g = g + spec.regularization_rate * PENALTY_DERIVATIVES[spec.regularization](w)
                w *= 1 - spec.learning_rate * decay
            w[:] = OPTIMISERS[spec.optimiser](w, g, *self.moments[at], self.updates, spec)

    def epoch(self, points: Points) -> None:
        """Once over the points, by the spec's rule for a last, short batch."""
        size = self.spec.batch_size
        for count, at in enumerate(self.order(len(points)), start=1):
            masks = self.masks(count - 1) if self.spec.dropout else None
            self.add_gradient(points.inputs[at], points.targets[at], masks)
            if count % size == 0 or (count == len(points) and self.spec.short_batch == "update"):
                self.update()
        self.epochs += 1
