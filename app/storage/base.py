"""What outlives the server: one record for each id, and the secret from which keys are derived.

This is the interface; `sqlite` implements it. No implementation knows what the records mean.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Log:
    """The first `length` entries of a list that only grows. See `GrowingLog`, which makes them."""

    generation: int
    entries: Sequence[str]
    length: int
    digest: str  # SHA-256 of the entries, in hexadecimal
    bytes: int  # of the entries


class GrowingLog:
    """A list of texts to which its owner, one thread at a time, appends.

    A storage is handed the whole list at each `snapshot` and writes only the entries that it does not have: what is
    kept of a long list costs what is new in it, whatever became of the records before. Another `GrowingLog` under the
    same name replaces the list; it has another generation.
    """

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._generation = secrets.randbelow(2**53)
        self._entries: list[str] = []
        self._bytes = 0
        self._hash = hashlib.sha256()
        for entry in entries:
            self.append(entry)

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, entry: str) -> None:
        """Add one more entry."""
        measured = _measured(entry)
        self._entries.append(entry)
        self._bytes += len(measured)
        self._hash.update(measured)

    def snapshot(self) -> Log:
        """The list as it is now, at no cost: the entries are shared."""
        return Log(self._generation, self._entries, len(self._entries), self._hash.hexdigest(), self._bytes)


def _measured(entry: str) -> bytes:
    data = entry.encode()
    return len(data).to_bytes(8, "little") + data


@dataclass(frozen=True, slots=True)
class Record:
    """Data only, so that nothing that is read back can be executed.

    `facts` is what JSON can hold, without NaN and infinity and without the keys "arrays", "logs" and "shared" at its
    top; `arrays` are the bytes of arrays by name, `logs` lists that only grow. `shared` is content that many records
    may have in common, by a name that no other content has, such as a hash: it is kept once, for as long as one of them
    has it. One that is lost is left out, and nothing else with it. `version` says how to read all of this; it is the
    business of whoever writes records.
    """

    version: int
    facts: Mapping[str, Any]
    arrays: Mapping[str, bytes]
    logs: Mapping[str, Log] = field(default_factory=dict)
    shared: Mapping[str, bytes] = field(default_factory=dict)

    def encode(self, id: str) -> tuple[bytes, bytes, bytes]:
        """The facts with the lengths of arrays and logs, the arrays one after another, and a checksum.

        The checksum covers the id too: a record that has come under another id is not taken for that one's. The entries
        of the logs are not in it, but their digests are; of what is shared the names are. Raises ValueError or
        TypeError for facts that JSON cannot hold.
        """
        lengths = {name: len(value) for name, value in self.arrays.items()}
        logs = {name: [log.generation, log.length, log.digest] for name, log in self.logs.items()}
        shared = {"shared": list(self.shared)} if self.shared else {}
        facts = json.dumps({**self.facts, "arrays": lengths, "logs": logs, **shared}, allow_nan=False).encode()
        data = b"".join(self.arrays.values())
        return facts, data, checksum(id.encode(), facts, data)

    @classmethod
    def decode(
        cls,
        id: str,
        version: int,
        facts: bytes,
        data: bytes,
        expected: bytes,
        entries_of: Callable[[str], Sequence[str]] = lambda _: (),
        shared_of: Callable[[str], bytes | None] = lambda _: None,
    ) -> Self:
        """The record that was encoded so.

        `entries_of` gives the entries of a log by its name, in order, `shared_of` shared content, None where it is
        lost.

        Raises ValueError, TypeError or KeyError for anything else.
        """
        if checksum(id.encode(), facts, data) != expected:
            raise ValueError("its checksum is another")
        known = json.loads(facts)
        arrays, start = {}, 0
        for name, length in known.pop("arrays").items():
            arrays[name] = data[start : start + length]
            start += length
        logs = {}
        for name, (generation, length, digest) in known.pop("logs", {}).items():
            entries = list(entries_of(name))[:length]
            measured = b"".join(map(_measured, entries))
            if hashlib.sha256(measured).hexdigest() != digest:
                raise ValueError(f"its log {name} is incomplete or damaged")
            logs[name] = Log(generation, entries, length, digest, len(measured))
        found = {name: shared_of(name) for name in known.pop("shared", ())}
        shared = {name: content for name, content in found.items() if content is not None}
        return cls(version, known, arrays, logs, shared)


def checksum(*parts: bytes) -> bytes:
    """SHA-256 of the parts, separated by zero bytes."""
    return hashlib.sha256(b"\0".join(parts)).digest()


class Storage(ABC):
    """Keeps the newest record of each id. Lives as long as the server; opened when it is made.

    `put`, `knows`, `holds` and `trouble` are called from the event loop and from training threads and never wait.
    `load`, `sharing`, `set_aside`, `secret` and `close` may wait for the medium, so the event loop calls them on
    another thread.
    Under pressure: a record that is not written yet is replaced by the next one of its id, never queued. A medium that
    refuses costs the keeping, never a session: the log says so once, and writing is tried again.
    """

    in_use: Callable[[], Iterable[str]]
    """Gives the ids that are in memory: their records are not too old, however long ago they were written, and make
    room for no others. Set by the owner of the records, called from any thread."""

    told: Callable[[Collection[str] | None, str], None]
    """Is told in a sentence what has become of the records of these ids, or of all. Set and called as `in_use` is."""

    def __init__(self) -> None:
        self.in_use, self.told = tuple, lambda _ids, _sentence: None

    @property
    @abstractmethod
    def keeps(self) -> bool:
        """False when nothing can be kept; the log says why."""

    @abstractmethod
    def put(self, id: str, record: Record, owner: str | None = None) -> None:
        """Keep this in place of the last record of the id.

        owner: the browser to whose share it counts, "" for all that have no name together. Without one, the owner of
        the record before, or of the session whose id stands before the dot.
        """

    @abstractmethod
    def knows(self, id: str) -> bool:
        """False when `load` would find nothing."""

    @abstractmethod
    def load(self, id: str) -> Record | None:
        """The record that was put last, written or not. None where there is none, or a damaged one."""

    @abstractmethod
    def sharing(self, name: str) -> Sequence[str]:
        """The ids of all records that have shared content of this name."""

    @abstractmethod
    def holds(self, id: str) -> bool:
        """False when what was put last will not outlive the server."""

    @abstractmethod
    def trouble(self, id: str) -> str:
        """A sentence on why a record is not kept, or not any more; "" when it is."""

    @abstractmethod
    def set_aside(self, id: str) -> None:
        """Take a record that cannot be used out of the way: it is not found again and deleted when it is old."""

    @abstractmethod
    def secret(self) -> bytes:
        """`SECRET_BYTES` random bytes, the same for as long as anything is kept."""

    @abstractmethod
    def close(self, seconds: float = 2.0) -> None:
        """Write what waits, for at most so long, and end."""
