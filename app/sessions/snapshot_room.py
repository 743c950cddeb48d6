"""What the snapshots of all sessions may take together: those that were used longest ago go first."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from tinkernet.engine.training.snapshots import BYTES, Snapshots

SESSION_BYTES = BYTES
SERVER_BYTES = 256 * 2**20
KEPT_BYTES = SESSION_BYTES // 16  # of each run that is kept beside the one that is shown


class SnapshotRoom:
    """Shared by all sessions of a server; called from any thread, and holds none of them in memory.

    Under pressure: sessions keep nothing but the first snapshot of each run. They still find every epoch, from there.
    """

    def __init__(self, most: int = SERVER_BYTES) -> None:
        self._lock = threading.Lock()
        self._most = most
        self._used: WeakKeyDictionary[object, tuple[list[Snapshots], int]] = WeakKeyDictionary()  # the last used last

    def use(self, owner: object, shown: Snapshots, kept: Iterable[Snapshots] = ()) -> None:
        """These are what a session has now: of the run that is shown, and of those beside it."""
        others = list(kept)
        for each in others:
            each.limit(KEPT_BYTES)
        shown.limit(SESSION_BYTES - sum(each.bytes for each in others))
        size = shown.bytes + sum(each.bytes for each in others)
        with self._lock:
            self._used.pop(owner, None)
            self._used[owner] = [shown, *others], size
            total = sum(size for _, size in self._used.values())
            for other, (sets, size) in list(self._used.items()):
                if total <= self._most or other is owner:
                    break
                for each in sets:
                    each.limit(0)
                del self._used[other]
                total -= size
