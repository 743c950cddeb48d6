"""What a run computes with: points, network, optimiser and the kernels. It knows no edits and keeps no record."""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import RECONSTRUCT, Dataset
from tinkernet.engine.data.denoising import noisy
from tinkernet.engine.data.drawing import BLANK, Drawing, split
from tinkernet.engine.data.reference import reference_of
from tinkernet.engine.errors import SpecError
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
    without one, what the spec draws; `data` are its training and test points after `drawing`, and `ids` the ids of
    both. The first weights depend on the spec and the shape of the network alone: the generator that draws them has
    drawn the spec's points before, used or not, or it is a new one where the spec has a seed for the weights.
    `settings` are the hyperparameters and the choices, as the kernels take them (see `formulas.layout`).

    Raises SpecError for a spec that does not go with the data (see `Spec.task`), or that names others.
    """

    def __init__(self, spec: Spec, dataset: Dataset | None = None, drawing: Drawing = BLANK) -> None:
        if spec.data and (dataset is None or reference_of(dataset) != spec.data):
            raise SpecError("data", spec.data, "empty where the data set of this hash is not given", "Own data")
        self.task = spec.task(None if dataset is None else dataset.shape)
        state = seedrandom.generator(spec.seed)
        drawn = spec.draw(state)
        self.dataset = drawn if dataset is None else dataset
        self.drawing = drawing
        self.spec = spec
        self._lay_out()
        self._batches_key: tuple[object, ...] = ()  # what the batches depend on; none are made yet
        self._start(Network(spec, self.task), seedrandom.generator(spec.weight_seed) if spec.weight_seed else state)

    def another(self, weight_seed: str) -> "Executor":
        """An executor of the same spec, data and drawing at its start, with another seed of the weights.

        It shares what neither changes, so that it is made in a fraction of the time. This one must not have been
        trained yet. Raises SpecError for a seed that is none, the empty text included.
        """
        if not weight_seed:
            raise SpecError("weight_seed", weight_seed, "a text of at least one sign", "Seed of the weights")
        made = copy(self)
        made.spec = self.spec.with_weight_seed(weight_seed)
        if len(self.data.train):
            self._prepare_batches()
            made._batches = self._batches._replace(tiles=self._batches.tiles.copy())  # which are shuffled in place
        made._order = self._order.copy()
        made._start(self.network.another(), seedrandom.generator(weight_seed))
        return made

    def _start(self, network: Network, state: NDArray[np.int64]) -> None:
        """Begin at epoch 0 with first weights that a seedrandom generator draws for this network."""
        spec, self.network = self.spec, network
        network.initialise(spec, state)
        network.mask(spec)
        self.epoch = self.batch = 0
        self._packed_for: Spec | None = None  # the spec at the beginning of an epoch
        self._shuffled: int | None = None  # the epoch for which the points of its batches are shuffled
        self._choices = choices_of(spec, self.task)
        self._hyperparameters = np.zeros(layout.HYPERPARAMETERS)
        self._fill(spec)
        # As the kernels take them: the arrays stay the same for as long as the executor lives.
        self._trained = network.padded, network.parameter_mask, network.optimiser_state, network.layer_table
        self.settings = self._hyperparameters, self._choices
        self.update_mask()

    def follow(self, spec: Spec) -> None:
        """Take the live fields of a spec. What is held, and the activations, change at once; batches when needed."""
        changes = self.spec.changes(spec)
        self.spec = spec
        self._fill(spec)
        if not {"frozen", "cut"}.isdisjoint(changes):
            self.network.mask(spec)
        if not {"activation", "activations"}.isdisjoint(changes):
            self.network.activate(spec)

    def draw(self, drawing: Drawing) -> None:
        """Take other points, between two epochs."""
        self.drawing = drawing
        self._lay_out()
        self._batches_key, self._packed_for = (), None
        self._fill(self.spec)

    def _lay_out(self) -> None:
        spec = self.spec
        self.data, self.ids = split(self.drawing, self.dataset, spec.train_percent, spec.seed)
        if self.dataset.kind == RECONSTRUCT and spec.noise > 0.0:
            self.data = noisy(self.data, self.ids, spec.noise, spec.seed)
        train_set, test_set = (batching.tiles_of(part, spec.features, self.task) for part in self.data)
        self._sets = train_set, test_set
        self._order = np.empty(len(self.data.train), np.int64)  # of the points of a shuffled epoch

    @property
    def train_tiles(self) -> NDArray[np.float64]:
        """The training points as the kernels take them to be evaluated."""
        return self._sets[0]

    @property
    def test_tiles(self) -> NDArray[np.float64]:
        """The same of the test points."""
        return self._sets[1]

    def _fill(self, spec: Spec) -> None:
        fill(spec, self._choices, self._hyperparameters)
        if len(self.data.test) == 0:
            self._choices[layout.PATIENCE] = 0  # it waits for a test loss

    def update_mask(self) -> None:
        """Tell the kernels whether any parameter is held. To be called before training where that may have changed."""
        self._choices[layout.MASKED] = self.network.masked

    def train(self, epochs: int) -> NDArray[np.float64]:
        """Train to the end of the present epoch and of more after it, `epochs` in all.

        Gives the train and test loss after each epoch that ended: (epochs, 2). There are fewer where a stop rule holds
        or the training loss is not finite. It is one epoch a call where the next one has other batches.
        """
        if len(self.data.train) == 0:
            return self._idle(epochs)
        self._prepare_batches()
        if self._batching[2] == "shuffled" or self._batching != _batching(self.spec):
            epochs = 1
        return self._train(epochs, len(self._starts))

    def train_batches(self, count: int) -> NDArray[np.float64]:
        """Train on `count` batches of the present epoch, or to its end; its losses where it ended: (0 or 1, 2)."""
        if len(self.data.train) == 0:
            return self._idle(1)
        self._prepare_batches()
        return self._train(1, min(self.batch + count, len(self._starts)))

    def _idle(self, epochs: int) -> NDArray[np.float64]:
        """Let epochs pass without training points: nothing changes, and a stop rule holds when it should."""
        train_loss, test_loss = self.losses()
        patience = int(self._choices[layout.PATIENCE])
        if test_loss <= self._hyperparameters[layout.STOP_LOSS]:
            epochs = 1
        if patience:
            epochs = max(1, min(epochs, self.best_epoch + patience - self.epoch))
        self.epoch += epochs
        self._hyperparameters[layout.EPOCH] = self.epoch
        return np.tile([train_loss, test_loss], (epochs, 1))

    def _train(self, epochs: int, stop: int) -> NDArray[np.float64]:
        """Train until batch `stop` of the last one of so many epochs, the present one included."""
        network, tiles, whole = self.network, self._batches.tiles, len(self._batches.tiles)
        first = int(self._starts[self.batch]) if self.batch else 0
        last = whole if stop == len(self._starts) else int(self._starts[stop])
        losses = np.empty((epochs, 2))
        trained = train.train(
            self._trained,
            self.settings,
            (tiles, self._batches.batch_index),
            self._sets,
            (network.workspace(tiles.shape[2]), network.workspace(batching.MAX_LANES)),
            self._rates(epochs),
            losses,
            first,
            (epochs - 1) * whole + last - first,
        )
        ended, rest = divmod(first + trained, whole)
        self.epoch += ended
        self.batch = stop if rest else 0
        return losses[:ended]

    @property
    def learning_rate(self) -> float:
        """The learning rate of the present epoch, as the schedule and the warm-up make it."""
        return float(self._rates(1)[0])

    def _rates(self, count: int) -> NDArray[np.float64]:
        spec = self.spec
        settings = (spec.schedule_epochs, spec.schedule_factor, spec.warmup_epochs)
        return schedules.rates(spec.schedule, spec.learning_rate, *settings, self.epoch, count)

    def _prepare_batches(self) -> None:
        """Pack the training points anew where a field that matters has changed, and shuffle them for this epoch.

        How the points are cut into batches is decided when an epoch begins; a change meanwhile counts from the next
        one on. Without dropout batches of one point are laid out in another way, at the same numbers.
        """
        spec = self.spec
        if self.batch or spec is not self._packed_for:
            if self.batch == 0:
                self._batching = _batching(spec)
            self._packed_for = None if self.batch else spec
            key = (*self._batching, spec.dropout == 0.0)
            if key != self._batches_key:
                size, short_batch, order = self._batching
                cut = replace(spec, batch_size=size, short_batch=short_batch, order=order)
                self._batches, self._batches_key = batching.batches(self.data.train, cut, self.task), key
                self._starts = np.flatnonzero(self._batches.batch_index[:, 1] % size == 0)
                self._shuffled = None
        if self._batching[2] == "shuffled" and self._shuffled != self.epoch:
            key_of_seed, batches = int(self._choices[layout.KEY]), self._batches
            counter.shuffle(key_of_seed, self.epoch, batches.rows, batches.lane_points, self._order, batches.tiles)
            self._shuffled = self.epoch

    @property
    def batches(self) -> int:
        """The number of batches of the present epoch; 1 where there are no training points."""
        if len(self.data.train) == 0:
            return 1
        self._prepare_batches()
        return len(self._starts)

    @property
    def pace(self) -> tuple[int, int]:
        """The updates and the examples of the epoch that ended last."""
        count = len(self.data.train)
        if count == 0:
            return 0, 0
        size, short_batch, _ = self._batching
        return count // size if short_batch == "carry" else -(-count // size), count

    @property
    def batch_size(self) -> int:
        """The points of a batch of the present epoch; the last one may have fewer."""
        count = len(self.data.train)
        if count == 0:
            return 0
        self._prepare_batches()
        return min(self._batching[0], count)

    def batch_points(self) -> NDArray[np.int64]:
        """The numbers of the training points of the present batch (n,), in their order; none where there are none."""
        count = len(self.data.train)
        if count == 0:
            return np.empty(0, np.int64)
        self._prepare_batches()
        size, _, order = self._batching
        numbers = self._order if order == "shuffled" else np.arange(count)
        return numbers[self.batch * size : (self.batch + 1) * size].copy()

    @property
    def position(self) -> float:
        """The epochs done, and the share of the present one."""
        return self.epoch + (self.batch / len(self._starts) if self.batch else 0.0)

    def estimated_epoch_seconds(self) -> float:
        """About how long an epoch takes, on one core of 2024, before any was measured."""
        return 5e-6 + 0.25e-9 * len(self.network.places) * (len(self.data.train) + len(self.data.test))

    def losses(self) -> tuple[float, float]:
        """The train and the test loss of the network as it is."""
        losses = np.empty((1, 2))
        evaluate.evaluate(
            self._trained,
            self._choices,
            self._sets,
            self.network.workspace(batching.MAX_LANES),
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
        self.network.optimiser_state[layout.BEST_PARAMETERS] = self.network.padded
        self._hyperparameters[layout.BEST_LOSS] = test_loss
        self._hyperparameters[layout.BEST_EPOCH] = self.epoch

    def restore_best(self) -> None:
        """Take the best parameters again; patience counts from this epoch on."""
        self.network.restore(self.network.optimiser_state[layout.BEST_PARAMETERS])
        self._hyperparameters[layout.BEST_EPOCH] = self.epoch

    def reset_moments(self) -> None:
        """Forget what the optimiser remembers."""
        self.network.optimiser_state[layout.FIRST_MOMENT : layout.SECOND_MOMENT + 1] = 0.0
        self._hyperparameters[layout.UPDATES] = 0.0

    # --- the state as a record ---

    def capture(self) -> dict[str, Any]:
        """All that training goes on from, by name: what checkpoints and snapshots share.

        Arrays are little-endian float64 bytes without what fills the kernels' arrays up; one whose bits are all zero
        is empty. A number that JSON does not have (NaN, infinity) is text.
        """
        arrays = {name: _bytes(array[self.network.places]) for name, array in self._arrays().items()}
        counters = {name: number(self._hyperparameters[place]) for name, place in _COUNTERS.items()}
        batching = list(self._batching) if self.batch else None
        return arrays | counters | {"epoch": self.epoch, "batch": self.batch, "batching": batching}

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
        self._shuffled = self._packed_for = None
        if self.batch:
            size, short_batch, order = state["batching"]
            self._batching = int(size), str(short_batch), str(order)
            if not 0 < self.batch < self.batches:
                raise ValueError(f"an epoch of {self.batches} batches has no batch {self.batch}")
        self._hyperparameters[layout.EPOCH] = self.epoch
        self.update_mask()

    def _arrays(self) -> dict[str, NDArray[np.float64]]:
        network = self.network
        return {
            "params": network.padded,
            "carried_gradient": network.optimiser_state[layout.CARRIED_GRADIENT],
            "first_moment": network.optimiser_state[layout.FIRST_MOMENT],
            "second_moment": network.optimiser_state[layout.SECOND_MOMENT],
            "best_params": network.optimiser_state[layout.BEST_PARAMETERS],
            "parameter_mask": network.parameter_mask,
            "pruned_weights": network.pruned_weights,
            "pruned_dead": network.pruned_dead,
        }


def number(value: float) -> float | str:
    """A number as JSON can say it; float() gives it back."""
    return float(value) if isfinite(value) else str(float(value))


def _bytes(array: NDArray[np.float64]) -> bytes:
    found = array.astype("<f8", copy=False)
    return found.tobytes() if found.view(np.int64).any() else b""


def _batching(spec: Spec) -> tuple[int, str, str]:
    """The live fields that decide how an epoch is cut into batches."""
    return spec.batch_size, spec.short_batch, spec.order
