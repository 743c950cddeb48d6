"""What is told about training besides its frames: stop rules, the best state, measures."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from tests.app.conftest import Running
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.saved import runs_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import Record
from tinkernet.app.wire.commands import MAIN, RestoreBest, Step
from tinkernet.engine import Spec, Trainer

THREE = Spec(seed="0.5", dataset="blobs", optimiser="adam", hidden=(4,))


def test_a_stop_rule_stops_exactly_there_and_says_so(server: Running) -> None:
    """At full speed the last epoch is the one asked for; who plays on is told why nothing happens, and another rule
    lets it go on."""
    with server.page() as page:
        page.ready()
        page.configure(stop_epoch=50)
        page.send("speed", rate=None)
        page.send("play")
        page.until(lambda page: page.state["halted"])
        assert page.state["halted"] == {"rule": "stop_epoch", "message": "Stopped: epoch 50 is reached."}
        assert not page.state["playing"]
        page.until(lambda page: page.frame.epoch == 50)
        for command in ("play", "step"):
            page.errors.clear()
            page.send(command)
            page.until(lambda page: page.errors)
            assert page.errors[0]["message"].startswith("Stopped: epoch 50 is reached. Change")
        assert page.frame.epoch == 50
        page.configure(stop_epoch=60)
        page.until(lambda page: page.state["halted"] is None)
        page.send("step", epochs=100)
        page.until(lambda page: page.frame.epoch == 60 and page.state["halted"])


def test_a_typed_weight_lifts_a_stop(server: Running) -> None:
    """A rule that no longer holds after an edit is not said any longer."""
    with server.page() as page:
        page.ready()
        page.configure(stop_loss=0.4)
        page.send("step", epochs=2000)
        page.until(lambda page: page.state["halted"])
        assert page.state["halted"]["message"] == "Stopped: the test loss is 0.4 or lower."
        page.send("edit_bias", layer=2, neuron=0, value=9)
        page.until(lambda page: page.state["halted"] is None and page.frame.test_loss > 0.4)


def test_the_best_state_is_one_command_away(server: Running) -> None:
    """Patience names it; restored, the test loss is that one again, and training can go on. Without it: a sentence."""
    with server.page() as page:
        page.ready()
        page.send("restore_best")
        page.until(lambda page: page.errors)
        assert page.errors[0]["field"] == "patience"
        page.configure(dataset="gauss", noise=50, hidden=[8, 8], learning_rate=0.3, train_percent=10, patience=25)
        page.send("step", epochs=5000)
        page.until(lambda page: page.state["halted"] and page.frame.epoch == page.state["best"]["epoch"] + 25)
        best, epoch = page.state["best"], page.frame.epoch
        assert page.state["halted"]["message"] == "Stopped: the test loss has not improved for 25 epochs."
        page.send("restore_best")
        page.until(lambda page: page.state["halted"] is None and page.frame.test_loss == best["test_loss"])
        page.send("step", epochs=3)
        page.until(lambda page: page.frame.epoch == epoch + 3)


def session_of(saved: list[Record] | None = None, **given: object) -> Session:
    """A session driven by hand, on a loop that does not run."""
    loop = asyncio.new_event_loop()
    loop.close()
    keep = None if saved is None else saved.append
    return Session(Settings(), loop, lambda _: None, keep=keep, **given)  # type: ignore[arg-type]


def test_a_restored_best_state_outlives_the_server() -> None:
    """The edit is in the checkpoint: what goes on from there is the run that its edits replay."""
    kept: list[Record] = []
    session = session_of(kept)
    start = replace(THREE, patience=5, learning_rate=1.0, noise=50.0)
    session.submit(Apply(start, 1))
    session.submit(Step(type="step", epochs=300))
    session.submit(RestoreBest(type="restore_best"))
    while session.runs[MAIN].run(0.05) is not None:
        pass
    session.keep_last(())
    saved = runs_of(kept[-1])[MAIN]
    again = Trainer.restored(saved.spec, saved.whole_checkpoint())
    assert [edit.kind for edit in again.edits] == ["best"]
    again.advance(2)
    alone = Trainer.replay(again.run, again.epoch)
    assert again.network.params.tobytes() == alone.network.params.tobytes()
