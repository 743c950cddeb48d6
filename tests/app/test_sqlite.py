"""The SQLite file: its place, its size, its age, its logs, and what a full or read-only disk costs."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.app.test_storage import record
from tests.conftest import ROOT
from tinkernet.app.settings import Settings, data_folder
from tinkernet.app.storage.base import GrowingLog, Record
from tinkernet.app.storage.sqlite import FILE, SQLiteStorage
from tinkernet.app.storage.sqlite_file import SQLiteFile


@contextmanager
def opened(folder: Path, **given: Any) -> Iterator[SQLiteStorage]:
    """The storage in a folder. After the block all that was put is written."""
    storage = SQLiteStorage(Settings(data_dir=str(folder), **given))
    yield storage
    storage.close()


def wait(met: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until the condition is met."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def others(folder: Path) -> list[Path]:
    """The files that were set aside, without their journals."""
    return [path for path in folder.glob(f"{FILE}.set-aside-*") if not path.name.endswith(("-wal", "-shm", "-journal"))]


def content(folder: Path) -> bytes:
    """The bytes of a file with six records after an orderly end."""
    with opened(folder) as storage:
        for count in range(6):
            storage.put(f"{count:022d}", record(40 * count))
        storage.secret()
    assert [path.name for path in folder.iterdir()] == [FILE]
    return (folder / FILE).read_bytes()


def test_the_folder_and_the_file_are_the_users_own(tmp_path: Path) -> None:
    """Modes 0700 and 0600, for the journal too. A file that others can read is closed to them."""
    folder = tmp_path / "made" / "here"
    with opened(folder) as storage:
        storage.put("a" * 22, record())
        wait(lambda: not storage._waiting and not storage._writing)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
            FILE: 0o600,
            f"{FILE}-wal": 0o600,
        }
    (folder / FILE).chmod(0o644)
    with opened(folder):
        assert (folder / FILE).stat().st_mode & 0o777 == 0o600


def test_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default the user's data folder; the variable and the option name another, and the option has priority."""
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere/data")
    assert data_folder() == Settings.from_environment().data_dir == "/somewhere/data/tinkernet"
    monkeypatch.setenv("TINKERNET_DATA_DIR", "/elsewhere")
    assert Settings.from_environment().data_dir == "/elsewhere"
    assert Settings.from_environment(data_dir="/here").data_dir == "/here"
    assert Settings.from_environment(data_dir="").data_dir == ""


def test_without_a_folder_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is written, and the secret ends with the server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    one, two = SQLiteStorage(Settings()), SQLiteStorage(Settings())
    assert not one.keeps
    assert len(one.secret()) == 32
    assert one.secret() == one.secret() != two.secret()
    one.close(), two.close()
    assert list(tmp_path.iterdir()) == []


def test_the_secret_outlives_the_server(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The same 32 bytes after a restart. A damaged secret is replaced, with a sentence; each folder has its own."""
    with opened(tmp_path) as storage:
        secret = storage.secret()
        assert len(secret) == 32
    with opened(tmp_path) as storage:
        assert storage.secret() == secret
    with opened(tmp_path / "other") as storage:
        assert storage.secret() != secret
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("UPDATE secret SET value = ?", (bytes(32),))
    with opened(tmp_path) as storage:
        assert caplog.messages == []
        mended = storage.secret()
        assert mended not in (secret, bytes(32))
        assert "damaged" in caplog.text
    with opened(tmp_path) as storage:
        assert storage.secret() == mended


def test_a_folder_that_cannot_be_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One sentence in the log names the folder; nothing is kept, and everything else works."""
    (tmp_path / "file").write_text("")
    with opened(tmp_path / "file" / "folder") as storage:
        assert not storage.keeps
        assert storage.load("a" * 22) is None
        assert len(storage.secret()) == 32
    (message,) = caplog.messages
    assert message.startswith("Sessions are not saved in")
    assert str(tmp_path / "file" / "folder") in message


def test_a_user_without_a_home(caplog: pytest.LogCaptureFixture) -> None:
    """As a service or a container may run it."""
    with opened(Path("~nobody-of-this-name/folder")) as storage:
        assert not storage.keeps
    (message,) = caplog.messages
    assert message.startswith("Sessions are not saved in ~nobody-of-this-name/folder: ")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is read-only to the administrator")
def test_a_read_only_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With a file in it or without: one sentence, nothing is set aside, and nothing is kept."""
    content(tmp_path / "full")
    (tmp_path / "empty").mkdir()
    for name in ("full", "empty"):
        caplog.clear()
        for path in (tmp_path / name).iterdir():
            path.chmod(0o400)
        (tmp_path / name).chmod(0o500)
        with opened(tmp_path / name) as storage:
            assert not storage.keeps
        (message,) = caplog.messages
        assert message.startswith("Sessions are not saved")
        (tmp_path / name).chmod(0o700)
        assert others(tmp_path / name) == []


def test_two_servers_do_not_share_a_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The second logs a sentence and keeps nothing. The file can be opened when the first has ended."""
    code = f"""
import sys
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import GrowingLog, Record
from tinkernet.app.storage.sqlite import SQLiteStorage
storage = SQLiteStorage(Settings(data_dir={str(tmp_path)!r}))
print(storage.keeps, flush=True)
sys.stdin.read()
"""
    with opened(tmp_path) as storage:
        storage.put("a" * 22, record())
        second = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, input="", capture_output=True, text=True, timeout=60, check=True
        )
        assert second.stdout == "False\n"
        assert "another Tinkernet" in second.stderr
        assert len(second.stderr.splitlines()) == 1
    first = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "True\n"
    with opened(tmp_path) as storage:
        assert not storage.keeps
    first.kill()
    first.communicate()
    with opened(tmp_path) as storage:
        assert storage.load("a" * 22) == record()
    assert others(tmp_path) == []
    assert "another Tinkernet" in caplog.text


def test_a_full_disk_costs_the_keeping_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence in the log. The last record of each id waits, and is written when there is room."""
    monkeypatch.setattr("tinkernet.app.storage.sqlite.RETRY", 0.05)
    with opened(tmp_path) as storage:
        storage.put("a" * 22, record())
        wait(lambda: not storage._waiting and not storage._writing)
        assert storage._file is not None
        with storage._disk:
            storage._file.connection.execute("PRAGMA max_page_count = 1")
        for count in range(30):
            storage.put(f"{count:022d}", record(2000))
            storage.put("a" * 22, record(count))
            time.sleep(0.02)
        wait(lambda: caplog.messages)
        assert storage.load("a" * 22) == record(29)
        with storage._changed:
            assert len(storage._waiting | storage._writing) == 31
        (message,) = caplog.messages
        assert "cannot be saved just now" in message
        assert "full" in message
        with storage._disk:
            storage._file.connection.execute("PRAGMA max_page_count = 1000000")
        wait(lambda: len(caplog.messages) == 2)
        assert caplog.messages[1] == "Sessions are saved again."
    with opened(tmp_path) as storage:
        assert storage.load("a" * 22) == record(29)
        assert storage.load(f"{29:022d}") == record(2000)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_start_on_a_full_disk(tmp_path: Path) -> None:
    """The secret and the records can be read, and records are kept again as soon as there is room."""
    id = "a" * 22
    with opened(tmp_path) as storage:
        storage.put(id, record())
        secret = storage.secret()
    code = f"""
import resource
from dataclasses import replace
from tinkernet.app.storage import sqlite
from tinkernet.app.settings import Settings
sqlite.RETRY = 0.05
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))  # no byte can be written to any file
kept = sqlite.SQLiteStorage(Settings(data_dir={str(tmp_path)!r}))
found = kept.load({id!r})
print(kept.keeps, kept.secret().hex())
kept.put({id!r}, replace(found, version=6))
while not kept._failing:
    pass
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
kept.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == f"True {secret.hex()}\n"
    assert "cannot be saved just now" in done.stderr
    with opened(tmp_path) as storage:
        assert storage.load(id) == replace(record(), version=6)


def test_the_file_has_an_end(tmp_path: Path) -> None:
    """Beyond the size of the setting the oldest records are deleted, and the file grows little beyond it."""
    last = record(2000)
    with opened(tmp_path, keep_megabytes=0.5) as storage:
        for count in range(80):  # 1.3 MB
            storage.put(f"{count:022d}", last)
            if count % 4 == 3:
                wait(lambda: not storage._waiting and not storage._writing)
        kept = [storage.knows(f"{count:022d}") for count in range(80)]
        assert kept == sorted(kept)
        assert 15 < sum(kept) < 30
        assert storage.load(f"{79:022d}") == last
    assert (tmp_path / FILE).stat().st_size < 0.7e6


def test_a_grown_log_costs_what_is_new(tmp_path: Path) -> None:
    """With a hundred thousand entries in the file, one more is one row more."""
    log = GrowingLog(f"entry {count}" for count in range(100_000))
    with opened(tmp_path) as storage:
        storage.put("a" * 22, Record(1, {}, {}, {"edits": log.snapshot()}))
        wait(lambda: not storage._waiting and not storage._writing)
        assert storage._file is not None
        before = storage._file.connection.total_changes
        for count in range(5):
            log.append(f"{count}")
            storage.put("a" * 22, Record(1, {}, {}, {"edits": log.snapshot()}))
            wait(lambda: not storage._waiting and not storage._writing)
        assert storage._file.connection.total_changes - before == 10  # five records and five entries
    with opened(tmp_path) as storage:
        assert storage.load("a" * 22).logs["edits"].entries[-6:] == ["entry 99999", "0", "1", "2", "3", "4"]


def test_a_record_that_has_only_changed_its_row_is_one_statement(tmp_path: Path) -> None:
    """Owner, log and shared content are written once. What was not told before is written: here a new owner."""
    log, shared = GrowingLog(["a"]).snapshot(), {"sha": b"content"}
    file = SQLiteFile(tmp_path / FILE)
    file.make_tables()
    said: list[str] = []
    with closing(file):
        file.connection.set_trace_callback(said.append)
        for owner, wanted in (("ann", 10), ("ann", 1), (None, 1), ("bob", 2), ("bob", 1)):
            with file.connection:
                file.connection.execute("BEGIN")
                said.clear()
                file.put(("a" * 22, 2, 1.0, b"{}", b"", b""), owner, {"main": log}, shared)
                assert len(said) <= wanted, said
        assert file.connection.execute("SELECT name FROM owner").fetchall() == [("bob",)]
        file.delete(["a" * 22])
        with file.connection:
            file.put(("a" * 22, 2, 1.0, b"{}", b"", b""), "bob", {"main": log}, shared)
        counts = [file.connection.execute(f"SELECT count(*) FROM {name}").fetchone()
                  for name in ("session", "owner", "log", "shared", "sharing")]  # fmt: skip
        assert counts == [(1,)] * 5


def test_a_log_that_was_deleted_is_written_whole(tmp_path: Path) -> None:
    """The row of a session in use had to make room: its next record brings back all of it."""
    log = GrowingLog(["a"])
    with opened(tmp_path, keep_megabytes=0.1) as storage:
        storage.put("a" * 22, Record(1, {}, {}, {"edits": log.snapshot()}))
        wait(lambda: not storage._waiting and not storage._writing)
        for count in range(10):
            storage.put(f"{count:022d}", record(2000))
            wait(lambda: not storage._waiting and not storage._writing)
        assert not storage.knows("a" * 22)
        log.append("b")
        storage.put("a" * 22, Record(1, {}, {}, {"edits": log.snapshot()}))
    with opened(tmp_path) as storage:
        assert storage.load("a" * 22).logs["edits"].entries == ["a", "b"]


def test_a_file_of_the_version_before_is_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It had no table of logs. Its records are read, set aside and replaced; from the first writing on it has one."""
    with opened(tmp_path) as storage:
        for letter in "abc":
            storage.put(letter * 22, record())
        secret = storage.secret()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("DROP TABLE log")
        connection.execute("PRAGMA user_version = 1")
    log = GrowingLog(["a"])
    with opened(tmp_path) as storage:
        assert storage.secret() == secret
        assert storage.load("a" * 22) == record()
        storage.set_aside("b" * 22)
        storage.put("a" * 22, Record(1, {}, {}, {"edits": log.snapshot()}))
    with opened(tmp_path) as storage:
        assert storage.load("a" * 22).logs["edits"].entries == ["a"]
        assert storage.load("b" * 22) is None
        assert storage.load("c" * 22) == record()
    assert caplog.messages == []
