"""The trace of one example has PyTorch's gradients: for every activation, every loss and every output."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.conftest import spec
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.trace import trace
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.formulas.losses import LOSSES

pytest.importorskip("torch", reason="PyTorch is not installed: see tests/engine/requirements.txt")

from tests.engine.test_torch import loss_of, totals_of, twin_of  # it needs PyTorch


def check(**choices: Any) -> None:
    """Loss, gradients and deltas of some examples, after a little training."""
    trainer = Trainer(spec(hidden=(3, 2), batch_size=5, **choices))
    trainer.advance(2)
    for at in (0, 7, 30):
        weights, biases, inputs, targets = twin_of(trainer)
        loss = loss_of(
            trainer.task, totals_of(trainer.spec, inputs[at : at + 1], weights, biases), targets[at : at + 1]
        )
        loss.backward()
        point = trainer.data.train
        found = trace(trainer, point.inputs[at], point.targets[at])
        assert found.loss == pytest.approx(float(loss.detach()), rel=1e-12)
        for layer, weight, bias in zip(found.layers, weights, biases, strict=True):
            np.testing.assert_allclose(layer.weight_gradient, weight.grad.numpy(), rtol=1e-10, atol=1e-14)
            np.testing.assert_allclose(layer.bias_gradient, bias.grad.numpy(), rtol=1e-10, atol=1e-14)
            np.testing.assert_allclose(layer.deltas, bias.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("activation", [each.key for each in ACTIVATIONS])
def test_every_activation(activation: str) -> None:
    check(activation=activation)


@pytest.mark.parametrize(("loss", "output"), [(loss.key, output) for loss in LOSSES for output in loss.fits])
def test_every_loss(loss: str, output: str) -> None:
    check(loss=loss, output=output, dataset="moons" if output != "softmax" else "blobs")


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
def test_numbers_to_learn(loss: str) -> None:
    check(loss=loss, problem="regression")
