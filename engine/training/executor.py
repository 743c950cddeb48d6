"""What a run computes with: points, network, optimiser and the kernels. It knows no edits and keeps no record."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.formulas import layout, schedules
from tinkernet.engine.kernels import evaluate, train
from tinkernet.engine.network import batching
from tinkernet.engine.network.network import Network
from tinkernet.engine.rng import counter, seedrandom
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.hyperparameters import choices_of, fill

# What the kernels count in the hyperparameters, by its name in a state.
_COUNTERS = {
    "pending_points": layout.PENDING,
    "updates": layout.UPDATES,
    "best_loss": layout.BEST_LOSS,
    "best_epoch": layout.BEST_EPOCH,
}


class Executor:
    """The state of one run and the means to train it. One trainer owns it, and replaces it when the run restarts.

    `epoch` counts whole epochs, `batch` the batches done of the present one. `dataset` is the data set given or,
    without one, what the spec draws; `data` are its training and test points. The first weights depend on the spec and
    the shape of the network alone: the generator that draws them has drawn the spec's points before, used or not.

    Raises SpecError for a spec that does not go with the data (see `Spec.task`).
    """

    def __init__(self, spec: Spec, dataset: Dataset | None = None) -> None:
        self.task = spec.task(None if dataset is None else dataset.shape)
        state = seedrandom.generator(spec.seed)
        drawn = spec.draw(state)
        self.dataset = drawn if dataset is None else dataset
        self.data = self.dataset.split(spec.train_percent, spec.seed)
        self.network = Network(spec, self.task)
        self.network.initialise(spec, state)
        self.network.hold(spec)
        self.epoch = self.batch = 0
        self.spec = spec
        self._train_set = batching.pack(self.data.train, spec.features, self.task)
        self._test_set = batching.pack(self.data.test, spec.features, self.task)
        self._batches, self._batches_key = batching.batches(self.data.train, spec, self.task), _batching(spec)
        self._choices = choices_of(spec, self.task)
        self._hyperparameters = np.zeros(layout.HYPERPARAMETERS)
        fill(spec, self._choices, self._hyperparameters)
        self.update_mask()

    def follow(self, spec: Spec) -> None:
        """Take the live fields of a spec. What is held, and the activations, change at once; batches when needed."""
        changes = self.spec.changes(spec)
        self.spec = spec
        fill(spec, self._choices, self._hyperparameters)
        if not {"frozen", "cut"}.isdisjoint(changes):
            self.network.hold(spec)
        if not {"activation", "activations"}.isdisjoint(changes):
            self.network.activate(spec)

    def update_mask(self) -> None:
        """Tell the kernels whether any parameter is held. To be called before training where that may have changed."""
        self._choices[layout.MASKED] = self.network.held

    def train(self, count: int) -> NDArray[np.float64]:
        """Train for at most `count` epochs; gives the train and test loss after each one done: (epochs, 2).

        The kernel stops after an epoch at which a stop rule holds or whose training loss is not finite. Shuffled
        points take one epoch a call.
        """
        if self.spec.order == "shuffled":
            count = 1
        self._prepare_batches()
        losses = np.empty((count, 2))
        network, tiles = self.network, self._batches.pack
        trained = train.train(
            (network.padded, network.roles, network.memory, network.plan),
            (self._hyperparameters, self._choices),
            (tiles, self._batches.marks),
            (self._train_set, self._test_set),
            (network.room(tiles.shape[2]), network.room(batching.MAX_LANES)),
            self._rates(count),
            losses,
            0,
            count * len(tiles),
        )
        trained //= len(tiles)
        self.epoch += trained
        return losses[:trained]

    def _rates(self, count: int) -> NDArray[np.float64]:
        spec = self.spec
        settings = (spec.schedule_epochs, spec.schedule_factor, spec.warmup_epochs)
        return schedules.rates(spec.schedule, spec.learning_rate, *settings, self.epoch, count)

    def _prepare_batches(self) -> None:
        """Pack the training points anew where a field that matters has changed, and shuffle them for this epoch."""
        spec = self.spec
        if _batching(spec) != self._batches_key:
            self._batches, self._batches_key = batching.batches(self.data.train, spec, self.task), _batching(spec)
        if spec.order == "shuffled":
            key = int(self._choices[layout.KEY])
            order = np.empty(len(self.data.train), np.int64)
            counter.shuffle(key, self.epoch, self._batches.rows, self._batches.slots, order, self._batches.pack)

    def losses(self) -> tuple[float, float]:
        """The train and the test loss of the network as it is."""
        losses = np.empty((1, 2))
        network = self.network
        evaluate.evaluate(
            (network.padded, network.roles, network.memory, network.plan),
            self._choices,
            (self._train_set, self._test_set),
            network.room(batching.MAX_LANES),
            losses,
        )
        return float(losses[0, 0]), float(losses[0, 1])

    # --- what patience keeps ---

    @property
    def best_epoch(self) -> int:
        """The epoch that the best parameters are of."""
        return int(self._hyperparameters[layout.BEST_EPOCH])

    @property
    def best_loss(self) -> float:
        """The test loss of the best parameters."""
        return float(self._hyperparameters[layout.BEST_LOSS])

    def keep_best(self, test_loss: float) -> None:
        """Take the network as it is, with this test loss, for the best."""
        self.network.memory[layout.BEST_PARAMETERS] = self.network.padded
        self._hyperparameters[layout.BEST_LOSS] = test_loss
        self._hyperparameters[layout.BEST_EPOCH] = self.epoch

    def restore_best(self) -> None:
        """Take the best parameters again; patience counts from this epoch on."""
        self.network.restore(self.network.memory[layout.BEST_PARAMETERS])
        self._hyperparameters[layout.BEST_EPOCH] = self.epoch

    def reset_moments(self) -> None:
        """Forget what the optimiser remembers."""
        self.network.memory[layout.FIRST_MOMENT : layout.SECOND_MOMENT + 1] = 0.0
        self._hyperparameters[layout.UPDATES] = 0.0

    # --- the state as a record ---

    def capture(self) -> dict[str, Any]:
        """All that training goes on from, by name: what checkpoints and snapshots share.

        Arrays are little-endian float64 bytes without what fills the kernels' arrays up; one whose bits are all zero
        is empty. A number that JSON does not have (NaN, infinity) is text.
        """
        arrays = {name: _bytes(array[self.network.places]) for name, array in self._arrays().items()}
        counters = {name: number(self._hyperparameters[place]) for name, place in _COUNTERS.items()}
        return arrays | counters | {"epoch": self.epoch, "batch": self.batch}

    def install(self, state: Mapping[str, Any]) -> None:
        """Take over what `capture` has given for the same spec.

        Raises ValueError, TypeError or KeyError for what is of another network.
        """
        places = self.network.places
        for name, target in self._arrays().items():
            found, wanted = state[name], 8 * len(places)
            if len(found) not in (0, wanted):
                raise ValueError(f"{name} has {len(found)} bytes, not {wanted}")
            target[places] = np.frombuffer(found, "<f8") if found else 0.0
        for name, place in _COUNTERS.items():
            self._hyperparameters[place] = float(state[name])
        self.epoch, self.batch = int(state["epoch"]), int(state["batch"])
        self._hyperparameters[layout.EPOCH] = self.epoch
        self.update_mask()

    def _arrays(self) -> dict[str, NDArray[np.float64]]:
        network = self.network
        return {
            "params": network.padded,
            "carried_gradient": network.memory[layout.CARRIED_GRADIENT],
            "first_moment": network.memory[layout.FIRST_MOMENT],
            "second_moment": network.memory[layout.SECOND_MOMENT],
            "best_params": network.memory[layout.BEST_PARAMETERS],
            "parameter_mask": network.roles,
            "pruned_weights": network.kept,
            "pruned_dead": network.pruned_dead,
        }


def number(value: float) -> float | str:
    """A number as JSON can say it; float() gives it back."""
    return float(value) if isfinite(value) else str(float(value))


def _bytes(array: NDArray[np.float64]) -> bytes:
    found = array.astype("<f8", copy=False)
    return found.tobytes() if found.view(np.int64).any() else b""


def _batching(spec: Spec) -> tuple[object, ...]:
    """The live fields that decide how the training points are packed."""
    return spec.batch_size, spec.short_batch, spec.order, spec.dropout == 0.0
