"""Speed: exact in the long run, without a burst after a stall."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.pacing import SHORTEST_WAIT, STALL, Pacing
from tinkernet.app.sessions.run_executor import UNSEEN_SECONDS
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import MAIN, NetworkTopic, Play
from tinkernet.engine import Spec


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


def test_what_nobody_can_be_shown_takes_fewer_turns() -> None:
    """While the page has not drawn its last frame, epochs wait for a longer turn; the page's answer ends the wait."""
    now = [0.0]
    loop = asyncio.new_event_loop()
    woken: list[object] = []
    session = Session(Settings(), loop, woken.append, clock=lambda: now[0])
    viewer = Viewer()
    session.join(viewer)
    viewer.subscribe(subscription_of((NetworkTopic(topic="network"),)))
    run = session.runs[MAIN]
    session.submit(Apply(Spec(seed="0.5"), 1))
    session.submit(Play(type="play"))

    def turn(at: float) -> float:
        """The moment of the next turn."""
        now[0] = at
        due = run.run(0.008)
        loop.call_soon(loop.stop)
        loop.run_forever()
        assert due is not None
        return due

    def epoch() -> int:
        assert run._trainer is not None
        return run._trainer.epoch

    assert turn(0.0) == pytest.approx(1 / 60)
    while viewer.next_message() is not None:  # its frame is under way now
        pass
    assert turn(1 / 60) == pytest.approx(1 / 60 + UNSEEN_SECONDS)
    assert epoch() == 2
    woken.clear()
    viewer.acknowledge()
    session.acknowledge(viewer)
    assert woken == [run]
    assert turn(3 / 60) == pytest.approx(4 / 60)
    assert epoch() == 4
    while viewer.next_message() is not None:
        pass
    assert turn(3.1 / 60) == pytest.approx(3.1 / 60 + UNSEEN_SECONDS)  # woken by something else: nothing is owed
    woken.clear()
    viewer.acknowledge()
    session.acknowledge(viewer)
    assert woken == [run]
    assert turn(3.5 / 60) == pytest.approx(4 / 60)
    loop.close()
