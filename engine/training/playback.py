"""A run computed again, up to a place in it: at one go, or a little at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

from tinkernet.engine.training.edits import Edit
from tinkernet.engine.training.live import worked

if TYPE_CHECKING:
    from tinkernet.engine.training.trainer import Trainer


T = TypeVar("T", bound="Trainer")


class Playback(Generic[T]):
    """A trainer on its way through the edits of a run. Goes forward only; belongs to whoever made it."""

    def __init__(self, trainer: T, edits: Iterable[Edit]) -> None:
        """`edits` are those of the run that the trainer does not have yet, in order."""
        self.trainer = trainer
        self._edits = deque(edits)

    @property
    def place(self) -> tuple[int, int]:
        """The epoch and the batch that are reached."""
        return self.trainer.epoch, self.trainer.batch

    def go(self, epoch: int, batch: int = 0, seconds: float | None = None) -> bool:
        """Go on to a batch of an epoch, with the edits that were made until then, those made there included.

        False when `seconds` of the processor are used up before; call again to go on. A stop rule that held then ends
        it where it did. Raises SpecError where the epoch has no such batch.
        """
        end = None if seconds is None else worked() + seconds
        while self._edits and (self._edits[0].epoch, self._edits[0].batch) <= (epoch, batch):
            edit = self._edits[0]
            if not self.trainer.advance_to(edit.epoch, edit.batch, _left(end)):
                return False
            self.trainer.repeat(self._edits.popleft())
        return self.trainer.advance_to(epoch, batch, _left(end))


def _left(end: float | None) -> float | None:
    return None if end is None else max(end - worked(), 1e-6)
