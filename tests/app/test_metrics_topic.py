"""The topic of metrics: made a few times a second, with the engine's numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from tests.app.conftest import Running
from tests.app.test_topics import (  # noqa: F401
    DATA,
    LOSSES,
    METRICS,
    NETWORK,
    ONE_TICK,
    OUTPUT_MAP,
    THREE,
    Watched,
    made,
    taken,
    topics_of,
    watch,
)
from tests.parts import metrics_of
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.publishing.topics import metrics
from tinkernet.app.wire.commands import (
    EditBias,
    Play,
    Step,
)
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis.metrics import metrics_of as metrics_from
from tinkernet.engine.analysis.probe import outputs


def test_metrics_are_made_a_few_times_a_second(made: Counter[str], watch: Callable[..., Watched]) -> None:  # noqa: F811
    """However often a run gets a slice and a page takes a tick; and not at all while nobody shows them."""
    watched = watch()
    page = watched.page(NETWORK)
    watched.session.submit(Play(type="play"))

    def turns(count: int) -> None:
        for _ in range(count):
            watched.turn(0.02)
            taken(page)
            page.acknowledge()

    turns(50)
    assert (made["metrics"], made["network"]) == (0, 50)
    page.subscribe(subscription_of((NETWORK, METRICS)))
    turns(50)
    assert 1 / metrics.SECONDS <= made["metrics"] <= 1 / metrics.SECONDS + 1
    assert made["network"] == 100


def test_the_last_metrics_are_of_the_last_epoch(watch: Callable[..., Watched]) -> None:  # noqa: F811
    """Paused between two of them, the run comes back to it by itself when it is time."""
    watched = watch()
    page = watched.page(METRICS)
    watched.turn()
    assert taken(page)[0].epoch == 0
    page.acknowledge()
    watched.session.submit(Step(type="step", epochs=3))
    watched.now += ONE_TICK
    due = watched.run.run(0.001)
    assert due == pytest.approx(1000.0 + ONE_TICK + metrics.SECONDS)
    assert taken(page) == []
    watched.turn(metrics.SECONDS)
    assert taken(page)[0].epoch == 3


def test_metrics_are_the_engines(server: Running) -> None:
    """They come to the page that shows them, follow while the network learns, and end when it shows others."""
    with server.page() as page, server.page(id=page.id) as other:
        page.ready()
        other.ready()
        page.configure(dataset="blobs", optimiser="adam")
        page.send("step", epochs=30)
        page.until(lambda page: page.frame.epoch == 30)
        page.watch(metrics=True)
        page.until(lambda page: page.metrics)
        alone = Trainer(Spec.from_dict(page.state["spec"]))
        alone.advance(30)
        for part, found in metrics_from(alone).items():
            assert page.metrics[part] == found
        page.send("play")
        page.until(lambda page: page.metrics["epoch"] > 60)
        page.send("pause")
        page.until(lambda page: not page.state["playing"] and not page.frame.playing)
        other.until(lambda other: other.frame.epoch == page.frame.epoch)
        assert other.metrics == {}
        page.watch()
        page.send("step", epochs=1)
        epoch = page.frame.epoch
        page.until(lambda page: page.frame.epoch == epoch + 1)
        assert page.metrics["epoch"] <= epoch


def test_predictions_of_numbers(watch: Callable[..., Watched]) -> None:  # noqa: F811
    """For regression the outputs for the first points, in the order of the points; what is not finite is told so."""
    watched = watch(Spec(seed="0.5", problem="regression"))
    page = watched.page(METRICS)
    watched.turn()
    (part,) = taken(page)
    for name in ("train", "test"):
        points = getattr(watched.trainer.data, name).inputs[: metrics.PREDICTED]
        wanted = outputs(watched.trainer, points)[-1].astype(np.float32)
        np.testing.assert_array_equal(part[f"predicted_{name}"], wanted)
    page.acknowledge()
    watched.session.submit(EditBias(type="edit_bias", layer=2, neuron=0, value=1e6))
    watched.trainer.set_weight(2, 0, 0, 1e308)
    watched.turn(1.0)
    found = metrics_of(taken(page)[0])
    assert (found["test"]["r2"], found["test"]["rmse"]) == (None, None)
    assert "accuracy" not in found["test"]
