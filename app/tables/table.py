"""One stored data set: its content, packed, and what a page is told of it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from tinkernet.app.wire.events import ColumnFacts, TableFacts
from tinkernet.engine import SpecError
from tinkernet.engine.data.dataset import MAX_COLUMNS, MAX_POINTS, MAX_TARGETS, Column, Dataset, Floats
from tinkernet.engine.data.reference import reference_of

BINS = 16
MAX_TITLE = 60
_MOST_BYTES = 8 * MAX_POINTS * (MAX_COLUMNS + MAX_TARGETS) + 200_000  # of any data set's canonical bytes


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Immutable, and the same for all who use it. Making one takes up to a tenth of a second: not on the event loop.

    packed: the canonical bytes of the data set, deflated: what is stored.
    """

    dataset: Dataset
    facts: TableFacts
    packed: bytes = field(repr=False)

    @classmethod
    def of(cls, dataset: Dataset, title: str, source: str = "", licence: str = "") -> Self:
        """The table of a data set. title: a name of at most 60 characters. source, licence: sentences, or ""."""
        return cls(dataset, facts_of(dataset, title, source, licence), zlib.compress(dataset.to_bytes(), 6))

    @classmethod
    def unpacked(cls, packed: bytes, named: dict[str, Any]) -> Self:
        """The table that was stored so, with its `names`. Raises ValueError (as SpecError is) for others."""
        try:
            content = zlib.decompressobj().decompress(packed, _MOST_BYTES)
        except zlib.error as error:
            raise ValueError("not deflated") from error
        dataset = Dataset.from_bytes(content)
        return cls(dataset, facts_of(dataset, **{name: str(named[name]) for name in NAMES}), packed)

    @property
    def reference(self) -> str:
        """How specs name it."""
        return self.facts.reference

    @property
    def names(self) -> dict[str, str]:
        """What is stored beside the content: the same content may have another title elsewhere."""
        return {name: getattr(self.facts, name) for name in NAMES}


NAMES = ("title", "source", "licence")


def facts_of(dataset: Dataset, title: str, source: str, licence: str) -> TableFacts:
    """What a page is told. Raises SpecError for a title that is too long or cannot be printed."""
    if not 1 <= len(title) <= MAX_TITLE or not title.isprintable():
        raise SpecError("title", title, f"a text of 1 to {MAX_TITLE} printable characters", "The title")
    targets = dataset.target_columns
    return TableFacts(
        reference=reference_of(dataset),
        title=title,
        source=source,
        licence=licence,
        columns=[_column(column, dataset.inputs[:, place]) for place, column in enumerate(dataset.columns)],
        targets=[_column(column, dataset.targets[:, place]) for place, column in enumerate(targets)],
        classes=list(dataset.classes),
        split=dataset.in_training is not None,
    )


def _column(column: Column, values: Floats) -> ColumnFacts:
    low, high = float(values.min()), float(values.max())
    with np.errstate(over="ignore", invalid="ignore"):
        place = (values - low) / (high - low) * BINS if high > low else np.zeros(len(values))
    counts = np.bincount(np.clip(np.nan_to_num(place), 0, BINS - 1).astype(int), minlength=BINS)
    return ColumnFacts(
        name=column.name,
        unit=column.unit,
        offset=column.offset,
        scale=column.scale,
        low=_raw(column, low),
        high=_raw(column, high),
        counts=counts.tolist(),
    )


def _raw(column: Column, value: float) -> float:
    """As it was before it was standardised; six digits are more than a person reads. Finite, as JSON has to be."""
    return float(f"{np.clip(column.offset + column.scale * value, -1e308, 1e308):.6g}")
