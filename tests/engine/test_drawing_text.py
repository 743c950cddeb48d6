"""Drawn points as a text in links: bit for bit what was drawn, and nothing else is read."""

from __future__ import annotations

import base64
import contextlib
import json
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.conftest import spec
from tests.engine.test_laws import state
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.__main__ import main
from tinkernet.engine.data.drawing import MAX_ID, Drawing, Drawn, Moved, NewPoint
from tinkernet.engine.data.drawing_text import LONGEST, ONLY, text_of
from tinkernet.engine.spec.link import link_from_spec, read_link

SPEC = spec(points=100, noise=10.0)
COORDINATE = st.integers(-1536, 1536)
TRAINING = st.none() | st.booleans()
CHANGED = st.one_of(
    st.none(),
    st.builds(lambda place, target, training: Drawn(*(place or (None, None)), target, training),
              st.none() | st.tuples(COORDINATE, COORDINATE), st.none() | st.integers(0, 1), TRAINING),
)  # fmt: skip
ADDED = st.builds(Drawn, COORDINATE, COORDINATE, st.integers(0, 1), TRAINING)
DRAWINGS = st.builds(
    lambda changed, added, more: Drawing({}, 0).with_points(
        changed | {id + 100: point for id, point in added.items()} | {2000 + more: None}, 100
    ),
    st.dictionaries(st.integers(0, 99), CHANGED, max_size=20),
    st.dictionaries(st.integers(0, 900), ADDED, max_size=20),
    st.integers(0, 9),
)


@settings(max_examples=60, deadline=None)
@given(DRAWINGS)
def test_any_drawing_is_read_back(drawing: Drawing) -> None:
    """Its points, and the id of the next one."""
    found = SPEC.drawing_of(text_of(drawing))
    assert (found, found.next_id) == (drawing, drawing.next_id)


@settings(max_examples=100, deadline=None)
@given(st.text("Aa0_-z", max_size=40) | st.binary(max_size=60).map(
    lambda content: base64.urlsafe_b64encode(zlib.compress(content, 9, -15)).decode().rstrip("=")))  # fmt: skip
def test_any_other_text_is_refused(text: str) -> None:
    """Or is a drawing that can be drawn; nothing else is raised."""
    with contextlib.suppress(SpecError):
        assert len(Trainer(SPEC, drawing=SPEC.drawing_of(text)).ids) == 2


def packed(content: bytes) -> str:
    """Bytes as a text."""
    return base64.urlsafe_b64encode(zlib.compress(content, 9, -15)).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "=", "a" * (LONGEST + 1), packed(bytes(10_000_000))[:LONGEST], text_of(Drawing({3: None}, 100)) + "AA",
        text_of(Drawing({100: Drawn(0, 0, 2)}, 101)), text_of(Drawing({100: Drawn(None, None, 1)}, 101)),
        text_of(Drawing({100: None}, 101)), text_of(Drawing({100: Drawn(0, 0)}, 101)),
        text_of(Drawing({3: None}, MAX_ID + 1)), packed(b"\x64\x02\x03\x00\x01\x01"), packed(b"\x64\x01\x03\x18"),
        packed(b"\x02\x01\x03\x01"), packed(b"\xff" * 9), packed(b"\x64\x01\x03\x02\x01\xff\x00\xff"),
        text_of(Drawing({id: Drawn(0, 0, 0) for id in range(100, 5100)}, 5100)),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_no_text(text: str) -> None:
    """Too long, a bomb, more than the points, points that are incomplete, out of bounds, twice there or too many."""
    with pytest.raises(SpecError):
        SPEC.drawing_of(text)


def drawn(count: int) -> Trainer:
    """A run with so many points added by a brush."""
    random = np.random.default_rng(1)
    run = Trainer(spec(noise=10.0))
    path = np.cumsum(random.normal(0, 0.2, (count, 2)), axis=0)
    places = np.round(np.clip(path, -6, 6) * 256) / 256
    for part in np.array_split(places, max(1, count // 500)):
        run.edit_data(added=[NewPoint(x, y, float(x > 0)) for x, y in part.tolist()])
    run.edit_data(removed=[3, 4, 501], moved=[Moved(7, 0.5, 0.25), Moved(8, training=False), Moved(9, target=1)])
    return run


def test_a_link_carries_what_was_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever opens it trains the same bits, also in the shell; about 1,200 points fit."""
    run = drawn(1200)
    link = link_from_spec(run.spec, text_of(run.drawing))
    assert len(link) < 8000
    reading = read_link("#" + link)
    assert (reading.spec, reading.drawing, reading.problems, reading.remarks) == (run.spec, run.drawing, [], [])
    run.reset()
    other = Trainer(reading.spec, drawing=reading.drawing)
    for each in (run, other):
        each.edit_data(added=[NewPoint(1, 1, 1)])
        each.advance(3)
    assert state(other) == state(run)
    assert [ids.tolist() for ids in other.ids] == [ids.tolist() for ids in run.ids]
    assert main([link, "--epochs", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["train"]) + len(told["test"]) == 1697


def test_a_drawing_that_is_too_large_is_named() -> None:
    """The link says what is missing, and where it is; so it does for a damaged one."""
    link = link_from_spec(spec(), text_of(drawn(4400).drawing))
    assert len(link) < 800
    assert f"drawn={ONLY}" in link
    (problem,) = read_link(link).problems
    assert problem.field == "drawn"
    assert "too many for a link, so they are only on the server that made it" in str(problem)
    whole = link_from_spec(spec(), text_of(drawn(10).drawing))
    assert [each.field for each in read_link(whole[:-9]).problems] == ["drawn"]
    assert read_link(whole.replace("v=1&", "")).drawing.points == {}
