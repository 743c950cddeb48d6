"""Speed: exact in the long run, without a burst after a stall."""

from __future__ import annotations

import itertools

import pytest

from tinkernet.app.sessions.pacing import SHORTEST_WAIT, STALL, Pacing


def train(pacing: Pacing, start: float, seconds: float) -> list[float]:
    """The moments of all epochs when epochs are done the moment that they are owed."""
    now, moments = start, []
    while now < start + seconds:
        owed = pacing.owed(now)
        assert owed is not None
        moments += [now] * owed
        pacing.count(owed)
        now = max(pacing.due(now), now + 1e-6)
    return moments


@pytest.mark.parametrize("rate", [1.0, 7.0, 60.0, 119.0, 121.0, 1000.0, 33_333.0])
def test_the_rate_is_exact(rate: float) -> None:
    """Over ten seconds the epochs are rate times ten, but for those of the last wait."""
    pacing = Pacing(rate)
    pacing.start(100.0)
    assert len(train(pacing, 100.0, 10.0)) == pytest.approx(10 * rate, abs=1 + rate * SHORTEST_WAIT)


def test_slow_epochs_are_evenly_spaced() -> None:
    """At sixty a second each epoch comes a sixtieth after the one before."""
    pacing = Pacing(60.0)
    pacing.start(0.0)
    moments = train(pacing, 0.0, 2.0)
    assert all(b - a == pytest.approx(1 / 60, abs=1e-4) for a, b in itertools.pairwise(moments))


def test_a_stall_is_forgiven() -> None:
    """After ten seconds without a turn only a quarter of a second is caught up."""
    pacing = Pacing(60.0)
    pacing.start(0.0)
    train(pacing, 0.0, 1.0)
    assert pacing.owed(11.0) == STALL * 60
    pacing.count(15)
    assert pacing.owed(11.0) == 0


def test_no_rate_is_no_limit() -> None:
    """As fast as it goes owes no number and is always due."""
    pacing = Pacing(None)
    pacing.start(5.0)
    assert pacing.owed(6.0) is None
    assert pacing.due(6.0) == 6.0


def test_a_new_rate_counts_from_now() -> None:
    """A faster rate does not make up for the slow time before, nor a slow one wait for the fast."""
    pacing = Pacing(1.0)
    pacing.start(0.0)
    train(pacing, 0.0, 10.0)
    pacing.set_rate(1000.0, 10.5)
    assert pacing.owed(10.5) == 0
    assert pacing.due(10.5) == pytest.approx(10.5, abs=0.01)
    assert len(train(pacing, 10.5, 1.0)) == pytest.approx(1000, abs=10)
