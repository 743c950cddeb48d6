"""References: how a spec and a link name a stored data set. They say its shape too, so that a network can be planned.

    150x4c3.<address>       150 rows of 4 columns, 3 classes
    1000x8n2.<address>      1000 rows of 8 columns, 2 target columns of numbers
    1372x4r4.<address>      1372 rows of 4 columns that are to be reconstructed

The address is the 64 hexadecimal digits of `Dataset.address`. A reference whose shape is not that of the data set with
this address names nothing: whoever has the data set compares.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from tinkernet.engine.data.dataset import (
    CLASS,
    MAX_CLASSES,
    MAX_COLUMNS,
    MAX_POINTS,
    MAX_TARGETS,
    NUMBER,
    RECONSTRUCT,
    Dataset,
    DataShape,
)
from tinkernet.engine.errors import SpecError

LONGEST = 80
_KINDS = {"c": CLASS, "n": NUMBER, "r": RECONSTRUCT}
_MOST = {CLASS: (2, MAX_CLASSES), NUMBER: (1, MAX_TARGETS), RECONSTRUCT: (1, MAX_COLUMNS)}
_reference = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]?)([cnr])([1-9][0-9]?)\.([0-9a-f]{64})", re.ASCII)


class Reference(NamedTuple):
    """A stored data set: the number of its rows, its shape, and its address."""

    rows: int
    shape: DataShape
    address: str


def reference_of(dataset: Dataset) -> str:
    """The reference of a data set."""
    rows, shape = len(dataset), dataset.shape
    letter = next(letter for letter, kind in _KINDS.items() if kind == shape.kind)
    return f"{rows}x{shape.columns}{letter}{shape.classes or shape.targets}.{dataset.address}"


@lru_cache(maxsize=256)
def read_reference(text: str) -> Reference:
    """What a reference says. Raises SpecError for a text that is none."""
    match = _reference.fullmatch(text)
    if match is not None:
        rows, columns, count, kind = int(match[1]), int(match[2]), int(match[4]), _KINDS[match[3]]
        low, high = _MOST[kind]
        fits = rows <= MAX_POINTS and columns <= MAX_COLUMNS and low <= count <= high
        if fits and (kind != RECONSTRUCT or count == columns):
            classes = count if kind == CLASS else 0
            return Reference(rows, DataShape(columns, kind, 1 if classes else count, classes), match[5])
    allowed = "empty, or rows x columns, kind and hash of a data set, such as 150x4c3. and 64 hexadecimal digits"
    raise SpecError("data", text, allowed, "Own data")
