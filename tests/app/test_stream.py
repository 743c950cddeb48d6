"""A session seen from its pages, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest

from tests.app.conftest import Running
from tests.page import Page
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
        page.until(lambda page: not page.state["playing"] and not page.frame.playing)


def test_the_first_things_said(server: Running) -> None:
    """A page that joins hears the state, then one tick with the points and all that it shows."""
    with server.page() as page:
        page.ready()
        assert page.heard[:2] == ["state", "tick"]
        assert set(page.frame.parts) == {"data", "losses", "network", "map"}
        assert {part.run for part in page.frame.parts.values()} == {"main"}
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
        page.until(lambda page: not page.frame.playing)
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
        page.ready().watch(unit="x", x=3.0, y=-1.0)
        with suppress(TimeoutError):  # the state may be told again; no frame comes before it is asked for
            while True:
                assert page.hear(0.3) != "tick"
        page.send("ack")
        page.until(lambda page: page.frame.value == 3.0)


def test_each_page_watches_its_own_unit(server: Running) -> None:
    """The big map and the value under the pointer are the viewer's; the rest is the same for both."""
    with server.page() as one, server.page(id=one.id) as two:
        one.ready(), two.ready()
        one.watch(unit="x", x=3.0, y=-1.0)
        two.watch(unit="0.1")
        one.until(lambda page: page.frame.value == 3.0)
        two.until(lambda page: (page.frame.big_map != one.frame.big_map).any() and np.isnan(page.frame.value))
        assert one.frame.parts["map"].unit == "x"
        assert (np.diff(one.frame.big_map[0].astype(int)) >= 0).all()
        assert one.frame.small_maps.tobytes() == two.frame.small_maps.tobytes()
        one.watch(unit="7.7", x=0, y=0)  # no such layer: the output
        output = unit_value(Trainer(spec_from_link(one.state["link"])), "2.0", 0.0, 0.0)
        one.until(lambda page: page.frame.value == output)


def test_several_outputs_are_watched_together_or_one_by_one(server: Running) -> None:
    """The output's big map is one of classes, and says who wins under the pointer; a single output's is its own."""
    with server.page() as page:
        page.ready().configure(dataset="blobs", classes=3, hidden=[40, 2])
        page.watch(unit="output", x=2.8, y=1.6)
        page.until(lambda page: page.frame.classes == 3 and page.frame.winner != 255)
        trainer = Trainer(spec_from_link(page.state["link"]))
        map = page.frame.parts["map"]
        chosen, lead = class_map(trainer, len(map.big_map))
        winners, levels = np.divmod(map.big_map.ravel(), map.levels)
        np.testing.assert_array_equal(winners, chosen)
        assert np.abs(levels / (map.levels - 1) - lead).max() < 0.02
        assert (page.frame.winner, page.frame.value) == classes_at(trainer, [(2.8, 1.6)])[0]
        assert len(page.frame.small_maps) == 16 + 2 + 3
        page.watch(unit="2.1", x=2.8, y=1.6)
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
        page.until(lambda page: page.heard.count("tick") == 2)
        assert page.frame.epoch >= newest > 1
        assert len(page.losses) == page.frame.epoch + 1


def test_frames_are_at_most_sixty_a_second(server: Running) -> None:
    """However fast it learns and however fast a page is, a second has sixty frames."""
    with server.page() as page:
        page.ready()
        page.send("speed", rate=None)
        page.send("play")
        page.until(lambda page: page.frame.epoch > 100)
        before, start = page.heard.count("tick"), time.monotonic()
        page.until(lambda _: time.monotonic() - start > 2)
        seconds = time.monotonic() - start
        assert 20 < page.heard.count("tick") - before <= 60 * seconds + 2


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
        assert page.frame.diverged
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


def test_frames_can_be_packed(serve: Callable[..., Running]) -> None:
    """With packing on, frames are smaller and hold the same."""
    server = serve(deflate=True)
    with server.page() as page:
        page.ready()
        assert [page.frame.parts[topic].packed for topic in ("network", "map")] == [["small_maps"], ["big_map"]]
        alone = Trainer(spec_from_link(page.state["link"]))
        assert page.frame.params.tobytes() == alone.network.params.astype(np.float32).tobytes()
