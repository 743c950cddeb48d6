"""What outlives the server: one record for each id, and the secret from which keys are derived.

This is the interface; `sqlite` implements it. No implementation knows what the records mean.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Record:
    """Data only, so that nothing that is read back can be executed.

    `facts` is what JSON can hold, without NaN and infinity and without a key "arrays" at its top; `arrays` are the
    bytes of arrays by name. `version` says how to read the two; it is the business of whoever writes records.
    """

    version: int
    facts: Mapping[str, Any]
    arrays: Mapping[str, bytes]

    def encode(self, id: str) -> tuple[bytes, bytes, bytes]:
        """The facts with the lengths of the arrays, the arrays one after another, and a checksum.

        The checksum covers the id too: a record that has come under another id is not taken for that one's. Raises
        ValueError or TypeError for facts that JSON cannot hold.
        """
        lengths = {name: len(value) for name, value in self.arrays.items()}
        facts = json.dumps({**self.facts, "arrays": lengths}, allow_nan=False).encode()
        data = b"".join(self.arrays.values())
        return facts, data, checksum(id.encode(), facts, data)

    @classmethod
    def decode(cls, id: str, version: int, facts: bytes, data: bytes, expected: bytes) -> Self:
        """The record that was encoded so. Raises ValueError, TypeError or KeyError for anything else."""
        if checksum(id.encode(), facts, data) != expected:
            raise ValueError("its checksum is another")
        known = json.loads(facts)
        arrays, start = {}, 0
        for name, length in known.pop("arrays").items():
            arrays[name] = data[start : start + length]
            start += length
        return cls(version, known, arrays)


def checksum(*parts: bytes) -> bytes:
    """SHA-256 of the parts, separated by zero bytes."""
    return hashlib.sha256(b"\0".join(parts)).digest()


class Storage(ABC):
    """Keeps the newest record of each id. Lives as long as the server; opened when it is made.

    `put` and `knows` are called from the event loop and from training threads and never wait. `load`, `set_aside`,
    `secret` and `close` may wait for the medium, so the event loop calls them on another thread.
    Under pressure: a record that is not written yet is replaced by the next one of its id, never queued. A medium that
    refuses costs the keeping, never a session: the log says so once, and writing is tried again.
    """

    in_use: Callable[[], Iterable[str]]
    """Gives the ids that are in memory: their records are not too old, however long ago they were written. Set by the
    owner of the records, called from any thread."""

    @property
    @abstractmethod
    def keeps(self) -> bool:
        """False when nothing can be kept; the log says why."""

    @abstractmethod
    def put(self, id: str, record: Record) -> None:
        """Keep this in place of the last record of the id."""

    @abstractmethod
    def knows(self, id: str) -> bool:
        """False when `load` would find nothing."""

    @abstractmethod
    def load(self, id: str) -> Record | None:
        """The record that was put last, written or not. None where there is none, or a damaged one."""

    @abstractmethod
    def set_aside(self, id: str) -> None:
        """Take a record that cannot be used out of the way: it is not found again and deleted when it is old."""

    @abstractmethod
    def secret(self) -> bytes:
        """`SECRET_BYTES` random bytes, the same for as long as anything is kept."""

    @abstractmethod
    def close(self, seconds: float = 2.0) -> None:
        """Write what waits, for at most so long, and end."""
