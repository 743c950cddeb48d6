"""What the columns of a table are: numbers or classes, inputs or targets. First a proposal, then what a person says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import MAX_CLASSES, MAX_COLUMNS, MAX_NAME
from tinkernet.engine.data.grid import EDGE
from tinkernet.engine.data.tables.cells import numbers
from tinkernet.engine.data.tables.layout import NUMERIC
from tinkernet.engine.data.tables.read import Table, cleaned
from tinkernet.engine.errors import SpecError

NUMBER, CLASS = "number", "class"
KINDS = (NUMBER, CLASS)
INPUT, TARGET, RECONSTRUCT, SPLIT, OUT = "input", "target", "reconstruct", "split", "out"
ROLES = (INPUT, TARGET, RECONSTRUCT, SPLIT, OUT)
ROLES_OF_KIND = {NUMBER: (INPUT, TARGET, RECONSTRUCT, OUT), CLASS: (TARGET, SPLIT, OUT)}

TRAINING, TEST = "training", "test"
SPLIT_NAME, PREDICTED = "split", "predicted"
"""What the columns beside the points are called in a file that Tinkernet writes."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table. cells: one for each row. decimal: the mark by which they are read."""

    name: str
    unit: str
    cells: Sequence[str]
    decimal: str

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """Float64 (n,), NaN where a cell is not a number from beginning to end."""
        return numbers(self.cells, self.decimal)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What it can be: numbers only if nine cells of ten are."""
        return KINDS if np.isfinite(self.values).mean() >= NUMERIC else (CLASS,)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The names of the classes that its cells are; "" for an empty cell."""
        kept: dict[str, str] = {}
        return tuple(
            kept[cell] if cell in kept else kept.setdefault(cell, cleaned(cell, MAX_NAME)) for cell in self.cells
        )

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The different words, in the order of the alphabet; numbers by size."""
        different = sorted(set(self.words) - {""})
        values = numbers(different, self.decimal)
        if different and np.isfinite(values).all():
            different = [different[at] for at in np.argsort(values, kind="stable")]
        return tuple(different)

    def good(self, kind: str) -> NDArray[np.bool_]:
        """Which cells can be used: all numbers, or all that are not empty."""
        return np.isfinite(self.values) if kind == NUMBER else np.array([word != "" for word in self.words])


@dataclass(frozen=True)
class Part:
    """What one column is in the data set: one of KINDS, one of ROLES."""

    kind: str
    role: str


@dataclass(frozen=True)
class Plan:
    """A table and what each of its columns is for.

    scaled: whether numbers are scaled when the table is taken (see `take`).
    """

    table: Table
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    scaled: bool = True

    def places(self, *roles: str) -> list[int]:
        """The columns with one of these roles."""
        return [place for place, part in enumerate(self.parts) if part.role in roles]


def columns_of(table: Table) -> tuple[Column, ...]:
    """The columns of a table."""
    decimal = table.layout.decimal
    return tuple(
        Column(name, unit, cells, decimal)
        for name, unit, cells in zip(table.names, table.units, table.cells, strict=True)
    )


def plan_of(
    table: Table,
    kinds: Mapping[int, str] | None = None,
    roles: Mapping[int, str] | None = None,
    scaled: bool | None = None,
) -> Plan:
    """What each column is for: as given by its number, else as the proposal says.

    Raises SpecError for a kind or a role that a column cannot have.
    """
    columns = columns_of(table)
    kinds, roles = kinds or {}, roles or {}
    proposed = _proposal(columns, kinds, roles)
    parts = []
    for place, (column, of_column) in enumerate(zip(columns, proposed, strict=True)):
        kind = kinds.get(place, of_column.kind)
        if kind not in column.kinds:
            raise _refused_kind(column, table, kind)
        role = roles.get(place, of_column.role)
        if role not in ROLES_OF_KIND[kind]:
            raise SpecError("role", role, f"one of {', '.join(ROLES_OF_KIND[kind])}", f"The role of “{column.name}”")
        parts.append(Part(kind, role))
    plan = Plan(table, columns, tuple(parts))
    return Plan(table, columns, plan.parts, not _is_as_it_was(plan) if scaled is None else scaled)


def _refused_kind(column: Column, table: Table, kind: str) -> SpecError:
    label = f"The kind of “{column.name}”"
    if kind not in KINDS:
        return SpecError("kind", kind, f"one of {', '.join(column.kinds)}", label)
    bad = int(np.flatnonzero(~np.isfinite(column.values))[0])
    first = f"row {table.rows[bad]} is “{cleaned(column.cells[bad], 30)}”"
    return SpecError("kind", kind, f"{CLASS}: less than 90 % of its cells are numbers ({first})", label)


def _proposal(columns: Sequence[Column], kinds: Mapping[int, str], roles: Mapping[int, str]) -> list[Part]:
    """The last column with words that are classes is the target, else the last column; all other numbers are inputs.

    What says nothing is left out, and so is what a file of Tinkernet's own says of the network. No target is
    proposed beside one that was chosen. Beside inputs that are to be reconstructed only classes are, to be shown.
    """
    found = [_part_of(column, kinds.get(place, column.kinds[0])) for place, column in enumerate(columns)]
    open_places = [place for place, part in enumerate(found) if place not in roles and part.role in (INPUT, TARGET)]
    words = [
        place for place in open_places if found[place].kind == CLASS and 2 <= len(columns[place].classes) <= MAX_CLASSES
    ]
    rest = [place for place in open_places if found[place].kind == NUMBER]
    idle = [place for place in rest if _is_idle(columns[place], place)]
    if len(rest) - len(idle) >= (1 if words else 2):
        rest = [place for place in rest if place not in idle]
        for place in idle:
            found[place] = Part(NUMBER, OUT)
    is_rebuilt = RECONSTRUCT in roles.values()
    target = words[-1] if words else rest[-1] if len(rest) > 1 else None
    if target is None:  # words that make no classes: what is wrong with them will be said
        target = next((place for place in reversed(open_places) if found[place].kind == CLASS), None)
    few = target is not None and not words and target not in kinds and _are_few(columns[target])
    if TARGET in roles.values() or (is_rebuilt and not words and not few):
        target = None
    if target is not None:
        found[target] = Part(CLASS if few else found[target].kind, TARGET)
    for place, part in enumerate(found):
        if part.kind == CLASS and part.role == TARGET and place != target:
            found[place] = Part(CLASS, OUT)
        elif is_rebuilt and part.role == INPUT:
            found[place] = Part(NUMBER, RECONSTRUCT)
    for place in [place for place, part in enumerate(found) if part.role in (INPUT, RECONSTRUCT)][MAX_COLUMNS:]:
        found[place] = Part(NUMBER, OUT)
    return found


def _part_of(column: Column, kind: str) -> Part:
    if column.name == PREDICTED or column.name.startswith(f"{PREDICTED} "):
        return Part(kind, OUT)
    if kind == NUMBER:
        return Part(NUMBER, INPUT)
    is_split = column.name.lower() == SPLIT_NAME and set(column.words) <= {TRAINING, TEST}
    return Part(CLASS, SPLIT if is_split else TARGET)


def _is_idle(column: Column, place: int) -> bool:
    """Whether numbers say nothing: all the same, or in the first column the number of the row."""
    known = column.values[np.isfinite(column.values)]
    if len(known) < len(column.values):
        return False
    is_constant = known.min() == known.max()
    return bool(is_constant or (place == 0 and len(known) > 2 and (np.diff(known) == 1.0).all()))


def _are_few(column: Column) -> bool:
    """Whether numbers may be those of classes: whole, and few different ones, each of them more than once."""
    known = column.values[np.isfinite(column.values)]
    different = np.unique(known)
    whole = bool((different == np.floor(different)).all())
    return whole and 2 <= len(different) <= MAX_CLASSES and 2 * len(different) <= len(known)


def _is_as_it_was(plan: Plan) -> bool:
    """Whether a table is a file of Tinkernet's own with points that it made: their numbers come back as they were."""
    inputs = [plan.columns[place] for place in plan.places(INPUT)]
    if [column.name for column in inputs] not in (["x", "y"], ["x"]) or not plan.places(SPLIT):
        return False
    return not any((np.abs(column.values) > 2.0 * EDGE).any() for column in inputs)  # noise takes some off the map
