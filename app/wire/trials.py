"""Records of many runs at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from tinkernet.app.wire.levels import Bytes
from tinkernet.app.wire.part import Array, Part, Values

FACTS = "(bytes,): an object in JSON; sessions/trials.py says of what. Empty before there are any"


@dataclass(slots=True, eq=False)
class Seeds(Part):
    """Copies with other first weights: those of the run and then, where it is compared, those of its twin."""

    topic: ClassVar[str] = "seeds"

    facts: Annotated[Array, Values("u1", FACTS)]
    standing: Annotated[Array, Values("f4", "(runs, 4): epoch, losses, and the epoch of the goal or -1")]
    tiles: Annotated[Bytes, Values("u1", "(runs, side, side): the output in levels as in Map", packed=True)]
    curves: Annotated[Array, Values("f4", "(runs, places): test loss, NaN beyond where it is")]


@dataclass(slots=True, eq=False)
class Sweep(Part):
    """The cells of a sweep, the last setting changing fastest."""

    topic: ClassVar[str] = "sweep"

    facts: Annotated[Array, Values("u1", FACTS)]
    cells: Annotated[Array, Values("f4", "(cells, 9): as CELL says")]


CELL = ("done", "solved", "low", "high", "epochs", "q1", "median", "q3", "train")
"""Of a cell: runs that are done, those of them that reached the goal, the 95 % interval of their share and the median
of their epochs; the quartiles of the test loss, and the median of the training loss."""
