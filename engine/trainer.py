"""One run: a spec, the network it makes, and every epoch and edit since."""

import time
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from . import datasets, kernels, packs, seedrandom
from .features import NOT_FINITE, feature_from_key, grid, quantised
from .history import History
from .initialisers import initialise
from .losses import LOSSES
from .network import Network
from .penalties import penalty_from_key
from .spec import Spec, SpecError

Edit = tuple[Any, ...]
"""(epoch, "weight", layer, neuron, input, value), (epoch, "bias", layer, neuron, value) or (epoch, field, value)."""

_SLICE = 256
_FIRST_SLICE = 8


class Trainer:
    """Trains one spec. Its numbers depend on the spec and the edits only: never on how the work was sliced.

    Not thread-safe: whoever calls a method must be alone; `history.rows` may be read beside.
    """

    def __init__(self, spec: Spec) -> None:
        self._start(spec)

    def _start(self, spec: Spec) -> None:
        state = seedrandom.generator(spec.seed)
        data = datasets.load(spec.active_dataset, spec.noise, spec.train_percent, state)
        network = Network(spec)
        initialise(network, state, spec.init_zero)
        self.spec, self.data, self.network = spec, data, network
        self._batches = packs.batches(data.train, spec.features, spec.batch_size, spec.short_batch == "carry")
        self._train_set = packs.pack(data.train, spec.features)
        self._test_set = packs.pack(data.test, spec.features)
        self._codes = np.zeros(2, np.int64)
        self._codes[kernels.LOSS] = LOSSES[0].code
        self._codes[kernels.PENALTY] = penalty_from_key[spec.regularization].code
        self._dials = np.zeros(3)
        self._dials[kernels.RATE] = spec.learning_rate
        self._dials[kernels.PENALTY_RATE] = spec.regularization_rate
        self.epoch = 0
        self.edits: list[Edit] = []
        self._evaluate()
        self.history = History(self.train_loss, self.test_loss)

    def advance(self, epochs: int, seconds: float | None = None) -> int:
        """Train for whole epochs; gives the number done.

        Fewer than asked for when `seconds` are used up (at least one is done) or once the training loss is not
        finite: `diverged_at` is that epoch, and nothing more is trained before a reset or an edit that mends it.
        """
        done = 0
        began = time.perf_counter()
        room = _FIRST_SLICE if seconds is not None else _SLICE
        while done < epochs and self.diverged_at is None:
            losses = np.empty((min(room, epochs - done), 2))
            trained = kernels.train(
                self.network.padded,
                self.network.roles,
                self.network.carried,
                self.network.plan,
                self._dials,
                self._codes,
                self._batches.pack,
                self._batches.ends,
                self._train_set,
                self._test_set,
                self.network.room(self._batches.pack.shape[2]),
                self.network.room(packs.MAX_LANES),
                losses,
            )
            self.history.append(self.epoch + 1, losses[:trained])
            self.epoch += trained
            done += trained
            self._note(*losses[trained - 1])
            if seconds is not None:
                spent = time.perf_counter() - began
                if spent >= seconds:
                    break
                # As many as fit in half of what is left, so that the last slices are short and little is overrun.
                room = max(1, min(_SLICE, int(done / spent * (seconds - spent) / 2)))
        return done

    def reset(self) -> None:
        """The same start again: points, first weights, epoch 0; edits are forgotten."""
        self._start(self.spec)

    def reconfigure(self, spec: Spec) -> bool:
        """Take another spec; True when that restarted the run.

        One that differs in live fields only goes on from here, and the change is recorded as an edit.
        """
        if not self.spec.differs_only_live(spec):
            self._start(spec)
            return True
        if spec.learning_rate != self.spec.learning_rate:
            self.edits.append((self.epoch, "learning_rate", spec.learning_rate))
            self._dials[kernels.RATE] = spec.learning_rate
        self.spec = spec
        return False

    def set_weight(self, layer: int, neuron: int, input: int, value: float) -> None:
        """Type a weight: layer 0 is the first with weights. A link that was dead learns again from here.

        Raises SpecError for an index that is not there and for a value that is not a finite number.
        """
        self._check_neuron(layer, neuron)
        _check_index("input", input, self.network.sizes[layer])
        self.network.weights(layer)[neuron, input] = _finite(value)
        self.network.revive(layer, neuron, input)
        self._edited("weight", layer, neuron, input, float(value))

    def set_bias(self, layer: int, neuron: int, value: float) -> None:
        """Type a bias; see `set_weight`."""
        self._check_neuron(layer, neuron)
        self.network.biases(layer)[neuron] = _finite(value)
        self._edited("bias", layer, neuron, float(value))

    @classmethod
    def replay(cls, spec: Spec, edits: Sequence[Edit], epoch: int) -> Self:
        """The run of a spec and its edits at an epoch, bit for bit. `spec` is the one the run started with."""
        trainer = cls(spec)
        for at, kind, *rest in edits:
            if at > epoch:
                break
            trainer.advance(at - trainer.epoch)
            if kind == "weight":
                trainer.set_weight(*rest)
            elif kind == "bias":
                trainer.set_bias(*rest)
            else:
                trainer.reconfigure(Spec.from_dict(trainer.spec.to_dict() | {kind: rest[0]}))
        trainer.advance(epoch - trainer.epoch)
        return trainer

    def checkpoint(self) -> dict[str, Any]:
        """All that the spec does not say, as numbers, lists and bytes: `restored` goes on from it bit for bit."""
        places = self.network.places
        return {
            "epoch": self.epoch,
            "edits": [list(edit) for edit in self.edits],
            "stride": self.history.stride,
            "version": self.history.version,
            "rows": self.history.rows.tobytes(),
            "losses": np.array([self.train_loss, self.test_loss]).tobytes(),
            "dials": self._dials.tobytes(),
            "params": self.network.params.tobytes(),
            "carried": self.network.carried[places].tobytes(),
            "roles": self.network.roles[places].tobytes(),
        }

    @classmethod
    def restored(cls, spec: Spec, checkpoint: Mapping[str, Any]) -> Self:
        """The trainer whose `checkpoint` this is; `spec` is the one it had then.

        Raises ValueError or KeyError for what is not a checkpoint of such a network.
        """
        trainer = cls(spec)
        network = trainer.network
        for name, target, places in (
            ("dials", trainer._dials, slice(None)),
            ("params", network.padded, network.places),
            ("carried", network.carried, network.places),
            ("roles", network.roles, network.places),
        ):
            wanted = target[places].nbytes
            if len(checkpoint[name]) != wanted:
                raise ValueError(f"{name} has {len(checkpoint[name])} bytes, not {wanted}")
            target[places] = np.frombuffer(checkpoint[name], np.float64)
        trainer.epoch = int(checkpoint["epoch"])
        trainer.edits = [tuple(edit) for edit in checkpoint["edits"]]
        rows = np.frombuffer(checkpoint["rows"], np.float32).reshape(-1, 2)
        trainer.history = History.restored(rows, int(checkpoint["stride"]), int(checkpoint["version"]))
        trainer._note(*np.frombuffer(checkpoint["losses"], np.float64, 2))
        return trainer

    def fields(
        self, units: Sequence[str], side: int, small: int, *, smooth: bool = False
    ) -> tuple[NDArray[np.uint8], dict[str, NDArray[np.uint8]]]:
        """Maps of what units answer over the square, quantised and in image order (see `features`).

        First the small maps of every hidden and output neuron in order of layer: (neurons, small * small). Then a map
        (side * side,) of each unit asked for: a feature's key, or "layer.neuron". Raises SpecError for another.
        With `smooth` its pixels are means of two points each: a steep border then has no steps, even drawn large.
        """
        first, count = self.network.sizes[0], sum(self.network.sizes)
        neurons = {unit: self._row(unit) for unit in units if unit not in feature_from_key}
        small_maps = self._paint(np.arange(first, count), small)
        maps = {unit: _feature_map(unit, side) for unit in units if unit in feature_from_key}
        if neurons:
            rows = np.array(list(neurons.values()))
            if smooth:
                painted = _means(self._paint(rows, side, -0.25), self._paint(rows, side, 0.25))
            else:
                painted = self._paint(rows, side)
            maps.update(zip(neurons, painted, strict=True))
        return small_maps, maps

    def value(self, unit: str, x: float, y: float) -> float:
        """What a unit (see `fields`) answers to one point."""
        point = np.array([[x, y]], np.float64)
        if unit in feature_from_key:
            return float(feature_from_key[unit].function(point[:, 0], point[:, 1])[0])
        row = self._row(unit)
        return float(self.answers(point)[row, 0])

    def answers(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """What every unit, inputs first and the output last, answers to points (n, 2): float64 (units, n)."""
        pack = packs.pack(points, self.spec.features, packs.MAP_LANES)
        network = self.network
        answers = np.empty((len(network.units), pack.shape[0] * pack.shape[2]))
        kernels.respond(network.padded, network.plan, pack, network.units, network.room(packs.MAP_LANES), answers)
        return answers[:, : len(points)]

    def _paint(self, rows: NDArray[np.int64], side: int, shift: float = 0.0) -> NDArray[np.uint8]:
        pack = packs.squares(side, self.spec.features, shift)
        maps = np.empty((len(rows), pack.shape[0] * pack.shape[2]), np.uint8)
        network = self.network
        kernels.paint(network.padded, network.plan, pack, network.units[rows], network.room(packs.MAP_LANES), maps)
        return maps[:, : side * side]

    def _row(self, unit: str) -> int:
        """Where a "layer.neuron" stands among all units, inputs first."""
        layer, dot, neuron = unit.partition(".")
        if not (dot and layer.isdecimal() and neuron.isdecimal() and len(unit) < 10):
            raise SpecError("unit", unit, 'a feature or "layer.neuron"')
        self._check_neuron(int(layer), int(neuron))
        return sum(self.network.sizes[: int(layer) + 1]) + int(neuron)

    def _check_neuron(self, layer: int, neuron: int) -> None:
        _check_index("layer", layer, self.network.layers)
        _check_index("neuron", neuron, self.network.sizes[layer + 1])

    def _edited(self, kind: str, *what: Any) -> None:
        self.edits.append((self.epoch, kind, *what))
        self._evaluate()
        self.history.amend(self.epoch, self.train_loss, self.test_loss)

    def _evaluate(self) -> None:
        losses = np.empty(2)
        kernels.evaluate(
            self.network.padded,
            self.network.plan,
            self._codes,
            self._train_set,
            self._test_set,
            self.network.room(packs.MAX_LANES),
            losses,
        )
        self._note(*losses)

    def _note(self, train_loss: float, test_loss: float) -> None:
        self.train_loss, self.test_loss = float(train_loss), float(test_loss)
        self.diverged_at = None if isfinite(train_loss) else self.epoch


def _means(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pixel by pixel; no finite number where either is none."""
    means = ((one.astype(np.uint16) + other) // 2).astype(np.uint8)
    means[(one == NOT_FINITE) | (other == NOT_FINITE)] = NOT_FINITE
    return means


def _feature_map(key: str, side: int) -> NDArray[np.uint8]:
    points = grid(side)
    return quantised(feature_from_key[key].function(points[:, 0], points[:, 1]))


def _check_index(name: str, value: int, count: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        allowed = f"a whole number from 0 to {count - 1}" if count else "left out: there is none"
        raise SpecError(name, value, allowed)


def _finite(value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e308:
        raise SpecError("value", value, "a finite number")
    return float(value)
