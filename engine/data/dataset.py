"""A data set: points with any number of input columns, what is to be learnt of them, and the address of its content."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from math import inf, isfinite
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tinkernet.engine.errors import SpecError
from tinkernet.engine.rng import seedrandom

MAX_COLUMNS = 64
MAX_TARGETS = 64
MAX_POINTS = 5_000
MAX_CLASSES = 10
MAX_NAME = 60
MAX_UNIT = 20

CLASS, NUMBER, RECONSTRUCT = "class", "number", "reconstruct"
KINDS = (CLASS, NUMBER, RECONSTRUCT)
"""What the targets are: a class of each point, numbers, or the inputs themselves."""

_FIRST_LINE = b"tinkernet data 1\n"

Floats = NDArray[np.float64]


class Column(NamedTuple):
    """What a column is called, and what its numbers were before they were scaled.

    The name and the unit ("" for none) are labels: in code and links a column goes by place. A number of the data set
    stands for offset + scale * number, in the unit; both are finite, and scale is above 0.
    """

    name: str
    unit: str = ""
    offset: float = 0.0
    scale: float = 1.0

    @property
    def facts(self) -> tuple[str | float, ...]:
        """What the canonical bytes say of it: offset and scale only where something was scaled."""
        return self[:2] if self[2:] == (0.0, 1.0) else self


PLANE_COLUMNS = (Column("x"), Column("y"))
"""Of points that are drawn. Those of a curve have the first one only."""


@dataclass(frozen=True, slots=True)
class Points:
    """Some points of a data set: inputs (n, d) and targets (n, k), float64."""

    inputs: Floats
    targets: Floats

    def __len__(self) -> int:
        return len(self.inputs)


class Split(NamedTuple):
    """Training and test points, each part in the order in which it is used. Either may be empty."""

    train: Points
    test: Points


class DataShape(NamedTuple):
    """What a network has to know of a data set before it is made.

    columns: number of input columns. kind: one of KINDS. targets: number of target columns. classes: number of
    classes, 0 where the targets are numbers.
    """

    columns: int
    kind: str
    targets: int
    classes: int

    @property
    def on_plane(self) -> bool:
        """Whether the points lie on the plane: features (see `features`) are functions of its two coordinates."""
        return self.columns == 2

    @property
    def has_curve(self) -> bool:
        """Whether there is one input and one number to learn: the network is a curve then."""
        return self.columns == 1 and self.kind == NUMBER and self.targets == 1


@dataclass(frozen=True, init=False, eq=False)
class Dataset:
    """An immutable data set. Two are equal when their canonical bytes are.

    inputs: (n, d) float64, finite; n from 1 to 5,000, d from 1 to 64.
    kind: one of KINDS.
    targets: (n, k) float64, finite, k from 1 to 64. For classes one column with the number of each point's class, from
    0. To reconstruct the inputs none are given; they are the inputs then.
    columns, target_columns: one Column for each column. To reconstruct, there are no target columns.
    classes: the names of 2 to 10 classes; empty where the targets are numbers.
    groups: (n,) uint8, to reconstruct: the class of each point, which is shown and never learnt. None without classes.
    shape: what follows of it, see `DataShape`.
    in_training: (n,) bool, True for training points. Without it the seed splits the points (see `split`). Either part
    may be empty.

    Raises SpecError for anything else.
    """

    inputs: Floats
    kind: str
    targets: Floats
    columns: tuple[Column, ...]
    target_columns: tuple[Column, ...]
    classes: tuple[str, ...]
    in_training: NDArray[np.bool_] | None
    groups: NDArray[np.uint8] | None
    shape: DataShape = field(repr=False)

    def __init__(
        self,
        inputs: ArrayLike,
        targets: ArrayLike | None = None,
        *,
        kind: str,
        columns: Sequence[Column],
        target_columns: Sequence[Column] = (),
        classes: Sequence[str] = (),
        in_training: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> None:
        if kind not in KINDS:
            raise SpecError("kind", kind, f"one of {', '.join(KINDS)}")
        inputs_named = _columns("columns", columns, 1, MAX_COLUMNS)
        values = _matrix("inputs", inputs, inputs_named, None)
        named: tuple[Column, ...] = ()
        if kind == RECONSTRUCT:
            if targets is not None or target_columns:
                raise SpecError("targets", "given", "left out: the inputs themselves are to be reconstructed")
            wanted = values
        else:
            named = _columns("target_columns", target_columns, 1, 1 if kind == CLASS else MAX_TARGETS)
            wanted = _matrix("targets", targets, named, len(values))
        names = _class_names(kind, classes, grouped=groups is not None)
        if kind == CLASS:
            _check_classes(wanted, named[0], len(names))
        fixed = None if in_training is None else _flags(in_training, len(values))
        for name, value in (
            ("inputs", values),
            ("kind", kind),
            ("targets", wanted),
            ("columns", inputs_named),
            ("target_columns", named),
            ("classes", names),
            ("in_training", fixed),
            ("groups", None if groups is None else _groups(groups, len(values), len(names))),
            ("shape", DataShape(values.shape[1], kind, wanted.shape[1], len(names) if kind == CLASS else 0)),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.inputs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and self.address == other.address

    def __hash__(self) -> int:
        return hash(self.address)

    def split(self, train_percent: float, seed: str) -> Split:
        """Training and test points: see `rows`."""
        train, test = self.rows(train_percent, seed)
        return Split(self.points(train), self.points(test))

    def rows(self, train_percent: float, seed: str) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rows of training and of test points, each part in the order in which it is used.

        With `in_training` as it says, both parts in the order of the points. Else the seed puts the points into an
        order, and the first `train_percent` per cent of them are for training, at least one unless the share is 0: a
        larger share keeps the training points of a smaller one.
        """
        if self.in_training is not None:
            return np.flatnonzero(self.in_training), np.flatnonzero(~self.in_training)
        # A space cannot be part of a seed: no seed shares these draws with the first weights of another.
        draws = seedrandom.uniforms((len(self),), seedrandom.generator(f"{seed} split"))
        order = np.argsort(draws, kind="stable")
        count = max(int(train_percent > 0.0), int(len(self) * train_percent / 100.0))
        return order[:count], order[count:]

    def points(self, rows: NDArray[np.intp]) -> Points:
        """The points in these rows."""
        return Points(self.inputs[rows], self.targets[rows])

    @cached_property
    def address(self) -> str:
        """The SHA-256 of the canonical bytes, as 64 hexadecimal digits: what the data set is stored and named by."""
        return sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        r"""The canonical bytes: equal data sets have equal ones, and any difference changes them.

        1. `tinkernet data 1\n`
        2. A JSON object on one line, in ASCII, without spaces, its keys in this order: classes (names), columns (each
           [name, unit], or [name, unit, offset, scale] where it was scaled), kind, rows (n), split (whether part 6 is
           there), targets (likewise columns).
        3. The inputs, row by row, as little-endian float64.
        4. The targets likewise, except where the inputs are to be reconstructed.
        5. Where they are and there are classes, one byte for each point: its class.
        6. Where the split is fixed one byte for each point: 1 for training, 0 for test.
        """
        header = {
            "classes": self.classes,
            "columns": [column.facts for column in self.columns],
            "kind": self.kind,
            "rows": len(self),
            "split": self.in_training is not None,
            "targets": [column.facts for column in self.target_columns],
        }
        line = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
        arrays = [self.inputs.astype("<f8")]
        if self.kind != RECONSTRUCT:
            arrays.append(self.targets.astype("<f8"))
        if self.groups is not None:
            arrays.append(self.groups)
        if self.in_training is not None:
            arrays.append(self.in_training.astype(np.uint8))
        return b"".join((_FIRST_LINE, line, *(array.tobytes() for array in arrays)))

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """The data set that has these canonical bytes. Raises SpecError for any other bytes."""
        allowed = "the bytes of a data set, as Tinkernet writes them"
        try:
            found = cls(**_parsed(content))
            if found.to_bytes() == content:
                return found
        except SpecError:
            raise
        except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
            pass
        raise SpecError("dataset", content[:20], allowed)


def address_of(dataset: Dataset | None) -> str | None:
    """The address of a data set; None where there is none."""
    return None if dataset is None else dataset.address


def labels(targets: Floats, classes: int, column: int = 0) -> Floats:
    """What pictures and lists of points show of targets (n, k): float64 (n,).

    That is the number in a column; of two classes -1 and +1, as in TensorFlow Playground; of more the class's number.
    """
    return 2.0 * targets[:, 0] - 1.0 if classes == 2 else targets[:, column]


def _parsed(content: bytes) -> dict[str, Any]:
    """The arguments of `Dataset` in canonical bytes. Raises ValueError, TypeError or KeyError for other bytes."""
    line, newline, body = content.removeprefix(_FIRST_LINE).partition(b"\n")
    if not content.startswith(_FIRST_LINE) or not newline:
        raise ValueError
    header = json.loads(line)
    rows, kind = int(header["rows"]), header["kind"]
    columns = [Column(*column) for column in header["columns"]]
    targets = [Column(*column) for column in header["targets"]]
    if not 1 <= rows <= MAX_POINTS or len(columns) > MAX_COLUMNS or len(targets) > MAX_TARGETS:
        raise ValueError
    numbers = rows * (len(columns) + len(targets))
    grouped = kind == RECONSTRUCT and len(header["classes"]) > 0
    if len(body) != 8 * numbers + rows * (grouped + bool(header["split"])):
        raise ValueError
    groups = np.frombuffer(body, np.uint8, rows, 8 * numbers) if grouped else None
    values = np.frombuffer(body, "<f8", numbers)
    inputs, wanted = np.split(values, [rows * len(columns)])
    return {
        "inputs": inputs.reshape(rows, len(columns)),
        "targets": None if kind == RECONSTRUCT else wanted.reshape(rows, len(targets)),
        "kind": kind,
        "columns": columns,
        "target_columns": targets,
        "classes": header["classes"],
        "in_training": np.frombuffer(body[-rows:], np.uint8) == 1 if header["split"] else None,
        "groups": groups,
    }


def _columns(field: str, columns: Sequence[Column], low: int, high: int) -> tuple[Column, ...]:
    count = f"{low} column" if high == low else f"{low} to {high} columns"
    if not low <= len(columns) <= high:
        raise SpecError(field, len(columns), count)
    named = (Column(*column) for column in columns)
    found = tuple(Column(each.name, each.unit, float(each.offset), float(each.scale)) for each in named)
    for place, column in enumerate(found, 1):
        _check_text(field, column.name, 1, MAX_NAME, f"The name of column {place}")
        _check_text(field, column.unit, 0, MAX_UNIT, f"The unit of column {place}")
        if not (isfinite(column.offset) and 0.0 < column.scale < inf):
            raise SpecError(field, column[2:], "two finite numbers, the second above 0", f"The scale of column {place}")
    _check_unlike(field, [column.name for column in found], "The name of a column")
    return found


def _class_names(kind: str, classes: Sequence[str], *, grouped: bool) -> tuple[str, ...]:
    if grouped and kind != RECONSTRUCT:
        raise SpecError("groups", "given", "left out where the inputs are not reconstructed")
    if kind != CLASS and not grouped:
        if classes:
            raise SpecError("classes", tuple(classes), "left out where the targets are numbers")
        return ()
    if not 2 <= len(classes) <= MAX_CLASSES:
        raise SpecError("classes", len(classes), f"2 to {MAX_CLASSES} names", "The number of classes")
    for place, name in enumerate(classes, 1):
        _check_text("classes", name, 1, MAX_NAME, f"The name of class {place}")
    _check_unlike("classes", list(classes), "The name of a class")
    return tuple(classes)


def _check_text(field: str, text: object, low: int, high: int, label: str) -> None:
    if not isinstance(text, str) or not low <= len(text) <= high or not text.isprintable():
        raise SpecError(field, text, f"a text of {low} to {high} printable characters", label)


def _check_unlike(field: str, names: list[str], label: str) -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            raise SpecError(field, name, "another than those before it", label)


def _matrix(field: str, values: ArrayLike | None, columns: tuple[Column, ...], rows: int | None) -> Floats:
    """A read-only copy (n, len(columns)) of finite numbers; `rows` is n where it is known."""
    try:
        found = np.array(values, np.float64, order="C")
    except (TypeError, ValueError, OverflowError):
        raise SpecError(field, type(values).__name__, f"{len(columns)} numbers for each point") from None
    wanted = f"{rows or f'1 to {MAX_POINTS}'} rows of {len(columns)} numbers"
    if found.ndim != 2 or found.shape[1] != len(columns):
        raise SpecError(field, found.shape, wanted, f"The shape of the {field}")
    if not (1 <= len(found) <= MAX_POINTS if rows is None else len(found) == rows):
        raise SpecError(field, len(found), str(rows or f"1 to {MAX_POINTS}"), f"The number of rows of the {field}")
    finite = np.isfinite(found)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise SpecError(field, float(found[row, column]), "a finite number", _cell(row, columns[column]))
    found.flags.writeable = False
    return found


def _check_classes(numbers: Floats, column: Column, count: int) -> None:
    bad = np.flatnonzero((numbers[:, 0] != np.floor(numbers[:, 0])) | (numbers[:, 0] < 0) | (numbers[:, 0] >= count))
    if len(bad):
        allowed = f"the number of a class, from 0 to {count - 1}"
        raise SpecError("targets", float(numbers[bad[0], 0]), allowed, _cell(bad[0], column))


def _cell(row: int, column: Column) -> str:
    return f"Row {row + 1}, column {column.name}"


def _groups(values: ArrayLike, rows: int, count: int) -> NDArray[np.uint8]:
    found = np.array(values)
    if found.shape != (rows,) or found.dtype.kind not in "iu" or not ((found >= 0) & (found < count)).all():
        raise SpecError("groups", found.shape, f"{rows} numbers of classes, from 0 to {count - 1}", "The classes")
    found = found.astype(np.uint8)
    found.flags.writeable = False
    return found


def _flags(values: ArrayLike, rows: int) -> NDArray[np.bool_]:
    found = np.array(values)
    if found.shape != (rows,) or found.dtype != np.bool_:
        shape = " x ".join(map(str, (*found.shape, found.dtype)))
        raise SpecError("in_training", shape, f"{rows} times true or false", "The split")
    found.flags.writeable = False
    return found
