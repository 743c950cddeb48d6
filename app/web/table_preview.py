"""What the page is told of a table that somebody brings: how it was read, its first rows, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from tinkernet.engine import SpecError
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.tables.columns import (
    INPUT,
    NUMBER,
    OUT,
    RECONSTRUCT,
    ROLES_OF_KIND,
    TARGET,
    Plan,
    plan_of,
)
from tinkernet.engine.data.tables.layout import LABELS as SEPARATORS
from tinkernet.engine.data.tables.layout import guess
from tinkernet.engine.data.tables.read import MAX_WIDTH, SAMPLE, cleaned, read
from tinkernet.engine.data.tables.take import Bad, bad_cells, take
from tinkernet.engine.data.tables.text import LABELS, decoded

FIRST_ROWS = 5  # of a table that are shown
BAD_ROWS = 4  # beside them, with a cell that cannot be used
BAD_CELLS = 12  # that are named
CELL = 40  # characters of a cell that are shown
DECIMALS = {".": "point", ",": "comma"}

Place = Annotated[int, Field(ge=0, lt=MAX_WIDTH)]
Word = Annotated[str, Field(max_length=16)]


class Choices(BaseModel):
    """What a person has chosen of how a table is read; "" and nothing where the guess counts.

    seed, train_percent: of the run, which split the points. use: whether the table is taken, or only looked at.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    encoding: Word = ""
    separator: Word = ""
    decimal: Word = ""
    header: Word = ""
    part: Word = SAMPLE
    kinds: Annotated[dict[Place, Word], Field(max_length=MAX_WIDTH)] = {}
    roles: Annotated[dict[Place, Word], Field(max_length=MAX_WIDTH)] = {}
    scaled: bool | None = None
    seed: Annotated[str, Field(max_length=4096)] = ""
    train_percent: Annotated[float, Field(ge=0, le=100)] = 50.0
    title: Annotated[str, Field(max_length=1000)] = ""
    use: Literal[False, True] = False


def preview(content: bytes, choices: Choices, watch: Callable[[int], None]) -> tuple[dict[str, Any], Dataset | None]:
    """What the page shows of a table, and the data set that it makes, None where it makes none.

    The answer has as much as could be read, and the sentence of what stopped it. watch: see `read`.
    """
    said: dict[str, Any] = {"refusal": "", "text": None, "layout": None, "table": None, "data": None}
    dataset = None
    try:
        text = decoded(content, choices.encoding)
        said["text"] = {"encoding": text.encoding, "label": LABELS[text.encoding], "why": text.why}
        layout = guess(text.text, choices.separator, choices.decimal, choices.header)
        said["layout"] = layout._asdict()
        table = read(text.text, layout, part=choices.part, seed=choices.seed, watch=watch)
        plan = plan_of(table, choices.kinds, choices.roles, choices.scaled)
        bad, good = bad_cells(plan, BAD_CELLS)
        said["table"] = _table(plan, bad, good)
        dataset = take(plan, choices.train_percent, choices.seed)
        said["data"] = _data(plan, dataset)
        if layout.ties:
            fitting = [layout[:2], *layout.ties]
            readings = ", ".join(f"{SEPARATORS[one]} with decimal {DECIMALS[mark]}" for one, mark in fitting)
            said["refusal"] = f"Several readings fit equally well and give other numbers ({readings}): choose above."
    except SpecError as error:
        said["refusal"] = str(error)
    return said, None if said["refusal"] else dataset


def _table(plan: Plan, bad: list[Bad], good: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> dict[str, Any]:
    table = plan.table
    at_bad = [int(row) for row in np.flatnonzero(~good)]
    shown = sorted({*range(min(FIRST_ROWS, len(table.rows))), *at_bad[:BAD_ROWS]})
    used = [place for place, part in enumerate(plan.parts) if part.role != OUT]
    usable = {place: plan.columns[place].good(plan.parts[place].kind) for place in used}
    return {
        "rows": table.total,
        "taken": len(table.rows),
        "left_out": len(at_bad),
        "notes": list(table.notes),
        "scaled": plan.scaled,
        "bad": [each._asdict() for each in bad],
        "bad_count": int(sum((~mask).sum() for mask in usable.values())),
        "columns": [
            {
                "name": column.name,
                "unit": column.unit,
                "kind": part.kind,
                "kinds": list(column.kinds),
                "role": part.role,
                "roles": {kind: list(ROLES_OF_KIND[kind]) for kind in column.kinds},
            }
            for column, part in zip(plan.columns, plan.parts, strict=True)
        ],
        "shown": [
            {
                "row": table.rows[at],
                "cells": [cleaned(cells[at], CELL) for cells in table.cells],
                "bad": [place for place, mask in usable.items() if not mask[at]],
            }
            for at in shown
        ],
    }


def _data(plan: Plan, dataset: Dataset) -> dict[str, Any]:
    """What the data set is that the table makes."""
    of_classes = dataset.targets[:, 0].astype(int) if dataset.groups is None else dataset.groups
    counts = Counter(of_classes.tolist()) if dataset.classes else {}
    scales = [[column.offset, column.scale] for column in dataset.columns]
    of_targets = [[column.offset, column.scale] for column in dataset.target_columns] if not dataset.classes else []
    places = plan.places(INPUT, RECONSTRUCT)
    numbers = [place for place in plan.places(TARGET) if plan.parts[place].kind == NUMBER]
    return {
        "rows": len(dataset),
        "inputs": len(dataset.columns),
        "kind": dataset.kind,
        "targets": [column.name for column in dataset.target_columns],
        "classes": [[name, counts[at]] for at, name in enumerate(dataset.classes)],
        "scales": dict(zip([*places, *numbers], [*scales, *of_targets], strict=True)),
        "split": dataset.in_training is not None,
    }
