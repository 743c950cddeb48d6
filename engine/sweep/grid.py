"""The cells of a sweep: one spec for each combination of values."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec.link import value_of
from tinkernet.engine.spec.spec import Spec

MOST_CELLS = 1024


class Setting(NamedTuple):
    """A setting that is varied: its key in links, and the texts of its values."""

    key: str
    values: tuple[str, ...]


class Cell(NamedTuple):
    """One combination: the text of the value of each setting, and the spec that has them."""

    values: tuple[str, ...]
    spec: Spec


def read_setting(text: str) -> Setting:
    """A setting with its values, such as `learningRate=0.01,0.03`, or `networkShape=2;3;4,2`.

    A semicolon separates values where there is one, so that a value may have commas. Raises SpecError for a text
    without values, and for one with the same value twice.
    """
    key, equals, values = text.partition("=")
    found = tuple(value.strip() for value in values.split(";" if ";" in values else ","))
    if not equals or len(set(found)) < len(found):
        allowed = "KEY=VALUE,VALUE,... or KEY=VALUE;VALUE;... with each value once"
        raise SpecError("vary", text, allowed, "What is varied")
    return Setting(key.strip(), found)


def cells(spec: Spec, settings: Sequence[Setting]) -> list[Cell]:
    """All combinations, the last setting changing fastest. Without settings it is the spec alone.

    Raises SpecError for a value that a setting cannot have, alone or beside the others, for a setting that is varied
    twice or is no setting's key, and for more than `MOST_CELLS` combinations.
    """
    keys = [setting.key for setting in settings]
    if len(set(keys)) < len(keys):
        raise SpecError("vary", ", ".join(keys), "each setting once", "What is varied")
    count = 1
    for setting in settings:
        count *= len(setting.values)
    if count > MOST_CELLS:
        raise SpecError("vary", count, f"at most {MOST_CELLS:,} combinations", "The number of combinations")
    found = []
    for values in itertools.product(*(setting.values for setting in settings)):
        changes = dict(value_of(key, value) for key, value in zip(keys, values, strict=True))
        found.append(Cell(values, replace(spec, **changes)))
    return found
