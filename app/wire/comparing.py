"""Commands of comparisons."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tinkernet.app.wire.command import GivenSpec, RunCommand
from tinkernet.app.wire.limits import LIMITS


class Compare(RunCommand):
    """Show a twin beside the run: its record from epoch 0, with these fields as in `spec` throughout."""

    type: Literal["compare"]
    revision: Annotated[int, Field(ge=0, le=LIMITS.revision)]
    spec: GivenSpec
    fields: Annotated[list[Annotated[str, Field(max_length=LIMITS.name_characters)]], Field(max_length=LIMITS.fields)]


class SettleTwin(RunCommand):
    """End a comparison: drop the twin, keep it as a run, or take it and keep the other. Or let the two change roles."""

    type: Literal["settle_twin"]
    how: Literal["drop", "keep", "take", "swap"]
