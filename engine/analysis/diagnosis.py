"""The doctor: what goes wrong in a run, where, and what helps. A registry; the first diagnosis that holds is told.

Each has a condition over facts that are measured once. A run that has learnt its task has few complaints left, and one
that has just begun has none: the bounds below keep healthy runs without a diagnosis (tests/engine/test_diagnosis.py).
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.analysis.health import DEAD, SATURATED, ailments, gradient_sizes
from tinkernet.engine.analysis.metrics import metrics
from tinkernet.engine.analysis.probe import outputs
from tinkernet.engine.data.dataset import Floats
from tinkernet.engine.spec.basic_fields import LEARNING_RATES
from tinkernet.engine.training.trainer import Trainer

YOUNG = 100  # epochs: a run that is younger may still be finding its way
_SOLVED = 0.95  # accuracy, or R², on the training points
_FLAT = 0.02  # of the loss, over the second half of the run
_VANISHED = 1e-3  # the gradient of the first layer beside that of the last
_RISEN, _RISEN_BY = 1.05, 0.01  # test loss beside its lowest
_RARE, _MISSED = 0.2, 0.5  # share of a class, and its recall
_WORTHLESS = 0.01  # of the loss


class Remedy(NamedTuple):
    """label: what a button says. changes: fields of the spec and their new values."""

    label: str
    changes: dict[str, Any]


class Finding(NamedTuple):
    """What a condition has found. place: a unit, "layer 2", or "" for the whole. sentence: for people, in ASCII."""

    place: str
    sentence: str
    remedies: tuple[Remedy, Remedy]


class Diagnosed(NamedTuple):
    """A finding and the key of its diagnosis."""

    key: str
    finding: Finding


class Facts:
    """What conditions look at; each is measured when the first of them asks."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.spec, self.epoch = trainer.spec, trainer.epoch

    @cached_property
    def losses(self) -> Floats:
        """Training and test loss by epoch as far as they are kept: (rows, 2)."""
        return self.trainer.history.rows.astype(np.float64)

    @cached_property
    def stride(self) -> int:
        """Epochs between rows of `losses`."""
        return self.trainer.history.stride

    @cached_property
    def ailments(self) -> list[NDArray[np.uint8]]:
        """What ails the neurons of each hidden layer."""
        return np.split(ailments(self.trainer), np.cumsum(self.spec.hidden)[:-1])

    @cached_property
    def gradients(self) -> Floats:
        """The size of the gradient of each layer's weights."""
        return gradient_sizes(self.trainer, self.trainer.gradient()[self.trainer.network.places])

    @cached_property
    def measures(self) -> dict[str, Any]:
        """Metrics of the training points."""
        points = self.trainer.data.train
        return metrics(outputs(self.trainer, points.inputs), points.targets, self.trainer.task)

    @cached_property
    def solved(self) -> bool:
        """Whether the training points are learnt."""
        name = "accuracy" if self.trainer.task.classes else "r2"
        return (self.measures[name] or 0.0) >= _SOLVED

    @cached_property
    def flat(self) -> bool:
        """Whether the training loss has stood still over the second half of the run, and at least YOUNG epochs."""
        half = self.losses[len(self.losses) // 2 :, 0]
        if self.epoch < 2 * YOUNG or not np.isfinite(half).all() or len(half) < 10:
            return False
        first, last = half[: len(half) // 5].mean(), half[-len(half) // 5 :].mean()
        return bool(abs(first - last) <= _FLAT * first)


def diagnose(trainer: Trainer) -> Diagnosed | None:
    """The first diagnosis that holds now; none without training points."""
    if len(trainer.data.train) == 0:
        return None
    facts = Facts(trainer)
    for key, condition in DIAGNOSES.items():
        if trainer.diverged_at is not None and key != "diverged":
            break  # all others need numbers
        found = condition(facts)
        if found is not None:
            return Diagnosed(key, found)
    return None


def _rate(facts: Facts, factor: float) -> Remedy:
    """Another learning rate: of those offered, the one nearest to so many times the present."""
    wanted = facts.spec.learning_rate * factor
    rate = min(LEARNING_RATES, key=lambda each: abs(np.log(each / wanted))) if wanted > 0.0 else 0.03
    return Remedy(f"Learning rate {rate:g}", {"learning_rate": rate})


def _diverged(facts: Facts) -> Finding | None:
    if facts.trainer.diverged_at is None:
        return None
    shorter = Remedy("Limit the gradient to 1", {"clip_norm": 1.0})
    said = f"The loss is no number any more since epoch {facts.trainer.diverged_at:,}: the steps were too large."
    return Finding("", said, (_rate(facts, 0.1), shorter))


def _dead(facts: Facts) -> Finding | None:
    spec = facts.spec
    layer = _half(facts, DEAD)
    if layer is None or spec.of_layer("activation", layer) != "relu":
        return None
    count, size = int((facts.ailments[layer] == DEAD).sum()), spec.hidden[layer]
    said = f"{count} of {size} neurons in layer {layer + 1} are dead: they answer the same for every point."
    leaky = Remedy("Leaky ReLU", {"activation": "leakyRelu", "activations": []})
    return Finding(f"layer {layer + 1}", said, (leaky, Remedy("Other first weights", _anew(facts, "heNormal"))))


def _saturated(facts: Facts) -> Finding | None:
    layer = _half(facts, SATURATED)
    if layer is None:
        return None
    count, size = int((facts.ailments[layer] == SATURATED).sum()), facts.spec.hidden[layer]
    said = f"{count} of {size} neurons in layer {layer + 1} are saturated: they are near their limits and hardly learn."
    relu = Remedy("ReLU", {"activation": "relu", "activations": []})
    return Finding(f"layer {layer + 1}", said, (Remedy("Smaller first weights", _anew(facts, "glorotUniform")), relu))


def _half(facts: Facts, kind: int) -> int | None:
    """The first hidden layer of which this ails half of the neurons, in a run that has not learnt its task."""
    if facts.epoch < 1 or facts.solved:
        return None
    of_layers = enumerate(facts.ailments) if facts.spec.hidden else ()
    return next((layer for layer, each in of_layers if (each == kind).mean() >= 0.5), None)


def _anew(facts: Facts, initialiser: str) -> dict[str, Any]:
    """First weights of another kind; where they are so already, another seed."""
    spec = facts.spec
    if spec.initialiser != initialiser or spec.initialisers or spec.init_zero:
        return {"initialiser": initialiser, "initialisers": [], "init_zero": False}
    return {"weight_seed": f"{spec.weight_seed or spec.seed}1"[-8:]}


def _vanishing(facts: Facts) -> Finding | None:
    spec = facts.spec
    if len(spec.hidden) < 3 or facts.epoch < YOUNG or facts.solved:
        return None
    first, last = float(facts.gradients[0]), float(facts.gradients[-1])
    if not first < _VANISHED * last:
        return None
    said = f"The gradient vanishes on its way back: in layer 1 it is {first / last:.1g} of what it is at the output."
    relu = Remedy("ReLU", {"activation": "relu", "activations": []})
    fewer = Remedy("Two hidden layers", {"hidden": list(spec.hidden[:2]), "activations": [], "initialisers": []})
    return Finding("layer 1", said, (relu, fewer))


def _overfitting(facts: Facts) -> Finding | None:
    losses = facts.losses
    if facts.epoch < YOUNG or len(losses) < 20 or not np.isfinite(losses).all():
        return None
    width = max(1, len(losses) // 20)
    smooth = np.array([np.convolve(each, np.full(width, 1 / width), "valid") for each in losses.T])
    lowest = int(np.argmin(smooth[1]))
    best, now = smooth[1, lowest], smooth[1, -1]
    if now < _RISEN * best + _RISEN_BY or smooth[0, -1] > 0.8 * smooth[0, lowest]:
        return None
    epoch = (lowest + width // 2) * facts.stride
    said = f"Overfitting: the test loss has risen since about epoch {epoch:,}, while the training loss still falls."
    l2 = Remedy("L2 penalty 0.003", {"regularization": "L2", "regularization_rate": 0.003})
    smaller = [max(2, each // 2) for each in facts.spec.hidden]
    return Finding(
        "", said, (l2, Remedy("Half the neurons", {"hidden": smaller, "activations": [], "initialisers": []}))
    )


def _underfitting(facts: Facts) -> Finding | None:
    spec = facts.spec
    bends = any(spec.of_layer("activation", layer) != "linear" for layer in range(len(spec.hidden)))
    if (bends and sum(spec.hidden) > 3) or spec.init_zero or facts.solved or not facts.flat:
        return None
    said = "Underfitting: the loss stands still, and the network is too simple for these points."
    wider = [min(8, max(4, 2 * each)) for each in spec.hidden] or [4]
    same = {"activation": "tanh"} if not bends else {}
    remedies = (
        Remedy("More neurons" if bends else "Tanh neurons", {"hidden": wider, "activations": [], **same}),
        Remedy("One more layer", {"hidden": [*wider, 4], "activations": [], "initialisers": [], **same}),
    )
    return Finding("", said, remedies)


def _unbalanced(facts: Facts) -> Finding | None:
    task = facts.trainer.task
    if not task.classes or facts.epoch < YOUNG or task.loss == "crossEntropy":
        return None
    confusion = np.array(facts.measures["confusion"])
    counts = confusion.sum(axis=1)
    rare = int(np.argmin(np.where(counts > 0, counts, counts.max() + 1)))
    share, recall = counts[rare] / counts.sum(), confusion[rare, rare] / max(1, counts[rare])
    if share >= _RARE or recall >= _MISSED:
        return None
    said = f"Unbalanced classes: {share:.0%} of the points are class {rare + 1}; {1 - recall:.0%} of these are missed."
    output = "softmax" if task.classes > 2 else "sigmoid"
    sharper = Remedy("Cross-entropy loss", {"output": output, "loss": "crossEntropy"})
    return Finding(f"class {rare + 1}", said, (sharper, Remedy("Adam", {"optimiser": "adam", "learning_rate": 0.01})))


def _plateau(facts: Facts) -> Finding | None:
    if facts.solved or not facts.flat:
        return None
    said = f"A plateau: the training loss has hardly moved over the last {facts.epoch // 2:,} epochs."
    adam = Remedy("Adam", {"optimiser": "adam", "learning_rate": 0.01})
    if facts.spec.init_zero:  # neurons that are alike stay alike, at any rate
        return Finding("", said, (Remedy("Random first weights", {"init_zero": False}), adam))
    return Finding("", said, (_rate(facts, 3.0), adam))


def _useless(facts: Facts) -> Finding | None:
    trainer, features = facts.trainer, facts.spec.features
    if len(features) < 2 or facts.epoch < YOUNG or not facts.solved:
        return None
    network = trainer.network
    for input, key in enumerate(features):
        vectors = np.tile(network.padded, (2, 1))
        network.weights_of(vectors[1], 0)[:, input] = 0.0
        loss, without = trainer.losses_with(vectors)
        if without <= loss * (1.0 + _WORTHLESS):
            rest = [each for each in features if each != key]
            said = "One input is useless: without it the training loss is no higher."
            l1 = Remedy("L1 penalty 0.001", {"regularization": "L1", "regularization_rate": 0.001})
            return Finding(key, said, (Remedy("Take it away", {"features": rest}), l1))
    return None


DIAGNOSES: dict[str, Callable[[Facts], Finding | None]] = {
    "diverged": _diverged,
    "dead": _dead,
    "saturated": _saturated,
    "vanishing": _vanishing,
    "overfitting": _overfitting,
    "unbalanced": _unbalanced,
    "underfitting": _underfitting,
    "plateau": _plateau,
    "useless": _useless,
}
"""The most certain first."""
