"""How a text is laid out: its separator and decimal mark, guessed together, and what its first rows are."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.tables.cells import COMMA, DECIMALS, is_missing, numbers
from tinkernet.engine.data.tables.text import TableError
from tinkernet.engine.errors import SpecError

TAB, SEMICOLON, BAR, SPACE = "\t", ";", "|", " "
SEPARATORS = (TAB, SEMICOLON, COMMA, BAR, SPACE)
LABELS = {TAB: "tab", SEMICOLON: "semicolon", COMMA: "comma", BAR: "bar", SPACE: "space"}
NAMES, UNITS, NONE = "names", "units", "none"
HEADERS = (NAMES, UNITS, NONE)
"""What the first rows are: names, names and below them units, or points already."""

SAMPLE = 65_536  # characters from the start, on which the guess rests
NUMERIC = 0.9  # the share of numbers from which a column counts as one of numbers
LONGEST_UNIT = 12
MAX_ROW = 1_000_000  # characters
# Nobody writes a decimal comma between commas, except in quotes: this reading has to be the better one.
_HANDICAP = 0.99
_pair_of_excel = re.compile(r"sep=(.)\r?\n")

Rows = list[list[str]]


class Layout(NamedTuple):
    """separator: one of SEPARATORS. decimal: one of DECIMALS. header: one of HEADERS.

    ties: other pairs of separator and decimal mark that fit as well and give other numbers.
    """

    separator: str
    decimal: str
    header: str
    ties: tuple[tuple[str, str], ...] = ()


def records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a text that are not empty, each with its number, counted from 1 as in a spreadsheet.

    A cell in quotes may span lines; its row counts once. Raises TableError for quotes that do not match.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
    number = 0
    skipped = _pair_of_excel.match(text) is not None
    try:
        for row in reader:
            number += 1
            lines.since = 0
            if skipped and number == 1:
                continue
            if separator == SPACE and row and not row[-1]:
                row.pop()
            if len(row) > 1 or (row and row[0].strip()):
                yield number, row
    except csv.Error as error:
        if "field limit" in str(error):
            what = f"has a cell of more than {csv.field_size_limit():,} characters"
        else:
            what = "has quotation marks that do not match"
        raise TableError(f"Row {number + 1} {what}.", number + 1) from None
    except _TooLong:
        raise TableError(f"Row {number + 1} has more than {MAX_ROW:,} characters.", number + 1) from None


class _TooLong(Exception):
    """A row that would fill the memory with cells before anybody could count them."""


class _Lines:
    """The lines of a text, until those `since` the last row are too many characters together."""

    def __init__(self, text: str) -> None:
        self._lines, self.since = io.StringIO(text, newline=""), 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.since += len(line)
        if self.since > MAX_ROW:
            raise _TooLong
        return line


def guess(text: str, separator: str = "", decimal: str = "", header: str = "") -> Layout:
    """The layout of a text, as far as it is not given.

    For each pair of separator and decimal mark the share of rows of equal length times the share of cells that are
    numbers decides. Where several pairs are best and give different numbers, the first is taken and the others are
    its `ties`. Raises SpecError for a choice that is not there and TableError for a text that no pair can read.
    """
    for name, value, allowed in (
        ("separator", separator, SEPARATORS),
        ("decimal", decimal, DECIMALS),
        ("header", header, HEADERS),
    ):
        if value and value not in allowed:
            raise SpecError(name, value, f"one of {', '.join(map(repr, allowed))}")
    start = _start(text)
    told = _pair_of_excel.match(text)
    if told and not separator and told[1] in SEPARATORS:
        separator = told[1]
    scored = []
    # One that is nowhere leaves a single column, which is as good as none.
    for each in (separator,) if separator else [each for each in SEPARATORS if each in start] or SEPARATORS:
        rows = _read(start, each, strict=bool(separator))
        if rows is None:
            continue
        width, count = Counter(map(len, rows)).most_common(1)[0]
        equal = [row for row in rows if len(row) == width]
        for mark in (decimal,) if decimal else DECIMALS:
            values = _values(equal, mark)
            share = count / len(rows)
            score = share * (
                np.isfinite(values).sum() / max(1, sum(bool(cell.strip()) for row in equal for cell in row))
            )
            handicap = _HANDICAP if each == mark == COMMA else 1.0
            scored.append((width > 1, round(float(score) * handicap, 9), round(share, 9), (each, mark), equal, values))
    if not scored:
        next(records(text, separator or COMMA), None)  # which may say why
        raise TableError("The file is empty.")
    best = max(scored, key=lambda one: one[:3])
    fitting = [one for one in scored if one[:3] == best[:3]]
    ties = tuple(one[3] for one in fitting if one is not best and best[1] > 0 and not _same(one[5], best[5]))
    (separator, decimal), equal = best[3], best[4]
    return Layout(separator, decimal, header or _header(equal, decimal), ties)


def _start(text: str) -> str:
    if len(text) <= SAMPLE:
        return text
    end = max(text.rfind("\n", 0, SAMPLE), text.rfind("\r", 0, SAMPLE))
    return text[: end + 1] if end > 0 else text[:SAMPLE]


def _read(start: str, separator: str, *, strict: bool) -> Rows | None:
    """The rows of the start of a text; None where this separator cannot read it.

    The start may end within quotes, so what is read before an error counts, unless the separator is given.
    """
    rows = []
    try:
        for _, row in records(start, separator):
            rows.append(row)
    except TableError:
        if strict and not rows:
            raise
    return rows or None


def _values(rows: Rows, mark: str) -> NDArray[np.float64]:
    """The numbers of all cells, by columns; of the first row apart, whose names would make reading its columns slow."""
    below = [numbers(column, mark) for column in zip(*rows[1:], strict=True)]
    return np.concatenate([numbers(rows[0], mark), *below])


def _same(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def _header(rows: Rows, decimal: str) -> str:
    """What the first rows are. Names are words above numbers; units are short words between the two."""
    if len(rows) < 2 or np.isfinite(numbers(rows[0], decimal)).any():
        return NONE
    body = zip(*rows[min(2, len(rows) - 1) :], strict=True)
    numeric = [at for at, column in enumerate(body) if _is_numeric(column, decimal)]
    if not numeric:
        return NAMES
    if all(is_missing(rows[0][at]) for at in numeric):
        return NONE
    return UNITS if len(rows) > 2 and _are_units(rows[1], numeric) else NAMES


def _is_numeric(cells: Sequence[str], decimal: str) -> bool:
    return bool(cells) and bool(np.isfinite(numbers(cells, decimal)).mean() >= NUMERIC)


def _are_units(row: Sequence[str], numeric: Sequence[int]) -> bool:
    """Whether a row has no number, and short words where the columns have numbers."""
    if any(np.isfinite(numbers(row, mark)).any() for mark in DECIMALS):
        return False
    words = [row[at].strip() for at in numeric if not is_missing(row[at])]
    return bool(words) and all(len(word) <= LONGEST_UNIT for word in words)
