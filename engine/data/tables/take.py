"""From a table to a data set: rows without a gap, numbers scaled by the training part."""

from math import floor, fsum, log10, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data import dataset
from tinkernet.engine.data.dataset import MAX_CLASSES, MAX_COLUMNS, MAX_TARGETS, Dataset, Floats
from tinkernet.engine.data.tables.cells import is_missing
from tinkernet.engine.data.tables.columns import CLASS, INPUT, NUMBER, RECONSTRUCT, SPLIT, TARGET, TRAINING, Plan
from tinkernet.engine.data.tables.read import cleaned
from tinkernet.engine.data.tables.text import TableError

_SHOWN = 30  # characters of a cell in a sentence
_DIGITS = 6  # of offset and scale: a millionth of the spread does not matter


class Bad(NamedTuple):
    """A cell that cannot be used: its row in the text, its column by place, what stands there."""

    row: int
    column: int
    cell: str
    missing: bool


def bad_cells(plan: Plan, most: int) -> tuple[list[Bad], NDArray[np.bool_]]:
    """The first so many cells that cannot be used, by rows, and which rows have none of them, bool (n,)."""
    table = plan.table
    good = np.ones(len(table.rows), np.bool_)
    places = plan.places(INPUT, TARGET, RECONSTRUCT, SPLIT)
    bad: list[tuple[int, int]] = []
    for place in places:
        of_column = plan.columns[place].good(plan.parts[place].kind)
        good &= of_column
        bad += [(int(row), place) for row in np.flatnonzero(~of_column)[:most]]
    found = []
    for row, place in sorted(bad)[:most]:
        cell = plan.columns[place].cells[row]
        found.append(Bad(table.rows[row], place, cleaned(cell, _SHOWN), is_missing(cell)))
    return found, good


def take(plan: Plan, train_percent: float, seed: str) -> Dataset:
    """The data set of a table; rows with a cell that cannot be used are left out.

    Inputs are standardised by mean and deviation of the training part, which is what the seed chooses of the rows with
    this share, or what the table's own column says. Numbers to be learnt are scaled to -1 to 1 by its least and its
    greatest. Both constants are rounded to six digits.
    Raises TableError with a sentence for a plan that makes no data set.
    """
    inputs, targets = _checked_places(plan)
    bad, good = bad_cells(plan, 1)
    if good.sum() < 2:
        first = bad[0] if bad else None
        why = f" (row {first.row}, “{plan.columns[first.column].name}” is “{first.cell}”)" if first else ""
        raise TableError(f"Fewer than two rows can be used{why}.", first.row if first else None)
    kind = _kind(plan, targets)
    wanted, classes = _wanted(plan, targets, good)
    groups = None  # a class beside inputs that are reconstructed is shown and never learnt
    if kind == dataset.RECONSTRUCT and wanted is not None:
        groups, wanted, targets = wanted[:, 0].astype(np.uint8), None, []
    values = np.stack([plan.columns[place].values[good] for place in inputs], axis=1)
    _check_spread(plan, inputs, values)
    in_training = None
    for place in plan.places(SPLIT):
        words = np.array(plan.columns[place].words)[good]
        in_training = np.asarray(words == TRAINING, np.bool_)
    labels = [dataset.Column(plan.columns[place].name, plan.columns[place].unit) for place in inputs]
    of_targets = [dataset.Column(plan.columns[place].name, plan.columns[place].unit) for place in targets]

    def made(
        values: Floats, wanted: Floats | None, columns: list[dataset.Column], named: list[dataset.Column]
    ) -> Dataset:
        return Dataset(
            values,
            wanted,
            kind=kind,
            columns=columns,
            target_columns=named,
            classes=classes,
            in_training=in_training,
            groups=groups,
        )

    plain = made(values, wanted, labels, of_targets)
    if not plan.scaled:
        return plain
    rows, _ = plain.rows(train_percent, seed)
    if not len(rows):
        rows = np.arange(len(plain), dtype=np.intp)
    labels = [_standard(label, values[rows, place]) for place, label in enumerate(labels)]
    values = _scaled(values, labels)
    if wanted is not None and not classes:
        of_targets = [_to_one(label, wanted[rows, place]) for place, label in enumerate(of_targets)]
        wanted = _scaled(wanted, of_targets)
    return made(values, wanted, labels, of_targets)


def _checked_places(plan: Plan) -> tuple[list[int], list[int]]:
    """The columns that are inputs, and those that are targets."""
    inputs, targets, rebuilt = plan.places(INPUT), plan.places(TARGET), plan.places(RECONSTRUCT)
    name = [column.name for column in plan.columns]
    if rebuilt and targets and (len(targets) > 1 or plan.parts[targets[0]].kind == NUMBER):
        raise TableError(
            f"“{name[targets[0]]}” is a target and “{name[rebuilt[0]]}” is to be reconstructed: choose one of the two."
        )
    if rebuilt and inputs:
        raise TableError(
            f"“{name[inputs[0]]}” is an input and “{name[rebuilt[0]]}” is to be reconstructed: all inputs are, or none."
        )
    inputs = inputs or rebuilt
    if not inputs:
        why = ""
        if not any(NUMBER in column.kinds for column in plan.columns):
            first = f"row {plan.table.rows[0]}, “{name[0]}” is “{cleaned(plan.columns[0].cells[0], _SHOWN)}”"
            why = f": none has numbers in nine rows of ten ({first})"
        raise TableError(f"No column is an input{why}.")
    if len(inputs) > MAX_COLUMNS:
        raise TableError(f"{len(inputs)} columns are inputs: {MAX_COLUMNS} are the most.")
    if not targets and not rebuilt:
        raise TableError("No column is a target: choose one, or let the inputs be reconstructed.")
    if len(targets) > MAX_TARGETS:
        raise TableError(f"{len(targets)} columns are targets: {MAX_TARGETS} are the most.")
    of_classes = [place for place in targets if plan.parts[place].kind == CLASS]
    if of_classes and len(targets) > 1:
        other = next(place for place in targets if place != of_classes[0])
        raise TableError(
            f"“{name[of_classes[0]]}” and “{name[other]}” are targets: classes are the only target, or none."
        )
    splits = plan.places(SPLIT)
    if len(splits) > 1:
        raise TableError(f"“{name[splits[0]]}” and “{name[splits[1]]}” both say the split: choose one of the two.")
    return inputs, targets


def _kind(plan: Plan, targets: list[int]) -> str:
    if plan.places(RECONSTRUCT):
        return dataset.RECONSTRUCT
    return dataset.CLASS if plan.parts[targets[0]].kind == CLASS else dataset.NUMBER


def _wanted(plan: Plan, targets: list[int], good: NDArray[np.bool_]) -> tuple[Floats | None, tuple[str, ...]]:
    """The targets (n, k), None without any, and the names of the classes."""
    if not targets:
        return None, ()
    column = plan.columns[targets[0]]
    if plan.parts[targets[0]].kind == NUMBER:
        values = np.stack([plan.columns[place].values[good] for place in targets], axis=1)
        _check_spread(plan, targets, values)
        return values, ()
    used = {word for word, kept in zip(column.words, good, strict=True) if kept}
    classes = tuple(word for word in column.classes if word in used)
    if len(classes) < 2:
        raise TableError(f"Column “{column.name}” has one class only, “{classes[0]}”: there is nothing to tell apart.")
    if len(classes) > MAX_CLASSES:
        at = next(row for row, word in enumerate(column.words) if word == classes[MAX_CLASSES])
        raise TableError(
            f"Column “{column.name}” has {len(classes)} different classes, such as “{cleaned(classes[-1], _SHOWN)}”: "
            f"{MAX_CLASSES} are the most.",
            plan.table.rows[at],
        )
    place_of = {word: float(place) for place, word in enumerate(classes)}
    found = [[place_of[word]] for word, kept in zip(column.words, good, strict=True) if kept]
    return np.array(found), classes


def _check_spread(plan: Plan, places: list[int], values: Floats) -> None:
    for at, place in enumerate(places):
        if (values[:, at] == values[0, at]).all():
            name = plan.columns[place].name
            raise TableError(f"Column “{name}” is {values[0, at]:g} in every row that can be used: leave it out.")


def _standard(column: dataset.Column, values: NDArray[np.float64]) -> dataset.Column:
    """The column with mean and deviation of its numbers, which become its offset and scale."""
    numbers = values.tolist()
    mean = fsum(numbers) / len(numbers)
    from_mean = [value - mean for value in numbers]
    largest = max(map(abs, from_mean))
    if not largest:
        return _scaled_by(column, mean, 1.0)
    spread = largest * sqrt(fsum((each / largest) ** 2 for each in from_mean) / len(numbers))
    return _scaled_by(column, mean, spread)


def _to_one(column: dataset.Column, values: NDArray[np.float64]) -> dataset.Column:
    """The column whose offset and scale bring these numbers to -1 to 1."""
    low, high = float(values.min()), float(values.max())
    half = 0.5 * high - 0.5 * low
    return _scaled_by(column, low + half, half or 1.0)


def _scaled_by(column: dataset.Column, offset: float, scale: float) -> dataset.Column:
    """With constants of few digits: what is shown is what is used, and a file of the same points gives the same ones,
    although the last digit of some of its numbers may be another."""
    scale = float(f"{scale:.{_DIGITS}g}")
    return column._replace(offset=round(offset, _DIGITS - floor(log10(scale))), scale=scale)


def _scaled(values: Floats, columns: list[dataset.Column]) -> Floats:
    offsets, scales = (np.array([getattr(column, name) for column in columns]) for name in ("offset", "scale"))
    return np.asarray((values - offsets) / scales)
