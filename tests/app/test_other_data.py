"""What the server does with a network of data off the plane, and with commands that name its columns."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.engine.conftest import numbers_of, spec
from tinkernet.app.publishing.topics import Moment, maker_of
from tinkernet.app.publishing.units import resolve_unit
from tinkernet.app.wire.commands import MAIN, DataTopic, MapTopic, MetricsTopic, NetworkTopic, Topic
from tinkernet.app.wire.frames import encode
from tinkernet.app.wire.levels import OUTPUT
from tinkernet.app.wire.parse import ProtocolError, parse
from tinkernet.engine import Trainer
from tinkernet.engine.data.features import column_keys


def test_columns_of_data_that_no_session_has_are_refused() -> None:
    """By a sentence that names the field."""
    values = spec().to_dict() | {"features": ["in.3"]}
    with pytest.raises(ProtocolError, match=r"Features must be .*, not \['in.3'\]\.$") as refusal:
        parse(json.dumps({"type": "configure", "revision": 1, "spec": values}))
    assert refusal.value.field == "features"


@pytest.mark.parametrize("unit", ["in.0", "in.63", "x", "0.7", "output"])
def test_a_viewer_may_ask_for_any_unit(unit: str) -> None:
    """A column of other data than the session's shows the output."""
    (topic,) = parse(json.dumps({"type": "subscribe", "topics": [{"topic": "map", "unit": unit}]})).topics
    assert resolve_unit(Trainer(spec()), topic.unit) == {"x": "x", "0.7": "2.0"}.get(unit, "2.0")


def test_what_viewers_get_does_not_grow_with_the_columns() -> None:
    """Three numbers a point; maps, metrics and the first output of several numbers, no class map."""
    trainer = Trainer(spec(problem="regression", features=column_keys(64), hidden=(3,)), numbers_of(64, 64, rows=500))
    points, on_plane = (made(of, DataTopic(topic="data"))[0] for of in (trainer, Trainer(spec())))
    assert len(encode(MAIN, points, deflate=True)) == len(encode(MAIN, on_plane, deflate=True))
    assert resolve_unit(trainer, OUTPUT) == "1.0"
    assert resolve_unit(trainer, "x") == "1.0"
    assert resolve_unit(trainer, "in.63") == "in.63"
    maps = made(trainer, *(MapTopic(topic="map", unit=unit) for unit in ("1.0", "1.63", "in.63")))
    assert [found.classes for found in maps] == [0, 0, 0]
    assert len({found.big_map.tobytes() for found in maps}) == 3
    assert len(made(trainer, NetworkTopic(topic="network"))[0].small_maps) == 3 + 16
    metrics = made(trainer, MetricsTopic(topic="metrics"))[0]
    assert np.isfinite(metrics.r2).all()
    assert len(metrics.predicted_train) > 0


def made(trainer: Trainer, *topics: Topic) -> list[Any]:
    """The records of topics of one kind."""
    return list(maker_of(topics[0].topic).make(Moment(trainer, MAIN, 1, 7, 1, False, 0.0), topics))
