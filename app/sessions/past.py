"""Where a run is looked at, when that is not its newest epoch."""

from __future__ import annotations

from tinkernet.app.wire import events
from tinkernet.engine import Trainer
from tinkernet.engine.training.playback import Playback

NEAR = 32  # epochs that are gone on from what is shown, rather than from a snapshot


class Past:
    """The past of one run that is shown, if any, and the way to the next. Owned by the training thread.

    The run itself stays as it is. What is shown is a trainer of its own, computed from the nearest snapshot.
    """

    def __init__(self) -> None:
        self._playback: Playback[Trainer] | None = None  # of what is shown; None: the newest epoch
        self._way: tuple[tuple[int, int], Playback[Trainer]] | None = None  # to a place that was asked for
        self._from = 0  # the epoch where that way began

    @property
    def is_shown(self) -> bool:
        """Whether what is shown is not the newest."""
        return self._playback is not None

    @property
    def playback(self) -> Playback[Trainer]:
        """What is shown. Only while the past is."""
        assert self._playback is not None
        return self._playback

    def shown(self, trainer: Trainer) -> Trainer:
        """What is shown of this run."""
        return trainer if self._playback is None else self._playback.trainer

    def event(self, trainer: Trainer) -> events.Past | None:
        """What pages are told of it."""
        if self._playback is None:
            return None
        epoch, batch = self._playback.place
        return events.Past(epoch=epoch, batch=batch, batches=self._playback.trainer.batches, newest=trainer.epoch)

    def seek(self, trainer: Trainer, place: tuple[int, int], seconds: float) -> bool:
        """Go to a place, for about this long. False when it is not reached yet: call again.

        Raises SpecError for a place that cannot be reached.
        """
        if self._way is None or self._way[0] != place:
            self._way = None
            trainer.check_place(*place)
            self._way = place, self._start(trainer, place)
            self._from = self._way[1].trainer.epoch
        playback = self._way[1]
        try:
            if not playback.go(*place, seconds):
                return False
        except BaseException:
            self.forget()
            raise
        self._way = None
        self._playback = None if playback.place >= (trainer.epoch, trainer.batch) else playback
        return True

    def _start(self, trainer: Trainer, place: tuple[int, int]) -> Playback[Trainer]:
        shown = self._playback
        if shown is not None and shown.place <= place and place[0] - shown.place[0] <= NEAR:
            return shown
        return trainer.playback(*place)

    @property
    def progress(self) -> tuple[int, float] | None:
        """The epoch that is on its way, and the share of the way that is done."""
        if self._way is None:
            return None
        (epoch, _), playback = self._way
        return epoch, (playback.trainer.epoch - self._from) / max(1, epoch - self._from)

    def forward(self, trainer: Trainer, epochs: int, seconds: float) -> int:
        """Replay what is known; gives how many epochs ended. At the newest one the past is left."""
        playback = self.playback
        first, newest = playback.trainer.epoch, (trainer.epoch, trainer.batch)
        playback.go(*min((first + epochs, 0), newest), seconds)
        done = playback.trainer.epoch - first
        if playback.place >= newest:
            self.leave()
        return done

    def forget(self) -> None:
        """Give up the way to another place."""
        self._way = None

    def leave(self) -> None:
        """Show the newest epoch."""
        self._playback = self._way = None
