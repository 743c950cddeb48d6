"""Edits: what is changed in a run while it trains.

An edit takes effect before one update, named by `epoch` (whole epochs done) and `batch` (batches of the present epoch
done). Edits are JSON both ways: a record is a dict with its `kind` and the names below.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeAlias

from tinkernet.engine.data.drawing import AS_IT_WAS, Drawn, points_of, rows_of


@dataclass(frozen=True, slots=True)
class FieldEdit:
    """A live field of the spec (see `Spec`) gets another value, as in `Spec.to_dict`."""

    kind: ClassVar = "field"
    epoch: int
    batch: int
    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class WeightEdit:
    """A weight is typed. Layer 0 is the first with weights."""

    kind: ClassVar = "weight"
    epoch: int
    batch: int
    layer: int
    neuron: int
    input: int
    value: float


@dataclass(frozen=True, slots=True)
class BiasEdit:
    """A bias is typed."""

    kind: ClassVar = "bias"
    epoch: int
    batch: int
    layer: int
    neuron: int
    value: float


@dataclass(frozen=True, slots=True)
class BestEdit:
    """The parameters with the lowest test loss are restored (see `Trainer.restore_best`)."""

    kind: ClassVar = "best"
    epoch: int
    batch: int


@dataclass(frozen=True, slots=True)
class DataEdit:
    """Points are drawn, before an epoch: each as it is from then on (see `drawing.rows_of`).

    What was drawn and undone between two updates leaves no trace. `restored` are the ids of points that are again as
    the data set has them.
    """

    kind: ClassVar = "data"
    epoch: int
    batch: int
    points: list[list[int | bool | None]]
    restored: list[int]

    @classmethod
    def of(cls, epoch: int, points: Mapping[int, Drawn | None]) -> Self:
        """The edit that makes points so."""
        drawn = {id: state for id, state in points.items() if state != AS_IT_WAS}
        return cls(epoch, 0, list(rows_of(drawn)), [id for id in points if id not in drawn])

    def states(self) -> dict[int, Drawn | None]:
        """What `Drawing.with_points` takes. Raises ValueError or TypeError where it is not made of points."""
        return points_of(self.points) | points_of([id, None, None, None, None] for id in self.restored)


Edit: TypeAlias = FieldEdit | WeightEdit | BiasEdit | BestEdit | DataEdit

_TYPES: dict[str, type[Edit]] = {each.kind: each for each in (FieldEdit, WeightEdit, BiasEdit, BestEdit, DataEdit)}
_KINDS_OF_VALUE = {"int": int, "float": float, "str": str}


def to_dict(edit: Edit) -> dict[str, Any]:
    """The edit ready for JSON."""
    return {"kind": edit.kind} | {each.name: getattr(edit, each.name) for each in dataclasses.fields(edit)}


def from_dict(values: Mapping[str, Any]) -> Edit:
    """The edit of `to_dict`. Raises ValueError, TypeError or KeyError for anything else."""
    known = _TYPES[values["kind"]]
    fields = dataclasses.fields(known)
    if len(values) != len(fields) + 1:
        raise ValueError(f"an edit of kind {known.kind} has {len(values)} values, not {len(fields) + 1}")
    for each in fields:
        wanted = _KINDS_OF_VALUE.get(str(getattr(each.type, "__name__", each.type)))
        if wanted is not None and type(values[each.name]) is not wanted:
            raise TypeError(f"{each.name} of an edit is {values[each.name]!r}")
    found = known(**{each.name: values[each.name] for each in fields})
    if isinstance(found, DataEdit):
        found.states()
    return found


def size(edit: Edit) -> int:
    """Bytes of the edit as canonical JSON."""
    return len(canonical(to_dict(edit)))


def canonical(values: Any) -> bytes:
    """The one JSON text of these values: sorted keys, no spaces, UTF-8. Raises ValueError for NaN and infinity."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
