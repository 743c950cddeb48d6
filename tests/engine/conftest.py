"""What the engine's tests share: specs, and a naive twin of a trainer."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.naive import NaiveNetwork
from tinkernet.engine import Spec, Trainer


def spec(**choices: Any) -> Spec:
    """A small spec with a fixed seed."""
    return Spec(**{"seed": "0.5", **choices})


def twin(trainer: Trainer) -> NaiveNetwork:
    """The naive network with the same parameters, before anything was trained."""
    layers = range(trainer.network.layers)
    weights = [np.array(trainer.network.weights(layer)) for layer in layers]
    return NaiveNetwork(trainer.spec, weights, [np.array(trainer.network.biases(layer)) for layer in layers])


def params_of(network: NaiveNetwork) -> np.ndarray:
    """Flat, as the engine keeps them."""
    pairs = zip(network.weights, network.biases, strict=True)
    return np.concatenate([part.ravel() for pair in pairs for part in pair])
