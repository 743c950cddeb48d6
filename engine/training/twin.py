"""The twin of a run: the same record from epoch 0, but for some settings that are others throughout."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from tinkernet.engine.data.dataset import Dataset, address_of
from tinkernet.engine.data.drawing import BLANK
from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.edits import BiasEdit, DataEdit, Edit, FieldEdit, WeightEdit
from tinkernet.engine.training.live import worked
from tinkernet.engine.training.run import Run
from tinkernet.engine.training.trainer import Trainer

Place: TypeAlias = tuple[int, int]
"""An epoch, and a batch of it."""

# What decides how an epoch is cut into batches, besides the points.
_BATCHING = {"batch_size", "short_batch", "train_percent", "order"}


class Twin:
    """Follows a trainer, its lead, which it does not change. Its numbers are those of its own record, as of any run.

    changes: the settings that are others, by name, as in `Spec.to_dict`. Edits of the lead are made here too, at the
    same place, but for those of these settings, of points where the points are others, of parameters where the shape
    is another, and those that this run cannot take, as `restore_best` without patience. Where epochs are cut into
    other batches, what the lead does in the middle of an epoch is done here at its end.

    Raises SpecError for settings that do not go together, and for a lead whose beginning cannot be computed.
    """

    def __init__(self, lead: Trainer, changes: dict[str, Any], dataset: Dataset | None) -> None:
        """`dataset` is the stored one that the changed spec names."""
        run = lead.run
        if run.base is not None:
            allowed = "of a run that this version has computed from its start"
            raise SpecError("epoch", run.first_epoch, allowed, "A twin is")
        self.changes = changes
        first = self._changed(run.spec)
        self.same_points = first.draws_as(run.spec)
        drawing = run.drawing if self.same_points else BLANK
        own = Run(first, data=address_of(dataset), drawing=drawing)
        self.trainer = Trainer.replaying(own, dataset).trainer
        self.same_shape = self.trainer.network.sizes == lead.network.sizes
        self.same_batches = self.same_points and _BATCHING.isdisjoint(self.changes)
        self.left_out = 0  # edits of the lead that this run could not take
        self._edits = lead.recorded_edits  # of the lead, which adds to them
        self._done = 0  # how many of these are made
        self._waiting: dict[tuple[Any, ...], Edit] = {}  # made already, while they still wait in the lead

    def _changed(self, spec: Spec) -> Spec:
        return Spec.from_dict(spec.to_dict() | self.changes)

    def belongs_to(self, lead: Trainer) -> bool:
        """Whether it was made of this run, and not of another start or branch."""
        return lead.recorded_edits is self._edits

    def place_in(self, lead: Place) -> Place:
        """Where this run is when the lead is there, unless a stop rule holds it back."""
        return lead if self.same_batches else (lead[0], 0)

    def follow(self, lead: Trainer, seconds: float | None = None) -> bool | None:
        """Go to where the lead is, for about this long; False when that did not suffice.

        None where it has to be made anew: the lead has taken back an edit that was made here.
        """
        here, end = self.place_in((lead.epoch, lead.batch)), None if seconds is None else worked() + seconds
        while self._done < len(self._edits):
            edit = self._edits[self._done]
            if self._waiting.pop(_key(edit), None) != edit and self._takes(edit):
                if self._place_of(edit) > here:
                    break
                if not self.trainer.advance_to(*self._place_of(edit), _left(end)):
                    return False
                self._repeat(edit)
            self._done += 1
        if not self.trainer.advance_to(*here, _left(end)):
            return False
        waiting = {_key(edit): edit for edit in lead.edits[len(self._edits) :] if self._takes(edit)}
        waiting = {key: edit for key, edit in waiting.items() if self._place_of(edit) <= here}
        if not self._waiting.keys() <= waiting.keys():
            return None
        for key, edit in waiting.items():
            if self._waiting.get(key) != edit:
                self._repeat(edit)
        self._waiting = waiting
        return True

    def _takes(self, edit: Edit) -> bool:
        match edit:
            case FieldEdit():
                return edit.field not in self.changes
            case WeightEdit() | BiasEdit():
                return self.same_shape
            case DataEdit():
                return self.same_points
        return True

    def _place_of(self, edit: Edit) -> Place:
        if self.same_batches or edit.batch == 0:
            return edit.epoch, edit.batch
        return edit.epoch + 1, 0

    def _repeat(self, edit: Edit) -> None:
        try:
            self.trainer.repeat(edit)
        except SpecError:
            self.left_out += 1


def _key(edit: Edit) -> tuple[Any, ...]:
    """What an edit is of: another one of the same, at the same place, takes its place."""
    match edit:
        case FieldEdit():
            return edit.kind, edit.epoch, edit.batch, edit.field
        case WeightEdit():
            return edit.kind, edit.epoch, edit.batch, edit.layer, edit.neuron, edit.input
        case BiasEdit():
            return edit.kind, edit.epoch, edit.batch, edit.layer, edit.neuron
        case DataEdit():
            return edit.kind, edit.epoch, edit.batch, tuple(sorted(edit.states()))
    return edit.kind, edit.epoch, edit.batch


def _left(end: float | None) -> float | None:
    return None if end is None else max(end - worked(), 1e-6)


def changes_of(lead: Spec, twin: Spec, fields: Sequence[str]) -> dict[str, Any]:
    """Of these fields those in which the twin's spec is another, with its values, as in `Spec.to_dict`."""
    values = twin.to_dict()
    return {name: values[name] for name in lead.changes(twin) if name in fields}
