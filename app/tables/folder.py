"""Tables of a folder, for everybody on this server: CSV files with a head.

    # title: Wine
    # target: quality
    # source: Measured in our lab, spring 2024.
    # licence: CC BY 4.0
    alcohol [%];acidity;quality
    12,1;3,2;good

Each line of the head is optional, and so is the head. Without a title the name of the file is taken. Targets are
separated by commas; without any, the last column is proposed as it is for a table that is brought (see `plan_of`).
"""

from __future__ import annotations

from pathlib import Path

from tinkernet.app.tables.table import Table
from tinkernet.engine import SpecError
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.tables.columns import TARGET, Plan, plan_of
from tinkernet.engine.data.tables.layout import guess
from tinkernet.engine.data.tables.read import cleaned, read
from tinkernet.engine.data.tables.take import bad_cells, take
from tinkernet.engine.data.tables.text import TableError, decoded

MOST_FILES = 100
MOST_BYTES = 16 * 2**20  # of one
KEYS = ("title", "target", "source", "licence")
MOST_LINE = 300  # characters of a value
TRAIN_PERCENT, SEED = 50.0, "0"  # of the points that say how the numbers are scaled: the same on every server


def read_folder(folder: Path) -> tuple[list[Table], list[str]]:
    """The tables of the CSV files in a folder, by name, and a sentence for each file, or line, that cannot be used."""
    tables: list[Table] = []
    problems: list[str] = []
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())
    if len(files) > MOST_FILES:
        problems.append(f"{folder} has {len(files)} CSV files: the first {MOST_FILES} are taken.")
    for path in files[:MOST_FILES]:
        try:
            if path.stat().st_size > MOST_BYTES:
                raise TableError(f"The file has more than {MOST_BYTES >> 20} MiB.")
            table, note = _read(path.read_bytes(), path.stem)
        except OSError as error:
            problems.append(f"{path.name} cannot be read: {error.strerror}.")
        except SpecError as error:
            problems.append(f"{path.name} is left out. {error}")
        else:
            tables.append(table)
            problems += [f"{path.name}: {note}"] if note else []
    return tables, problems


def _read(content: bytes, name: str) -> tuple[Table, str]:
    """The table of a file, and a sentence where some of its rows are left out. Raises SpecError for a broken one."""
    text = decoded(content).text
    head, lines, body = _head(text)
    layout = guess(body)
    if layout.ties:
        raise TableError("Several separators and decimal marks fit equally well: write the numbers with a point.")
    table = read(body, layout, seed=SEED)
    plan = _plan(plan_of(table), head.get("target", ""), lines.get("target", 0))
    dataset = take(plan, TRAIN_PERCENT, SEED)
    title = cleaned(head.get("title") or name, 60)
    return Table.of(dataset, title, head.get("source", ""), head.get("licence", "")), _left_out(plan, dataset)


def _head(text: str) -> tuple[dict[str, str], dict[str, int], str]:
    """The head by key, the line of each, and the text with empty lines in its place, so that rows keep their numbers.

    Raises TableError for a line that is none of it.
    """
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    rows = text.splitlines(keepends=True)
    number = 0
    while number < len(rows) and rows[number].startswith("#"):
        key, colon, value = rows[number][1:].partition(":")
        key, value = key.strip().lower(), cleaned(value, MOST_LINE)
        if not colon or key not in KEYS or not value:
            raise TableError(
                f"Row {number + 1} begins with # and must be one of {', '.join(KEYS)}, a colon and a text.", number + 1
            )
        if key in found:
            raise TableError(f"Row {number + 1} has a second {key}.", number + 1)
        number += 1
        found[key], lines[key] = value, number
    return found, lines, "\n" * number + "".join(rows[number:])


def _plan(plan: Plan, wanted: str, line: int) -> Plan:
    """The same plan with these targets."""
    if not wanted:
        return plan
    names = [column.name for column in plan.columns]
    targets = [each.strip() for each in wanted.split(",")]
    for target in targets:
        if target not in names:
            raise TableError(f"Row {line} names no column “{target}”: the columns are {', '.join(names)}.", line)
    return plan_of(plan.table, roles={names.index(target): TARGET for target in targets})


def _left_out(plan: Plan, dataset: Dataset) -> str:
    """A sentence where rows are left out, and where there were too many."""
    bad, good = bad_cells(plan, 1)
    if bad:
        cell, name = bad[0].cell, plan.columns[bad[0].column].name
        count = int((~good).sum())
        return f"{count} {'row is' if count == 1 else 'rows are'} left out; row {bad[0].row} has “{cell}” for “{name}”."
    if plan.table.total > len(plan.table.rows):
        return f"of its {plan.table.total:,} rows a sample of {len(dataset):,} is taken."
    return ""
