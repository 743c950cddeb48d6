"""Commands on their way to a session: merged, never lost.

The law: `merge` and then apply leaves a session as applying the commands one by one does (tests/app/test_inbox.py).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tinkernet.app.wire.protocol import Configure, EditBias, EditWeight, Pause, Play, Reset, RestoreBest, Speed, Step
from tinkernet.engine import Spec

if TYPE_CHECKING:
    from tinkernet.app.connections.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Apply:
    """One or several configures in a row: the last one's spec, and what the others leave behind."""

    spec: Spec
    revision: int
    count: int = 1
    restart: bool = False  # one of them left a network that the next one's spec cannot go on with


@dataclass(frozen=True, slots=True)
class Refused:
    """A configure that was not valid. It changes nothing, but its revision is used up: its sender counts on."""

    revision: int


Change: TypeAlias = Apply | Refused | Play | Pause | Step | Reset | Speed | EditWeight | EditBias | RestoreBest


@dataclass(frozen=True, slots=True)
class Request:
    """A change and who asked for it, to be told if it cannot be done."""

    change: Change
    sender: Viewer | None = None


def request(command: Configure | Change, sender: Viewer | None = None) -> Request:
    """A command as it goes into the inbox."""
    change = Apply(command.spec, command.revision) if isinstance(command, Configure) else command
    return Request(change, sender)


def merge(requests: Iterable[Request]) -> list[Request]:
    """The same, shorter: the latest configure wins, steps add up, edits keep their order, play or pause is the last."""
    merged: list[Request] = []
    for item in _lasting(requests):
        if isinstance(item.change, Reset):  # undoes what was trained just before it
            while merged and isinstance(merged[-1].change, Step | Reset):
                merged.pop()
        joined = _join(merged[-1].change, item.change) if merged else None
        if joined is None:
            merged.append(item)
        else:
            merged[-1] = Request(joined, item.sender)
    return merged


def _lasting(requests: Iterable[Request]) -> list[Request]:
    """Without the plays, pauses and speeds that a later request overrules: no time passes between the two."""
    kept: list[Request] = []
    plays_known = speed_known = False
    for item in reversed(list(requests)):
        overruled = (
            plays_known if isinstance(item.change, Play | Pause) else isinstance(item.change, Speed) and speed_known
        )
        plays_known = plays_known or isinstance(item.change, Play | Pause | Step | Reset)
        speed_known = speed_known or isinstance(item.change, Speed)
        if not overruled:
            kept.append(item)
    return kept[::-1]


def _join(first: Change, second: Change) -> Change | None:
    """Two neighbours as one change, or None when both are needed."""
    match first, second:
        case Apply(), Apply():
            return Apply(
                second.spec,
                max(first.revision + second.count, second.revision),
                first.count + second.count,
                first.restart or second.restart or restarts(first.spec, second.spec),
            )
        case Step(), Step():
            return first.model_copy(update={"epochs": first.epochs + second.epochs})
        case EditWeight(), EditWeight() if replace_value(first, second) == second:
            return second
        case EditBias(), EditBias() if replace_value(first, second) == second:
            return second
    return None


def replace_value(first: EditWeight | EditBias, second: EditWeight | EditBias) -> EditWeight | EditBias:
    """The first edit with the second one's value: equal to the second when both mean the same parameter."""
    return first.model_copy(update={"value": second.value})


def restarts(now: Spec, wanted: Spec) -> bool:
    """True when the two differ in more than what may change while a network learns."""
    return now != wanted and not now.differs_only_live(wanted)


class Inbox:
    """Requests from the event loop to a training thread. The lock is held for an append or a swap only."""

    LONGEST = 2000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def put(self, item: Request) -> bool:
        """Add; False when so much waits already that it was not taken."""
        with self._lock:
            if len(self._requests) >= self.LONGEST:
                self._requests = merge(self._requests)
            if len(self._requests) >= self.LONGEST:
                return False
            self._requests.append(item)
            return True

    def take(self) -> list[Request]:
        """Everything that waits, unmerged, oldest first; the inbox is empty then."""
        with self._lock:
            taken, self._requests = self._requests, []
            return taken
