"""What outlives the server: the latest checkpoint of every session, and the secret behind its keys. One SQLite file.

Training threads `put`, one thread writes, about once a second and all that changed in one transaction; the event loop
never waits for the disk. Under pressure: a checkpoint not yet written is replaced by the next of its session, never
queued, so a slow disk costs the memory of one checkpoint a session and makes what is kept older. A full or read-only
disk costs the keeping, never the lesson: it is said once, and tried again.

Data only: JSON and the bytes of arrays, under a version and a checksum. Nothing that is read here can run.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tinkernet.app.settings import Settings
from tinkernet.engine import Spec

log = logging.getLogger(__name__)

FILE = "tinkernet.sqlite"
APPLICATION = 0x544B4E31  # "TKN1": how the file says that it is ours
SCHEMA, RECORD = 1, 1  # the versions of the tables and of what is in a row of them
COLUMNS = "id, version, saved_at, facts, arrays, checksum"
GATHER = 0.25  # seconds that a first checkpoint waits for those of other sessions
RETRY = 5.0  # seconds between attempts when the disk does not take it
TIDY = 3600.0  # seconds between looks for what is too old

_FAULTS = (sqlite3.Error, UnicodeDecodeError)  # the second where SQLite's own message quotes what is damaged

# With a file of these there is nothing wrong, only with the disk, the folder or a second server.
_NOT_THE_FILE = (
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Saved:
    """A session as it was at one moment: what it needs to go on as if nothing had happened."""

    spec: Spec
    revision: int
    run: int
    playing: bool
    speed: float | None
    life: int
    checkpoint: Mapping[str, Any]  # of the trainer

    def record(self, id: str) -> tuple[bytes, bytes, bytes]:
        """As it is written: facts in JSON, the arrays' bytes, and a checksum that also says whose they are."""
        arrays = {name: value for name, value in self.checkpoint.items() if isinstance(value, bytes)}
        facts = json.dumps(
            {
                "spec": self.spec.to_dict(),
                **{name: getattr(self, name) for name in _FACTS},
                "numbers": {name: value for name, value in self.checkpoint.items() if name not in arrays},
                "arrays": {name: len(value) for name, value in arrays.items()},
            },
            allow_nan=False,
        ).encode()
        data = b"".join(arrays.values())
        return facts, data, _checksum(id.encode(), facts, data)

    @classmethod
    def read(cls, id: str, version: int, facts: bytes, data: bytes, checksum: bytes) -> Self:
        """What `record` has written. Raises ValueError, TypeError or KeyError for anything else."""
        if version != RECORD:
            raise ValueError(f"it is of version {version}, not {RECORD}")
        if _checksum(id.encode(), facts, data) != checksum:
            raise ValueError("its checksum is another")
        known = json.loads(facts)
        arrays, start = {}, 0
        for name, length in known["arrays"].items():
            arrays[name] = data[start : start + length]
            start += length
        values = {name: known[name] for name in _FACTS}
        return cls(spec=Spec.from_dict(known["spec"]), checkpoint=known["numbers"] | arrays, **values)


_FACTS = ("revision", "run", "playing", "speed", "life")


def _checksum(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\0".join(parts)).digest()


class Store:
    """Opens the file in these settings' folder, or does without: `keeps` says which, a warning in the log says why."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._disk = threading.Lock()  # held while the connection is used
        self._connection: sqlite3.Connection | None = None
        self._secret: bytes | None = None

        self._changed = threading.Condition()  # for the next four; held for bookkeeping only
        self._waiting: dict[str, Saved] = {}
        self._writing: dict[str, Saved] = {}
        self._ids: set[str] = set()
        self._closing = False

        self.in_use: Callable[[], Iterable[str]] = tuple  # the sessions that are open; called on the writer's thread
        self._failing = False
        self._tidied = 0.0
        self._writer = threading.Thread(target=self._work, name="store", daemon=True)
        if settings.data_dir:
            self._open(Path(settings.data_dir))
        if self.keeps:
            self._writer.start()

    @property
    def keeps(self) -> bool:
        """False when everything lives in memory only."""
        return self._connection is not None

    def put(self, id: str, saved: Saved) -> None:
        """Keep this in place of what was kept of the session before. From any thread; never waits for the disk."""
        with self._changed:
            self._waiting[id] = saved
            self._changed.notify_all()

    def knows(self, id: str) -> bool:
        """Whether there is something to `load`; never waits for the disk."""
        with self._changed:
            return id in self._ids or id in self._waiting or id in self._writing

    def load(self, id: str) -> Saved | None:
        """What was kept last, or None where there is nothing or it cannot be used. Waits for the disk."""
        with self._changed:
            newest = self._waiting.get(id) or self._writing.get(id)
        if newest is not None:
            return newest
        with self._disk:
            if self._connection is None:
                return None
            try:
                query = "SELECT version, facts, arrays, checksum FROM session WHERE id = ?"
                row = self._connection.execute(query, (id,)).fetchone()
            except _FAULTS as error:
                log.warning("A saved session could not be read (%s); it begins anew.", error)
                return None
            try:
                return None if row is None else Saved.read(id, *row)
            except (ValueError, TypeError, KeyError) as error:
                log.warning("A saved session cannot be used (%s); it is set aside and begins anew.", error)
                # No session can have this id, so nobody is shown it, and it goes when it is old.
                with suppress(*_FAULTS), self._connection:
                    self._connection.execute("UPDATE OR REPLACE session SET id = id || '?' WHERE id = ?", (id,))
        with self._changed:
            self._ids.discard(id)
        return None

    def secret(self) -> bytes:
        """32 random bytes, the same for as long as the file is."""
        with self._disk:
            if self._secret is None:
                self._secret = self._kept_secret() or secrets.token_bytes(32)
            return self._secret

    def close(self, seconds: float = 2.0) -> None:
        """Write what waits and end, waiting at most this long for the disk."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._writer.is_alive():
            self._writer.join(seconds)

    # --- the writer's thread ---

    def _work(self) -> None:
        closing = False
        while not closing:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._waiting, TIDY)
                self._changed.wait_for(lambda: self._closing, RETRY if self._failing else GATHER)
                self._writing, self._waiting = self._waiting, {}
                closing = self._closing
            self._write()
        with self._disk, suppress(*_FAULTS):
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _write(self) -> None:
        """All of `_writing` in one transaction; back it goes to what waits if the disk does not take it."""
        now, rows = time.time(), []
        for id, saved in self._writing.items():
            try:
                rows.append((id, RECORD, now, *saved.record(id)))
            except (ValueError, TypeError):  # not the others' fault
                log.exception("a session could not be written down")
        try:
            with self._disk:
                assert self._connection is not None
                with self._connection:
                    self._connection.executemany(
                        f"INSERT OR REPLACE INTO session ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows
                    )
                    dropped = self._tidy(self._connection, now)
        except _FAULTS as error:
            if not self._failing:
                log.warning("Sessions cannot be saved just now (%s); everything else goes on.", error)
            self._failing = True
            with self._changed:
                self._waiting, self._writing = self._writing | self._waiting, {}
            return
        if self._failing:
            log.warning("Sessions are saved again.")
        self._failing = False
        with self._changed:
            self._ids = (self._ids | self._writing.keys()) - dropped
            self._writing = {}

    def _tidy(self, connection: sqlite3.Connection, now: float) -> set[str]:
        """Delete what is too old and, of the oldest, what is too much. Returns the ids that went."""
        dropped: set[str] = set()
        if now - self._tidied >= TIDY:
            self._tidied = now
            # One that is open may not have changed for long.
            connection.executemany("UPDATE session SET saved_at = ? WHERE id = ?", [(now, id) for id in self.in_use()])
            dropped |= _delete(connection, "saved_at < ?", now - self._settings.keep_days * 86_400)
        while _bytes_used(connection) > self._settings.keep_megabytes * 1e6:
            (count,) = connection.execute("SELECT count(*) FROM session").fetchone()
            tenth = "id IN (SELECT id FROM session ORDER BY saved_at LIMIT ?)"
            gone = _delete(connection, tenth, 1 + count // 10)
            if not gone:
                break
            dropped |= gone
        return dropped

    # --- the file ---

    def _open(self, folder: Path) -> None:
        try:
            path = folder.expanduser() / FILE
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self._begin(path)
            except _Unusable as reason:
                log.warning("%s %s. It is kept as %s; a new one is begun.", path, reason, _set_aside(path))
                self._begin(path)
        except (OSError, RuntimeError, *_FAULTS, _Unusable) as error:  # RuntimeError: a user without a home
            busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            why = "another Tinkernet has it open; --data-dir names another folder" if busy else error
            log.warning("Sessions are not saved in %s: %s.", folder, str(why).rstrip("."))

    def _begin(self, path: Path) -> None:
        """Raises _Unusable when something is wrong with the file, OSError or sqlite3.Error for anything else."""
        if path.exists() and not path.is_file():
            raise _Unusable("is not a file")
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        connection = sqlite3.connect(path, timeout=1.0, check_same_thread=False)
        try:
            _prepare(connection)
            self._ids = {id for (id,) in connection.execute("SELECT id FROM session")}
        except _FAULTS as error:
            connection.close()
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
            if code & 0xFF in _NOT_THE_FILE and code != sqlite3.SQLITE_IOERR_SHORT_READ:
                raise
            raise _Unusable(f"cannot be read ({error})") from error
        except _Unusable:
            connection.close()
            raise
        self._connection = connection

    def _kept_secret(self) -> bytes | None:
        """The file's, which gets one if it has none."""
        if self._connection is None:
            return None
        try:
            row = self._connection.execute("SELECT value, checksum FROM secret").fetchone()
            if row is not None and isinstance(row[0], bytes) and _checksum(row[0]) == row[1]:
                return row[0]
            if row is not None:
                log.warning("The secret in the file was damaged: sessions' keys are new ones.")
            made = secrets.token_bytes(32)
            with self._connection:
                self._connection.execute("DELETE FROM secret")
                self._connection.execute("INSERT INTO secret VALUES (?, ?)", (made, _checksum(made)))
            return made
        except _FAULTS as error:
            log.warning("The secret could not be kept (%s): sessions' keys will not outlive this server.", error)
            return None


class _Unusable(Exception):
    """What is in the place of the file cannot be used; the message follows its name."""


def _prepare(connection: sqlite3.Connection) -> None:
    """Take hold of the file, look whether it is ours and whole, and make the tables of a new one."""
    # One server a file: two would write over each other's sessions. The system lets go when the process ends.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.text_factory = lambda text: text.decode(errors="replace")  # a damaged id is nobody's, not an error
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    new = (application, schema, tables) == (0, 0, 0)
    if not new:
        if application != APPLICATION:
            raise _Unusable("belongs to another program")
        if schema != SCHEMA:
            raise _Unusable(f"was written by another version of Tinkernet ({schema}, this one knows {SCHEMA})")
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise _Unusable(f"is damaged ({found.splitlines()[-1]})")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the last seconds, never the file
    connection.execute("PRAGMA journal_size_limit = 16000000")
    if new:  # nothing is written to one that is there: on a full disk it can still be read
        connection.executescript(
            f"""
            BEGIN IMMEDIATE;
            CREATE TABLE IF NOT EXISTS session (
                id TEXT PRIMARY KEY, version INTEGER, saved_at REAL, facts BLOB, arrays BLOB, checksum BLOB
            );
            CREATE TABLE IF NOT EXISTS secret (value BLOB, checksum BLOB);
            PRAGMA application_id = {APPLICATION};
            PRAGMA user_version = {SCHEMA};
            COMMIT;
            """
        )
    connection.execute(f"SELECT {COLUMNS} FROM session LIMIT 0")  # an error where the tables are others
    connection.execute("SELECT value, checksum FROM secret LIMIT 0")


def _delete(connection: sqlite3.Connection, condition: str, value: float) -> set[str]:
    gone = {id for (id,) in connection.execute(f"SELECT id FROM session WHERE {condition}", (value,))}
    connection.executemany("DELETE FROM session WHERE id = ?", [(id,) for id in gone])
    return gone


def _bytes_used(connection: sqlite3.Connection) -> int:
    names = ("page_count", "freelist_count", "page_size")
    pages, free, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
    return int((pages - free) * size)


def _set_aside(path: Path) -> Path:
    """Give the file and its journals another name; the new one."""
    stem = f"{path.name}.set-aside-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (stem if count == 0 else f"{stem}-{count}" for count in range(1000))
    other = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            os.rename(f"{path}{suffix}", f"{other}{suffix}")
    return other
