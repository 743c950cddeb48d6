"""One example by numbers: against a network computed by hand, the naive one, and differences of the loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.engine.conftest import numbers_of, spec, twin
from tests.engine.test_oracle import OUTPUTS_OF_LOSSES, SETS, keys
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.analysis.trace import Trace, difference_quotient, trace
from tinkernet.engine.data.features import column_keys
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.formulas.optimisers import OPTIMISERS
from tinkernet.engine.formulas.penalties import PENALTIES


def each(*choices: Sequence[Any]) -> list[tuple[Any, ...]]:
    """As many examples as it takes for every choice to be in one."""
    return [tuple(among[at % len(among)] for among in choices) for at in range(max(map(len, choices)))]


def test_two_two_one_by_hand() -> None:
    """Tanh in both layers, half the squared error, rate 0.1: every number as on paper, to 1e-12."""
    trainer = Trainer(spec(hidden=(2,), learning_rate=0.1, batch_size=1))
    for layer, neuron, weights, bias in ((0, 0, (0.1, -0.2), 0.05), (0, 1, (0.4, 0.3), -0.1), (1, 0, (0.7, -0.5), 0.2)):
        for input, value in enumerate(weights):
            trainer.set_weight(layer, neuron, input, value)
        trainer.set_bias(layer, neuron, bias)
    found = trace(trainer, (0.5, -1.0), 1)

    z1, z2 = 0.1 * 0.5 + -0.2 * -1.0 + 0.05, 0.4 * 0.5 + 0.3 * -1.0 - 0.1
    a1, a2 = math.tanh(z1), math.tanh(z2)
    z = 0.7 * a1 - 0.5 * a2 + 0.2
    a = math.tanh(z)
    delta = (a - 1.0) * (1 - a * a)
    d1, d2 = 0.7 * delta * (1 - a1 * a1), -0.5 * delta * (1 - a2 * a2)
    hidden, output = found.layers
    same(hidden.pre_activations, (z1, z2))
    same(hidden.outputs, (a1, a2))
    same(output.pre_activations, (z,))
    same(output.outputs, (a,))
    same(found.loss, 0.5 * (a - 1.0) ** 2)
    same(output.slopes, (a - 1.0,))
    same(output.deltas, (delta,))
    same(hidden.slopes, (0.7 * delta, -0.5 * delta))
    same(hidden.deltas, (d1, d2))
    same(output.weight_gradient, ((delta * a1, delta * a2),))
    same(hidden.weight_gradient, ((d1 * 0.5, d1 * -1.0), (d2 * 0.5, d2 * -1.0)))
    same(hidden.next_weights[1], (0.4 - 0.1 * d2 * 0.5, 0.3 - 0.1 * d2 * -1.0))
    same(output.next_biases, (0.2 - 0.1 * delta,))
    assert (found.features, found.targets.tolist(), found.remarks) == (("x", "y"), [1.0], ())
    for layer, neuron, input, wanted in ((1, 0, 1, delta * a2), (0, 1, 0, d2 * 0.5), (0, 0, None, d1)):
        quotient = difference_quotient(trainer, (0.5, -1.0), 1, layer, neuron, input)
        assert quotient == pytest.approx(wanted, rel=1e-8)


def same(found: Any, wanted: Any) -> None:
    """To 1e-12."""
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("activation", "optimiser", "penalty"), each(*map(keys, (ACTIVATIONS, OPTIMISERS, PENALTIES))))
def test_every_formula_is_the_oracles(activation: str, optimiser: str, penalty: str) -> None:
    """Outputs, gradient and update of a point that the naive network learns as well; and the run is as it was."""
    choices = dict(regularization=penalty, regularization_rate=0.03, clip_norm=0.5, learning_rate=0.02)
    trainer = Trainer(spec(hidden=(3, 2), activation=activation, optimiser=optimiser, **choices))
    check(trainer)


@pytest.mark.parametrize(("of", "loss_and_output"), each(SETS, OUTPUTS_OF_LOSSES))
def test_every_loss_is_the_oracles(of: tuple[str, int], loss_and_output: tuple[str, str]) -> None:
    """With each output it fits, of two and of several classes."""
    (dataset, classes), (loss, output) = of, loss_and_output
    trainer = Trainer(spec(dataset=dataset, classes=classes, loss=loss, output=output, hidden=(3,)))
    assert check(trainer).takes_pre_activations == (loss in ("crossEntropy", "perceptron"))


def check(trainer: Trainer) -> Trace:
    """Compare the trace of a training point with the naive network after that point alone."""
    before = trainer.checkpoint()
    naive = twin(trainer)
    point, target = trainer.data.train.inputs[3], trainer.data.train.targets[3]
    found = trace(trainer, point, target)
    assert trainer.checkpoint() == before
    outputs, pre_activations = naive.forward(point)
    naive.add_gradient(point, target)
    gradient = [(weights.copy(), biases.copy()) for weights, biases in naive.gradient]
    of = pre_activations if trainer.task.output == "step" else outputs
    loss = naive.loss_formulas[0](of[-1], naive.targets(target), naive.low)
    naive.update()
    np.testing.assert_allclose(found.loss, loss, rtol=1e-9)
    for layer, own in enumerate(found.layers):
        np.testing.assert_allclose(own.inputs, outputs[layer], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(own.pre_activations, pre_activations[layer], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(own.outputs, outputs[layer + 1], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(own.weight_gradient, gradient[layer][0], rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(own.bias_gradient, gradient[layer][1], rtol=1e-8, atol=1e-12)
        np.testing.assert_allclose(own.next_weights, naive.weights[layer], rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(own.next_biases, naive.biases[layer], rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(own.deltas, own.bias_gradient, rtol=1e-12, atol=0)
    return found


def test_an_update_of_one_point_is_training_on_it() -> None:
    """With batches of one, the parameters after the trace's update are those after one batch."""
    trainer = Trainer(spec(batch_size=1, optimiser="adam", hidden=(4, 2)))
    trainer.advance(2)
    points = trainer.data.train
    layers = trace(trainer, points.inputs[0], points.targets[0]).layers
    trainer._executor.train_batches(1)
    for layer, own in enumerate(layers):
        same(own.next_weights, trainer.network.weights(layer))
        same(own.next_biases, trainer.network.biases(layer))


def test_numbers_and_columns() -> None:
    """Several targets of data off the plane; dropout is left out, and a memory and a batch are said."""
    trainer = Trainer(
        spec(problem="regression", features=column_keys(5), hidden=(4,), dropout=0.3, optimiser="momentum"),
        numbers_of(5, 3),
    )
    found = check(trainer)
    assert len(found.targets) == 3
    assert [remark.split()[0] for remark in found.remarks] == ["Dropout", "The", "The"]


@pytest.mark.parametrize(
    ("point", "target", "sentence"),
    [
        ((0.5,), 1, "point must be 2 finite numbers"),
        ((0.5, math.nan), 1, "point must be 2"),
        ((1, 2), 2, "from 0 to 1"),
    ],
)
def test_what_is_no_example_is_refused(point: Any, target: Any, sentence: str) -> None:
    """By a sentence that names what is wrong."""
    trainer = Trainer(spec())
    with pytest.raises(SpecError, match=sentence):
        trace(trainer, point, target)
    with pytest.raises(SpecError, match="neuron"):
        difference_quotient(trainer, (0, 0), 0, 0, 99)
