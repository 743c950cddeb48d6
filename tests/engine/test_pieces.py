"""The training kernel stops at any tile of an epoch and goes on from there: in pieces, a run has the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core import config

from tests.engine.conftest import spec
from tinkernet.engine import Trainer
from tinkernet.engine.formulas import layout
from tinkernet.engine.formulas.optimisers import optimiser_from_key
from tinkernet.engine.formulas.penalties import penalty_from_key
from tinkernet.engine.kernels import train
from tinkernet.engine.network import batching

EPOCHS = 4
KINDS: dict[str, dict[str, Any]] = {
    "default": {},
    "a short batch carried": {"batch_size": 30, "short_batch": "carry", "train_percent": 17},
    "batches of several tiles": {"batch_size": 77, "short_batch": "carry", "optimiser": "adam"},
    "one by one": {"batch_size": 1, "train_percent": 5},
    "one by one, with a penalty": {"batch_size": 1, "train_percent": 5, "regularization": "L1", "clip_norm": 0.1},
    "dropout": {"batch_size": 7, "dropout": 0.3, "train_percent": 9},
    "patience": {"batch_size": 30, "patience": 100, "optimiser": "momentum"},
    "one output for each class": {"dataset": "blobs", "batch_size": 12, "train_percent": 20},
}


class Run:
    """What the kernel is given for a spec, and nothing else that training knows."""

    def __init__(self, **choices: Any) -> None:
        chosen = spec(**choices)
        self.trainer = Trainer(chosen)
        self.network, data, task = self.trainer.network, self.trainer.data, self.trainer.task
        self.tiles, self.batch_index, *_ = batching.batches(data.train, chosen, task)
        self.sets = tuple(batching.tiles_of(points, chosen.features, task) for points in (data.train, data.test))
        self.choices, self.hyperparameters = np.zeros(layout.CHOICES, np.int64), np.zeros(layout.HYPERPARAMETERS)
        self.choices[layout.LOSS] = task.loss_code
        self.choices[layout.PENALTY] = penalty_from_key[chosen.regularization].code
        self.choices[layout.OPTIMISER] = optimiser_from_key[chosen.optimiser].code
        self.choices[layout.DROPPING] = chosen.dropout > 0.0
        self.choices[layout.PATIENCE] = chosen.patience
        for place, value in (
            (layout.MOMENTUM, chosen.momentum),
            (layout.BETA1, chosen.beta1),
            (layout.BETA2, chosen.beta2),
            (layout.EPSILON, chosen.epsilon),
            (layout.CLIP, chosen.clip_norm),
            (layout.DROPOUT, chosen.dropout),
            (layout.STOP_LOSS, -np.inf),
            (layout.BEST_LOSS, np.inf),
        ):
            self.hyperparameters[place] = value

    def train(self, losses: np.ndarray, first: int, count: int) -> int:
        """One call of the kernel; the learning rate falls from epoch to epoch."""
        network, lanes = self.network, self.tiles.shape[2]
        begun = int(self.hyperparameters[layout.EPOCH])
        done: int = train.train(
            (network.padded, network.parameter_mask, network.optimiser_state, network.layer_table),
            (self.hyperparameters, self.choices),
            (self.tiles, self.batch_index),
            self.sets,
            (network.workspace(lanes), network.workspace(batching.MAX_LANES)),
            0.03 / (1.0 + np.arange(begun, begun + len(losses))),
            losses,
            first,
            count,
        )
        return done


def trained(run: Run, sizes: list[int], waiting: int = 0) -> tuple[bytes, ...]:
    """What a run is after EPOCHS epochs in pieces of so many tiles, and the rest at one go; its losses too.

    `waiting`: so many points of a gradient are carried at first, as after a change of the batch size.
    """
    network, tiles = run.network, len(run.tiles)
    run.hyperparameters[layout.PENDING] = waiting
    network.optimiser_state[layout.CARRIED_GRADIENT, network.places] = 0.01 * waiting
    losses, done = np.zeros((EPOCHS, 2)), 0
    for size in [*sizes, EPOCHS * tiles]:
        epoch, first = divmod(done, tiles)
        if epoch < EPOCHS:
            done += run.train(losses[epoch:], first, min(size, EPOCHS * tiles - done))
    assert done == EPOCHS * tiles
    return network.padded.tobytes(), network.optimiser_state.tobytes(), run.hyperparameters.tobytes(), losses.tobytes()


@pytest.mark.points(200)
@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=3 if config.DISABLE_JIT else 8, deadline=None)
@given(sizes=st.lists(st.integers(1, 40), max_size=12), waiting=st.sampled_from([0, 3]))
def test_pieces_are_the_whole(name: str, sizes: list[int], waiting: int) -> None:
    """However an epoch is cut, between the tiles of a batch too, with a gradient waiting or none."""
    assert trained(Run(**KINDS[name]), sizes, waiting) == trained(Run(**KINDS[name]), [], waiting)


def test_a_piece_that_ends_an_epoch_has_its_losses_and_no_other() -> None:
    """Nothing is evaluated inside an epoch; the count of epochs moves at its end, where the run is a trainer's."""
    run = Run()
    tiles = len(run.tiles)
    for first, count, epochs in ((0, 10, 0), (10, tiles - 11, 0), (tiles - 1, 1, 1)):
        losses = np.full((1, 2), np.nan)
        assert run.train(losses, first, count) == count
        assert run.hyperparameters[layout.EPOCH] == epochs
        assert np.isfinite(losses).all() == bool(epochs)
    whole = Trainer(spec())
    whole.advance(1)
    assert losses[0].tolist() == [whole.train_loss, whole.test_loss]
    assert run.network.params.tobytes() == whole.network.params.tobytes()


def test_a_gradient_that_waits_goes_with_the_first_point_alone() -> None:
    """What comes after it does not depend on where the epoch was cut: points go by themselves again."""
    states = {trained(Run(**KINDS["one by one"]), sizes, 3) for sizes in ([], [1], [2], [1, 1, 40])}
    assert len(states) == 1
