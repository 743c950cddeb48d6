"""Shared by the engine's tests: specs, data sets, and the naive network that mirrors a trainer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import pytest
from numba.core import config

from tests.naive import NaiveNetwork
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.data.dataset import NUMBER, Column, Dataset
from tinkernet.engine.data.generators import generator_from_key


@pytest.fixture(autouse=True)
def _fewer_points(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interpreted, an epoch of 500 points takes a tenth of a second; the mark `points` is for what holds for fewer."""
    marker = request.node.get_closest_marker("points")
    if marker is not None and config.DISABLE_JIT:
        for key, generator in generator_from_key.items():
            monkeypatch.setitem(generator_from_key, key, generator._replace(size=marker.args[0]))


def spec(**choices: Any) -> Spec:
    """A small spec with a fixed seed."""
    return Spec(**{"seed": "0.5", **choices})


def numbers_of(columns: int, targets: int = 1, rows: int = 40, **choices: Any) -> Dataset:
    """Points with so many columns, and as many numbers to learn of each."""
    drawn = np.random.default_rng(columns)
    inputs = drawn.normal(size=(rows, columns))
    return Dataset(
        inputs,
        np.tanh(inputs @ drawn.normal(size=(columns, targets))),
        kind=NUMBER,
        columns=[Column(f"input {each}") for each in range(columns)],
        target_columns=[Column(f"target {each}") for each in range(targets)],
        **choices,
    )


def combined(*choices: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every combination. Interpreted, each takes up to a second: then just so many that every choice is in one."""
    if not config.DISABLE_JIT:
        return list(product(*choices))
    return [tuple(each[at % len(each)] for each in choices) for at in range(max(map(len, choices)))]


def twin(trainer: Trainer) -> NaiveNetwork:
    """The naive network with the parameters of a trainer that has not been trained yet."""
    layers = range(trainer.network.layers)
    weights = [np.array(trainer.network.weights(layer)) for layer in layers]
    return NaiveNetwork(trainer.spec, weights, [np.array(trainer.network.biases(layer)) for layer in layers])


def params_of(network: NaiveNetwork) -> np.ndarray:
    """The parameters of the naive network in the engine's order, flat."""
    pairs = zip(network.weights, network.biases, strict=True)
    return np.concatenate([part.ravel() for pair in pairs for part in pair])
