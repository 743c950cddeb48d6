"""The timeline of one run executor: the past that is shown, and the runs beside the one that is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tinkernet.app.sessions.command_queue import Apply, Replay, restarts
from tinkernet.app.sessions.edits import AnyEdit, DatasetOf
from tinkernet.app.sessions.kept import MOST, KeptRun, KeptRuns
from tinkernet.app.sessions.moments import check_replay
from tinkernet.app.sessions.past import Past
from tinkernet.app.sessions.snapshot_room import SnapshotRoom
from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import Reset, RunId, Seek, UndoData
from tinkernet.app.wire.events import Seeking
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Trainer
from tinkernet.engine.training.effort import Effort
from tinkernet.engine.training.playback import Playback

PROGRESS_SECONDS = 0.2  # between two words about a way that takes long
IDLE_SECONDS, IDLE_SLICE = 0.05, 0.004  # between slices that grow snapshots again, and how long one is
NOT_KEPT = f"{MOST} runs are kept: the one before this start was not. Remove one to keep the next."


class Timeline:
    """Owned by the training thread that executes the run. What it changes in a trainer, its caller shows."""

    def __init__(self, kept: KeptRuns, room: SnapshotRoom) -> None:
        self.past, self.kept, self._room = Past(), kept, room
        self._to_grow: Trainer | None = None  # its snapshots are missing
        self._growing: tuple[Playback[Trainer], int] | None = None  # and the epoch up to which they are
        self._opening: tuple[Replay, Playback[Trainer]] | None = None
        self._told_at = 0.0
        self._noted: object = None

    def edit(self, trainer: Trainer, change: AnyEdit, make: Callable[[Trainer], bool]) -> tuple[Trainer, bool, str]:
        """Make an edit to what is shown; in the past to a branch.

        make: makes it, and says whether that restarted the run. Gives the trainer from then on, whether it is at
        another start or on another branch, and what has to be said, if anything. Raises what `make` raises, and
        ProtocolError where there is no room for a branch; then nothing has changed.
        """
        shown = self.past.shown(trainer)
        if shown is not trainer:
            if (
                isinstance(change, Apply)
                and not change.restart
                and change.drawing is None
                and change.spec == shown.spec
            ):
                make(shown)
                return trainer, False, ""
            self.kept.check_room()
            old, epoch = self.kept.record(trainer, by_itself=False), shown.epoch
            restarted = make(shown)
            if not restarted:
                trainer.branch(self.past.playback)
            self._leave()
            self.kept.put_aside(old, None if restarted else epoch)
            return shown, True, ""
        aside = self.kept.record(trainer, by_itself=True) if _ends(trainer, change) else None
        restarted = make(trainer)
        said = ""
        if restarted and aside is not None and not self.kept.put_aside(aside):
            said = NOT_KEPT
        if restarted:
            self._leave()
        return trainer, restarted, said

    def _leave(self) -> None:
        """What is shown is another start or another run from now on."""
        self.past.leave()
        self._to_grow = self._growing = None

    def open(self, trainer: Trainer, letter: str, dataset_of: DatasetOf) -> Trainer:
        """The trainer of a kept run; this one is kept, if it has been trained. Raises ProtocolError for none."""
        run = self._run(letter)
        dataset = dataset_of(run.spec)
        if run.spec.data and dataset is None:
            raise ProtocolError(
                "letter", letter, "a run whose data are here", "The data of this run are not here any more."
            )
        found = Trainer.restored(run.spec, run.checkpoint, dataset)
        if run.effort:
            found.effort = Effort(run.effort)
        is_trained = trainer.epoch > 0 or trainer.batch > 0
        self.kept.bring_back(letter, self.kept.record(trainer, by_itself=False) if is_trained else None)
        self._leave()
        if run.snapshots is None:
            self.grow_later(found)
        else:
            found.take_snapshots(run.snapshots)
        return found

    def rename(self, letter: str, name: str) -> None:
        """Name a run. Raises ProtocolError for one that is not there."""
        if letter != self.kept.about.letter:
            self._run(letter)
        self.kept.rename(letter, " ".join(name.split()))

    def remove(self, letter: str) -> None:
        """Forget a run. Raises ProtocolError for one that is not kept."""
        self._run(letter)
        self.kept.remove(letter)

    def _run(self, letter: str) -> KeptRun:
        found = self.kept.get(letter)
        if found is None:
            letters = ", ".join(run.letter for run in self.kept) or "none"
            raise ProtocolError("letter", letter, letters, f"There is no other run {letter}; there are: {letters}.")
        return found

    def seek(self, trainer: Trainer, seek: Seek, seconds: float) -> bool:
        """Show another epoch; False when these seconds did not suffice. Raises SpecError for none of the run."""
        if seek.epoch is None:
            self.past.leave()
            return True
        return self.past.seek(trainer, (seek.epoch, seek.batch), seconds)

    def replay(
        self, trainer: Trainer, way: Replay, settings: Settings, dataset_of: DatasetOf, seconds: float
    ) -> Trainer | None:
        """The trainer at the end of a way that begins at the start of this one; None when the seconds did not suffice.

        Raises ProtocolError or SpecError for a way that costs too much, or that this network cannot go.
        """
        if self._opening is None or self._opening[0] is not way:
            check_replay(way, trainer.spec, len(trainer.dataset), trainer.run, settings)
            run = replace(trainer.run, edits=way.edits)
            self._opening = way, Trainer.replaying(run, dataset_of(trainer.spec))
        playback = self._opening[1]
        try:
            has_arrived = playback.go(way.epoch, way.batch, seconds)
        except BaseException:
            self.forget()
            raise
        if not has_arrived:
            return None
        self.forget()
        return playback.trainer

    def forget(self) -> None:
        """Give up a way to an epoch."""
        self.past.forget()
        self._opening = None

    def progress(self, run: RunId, now: float) -> Seeking | None:
        """What is to be told now of a way that takes long."""
        found = self.past.progress
        if self._opening is not None:
            way, playback = self._opening
            found = way.epoch, playback.trainer.epoch / max(1, way.epoch)
        if found is None or now < self._told_at + PROGRESS_SECONDS:
            return None
        self._told_at = now
        return Seeking(run=run, epoch=found[0], share=found[1])

    # --- snapshots ---

    def note(self, trainer: Trainer) -> None:
        """Count what the snapshots take, where that has changed."""
        now = trainer.snapshots, trainer.snapshots.bytes, self.kept.serial
        if now != self._noted:
            kept = (run.snapshots for run in self.kept)
            self._room.use(self, trainer.snapshots, [each for each in kept if each is not None])
            self._noted = trainer.snapshots, trainer.snapshots.bytes, self.kept.serial

    def grow_later(self, trainer: Trainer) -> None:
        """The trainer comes from a checkpoint, which has no snapshots: they grow again while the run rests."""
        self._to_grow = trainer

    def grow(self, trainer: Trainer, now: float) -> float | None:
        """Grow snapshots a little; the moment to do so again, if there are more to come."""
        if self._to_grow is trainer:
            self._growing = trainer.playback(*trainer.run.begin), trainer.epoch
        self._to_grow = None
        if self._growing is None:
            return None
        playback, until = self._growing  # not beyond: the playback has the edits until then
        if playback.go(until, 0, IDLE_SLICE):
            self._growing = None
            return None
        return now + IDLE_SECONDS


def _ends(trainer: Trainer, change: AnyEdit) -> bool:
    """Whether a change may end a run that has been trained."""
    if trainer.epoch == 0 and trainer.batch == 0:
        return False
    if isinstance(change, Apply):
        diverged = trainer.diverged_at is not None
        return change.restart or diverged or change.drawing is not None or restarts(trainer.spec, change.spec)
    return isinstance(change, Reset) or (isinstance(change, UndoData) and trainer.steps.restarts(change.edit))
