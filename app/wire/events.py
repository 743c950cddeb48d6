"""Events: what the server says. JSON text, from server to page. An event about a run names it by `run`."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from tinkernet.app.wire.commands import RunId
from tinkernet.app.wire.parse import ProtocolError, shown
from tinkernet.engine import SpecError
from tinkernet.engine.training.clocks import Clock


class Event(BaseModel):
    """One text message to a page."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def encode(self) -> str:
        """JSON without NaN or Infinity, which no browser would read."""
        return json.dumps(self.model_dump(), allow_nan=False, separators=(",", ":"))


class StopReason(BaseModel):
    """Why training has stopped: the stop rule's field, and a sentence."""

    rule: str
    message: str


class BestCheckpoint(BaseModel):
    """With patience: the state of the lowest test loss."""

    epoch: int
    test_loss: float | None


class Drawn(BaseModel):
    """What was drawn: the number of points that differ, and the numbers of the edits that `undo_data` takes, if any."""

    points: int
    text: str  # as a link carries them
    undo: int | None
    redo: int | None


class Past(BaseModel):
    """The past of a run that is shown: when somebody went there, and until when the run goes."""

    epoch: int
    batch: int
    batches: int  # of that epoch
    newest: int  # epoch of the run


class RunFacts(BaseModel):
    """A run of the session: the shown one, or one that is kept."""

    letter: str
    name: str  # what was given, or what differs from the others
    began: int  # the epoch at which it left the run `of`
    of: str  # its letter; "" for a start of its own
    epoch: int  # the newest of a kept one
    train_loss: float | None  # there
    test_loss: float | None


class ColumnFacts(BaseModel):
    """A column of a stored data set: a value v of it was `offset + scale * v` in its unit."""

    name: str
    unit: str  # "" for none
    offset: float
    scale: float
    low: float  # the least value, in the unit
    high: float
    counts: list[int]  # values in each of as many equal parts between the two


class TableFacts(Event):
    """A stored data set that specs of this session may name. Sent before the first state that does."""

    type: Literal["table"] = "table"
    reference: str
    title: str
    source: str  # where it comes from, and under which licence, as sentences; "" where that is not known
    licence: str
    columns: list[ColumnFacts]
    targets: list[ColumnFacts]  # none where the columns are to be reconstructed
    classes: list[str]  # their names; none where the targets are numbers
    split: bool  # which points are for training is fixed


class TwinFacts(BaseModel):
    """The twin of a run: what is compared with it."""

    letter: str
    fields: list[str]  # that are others throughout
    notes: list[str]  # sentences on what differs besides


class State(Event):
    """What a run of the session is now. Sent on joining and after each change, to every viewer."""

    type: Literal["state"] = "state"
    run: RunId
    instance: int  # a random number of the session: another one means that the server had forgotten it
    viewers: int  # pages connected to the session
    revision: int
    spec: dict[str, Any]
    playing: bool
    speed: float | None
    clock: Clock  # what playing counts
    lab: str  # the key of the one that the owner's page has open; "" for none
    restarts: int  # counts the starts of the run at epoch 0
    diverged_at: int | None
    halted: StopReason | None
    best: BestCheckpoint | None
    drawn: Drawn | None  # nothing is drawn, and nothing can be undone
    link: str
    past: Past | None  # the newest epoch is shown
    first_epoch: int  # what came before cannot be shown any more
    runs: list[RunFacts]  # this one first, then what is compared with it
    twin: TwinFacts | None = None


class Person(BaseModel):
    """Somebody in a class."""

    number: int
    name: str
    state: str  # "here", "asleep" or "gone"


class Asked(BaseModel):
    """The question of a class."""

    number: int
    text: str
    choices: list[str]  # none: it asks for a number
    shown: bool  # the answers are shown, and locked
    answered: int  # how many have answered; for the others only once the answers are shown
    counts: list[int]  # by choice, once shown
    values: list[float]  # the numbers in their order, once shown
    mine: float | None  # what this page's browser has answered


class ClassFacts(Event):
    """The class that follows this session, to its desks and, with what is their own, to those who follow."""

    type: Literal["class"] = "class"
    code: str  # "" when there is no class
    locked: bool  # nobody else may join
    here: int  # people, for the desk
    people: list[Person]  # for the desk
    name: str  # by which the others know this page; "" for the desk
    tried: bool  # somebody is trying codes
    question: Asked | None


NO_CLASS = ClassFacts(code="", locked=False, here=0, people=[], name="", tried=False, question=None)


class Error(Event):
    """A command that was not carried out, to its sender only."""

    type: Literal["error"] = "error"
    field: str
    value: str | int | float | bool | None
    allowed: str
    message: str
    revision: int | None = None

    @classmethod
    def of(cls, error: ProtocolError | SpecError) -> Error:
        """The event for a refused command."""
        revision = getattr(error, "revision", None)
        return cls(
            field=error.field, value=shown(error.value), allowed=error.allowed, message=str(error), revision=revision
        )


def about_session(message: str) -> Error:
    """What a page is told of its session as a whole."""
    return Error(field="session", value=None, allowed="", message=message)


class Progress(Event):
    """The engine is being compiled: `done` of `total` parts, and the name of the last one."""

    type: Literal["progress"] = "progress"
    done: int
    total: int
    name: str


class Seeking(Event):
    """The way to an epoch takes a while: the share that is done. The next state of the run ends it."""

    type: Literal["seeking"] = "seeking"
    run: RunId
    epoch: int
    share: float


class Closing(Event):
    """The server is about to end this connection, and why."""

    type: Literal["closing"] = "closing"
    message: str


class Heartbeat(Event):
    """The server is there, and says so again after these seconds. A page that hears nothing for longer has lost it."""

    type: Literal["heartbeat"] = "heartbeat"
    seconds: float


PARTS: tuple[type[BaseModel], ...] = (
    StopReason,
    BestCheckpoint,
    Drawn,
    Past,
    RunFacts,
    ColumnFacts,
    TwinFacts,
    Person,
    Asked,
)
EVENTS: tuple[type[Event], ...] = (State, Error, Progress, Seeking, Closing, Heartbeat, TableFacts, ClassFacts)
