"""The loss curve: each viewer is sent the rows that it does not have. They are data and never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import LossesTopic
from tinkernet.app.wire.frames import Losses, encode
from tinkernet.app.wire.part import Array


@dataclass(slots=True, eq=False)
class Curve:
    """All rows of a moment. A mark is (version, history, rows): how far a viewer has come in which history."""

    run: str
    version: int
    history: tuple[int, int]  # restarts and the version of the history: other rows than before when it changes
    stride: int
    rows: Array
    restarts: int
    revision: int
    epoch: int

    def since(self, mark: tuple[int, tuple[int, int], int] | None) -> tuple[bytes, tuple[int, tuple[int, int], int]]:
        """The rows after those that the viewer has; all, when it has some of another history."""
        own = self.version, self.history, len(self.rows)
        if mark is not None and mark[1:] == own[1:]:
            return b"", own
        first = mark[2] if mark is not None and mark[1] == self.history and mark[2] <= len(self.rows) else 0
        found = Losses(
            restarts=self.restarts, revision=self.revision, epoch=self.epoch,
            stride=self.stride, first_row=first, rows=self.rows[first:],
        )  # fmt: skip
        return encode(self.run, found, deflate=False), own


def make(moment: Moment, topics: Sequence[LossesTopic]) -> Sequence[Curve]:
    """One curve; its rows are never changed while somebody reads them (see `loss_history`)."""
    history = moment.run_itself.history
    identity = (moment.restarts, history.version)
    curve = Curve(moment.run, moment.version, identity, history.stride, history.rows, **moment.stamp)
    return [curve] * len(topics)
