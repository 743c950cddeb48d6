"""The SQLite file: its tables, what is read and written, and whether somebody else has touched it."""

from __future__ import annotations

import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tinkernet.app.storage.base import SECRET_BYTES, Log, Record, checksum
from tinkernet.app.storage.room import Row, size_of

log = logging.getLogger(__name__)

FILE = "tinkernet.sqlite"
JOURNALS = ("-wal", "-shm", "-journal")
APPLICATION = 0x544B4E31  # "TKN1": marks a file as one of ours
SCHEMA = 2  # the version of the tables; in version 1 there was no table of logs
COLUMNS = "id, version, saved_at, facts, arrays, checksum"
SESSION_TABLE = (
    "CREATE TABLE IF NOT EXISTS session "
    "(id TEXT PRIMARY KEY, version INTEGER, saved_at REAL, facts BLOB, arrays BLOB, checksum BLOB)"
)
SECRET_TABLE = "CREATE TABLE IF NOT EXISTS secret (value BLOB, checksum BLOB)"
LOG_TABLE = (
    "CREATE TABLE IF NOT EXISTS log "
    "(id TEXT, name TEXT, position INTEGER, entry TEXT, PRIMARY KEY (id, name, position)) WITHOUT ROWID"
)
# Beside the tables of the schema, so that a release that does not know them can read the file all the same.
MORE_TABLES = (
    "CREATE TABLE IF NOT EXISTS owner (id TEXT PRIMARY KEY, name TEXT)",
    "CREATE TABLE IF NOT EXISTS dropped (id TEXT PRIMARY KEY, why TEXT)",  # in the order of their deletion
    "CREATE TABLE IF NOT EXISTS clock (counted REAL, wall REAL)",
    # Content that records share, and which records: what none has any more is deleted.
    "CREATE TABLE IF NOT EXISTS shared (name TEXT PRIMARY KEY, content BLOB)",
    "CREATE TABLE IF NOT EXISTS sharing (id TEXT, name TEXT, PRIMARY KEY (id, name)) WITHOUT ROWID",
)
MOST_DROPPED = 5000  # ids of deleted records that are remembered

FAULTS = (sqlite3.Error, UnicodeDecodeError)  # the second when SQLite's own message quotes damaged text

# Errors after which the file itself may be sound: the fault is with the disk, the folder or a second server.
_NOT_THE_FILE = (
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH,
)  # fmt: skip

RowValues: TypeAlias = tuple[str, int, float, bytes, bytes, bytes]
"""The values of COLUMNS."""


class Written(NamedTuple):
    """What the file has of a record beside its row: most often it is the same in the next one."""

    logs: Mapping[str, tuple[int, int]]  # generation and length of each, by name
    owner: str | None  # None where that is not known
    shared: Set[str] | None  # the names, None where they are not known


class Unusable(Exception):
    """The file cannot be used. The message is the predicate of a sentence with the file as its subject."""


class SQLiteFile:
    """One open file, locked for this process. Its owner sees to it that one thread uses it at a time.

    Raises Unusable for a fault of the file, OSError or sqlite3.Error for any other.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._has_all_tables = False  # as far as known
        self._written: dict[str, Written] = {}  # by id, as far as known
        if path.exists() and not path.is_file():
            raise Unusable("is not a file")
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)
        self.connection = sqlite3.connect(path, timeout=1.0, check_same_thread=False)
        try:
            _prepare(self.connection)
            self._tables = {name for (name,) in self.connection.execute("SELECT name FROM sqlite_master")}
        except FAULTS as error:
            self.connection.close()
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
            if code & 0xFF in _NOT_THE_FILE and code != sqlite3.SQLITE_IOERR_SHORT_READ:
                raise
            raise Unusable(f"cannot be read ({error})") from error
        except Unusable:
            self.connection.close()
            raise
        self._seen, self._is_sound = self._looks(), True

    def close(self) -> None:
        """End. What is written is on its way to the disk."""
        self.connection.close()

    # --- whether it is still the same ---

    def note(self) -> None:
        """Take the file as it looks now for what this process has made of it."""
        self._seen = self._looks()

    @property
    def is_anothers(self) -> bool:
        """Whether it, or its journal, was removed, replaced, truncated or written to since `note`, by somebody else."""
        return not self._is_sound or self._seen != self._looks()

    def distrust(self, error: sqlite3.Error) -> None:
        """After this error of a file that was sound. If it says that the file is damaged, that is somebody else's."""
        code = getattr(error, "sqlite_errorcode", 0)
        damaged = code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        self._is_sound &= not damaged and code != sqlite3.SQLITE_IOERR_SHORT_READ

    def _looks(self) -> list[tuple[int, int, int, int] | None]:
        found: list[tuple[int, int, int, int] | None] = []
        for suffix in ("", "-wal"):
            try:
                now = os.stat(f"{self.path}{suffix}")
                found.append((now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns))
            except OSError:
                found.append(None)
        return found

    # --- what it holds ---

    def rows(self) -> dict[str, Row]:
        """All records by their id."""
        entries: dict[str, tuple[int, int]] = {}
        if "log" in self._tables:
            query = "SELECT id, sum(length(CAST(entry AS BLOB))), count(*) FROM log GROUP BY id"
            entries = {id: (size or 0, count) for id, size, count in self.connection.execute(query)}
        owners: dict[str, str | None] = {}
        if "owner" in self._tables:
            owners = dict(self.connection.execute("SELECT id, name FROM owner"))
        shared: dict[str, int] = {}
        if "sharing" in self._tables:
            query = "SELECT id, sum(length(content)) FROM sharing JOIN shared USING (name) GROUP BY id"
            shared = dict(self.connection.execute(query))
        query = "SELECT id, ifnull(length(facts), 0) + ifnull(length(arrays), 0), saved_at FROM session"
        return {
            id: Row(size_of(size, *entries.get(id, (0, 0))) + shared.get(id, 0), float(saved_at or 0.0), owners.get(id))
            for id, size, saved_at in self.connection.execute(query)
        }

    def read(self, id: str) -> Record | None:
        """A record, or None where there is none. Raises ValueError, TypeError or KeyError for a damaged one."""
        found = self.connection.execute(f"SELECT {COLUMNS} FROM session WHERE id = ?", (id,)).fetchone()
        if found is None:
            return None
        _, version, _, facts, data, expected = found
        entries = self._entries(id)
        return Record.decode(id, version, facts, data, expected, lambda name: entries.get(name, []), self._shared)

    def _shared(self, name: str) -> bytes | None:
        if "shared" not in self._tables:
            return None
        row = self.connection.execute("SELECT content FROM shared WHERE name = ?", (name,)).fetchone()
        return row[0] if row is not None and isinstance(row[0], bytes) else None

    def sharing(self, name: str) -> list[str]:
        """The ids of the records that have this shared content."""
        if "sharing" not in self._tables:
            return []
        return [id for (id,) in self.connection.execute("SELECT id FROM sharing WHERE name = ?", (name,))]

    def _entries(self, id: str) -> dict[str, list[str]]:
        """All entries of the logs of an id, in order."""
        found: dict[str, list[str]] = {}
        if "log" in self._tables:
            query = "SELECT name, entry FROM log WHERE id = ? ORDER BY name, position"
            for name, entry in self.connection.execute(query, (id,)):
                found.setdefault(name, []).append(str(entry))
        return found

    def dropped(self) -> dict[str, str]:
        """The ids of records that were deleted, the last ones last, and why."""
        if "dropped" not in self._tables:
            return {}
        return dict(self.connection.execute("SELECT id, why FROM dropped ORDER BY rowid"))

    def clock(self) -> tuple[float, float] | None:
        """What the storage's clock and the machine's said when something was written last."""
        if "clock" not in self._tables:
            return None
        found = self.connection.execute("SELECT counted, wall FROM clock").fetchone()
        return None if found is None else (float(found[0]), float(found[1]))

    def secret(self) -> bytes | None:
        """The secret, None where there is none. Raises ValueError for a damaged one."""
        row = self.connection.execute("SELECT value, checksum FROM secret").fetchone()
        if row is not None and (not isinstance(row[0], bytes) or checksum(row[0]) != row[1]):
            raise ValueError("the secret is damaged")
        return None if row is None else row[0]

    def kept_secret(self) -> bytes | None:
        """The secret. A file without one is given a new one; None where that is not possible."""
        try:
            try:
                kept = self.secret()
            except ValueError:
                log.warning("The secret in the file was damaged: sessions' keys are new ones.")
                kept = None
            if kept is None:
                kept = secrets.token_bytes(SECRET_BYTES)
                with self.connection:
                    self.put_secret(kept)
            return kept
        except FAULTS as error:
            log.warning("The secret could not be kept (%s): sessions' keys will not outlive this server.", error)
            return None

    # --- what is written; each within a transaction of the caller ---

    def make_tables(self) -> None:
        """Bring an older file to this one. Not before something is written: a full disk must not prevent reading."""
        if self._has_all_tables:
            return
        if self.connection.execute("PRAGMA user_version").fetchone() == (1,):
            self.connection.execute(LOG_TABLE)
            self.connection.execute(f"PRAGMA user_version = {SCHEMA}")
        for table in MORE_TABLES:
            self.connection.execute(table)
        self._tables |= {"log", "owner", "dropped", "clock", "shared", "sharing"}
        self._has_all_tables = True

    def put_secret(self, secret: bytes) -> None:
        """Keep this secret in place of any other."""
        self.connection.execute("DELETE FROM secret")
        self.connection.execute("INSERT INTO secret VALUES (?, ?)", (secret, checksum(secret)))

    def put_clock(self, counted: float, wall: float) -> None:
        """Keep the time."""
        self.connection.execute("DELETE FROM clock")
        self.connection.execute("INSERT INTO clock VALUES (?, ?)", (counted, wall))

    def put(
        self, values: RowValues, owner: str | None, logs: Mapping[str, Log], shared: Mapping[str, bytes] | None = None
    ) -> None:
        """Write a record in place of the one before, and of all else only what the file lacks."""
        # Each statement gives up Python's lock and waits for it anew: a run that has only trained on costs one.
        id, shared = values[0], shared or {}
        self.connection.execute(f"INSERT OR REPLACE INTO session ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", values)
        known = self._written.pop(id, None)
        if known is None:
            self.connection.execute("DELETE FROM dropped WHERE id = ?", (id,))
            self.connection.execute("DELETE FROM log WHERE id = ?", (id,))
            known = Written({}, None, None)
        if owner is not None and owner != known.owner:
            self.connection.execute("INSERT OR REPLACE INTO owner VALUES (?, ?)", (id, owner))
        for name, (generation, _) in known.logs.items():
            if name not in logs or logs[name].generation != generation:
                self.connection.execute("DELETE FROM log WHERE id = ? AND name = ?", (id, name))
        for name, each in logs.items():
            generation, length = known.logs.get(name, (each.generation, 0))
            start = length if generation == each.generation else 0
            rows = [(id, name, position, each.entries[position]) for position in range(start, each.length)]
            if rows:
                self.connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?)", rows)
        if shared.keys() != known.shared:
            self._share(id, shared)
        lengths = {name: (each.generation, each.length) for name, each in logs.items()}
        self._written[id] = Written(lengths, known.owner if owner is None else owner, frozenset(shared))

    def _share(self, id: str, shared: Mapping[str, bytes]) -> None:
        before = {name for (name,) in self.connection.execute("SELECT name FROM sharing WHERE id = ?", (id,))}
        for name in shared.keys() - before:
            if self._shared(name) is None:
                self.connection.execute("INSERT OR REPLACE INTO shared VALUES (?, ?)", (name, shared[name]))
            self.connection.execute("INSERT INTO sharing VALUES (?, ?)", (id, name))
        self._unshare([(id, name) for name in before - shared.keys()])

    def _unshare(self, pairs: list[tuple[str, str]]) -> None:
        """Let go of shared content, which is deleted where no other record has it."""
        self.connection.executemany("DELETE FROM sharing WHERE id = ? AND name = ?", pairs)
        unused = "DELETE FROM shared WHERE name = ? AND NOT EXISTS (SELECT 1 FROM sharing WHERE name = shared.name)"
        self.connection.executemany(unused, [(name,) for _, name in pairs])

    def copy(self, other: SQLiteFile, id: str) -> bool:
        """Take over a record of another file. False when it is not there, or damaged."""
        try:
            record = other.read(id)
            values = other.connection.execute(f"SELECT {COLUMNS} FROM session WHERE id = ?", (id,)).fetchone()
            owner = other.connection.execute("SELECT name FROM owner WHERE id = ?", (id,)).fetchone()
        except (ValueError, TypeError, KeyError, *FAULTS):
            return False
        if record is None:
            return False
        self.put(values, owner and owner[0], record.logs, record.shared)
        return True

    def touch(self, ids: Iterable[str], counted: float) -> None:
        """Take these records for saved at this moment."""
        self.connection.executemany("UPDATE session SET saved_at = ? WHERE id = ?", [(counted, id) for id in ids])

    def delete(self, ids: Iterable[str]) -> None:
        """Delete records."""
        for id in ids:
            for table in ("session", "log", "owner"):
                self.connection.execute(f"DELETE FROM {table} WHERE id = ?", (id,))
            self._written.pop(id, None)
            if "sharing" in self._tables:
                self._unshare(list(self.connection.execute("SELECT id, name FROM sharing WHERE id = ?", (id,))))

    def drop(self, dropped: Mapping[str, str]) -> None:
        """Remember of these records why there is nothing of them any more."""
        if not dropped:
            return
        self.connection.executemany("INSERT OR REPLACE INTO dropped VALUES (?, ?)", dropped.items())
        newest = "SELECT rowid FROM dropped ORDER BY rowid DESC LIMIT ?"
        self.connection.execute(f"DELETE FROM dropped WHERE rowid NOT IN ({newest})", (MOST_DROPPED,))

    def set_aside(self, id: str) -> None:
        """Give a record an id that nobody asks for."""
        self.connection.execute("UPDATE OR REPLACE session SET id = id || '?' WHERE id = ?", (id,))
        self.connection.execute("DELETE FROM log WHERE id = ? || '?'", (id,))
        self.connection.execute("UPDATE log SET id = id || '?' WHERE id = ?", (id,))
        self.connection.execute("UPDATE OR REPLACE sharing SET id = id || '?' WHERE id = ?", (id,))
        self.forget_written()

    def forget_written(self) -> None:
        """After a transaction that failed: what the file has is not known. The next records bring all of it."""
        self._written.clear()


def _prepare(connection: sqlite3.Connection) -> None:
    """Lock the file, check that it is ours and not damaged, and make the tables of a new one."""
    # Two servers with one file would overwrite each other's records. The lock ends with the process.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.text_factory = lambda text: text.decode(errors="replace")  # a damaged id is never asked for
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    new = (application, schema, tables) == (0, 0, 0)
    if not new:
        if application != APPLICATION:
            raise Unusable("belongs to another program")
        if schema not in (1, SCHEMA):
            raise Unusable(f"was written by another version of Tinkernet ({schema}, this one knows {SCHEMA})")
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise Unusable(f"is damaged ({found.splitlines()[-1]})")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the last seconds, never the file
    connection.execute("PRAGMA journal_size_limit = 16000000")
    if new:  # an existing file is not written to, so that it can be read when the disk is full
        tables = ";".join((SESSION_TABLE, SECRET_TABLE, LOG_TABLE, *MORE_TABLES))
        marks = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA};"
        connection.executescript(f"BEGIN IMMEDIATE; {tables}; {marks} COMMIT;")
    connection.execute(f"SELECT {COLUMNS} FROM session LIMIT 0")  # an error if the tables have other columns
    connection.execute("SELECT value, checksum FROM secret LIMIT 0")
    if schema != 1:
        connection.execute("SELECT id, name, position, entry FROM log LIMIT 0")


def replaced(
    path: Path, old: SQLiteFile | None, fill: Callable[[SQLiteFile], set[str]]
) -> tuple[SQLiteFile, set[str], Path | None]:
    """A new file in the place of one that cannot be trusted any more, complete before it takes that place.

    Returns it, what `fill` returned, and where that is which was in its place, if anything was. Raises Unusable,
    OSError or sqlite3.Error; `old` can be used on unless it has been closed.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    for suffix in ("", *JOURNALS):
        Path(f"{fresh}{suffix}").unlink(missing_ok=True)
    made = SQLiteFile(fresh)
    try:
        with made.connection:
            filled = fill(made)
    finally:
        made.close()
    aside = set_aside(path) if path.exists() else None
    if old is not None:
        with suppress(*FAULTS):
            old.close()  # which may take its journal away: not after the new one has a journal of that name
    os.rename(fresh, path)
    return SQLiteFile(path), filled, aside


def newest(dropped: dict[str, str]) -> dict[str, str]:
    """As many of the records that were deleted as are remembered."""
    return dict(list(dropped.items())[-MOST_DROPPED:]) if len(dropped) > MOST_DROPPED else dropped


def set_aside(path: Path) -> Path:
    """Rename the file and its journals. Returns the new path of the file."""
    stem = f"{path.name}.set-aside-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (stem if count == 0 else f"{stem}-{count}" for count in range(1000))
    other = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    for suffix in ("", *JOURNALS):
        with suppress(FileNotFoundError):
            os.rename(f"{path}{suffix}", f"{other}{suffix}")
    return other
