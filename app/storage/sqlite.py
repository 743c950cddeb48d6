"""Storage in one SQLite file, for one server process.

Anybody may `put`; one thread writes, about four times a second at most, and all that has changed in one transaction.
The event loop never waits for the disk. A slow disk costs the memory of one record for each id, and makes what is kept
older. A full or read-only disk costs the keeping only: the log says so once, and writing is tried again.
"""

from __future__ import annotations

import logging
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import SECRET_BYTES, Log, Record, Storage, checksum

log = logging.getLogger(__name__)

FILE = "tinkernet.sqlite"
APPLICATION = 0x544B4E31  # "TKN1": marks a file as one of ours
SCHEMA = 2  # the version of the tables; in version 1 there was no table of logs
LOG_TABLE = (
    "CREATE TABLE IF NOT EXISTS log "
    "(id TEXT, name TEXT, position INTEGER, entry TEXT, PRIMARY KEY (id, name, position)) WITHOUT ROWID"
)
COLUMNS = "id, version, saved_at, facts, arrays, checksum"
GATHER = 0.25  # seconds that a first record waits for others, to be written with them
RETRY = 5.0  # seconds between attempts when the disk refuses
TIDY = 3600.0  # seconds between deletions of what is too old

_FAULTS = (sqlite3.Error, UnicodeDecodeError)  # the second when SQLite's own message quotes damaged text

# Errors after which the file itself may be sound: the fault is with the disk, the folder or a second server.
_NOT_THE_FILE = (
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH,
)  # fmt: skip


class SQLiteStorage(Storage):
    """Opens the file in the folder of these settings, or does without one: then `keeps` is False."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.in_use = tuple
        self._disk = threading.Lock()  # held while the connection is used
        self._connection: sqlite3.Connection | None = None
        self._secret: bytes | None = None
        # By id and name, the generation and length of each log in the file, as far as known. Guarded by `_disk`.
        self._logged: dict[str, dict[str, tuple[int, int]]] = {}

        self._changed = threading.Condition()  # guards the next four; held for bookkeeping only
        self._waiting: dict[str, Record] = {}  # put, and not yet taken by the writer
        self._writing: dict[str, Record] = {}  # taken by the writer, and not yet in the file
        self._ids: set[str] = set()  # in the file
        self._closing = False

        # Owned by the writer's thread.
        self._failing = False  # the disk refused the last attempt
        self._tidied = 0.0  # when old records were deleted last
        self._writer = threading.Thread(target=self._work, name="storage", daemon=True)
        if settings.data_dir:
            self._open(Path(settings.data_dir))
        if self.keeps:
            self._writer.start()

    @property
    def keeps(self) -> bool:
        """False without a file."""
        return self._connection is not None

    def put(self, id: str, record: Record) -> None:
        """Keep this in place of the last record of the id."""
        with self._changed:
            self._waiting[id] = record
            self._changed.notify_all()

    def knows(self, id: str) -> bool:
        """False when `load` would find nothing."""
        with self._changed:
            return id in self._ids or id in self._waiting or id in self._writing

    def load(self, id: str) -> Record | None:
        """The record that was put last. One that is damaged is set aside, and a warning logged."""
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
                if row is None:
                    return None
                entries = _entries(self._connection, id)
            except _FAULTS as error:
                log.warning("A saved session could not be read (%s); it begins anew.", error)
                return None
        try:
            version, facts, data, expected = row
            return Record.decode(id, version, facts, data, expected, lambda name: entries.get(name, []))
        except (ValueError, TypeError, KeyError) as error:
            log.warning("A saved session cannot be used (%s); it is set aside and begins anew.", error)
            self.set_aside(id)
            return None

    def set_aside(self, id: str) -> None:
        """Give the row an id that nobody asks for. It is deleted when it is old."""
        with self._disk:
            if self._connection is not None:
                with suppress(*_FAULTS):
                    _make_log_table(self._connection)
                    with self._connection:
                        self._connection.execute("UPDATE OR REPLACE session SET id = id || '?' WHERE id = ?", (id,))
                        self._connection.execute("DELETE FROM log WHERE id = ? || '?'", (id,))
                        self._connection.execute("UPDATE log SET id = id || '?' WHERE id = ?", (id,))
                self._logged.pop(id, None)
        with self._changed:
            self._ids.discard(id)

    def secret(self) -> bytes:
        """The file's, or one that lives as long as this object."""
        with self._disk:
            if self._secret is None:
                self._secret = self._kept_secret() or secrets.token_bytes(SECRET_BYTES)
            return self._secret

    def close(self, seconds: float = 2.0) -> None:
        """Write what waits, for at most so many seconds, and end."""
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
        """Write all of `_writing` in one transaction. When the disk refuses it, all of it waits again."""
        now, rows, logs = time.time(), [], {}
        for id, record in self._writing.items():
            try:
                rows.append((id, record.version, now, *record.encode(id)))
                logs[id] = record.logs
            except (ValueError, TypeError):  # the others are written all the same
                log.exception("a record could not be encoded")
        try:
            with self._disk:
                assert self._connection is not None
                _make_log_table(self._connection)
                with self._connection:
                    self._connection.executemany(
                        f"INSERT OR REPLACE INTO session ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows
                    )
                    for id, of_id in logs.items():
                        _write_logs(self._connection, id, of_id, self._logged.get(id))
                    dropped = self._tidy(self._connection, now)
                for id, of_id in logs.items():
                    self._logged[id] = {name: (each.generation, each.length) for name, each in of_id.items()}
                for id in dropped:
                    self._logged.pop(id, None)
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
        """Delete what is too old, and the oldest rows of what is too much. Returns the ids that were deleted."""
        dropped: set[str] = set()
        if now - self._tidied >= TIDY:
            self._tidied = now
            # What is in use may not have been written for long, because nothing has changed.
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
        """Open the file. Raises _Unusable for a fault of the file, OSError or sqlite3.Error for any other."""
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
        """The secret in the file. A file without one is given a new one."""
        if self._connection is None:
            return None
        try:
            row = self._connection.execute("SELECT value, checksum FROM secret").fetchone()
            if row is not None and isinstance(row[0], bytes) and checksum(row[0]) == row[1]:
                return row[0]
            if row is not None:
                log.warning("The secret in the file was damaged: sessions' keys are new ones.")
            made = secrets.token_bytes(SECRET_BYTES)
            with self._connection:
                self._connection.execute("DELETE FROM secret")
                self._connection.execute("INSERT INTO secret VALUES (?, ?)", (made, checksum(made)))
            return made
        except _FAULTS as error:
            log.warning("The secret could not be kept (%s): sessions' keys will not outlive this server.", error)
            return None


class _Unusable(Exception):
    """The file cannot be used. The message is the predicate of a sentence with the file as its subject."""


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
            raise _Unusable("belongs to another program")
        if schema not in (1, SCHEMA):
            raise _Unusable(f"was written by another version of Tinkernet ({schema}, this one knows {SCHEMA})")
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise _Unusable(f"is damaged ({found.splitlines()[-1]})")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost the last seconds, never the file
    connection.execute("PRAGMA journal_size_limit = 16000000")
    if new:  # an existing file is not written to, so that it can be read when the disk is full
        connection.executescript(
            f"""
            BEGIN IMMEDIATE;
            CREATE TABLE IF NOT EXISTS session (
                id TEXT PRIMARY KEY, version INTEGER, saved_at REAL, facts BLOB, arrays BLOB, checksum BLOB
            );
            CREATE TABLE IF NOT EXISTS secret (value BLOB, checksum BLOB);
            {LOG_TABLE};
            PRAGMA application_id = {APPLICATION};
            PRAGMA user_version = {SCHEMA};
            COMMIT;
            """
        )
    connection.execute(f"SELECT {COLUMNS} FROM session LIMIT 0")  # an error if the tables have other columns
    connection.execute("SELECT value, checksum FROM secret LIMIT 0")
    if schema != 1:
        connection.execute("SELECT id, name, position, entry FROM log LIMIT 0")


def _make_log_table(connection: sqlite3.Connection) -> None:
    """Bring a file of version 1 to this one. Not before something is written: a full disk must not prevent reading."""
    if connection.execute("PRAGMA user_version").fetchone() == (1,):
        connection.execute(LOG_TABLE)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _write_logs(
    connection: sqlite3.Connection, id: str, logs: Mapping[str, Log], known: Mapping[str, tuple[int, int]] | None
) -> None:
    """Append what the file lacks of the logs of an id. `known` is what it has, None when that is not known."""
    if known is None:
        connection.execute("DELETE FROM log WHERE id = ?", (id,))
        known = {}
    for name, (generation, _) in known.items():
        if name not in logs or logs[name].generation != generation:
            connection.execute("DELETE FROM log WHERE id = ? AND name = ?", (id, name))
    for name, each in logs.items():
        generation, length = known.get(name, (each.generation, 0))
        start = length if generation == each.generation else 0
        rows = ((id, name, position, each.entries[position]) for position in range(start, each.length))
        connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?)", rows)


def _entries(connection: sqlite3.Connection, id: str) -> dict[str, list[str]]:
    """All entries of the logs of an id, in order."""
    found: dict[str, list[str]] = {}
    if connection.execute("PRAGMA user_version").fetchone() == (SCHEMA,):
        query = "SELECT name, entry FROM log WHERE id = ? ORDER BY name, position"
        for name, entry in connection.execute(query, (id,)):
            found.setdefault(name, []).append(str(entry))
    return found


def _delete(connection: sqlite3.Connection, condition: str, value: float) -> set[str]:
    gone = {id for (id,) in connection.execute(f"SELECT id FROM session WHERE {condition}", (value,))}
    for table in ("session", "log"):
        connection.executemany(f"DELETE FROM {table} WHERE id = ?", [(id,) for id in gone])
    return gone


def _bytes_used(connection: sqlite3.Connection) -> int:
    names = ("page_count", "freelist_count", "page_size")
    pages, free, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
    return int((pages - free) * size)


def _set_aside(path: Path) -> Path:
    """Rename the file and its journals. Returns the new path of the file."""
    stem = f"{path.name}.set-aside-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (stem if count == 0 else f"{stem}-{count}" for count in range(1000))
    other = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    for suffix in ("", "-wal", "-shm", "-journal"):
        with suppress(FileNotFoundError):
            os.rename(f"{path}{suffix}", f"{other}{suffix}")
    return other
