"""Storage in one SQLite file, for one server process.

Anybody may `put`; one thread writes, about four times a second at most, and all that has changed in one transaction.
The event loop never waits for the disk. A slow disk costs the memory of one record for each id, and makes what is kept
older. A full or read-only disk costs the keeping only: the log says so once, and writing is tried again.

What is written when is said in docs/reliability.md, sentence by sentence with a test for each.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import SECRET_BYTES, Record, Storage
from tinkernet.app.storage.clock import DAY, CountedClock
from tinkernet.app.storage.room import AGE, FULL, LOST, NoRoom, Room, Row, not_saved, size_of, stem_of
from tinkernet.app.storage.sqlite_file import FAULTS, FILE, SQLiteFile, Unusable, newest, replaced, set_aside

log = logging.getLogger(__name__)

GATHER = 0.25  # seconds that a first record waits for others, to be written with them
CHECK = 1.0  # seconds between looks at the file, whether somebody else has touched it
RETRY = 5.0  # seconds between attempts when the disk refuses, or there is no room
CLOCK = 60.0  # seconds between entries of the time
TIDY = 3600.0  # seconds between deletions of what is too old
SETTLE = 600.0  # seconds after a start before the first of them
LOG_AGAIN = 60.0  # seconds between lines in the log about deletions for want of room
LINGER = 5.0  # seconds for which the newest record of what is not in memory is held: it may be about to be
UNWRITABLE, MENDED = "its state cannot be written", "Sessions are saved again."


class SQLiteStorage(Storage):
    """Opens the file in the folder of these settings, or does without one: then `keeps` is False."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._disk = threading.Lock()  # held while the file is used
        self._file: SQLiteFile | None = None
        self._path: Path | None = None  # of the file, once it has been opened
        self._secret: bytes | None = None

        self._changed = threading.Condition()  # guards what follows up to `_closing`; held for bookkeeping only
        self._waiting: dict[str, Record] = {}  # put, and not yet taken by the writer
        self._writing: dict[str, Record] = {}  # taken by the writer, and not yet in the file
        self._newest: dict[str, tuple[Record, float]] = {}  # of what is in memory, with the moment of the put
        self._owners: dict[str, str] = {}  # as told with the newest
        self._room = Room(settings.keep_megabytes, settings.keep_megabytes_per_browser, settings.keep_days)
        self._dropped: dict[str, str] = {}  # why there is nothing of an id any more
        self._refused: dict[str, str] = {}  # the reason for which a record is not in the file
        self._failing = ""  # why the disk refused the last attempt
        self._closing = False

        # Owned by the writer's thread.
        self._clock, self._has_clock = CountedClock(), True
        self._next_tidy = time.monotonic() + SETTLE
        self._next_clock = self._next_retry = 0.0
        self._ended = False
        self._logged_at, self._unlogged = -LOG_AGAIN, 0  # deletions for want of room
        self._writer = threading.Thread(target=self._work, name="storage", daemon=True)
        if settings.data_dir:
            self._open(Path(settings.data_dir))
        if self.keeps:
            self._writer.start()

    @property
    def keeps(self) -> bool:
        """False without a file."""
        return self._path is not None

    def put(self, id: str, record: Record, owner: str | None = None) -> None:
        """Keep this in place of the last record of the id."""
        with self._changed:
            self._waiting[id] = record
            self._newest[id] = record, time.monotonic()
            if owner is not None:
                self._owners[id] = owner
            self._changed.notify_all()

    def knows(self, id: str) -> bool:
        """False when `load` would find nothing."""
        with self._changed:
            return id in self._room or id in self._waiting or id in self._writing

    def load(self, id: str) -> Record | None:
        """The record that was put last. One that is damaged is set aside, and a warning logged."""
        with self._changed:
            newest = self._waiting.get(id) or self._writing.get(id)
        if newest is not None:
            return newest
        with self._using() as file:
            if file is None:
                return None
            try:
                found = file.read(id)
            except FAULTS as error:
                log.warning("A saved session could not be read (%s); it begins anew.", error)
                return None
            except (ValueError, TypeError, KeyError) as error:
                log.warning("A saved session cannot be used (%s); it is set aside and begins anew.", error)
                self._set_aside(file, id)
                return None
        if found is not None:
            with self._changed:
                self._newest.setdefault(id, (found, time.monotonic()))
        return found

    def sharing(self, name: str) -> list[str]:
        """The ids of all records that have this shared content, written or not."""
        with self._changed:
            found = {id for id, (record, _) in self._newest.items() if name in record.shared}
        with self._using() as file, suppress(*FAULTS):
            found |= set(file.sharing(name) if file is not None else ())
        return sorted(found)

    def set_aside(self, id: str) -> None:
        """Give the row an id that nobody asks for. It is deleted when it is old."""
        with self._using() as file:
            if file is not None:
                self._set_aside(file, id)

    def _set_aside(self, file: SQLiteFile, id: str) -> None:
        with suppress(*FAULTS):
            file.make_tables()
            with file.connection:
                file.set_aside(id)
        with self._changed:
            self._newest.pop(id, None)
            self._room.rename(id, f"{id}?")

    def holds(self, id: str) -> bool:
        """Whether what was put last is in the file, or waits for the disk only."""
        with self._changed:
            return self.keeps and id not in self._refused

    def trouble(self, id: str) -> str:
        """A sentence on why this is not kept, or not any more; "" when it is."""
        with self._changed:
            if id in self._refused:
                return not_saved(self._refused[id])
            if id in self._dropped and id not in self._waiting:
                reason = self._room.reason(self._dropped[id])
                return f"What was saved of this session was deleted: {reason}. It begins anew."
            return self._failing

    def secret(self) -> bytes:
        """The file's, or one that lives as long as this object."""
        with self._using() as file:
            if self._secret is None:
                self._secret = (file and file.kept_secret()) or secrets.token_bytes(SECRET_BYTES)
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
                self._changed.wait_for(lambda: self._closing or self._waiting, CHECK)
                if self._waiting:
                    self._changed.wait_for(lambda: self._closing, RETRY if self._failing else GATHER)
            with self._using(), self._changed:  # what somebody else has done to the file is noticed first
                self._ask_again()
                self._writing, self._waiting = self._waiting, {}
                closing = self._closing
            self._write()
        with self._disk, suppress(*FAULTS):
            if self._file is not None:
                self._file.close()
            self._file, self._ended = None, True

    def _ask_again(self) -> None:
        """What is in memory and not in the file waits again; the newest of everything else is let go."""
        now, in_use = time.monotonic(), set(map(stem_of, self.in_use()))
        for id, (_, since) in list(self._newest.items()):
            if stem_of(id) not in in_use and now - since > LINGER:
                del self._newest[id]
                self._owners.pop(id, None)
                self._refused.pop(id, None)
        if now >= self._next_retry:
            self._next_retry = now + (RETRY if self._refused else CHECK)
            for id, (record, _) in self._newest.items():
                if (id not in self._room or id in self._refused) and stem_of(id) in in_use:
                    self._waiting.setdefault(id, record)

    def _write(self) -> None:
        """Write all of `_writing` in one transaction. When the disk refuses it, all of it waits again."""
        dropped: dict[str, str] = {}
        refused: dict[str, str] = {}
        try:
            with self._using(strict=True) as file:
                if file is None:
                    raise OSError("the file is gone")
                if self._writing or self._closing or time.monotonic() >= min(self._next_tidy, self._next_clock):
                    self._transact(file, dropped, refused)
        except (OSError, Unusable, *FAULTS) as error:
            failing = f"Sessions cannot be saved just now ({error}); everything else goes on."
            with self._changed:
                self._waiting, self._writing = self._writing | self._waiting, {}
                failing, self._failing = "" if self._failing else failing, self._failing or failing
            if failing:
                log.warning(failing)
                self.told(None, failing)
            return
        with self._changed:
            again = self._refused.keys() & self._writing.keys() - refused.keys()
            newly = {id: reason for id, reason in refused.items() if id not in self._refused}
            for id in self._writing:
                self._refused.pop(id, None)
                if id not in refused:
                    self._dropped.pop(id, None)
            self._refused |= refused
            self._dropped = newest(self._dropped | dropped)
            self._writing = {}
            failed, self._failing = self._failing, ""
        self._say(newly, again, dropped, bool(failed))

    def _transact(self, file: SQLiteFile, dropped: dict[str, str], refused: dict[str, str]) -> None:
        """Write, and note what was deleted or refused, and why."""
        now, in_use = self._clock.now(), set(map(stem_of, self.in_use()))
        file.make_tables()
        with self._changed:
            self._room.begin()
        try:
            with file.connection:
                if not self._has_clock:
                    file.touch(self._room, now)
                for id, record in self._writing.items():
                    try:
                        gone = self._write_one(file, id, record, now, in_use)
                    except NoRoom as error:
                        refused[id] = str(error)
                        continue
                    dropped |= gone
                if time.monotonic() >= self._next_tidy:
                    dropped |= self._tidy(file, now, in_use)
                file.drop(dropped)
                if self._closing or not self._has_clock or time.monotonic() >= self._next_clock:
                    file.put_clock(now, time.time())
                    self._next_clock, self._has_clock = time.monotonic() + CLOCK, True
        except BaseException:
            file.forget_written()
            with self._changed:
                self._room.roll_back()
            raise

    def _write_one(
        self, file: SQLiteFile, id: str, record: Record, now: float, in_use: Collection[str]
    ) -> dict[str, str]:
        """Write one record. Returns what was deleted to make room for it. Raises NoRoom."""
        try:
            facts, data, check = record.encode(id)
        except (ValueError, TypeError) as error:  # the others are written all the same
            if id not in self._refused:
                log.exception("a record could not be encoded")
            raise NoRoom(UNWRITABLE) from error
        entries, count = (sum(getattr(each, name) for each in record.logs.values()) for name in ("bytes", "length"))
        with self._changed:
            owner = self._owners.get(id, self._room.owner_of(id))
            shared = sum(map(len, record.shared.values()))  # by each that has it: it may be the last one
            row = Row(size_of(len(facts) + len(data), entries, count) + shared, now, owner)
            gone = self._room.make(id, row, in_use)
        file.delete(list(gone))
        file.put((id, record.version, now, facts, data, check), owner, record.logs, record.shared)
        with self._changed:
            for each in gone:
                self._room.remove(each)
            self._room.put(id, row)
        return gone

    def _tidy(self, file: SQLiteFile, now: float, in_use: Collection[str]) -> dict[str, str]:
        """Delete what is too old. What is in memory may not have been written for long: nothing has changed in it."""
        self._next_tidy = time.monotonic() + TIDY
        with self._changed:
            used = [id for id in self._room if stem_of(id) in in_use]
            for id in used:
                self._room.touch(id, now)
            old = self._room.older_than(now - self._settings.keep_days * DAY, in_use)
            for id in old:
                self._room.remove(id)
        file.touch(used, now)
        file.delete(old)
        return dict.fromkeys(old, AGE)

    def _say(
        self, refused: Mapping[str, str], again: Collection[str], dropped: Mapping[str, str], mended: bool
    ) -> None:
        """Say what has changed: in the log, and to the pages of a session."""
        if mended:
            log.warning(MENDED)
            self.told(None, MENDED)
        for id, reason in refused.items():
            if reason != UNWRITABLE:  # which the log has already
                log.warning("A session is not saved any more: %s.", reason)
            self.told((id,), not_saved(reason))
        if again:
            self.told(again, "This session is saved again.")
        self._unlogged += len(dropped)
        if self._unlogged and time.monotonic() - self._logged_at >= LOG_AGAIN:
            reasons = {self._room.reason(why) for why in dropped.values()} or {self._room.reason(FULL)}
            log.warning("%d saved records were deleted: %s.", self._unlogged, "; ".join(sorted(reasons)))
            self._logged_at, self._unlogged = time.monotonic(), 0

    # --- the file ---

    @contextmanager
    def _using(self, strict: bool = False) -> Iterator[SQLiteFile | None]:
        """The file, for this thread alone; another one if somebody else has touched it.

        strict: raise OSError, sqlite3.Error or Unusable where that is not possible just now.
        """
        with self._disk:
            is_ours = True
            try:
                self._renew()
            except (OSError, Unusable, *FAULTS):
                if strict:
                    raise
                is_ours = False
            try:
                yield self._file
            except sqlite3.DatabaseError as error:
                if self._file is not None:
                    self._file.distrust(error)
                raise
            finally:
                if self._file is not None and is_ours:
                    self._file.note()

    def _renew(self) -> None:
        """Put a new file in the place of one that somebody else has touched, with all that can be read of it."""
        file, path = self._file, self._path
        if path is None or self._ended or (file is not None and not file.is_anothers):
            return

        def fill(made: SQLiteFile) -> set[str]:
            if self._secret is not None:
                made.put_secret(self._secret)
            made.drop(self._dropped)
            made.put_clock(self._clock.now(), time.time())
            return {id for id in self._room if file is not None and made.copy(file, id)}

        made, copied, aside = replaced(path, file, fill)
        self._file = made
        with self._changed:
            lost = [id for id in self._room if id not in copied]
            for id in lost:
                self._room.remove(id)
            gone = [id for id in lost if id not in self._newest and not id.endswith("?")]
            self._dropped = newest(self._dropped | dict.fromkeys(gone, LOST))
        log.warning(
            "%s was changed, moved or removed by something else.%s A new one is begun with %d of %d records; %s.",
            path, f" What is there now is kept as {aside.name}." if aside else "",
            len(copied), len(copied) + len(lost), f"{len(gone)} are lost, the others are written again from memory",
        )  # fmt: skip

    def _open(self, folder: Path) -> None:
        try:
            path = folder.expanduser() / FILE
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                file = SQLiteFile(path)
            except Unusable as reason:
                log.warning("%s %s. It is kept as %s; a new one is begun.", path, reason, set_aside(path))
                file = SQLiteFile(path)
            self._begin(file)
        except (OSError, RuntimeError, Unusable, *FAULTS) as error:  # RuntimeError: a user without a home
            busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            why = "another Tinkernet has it open; --data-dir names another folder" if busy else error
            log.warning("Sessions are not saved in %s: %s.", folder, str(why).rstrip("."))

    def _begin(self, file: SQLiteFile) -> None:
        """Use this file from now on."""
        known, rows = file.clock(), file.rows()
        self._clock, self._has_clock = CountedClock(known), known is not None
        if known is None:  # of a release that had no such clock: ages are counted from now on
            rows = {id: replace(row, saved_at=self._clock.now()) for id, row in rows.items()}
        for id, row in rows.items():
            self._room.put(id, row)
        self._dropped = file.dropped()
        self._file, self._path = file, file.path
