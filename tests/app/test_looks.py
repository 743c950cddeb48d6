"""Who watches may look at another epoch alone: the owner and the others see nothing of it."""

from __future__ import annotations

import base64
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.app.conftest import Running
from tests.app.driven import Driven, params, seek, step, trained, weight
from tests.page import Page, cookies_of_a_watcher
from tests.parts import decode
from tinkernet.app.sessions import looking
from tinkernet.app.sessions.looking import SECONDS, look_at
from tinkernet.app.wire.commands import DataTopic, LossesTopic, MapTopic, NetworkTopic
from tinkernet.engine import Trainer

driven = pytest.fixture(trained)
TOPICS = (
    NetworkTopic(topic="network"), DataTopic(topic="data"), MapTopic(topic="map", unit="out"),
    LossesTopic(topic="losses"), NetworkTopic(topic="network", run="other"),
)  # fmt: skip


def test_a_look_is_what_the_run_was(driven: Driven) -> None:
    """Bit for bit, with the settings of then; the run itself, and what is shown of it, stay as they are."""
    driven.do(seek(40))
    before, run = driven.parts(), driven.trainer.run
    for epoch in (150, 30):
        at = Trainer.replay(run, epoch)
        found, seconds = look_at(driven.trainer, driven.run.publisher.state, TOPICS, epoch)
        parts = {part.topic: part for part in decode(base64.b64decode(found["tick"]))}
        assert set(parts) == {"network", "data", "map"}
        assert (parts["network"]["epoch"], parts["network"]["params"].tobytes()) == (epoch, params(at))
        assert parts["network"]["restarts"] == driven.run.publisher.state.restarts
        assert (found["spec"], found["newest"], found["why"]) == (at.spec.to_dict(), 200, "")
        assert 0.0 < seconds < SECONDS
    assert before["network"]["epoch"] == 40
    assert driven.do(step(1)).past is not None
    assert driven.parts()["network"]["epoch"] == 41
    assert driven.trainer.run == run


def test_what_cannot_be_looked_at_is_said(driven: Driven) -> None:
    """An epoch that is not there yet, and a way that takes too long."""
    state = driven.run.publisher.state
    assert look_at(driven.trainer, state, TOPICS, 201)[0] == {
        "why": "Epoch must be a whole number from 0 to 200, not 201."
    }
    driven.do(weight(0.5), step(100_000), slices=1)
    driven.trainer.snapshots.limit(0)
    found, seconds = look_at(driven.trainer, state, TOPICS, driven.trainer.epoch - 1)
    assert "takes too long" in found["why"]
    assert seconds < 4 * SECONDS


def test_a_look_at_many_dear_topics_ends_soon(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not made in time is left out: the run goes on meanwhile."""
    state, many = driven.run.publisher.state, [MapTopic(topic="map", unit=f"0.{each}") for each in range(4)]
    found, _ = look_at(driven.trainer, state, many, 100)
    assert len(decode(base64.b64decode(found["tick"]))) == 4
    monkeypatch.setattr(looking, "TOPIC_SECONDS", 0.0)
    found, _ = look_at(driven.trainer, state, many, 100)
    assert len(decode(base64.b64decode(found["tick"]))) == 1


def asked(server: Running, id: str, cookies: str, body: object, epoch: int = 0) -> tuple[int, dict[str, object]]:
    """The status of a look, and its answer."""
    headers = {"Cookie": cookies, "Content-Type": "application/json", "Origin": server.url}
    request = Request(f"{server.url}/s/{id}/look?epoch={epoch}", json.dumps(body).encode(), headers, method="POST")
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_only_browsers_that_watch_may_look(server: Running) -> None:
    """By the key of the join link; a stranger, and who sends another command, is refused."""
    subscribe = {"type": "subscribe", "topics": [{"topic": "network"}]}
    with server.page() as owner:
        owner.ready()
        key = owner.visit.viewer_key
        with Page(server.url, id=owner.id, key=key) as watcher:
            watcher.ready()
            cookies = watcher.cookies
            assert asked(server, owner.id, cookies, subscribe)[1]["why"] == ""
            assert asked(server, owner.id, cookies, subscribe, 7)[1]["why"] == (
                "Epoch must be a whole number from 0 to 0, not 7."
            )
            assert asked(server, owner.id, cookies, {"type": "play"})[0] == 400
            stranger = cookies_of_a_watcher(server.url, owner.id)
            assert asked(server, owner.id, stranger, subscribe)[0] == 403
