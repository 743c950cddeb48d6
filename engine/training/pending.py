"""Edits that were asked for since the last update, merged: what they will be once the next update begins.

The order is always the same: the best parameters, then typed values, then fields, then points. Whatever was overwritten
in between leaves nothing behind, so a burst of changes is recorded, and trains, as its last values alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tinkernet.engine.data.drawing import BLANK, Drawing
from tinkernet.engine.errors import SpecError
from tinkernet.engine.network.network import Network
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.edits import BestEdit, BiasEdit, DataEdit, Edit, FieldEdit, WeightEdit, size

MAX_EDITS = 10_000
MAX_EDIT_BYTES = 1_000_000
_TYPED_BYTES = 128  # of a typed value as JSON, at most

Place = tuple[int, int, int | None]
"""Layer, neuron and input of a weight; without an input, of a bias."""


@dataclass(slots=True)
class Pending:
    """What waits for the next update of one trainer, which owns it.

    `in_force` is the spec of the last update, `drawing` the points that it was of. `typed` has for each typed place the
    value in force and whether a penalty had killed the link. `restored` says that the best parameters were restored.
    """

    in_force: Spec
    drawing: Drawing = BLANK
    restored: bool = False
    typed: dict[Place, tuple[float, bool]] = field(default_factory=dict)

    def is_empty(self, spec: Spec, drawing: Drawing) -> bool:
        """True when nothing waits: spec and drawing are in force, and nothing was typed or restored."""
        same = (spec is self.in_force or spec == self.in_force) and (drawing is self.drawing or drawing == self.drawing)
        return not self.typed and not self.restored and same

    def in_order(self) -> list[tuple[Place, tuple[float, bool]]]:
        """`typed` in the order in which it is recorded, whatever the order in which it was typed."""
        return sorted(self.typed.items(), key=lambda item: [-1 if at is None else at for at in item[0]])

    def edits(
        self, network: Network, spec: Spec, drawing: Drawing, size: int, epoch: int, batch: int
    ) -> Iterator[Edit]:
        """The edits as they would be recorded at this epoch and batch; those of points when the next epoch begins.

        `size` is that of the data set.
        """
        if self.restored:
            yield BestEdit(epoch, batch)
        for (layer, neuron, input), _ in self.in_order():
            if input is None:
                yield BiasEdit(epoch, batch, layer, neuron, float(network.biases(layer)[neuron]))
            else:
                value, _ = network.typed_weight(layer, neuron, input)
                yield WeightEdit(epoch, batch, layer, neuron, input, value)
        yield from field_edits(self.in_force, spec, epoch, batch)
        yield from self.data_edits(drawing, size, epoch + (batch > 0))

    def data_edits(self, drawing: Drawing, size: int, epoch: int) -> list[DataEdit]:
        """The edit that makes this drawing of the one in force, if any."""
        points = {} if drawing is self.drawing else self.drawing.difference(drawing, size)
        return [DataEdit.of(epoch, points)] if points else []

    def type(self, place: Place, before: tuple[float, bool], value: float) -> None:
        """Note a typed value; `before` is what was there. Back at the value in force, it is forgotten."""
        in_force, dead = self.typed.setdefault(place, before)
        if value.hex() == in_force.hex() and not dead:
            del self.typed[place]

    def restore(self, network: Network) -> None:
        """Note that the best parameters were restored: what was typed before is overwritten, but for cut links."""
        self.restored = True
        for layer, neuron, input in list(self.typed):
            if input is None or not network.is_pruned(layer, neuron, input):
                del self.typed[layer, neuron, input]

    def check_room(
        self, count: int, total: int, spec: Spec, drawing: Drawing, data_size: int, place: Place | None = None
    ) -> None:
        """Raises SpecError where a run with so many recorded edits, and bytes of them, cannot take these as well."""
        fields: list[Edit] = [*field_edits(self.in_force, spec, 0, 0), *self.data_edits(drawing, data_size, 0)]
        typed = len(self.typed) + (place is not None and place not in self.typed)
        count += len(fields) + typed + self.restored
        total += sum(map(size, fields)) + typed * _TYPED_BYTES
        if count > MAX_EDITS:
            allowed = f"at most {MAX_EDITS:,} before it is reset"
            raise SpecError("edits", count, allowed, "The number of changes in a run")
        if total > MAX_EDIT_BYTES:
            allowed = f"at most {MAX_EDIT_BYTES:,} before it is reset"
            raise SpecError("edits", total, allowed, "The bytes of all changes in a run")


def field_edits(before: Spec, after: Spec, epoch: int, batch: int) -> list[FieldEdit]:
    """The changes from one spec to another, in the order of the fields."""
    if before is after:
        return []
    values = ((name, getattr(after, name)) for name in before.changes(after))
    # As in `Spec.to_dict`: what JSON can say.
    return [FieldEdit(epoch, batch, name, list(each) if isinstance(each, tuple) else each) for name, each in values]
