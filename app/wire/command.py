"""What every command has: its strictness, and the run that it is about."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, PlainValidator

from tinkernet.app.wire.topic import MAIN, RunId
from tinkernet.engine import Spec, SpecError

TWIN: Final = "twin"  # what is compared with it; commands go to the main run


class Command(BaseModel):
    """One request of a page. Strict: no true for 1, no "0.1" for 0.1, no NaN, no unknown keys."""

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, arbitrary_types_allowed=True
    )


class RunCommand(Command):
    """A command to one run of the session."""

    run: RunId = MAIN


def _spec(given: object) -> Spec:
    if not isinstance(given, dict):
        raise SpecError("spec", given, "an object with every setting of a network")
    spec = Spec.from_dict(given)
    spec.task()  # refuses columns of data that the spec does not name
    return spec


GivenSpec: TypeAlias = Annotated[Spec, PlainValidator(_spec)]
"""Every setting of a network, as `Spec.to_dict` gives them."""
