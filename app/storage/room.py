"""How much room each record takes in the file, whose it is, and which records make room for others.

Policy only: it knows nothing of a file. Records whose ids differ only after a dot belong together, such as a session
and who may use it. They are deleted together, so that no part of a session outlives the rest.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

PAGE = 4096  # bytes; the file gives a larger record whole pages of its own
ROW_BYTES, ENTRY_BYTES = 200, 60  # that the file adds to each record, and to each entry of a log
OWN, FULL = "own", "full"  # why a record makes room: its browser has reached its share, or the file is full
AGE, LOST = "age", "lost"  # why a record was deleted, besides
SPARE = 0.05  # of the room, which is cleared beyond what is needed: one more record does not need a search again


@dataclass(frozen=True, slots=True)
class Row:
    """One record in the file. `owner` is "" for browsers without a name, None where it is not known."""

    bytes: int
    saved_at: float  # seconds on the storage's own clock
    owner: str | None


class NoRoom(Exception):
    """No deletion that is allowed makes room. The message is a sentence that names the limit."""


def stem_of(id: str) -> str:
    """What the ids of records that belong together have in common."""
    return id.partition(".")[0]


def size_of(data: int, entries: int, count: int) -> int:
    """Bytes that a record takes in the file: of its facts and arrays, and of `count` entries of logs."""
    own = data + ROW_BYTES
    return (own if own < PAGE // 4 else -(-own // PAGE) * PAGE) + entries + count * ENTRY_BYTES


def not_saved(reason: str) -> str:
    """The sentence for the page of a session that is kept no longer."""
    return f"This session is not saved any more: {reason}. It goes on as long as the server does."


class Room:
    """What is in the file, and what has to go. Its owner guards it."""

    def __init__(self, megabytes: float, megabytes_per_browser: float, days: float = 0.0) -> None:
        self._days = days  # for which a record is kept
        self._most, self._most_per_owner = megabytes * 1e6, megabytes_per_browser * 1e6
        self._rows: dict[str, Row] = {}
        self._used: Counter[str | None] = Counter()  # bytes by owner
        self._before: dict[str, Row | None] = {}  # what has changed since `begin`

    def __contains__(self, id: str) -> bool:
        return id in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    @property
    def used(self) -> int:
        """Bytes of all records."""
        return self._used.total()

    def owner_of(self, id: str) -> str | None:
        """Whose record it is: what is known of it, or of the session to which it belongs."""
        for known in (id, stem_of(id)):
            if known in self._rows and self._rows[known].owner is not None:
                return self._rows[known].owner
        return None

    def put(self, id: str, row: Row) -> None:
        """The record is in the file, in place of the one before."""
        self.remove(id)
        self._before.setdefault(id, None)
        self._rows[id] = row
        self._used[row.owner] += row.bytes

    def remove(self, id: str) -> None:
        """The record is in the file no more."""
        row = self._rows.pop(id, None)
        if row is not None:
            self._before.setdefault(id, row)
            self._used[row.owner] -= row.bytes
            if not self._used[row.owner]:
                del self._used[row.owner]

    def touch(self, id: str, moment: float) -> None:
        """The record is as old as this from now on."""
        self.put(id, replace(self._rows[id], saved_at=moment))

    def rename(self, id: str, other: str) -> None:
        """The record has another id from now on."""
        if id in self._rows:
            row = self._rows[id]
            self.remove(id)
            self.put(other, row)

    def begin(self) -> None:
        """From here on all can be taken back."""
        self._before = {}

    def roll_back(self) -> None:
        """Take back what was put and removed since `begin`."""
        before, self._before = self._before, {}
        for id, row in before.items():
            if row is None:
                self.remove(id)
            else:
                self.put(id, row)

    def limit(self, why: str) -> str:
        """The part of a sentence that names the limit for which a record has to go."""
        if why == OWN:
            most = f"{self._most_per_owner / 1e6:g} MB (TINKERNET_KEEP_MEGABYTES_PER_BROWSER)"
            return f"what one browser has saved has reached {most}; a table counts in each session that has it"
        return f"what is saved has reached {self._most / 1e6:g} MB (TINKERNET_KEEP_MEGABYTES)"

    def reason(self, why: str) -> str:
        """The part of a sentence that says why records were deleted."""
        if why == AGE:
            return f"nobody had opened them for {self._days:g} days (TINKERNET_KEEP_DAYS)"
        return self.limit(why) if why in (OWN, FULL) else "the file was damaged while the server ran"

    def make(self, id: str, row: Row, in_use: Collection[str]) -> dict[str, str]:
        """The records to delete before this one may be written, each with the reason; usually none.

        A browser that has reached its share loses its own oldest. When the file is full, the browser that takes most
        loses its oldest. `in_use` are the stems of what is in memory, which is never deleted.
        Raises NoRoom when that does not suffice; then nothing is to be deleted.
        """
        old = self._rows.get(id)
        before = old.bytes if old else 0
        kept = {stem_of(id), *in_use}
        gone: dict[str, str] = {}
        own = self._used[row.owner] + row.bytes - (before if old and old.owner == row.owner else 0)
        if row.owner is not None and own > self._most_per_owner:
            wanted, needed = own - (1 - SPARE) * self._most_per_owner, own - self._most_per_owner
            gone = dict.fromkeys(self._oldest(wanted, needed, kept, row.owner), OWN)
            if not gone and row.bytes > before:
                raise NoRoom(self.limit(OWN))
        over = self.used - before + row.bytes - self._bytes(gone) - self._most
        if over > 0:
            more = self._of_the_greediest(over, kept, gone)
            if not more and row.bytes > before:
                raise NoRoom(self.limit(FULL))
            gone |= dict.fromkeys(more, FULL)
        return gone

    def older_than(self, moment: float, in_use: Collection[str]) -> list[str]:
        """The records of which no part was saved since that moment, without what is in memory."""
        old = (ids for _, ids in self._resting(in_use) if self._saved_at(ids) < moment)
        return [id for ids in old for id in ids]

    def _resting(self, in_use: Collection[str]) -> list[tuple[str | None, list[str]]]:
        """Owner and ids of all that belongs together and is not in memory, the oldest first."""
        found: dict[str, list[str]] = {}
        for id in self._rows:
            if (stem := stem_of(id)) not in in_use:
                found.setdefault(stem, []).append(id)
        return [(self.owner_of(ids[0]), ids) for ids in sorted(found.values(), key=self._saved_at)]

    def _oldest(self, wanted: float, needed: float, in_use: Collection[str], owner: str) -> list[str]:
        """The oldest records of an owner, of `wanted` bytes if there are so many; [] if not even of `needed`."""
        gone: list[str] = []
        freed = 0
        for whose, ids in self._resting(in_use):
            if whose == owner and freed < wanted:
                gone += ids
                freed += self._bytes(ids)
        return gone if freed >= needed else []

    def _of_the_greediest(self, needed: float, in_use: Collection[str], gone: Collection[str]) -> list[str]:
        """The oldest records of whoever takes most, again and again until there is room; [] if there never is."""
        left: dict[str | None, list[list[str]]] = {}
        for owner, ids in reversed(self._resting(in_use)):
            if ids[0] not in gone:
                left.setdefault(owner, []).append(ids)
        greediest = [(-self._used[owner], number, owner) for number, owner in enumerate(left)]
        heapq.heapify(greediest)
        found: list[str] = []
        freed, wanted = 0, needed + SPARE * self._most
        while freed < wanted and greediest:
            takes, number, owner = heapq.heappop(greediest)
            ids = left[owner].pop()
            found += ids
            freed += self._bytes(ids)
            if left[owner]:
                heapq.heappush(greediest, (takes + self._bytes(ids), number, owner))
        return found if freed >= needed else []

    def _bytes(self, ids: Iterable[str]) -> int:
        return sum(self._rows[id].bytes for id in ids)

    def _saved_at(self, ids: Iterable[str]) -> float:
        return max(self._rows[id].saved_at for id in ids)
