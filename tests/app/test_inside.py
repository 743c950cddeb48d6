"""Topics of the inside of a network: each is made of the run, for those who look, and says when there is nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.app.test_topics import Watched, taken, watch
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.wire.commands import (
    BendingTopic,
    DiagnosisTopic,
    EditWeight,
    HealthTopic,
    ImportanceTopic,
    LandscapeTopic,
    Step,
    Topic,
)
from tinkernet.engine import Spec
from tinkernet.engine.analysis.bending import bending
from tinkernet.engine.analysis.health import health
from tinkernet.engine.analysis.importance import importance

__all__ = ["watch"]  # the fixture
CIRCLE = Spec(seed="0.5", hidden=(4, 2))
LANDSCAPES = [LandscapeTopic(topic="landscape", mode=mode) for mode in ("path", "weights", "random")]


def shown(watched: Watched, *topics: Topic) -> list[Any]:
    """What a page with these topics is sent first."""
    viewer = watched.page(*topics)
    watched.turn()
    return taken(viewer)


def test_what_is_seen_is_the_run(watch: Callable[..., Watched]) -> None:
    """Places, gradients and losses are those of the engine, as the page reads them."""
    watched = watch(CIRCLE)
    watched.session.submit(Step(type="step", epochs=30))
    while watched.run._trainer is None or watched.trainer.epoch < 30:
        watched.turn()
    parts = shown(
        watched, BendingTopic(topic="bending"), HealthTopic(topic="health"), ImportanceTopic(topic="importance")
    )
    bent, ill, worth = parts
    stops = bending(watched.trainer)
    np.testing.assert_array_equal(bent.places, np.array([stop.places for stop in stops], np.float32))
    np.testing.assert_array_equal(bent.stops[:, 3], [stop.right for stop in stops])
    assert bent.grid == 33
    found = health(watched.trainer)
    np.testing.assert_array_equal(ill.gradient, found.gradient.astype(np.float32))
    np.testing.assert_array_equal(ill.ailments, found.neurons)
    losses = importance(watched.trainer)
    assert worth.whole == losses.loss == pytest.approx(watched.trainer.train_loss)
    np.testing.assert_array_equal(worth.without_units, losses.units)
    np.testing.assert_array_equal(worth.without_links, losses.links)


def test_a_landscape_has_the_way_to_now(watch: Callable[..., Watched]) -> None:
    """At first there is no path; then its last place is now, at the loss of the run; a restart begins another one."""
    watched = watch(CIRCLE)
    watched.turn()
    young, weights, random = shown(watched, *LANDSCAPES)
    assert (young.problem, "heights" in young) == ("young", False)
    assert [each.problem for each in (weights, random)] == ["", ""]
    watched.session.submit(Step(type="step", epochs=20))
    while watched.trainer.epoch < 20:
        watched.turn(0.6)
    for part in shown(watched, *LANDSCAPES):
        assert part.heights.shape == (61, 61)
        assert part.way[-1, 0] == 20
        assert part.way[-1, 3] == pytest.approx(watched.trainer.train_loss)
        assert len(part.way) > 2
        low, high = part.window
        at = (part.way[-1, 1:3] - low) / (high - low) * 60
        row, column = int(at[1]), int(at[0])
        around = part.heights[row : row + 2, column : column + 2]  # the ball is on the surface
        assert around.min() - 0.02 <= part.way[-1, 3] <= around.max() + 0.02
    watched.session.submit(Apply(Spec(seed="0.6", hidden=(3,)), 2))
    watched.turn(0.6)
    (young,) = shown(watched, LANDSCAPES[0])
    assert young.problem == "young"


def test_a_landscape_of_weights_that_are_gone_is_that_of_the_path(watch: Callable[..., Watched]) -> None:
    """The page may have chosen them in the network before; nothing fails."""
    watched = watch(CIRCLE)
    watched.turn()
    (part,) = shown(watched, LandscapeTopic(topic="landscape", mode="weights", first="3.0.0"))
    assert part.problem == "young"


def test_without_training_points_nothing_is_measured(watch: Callable[..., Watched]) -> None:
    """Every topic comes, empty."""
    watched = watch(Spec(seed="0.5", train_percent=0.0))
    watched.turn()
    topics = BendingTopic(topic="bending"), HealthTopic(topic="health"), ImportanceTopic(topic="importance")
    bent, ill, worth = shown(watched, *topics)
    assert bent.places.shape[1] == 33 * 33
    assert (bent.stops[:, 3] == -1).all()
    assert len(ill.gradient) == len(ill.ailments) == 0
    assert np.isnan(worth.whole)
    landscape, ills = shown(watched, LANDSCAPES[2], DiagnosisTopic(topic="diagnosis"))
    assert landscape.problem == "young"
    assert ills.key == ""


def test_a_diagnosis_comes_with_what_helps(watch: Callable[..., Watched]) -> None:
    """As texts; the changes are fields of the spec."""
    watched = watch(CIRCLE)
    watched.session.submit(EditWeight(type="edit_weight", layer=0, neuron=0, input=0, value=1e6))
    watched.turn()
    for neuron in range(4):
        for input in range(2):
            value = 40.0 + neuron - 90.0 * input
            edit = EditWeight(type="edit_weight", layer=0, neuron=neuron, input=input, value=value)
            watched.session.submit(edit)
    watched.session.submit(Step(type="step", epochs=1))
    while watched.trainer.epoch < 1:
        watched.turn()
    (part,) = shown(watched, DiagnosisTopic(topic="diagnosis"))
    assert (part.key, part.place) == ("saturated", "layer 1")
    assert "saturated" in part.sentence
    for changes in (part.first_changes, part.second_changes):
        Spec.from_dict(CIRCLE.to_dict() | json.loads(changes))
