"""A run as a record: what has to be known to compute its state at any epoch again, bit for bit."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from tinkernet.engine.data.drawing import BLANK, Drawing, points_of, rows_of
from tinkernet.engine.kernels import NUMERICS
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training import edits as records
from tinkernet.engine.training.edits import DataEdit, Edit, FieldEdit

UNKNOWN = 0
"""Instead of a version of the arithmetic: the state of this run cannot be computed from the record."""


@dataclass(frozen=True, slots=True)
class Run:
    """The first spec and every edit since, in order: immutable, and JSON both ways.

    `data` is the address of the data set; None where the generator that the spec names draws the points from the seed.
    `drawing` is what was drawn on it before the run began.
    `numerics` is the version of the arithmetic that the run is computed with. `base` is the state from which
    a run goes on whose beginning cannot be computed any more, as it was stored by an earlier version: None for a run
    that starts at epoch 0.
    """

    spec: Spec
    edits: tuple[Edit, ...] = ()
    data: str | None = None
    drawing: Drawing = BLANK
    numerics: int = NUMERICS
    base: Mapping[str, Any] | None = None

    @property
    def begin(self) -> tuple[int, int]:
        """The first epoch and batch whose state the record gives: 0 and 0, or those of the base."""
        return (int(self.base["epoch"]), int(self.base["batch"])) if self.base is not None else (0, 0)

    @property
    def first_epoch(self) -> int:
        """The first epoch whose beginning the record gives."""
        epoch, batch = self.begin
        return epoch + (batch > 0)

    def without_edits(self) -> Self:
        """The record of the same run when it began."""
        return replace(self, edits=())

    @property
    def last_spec(self) -> Spec:
        """The spec after all edits."""
        changed = {edit.field: edit.value for edit in self.edits if isinstance(edit, FieldEdit)}
        return Spec.from_dict(self.spec.to_dict() | changed)

    def last_drawing(self, size: int) -> Drawing:
        """The drawing after all edits, on a data set of this size."""
        found = self.drawing
        for edit in self.edits:
            if isinstance(edit, DataEdit):
                found = found.with_points(edit.states(), size)
        return found

    def head(self) -> dict[str, Any]:
        """All but the edits, ready for JSON: what never changes while the run goes on."""
        base = None if self.base is None else {name: _encoded(value) for name, value in self.base.items()}
        drawn = {"next_id": self.drawing.next_id, "points": list(rows_of(self.drawing.points))}
        return {
            "spec": self.spec.to_dict(),
            "data": self.data,
            "drawing": drawn if self.drawing.next_id else None,
            "numerics": self.numerics,
            "base": base,
        }

    def to_dict(self) -> dict[str, Any]:
        """The record ready for JSON."""
        return self.head() | {"edits": [records.to_dict(edit) for edit in self.edits]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The run of `to_dict`. Raises ValueError (SpecError is one), TypeError or KeyError for anything else."""
        base, drawn = values["base"], values["drawing"]
        return cls(
            spec=Spec.from_dict(values["spec"]),
            edits=tuple(records.from_dict(edit) for edit in values["edits"]),
            data=values["data"],
            drawing=BLANK if drawn is None else Drawing(points_of(drawn["points"]), int(drawn["next_id"])),
            numerics=int(values["numerics"]),
            base=None if base is None else {name: _decoded(value) for name, value in base.items()},
        )

    def canonical(self) -> bytes:
        """The one JSON text of this record; equal runs have equal bytes."""
        return records.canonical(self.to_dict())


def _encoded(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _decoded(value: Any) -> Any:
    return base64.b64decode(value["base64"], validate=True) if isinstance(value, dict) and "base64" in value else value
