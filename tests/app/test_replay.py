"""What a stored session holds is enough to compute it again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from tests.app.conftest import join
from tests.app.test_sessions import Clock
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.sessions.saved import SavedRun, runs_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.wire.commands import MAIN, EditBias, EditWeight, RestoreBest, Step
from tinkernet.app.workers.scheduler import Scheduler
from tinkernet.engine import Run, Spec, Trainer

FIRST = Spec(seed="0.7", optimiser="adam", patience=300, noise=30.0, short_batch="carry", batch_size=30)


def executed(session: Session, clock: Clock) -> None:
    """All that was asked for, its checkpoint included: the clock is moved to the moments that it waits for."""
    while (due := session.runs[MAIN].run(0.05)) is not None:
        clock.now = max(clock.now, due)


async def trained(settings: Settings, id: str) -> None:
    """A session whose owner changes many things, some of them several times before training goes on; then the end."""
    storage = SQLiteStorage(settings)
    clock = Clock()
    sessions = Sessions(settings, Scheduler(1), storage, clock)
    session = join(sessions, id)[0]
    spec = FIRST
    for count in range(1, 6):
        session.submit(Apply(spec, count))
        session.submit(EditBias(type="edit_bias", layer=0, neuron=1, value=0.1 * count))
        session.submit(Step(type="step", epochs=7 * count))
        executed(session, clock)
        session.submit(EditWeight(type="edit_weight", layer=0, neuron=0, input=1, value=-0.5 * count))
        session.submit(Apply(replace(spec, optimiser="sgd", cut=["x"]), count))
        executed(session, clock)
        if count == 3:
            session.submit(RestoreBest(type="restore_best"))
        spec = replace(spec, learning_rate=0.01 * count, frozen=["1.0"] * (count % 2), dropout=0.1 * (count > 2))
        session.submit(Apply(spec, count))
        session.submit(Step(type="step", epochs=2))
        executed(session, clock)
    sessions.close("The end.")
    sessions.keep_last(())
    storage.close()


def stored(settings: Settings, id: str) -> SavedRun:
    """What the file has of the session's main run."""
    storage = SQLiteStorage(settings)
    record = storage.load(id)
    storage.close()
    assert record is not None
    return runs_of(record)[MAIN]


def test_a_stored_session_is_replayed_from_its_record_alone(tmp_path: Path) -> None:
    """The first spec and the edits give its weights, its moments and its loss rows, bit for bit."""
    settings, id = Settings(data_dir=str(tmp_path)), Sessions.new_id()
    asyncio.run(trained(settings, id))
    saved = stored(settings, id)
    head, *edits = saved.whole_checkpoint()["log"]
    record = Run.from_dict(head | {"edits": edits})
    assert record.spec == FIRST
    assert saved.spec == record.last_spec != FIRST
    assert len(edits) > 15
    replayed = Trainer.replay(record, saved.checkpoint["epoch"])
    assert replayed.epoch == 7 * 15 + 2 * 5
    found = replayed.checkpoint()
    arrays = {name: value for name, value in saved.checkpoint.items() if isinstance(value, bytes)}
    assert {"params", "first_moment", "second_moment", "best_params", "rows"} <= arrays.keys()
    assert {name: found[name] for name in arrays} == arrays
    assert found["log"] == [head, *edits]
