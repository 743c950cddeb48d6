"""What the event loop asks of a run, and knows of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from tinkernet.app.publishing.publisher import Publisher
from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.sessions.command_queue import Apply, Change, CommandQueue, Request
from tinkernet.app.sessions.comparison import Comparison
from tinkernet.app.sessions.context import SessionContext, Turns
from tinkernet.app.sessions.kept import KeptRun
from tinkernet.app.sessions.planning import TrialsOfRun
from tinkernet.app.sessions.questions import Questions
from tinkernet.app.sessions.timeline import Timeline
from tinkernet.app.wire.commands import RunId
from tinkernet.app.wire.events import Error
from tinkernet.engine import Spec


class RunRequests(ABC):
    """The half of a run executor that the event loop owns. Of the other half it reads what is named here."""

    publisher: Publisher
    _comparison: Comparison
    _trials: TrialsOfRun
    _timeline: Timeline
    _version: int
    _spec: Spec  # in use; only the training thread reads it
    _waits_to_be_seen: bool

    def __init__(self, id: RunId, context: SessionContext, spec: Spec) -> None:
        self.id, self._context = id, context
        self._queue, self.questions = CommandQueue(), Questions()  # after a question, `wake`
        self.asked = spec  # of the last configure, be it applied or still queued
        self._closed = False

    @abstractmethod
    def run(self, seconds: float) -> float | None:
        """A slice, on a training thread; see `Job`."""

    @property
    def data_in_use(self) -> list[str]:
        """The references of stored data that it learns from or, in a run that is kept, has learnt from."""
        return [self.asked.data, *(run.spec.data for run in self._timeline.kept)]

    @property
    def asked_twin(self) -> dict[str, Any] | None:
        """The settings that are others in the twin; None where there is none."""
        return self._comparison.changes

    def kept(self, letter: str) -> KeptRun | None:
        """A run that is kept, by its letter."""
        return self._timeline.kept.get(letter)

    @property
    def group(self) -> Turns:
        """With whom it takes turns."""
        return self._context.turns

    def submit(self, change: Change, sender: Subscriber | None = None) -> None:
        """Ask for a change. What cannot be done comes back to the sender as an event."""
        if self._queue.put(Request(change, sender)):
            self.asked = change.spec if isinstance(change, Apply) else self.asked
        elif sender is not None:
            sender.tell(Error(field="message", value=None, allowed="fewer", message="Too many changes wait already."))
        self.wake()

    def acknowledge(self, viewer: Subscriber) -> None:
        """A viewer can take the next tick. When all of it is there already, no training thread is bothered."""
        is_newest = (
            self.publisher.is_newest_for(viewer, self._version)
            and self._comparison.is_newest_for(viewer, self._version)
            and self._trials.is_newest_for(viewer, self.id)
        )
        if self._waits_to_be_seen or not is_newest:
            self.wake()

    def deliver(self) -> None:
        """Show what was delivered last, to all pages."""
        for publisher in (self.publisher, self._comparison.publisher):
            if publisher is not None:
                publisher.deliver()

    def close(self) -> None:
        """End the run, without a last checkpoint. Another thread may be executing a slice of it until then."""
        self._closed = True
        self.wake()

    def wake(self) -> None:
        """Ask the scheduler for a slice."""
        self._context.wake(self)

    def _count(self, asked: Spec) -> None:
        """Count what the spec in use costs, and no longer what was asked for before it."""
        self._context.soon(self._settle, asked, self._spec)

    def _settle(self, asked: Spec, spec: Spec) -> None:
        self.asked = spec if self.asked == asked else self.asked
