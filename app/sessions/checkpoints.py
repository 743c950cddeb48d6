"""When a run is kept, and what of its log has been kept already."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tinkernet.app.sessions.saved import SavedRun
from tinkernet.app.storage.base import GrowingLog, Log
from tinkernet.engine import Trainer

SECONDS = 0.75  # between checkpoints; with the wait for a turn and the writing, less than two


class Checkpoints:
    """Those of one run, owned by the training thread that executes it. `keep` takes them; without it none is taken."""

    def __init__(self, keep: Callable[[SavedRun], None] | None) -> None:
        self._keep = keep
        self._kept_version = 0  # of the last one
        self._log = GrowingLog()  # what the trainer has logged since its start, up to the last one
        self._next = 0.0

    def restart(self) -> None:
        """The run is at another start: its log begins anew."""
        self._log = GrowingLog()

    def hurry(self) -> None:
        """The next one is due."""
        self._next = 0.0

    def take(
        self, now: float, version: int, trainer: Trainer, saved: Callable[[Trainer, Mapping[str, Any], Log], SavedRun]
    ) -> float | None:
        """Hand over a checkpoint when there is something new and it is time. When it is not, the moment it will be."""
        if self._keep is None or self._kept_version == version:
            return None
        if now < self._next:
            return self._next
        self._next, self._kept_version = now + SECONDS, version
        checkpoint = trainer.checkpoint(since=len(self._log))
        del checkpoint["log_start"]
        for entry in checkpoint.pop("log"):
            self._log.append(json.dumps(entry, allow_nan=False, separators=(",", ":")))
        self._keep(saved(trainer, checkpoint, self._log.snapshot()))
        return None
