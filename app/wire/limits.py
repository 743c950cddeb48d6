"""Bounds of single messages. The page reads the same numbers from the generated module.

What a session, a browser or a server may take is a setting (app/settings.py), not a part of the wire.
"""

from __future__ import annotations

from dataclasses import dataclass

from tinkernet.engine.data.drawing import MOST, STEPS
from tinkernet.engine.data.features import LONGEST_WRITTEN


@dataclass(frozen=True, slots=True)
class Limits:
    """Epochs, epochs per second, coordinates in units of the plane (-6 to 6 on each axis)."""

    message_bytes: int = 65_536
    watcher_message_bytes: int = 8192  # of a page that may not train: nothing that it may say is longer
    revision: int = 2**31
    step_epochs: int = 100_000
    epoch: int = 2**53 - 1  # the largest whole number up to which the page can tell each from the next
    name_characters: int = 24  # of a run, or of a field
    fields: int = 64  # in which a twin may differ
    seeds: int = 100  # of one setting
    side: int = 32  # values of a setting of a sweep
    value_characters: int = 100  # of one
    speed_minimum: float = 1.0
    speed_maximum: float = 100_000.0
    weight: float = 1e6
    vote: float = 1e9  # a number that answers the question of a class
    pointer: float = 6.0
    unit_characters: int = 1 + LONGEST_WRITTEN  # "=" and a formula
    topics: int = 32
    edit_points: int = 2000  # that one edit may add, or change
    steps: int = STEPS  # of a unit, in which points are drawn
    place: int = MOST  # the largest coordinate of one, in steps


LIMITS = Limits()
