"""What people in a class send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tinkernet.app.wire.command import Command
from tinkernet.app.wire.limits import LIMITS


class Vote(Command):
    """Answer the question of a class: with the place of a choice, from 0, or with a number. The last one counts."""

    type: Literal["vote"]
    question: Annotated[int, Field(ge=1, le=LIMITS.revision)]  # its number: a late answer is not one to the next
    value: Annotated[float, Field(ge=-LIMITS.vote, le=LIMITS.vote)]
