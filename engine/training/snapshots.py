"""States of a run at some of its epochs: from the nearest one any epoch is computed again in little time.

A snapshot is all that a checkpoint holds but the loss rows and the edits. Snapshots are of epochs apart by `stride`,
which depends on the network alone, not on a clock. When they need more bytes than allowed, every second one goes and
the stride doubles; the first one always stays.
"""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

BYTES = 8 * 2**20
"""What the snapshots of one run may take, unless told otherwise."""

_OVERHEAD = 2_000  # bytes of a snapshot beside its arrays
_SHARE = 0.01  # of the time of training that taking snapshots may cost, by estimates
_SECONDS, _SECONDS_OF_PARAMETER = 40e-6, 10e-9  # to take one


class Snapshot(NamedTuple):
    """The state at an epoch, before any edit of that epoch that is not among the first `edits` of the run."""

    epoch: int
    state: Mapping[str, Any]
    edits: int


class Snapshots:
    """The snapshots of one run. `first` is of the epoch where the run begins.

    Filled by the trainer of the run, and by those that compute an epoch of it again; `limit` from any thread.
    Under pressure: with more than `allowed` bytes every second one is dropped, never the first.
    """

    def __init__(self, first: Snapshot, stride: int, allowed: int = BYTES) -> None:
        self._lock = threading.Lock()
        self._kept, self._bytes = [first], _size(first)
        self._stride = self._closest = stride
        self._allowed = allowed

    def next_epoch(self, epoch: int) -> int:
        """The first epoch after this one of which a snapshot is wanted."""
        begin = self._kept[0].epoch
        return begin + ((epoch - begin) // self._stride + 1) * self._stride

    @property
    def epochs(self) -> list[int]:
        """The epochs of which there are snapshots, in order."""
        return [each.epoch for each in self._kept]

    @property
    def bytes(self) -> int:
        """What they take, about."""
        return self._bytes

    def add(self, snapshot: Snapshot) -> None:
        """Keep one of such an epoch, unless there is one; make room by keeping every second one only."""
        with self._lock:
            place = bisect_left(self._kept, snapshot.epoch, key=_epoch)
            is_there = place < len(self._kept) and self._kept[place].epoch == snapshot.epoch
            if is_there or (snapshot.epoch - self._kept[0].epoch) % self._stride:
                return
            self._kept.insert(place, snapshot)
            self._bytes += _size(snapshot)
            self._thin()

    def limit(self, allowed: int) -> None:
        """Allow them so many bytes from now on. Where that is more than before, the next are close together again."""
        if allowed == self._allowed:
            return
        with self._lock:
            if allowed > self._allowed:
                self._stride = self._closest
            self._allowed = allowed
            self._thin()

    def _thin(self) -> None:
        while self._bytes > self._allowed and len(self._kept) > 1:
            self._stride *= 2
            begin = self._kept[0].epoch
            self._kept = [each for each in self._kept if (each.epoch - begin) % self._stride == 0]
            self._bytes = sum(map(_size, self._kept))

    def nearest(self, epoch: int) -> Snapshot:
        """The last one that is not after an epoch."""
        kept = self._kept
        return kept[bisect_right(kept, epoch, key=_epoch) - 1]

    def until(self, epoch: int) -> Self:
        """A copy for a run that goes its own way from an epoch on."""
        copy = type(self)(self._kept[0], self._closest, self._allowed)
        for each in self._kept[1:]:
            if each.epoch <= epoch:
                copy.add(each)
        return copy


def stride_of(parameters: int, epoch_seconds: float) -> int:
    """Epochs between snapshots of a network whose epochs are estimated to take so long: a power of two."""
    wanted = _SECONDS + parameters * _SECONDS_OF_PARAMETER
    allowed = _SHARE * epoch_seconds
    stride = 1
    while stride * allowed < wanted:
        stride *= 2
    return stride


def _size(snapshot: Snapshot) -> int:
    return _OVERHEAD + sum(len(value) for value in snapshot.state.values() if isinstance(value, bytes))


def _epoch(snapshot: Snapshot) -> int:
    return snapshot.epoch
