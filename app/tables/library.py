"""The data sets that this server offers to everybody."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np

from tinkernet.app.tables.folder import read_folder
from tinkernet.app.tables.table import Table
from tinkernet.engine.data.dataset import CLASS, RECONSTRUCT, Column, Dataset
from tinkernet.engine.data.reference import reference_of
from tinkernet.engine.data.slices import default_slice, slice_points
from tinkernet.engine.labs import IRIS, LABS, MADE, made

_IRIS = "plotly/package_data/datasets/iris.csv.gz"  # of the package, this file and its script alone are used
_MEASURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
MOST_PICTURED = 300  # points
_SOURCE = "Measured by Edgar Anderson, published by Ronald Fisher in 1936: 50 flowers of each of three species."


class Library:
    """Tables by their reference, in the order in which they are listed. Nothing changes in it.

    brought: those of a folder; problems: sentences about what is broken there.
    """

    def __init__(self, folder: str = "") -> None:
        self.brought, self.problems = read_folder(Path(folder)) if folder else ([], [])
        own = iris()
        tables = [*([] if own is None else [own]), *self.brought]
        self._tables = {table.reference: table for table in tables}
        self._listing: str | None = None

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables.values())

    def listing(self) -> str:
        """What the page shows of each, and what is broken: JSON. A picture is of the main directions.

        It has all x, all y and all labels, in tenths, sorted by label.
        """
        if self._listing is None:
            found = {"tables": [_listed(table) for table in self], "problems": self.problems}
            self._listing = json.dumps(found, separators=(",", ":"))
        return self._listing

    def get(self, reference: str) -> Table | None:
        """The table of this reference, if it is one of these or of a lab's. The first time takes about 0.1 s."""
        return self._tables.get(reference) or of_labs().get(reference)


@cache
def of_labs() -> dict[str, Table]:
    """The tables of the labs by reference. They are not listed with the others: a lab offers its own."""
    tables = [Table.of(made(name), title_of(name)) for name in MADE]
    if (rebuilt := iris_to_rebuild()) is not None:
        tables.append(Table.of(rebuilt, title_of(IRIS), _SOURCE))
    return {table.reference: table for table in tables}


def title_of(name: str) -> str:
    """What the page calls the data set of a lab."""
    kind, _, number = name.rpartition("-")
    noise = f"{number} columns of noise" if number != "1" else "1 column of noise"
    return {"one-hot": f"{number} codes", "sheet": f"Bent sheet {number}", "noise": noise}.get(kind, "Iris")


def iris_to_rebuild() -> Dataset | None:
    """Fisher's irises for an autoencoder; the species are shown and not learnt."""
    table = iris()
    if table is None:
        return None
    known = table.dataset
    groups = known.targets[:, 0].astype(np.uint8)
    return Dataset(known.inputs, kind=RECONSTRUCT, columns=known.columns, classes=known.classes, groups=groups)


def lab_listing() -> str:
    """What the page is told of each lab: JSON. A set that this server lacks is not offered."""
    found = []
    references = {title_of(name): reference_of(made(name)) for name in MADE}
    if (rebuilt := iris_to_rebuild()) is not None:
        references[title_of(IRIS)] = reference_of(rebuilt)
    for lab in LABS:
        titles = [title_of(name) for name in lab.sets]
        told = {name: getattr(lab, name) for name in ("key", "title", "line", "text", "own", "counted")}
        told["sets"] = [[title, references[title]] for title in titles if title in references]
        found.append(told | {"link": lab.link(made(lab.first) if lab.first else None)})
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


def _listed(table: Table) -> dict[str, Any]:
    dataset = table.dataset
    found = slice_points(
        dataset.points(np.arange(len(dataset))[:MOST_PICTURED]), default_slice(dataset), dataset.shape.classes
    )
    rows = np.rint(10.0 * found).astype(int)
    picture = rows[np.lexsort((rows[:, 1], rows[:, 0], rows[:, 2]))].T.tolist()
    named = {name: getattr(table.facts, name) for name in ("reference", "title", "source", "licence")}
    return {**named, "picture": picture}


@cache
def iris() -> Table | None:
    """Fisher's irises: four lengths of 150 flowers of three species. None where the package lacks them."""
    path = Path(str(distribution("plotly").locate_file(_IRIS)))
    try:
        with gzip.open(path, "rt", encoding="ascii", newline="") as file:
            rows = list(csv.DictReader(file))
        values = np.array([[float(row[measure]) for measure in _MEASURES] for row in rows])
        species = sorted({row["species"] for row in rows})
        classes = [[float(species.index(row["species"]))] for row in rows]
    except (OSError, EOFError, ValueError, KeyError):
        return None
    means, deviations = values.mean(axis=0), values.std(axis=0)
    columns = [
        Column(measure.replace("_", " ").capitalize(), "cm", float(mean), float(deviation))
        for measure, mean, deviation in zip(_MEASURES, means, deviations, strict=True)
    ]
    dataset = Dataset(
        (values - means) / deviations,
        classes,
        kind=CLASS,
        columns=columns,
        target_columns=[Column("Species")],
        classes=[name.capitalize() for name in species],
    )
    return Table.of(dataset, "Iris", _SOURCE)
