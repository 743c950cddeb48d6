"""What every storage does: the suite of the interface, run against each implementation."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import SECRET_BYTES, GrowingLog, Record, Storage
from tinkernet.app.storage.sqlite import SQLiteStorage

IMPLEMENTATIONS = {"sqlite": lambda folder: SQLiteStorage(Settings(data_dir=str(folder)))}
ONE, TWO = "a" * 22, "b" * 22

Opener = Callable[[], AbstractContextManager[Storage]]


@pytest.fixture(params=sorted(IMPLEMENTATIONS))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens the same storage each time. After the block all that was put is written."""

    @contextmanager
    def open_it():
        storage = IMPLEMENTATIONS[request.param](tmp_path)
        yield storage
        storage.close()

    return open_it


def record(count: int = 3) -> Record:
    """A record of 8 * `count` bytes and a few facts."""
    facts = {"count": count, "half": count / 2, "name": "é\u2028", "rows": [[1, None], [True, "x"]]}
    return Record(5, facts, {"rows": bytes(range(8)) * count, "empty": b""})


def test_what_is_put_is_there_after_a_restart(opened: Opener) -> None:
    """All of it, bit for bit; of several the last; and ids stay apart."""
    with opened() as storage:
        assert storage.keeps
        assert not storage.knows(ONE)
        assert storage.load(ONE) is None
        for count in range(5):
            storage.put(ONE, record(count))
        assert storage.load(ONE) == record(4)  # whether it is written or not
        storage.put(TWO, record(1))
        assert storage.knows(TWO)
    with opened() as storage:
        assert storage.knows(ONE)
        assert storage.load(ONE) == record(4)
        assert storage.load(TWO) == record(1)
        assert storage.load("c" * 22) is None


def test_a_record_replaces_the_one_before(opened: Opener) -> None:
    """Arrays and facts of the record before are gone, and its version too."""
    with opened() as storage:
        storage.put(ONE, record())
    with opened() as storage:
        storage.put(ONE, Record(6, {}, {"other": b"1"}))
    with opened() as storage:
        assert storage.load(ONE) == Record(6, {}, {"other": b"1"})


def test_a_record_that_is_set_aside_is_not_found(opened: Opener) -> None:
    """Nor after a restart. The others are, and the id can be used again."""
    with opened() as storage:
        storage.put(ONE, record())
        storage.put(TWO, record(2))
    with opened() as storage:
        storage.set_aside(ONE)
        storage.set_aside("c" * 22)  # which is not there
        assert not storage.knows(ONE)
        assert storage.load(ONE) is None
    with opened() as storage:
        assert storage.load(ONE) is None
        assert storage.load(TWO) == record(2)
        storage.put(ONE, record(7))
    with opened() as storage:
        assert storage.load(ONE) == record(7)


def test_a_log_grows(opened: Opener) -> None:
    """However many records are put in between, and whether they are written or not, the whole list comes back."""
    log = GrowingLog(["first", ""])
    with opened() as storage:
        for count in range(50):
            log.append(f"entry {count} \u2028")
            storage.put(ONE, with_log(log))
        assert list(storage.load(ONE).logs["edits"].entries) == ["first", "", *(f"entry {i} \u2028" for i in range(50))]
    with opened() as storage:
        assert storage.load(ONE) == with_log(log)
        again = GrowingLog(storage.load(ONE).logs["edits"].entries)
        again.append("after a restart")
        storage.put(ONE, with_log(again))
    with opened() as storage:
        assert list(storage.load(ONE).logs["edits"].entries)[-2:] == ["entry 49 \u2028", "after a restart"]


def with_log(log: GrowingLog) -> Record:
    """A record with this log as it is now."""
    return Record(5, {}, {"rows": b"1"}, {"edits": log.snapshot()})


def test_a_snapshot_of_a_log_does_not_change(opened: Opener) -> None:
    """What is appended after a record was put is not in that record."""
    log = GrowingLog(["a", "b"])
    with opened() as storage:
        storage.put(ONE, with_log(log))
        log.append("c")
    with opened() as storage:
        assert storage.load(ONE).logs["edits"].entries == ["a", "b"]


def test_another_log_takes_the_place_of_the_first(opened: Opener) -> None:
    """Shorter than before, in another order of names, or gone: what is loaded is what was put last."""
    logs = {"main": GrowingLog(["a", "b", "c"]), "twin": GrowingLog(["t"])}
    with opened() as storage:
        storage.put(ONE, Record(5, {}, {}, {name: log.snapshot() for name, log in logs.items()}))
        storage.put(TWO, with_log(GrowingLog(["two"])))
    shorter = GrowingLog(["x"])
    with opened() as storage:
        storage.put(ONE, Record(5, {}, {}, {"main": shorter.snapshot()}))
    with opened() as storage:
        assert storage.load(ONE) == Record(5, {}, {}, {"main": shorter.snapshot()})
        assert list(storage.load(TWO).logs["edits"].entries) == ["two"]
        storage.put(ONE, record())
    with opened() as storage:
        assert storage.load(ONE) == record()


def test_the_secret_outlives_the_server(opened: Opener) -> None:
    """The same bytes at every call and after a restart."""
    with opened() as storage:
        secret = storage.secret()
        assert len(secret) == SECRET_BYTES
        assert storage.secret() == secret
    with opened() as storage:
        assert storage.secret() == secret


def test_threads_may_put_at_the_same_time(opened: Opener) -> None:
    """Of each thread's id the last record is kept, and none of another thread's."""

    def put(storage: Storage, id: str, offset: int) -> None:
        for count in range(200):
            storage.put(id, record(offset + count))

    ids = [letter * 22 for letter in "abcdefgh"]
    with opened() as storage:
        threads = [threading.Thread(target=put, args=(storage, id, 1000 * i)) for i, id in enumerate(ids)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with opened() as storage:
        assert [storage.load(id) for id in ids] == [record(1000 * i + 199) for i in range(len(ids))]


def test_one_that_cannot_be_encoded_is_not_the_others_fault(opened: Opener, caplog: pytest.LogCaptureFixture) -> None:
    """Facts that JSON cannot hold are left out, with a report, and the others are written."""
    with opened() as storage:
        storage.put(ONE, Record(5, {"speed": float("nan")}, {}))
        storage.put(TWO, record())
    assert [entry.levelno for entry in caplog.records] == [logging.ERROR]
    with opened() as storage:
        assert storage.load(TWO) == record()
        assert storage.load(ONE) is None


def test_a_record_is_only_its_own_ids() -> None:
    """Encoded under one id it cannot be decoded under another, nor with any bit changed."""
    facts, data, check = record().encode(ONE)
    assert Record.decode(ONE, 5, facts, data, check) == record()
    for wrong in (
        (TWO, 5, facts, data, check),
        (ONE, 5, facts, data + b"\0", check),
        (ONE, 5, facts + b" ", data, check),
        (ONE, 5, facts, data, check[::-1]),
    ):
        with pytest.raises(ValueError, match="checksum"):
            Record.decode(*wrong)


def test_a_log_with_another_entry_is_refused() -> None:
    """One changed, missing or in another place."""
    facts, data, check = with_log(GrowingLog(["ab", "c"])).encode(ONE)
    assert Record.decode(ONE, 5, facts, data, check, lambda _: ["ab", "c", "appended later"]).logs["edits"].length == 2
    for wrong in (["ab"], ["ab", "d"], ["c", "ab"], ["a", "bc"], []):
        with pytest.raises(ValueError, match="log edits is incomplete or damaged"):
            Record.decode(ONE, 5, facts, data, check, lambda _, wrong=wrong: wrong)
