"""One example, number by number: forward, loss, backward, and the update that it alone would make.

The numbers come from the kernels that train, which are run once on copies; nothing of the run changes. What the kernels
do not keep (pre-activations) is computed here. Deltas and gradients are as in Rumelhart, Hinton, Williams: Learning
representations by back-propagating errors (1986).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tinkernet.engine.data.dataset import Floats, Points
from tinkernet.engine.errors import SpecError
from tinkernet.engine.formulas.losses import FROM_TOTALS
from tinkernet.engine.network.network import check_index
from tinkernet.engine.training.trainer import Trainer


@dataclass(frozen=True, slots=True, eq=False)
class LayerTrace:
    """What one layer with weights did: m neurons, n inputs. All arrays are float64.

    inputs (n,): outputs of the layer before. weights (m, n), biases (m,): before the update. pre_activations z (m,):
    weights @ inputs + biases. outputs a (m,). derivatives (m,): of a by z; 1 for outputs whose loss takes z itself.
    deltas (m,): of the loss by z. slopes (m,): of the loss by a, or by z where the loss takes z; NaN where the
    derivative is 0, for the kernels do not need it there. weight_gradient (m, n), bias_gradient (m,): of the loss,
    without the penalty. next_weights (m, n), next_biases (m,): after the update.
    """

    inputs: Floats
    weights: Floats
    biases: Floats
    pre_activations: Floats
    outputs: Floats
    derivatives: Floats
    deltas: Floats
    slopes: Floats
    weight_gradient: Floats
    bias_gradient: Floats
    next_weights: Floats
    next_biases: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """One example. `features` names the inputs of the first layer; `targets` has one number for each output.

    loss: of this example, without the penalty. takes_pre_activations: whether the loss takes z of the outputs and not
    a, as cross-entropy does. learning_rate: of the present epoch. remarks: sentences on what else the update has in it,
    and what is left out.
    """

    point: Floats
    features: tuple[str, ...]
    targets: Floats
    layers: tuple[LayerTrace, ...]
    loss: float
    takes_pre_activations: bool
    learning_rate: float
    remarks: tuple[str, ...]


def trace(trainer: Trainer, point: ArrayLike, target: ArrayLike) -> Trace:
    """The trace of a point (d,) with its target (k,): for classes the number of its class.

    Raises SpecError for a point or a target of another length, and for numbers that are not finite.
    """
    points = _example(trainer, point, target)
    trial = trainer.trial(points)
    network = trainer.network
    _, derivatives, deltas = trial.units
    layers, before = [], network.sizes[0]
    inputs = trial.shown[:before]
    for layer, neurons in enumerate(network.sizes[1:]):
        own = slice(before, before + neurons)
        before += neurons
        weights, biases = network.weights(layer).copy(), network.biases(layer).copy()
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            slopes = np.where(derivatives[own] == 0.0, np.nan, deltas[own] / derivatives[own])
            pre_activations = weights @ inputs + biases
        outputs = trial.shown[own]
        layers.append(
            LayerTrace(
                inputs, weights, biases, pre_activations, outputs, derivatives[own], deltas[own], slopes,
                network.weights_of(trial.gradient, layer), network.biases_of(trial.gradient, layer),
                network.weights_of(trial.params, layer), network.biases_of(trial.params, layer),
            )
        )  # fmt: skip
        inputs = outputs
    return Trace(
        points.inputs[0],
        trainer.spec.features,
        trial.targets,
        tuple(layers),
        trial.loss,
        trainer.task.loss_code in FROM_TOTALS,
        trial.learning_rate,
        _remarks(trainer),
    )


def difference_quotient(
    trainer: Trainer, point: ArrayLike, target: ArrayLike, layer: int, neuron: int, input: int | None = None
) -> float:
    """The slope of the example's loss along one weight, or the bias where there is no `input`, by central differences.

    (L(w + h) - L(w - h)) / 2h with h = 1e-5 max(1, |w|): where the loss is smooth, this agrees with the gradient to
    about nine digits. Raises SpecError as `trace` does, and for a parameter that the network does not have.
    """
    points, network = _example(trainer, point, target), trainer.network
    network.check_neuron(layer, neuron)
    if input is not None:
        check_index("input", input, network.sizes[layer])
    params = network.padded.copy()
    at = (neuron, input) if input is not None else (neuron,)
    found = (network.weights_of if input is not None else network.biases_of)(params, layer)
    value = found[at]
    step = 1e-5 * max(1.0, abs(value))
    losses = []
    for moved in (value + step, value - step):
        found[at] = moved
        losses.append(trainer.loss_of(points, params))
    return (losses[0] - losses[1]) / float(2.0 * step)


def _example(trainer: Trainer, point: ArrayLike, target: ArrayLike) -> Points:
    """One point with its target, checked."""
    shape, found = trainer.dataset.shape, []
    classes = trainer.task.classes
    for name, given, count in (("point", point, shape.columns), ("target", target, shape.targets)):
        values = np.atleast_1d(np.asarray(given, np.float64))
        if values.shape != (count,) or not np.isfinite(values).all():
            raise SpecError(name, given, f"{count} finite number{'s' if count > 1 else ''}")
        found.append(values[None])
    if classes and found[1][0, 0] not in range(classes):
        raise SpecError("target", target, f"the number of a class, from 0 to {classes - 1}")
    return Points(*found)


def _remarks(trainer: Trainer) -> tuple[str, ...]:
    spec, found = trainer.spec, []
    if spec.dropout:
        found.append("Dropout is left out here: every neuron answers.")
    if spec.regularization != "none" and spec.regularization_rate:
        found.append("The update includes the penalty; the gradient and the loss do not.")
    if spec.clip_norm:
        found.append("A gradient longer than the limit is shortened before the update.")
    if spec.optimiser != "sgd":
        found.append(f"The optimizer {spec.optimiser} has a memory: the step is not the rate times the gradient alone.")
    if spec.batch_size > 1:
        found.append(f"The update is of this example alone; training takes the mean over {spec.batch_size} of them.")
    if trainer.network.masked:
        found.append("Weights that are frozen or cut do not move.")
    return tuple(found)
