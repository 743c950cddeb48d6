"""What every topic is, and the topics of autoencoders. The others are with the commands, which subscribe to them."""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from tinkernet.app.wire.limits import LIMITS

RUN_CHARACTERS = 16
RUN_PATTERN = rf"^[a-z][a-z0-9-]{{0,{RUN_CHARACTERS - 1}}}$"
RunId: TypeAlias = Annotated[str, Field(pattern=RUN_PATTERN)]
"""The id of a run within its session: at most 16 lower-case letters, digits and hyphens."""
MAIN: Final = "main"  # the run that every session has
Coordinate: TypeAlias = Annotated[float, Field(ge=-LIMITS.pointer, le=LIMITS.pointer)]


class Topic(BaseModel):
    """Something that there is to see of a run. Equal ones are made and encoded once, for all who subscribe."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    run: RunId = MAIN


class CodesTopic(Topic):
    """What the narrowest layer of an autoencoder makes of each row, and how the network rebuilds it."""

    topic: Literal["codes"]


class PrincipalTopic(Topic):
    """The same rows on the plane of their principal components, once in each start of the run."""

    topic: Literal["principal"]


class DecodedTopic(Topic):
    """What the network rebuilds from the code at a place of the plane of codes."""

    topic: Literal["decoded"]
    x: Coordinate
    y: Coordinate
