"""What is written when, and what is deleted, with the sentences for both: the law in docs/reliability.md."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.test_sqlite import opened, others, wait
from tests.app.test_storage import record, with_log
from tinkernet.app.storage.base import GrowingLog
from tinkernet.app.storage.clock import DAY
from tinkernet.app.storage.sqlite import FILE, SQLiteStorage

ONE, TWO, NEW = "a" * 22, "b" * 22, "c" * 22
LARGE = record(12_000)  # about 100 kB


def written(storage: SQLiteStorage) -> None:
    """Wait until nothing waits to be written."""
    wait(lambda: not storage._waiting and not storage._writing)


def in_file(folder: Path, as_it_is: Path) -> set[str]:
    """The ids in a copy of the file, as a server finds them that is started after this one was killed."""
    shutil.copytree(folder, as_it_is)
    with closing(sqlite3.connect(as_it_is / FILE)) as connection:
        return {id for (id,) in connection.execute("SELECT id FROM session")}


# --- room ---


def test_what_is_in_memory_is_never_deleted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither for want of room nor for its age, however much others put. Who does not fit any more is told so."""
    told: list[object] = []
    with opened(tmp_path, keep_megabytes=0.5, keep_days=1e-9) as storage:
        storage.in_use = lambda: (ONE, *(f"{count:022d}" for count in range(10)))
        storage.told = lambda ids, sentence: told.append((ids, sentence))
        storage._next_tidy = 0.0
        storage.put(ONE, record(), "one")
        written(storage)
        for count in range(10):
            storage.put(f"{count:022d}", LARGE, f"browser {count}")
            written(storage)
        assert storage.knows(ONE)
        assert not storage.holds(f"{9:022d}")
        assert "reached 0.5 MB (TINKERNET_KEEP_MEGABYTES)" in storage.trouble(f"{9:022d}")
        assert storage.trouble(ONE) == ""
        assert ((f"{9:022d}",), storage.trouble(f"{9:022d}")) in told
        assert "A session is not saved any more" in caplog.text
        storage.in_use = lambda: (ONE, f"{9:022d}")
        wait(lambda: storage.holds(f"{9:022d}"))  # without another put, as soon as there is room
        assert told[-1] == ({f"{9:022d}"}, "This session is saved again.")
    with opened(tmp_path) as storage:
        assert storage.load(ONE) == record()
        assert storage.load(f"{9:022d}") == LARGE


def test_one_browser_cannot_push_out_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It has a share. Its own oldest make room, and that is said: in the log, and to who returns."""
    with opened(tmp_path, keep_megabytes=1.0, keep_megabytes_per_browser=0.3) as storage:
        storage.put(ONE, record(), "one")
        storage.put(TWO, record())
        for count in range(30):
            storage.put(f"{count:022d}", LARGE, "greedy")
            written(storage)
        assert storage.load(ONE) == storage.load(TWO) == record()
        assert [count for count in range(30) if storage.knows(f"{count:022d}")] == [28, 29]
        assert "saved records were deleted" in caplog.text
        assert "0.3 MB (TINKERNET_KEEP_MEGABYTES_PER_BROWSER)" in caplog.text
    with opened(tmp_path) as storage:  # whose is what outlives the server
        assert "was deleted: what one browser has saved" in storage.trouble(f"{0:022d}")
        assert storage.trouble(ONE) == storage.trouble(NEW) == ""
        storage.put(f"{0:022d}", record())
        assert storage.trouble(f"{0:022d}") == ""


def test_the_share_outlives_the_server(tmp_path: Path) -> None:
    """What a browser has saved before counts."""
    with opened(tmp_path) as storage:
        for id in (ONE, TWO):
            storage.put(id, LARGE, "greedy")
            written(storage)
    with opened(tmp_path, keep_megabytes_per_browser=0.25) as storage:
        storage.put(NEW, LARGE, "greedy")
        written(storage)
        assert (storage.knows(ONE), storage.knows(TWO)) == (False, True)


# --- what is gone is written again ---


def removed(folder: Path) -> None:
    (folder / FILE).unlink()


def all_removed(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def folder_removed(folder: Path) -> None:
    shutil.rmtree(folder)


def journal_removed(folder: Path) -> None:
    (folder / f"{FILE}-wal").unlink()


def truncated(folder: Path) -> None:
    os.truncate(folder / FILE, 0)


def cut(folder: Path) -> None:
    os.truncate(folder / FILE, 5000)


def both_truncated(folder: Path) -> None:
    for name in (FILE, f"{FILE}-wal"):
        os.truncate(folder / name, 0)


def replaced(folder: Path) -> None:
    other = folder / "other"
    with opened(other) as storage:
        storage.put(NEW, record(9))
        storage.secret()
    os.rename(other / FILE, folder / FILE)
    other.rmdir()


def overwritten(folder: Path) -> None:
    other = folder / "other"
    other.mkdir()
    (other / FILE).write_bytes(b"Dear diary,\n" * 1000)
    shutil.copyfile(other / FILE, folder / FILE)
    shutil.rmtree(other)


def byte_changed(folder: Path) -> None:
    with open(folder / FILE, "r+b") as file:
        file.seek(50)
        file.write(b"x")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the file more often than a server does, so that the tests are short."""
    monkeypatch.setattr("tinkernet.app.storage.sqlite.CHECK", 0.05)
    monkeypatch.setattr("tinkernet.app.storage.sqlite.GATHER", 0.02)
    monkeypatch.setattr("tinkernet.app.storage.sqlite.RETRY", 0.1)


HARM = [removed, all_removed, folder_removed, journal_removed, truncated, cut, both_truncated, replaced, overwritten,
        byte_changed]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let anybody touch an open file")
@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("checkpointed", [False, True], ids=["journal", "file"])
def test_the_file_is_harmed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, harm: Callable[[Path], None], checkpointed: bool
) -> None:
    """While the server runs, by somebody else: noticed without anything that changes, said, and written again. What is
    in memory and the secret are there after a kill, and nothing is there that was never put."""
    folder = tmp_path / "data"
    log = GrowingLog(["a", "b"])
    with opened(folder) as storage:
        storage.in_use = lambda: (ONE,)
        secret = storage.secret()
        storage.put(ONE, with_log(log), "one")
        storage.put(f"{ONE}.access", record(2))
        storage.put(TWO, record(4))
        written(storage)
        if checkpointed:
            with storage._using() as file:
                file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        time.sleep(0.02)  # a change within the same step of the file system's clock would not be seen
        harm(folder)
        wait(lambda: "by something else" in caplog.text, 5)
        wait(lambda: storage._room and {ONE, f"{ONE}.access"} <= set(storage._room))
        written(storage)
        ids = in_file(folder, tmp_path / "copy")
        assert ids in ({ONE, f"{ONE}.access"}, {ONE, f"{ONE}.access", TWO})
        if TWO not in ids:
            assert "was deleted: the file was damaged" in storage.trouble(TWO)
            assert "1 are lost" in caplog.text
        log.append("c")
        storage.put(ONE, with_log(log), "one")
    for place, expected in ((tmp_path / "copy", ["a", "b"]), (folder, ["a", "b", "c"])):
        with opened(place) as storage:
            assert storage.keeps
            assert storage.secret() == secret
            assert list(storage.load(ONE).logs["edits"].entries) == expected
            assert storage.load(f"{ONE}.access") == record(2)
            assert storage.load(TWO) in (None, record(4))
            assert storage.load(NEW) is None
    assert len(others(folder)) <= 1


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let anybody touch an open file")
def test_nothing_is_lost_with_the_name_of_the_file(tmp_path: Path) -> None:
    """A file that is only removed can still be read: sessions that are not in memory are written again too."""
    with opened(tmp_path) as storage:
        storage.put(TWO, LARGE, "one")
        written(storage)
        removed(tmp_path)
        wait((tmp_path / FILE).exists)
        assert storage.load(TWO) == LARGE
    with opened(tmp_path) as storage:
        assert storage.load(TWO) == LARGE


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let anybody touch an open file")
def test_no_other_file_can_be_made_just_now(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says so once, what can be read stays readable, and it is tried again."""
    folder = tmp_path / "data"
    with opened(folder) as storage:
        storage.put(ONE, record())
        written(storage)
        shutil.rmtree(folder)
        folder.write_text("in the way")
        storage.put(TWO, record(2))
        wait(lambda: "cannot be saved just now" in caplog.text)
        assert "cannot be saved just now" in storage.trouble(ONE)
        assert storage.load(ONE) == record()
        folder.unlink()
        wait(lambda: "Sessions are saved again." in caplog.messages)
        assert storage.trouble(ONE) == ""
    with opened(folder) as storage:
        assert storage.load(ONE) == record()
        assert storage.load(TWO) == record(2)


# --- age ---


def aged(folder: Path, id: str, days: float) -> None:
    """Take the record for so many days older."""
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE session SET saved_at = saved_at - 86400 * ? WHERE id = ?", (days, id))


def tidied(storage: SQLiteStorage) -> None:
    """Let the storage look for what is too old, as it does some time after its start and every hour."""
    storage._next_tidy = 0.0
    wait(lambda: storage._next_tidy > 0.0)
    written(storage)


def test_old_sessions_go(tmp_path: Path) -> None:
    """Records older than the setting are deleted, the others stay; who returns is told why."""
    with opened(tmp_path) as storage:
        for id in (ONE, TWO):
            storage.put(id, record())
    aged(tmp_path, ONE, 3.01)
    for days, kept in ((3.02, True), (3.0, False)):
        with opened(tmp_path, keep_days=days) as storage:
            storage.put(NEW, record())
            written(storage)
            assert storage.knows(ONE)  # at once after a start nothing goes
            tidied(storage)
            assert storage.knows(ONE) == kept
            assert storage.load(TWO) == record()
            assert (storage.load(ONE) is not None) == kept
            assert storage.trouble(ONE) == ("" if kept else storage.trouble(ONE))
            assert kept or "3 days (TINKERNET_KEEP_DAYS)" in storage.trouble(ONE)


def test_an_open_session_is_not_old(tmp_path: Path) -> None:
    """A session that stays open without a change is kept; its age counts from the moment when it is closed."""
    with opened(tmp_path) as storage:
        storage.put(ONE, record())
    for _ in range(2):
        aged(tmp_path, ONE, 2)
        with opened(tmp_path, keep_days=3.0) as storage:
            storage.in_use = lambda: (ONE,)
            tidied(storage)
            assert storage.load(ONE) == record()


@pytest.mark.parametrize("days", [15, -15, 60, -60, 20_000, -20_000])
@pytest.mark.parametrize("when", ["at the start", "while it runs", "when it was saved"])
def test_a_clock_that_is_wrong_deletes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, when: str
) -> None:
    """Ahead or behind, at any time, and right again: ages are counted by the storage itself."""
    right = time.time
    wrong = lambda: right() + days * DAY  # noqa: E731
    if when == "when it was saved":
        monkeypatch.setattr(time, "time", wrong)
    with opened(tmp_path) as storage:
        storage.put(ONE, record())
    monkeypatch.setattr(time, "time", wrong if when == "at the start" else right)
    for _ in range(2):
        with opened(tmp_path) as storage:
            if when == "while it runs":
                monkeypatch.setattr(time, "time", wrong)
            storage.put(TWO, record())
            tidied(storage)
            monkeypatch.setattr(time, "time", right)
            tidied(storage)
            assert storage.load(ONE) == record()


def test_a_file_without_such_a_clock(tmp_path: Path) -> None:
    """Of an earlier release, with whatever times in it: ages are counted from now on."""
    with opened(tmp_path) as storage:
        storage.put(ONE, record())
    aged(tmp_path, ONE, 60)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        for table in ("clock", "owner", "dropped"):
            connection.execute(f"DROP TABLE {table}")
    for _ in range(2):
        with opened(tmp_path) as storage:
            storage.put(TWO, record())
            tidied(storage)
            assert storage.load(ONE) == record()
