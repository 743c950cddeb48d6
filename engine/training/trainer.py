"""The trainer of a run: what is trained and edited, its record, its checkpoints, and the way back to any epoch."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np

from tinkernet.engine.data.dataset import Dataset, Floats, Points, address_of
from tinkernet.engine.data.drawing import Drawing
from tinkernet.engine.errors import SpecError
from tinkernet.engine.kernels import NUMERICS
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training import checkpoint as checkpoints
from tinkernet.engine.training import edits as records
from tinkernet.engine.training.clocks import ClockedTraining
from tinkernet.engine.training.drawn import DrawnTraining
from tinkernet.engine.training.edits import BestEdit, BiasEdit, DataEdit, Edit, WeightEdit
from tinkernet.engine.training.executor import number
from tinkernet.engine.training.loss_history import LossHistory
from tinkernet.engine.training.pending import Pending
from tinkernet.engine.training.playback import Playback
from tinkernet.engine.training.run import UNKNOWN, Run
from tinkernet.engine.training.snapshots import BYTES, Snapshots
from tinkernet.engine.training.steps import Steps
from tinkernet.engine.training.trial import Trial, gradient_of, loss_of, losses_of, losses_with, trial


class Trainer(DrawnTraining, ClockedTraining):
    """Trains one spec. Its numbers depend on its run (first spec, data and edits) only, never on how work was sliced.

    dataset: what is learnt from; without one, the points that the spec draws. drawing: what was drawn on it before.
    snapshot_bytes: what the snapshots of the run may take. Raises SpecError for a spec that does not go with the data
    (see `Spec.task`).

    `epoch` counts whole epochs, `batch` the batches done of the present one. `run` is the record; `spec` is the spec
    with all edits, `network` the network with all edits, `task` what it has to answer, `data` the points, `steps` what
    can be undone of them, `effort` what training has taken. All belong to this trainer and are replaced by a restart.
    Not thread-safe: whoever calls a method must be alone; `history.rows` may be read beside.
    """

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits of this run, those that wait for the next update included."""
        size = len(self.dataset)
        waiting = self._pending.edits(self.network, self.spec, self._drawing, size, self.epoch, self.batch)
        return (*self._edits, *waiting)

    @property
    def run(self) -> Run:
        """The record of this run: what `replay` needs."""
        run = self._run
        return replace(run, edits=self.edits)

    def restart(self, spec: Spec, drawing: Drawing, dataset: Dataset | None = None) -> None:
        """Begin anew with another spec, and with what was drawn on its points; there is nothing to undo then.

        `dataset` is the one that the spec names, where that is another.
        """
        given = self._given if spec.data == self.spec.data else dataset
        self._start(Run(spec, data=address_of(given), drawing=drawing), given)
        self.steps = Steps()

    def trial(self, points: Points) -> Trial:
        """What an update by one point alone would do now: see `Trial`."""
        forget = self.spec.optimiser != self._pending.in_force.optimiser
        return trial(self._executor, points, forget=forget)

    def loss_of(self, points: Points, params: Floats) -> float:
        """The mean loss of points with other parameters, laid out as `Network.padded`."""
        return loss_of(self._executor, points, params)

    def losses_of(self, points: Points) -> Floats:
        """The loss of each point (n,), as training computes it, without the penalty."""
        return losses_of(self._executor, points)

    def losses_with(self, vectors: Floats) -> Floats:
        """The mean loss of the training points with each vector of parameters (k, p): (k,); see `trial.losses_with`."""
        return losses_with(self._executor, vectors)

    def gradient(self) -> Floats:
        """The gradient of the mean loss of all training points, laid out as `Network.padded`: see `trial.gradient_of`.

        There must be training points.
        """
        return gradient_of(self._executor, self._executor.data.train)

    def path(self, most: int, seconds: float) -> tuple[list[int], Floats]:
        """Parameters on the way here: some epochs, the first of the run and the present one included, and (n, p).

        Up to `most` + 1 of them, laid out as `Network.padded`. They are computed again where that takes so many
        seconds at most; else they are those of snapshots.
        """
        first, places = self._run.first_epoch, self.network.places
        wanted = sorted({first + (self.epoch - first) * each // most for each in range(most)} - {self.epoch})
        found: dict[int, Floats] = {}
        if (self.epoch - first) * self._epoch_seconds <= seconds and wanted:
            playback = self.playback(first)
            for epoch in wanted:
                playback.go(epoch)
                found[epoch] = playback.trainer.network.padded.copy()
        else:
            epochs = [epoch for epoch in self._snapshots.epochs if epoch < self.epoch]
            for epoch in epochs[:: -(-len(epochs) // most) or 1]:
                vector = np.zeros(len(self.network.padded))
                params = self._snapshots.nearest(epoch).state["params"]
                vector[places] = np.frombuffer(params, "<f8") if params else 0.0
                found[epoch] = vector
        found[self.epoch] = self.network.padded.copy()
        return list(found), np.array(list(found.values()))

    @property
    def recorded_edits(self) -> Sequence[Edit]:
        """The edits of this run that are in force."""
        return self._edits

    @property
    def batches(self) -> int:
        """The number of batches of the present epoch; 1 where there are no training points."""
        return self._executor.batches

    @property
    def log_length(self) -> int:
        """The number of entries in the run's log: the record without its edits, then each edit that is in force."""
        return 1 + len(self._edits)

    @classmethod
    def replay(cls, run: Run, epoch: int, dataset: Dataset | None = None, *, batch: int = 0) -> Self:
        """The trainer of a run at a batch of an epoch, bit for bit.

        Raises SpecError for a place before the run's first one, and for another data set than the run's.
        """
        if (epoch, batch) < run.begin:
            raise SpecError("epoch", epoch, f"{run.first_epoch} or later: what came before cannot be computed")
        playback = cls.replaying(run, dataset)
        playback.go(epoch, batch)
        return playback.trainer

    @classmethod
    def replaying(cls, run: Run, dataset: Dataset | None = None) -> Playback[Self]:
        """A run at its first place, to be computed again. Raises SpecError for another data set than the run's."""
        return Playback(cls._begun(run.without_edits(), dataset, BYTES), run.edits)

    def seek(self, epoch: int, batch: int = 0) -> Self:
        """A trainer of this run as it was at a batch of an epoch, with the edits made there: it goes its own way then.

        It is computed from the nearest snapshot, bit for bit. Raises SpecError for a place that this run has not
        reached, or whose state cannot be computed any more.
        """
        playback = self.playback(epoch, batch)
        playback.go(epoch, batch)
        return self.branch(playback)

    def check_place(self, epoch: int, batch: int = 0) -> None:
        """Raises SpecError for a place that this run has not reached, or whose state cannot be computed any more."""
        first = self._run.first_epoch
        whole = all(isinstance(each, int) and not isinstance(each, bool) for each in (epoch, batch))
        if not whole or not self._run.begin <= (epoch, batch) <= (self.epoch, self.batch) or batch < 0:
            raise SpecError("epoch", epoch, f"a whole number from {first} to {self.epoch}", "Epoch")

    def playback(self, epoch: int, batch: int = 0) -> Playback[Self]:
        """This run at the nearest snapshot before a batch of an epoch, to be computed again from there.

        Snapshots that it takes on the way are this run's too. Raises SpecError as `check_place` does.
        """
        self.check_place(epoch, batch)
        snapshot = self._snapshots.nearest(epoch)
        edits = self.edits
        trainer = self._begun(self._run, self._given, self._snapshot_bytes)
        trainer._edits = list(edits[: snapshot.edits])
        trainer._edit_bytes = sum(map(records.size, trainer._edits))
        run = replace(self._run, edits=tuple(trainer._edits))
        trainer._executor.follow(run.last_spec)
        trainer._drawing = run.last_drawing(len(self.dataset))
        trainer._executor.draw(trainer._drawing)
        trainer._pending = Pending(trainer.spec, trainer._drawing)
        trainer._install(snapshot.state)
        trainer._snapshots = self._snapshots
        return Playback(trainer, edits[snapshot.edits :])

    def branch(self, playback: Playback[Self]) -> Self:
        """The trainer of a `playback` of this run, to go its own way from where it is; nothing plays it back then."""
        trainer = playback.trainer
        trainer._snapshots = self._snapshots.until(trainer.epoch)
        trainer._history = self.history.until(trainer.epoch)
        trainer.effort = self.effort.until(trainer.epoch)
        return trainer

    def take_snapshots(self, snapshots: Snapshots) -> None:
        """Take those of the same run, which another trainer has had."""
        self._snapshots = snapshots

    @property
    def snapshots(self) -> Snapshots:
        """States of this run that any epoch is computed from."""
        return self._snapshots

    @classmethod
    def _begun(cls, run: Run, dataset: Dataset | None, snapshot_bytes: int) -> Self:
        """A trainer at the beginning of a run. Raises SpecError for another data set than the run's."""
        address = address_of(dataset)
        if address != run.data:
            allowed = (
                "left out: the run draws its points" if run.data is None else f"the data set {run.data} of the run"
            )
            raise SpecError("dataset", address, allowed, "The data set")
        trainer = cls.__new__(cls)
        trainer._snapshot_bytes, trainer.steps = snapshot_bytes, Steps()
        trainer._start(run, dataset)
        return trainer

    def advance_to(self, epoch: int, batch: int = 0, seconds: float | None = None) -> bool:
        """Train to a batch of an epoch, unless a stop rule holds before; False when `seconds` are used up before.

        Raises SpecError where the epoch has no such batch.
        """
        self.advance(epoch - self.epoch, seconds)
        if self.epoch < epoch:
            return self.halted is not None
        if (self.epoch, self.batch) < (epoch, batch) and self.halted is None:
            if batch >= self._executor.batches:
                allowed = f"a whole number from 0 to {self._executor.batches - 1} in this epoch"
                raise SpecError("batch", batch, allowed, "Batch")
            self._record_pending()
            self._take(self._executor.train_batches(batch - self.batch))
        return True

    def repeat(self, edit: Edit) -> None:
        """Make an edit of a record again, at the place where it was made."""
        if isinstance(edit, WeightEdit):
            self.set_weight(edit.layer, edit.neuron, edit.input, edit.value)
        elif isinstance(edit, BiasEdit):
            self.set_bias(edit.layer, edit.neuron, edit.value)
        elif isinstance(edit, BestEdit):
            self.restore_best()
        elif isinstance(edit, DataEdit):
            self._draw(edit.states())
        else:
            self.reconfigure(Spec.from_dict(self.spec.to_dict() | {edit.field: edit.value}))

    def checkpoint(self, since: int = 0) -> dict[str, Any]:
        """What `restored` needs to go on bit for bit, as numbers, text, lists and bytes.

        `log` has the run's log from entry `since` on (`log_start`), so what is stored already is not handed out again;
        `restored` needs the whole log.
        """
        log = [self._run.head()] if since == 0 else []
        log += [records.to_dict(edit) for edit in self._edits[max(since - 1, 0) :]]
        pending, history = self._pending, self.history
        in_force = {name: pending.in_force.to_dict()[name] for name in pending.in_force.changes(self.spec)}
        points = pending.data_edits(self._drawing, len(self.dataset), self.epoch + (self.batch > 0))
        return self._state() | {
            "version": checkpoints.VERSION,
            "example": self.example,
            "log_start": since,
            "log": log,
            "in_force": in_force,
            "typed": [[*place, number(value), dead] for place, (value, dead) in pending.in_order()],
            "restored": pending.restored,
            "points": [records.to_dict(edit) for edit in points],
            "next_id": self._drawing.next_id,
            "steps": self.steps.to_bytes(),
            "rows": history.rows.tobytes(),
            "stride": history.stride,
            "rows_version": history.version,
        }

    @classmethod
    def restored(cls, spec: Spec, checkpoint: Mapping[str, Any], dataset: Dataset | None = None) -> Self:
        """The trainer whose `checkpoint` this is; `spec` and `dataset` are those it had then.

        One of an earlier version, or of other arithmetic, goes on exactly from its state, which becomes the base of the
        run (see `Run`). Raises ValueError, TypeError or KeyError for what is not a checkpoint of such a network.
        """
        checkpoint = checkpoints.upgraded(checkpoint, spec)
        head, *edits = checkpoint["log"]
        run = Run.from_dict(head | {"edits": edits})
        if not run.spec.differs_only_live(spec):
            raise ValueError("the run began with another network")
        known = run.numerics == NUMERICS
        begin = run.without_edits() if known else Run(spec, data=run.data, numerics=run.numerics)
        trainer = cls._begun(begin, dataset, BYTES)
        trainer._executor.follow(spec)
        size = len(trainer.dataset)
        drawing = run.last_drawing(size)
        drawing = replace(drawing, next_id=max(drawing.next_id, int(checkpoint["next_id"])))
        trainer._executor.draw(drawing)
        trainer._edits = list(run.edits)
        trainer._edit_bytes = sum(map(records.size, run.edits))
        trainer._install(checkpoint)
        typed = {
            (layer, neuron, input): (float(value), dead) for layer, neuron, input, value, dead in checkpoint["typed"]
        }
        in_force = Spec.from_dict(spec.to_dict() | checkpoint["in_force"])
        trainer.steps = Steps.from_bytes(checkpoint["steps"])
        trainer._pending = Pending(in_force, drawing, bool(checkpoint["restored"]), typed)
        trainer._drawing = drawing
        if checkpoint["points"]:
            waiting = tuple(map(records.from_dict, checkpoint["points"]))
            trainer._drawing = replace(run, drawing=drawing, edits=waiting).last_drawing(size)
        trainer._take_points()
        trainer._losses_are_old = False  # the checkpoint has them
        trainer._go_through(int(checkpoint.get("example", 0)))  # those of earlier releases have none
        trainer._follow_pending()
        rows = np.frombuffer(checkpoint["rows"], np.float32).reshape(-1, 2)
        trainer._history = LossHistory.restored(rows, int(checkpoint["stride"]), int(checkpoint["rows_version"]))
        if not known:
            trainer._rebase()
        return trainer

    def _rebase(self) -> None:
        """Make the present state the base of the run: the way here cannot be computed any more."""
        self._record_pending()
        started = self.epoch or self.batch or self._edits or self._run.numerics == UNKNOWN
        base = self._state() if started else None
        self._run = Run(self.spec, data=self._run.data, drawing=self._executor.drawing, base=base)
        self._edits, self._edit_bytes = [], 0
        self._begin_snapshots()
