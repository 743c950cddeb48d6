"""A session seen from its pages, over real sockets."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from tests.app.conftest import Running, running
from tests.app.test_pages import get
from tests.page import Page, visit
from tinkernet.app.settings import Settings
from tinkernet.engine import Spec, Trainer, spec_from_link
from tinkernet.engine.analysis.maps import class_map
from tinkernet.engine.analysis.probe import classes_at, unit_value


def test_play_lowers_the_loss(server: Running) -> None:
    """A new session is paused at epoch 0 with the defaults; played for 60 epochs it has learnt something."""
    with server.page() as page:
        page.ready()
        assert page.frame.epoch == 0
        assert not page.state["playing"]
        assert {**page.state["spec"], "seed": "1"} == Spec(seed="1").to_dict()
        before = page.frame.train_loss
        page.send("speed", rate=None)
        page.send("play")
        page.until(lambda page: page.frame.epoch >= 60)
        assert page.state["playing"]
        assert page.frame.train_loss < before
        page.send("pause")
        page.until(lambda page: not page.state["playing"] and not page.frame.flags & 4)


def test_the_first_things_said(server: Running) -> None:
    """A page that joins hears the state, then the points, then a frame."""
    with server.page() as page:
        page.ready()
        assert page.heard[:3] == ["state", "points", "frame"]
        restarts, train, test = page.points
        assert restarts == page.frame.restarts == page.state["restarts"]
        assert len(train) == len(test) == 250
        assert page.state["viewers"] == 1


def test_numbers_are_the_engines(server: Running) -> None:
    """Stepped, paused, played and stepped again, the network is bit for bit what the engine alone makes of the link."""
    with server.page() as page:
        page.ready()
        page.configure(dataset="spiral", hidden=[5, 3], activation="relu", seed="0.4", regularization="L1", noise=15)
        page.send("step", epochs=17)
        page.until(lambda page: page.frame.epoch == 17)
        page.send("speed", rate=1000)
        page.send("play")
        page.until(lambda page: page.frame.epoch > 60)
        page.send("pause")
        page.until(lambda page: not page.state["playing"])
        page.until(lambda page: not page.frame.flags & 4)
        epoch = page.frame.epoch
        page.send("step", epochs=5)
        page.until(lambda page: page.frame.epoch == epoch + 5)
        alone = Trainer(spec_from_link(page.state["link"]))
        alone.advance(int(page.frame.epoch))
        assert page.frame.params.tobytes() == alone.network.params.astype(np.float32).tobytes()
        assert (page.frame.train_loss, page.frame.test_loss) == (alone.train_loss, alone.test_loss)
        assert page.losses[: len(alone.history.rows)].tobytes() == alone.history.rows.tobytes()


def test_every_loss_arrives(server: Running) -> None:
    """At a speed at which frames carry many epochs each, the curve has a row for every one."""
    with server.page() as page:
        page.ready()
        page.send("speed", rate=2000)
        page.send("play")
        page.until(lambda page: page.frame.epoch >= 1500)
        assert page.frame.stride == 1
        assert len(page.losses) == page.frame.epoch + 1
        assert np.isfinite(page.losses).all()
        assert len(page.heard) < 1000  # many epochs a frame, or this would show nothing


def test_losses_survive_a_thinned_history(server: Running) -> None:
    """When the history has doubled its stride, the page has all rows of the new one."""
    with server.page() as page:
        page.ready()
        page.configure(hidden=[], train_percent=10)
        page.send("step", epochs=5000)
        page.until(lambda page: page.frame.epoch == 5000)
        assert page.frame.stride == 2
        assert len(page.losses) == 2501


def test_two_pages_see_one_session(server: Running) -> None:
    """What one page changes the other sees; the second one has the whole curve; both are counted."""
    with server.page() as one:
        one.ready()
        one.send("step", epochs=40)
        one.until(lambda page: page.frame.epoch == 40)
        with server.page(id=one.id) as two:
            two.ready()
            assert two.frame.epoch == 40
            assert two.losses.tobytes() == one.losses.tobytes()
            one.until(lambda page: page.state["viewers"] == 2)
            two.configure(dataset="xor")
            for page in (one, two):
                page.until(lambda page: page.state["spec"]["dataset"] == "xor" and page.frame.epoch == 0)
            assert one.frame.params.tobytes() == two.frame.params.tobytes()
        one.until(lambda page: page.state["viewers"] == 1)


def test_a_look_elsewhere_while_a_frame_is_under_way_is_answered(server: Running) -> None:
    """A paused page that points somewhere before it has taken its frame in gets the value when it has."""
    with server.page(patient=True) as page:
        page.ready().send("subscribe", unit="x", x=3.0, y=-1.0)
        with suppress(TimeoutError):  # the state may be told again; no frame comes before it is asked for
            while True:
                assert page.hear(0.3) != "frame"
        page.send("ack")
        page.until(lambda page: page.frame.value == 3.0)


def test_each_page_watches_its_own_unit(server: Running) -> None:
    """The big map and the value under the pointer are the viewer's; the rest is the same for both."""
    with server.page() as one, server.page(id=one.id) as two:
        one.ready(), two.ready()
        one.send("subscribe", unit="x", x=3.0, y=-1.0)
        two.send("subscribe", unit="0.1")
        one.until(lambda page: page.frame.value == 3.0)
        two.until(lambda page: (page.frame.big_map != one.frame.big_map).any() and np.isnan(page.frame.value))
        side = one.frame.big_side
        assert (np.diff(one.frame.big_map.reshape(side, side)[0].astype(int)) >= 0).all()
        assert one.frame.small_maps.tobytes() == two.frame.small_maps.tobytes()
        one.send("subscribe", unit="7.7", x=0, y=0)  # no such layer: the output
        output = unit_value(Trainer(spec_from_link(one.state["link"])), "2.0", 0.0, 0.0)
        one.until(lambda page: page.frame.value == output)


def test_several_outputs_are_watched_together_or_one_by_one(server: Running) -> None:
    """The output's big map is one of classes, and says who wins under the pointer; a single output's is its own."""
    with server.page() as page:
        page.ready().configure(dataset="blobs", classes=3, hidden=[40, 2])
        page.send("subscribe", unit="output", x=2.8, y=1.6)
        page.until(lambda page: page.frame.classes == 3 and page.frame.winner != 255)
        trainer = Trainer(spec_from_link(page.state["link"]))
        chosen, lead = class_map(trainer, page.frame.big_side)
        np.testing.assert_array_equal(page.frame.big_map // page.frame.big_levels, chosen)
        assert np.abs(page.frame.big_map % page.frame.big_levels / (page.frame.big_levels - 1) - lead).max() < 0.02
        assert (page.frame.winner, page.frame.value) == classes_at(trainer, [(2.8, 1.6)])[0]
        assert page.frame.neurons == 16 + 2 + 3
        page.send("subscribe", unit="2.1", x=2.8, y=1.6)
        page.until(lambda page: page.frame.classes == 0 and page.frame.value == unit_value(trainer, "2.1", 2.8, 1.6))
        assert page.frame.winner == 255


def test_a_refused_configure_changes_nothing(server: Running) -> None:
    """The sender hears which setting, what it was and what is allowed; the session goes on as it was."""
    with server.page() as page:
        page.ready()
        before = page.state["spec"]
        page.send("configure", revision=5, spec={**before, "batch_size": 0})
        page.until(lambda page: page.errors and page.state["revision"] >= 5)
        (error,) = page.errors
        assert (error["field"], error["value"], error["revision"]) == ("batch_size", 0, 5)
        assert "1" in error["allowed"]
        assert page.state["spec"] == before
        page.configure(batch_size=1)
        page.until(lambda page: page.state["spec"]["batch_size"] == 1)


def test_a_run_that_is_not_there_is_refused(server: Running) -> None:
    """The sender hears which runs there are; the main run is left as it was. Every event about a run names it."""
    with server.page() as page:
        page.ready()
        assert page.state["run"] == "main"
        page.send("play", run="twin")
        page.until(lambda page: page.errors)
        (error,) = page.errors
        assert (error["field"], error["value"], error["allowed"]) == ("run", "twin", "main")
        page.send("step", run="main")
        page.until(lambda page: page.frame.epoch == 1)
        assert not page.state["playing"]


def test_a_flood_is_told_once_and_closed(server: Running) -> None:
    """A page that sends too much hears so and is closed; another page of the session is not."""
    with server.page() as calm, server.page(id=calm.id) as loud:
        calm.ready(), loud.ready()

        def flood() -> None:
            with suppress(ConnectionClosed):
                for _ in range(100_000):
                    loud.socket.send('{"type":"play"}')

        # Beside the reading, as in a browser: who only sends cannot hear anything.
        flooding = threading.Thread(target=flood)
        flooding.start()
        with pytest.raises(ConnectionClosed) as caught:
            loud.until(lambda _: False)
        flooding.join()
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1008
        assert len(loud.errors) == 1
        assert "too many" in loud.closing
        calm.until(lambda page: page.state["viewers"] == 1)
        calm.send("pause")
        calm.until(lambda page: not page.state["playing"])


def test_one_frame_in_flight(server: Running) -> None:
    """A page that does not say `ack` gets no second frame however long it plays, and no loss is missing after."""
    with server.page(patient=True) as page:
        page.ready()
        page.send("speed", rate=1000)
        page.send("play")
        page.until(lambda page: page.state["playing"])
        with pytest.raises(TimeoutError):
            page.hear(1.0)
        newest = server.app.state.sessions._session_from_id[page.id].runs["main"]._trainer.epoch
        page.send("ack")
        page.until(lambda page: page.heard.count("frame") == 2)
        assert page.frame.epoch >= newest > 1
        assert len(page.losses) == page.frame.epoch + 1


def test_frames_are_at_most_sixty_a_second(server: Running) -> None:
    """However fast it learns and however fast a page is, a second has sixty frames."""
    with server.page() as page:
        page.ready()
        page.send("speed", rate=None)
        page.send("play")
        page.until(lambda page: page.frame.epoch > 100)
        before, start = page.heard.count("frame"), time.monotonic()
        page.until(lambda _: time.monotonic() - start > 2)
        seconds = time.monotonic() - start
        assert 20 < page.heard.count("frame") - before <= 60 * seconds + 2


def test_the_speed_is_kept(server: Running) -> None:
    """At the default of 60 a second three seconds are 180 epochs, a few more or less for the ends."""
    with server.page() as page:
        page.ready()
        page.send("play")
        page.until(lambda page: page.frame.epoch >= 10)
        first, start = page.frame.epoch, time.monotonic()
        page.until(lambda _: time.monotonic() - start > 3)
        assert (page.frame.epoch - first) / (time.monotonic() - start) == pytest.approx(60, rel=0.1)
        assert page.frame.epochs_per_second == pytest.approx(60, rel=0.2)


def test_a_live_change_goes_on_and_others_restart(server: Running) -> None:
    """Another learning rate is learnt on with; another layer begins at epoch 0 in a new run, still playing."""
    with server.page() as page:
        page.ready()
        page.send("play")
        page.until(lambda page: page.frame.epoch > 5)
        restarts = page.frame.restarts
        page.configure(learning_rate=0.1)
        page.until(
            lambda page: page.state["spec"]["learning_rate"] == 0.1 and page.frame.revision == page.state["revision"]
        )
        assert page.frame.epoch > 5
        assert page.frame.restarts == restarts
        page.configure(hidden=[3])
        page.until(lambda page: page.frame.restarts > restarts)
        assert page.points[0] == page.frame.restarts
        assert page.state["playing"]
        alone = Trainer(spec_from_link(page.state["link"]))  # from epoch 0, however many have passed since
        alone.advance(int(page.frame.epoch))
        assert page.losses.tobytes() == alone.history.rows.tobytes()


def test_reset_is_the_same_start(server: Running) -> None:
    """Reset stops, keeps the settings as they are shown, and has the first weights again."""
    with server.page() as page:
        page.ready()
        first = page.frame.params.tobytes()
        page.configure(learning_rate=0.3)
        page.send("step", epochs=10)
        page.send("edit_weight", layer=0, neuron=0, input=1, value=2.5)
        page.until(lambda page: page.frame.epoch == 10 and 2.5 in page.frame.params)
        page.send("play")
        page.send("reset")
        page.until(lambda page: page.frame.epoch == 0)
        page.until(lambda page: not page.state["playing"])
        assert page.frame.params.tobytes() == first
        assert page.state["spec"]["learning_rate"] == 0.3
        page.send("step", epochs=10)
        page.until(lambda page: page.frame.epoch == 10)
        alone = Trainer(spec_from_link(page.state["link"]))
        alone.advance(10)
        assert page.frame.params.tobytes() == alone.network.params.astype(np.float32).tobytes()


def test_an_edited_weight_counts_at_once(server: Running) -> None:
    """Loss, map and the curve's last point follow a typed weight; a weight that is not there is a named error."""
    with server.page() as page:
        page.ready()
        loss, big_map = page.frame.train_loss, page.frame.big_map.tobytes()
        page.send("edit_weight", layer=2, neuron=0, input=1, value=-3.5)
        page.send("edit_bias", layer=0, neuron=3, value=0.75)
        page.until(lambda page: -3.5 in page.frame.params and 0.75 in page.frame.params)
        assert page.frame.train_loss != loss
        assert page.frame.big_map.tobytes() != big_map
        assert page.losses[-1, 0] == np.float32(page.frame.train_loss)
        page.send("edit_weight", layer=2, neuron=0, input=2, value=1)
        page.until(lambda page: page.errors)
        assert page.errors[0]["field"] == "input"


def diverge(page: Page) -> None:
    """To the first loss that is no number."""
    page.ready()
    page.configure(problem="regression", activation="linear", learning_rate=10, hidden=[8, 8])
    page.send("speed", rate=None)
    page.send("play")
    page.until(lambda page: page.state["diverged_at"] is not None)


def test_divergence_stops_and_is_told(server: Running) -> None:
    """Training stops at the first loss that is no number; play is not taken; reset begins again."""
    with server.page() as page:
        diverge(page)
        assert not page.state["playing"]
        page.until(lambda page: page.frame.epoch == page.state["diverged_at"])
        assert page.frame.flags & 2
        assert page.frame.diverged_at == page.state["diverged_at"]
        page.heard.clear()
        page.send("play")
        page.until(lambda page: "state" in page.heard)
        assert not page.state["playing"]
        page.send("reset")
        page.until(lambda page: page.state["diverged_at"] is None and page.frame.epoch == 0)


def test_a_lower_learning_rate_after_divergence(server: Running) -> None:
    """It begins again from the start, for weights that are no numbers cannot be learnt on with."""
    with server.page() as page:
        diverge(page)
        page.configure(learning_rate=0.001)
        page.until(lambda page: page.state["diverged_at"] is None and page.frame.epoch == 0)
        page.send("play")
        page.until(lambda page: page.frame.epoch > 20)
        assert np.isfinite(page.frame.params).all()


def test_a_page_that_comes_back_finds_its_session(server: Running) -> None:
    """Fifteen times cut off after three changes each: every one is there, none twice, and the curve is whole."""
    with server.page() as page:
        page.ready()
        page.configure(hidden=[3], seed="0.2")
        page.until(lambda page: page.frame.revision == 1)
    alone = Trainer(spec_from_link(page.state["link"]))
    for round in range(1, 16):
        with server.page(id=page.id) as page:
            page.ready()
            assert page.frame.epoch == alone.epoch
            page.configure(learning_rate=round / 100)
            page.send("edit_bias", layer=0, neuron=1, value=round / 10)
            page.send("step")
            alone.reconfigure(replace(alone.spec, learning_rate=round / 100))
            alone.set_bias(0, 1, round / 10)
            alone.advance(1)
            page.until(lambda page, all=round: page.frame.epoch == all)
            assert page.state["revision"] == 1 + round
            assert page.frame.params.tobytes() == alone.network.params.astype(np.float32).tobytes()
            assert page.losses.tobytes() == alone.history.rows.tobytes()
            page.cut()


def test_playing_goes_on_over_a_short_break(server: Running) -> None:
    """A session that plays is still playing when its page is back a moment later."""
    with server.page() as page:
        page.ready()
        page.send("play")
        epoch = page.until(lambda page: page.frame.epoch > 3).frame.epoch
    with server.page(id=page.id) as page:
        page.ready()
        assert page.state["playing"]
        page.until(lambda page: page.frame.epoch > epoch + 3)


def test_a_session_that_is_unknown_begins_anew(server: Running) -> None:
    """Whoever has its key may open it; the page's own settings and revision are then the session's."""
    with server.page() as page:
        page.ready()
        page.send("configure", revision=700, spec={**page.state["spec"], "seed": "mine"})
        page.until(lambda page: page.state["revision"] == 700 and page.frame.revision == 700)
        assert page.state["spec"]["seed"] == "mine"


def test_idle_sessions_wait_and_go_on(serve: Callable[..., Running]) -> None:
    """Nobody watches: after a while it pauses, and plays on by itself when somebody is back."""
    server = serve(idle_pause=0.2, idle_expire=60.0)
    with server.page() as page:
        page.ready()
        page.send("play")
        page.until(lambda page: page.frame.epoch > 3)
    (session,) = server.app.state.sessions._session_from_id.values()
    deadline = time.monotonic() + 10
    while not session.suspended:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with server.page(id=page.id) as page:
        epoch = page.ready().frame.epoch
        assert page.state["playing"]
        page.until(lambda page: page.frame.epoch > epoch + 3)


def test_limits_are_told(serve: Callable[..., Running]) -> None:
    """One session too many hears so in a sentence, and is closed with 1013."""
    server = serve(max_sessions=1, max_viewers=2)
    with server.page() as one:
        one.ready()
        for id in (visit(server.url).id, None):
            with server.page(id=one.id), server.page(id=id or one.id) as two:
                with pytest.raises(ConnectionClosed) as caught:
                    two.until(lambda _: False)
                assert "full" in two.closing
                assert caught.value.rcvd.code == 1013
            one.until(lambda page: page.state["viewers"] == 1)


def test_the_end_is_told(serve: Callable[..., Running]) -> None:
    """A server that stops says so to every page before it closes."""
    server = serve()
    with ExitStack() as stack:
        pages = [stack.enter_context(server.page()) for _ in range(3)]
        for page in pages:
            page.ready()
            page.send("play")
        server.server.should_exit = True
        for page in pages:
            with pytest.raises(ConnectionClosed) as caught:
                page.until(lambda _: False)
            assert page.closing == "The server is stopping."
            assert caught.value.rcvd.code == 1001


def test_many_sessions_share_the_cores(server: Running) -> None:
    """Six sessions as fast as they go: none has less than half of what another has."""
    with ExitStack() as stack:
        pages = [stack.enter_context(server.page()) for _ in range(6)]
        for page in pages:
            page.ready()
            page.configure(seed="0.1", dataset="circle")
            page.send("speed", rate=None)
        for page in pages:
            page.send("play")
        end = time.monotonic() + 3
        threads = [threading.Thread(target=page.until, args=(lambda _: time.monotonic() > end,)) for page in pages]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        epochs = [page.frame.epoch for page in pages]
        assert min(epochs) > max(epochs) / 2 > 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files as Linux shows them")
def test_nothing_is_left_behind(serve: Callable[..., Running]) -> None:
    """A hundred times a page comes and goes, every other time without a goodbye: at most five more open files, and
    threads, tasks, sessions and viewers are back where they were."""
    server = serve()

    def counts() -> tuple[int, int, int, int]:
        sessions = server.app.state.sessions
        return threading.active_count(), len(asyncio.all_tasks(server.loop)), len(sessions), sessions.pages

    with server.page() as page:
        page.ready()
        before, files = counts(), len(os.listdir("/proc/self/fd"))
        for visit in range(100):
            with server.page(id=page.id) as passing:
                passing.send("step")
                if visit % 2:
                    passing.cut()
        # Those that said goodbye were heard; a reset may overtake the words before it.
        page.until(lambda page: page.state["viewers"] == 1 and page.frame.epoch >= 50)
        deadline = time.monotonic() + 5
        while counts() != before:
            assert time.monotonic() < deadline, (before, counts())
            time.sleep(0.05)
        assert len(os.listdir("/proc/self/fd")) <= files + 5


def test_frames_can_be_packed(serve: Callable[..., Running]) -> None:
    """With packing on, frames are smaller and hold the same."""
    server = serve(deflate=True)
    with server.page() as page:
        page.ready()
        assert page.frame.flags & 1
        assert page.frame.maps_length < page.frame.raw_length / 2
        alone = Trainer(spec_from_link(page.state["link"]))
        assert page.frame.params.tobytes() == alone.network.params.astype(np.float32).tobytes()


def test_a_page_that_does_not_read_is_dropped(serve: Callable[..., Running], monkeypatch: pytest.MonkeyPatch) -> None:
    """It asks for frames and reads none: its socket is gone soon after the time-out, and the other page goes on."""
    # Without the kernel's own limit, so that this fails when uvicorn's protocol no longer calls ours.
    monkeypatch.delattr("socket.TCP_USER_TIMEOUT", raising=False)
    server = serve(send_timeout=0.5)
    with server.page() as page, server.page(id=page.id, patient=True) as stalled:
        page.ready()
        page.until(lambda page: page.state["viewers"] == 2)
        page.configure(hidden=[8, 8, 8, 8])  # frames of 25 kB
        page.send("speed", rate=None)
        page.send("play")
        with suppress(ConnectionClosed):
            while page.state["viewers"] == 2:
                stalled.send("ack")
                page.hear()
        connections = server.server.server_state.connections
        page.until(lambda _: len(connections) == 1, seconds=8)
        before = page.frame.epoch
        page.until(lambda page: page.frame.epoch > before)


def test_the_page_is_there_while_the_engine_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Served at once; /readyz and the socket say how far it is; what is asked for meanwhile is done afterwards: it is
    shown as soon as that can be, and trained later."""
    can_show, can_train = threading.Event(), threading.Event()

    def slow(report: Callable[[int, int, str], None], training: bool = True) -> None:
        report(1 + training, 3, "kernels.train" if training else "kernels.paint")
        assert (can_train if training else can_show).wait(30)
        report(2 + training, 3, "")

    monkeypatch.setattr("tinkernet.app.workers.warmup.warm", slow)
    monkeypatch.setattr("tinkernet.app.sessions.run_executor.can_train", can_train.is_set)
    with running(Settings(port=0), wait=False) as server, server.page() as page:
        page.until(lambda page: "progress" in page.heard)
        assert page.heard == ["state", "progress"]
        assert page.progress["done"] == 1
        assert page.progress["name"] == "kernels.paint"
        assert get(f"{server.url}/readyz")[::2] == (503, b"compiling 1 of 3: kernels.paint\n")
        assert get(f"{server.url}/s/{page.id}")[0] == 200
        page.configure(activation="relu")
        page.send("play")
        can_show.set()
        page.until(lambda page: page.state["spec"]["activation"] == "relu" and page.frame is not None)
        page.until(lambda page: page.progress["done"] == 2)
        assert get(f"{server.url}/readyz")[::2] == (200, b"ready to show, compiling 2 of 3: kernels.train\n")
        first = page.frame
        page.configure(activation="sigmoid", hidden=[3])
        page.until(lambda page: page.frame.restarts > first.restarts)
        assert page.frame.epoch == 0
        page.send("step", epochs=2)  # which ends the playing
        page.send("subscribe", unit="x", x=3.0, y=-1.0)
        page.until(lambda page: page.frame.value == 3.0)  # and was read before this
        can_train.set()
        page.until(lambda page: page.progress["done"] == 3 and page.frame.epoch == 2)
