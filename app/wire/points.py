"""Points as commands name, add and change them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from tinkernet.app.wire.limits import LIMITS
from tinkernet.engine.data.drawing import MAX_ID

Place: TypeAlias = Annotated[int, Field(ge=-LIMITS.place, le=LIMITS.place)]
Target: TypeAlias = Annotated[int, Field(ge=-LIMITS.steps, le=LIMITS.steps)]
PointId: TypeAlias = Annotated[int, Field(ge=0, le=MAX_ID)]


class AddedPoint(BaseModel):
    """A new point, in steps of 1/256. Its target is the number of its class from 0, or its value in steps."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    x: Place
    y: Place
    target: Target


class MovedPoint(BaseModel):
    """What changes of a point: place, target, or whether it is a training point. What is left out stays."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    id: PointId
    x: Place | None = None
    y: Place | None = None
    target: Target | None = None
    training: bool | None = None
