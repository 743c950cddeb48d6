"""What the server does with a network of data off the plane, and with commands that name its columns."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.engine.conftest import numbers_of, spec
from tinkernet.app.publishing.frames import known, maps, points_of
from tinkernet.app.publishing.status import metrics_of
from tinkernet.app.wire.commands import MAIN
from tinkernet.app.wire.frames import OUTPUT
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
    watch = parse(json.dumps({"type": "subscribe", "unit": unit}))
    assert known(Trainer(spec()), watch.unit) == {"x": "x", "0.7": "2.0"}.get(unit, "2.0")


def test_what_viewers_get_does_not_grow_with_the_columns() -> None:
    """Three numbers a point; maps, metrics and the first output of several numbers, no class map."""
    trainer = Trainer(spec(problem="regression", features=column_keys(64), hidden=(3,)), numbers_of(64, 64, rows=500))
    assert len(points_of(trainer, 7)) == len(points_of(Trainer(spec()), 7))
    assert known(trainer, OUTPUT) == "1.0"
    assert known(trainer, "x") == "1.0"
    assert known(trainer, "in.63") == "in.63"
    small, big = maps(trainer, {"1.0", "1.63", "in.63"})
    assert sorted(big) == ["1.0", "1.63", "in.63"]
    assert len({np.asarray(levels).tobytes() for levels in big.values()}) == 3
    assert len(small) == 3 + 16
    told = metrics_of(trainer, MAIN, 7)
    assert told.train.r2 is not None
    assert told.train.predicted is not None
