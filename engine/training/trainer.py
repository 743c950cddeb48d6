"""One run: a spec, the network it makes, and every epoch and edit since."""

import sys
import time
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data import generators
from tinkernet.engine.errors import SpecError
from tinkernet.engine.formulas import arguments, schedules
from tinkernet.engine.formulas.optimisers import optimiser_from_key
from tinkernet.engine.formulas.penalties import penalty_from_key
from tinkernet.engine.kernels import train
from tinkernet.engine.network import batching
from tinkernet.engine.network.network import Network, check_index
from tinkernet.engine.rng import counter, seedrandom
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.loss_history import History

Edit = tuple[Any, ...]
"""(epoch, "weight", layer, neuron, input, value), (epoch, "bias", layer, neuron, value), (epoch, "best") or, of a live
field, (epoch, field, value as in `Spec.to_dict`)."""

# The live fields that change what the network answers, and not only how it learns.
_SEEN = frozenset(("activation", "activations", "cut"))
_SLICE = 256
_FIRST_SLICE = 8

# What other threads do meanwhile is not this run's time. Windows counts a thread's own in steps of 16 milliseconds.
_worked = time.perf_counter if sys.platform == "win32" else time.thread_time


class Trainer:
    """Trains one spec. Its numbers depend on the spec and the edits only: never on how the work was sliced.

    Not thread-safe: whoever calls a method must be alone; `history.rows` may be read beside.
    """

    def __init__(self, spec: Spec) -> None:
        self._start(spec)

    def _start(self, spec: Spec) -> None:
        state = seedrandom.generator(spec.seed)
        data = generators.load(spec.active_dataset, spec.class_count, spec.noise, spec.train_percent, state)
        network = Network(spec)
        network.initialise(spec, state)
        self.epoch = 0
        self.edits: list[Edit] = []
        self.spec, self.data, self.network = spec, data, network
        self._train_set = batching.pack(data.train, spec)
        self._test_set = batching.pack(data.test, spec)
        self._codes = np.zeros(7, np.int64)
        self._codes[arguments.LOSS] = spec.loss_code
        self._codes[arguments.KEY] = counter.key_of(spec.seed)
        self._dials = np.zeros(16)
        self._epoch_seconds = 0.0  # that one took lately; 0 when nobody knows
        self._follow(spec)
        self._evaluate()
        self._keep_best()
        self.history = History(self.train_loss, self.test_loss)

    def advance(self, epochs: int, seconds: float | None = None) -> int:
        """Train for whole epochs; gives the number done.

        Fewer than asked for when `seconds` of the processor are used up (at least one is done) or once the training
        loss is not finite: `diverged_at` is that epoch, and nothing more is trained before a reset or an edit that
        mends it. Fewer too when a stop rule holds, and none while it does; `halted` says which.
        """
        done = 0
        began = _worked()
        room = _SLICE
        if seconds is not None:
            # Most of what should fit, at the pace of last time: each call of a kernel has its price.
            room = int(0.8 * seconds / self._epoch_seconds) if self._epoch_seconds else _FIRST_SLICE
        while done < epochs and self.halted is None:
            count = min(max(1, min(room, _SLICE)), epochs - done, (self.spec.stop_epoch or sys.maxsize) - self.epoch)
            if self.spec.order == "shuffled":
                self._deal()
                count = 1
            losses = np.empty((count, 2))
            trained = train.train(
                self.network.padded,
                self.network.roles,
                self.network.memory,
                self.network.plan,
                self._rates(count),
                self._dials,
                self._codes,
                self._batches.pack,
                self._batches.marks,
                self._train_set,
                self._test_set,
                self.network.room(self._batches.pack.shape[2]),
                self.network.room(batching.MAX_LANES),
                losses,
            )
            self.history.append(self.epoch + 1, losses[:trained])
            self.epoch += trained
            done += trained
            self._note(*losses[trained - 1])
            if seconds is not None:
                spent = max(_worked() - began, 1e-9)  # a coarse clock may not have moved
                self._epoch_seconds = spent / done
                if spent >= seconds:
                    break
                # As many as fit in half of what is left, so that the last slices are short and little is overrun.
                room = int((seconds - spent) / self._epoch_seconds / 2)
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
        changes = self.spec.changes(spec)
        if not changes:
            return False
        told = spec.to_dict()
        self.edits += [(self.epoch, name, told[name]) for name in changes]
        waited = self.spec.patience
        if spec.optimiser != self.spec.optimiser:
            self.network.memory[arguments.FIRST : arguments.SECOND + 1] = 0.0
            self._dials[arguments.UPDATES] = 0.0
        self.spec = spec
        self._follow(spec)
        if _SEEN.intersection(changes):
            self._evaluate()
            self.history.amend(self.epoch, self.train_loss, self.test_loss)
        if spec.patience and not waited:
            self._keep_best()
        return False

    def _follow(self, spec: Spec) -> None:
        """Take the live fields of a spec."""
        self.network.activate(spec)
        self.network.hold(spec)
        self._batches = batching.batches(self.data.train, spec)
        self._codes[arguments.PENALTY] = penalty_from_key[spec.regularization].code
        self._codes[arguments.OPTIMISER] = optimiser_from_key[spec.optimiser].code
        self._codes[arguments.HELD] = self.network.held
        self._codes[arguments.DROPPING] = spec.dropout > 0.0
        self._codes[arguments.PATIENCE] = spec.patience
        for place, value in (
            (arguments.PENALTY_RATE, spec.regularization_rate),
            (arguments.MOMENTUM, spec.momentum),
            (arguments.BETA1, spec.beta1),
            (arguments.BETA2, spec.beta2),
            (arguments.SMOOTHING, spec.smoothing),
            (arguments.EPSILON, spec.epsilon),
            (arguments.WEIGHT_DECAY, spec.weight_decay),
            (arguments.CLIP, spec.clip_norm),
            (arguments.DROPOUT, spec.dropout),
            (arguments.STOP_LOSS, spec.stop_loss or -np.inf),
        ):
            self._dials[place] = value

    def _rates(self, count: int) -> NDArray[np.float64]:
        spec = self.spec
        settings = (spec.schedule_epochs, spec.schedule_factor, spec.warmup_epochs)
        return schedules.rates(spec.schedule, spec.learning_rate, *settings, self.epoch, count)

    def _deal(self) -> None:
        """Put the training points into the order of this epoch."""
        key = int(self._codes[arguments.KEY])
        order = np.empty(len(self.data.train), np.int64)
        counter.deal(key, self.epoch, self._batches.rows, self._batches.slots, order, self._batches.pack)

    def _keep_best(self) -> None:
        self.network.memory[arguments.BEST] = self.network.padded
        self._dials[arguments.BEST_LOSS] = self.test_loss
        self._dials[arguments.BEST_EPOCH] = self.epoch

    @property
    def halted(self) -> str | None:
        """Why nothing more is trained: "diverged", or the field of the stop rule that holds; None while it goes on."""
        if self.diverged_at is not None:
            return "diverged"
        if 0 < self.spec.stop_epoch <= self.epoch:
            return "stop_epoch"
        if self.test_loss <= self.spec.stop_loss > 0.0:
            return "stop_loss"
        return "patience" if 0 < self.spec.patience <= self.epoch - self.best_epoch else None

    @property
    def best_epoch(self) -> int:
        """With patience: the epoch of the lowest test loss since it was asked for."""
        return int(self._dials[arguments.BEST_EPOCH])

    @property
    def best_loss(self) -> float:
        """With patience: the test loss at `best_epoch`."""
        return float(self._dials[arguments.BEST_LOSS])

    def restore_best(self) -> None:
        """With patience: take the parameters of `best_epoch` again; the epochs go on counting from here.

        Raises SpecError where no patience is asked for.
        """
        if not self.spec.patience:
            raise SpecError("patience", 0, "set before there is a best state to restore", "Patience")
        self.network.padded[:] = self.network.memory[arguments.BEST]
        self._edited("best")
        self._dials[arguments.BEST_EPOCH] = self.epoch

    def set_weight(self, layer: int, neuron: int, input: int, value: float) -> None:
        """Type a weight: layer 0 is the first with weights. A link that was dead learns again from here.

        Raises SpecError for an index that is not there and for a value that is not a finite number.
        """
        self.network.check_neuron(layer, neuron)
        check_index("input", input, self.network.sizes[layer])
        self.network.type_weight(layer, neuron, input, _finite(value))
        self._edited("weight", layer, neuron, input, float(value))
        self._codes[arguments.HELD] = self.network.held

    def set_bias(self, layer: int, neuron: int, value: float) -> None:
        """Type a bias; see `set_weight`."""
        self.network.check_neuron(layer, neuron)
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
            elif kind == "best":
                trainer.restore_best()
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
            "memory": self.network.memory[:, places].tobytes(),
            "roles": self.network.roles[places].tobytes(),
            "kept": self.network.kept[places].tobytes(),
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
            ("memory", network.memory, (slice(None), network.places)),
            ("roles", network.roles, network.places),
            ("kept", network.kept, network.places),
        ):
            wanted = target[places]
            if len(checkpoint[name]) != wanted.nbytes:
                raise ValueError(f"{name} has {len(checkpoint[name])} bytes, not {wanted.nbytes}")
            target[places] = np.frombuffer(checkpoint[name], np.float64).reshape(wanted.shape)
        trainer._follow(spec)
        trainer.epoch = int(checkpoint["epoch"])
        trainer.edits = [tuple(edit) for edit in checkpoint["edits"]]
        rows = np.frombuffer(checkpoint["rows"], np.float32).reshape(-1, 2)
        trainer.history = History.restored(rows, int(checkpoint["stride"]), int(checkpoint["version"]))
        trainer._note(*np.frombuffer(checkpoint["losses"], np.float64, 2))
        return trainer

    def _edited(self, kind: str, *what: Any) -> None:
        self.edits.append((self.epoch, kind, *what))
        self._evaluate()
        self.history.amend(self.epoch, self.train_loss, self.test_loss)

    def _evaluate(self) -> None:
        losses = np.empty(2)
        train.evaluate(
            self.network.padded,
            self.network.plan,
            self._codes,
            self._train_set,
            self._test_set,
            self.network.room(batching.MAX_LANES),
            losses,
        )
        self._note(*losses)

    def _note(self, train_loss: float, test_loss: float) -> None:
        self.train_loss, self.test_loss = float(train_loss), float(test_loss)
        self.diverged_at = None if isfinite(train_loss) else self.epoch


def _finite(value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 1e308:
        raise SpecError("value", value, "a finite number")
    return float(value)
