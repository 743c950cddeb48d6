"""A damaged SQLite file, or something else in its place, costs what was in it, and never the start of a server."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.test_sqlite import content, opened, others
from tests.app.test_storage import record
from tinkernet.app.storage.sqlite import FILE


@pytest.mark.parametrize("column", ["facts", "arrays", "checksum", "id"])
def test_a_damaged_record_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture, column: str) -> None:
    """A flipped bit in any part of a row, or the row of another id: the log says so, and the others are not touched."""
    one, two = "a" * 22, "b" * 22
    with opened(tmp_path) as storage:
        storage.put(one, record())
        storage.put(two, record(5))
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        if column == "id":
            connection.execute("DELETE FROM session WHERE id = ?", (one,))
            connection.execute("INSERT INTO session SELECT ?, version, saved_at, facts, arrays, checksum FROM session",
                               (one,))  # fmt: skip
        else:
            (value,) = connection.execute(f"SELECT {column} FROM session WHERE id = ?", (one,)).fetchone()
            place = len(value) // 2
            value = value[:place] + bytes([value[place] ^ 4]) + value[place + 1 :]
            connection.execute(f"UPDATE session SET {column} = ? WHERE id = ?", (value, one))
    with opened(tmp_path) as storage:
        assert storage.load(one) is None
        assert "set aside" in caplog.text
        assert not storage.knows(one)
        assert storage.load(two) == record(5)
        storage.put(one, record(1))  # the id can be used again
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("SELECT id FROM session ORDER BY id").fetchall() == [(one,), (one + "?",), (two,)]


def start_with(folder: Path, file: bytes, caplog: pytest.LogCaptureFixture) -> bool:
    """Whatever the file holds: the storage opens and keeps, what it finds is what was put, what it set aside it says.

    Returns whether it has said all that is missing.
    """
    folder.mkdir()
    (folder / FILE).write_bytes(file)
    caplog.clear()
    with opened(folder) as storage:
        assert storage.keeps, caplog.text
        aside = others(folder)
        assert len(aside) == caplog.text.count("a new one is begun") <= 1
        assert not aside or aside[0].read_bytes() == file
        found = {count: storage.load(f"{count:022d}") for count in range(6)}
        assert all(value in (None, record(40 * count)) for count, value in found.items())
        lost = list(found.values()).count(None)
        honest = lost == (6 if aside else caplog.text.count("begins anew"))
        storage.put("new" + "x" * 19, record())
    with opened(folder) as storage:
        assert storage.load("new" + "x" * 19) == record()
    return honest


def test_a_truncated_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Cut off at any page, at the header's parts and at places by chance."""
    whole = content(tmp_path / "whole")
    chance = random.Random(1)
    places = {0, 1, 15, 16, 17, 99, 100, 101, 4095, 4096, 4097, len(whole) - 1}
    places |= set(range(0, len(whole), 4096 * 5)) | {chance.randrange(len(whole)) for _ in range(15)}
    for place in sorted(places):
        honest = start_with(tmp_path / f"at-{place}", whole[:place], caplog)
        assert honest or place <= 1  # SQLite takes one byte, like none, for a new file


def test_flipped_bytes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One byte or a thousand are others: what is read is what was written, or nothing."""
    whole = content(tmp_path / "whole")
    chance = random.Random(2)
    for case in range(40):
        damaged = bytearray(whole)
        places = [chance.randrange(100 if case < 10 else len(whole)) for _ in range((1, 1000)[case % 4 == 3])]
        for place in places:
            damaged[place] ^= 1 << chance.randrange(8)
        start_with(tmp_path / f"case-{case}", bytes(damaged), caplog)


@pytest.mark.parametrize("what", ["noise", "text", "folder", "other", "newer", "table"])
def test_what_is_in_the_files_place(tmp_path: Path, caplog: pytest.LogCaptureFixture, what: str) -> None:
    """No database, a folder, another program's or a newer version's: set aside with the reason, and not changed."""
    path = tmp_path / FILE
    if what == "folder":
        path.mkdir()
        (path / "mine.txt").write_text("mine")
    elif what in ("noise", "text"):
        path.write_bytes(random.Random(3).randbytes(10_000) if what == "noise" else b"Dear diary,\n" * 100)
    else:
        if what != "other":
            content(tmp_path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE mine (a)")
            connection.execute("INSERT INTO mine VALUES (42)")
            if what == "newer":
                connection.execute("PRAGMA user_version = 3")
            elif what == "table":
                connection.execute("ALTER TABLE session RENAME COLUMN facts TO other")
    with opened(tmp_path) as storage:
        assert storage.keeps
        storage.put("a" * 22, record())
        (message,) = caplog.messages
        words = {"folder": "not a file", "other": "another program", "newer": "another version", "table": "cannot be"}
        assert words.get(what, "") in message
        (aside,) = others(tmp_path)
        assert aside.name in message
    if what == "folder":
        assert (aside / "mine.txt").read_text() == "mine"
    elif what not in ("noise", "text"):
        with closing(sqlite3.connect(aside)) as connection:
            assert connection.execute("SELECT a FROM mine").fetchall() == [(42,)]
