"""Formulas on the wire: what is wrong with one is said, and what nobody's network has is not computed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.engine.conftest import spec
from tinkernet.app.publishing.units import resolve_unit
from tinkernet.app.wire.commands import MapTopic, Subscribe
from tinkernet.app.wire.parse import ProtocolError, parse
from tinkernet.engine import Trainer


def refused(**choices: Any) -> ProtocolError:
    """The refusal of a spec with these fields."""
    given = spec(dataset="formula", noise=20.0).to_dict() | choices
    with pytest.raises(ProtocolError) as refusal:
        parse(json.dumps({"type": "configure", "revision": 3, "spec": given}))
    return refusal.value


def test_a_spec_is_used_without_its_broken_formulas() -> None:
    """All that is wrong is said, and the rest of the spec counts: a link may have them."""
    error = refused(regions=["x >"], surface="(", features=["x", "=1+", "=y"], noise=30.0)
    for part in ("New feature: Expected", "Class 2 where: Expected", "Value: Expected", "does without it"):
        assert part in error.message
    assert error.nearest == spec(dataset="formula", noise=30.0, features=("x",))
    assert error.revision == 3
    assert refused(regions=["x > 7"]).nearest == spec(dataset="formula", noise=20.0)


def test_what_else_is_wrong_is_refused_as_ever() -> None:
    """With another field's error beside it, there is no nearest spec."""
    assert refused(regions=["x >"], optimiser="none").nearest is None
    assert refused(regions=5).nearest == spec(dataset="formula", noise=20.0)
    assert refused(features=["x", "nope", "=x"]).nearest is None


def test_only_a_network_s_own_written_features_are_shown() -> None:
    """A topic may name any formula; that of another network shows the output."""
    parsed = parse(json.dumps({"type": "subscribe", "topics": [{"topic": "map", "unit": "=exp(x)"}]}))
    assert parsed == Subscribe(type="subscribe", topics=[MapTopic(topic="map", unit="=exp(x)")])
    trainer = Trainer(spec(features=("x", "=x*y")))
    assert resolve_unit(trainer, "=x*y") == "=x*y"
    assert resolve_unit(trainer, "=exp(x)") == resolve_unit(trainer, "output")
