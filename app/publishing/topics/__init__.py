"""The topics: a module for each, called like the topic on the wire.

A module has `make(moment, topics)`: for each of the topics, which differ in their parameters only, and in their order,
the record to encode, or something that is `Made` already. It is called on a training thread. It may also have

* `SECONDS`, the least time between two of them (without it: whenever there is a tick);
* `version(moment)`, which changes when the topic does (without it: the version of the network).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol, TypeAlias

from tinkernet.app.wire.commands import TOPICS, Topic
from tinkernet.app.wire.part import Array, Part
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.training.clocks import EPOCHS, Clock
from tinkernet.engine.training.effort import Knot


class KeptCurve(Protocol):
    """The losses of a run that is kept, which never change."""

    @property
    def letter(self) -> str:
        """Its name on the wire."""

    @property
    def address(self) -> str:
        """A hash of all that it is."""

    @property
    def rows(self) -> tuple[int, Array]:
        """The stride in epochs, and the rows (n, 2)."""

    @property
    def effort(self) -> tuple[Knot, ...]:
        """What it has taken; empty where that is not known."""

    @property
    def spec(self) -> Spec:
        """Its spec."""

    def trainer(self, dataset: Dataset | None) -> Trainer:
        """A trainer of it at its end."""


class ManyRuns(Protocol):
    """Many runs that are trained at once; see `sessions.trials.Trials`."""

    @property
    def serial(self) -> int:
        """Another one after each change, also where others take their place."""

    def record(self, stamp: Mapping[str, int]) -> Part:
        """What there is to see of them now."""


Kept: TypeAlias = Sequence[KeptCurve]


@dataclass(slots=True, eq=False)
class Moment:
    """What topics are made of: a run between two epochs. Valid until the training thread goes on."""

    trainer: Trainer
    run: str
    version: int  # of the network: counts all its changes
    restarts: int
    revision: int
    playing: bool
    epochs_per_second: float  # measured; ticks of the clock
    clock: Clock = EPOCHS
    newest: Trainer | None = None  # the same run at its newest epoch, where `trainer` is of the past
    kept: Kept = ()  # the runs beside it
    kept_serial: int = 0  # counts the changes of these
    trials: Mapping[str, ManyRuns] = field(default_factory=dict)  # "seeds" and "sweep", as far as there are any

    @property
    def run_itself(self) -> Trainer:
        """The run at its newest epoch."""
        return self.newest or self.trainer

    @property
    def stamp(self) -> dict[str, Any]:
        """What every record begins with."""
        return {"restarts": self.restarts, "revision": self.revision, "epoch": self.trainer.epoch}


class Made(Protocol):
    """A topic as it was made. A viewer keeps a mark of it: None at first, then a tuple that begins with the version."""

    @property
    def version(self) -> int:
        """See `Maker`."""

    def since(self, mark: Any) -> tuple[bytes, Any]:
        """What a viewer with this mark lacks (empty: nothing), and its mark when it has that."""


@dataclass(frozen=True, slots=True)
class Maker:
    """A module of this package, with its defaults filled in."""

    make: Callable[[Moment, Sequence[Any]], Sequence[Part | Made]]
    version: Callable[[Moment], int]
    seconds: float


def kind_of(topic: type[Topic]) -> str:
    """The name of a topic on the wire."""
    return str(topic.model_fields["topic"].annotation.__args__[0])  # type: ignore[union-attr]


@cache
def maker_of(kind: str) -> Maker:
    """What makes the topics of this kind."""
    module = importlib.import_module(f"{__name__}.{kind}")
    version = getattr(module, "version", lambda moment: moment.version)
    return Maker(module.make, version, getattr(module, "SECONDS", 0.0))


KINDS = tuple(map(kind_of, TOPICS))
