"""Commands of many runs at once: seeds of one setting, and sweeps over several; and the topics that show them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from tinkernet.app.wire.command import RunCommand
from tinkernet.app.wire.limits import LIMITS
from tinkernet.app.wire.topic import Topic

Which: TypeAlias = Literal["seeds", "sweep"]
Epochs: TypeAlias = Annotated[int, Field(ge=1, le=LIMITS.step_epochs)]
Measure: TypeAlias = Literal["train_loss", "test_loss", "test_accuracy"]
Bound: TypeAlias = Annotated[float, Field(ge=0, le=LIMITS.weight)]
"""The goal: a loss of at most so much, or an accuracy of at least so much."""


class RunSeeds(RunCommand):
    """Train copies of the run, and of its twin, from first weights of the seeds 1, 2, ... and epoch 0 on."""

    type: Literal["run_seeds"]
    count: Annotated[int, Field(ge=2, le=LIMITS.seeds)]
    epochs: Epochs
    measure: Measure
    bound: Bound
    other_data: bool


class Varied(BaseModel):
    """A setting of a sweep, by its key in links, and its values as links write them."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    key: Annotated[str, Field(max_length=LIMITS.name_characters)]
    values: Annotated[
        list[Annotated[str, Field(max_length=LIMITS.value_characters)]], Field(min_length=1, max_length=LIMITS.side)
    ]


class RunSweep(RunCommand):
    """Train copies with each combination of one or two settings, from first weights of the seeds 1, 2, ..."""

    type: Literal["run_sweep"]
    vary: Annotated[list[Varied], Field(min_length=1, max_length=2)]
    count: Annotated[int, Field(ge=1, le=LIMITS.seeds)]
    epochs: Epochs
    measure: Measure
    bound: Bound


class CancelTrials(RunCommand):
    """End what is trained; what there is by then stays."""

    type: Literal["cancel_trials"]
    which: Which


class OpenTrial(RunCommand):
    """Make one of many runs the run, at the epoch where it is; the one that was shown is kept."""

    type: Literal["open_trial"]
    which: Which
    revision: Annotated[int, Field(ge=0, le=LIMITS.revision)]
    cell: Annotated[int, Field(ge=0, le=LIMITS.side**2)]
    seed: Annotated[int, Field(ge=1, le=LIMITS.seeds)]


class SeedsTopic(Topic):
    """The copies with other seeds."""

    topic: Literal["seeds"]


class SweepTopic(Topic):
    """The cells of a sweep."""

    topic: Literal["sweep"]
