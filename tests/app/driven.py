"""A session that is driven by hand, for tests of its timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.parts import decode
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.sessions.command_queue import Apply, Change
from tinkernet.app.sessions.saved import runs_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import Record
from tinkernet.app.wire.commands import (
    MAIN,
    BranchTopic,
    DataTopic,
    EditWeight,
    LossesTopic,
    MarksTopic,
    NetworkTopic,
    Seek,
    Step,
    Topic,
)
from tinkernet.app.wire.events import Error, Event, State
from tinkernet.engine import Spec, Trainer

SPEC = Spec(seed="0.5")
FASTER = replace(SPEC, learning_rate=0.1)
SEEN: tuple[Topic, ...] = (
    NetworkTopic(topic="network"), DataTopic(topic="data"), LossesTopic(topic="losses"), MarksTopic(topic="marks"),
    BranchTopic(topic="branch", letter="A"),
)  # fmt: skip


class Driven:
    """A session with a page, driven by hand on a clock that is moved by hand; all that it keeps."""

    def __init__(self, record: Record | None = None) -> None:
        self.now, self.kept = 1000.0, list[Record]()
        self.loop = asyncio.new_event_loop()
        self.session = Session(
            Settings(), self.loop, lambda _: None, clock=lambda: self.now, keep=self.kept.append,
            saved=None if record is None else runs_of(record),
        )  # fmt: skip
        self.viewer = Viewer()
        self.session.join(self.viewer)
        self.viewer.subscribe(subscription_of(SEEN))
        self.run = self.session.runs[MAIN]
        self.told: list[Event] = []
        self.viewer.tell = self.told.append  # type: ignore[method-assign]

    def do(self, *changes: Change, slices: int = 3) -> State:
        """Ask for these, each in slices of its own; the state then."""
        for change in changes:
            self.session.submit(change, self.viewer)
            for _ in range(slices):
                self.now += 0.02
                self.run.run(60.0)
        self.loop.run_until_complete(asyncio.sleep(0))
        return self.run.publisher.state

    @property
    def trainer(self) -> Trainer:
        """That of the run, at its newest epoch."""
        assert self.run._trainer is not None
        return self.run._trainer

    def parts(self) -> dict[str, dict[str, Any]]:
        """What the page is sent now, by topic."""
        self.viewer.credit = True
        self.now += 1.0  # no topic is made more seldom
        self.run.run(0.001)
        self.loop.run_until_complete(asyncio.sleep(0))
        found: dict[str, dict[str, Any]] = {}
        while (message := self.viewer.next_message()) is not None:
            if isinstance(message, bytes):
                found |= {part.topic: part for part in decode(message)}
        return found

    @property
    def errors(self) -> list[str]:
        """What it was told that could not be done."""
        self.loop.run_until_complete(asyncio.sleep(0))
        return [event.message for event in self.told if isinstance(event, Error)]


def trained() -> Iterator[Driven]:
    """With 100 epochs at one rate, and 100 at another."""
    found = Driven()
    found.do(Apply(SPEC, 1), step(100), Apply(FASTER, 2), step(100))
    yield found
    found.loop.close()


def step(epochs: int) -> Step:
    """So many epochs."""
    return Step(type="step", epochs=epochs)


def seek(epoch: int | None, batch: int = 0) -> Seek:
    """Show that place."""
    return Seek(type="seek", epoch=epoch, batch=batch)


def weight(value: float) -> EditWeight:
    """One weight is typed."""
    return EditWeight(type="edit_weight", layer=0, neuron=0, input=0, value=value)


def params(trainer: Trainer) -> bytes:
    """All parameters, as they are sent."""
    return trainer.network.params.astype("<f4").tobytes()


def points(parts: dict[str, dict[str, Any]]) -> int:
    """How many the page was sent."""
    return len(parts["data"]["train"]) + len(parts["data"]["test"])


def letters(state: State) -> list[str]:
    """Of the shown run, then of the kept ones."""
    return [run.letter for run in state.runs]
