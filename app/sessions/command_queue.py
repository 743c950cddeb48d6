"""Commands on their way to a session: merged, never lost.

The law: `merge` and then apply leaves a session as applying the commands one by one does. It is held by
tests/app/test_command_queue.py.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.wire.commands import (
    EditBias,
    EditData,
    EditWeight,
    OpenKept,
    Pause,
    Play,
    RemoveKept,
    RenameKept,
    Reset,
    RestoreBest,
    Seek,
    SetClock,
    SetLab,
    Speed,
    Step,
    Tick,
    UndoData,
)
from tinkernet.app.wire.comparing import Compare, SettleTwin
from tinkernet.app.wire.events import Event, about_session
from tinkernet.app.wire.trialling import CancelTrials, OpenTrial, RunSeeds, RunSweep
from tinkernet.engine import Spec
from tinkernet.engine.data.drawing import BLANK, Drawing
from tinkernet.engine.training.edits import Edit


@dataclass(frozen=True, slots=True)
class Replay:
    """The way to a moment that a link names, from the start that it names too."""

    edits: tuple[Edit, ...]
    epoch: int
    batch: int


@dataclass(frozen=True, slots=True)
class Apply:
    """One `configure`, or several in a row merged into one. The spec is that of the last."""

    spec: Spec
    revision: int
    count: int = 1  # how many were merged; each uses up one revision
    restart: bool = False  # one of them restarted the network, although the last spec may not differ from the first
    drawing: Drawing | None = None  # what is drawn from then on; None: what is drawn stays
    replay: Replay | None = None  # the way on from there; it begins with a restart and a drawing


@dataclass(frozen=True, slots=True)
class Refused:
    """A `configure` that was not valid. It changes nothing but uses up its revision: its sender has counted it."""

    revision: int


Change: TypeAlias = (
    Apply
    | Refused
    | Play
    | Pause
    | Step
    | SetClock
    | SetLab
    | Tick
    | Reset
    | Speed
    | EditWeight
    | EditBias
    | RestoreBest
    | EditData
    | UndoData
    | Seek
    | OpenKept
    | RenameKept
    | RemoveKept
    | Compare
    | SettleTwin
    | RunSeeds
    | RunSweep
    | CancelTrials
    | OpenTrial
    | Replay
)


@dataclass(frozen=True, slots=True)
class Request:
    """A change and the viewer who asked for it, who is told when it cannot be done."""

    change: Change
    sender: Subscriber | None = None


def merge(requests: Iterable[Request]) -> list[Request]:
    """A shorter list with the same effect.

    Neighbouring configures become the latest, steps add up, edits keep their order, and of play and pause the last
    counts.
    """
    merged: list[Request] = []
    for item in _lasting(requests):
        if isinstance(item.change, Reset):  # discards what the steps just before it would train
            while merged and isinstance(merged[-1].change, Step | Tick | Reset):
                merged.pop()
        joined = _join(merged[-1].change, item.change) if merged else None
        if joined is None:
            merged.append(item)
        else:
            merged[-1] = Request(joined, item.sender)
    return merged


def _lasting(requests: Iterable[Request]) -> list[Request]:
    """Drop plays, pauses and speeds that a later request overrules. No time passes between two merged requests."""
    kept: list[Request] = []
    plays_known = speed_known = False
    for item in reversed(list(requests)):
        overruled = (
            plays_known if isinstance(item.change, Play | Pause) else isinstance(item.change, Speed) and speed_known
        )
        plays_known = plays_known or isinstance(item.change, Play | Pause | Step | Tick | Reset)
        speed_known = speed_known or isinstance(item.change, Speed)
        if not overruled:
            kept.append(item)
    return kept[::-1]


def _join(first: Change, second: Change) -> Change | None:
    """One change in place of two neighbours, or None when both are needed."""
    match first, second:
        case Apply(replay=None), Apply(drawing=None):
            return Apply(
                second.spec,
                max(first.revision + second.count, second.revision),
                first.count + second.count,
                first.restart or second.restart or restarts(first.spec, second.spec),
                first.drawing if first.spec.draws_as(second.spec) else BLANK,  # as a change to other points leaves it
            )
        case Seek(), Seek():
            return second
        case Step(), Step():
            return first.model_copy(update={"epochs": first.epochs + second.epochs})
        case Tick(), Tick() if first.clock == second.clock:
            return first.model_copy(update={"count": first.count + second.count})
        case EditWeight(), EditWeight() if replace_value(first, second) == second:
            return second
        case EditBias(), EditBias() if replace_value(first, second) == second:
            return second
    return None


def replace_value(first: EditWeight | EditBias, second: EditWeight | EditBias) -> EditWeight | EditBias:
    """The first edit with the value of the second; equal to the second when both set the same parameter."""
    return first.model_copy(update={"value": second.value})


def restarts(now: Spec, wanted: Spec) -> bool:
    """True when the two specs differ in a setting that cannot change while a network trains."""
    return now != wanted and not now.differs_only_live(wanted)


class CommandQueue:
    """Requests from the event loop to a training thread. Lives as long as its run.

    The lock is held for an append or a swap only. Under pressure: when `LONGEST` requests wait they are merged, and if
    as many are left `put` refuses the next.
    """

    LONGEST = 2000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def put(self, item: Request) -> bool:
        """Append a request. False when the queue is full and the request was not taken."""
        with self._lock:
            if len(self._requests) >= self.LONGEST:
                self._requests = merge(self._requests)
            if len(self._requests) >= self.LONGEST:
                return False
            self._requests.append(item)
            return True

    def refuse(self, tell: Callable[[Subscriber, Event], None]) -> None:
        """The run has ended: tell who asked for something that it is not done."""
        for item in self.take():
            if item.sender is not None:
                tell(item.sender, about_session("That could not be done: the run is closed."))

    def take(self) -> list[Request]:
        """Remove and return all requests, unmerged, oldest first."""
        with self._lock:
            taken, self._requests = self._requests, []
            return taken
