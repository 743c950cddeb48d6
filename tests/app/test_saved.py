"""What is kept of a session, in the records that are written now and in those of the release before."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.app.conftest import join
from tinkernet.app.sessions.context import SessionContext
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.sessions.saved import VERSION, SavedRun, SessionCheckpoint, record_of, runs_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import GrowingLog, Record
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.workers.scheduler import Scheduler
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.kernels import NUMERICS


def saved(epochs: int = 3, **fields: Any) -> SavedRun:
    """A run that has trained for a while, with a typed weight."""
    trainer = Trainer(Spec(seed="0.4", hidden=(3,)))
    trainer.advance(epochs)
    trainer.set_weight(0, 1, 0, -0.75)
    trainer.advance(1)  # so that the edit is in the log
    facts = {"revision": 4, "restarts": 2, "playing": True, "speed": 60.0, "instance": 2**53 - 1} | fields
    checkpoint = trainer.checkpoint()
    log = GrowingLog(json.dumps(entry) for entry in checkpoint.pop("log")).snapshot()
    del checkpoint["log_start"]
    return SavedRun(spec=trainer.spec, checkpoint=checkpoint, log=log, **facts)


def test_all_runs_come_back() -> None:
    """Each with its own facts and arrays, through a storage's encoding, and a trainer goes on from each."""
    runs = {"main": saved(7), "twin": saved(5, playing=False, speed=None), "branch-1": saved(1, revision=0)}
    record = record_of(runs)
    again = runs_of(Record.decode("a", record.version, *record.encode("a"), lambda name: record.logs[name].entries))
    assert again == runs
    for run, before in runs.items():
        whole = before.whole_checkpoint()
        assert len(whole["log"]) == 2
        assert Trainer.restored(again[run].spec, again[run].whole_checkpoint()).checkpoint() == whole


def test_a_record_of_the_release_before_is_read() -> None:
    """Its only run is the main one; what was called run and life counts restarts and names the instance. No log."""
    run = replace(saved(7, speed=None), log=None)
    numbers = {name: value for name, value in run.checkpoint.items() if not isinstance(value, bytes)}
    facts = {
        "spec": run.spec.to_dict(), "revision": 4, "run": 2, "playing": True, "speed": None, "life": 2**53 - 1,
        "numbers": numbers,
    }  # fmt: skip
    assert runs_of(Record(1, json.loads(json.dumps(facts)), run.arrays())) == {"main": run}


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": VERSION + 1},
        {"facts": {}},
        {"facts": {"runs": {"main": {}}}},
        {"facts": {"runs": {"main": saved().facts() | {"spec": {"hidden": "x"}}}}},
        {"facts": {"runs": []}},
        {"arrays": {"twin/params": b""}},
        {"arrays": {"params": b""}},
    ],
)
def test_another_record_is_refused(wrong: dict[str, Any]) -> None:
    """A newer version's or a damaged one: one of three errors, which the caller expects."""
    with pytest.raises((ValueError, TypeError, KeyError)):
        runs_of(replace(record_of({"main": saved()}), **wrong))


def test_a_session_is_kept_with_all_its_runs() -> None:
    """Whichever run has something new; a closed run is gone, even if a thread that still executes it saves it again."""
    kept: list[Record] = []
    checkpoint = SessionCheckpoint(kept.append, {})
    for run in ("main", "twin"):
        checkpoint.open(run)
    main, twin = saved(2), saved(3)
    checkpoint.put("twin", saved(1))
    assert kept == []  # without the main run there is no session to continue
    checkpoint.put("main", main)
    checkpoint.put("twin", twin)
    assert runs_of(kept[-1]) == {"main": main, "twin": twin}
    checkpoint.close("twin")
    checkpoint.put("twin", saved(4))
    assert runs_of(kept[-1]) == {"main": main}


def test_a_session_that_cannot_be_used_begins_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A record of a newer version is set aside, with a sentence in the log; the next one takes its place."""
    id = Sessions.new_id()

    async def main() -> None:
        storage = SQLiteStorage(Settings(data_dir=str(tmp_path)))
        storage.put(id, replace(record_of({"main": saved()}), version=VERSION + 1))
        storage.close()
        storage = SQLiteStorage(Settings(data_dir=str(tmp_path)))
        sessions = Sessions(Settings(), Scheduler(1), storage)
        assert await sessions.recall(id) is None
        assert not storage.knows(id)
        session, _ = join(sessions, id, saved=await sessions.recall(id))
        session.runs["main"].run(0.008)
        assert await Sessions(Settings(), Scheduler(1), storage).recall(id) is not None
        storage.close()

    asyncio.run(main())
    (message,) = caplog.messages
    assert f"of version {VERSION + 1}, not {VERSION}" in message


@pytest.mark.parametrize(("numerics", "epochs", "count"), [(NUMERICS, 7, 0), (NUMERICS - 1, 7, 1), (1, 7, 1)])
def test_a_run_of_earlier_arithmetic_says_how_it_goes_on(
    numerics: int, epochs: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: what is kept of it from now on is of today's."""
    said: list[str] = []
    monkeypatch.setattr(SessionContext, "tell_all", lambda self, event: said.append(event.message))
    run, kept = saved(epochs), list[Record]()
    assert run.log is not None
    head, *edits = (json.loads(entry) for entry in run.log.entries)
    log = GrowingLog(json.dumps(entry) for entry in ({**head, "numerics": numerics}, *edits)).snapshot()
    loop = asyncio.new_event_loop()
    try:
        for again in (replace(run, log=log), None):
            found = again or runs_of(kept[-1])["main"]
            session = Session(Settings(), loop, lambda _: None, saved={"main": found}, keep=kept.append)
            session.runs["main"].run(0.008)
            session.runs["main"].keep_last()
    finally:
        loop.close()
    assert len(said) == count
    assert all("It goes on from epoch 8 with today's." in each for each in said)
