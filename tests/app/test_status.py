"""What is told about training besides its frames: stop rules, the best state, measures."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np

from tests.app.conftest import Running
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.publishing.status import PREDICTED, metrics_of
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.publication import METRICS_SECONDS
from tinkernet.app.sessions.saved import runs_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import Record
from tinkernet.app.wire.commands import MAIN, Play, RestoreBest, Step, Subscribe
from tinkernet.app.wire.frames import OUTPUT
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis import metrics
from tinkernet.engine.analysis.probe import outputs

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


def test_measures_come_to_who_looks_at_them_and_to_nobody_else(server: Running) -> None:
    """They are the engine's; another page of the same session is told none; they follow while the network learns."""
    with server.page() as page, server.page(id=page.id) as other:
        page.ready()
        other.ready()
        page.configure(dataset="blobs", optimiser="adam")
        page.send("step", epochs=30)
        page.until(lambda page: page.frame.epoch == 30)
        page.send("subscribe", unit="output", metrics=True)
        page.until(lambda page: page.metrics)
        alone = Trainer(Spec.from_dict(page.state["spec"]))
        alone.advance(30)
        for part, found in metrics.metrics_of(alone).items():
            told = page.metrics[part]
            assert {name: told[name] for name in found} == found
        page.send("play")
        page.until(lambda page: page.metrics["epoch"] > 60)
        page.send("pause")
        page.until(lambda page: not page.state["playing"] and not page.frame.flags & 4)  # the last frame has come
        other.until(lambda other: other.frame.epoch == page.frame.epoch)
        assert "metrics" not in other.heard
        page.send("subscribe", unit="output")
        page.send("step", epochs=1)
        epoch = page.frame.epoch
        page.until(lambda page: page.frame.epoch == epoch + 1)
        assert page.metrics["epoch"] <= epoch


def test_measures_are_taken_a_few_times_a_second() -> None:
    """However often a session gets a slice, and not at all while nobody looks."""
    now = [0.0]
    session = session_of(clock=lambda: now[0])
    viewer = Viewer(Subscribe(type="subscribe", unit=OUTPUT))
    session.context.viewers = (viewer,)
    session.submit(Apply(THREE, 1))
    session.submit(Play(type="play"))

    def measured(seconds: float) -> int:
        told: list[object] = []
        for _ in range(round(seconds * 100)):
            now[0] += 0.01
            session.runs[MAIN].run(0.001)
            if not told or told[-1] is not session.runs[MAIN].publication._metrics:
                told.append(session.runs[MAIN].publication._metrics)
        return len(told)

    assert measured(1.0) == 1  # None, all the time
    assert session.runs[MAIN].publication._metrics is None
    viewer.watch = Subscribe(type="subscribe", unit=OUTPUT, metrics=True)
    assert 1 / METRICS_SECONDS <= measured(1.0) <= 1 / METRICS_SECONDS + 1


def test_predictions_of_numbers() -> None:
    """For regression the first points' answers, in the order of the points; the event has no NaN in it."""
    trainer = Trainer(Spec(seed="0.5", problem="regression"))
    told = metrics_of(trainer, MAIN, 3)
    assert (told.restarts, told.epoch) == (3, 0)
    assert told.test.predicted is not None
    np.testing.assert_allclose(
        told.test.predicted, outputs(trainer, trainer.data.test.inputs[:PREDICTED])[-1], rtol=0, atol=0.0006
    )
    trainer.set_bias(2, 0, 1e308)
    trainer.set_weight(2, 0, 0, 1e308)
    assert "NaN" not in metrics_of(trainer, MAIN, 3).encode()
    assert metrics_of(Trainer(THREE), MAIN, 1).test.predicted is None
