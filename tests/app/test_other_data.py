"""What the server does with a network of data off the plane, and with commands that name its columns."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tests.engine.conftest import numbers_of, spec
from tinkernet.app.publishing.topics import Moment, maker_of
from tinkernet.app.publishing.units import resolve_unit
from tinkernet.app.wire.commands import MAIN, DataTopic, MapTopic, MetricsTopic, NetworkTopic, ReadingTopic, Topic
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
    narrow = Trainer(spec(problem="regression", features=column_keys(3)), numbers_of(3, rows=500))
    many, few = (made(of, DataTopic(topic="data"))[0] for of in (trainer, narrow))
    of_plane = 3 * 8 * (64 - 3)  # where the plane is: three vectors of 64 numbers, in place of three of 3
    assert len(encode(MAIN, many, deflate=True)) == len(encode(MAIN, few, deflate=True)) + of_plane
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


def test_each_plane_is_shown_once() -> None:
    """Maps, readings and points of two planes differ, and a plane of other data shows the main directions."""
    trainer = Trainer(spec(problem="regression", features=column_keys(5), hidden=(3,)), numbers_of(5, rows=50))
    planes = ("", "2,0", "2,0@7", "9,8")
    maps = made(trainer, *(MapTopic(topic="map", unit="output", plane=plane) for plane in planes))
    assert [found.plane for found in maps] == list(planes)
    assert len({found.big_map.tobytes() for found in maps}) == 3
    assert maps[0].big_map.tobytes() == maps[3].big_map.tobytes()
    readings = made(trainer, *(ReadingTopic(topic="reading", unit="in.2", x=x, y=0.0, plane="2,0") for x in (1.0, 3.0)))
    (points,) = made(trainer, DataTopic(topic="data", plane="2,0"))
    place = points.origin + np.array([[1.0], [3.0]]) * points.axes[0]
    assert [reading.value for reading in readings] == pytest.approx(place[:, 2].tolist())
    assert points.shares is None
    (main,) = made(trainer, DataTopic(topic="data"))
    assert 0.0 < main.shares[1] <= main.shares[0] < 1.0
    rows = np.concatenate([main.train, main.test])[:, :2] @ main.axes + main.origin
    assert rows.shape == (50, 5)
    networks = made(trainer, *(NetworkTopic(topic="network", plane=plane) for plane in planes[:2]))
    assert len({found.small_maps.tobytes() for found in networks}) == 2


@pytest.mark.parametrize("plane", ["0", "0,64", "0,1@", "0,1@12345", "main", "0,1,2", 5, None])
def test_what_names_no_plane_is_refused(plane: object) -> None:
    """By a sentence that says what does."""
    with pytest.raises(ProtocolError, match="two columns such as") as refusal:
        parse(json.dumps({"type": "subscribe", "topics": [{"topic": "data", "plane": plane}]}))
    assert refusal.value.field == "plane"


def made(trainer: Trainer, *topics: Topic) -> list[Any]:
    """The records of topics of one kind."""
    return list(maker_of(topics[0].topic).make(Moment(trainer, MAIN, 1, 7, 1, False, 0.0), topics))
