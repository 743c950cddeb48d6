"""The loss of each point alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.engine.conftest import numbers_of, spec
from tinkernet.engine import Trainer
from tinkernet.engine.data.dataset import Points
from tinkernet.engine.data.features import column_keys


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"loss": "crossEntropy", "dropout": 0.3},
        {"loss": "hinge", "train_percent": 51.0},
        {"dataset": "blobs", "classes": 4},
        {"problem": "regression", "loss": "huber", "points": 101},
    ],
    ids=str,
)
def test_their_mean_is_the_loss_of_the_set(choices: dict[str, Any]) -> None:
    """With every kind of loss, an odd number of points among them; and each is what the loss of that point alone is."""
    trainer = Trainer(spec(**choices))
    trainer.advance(10)
    for part, loss in zip(trainer.data, (trainer.train_loss, trainer.test_loss), strict=True):
        found = trainer.losses_of(part)
        np.testing.assert_allclose(found.mean(), loss, rtol=1e-12)
        assert found.std() > 0
        for index in (0, len(part) - 1):
            alone = Points(part.inputs[index : index + 1], part.targets[index : index + 1])
            assert trainer.loss_of(alone, trainer.network.padded) == found[index]


def test_several_targets_and_no_points() -> None:
    """Of numbers in several columns; of an empty set there is none."""
    trainer = Trainer(spec(problem="regression", features=column_keys(4)), numbers_of(4, targets=3))
    np.testing.assert_allclose(trainer.losses_of(trainer.data.train).mean(), trainer.train_loss, rtol=1e-12)
    assert len(Trainer(spec(train_percent=100.0)).losses_of(Points(np.empty((0, 2)), np.empty((0, 1))))) == 0
