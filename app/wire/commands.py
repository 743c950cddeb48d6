"""Commands: what a page may ask for. JSON text, from page to server; `parse` reads them.

A command that concerns a run names it by `run`, the id of one of the session's runs. Left out, it is the main run.
"""

from __future__ import annotations

import typing
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from tinkernet.app.wire.classes import Vote
from tinkernet.app.wire.command import Command as Command
from tinkernet.app.wire.command import GivenSpec, RunCommand
from tinkernet.app.wire.comparing import Compare, SettleTwin
from tinkernet.app.wire.limits import LIMITS
from tinkernet.app.wire.points import AddedPoint, MovedPoint, PointId
from tinkernet.app.wire.topic import MAIN as MAIN
from tinkernet.app.wire.topic import RUN_PATTERN as RUN_PATTERN
from tinkernet.app.wire.topic import CodesTopic as CodesTopic
from tinkernet.app.wire.topic import Coordinate
from tinkernet.app.wire.topic import DecodedTopic as DecodedTopic
from tinkernet.app.wire.topic import PrincipalTopic as PrincipalTopic
from tinkernet.app.wire.topic import RunId as RunId
from tinkernet.app.wire.topic import Topic as Topic
from tinkernet.app.wire.trialling import CancelTrials, OpenTrial, RunSeeds, RunSweep, SeedsTopic, SweepTopic, Varied
from tinkernet.engine.data.dataset import MAX_POINTS
from tinkernet.engine.data.drawing_text import LONGEST
from tinkernet.engine.data.features import COLUMN, WRITTEN
from tinkernet.engine.data.reference import LONGEST as LONGEST_REFERENCE
from tinkernet.engine.data.slices import PLANES
from tinkernet.engine.training.clocks import Clock
from tinkernet.engine.training.edits_text import LONGEST as LONGEST_EDITS

# A feature or all outputs; a feature that is written; a column; layer.neuron.
UNIT_PATTERN = rf"^([A-Za-z]{{1,32}}|{WRITTEN}|{COLUMN}|[0-9]{{1,2}}\.[0-9]{{1,4}})$"

Layer: TypeAlias = Annotated[int, Field(ge=0, le=64)]
Letter: TypeAlias = Annotated[str, Field(pattern="^[A-Z]$")]
Index: TypeAlias = Annotated[int, Field(ge=0, le=4095)]
WeightValue: TypeAlias = Annotated[float, Field(ge=-LIMITS.weight, le=LIMITS.weight)]
Unit: TypeAlias = Annotated[str, Field(max_length=LIMITS.unit_characters, pattern=UNIT_PATTERN)]
"""What has an output: "output" (all outputs together), a feature such as "x", or layer.neuron such as "0.3"."""


Plane: TypeAlias = Annotated[str, Field(max_length=LIMITS.unit_characters, pattern=PLANES)]
"""A plane through the inputs of data that are not on the plane, see `engine.data.slices`: "" are the main directions,
"2,0" two columns with the others at their median, "2,0@17" with the others as in row 17."""


class Configure(RunCommand):
    """The whole specification, never a change to one: two pages can then never disagree about the rest."""

    type: Literal["configure"]
    revision: Annotated[int, Field(ge=0, le=LIMITS.revision)]
    spec: GivenSpec
    drawn: Annotated[str, Field(max_length=LONGEST)] | None = None  # of a link that is opened; else what is drawn stays
    # Of a link to a later moment: the epoch, or the epoch and a batch of it, and the changes until then.
    at: Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,9})?$")] | None = None
    edits: Annotated[str, Field(max_length=LONGEST_EDITS)] = ""


class UseData(RunCommand):
    """Learn from a stored data set. The server chooses the first settings for it, and tells them in the next state."""

    type: Literal["use_data"]
    revision: Annotated[int, Field(ge=0, le=LIMITS.revision)]
    data: Annotated[str, Field(max_length=LONGEST_REFERENCE)]


class Play(RunCommand):
    """Train on at the run's speed."""

    type: Literal["play"]


class Pause(RunCommand):
    """Stop after the current epoch."""

    type: Literal["pause"]


class Step(RunCommand):
    """Stop playing and train this many epochs."""

    type: Literal["step"]
    epochs: Annotated[int, Field(ge=1, le=LIMITS.step_epochs)] = 1


class SetClock(RunCommand):
    """What playing counts from now on; speed is in its ticks per second."""

    type: Literal["set_clock"]
    clock: Clock


class SetLab(RunCommand):
    """The lab that is open in the owner's page, by its key, for those who watch; "" for none."""

    type: Literal["set_lab"]
    lab: Annotated[str, Field(max_length=LIMITS.name_characters)]


class Tick(RunCommand):
    """Stop playing and go on by so many ticks of a clock."""

    type: Literal["tick"]
    clock: Clock
    count: Annotated[int, Field(ge=1, le=LIMITS.step_epochs)] = 1


class Reset(RunCommand):
    """Stop playing and go back to the same start."""

    type: Literal["reset"]


class Speed(RunCommand):
    """Epochs per second while playing, or ticks of the clock that is set; null is as fast as possible."""

    type: Literal["speed"]
    rate: Annotated[float, Field(ge=LIMITS.speed_minimum, le=LIMITS.speed_maximum)] | None


class Seek(RunCommand):
    """Stop playing and show a batch of an earlier epoch; without an epoch, show the newest again.

    A change that is made there is made to a branch: a new run, and the one that was there is kept.
    """

    type: Literal["seek"]
    epoch: Annotated[int, Field(ge=0, le=LIMITS.epoch)] | None = None
    batch: Annotated[int, Field(ge=0, le=LIMITS.epoch)] = 0


class OpenKept(RunCommand):
    """Stop playing and show a run that is kept; the one that was shown is kept in turn."""

    type: Literal["open_kept"]
    letter: Letter


class RenameKept(RunCommand):
    """Give a run, the shown one or a kept one, a name; "" takes it away."""

    type: Literal["rename_kept"]
    letter: Letter
    name: Annotated[str, Field(max_length=LIMITS.name_characters)]


class RemoveKept(RunCommand):
    """Forget a run that is kept."""

    type: Literal["remove_kept"]
    letter: Letter


class EditWeight(RunCommand):
    """Set one weight. Layer 0 is the first hidden layer; `input` counts the layer's inputs."""

    type: Literal["edit_weight"]
    layer: Layer
    neuron: Index
    input: Index
    value: WeightValue


class EditBias(RunCommand):
    """Set one bias."""

    type: Literal["edit_bias"]
    layer: Layer
    neuron: Index
    value: WeightValue


class RestoreBest(RunCommand):
    """With patience: take the weights of the lowest test loss again, as an edit."""

    type: Literal["restore_best"]


class EditData(RunCommand):
    """Add, remove and change points, all at once: one step that can be undone. Every tool ends in it."""

    type: Literal["edit_data"]
    added: Annotated[list[AddedPoint], Field(default_factory=list, max_length=LIMITS.edit_points, fail_fast=True)]
    removed: Annotated[list[PointId], Field(default_factory=list, max_length=MAX_POINTS, fail_fast=True)]
    moved: Annotated[list[MovedPoint], Field(default_factory=list, max_length=LIMITS.edit_points, fail_fast=True)]


class UndoData(RunCommand):
    """Bring the points of an edit back to what they were. The state has the number of the one that can be undone."""

    type: Literal["undo_data"]
    edit: Annotated[int, Field(ge=1, le=LIMITS.revision)]


PARTS: tuple[type[BaseModel], ...] = (AddedPoint, MovedPoint, Varied)


class LossesTopic(Topic):
    """The rows of the loss curve, each one once."""

    topic: Literal["losses"]


class NetworkTopic(Topic):
    """Losses, parameters, and the small maps of the neurons."""

    topic: Literal["network"]
    plane: Plane = ""


class MapTopic(Topic):
    """The big map of one unit. One that the network does not have (any more) shows the output."""

    topic: Literal["map"]
    unit: Unit
    plane: Plane = ""


class ReadingTopic(Topic):
    """What a unit's output is at one place of a map."""

    topic: Literal["reading"]
    unit: Unit
    x: Coordinate
    y: Coordinate
    plane: Plane = ""


class MetricsTopic(Topic):
    """How good the outputs are, a few times a second."""

    topic: Literal["metrics"]


class DataTopic(Topic):
    """The points and the plane that shows them, once in each start of the run."""

    topic: Literal["data"]
    plane: Plane = ""


class CurveTopic(Topic):
    """Of data with one input, the network's curve; with `shares` also what each neuron before the output has in it."""

    topic: Literal["curve"]
    shares: bool = False


class PointsTopic(Topic):
    """What the network answers for each point, and its loss."""

    topic: Literal["points"]


class MarksTopic(Topic):
    """The edits of the run, and when they were made."""

    topic: Literal["marks"]


class BranchTopic(Topic):
    """The losses of a run that is kept."""

    topic: Literal["branch"]
    letter: Letter


class EffortTopic(Topic):
    """What the run has taken by epoch, or one that is kept: updates, examples and time."""

    topic: Literal["effort"]
    letter: Letter | Literal[""] = ""


class BendingTopic(Topic):
    """Where each layer moves a grid on the plane and the training points."""

    topic: Literal["bending"]
    plane: Plane = ""


class HealthTopic(Topic):
    """The gradient of the training loss, and what ails each neuron."""

    topic: Literal["health"]


class ImportanceTopic(Topic):
    """The training loss without each part of the network."""

    topic: Literal["importance"]


Link: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{1,2}\.[0-9]{1,4}\.[0-9]{1,4}$")]
"""A weight: layer, neuron, input."""


class LandscapeTopic(Topic):
    """The training loss around the run: over the plane of its path, two weights, or two random directions."""

    topic: Literal["landscape"]
    mode: Literal["path", "weights", "random"] = "path"
    first: Link = "0.0.0"
    second: Link = "0.0.1"
    draw: Index = 0


class DiagnosisTopic(Topic):
    """What goes wrong in the run, if anything."""

    topic: Literal["diagnosis"]


class BatchTopic(Topic):
    """The batch that is trained next: where the run is in it, and how hard each of its points pulls."""

    topic: Literal["batch"]


class ExampleTopic(Topic):
    """One example number by number, and the check of one weight's gradient: of the bias where there is no `input`."""

    topic: Literal["example"]
    id: PointId | None = None  # of its point; None: the one that is next in line
    layer: Layer = 0
    neuron: Index = 0
    input: Index | None = None


AnyTopic: TypeAlias = (
    LossesTopic | NetworkTopic | MapTopic | ReadingTopic | MetricsTopic | DataTopic | CurveTopic | PointsTopic
    | MarksTopic | BranchTopic | BendingTopic | HealthTopic | ImportanceTopic | LandscapeTopic | DiagnosisTopic
    | BatchTopic | ExampleTopic | CodesTopic | PrincipalTopic | DecodedTopic | EffortTopic | SeedsTopic | SweepTopic
)  # fmt: skip
TOPICS: tuple[type[Topic], ...] = typing.get_args(AnyTopic)


class Subscribe(Command):
    """All topics that this page shows, never a change to them. Until the first one it is sent none."""

    type: Literal["subscribe"]
    topics: Annotated[list[Annotated[AnyTopic, Field(discriminator="topic")]], Field(max_length=LIMITS.topics)]


class Ack(Command):
    """The last tick is drawn: the next may come."""

    type: Literal["ack"]


class Beat(Command):
    """Send a heartbeat now: the device was asleep, or its network has changed."""

    type: Literal["beat"]


AnyCommand: TypeAlias = (
    Configure
    | UseData
    | Play
    | Pause
    | Step
    | SetClock
    | SetLab
    | Tick
    | Reset
    | Speed
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
    | EditWeight
    | EditBias
    | RestoreBest
    | EditData
    | UndoData
    | Subscribe
    | Vote
    | Ack
    | Beat
)
COMMANDS: tuple[type[Command], ...] = typing.get_args(AnyCommand)
