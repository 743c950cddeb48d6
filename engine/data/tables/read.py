"""From text to rows and columns of cells."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from tinkernet.engine.data.dataset import MAX_COLUMNS, MAX_NAME, MAX_POINTS, MAX_TARGETS, MAX_UNIT
from tinkernet.engine.data.tables.layout import LABELS, NONE, UNITS, Layout, records
from tinkernet.engine.data.tables.text import TableError
from tinkernet.engine.errors import SpecError
from tinkernet.engine.rng import seedrandom

MAX_ROWS = 1_000_000
"""Rows of a text; of more than `MAX_POINTS` a part is taken."""
MAX_WIDTH = MAX_COLUMNS + MAX_TARGETS
SAMPLE, FIRST = "sample", "first"
PARTS = (SAMPLE, FIRST)
"""Which rows are taken of too many: drawn by the seed, or the first ones."""
_EVERY = 1000  # rows between two calls of `watch`
_unit_in_name = re.compile(r"(.*\S)\s*\[([^][]*)\]")


@dataclass(frozen=True)
class Table:
    """The cells of a text, by columns.

    layout: how it was read. names, units: of each column. cells: those of each column, as many as there are rows.
    rows: the number of each row in the text, counted from 1 as in a spreadsheet. total: rows of the text below its
    header, of which `rows` may be a part. notes: sentences about what was changed.
    """

    layout: Layout
    names: tuple[str, ...]
    units: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    rows: tuple[int, ...]
    total: int
    notes: tuple[str, ...]


def read(
    text: str, layout: Layout, *, part: str = SAMPLE, seed: str = "", watch: Callable[[int], None] = lambda _: None
) -> Table:
    """The table of a text, in this layout.

    part: one of PARTS. seed: draws the sample. watch: called with the number of the row every thousand rows, and
    with the last one while the sample is drawn; what it raises ends the reading.
    Raises TableError for a text that is no table, with the row, and SpecError for an unknown part.
    """
    if part not in PARTS:
        raise SpecError("part", part, f"one of {', '.join(PARTS)}")
    found = records(text, layout.separator)
    head = _head(found, layout)
    width = _width(head, layout)
    first_row = head[0][0]
    body = chain(head[1 + (layout.header == UNITS) :] if layout.header != NONE else head, found)
    kept: list[list[str]] = []
    numbers: list[int] = []
    total = 0
    for number, row in body:
        if len(row) != width:
            row = _fitted(row, number, width, first_row)
        if total < MAX_POINTS:
            kept.append(row)
            numbers.append(number)
        total += 1
        if total % _EVERY == 0:
            watch(number)
            if total > MAX_ROWS:
                raise TableError(f"The table goes on after row {number:,}: {MAX_ROWS:,} rows are the most.", number)
    if not total:
        raise TableError(f"There are no rows below the names in row {first_row}.", first_row)
    if total > MAX_POINTS and part == SAMPLE:
        kept, numbers = _sampled(text, layout, width, total, seed, lambda: watch(number))
    columns = tuple(zip(*kept, strict=True))
    names = head[0][1][:width] if layout.header != NONE else [""] * width
    units = [*(head[1][1] if layout.header == UNITS else []), *[""] * width]
    while len(columns) > 1 and not names[-1].strip() and not any(cell.strip() for cell in columns[-1]):
        columns, names = columns[:-1], names[:-1]  # a separator at the end of each row
    if len(columns) < 2:
        label = LABELS[layout.separator]
        raise TableError(
            f"Row {first_row} has one cell only with the separator {label}: a table needs two columns or more.",
            first_row,
        )
    named, of_names, notes = _named(names, first_row)
    shown = [cleaned(unit, MAX_UNIT) or inner for unit, inner in zip(units[: len(columns)], of_names, strict=True)]
    return Table(layout, tuple(named), tuple(shown), columns, tuple(numbers), total, tuple(notes))


def cleaned(text: str, most: int) -> str:
    """A text on one line, of printable characters, not longer than so many."""
    line = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return line if len(line) <= most else line[: most - 1] + "…"


def _head(found: Iterator[tuple[int, list[str]]], layout: Layout) -> list[tuple[int, list[str]]]:
    wanted = 3 if layout.header == UNITS else 2
    head = list(islice(found, wanted))
    if not head:
        raise TableError("The file is empty.")
    if layout.header == UNITS and len(head) < 2:
        raise TableError(f"There is no row of units below row {head[0][0]}.", head[0][0])
    return head


def _width(head: list[tuple[int, list[str]]], layout: Layout) -> int:
    """Cells of a row. Empty names at the end do not count where the row below has nothing there either."""
    (row, first), rest = head[0], head[1:]
    width = len(first)
    if layout.header != NONE and rest:
        below = len(rest[-1][1])
        while width > max(1, below) and not first[width - 1].strip():
            width -= 1
    if width > MAX_WIDTH:
        raise TableError(
            f"Row {row} has {width} cells: {MAX_WIDTH} columns are the most, {MAX_COLUMNS} of them inputs.", row
        )
    return width


def _fitted(row: list[str], number: int, width: int, first_row: int) -> list[str]:
    """A row of another length, if what it has too much is empty."""
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
    raise TableError(f"Row {number} has {cells}, and row {first_row} has {width}.", number)


def _sampled(
    text: str, layout: Layout, width: int, total: int, seed: str, watch: Callable[[], None]
) -> tuple[list[list[str]], list[int]]:
    """So many rows as fit, drawn by the seed, in their order. They are read again: all would not fit into memory.

    watch: called every thousand rows. Who is told how far the reading is has heard of all rows already.
    """
    # A space cannot be part of a seed: no seed shares these draws with the first weights of another.
    draws = seedrandom.uniforms((total,), seedrandom.generator(f"{seed} sample"))
    wanted = np.sort(np.argsort(draws, kind="stable")[:MAX_POINTS]).tolist()
    skipped = 0 if layout.header == NONE else 2 if layout.header == UNITS else 1
    kept, numbers = [], []
    following = iter(wanted)
    next_one = next(following)
    for at, (number, row) in enumerate(records(text, layout.separator), -skipped):
        if at >= 0 and at % _EVERY == 0:
            watch()
        if at == next_one:
            kept.append(row[:width])
            numbers.append(number)
            next_one = next(following, -1)
            if next_one < 0:
                break
    return kept, numbers


def _named(given: Sequence[str], row: int) -> tuple[list[str], list[str], list[str]]:
    """Names that differ, the units that stood in brackets in them, and what was done to names that were alike."""
    names: list[str] = []
    units: list[str] = []
    notes: list[str] = []
    for place, text in enumerate(given, 1):
        inner = _unit_in_name.fullmatch(text.strip())
        units.append(cleaned(inner[2], MAX_UNIT) if inner else "")
        name = cleaned(inner[1] if inner else text, MAX_NAME) or f"Column {place}"
        if name in names:
            before = names.index(name) + 1
            again, base = 2, cleaned(name, MAX_NAME - 4)
            while f"{base} {again}" in names:
                again += 1
            notes.append(
                f"Row {row}: columns {before} and {place} are both named “{name}”; the second is “{base} {again}” here."
            )
            name = f"{base} {again}"
        names.append(name)
    return names, units, notes
