"""Steps by batch and by example, and what the wire says of them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.app.conftest import Running
from tests.page import Page
from tests.parts import Part
from tinkernet.app.sessions.saved import SavedRun
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis.trace import difference_quotient, trace


def subscribe(page: Page, *topics: dict[str, object]) -> None:
    page.subscribe({"topic": "network"}, *topics)


def part(page: Page, topic: str) -> Part | None:
    return None if page.frame is None else page.frame.parts.get(topic)


def test_ticks_of_each_clock(server: Running) -> None:
    """An epoch in batches and examples ends as one at a stroke does; meanwhile the losses follow each batch."""
    with server.page() as page:
        page.ready()
        page.configure(batch_size=7, train_percent=10)
        subscribe(page, {"topic": "batch"})
        page.until(lambda _: part(page, "batch") and part(page, "batch").examples == 50)
        twin = Trainer(Spec.from_dict(page.state["spec"]))
        page.send("set_clock", clock="example")
        page.send("tick", clock="example", count=9)
        page.until(lambda _: part(page, "batch").done == 9)
        now = part(page, "batch")
        assert page.state["clock"] == "example"
        assert (now.batch, now.batches, now.batch_size, now.example, now.epoch) == (1, 8, 7, 2, 0)
        twin.tick("batch", 1)
        assert now.members.tolist() == twin.batch_now().ids.tolist()
        np.testing.assert_allclose(now.pulls, np.abs(twin.batch_deltas()[0]), rtol=1e-6)
        assert page.frame.train_loss == twin.losses_now()[0]
        page.send("tick", clock="batch", count=6)
        page.until(lambda _: part(page, "batch").done == 49)
        assert len(part(page, "batch").members) == 1  # the last one is short
        page.send("tick", clock="batch")
        page.until(lambda page: page.frame.epoch == 1)
        twin.advance(1)
        assert page.frame.train_loss == twin.train_loss


def test_one_example_number_by_number(server: Running) -> None:
    with server.page() as page:
        page.ready()
        page.configure(hidden=[3, 2])
        page.send("step", epochs=3)
        subscribe(page, {"topic": "example", "id": 400, "layer": 1, "neuron": 0, "input": 2})
        page.until(lambda page: page.frame.epoch == 3 and part(page, "example") and part(page, "example").epoch == 3)
        twin = Trainer(Spec.from_dict(page.state["spec"]))
        twin.advance(3)
        found = part(page, "example")
        set_, place = next((s, list(ids).index(400)) for s, ids in enumerate(twin.ids) if 400 in ids)
        point, target = twin.data[set_].inputs[place], twin.data[set_].targets[place]
        seen = trace(twin, point, target)
        assert (found.point, found.is_next, found.is_training) == (400, 0, set_ == 0)
        assert found.loss == seen.loss
        assert found.sums.tolist() == [z for layer in seen.layers for z in layer.pre_activations]
        assert found.deltas.tolist() == [d for layer in seen.layers for d in layer.deltas]
        assert found.before.tolist() == twin.network.params.tolist()
        at = 2 * 3 + 3 + 2  # the third weight of the first neuron of the second layer
        assert found.gradient[at] == seen.layers[1].weight_gradient[0, 2]
        assert found.after[at] == seen.layers[1].next_weights[0, 2]
        assert found.quotient == difference_quotient(twin, point, target, 1, 0, 2)
        assert found.quotient == pytest.approx(found.gradient[at], rel=1e-6)
        # A point or a weight that is not there: the next in line, and no check.
        page.frame.parts.pop("example")
        subscribe(page, {"topic": "example", "id": 77_777, "layer": 9})
        page.until(lambda page: part(page, "example") and np.isnan(part(page, "example").quotient))
        assert part(page, "example").is_next
        assert part(page, "example").point == twin.next_example()


def test_the_clock_is_kept_and_old_records_have_that_of_epochs() -> None:
    spec = Spec(seed="0.5")
    run = SavedRun(spec, 0, 1, False, 60.0, 5, Trainer(spec).checkpoint(), clock="batch")
    facts = json.loads(json.dumps(run.facts()))
    assert facts["clock"] == "batch"
    assert SavedRun(spec, 0, 1, False, 60.0, 5, {}).clock == "epoch"


def test_a_wrong_clock_is_named(server: Running) -> None:
    with server.page() as page:
        page.ready()
        page.send("tick", clock="hour")
        page.until(lambda page: page.errors)
        assert page.errors[0]["field"] == "clock"
