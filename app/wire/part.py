"""What records are made of: texts, scalars and arrays, each with its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, TypeAlias

import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
WHOLE = "varint"  # the code of a whole number from 0 on, of any size; most are small


class Text(NamedTuple):
    """A text of a record: at most 255 characters of ASCII."""

    meaning: str


class Scalar(NamedTuple):
    """A number of a record: its struct code, or WHOLE, and its meaning."""

    code: str
    meaning: str


class Values(NamedTuple):
    """An array of a record: its type and meaning. What is `packed` is (..., height, width) and gets deflated."""

    type: str
    meaning: str
    packed: bool = False


@dataclass(slots=True, eq=False)
class Part:
    """What every record begins with: the moment that it is of. Nobody changes a record.

    It is not `frozen`, which would make each of its fields several times as slow to set, sixty times a second.
    """

    topic: ClassVar[str] = ""

    restarts: Annotated[int, Scalar(WHOLE, "how often the run has started at epoch 0")]
    revision: Annotated[int, Scalar(WHOLE, "of the configuration that was trained")]
    epoch: Annotated[int, Scalar(WHOLE, "epochs trained")]
