"""The edits of a run, as its timeline marks them.

The list in JSON has an entry for each epoch and kind of edits, in order: [epoch, kind, details]. Kinds are "setting",
"points" and "weight". Details of settings are [field, value before, value after] for each; of points and weights how
many edits there were.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import MarksTopic
from tinkernet.app.wire.frames import Marks
from tinkernet.engine import Trainer
from tinkernet.engine.training.edits import DataEdit, FieldEdit

SECONDS = 0.25  # a typed weight that is dragged makes many
MOST = 400  # the newest ones: no lane has room for more


def version(moment: Moment) -> int:
    """It changes with the record alone."""
    return (moment.restarts << 32) + moment.run_itself.log_length


def make(moment: Moment, topics: Sequence[MarksTopic]) -> Sequence[Marks]:
    """One record: this topic has no parameters."""
    text = json.dumps(marks_of(moment.run_itself)[-MOST:], separators=(",", ":"), allow_nan=False)
    return [Marks(marks=np.frombuffer(text.encode(), np.uint8), **moment.stamp)] * len(topics)


def marks_of(trainer: Trainer) -> list[list[Any]]:
    """The marks of all edits that are in force."""
    values = trainer.run.spec.to_dict()
    found: list[list[Any]] = []
    for edit in trainer.recorded_edits:
        kind = "setting" if isinstance(edit, FieldEdit) else "points" if isinstance(edit, DataEdit) else "weight"
        same = next((mark for mark in reversed(found[-3:]) if mark[:2] == [edit.epoch, kind]), None)
        if same is None:
            same = [edit.epoch, kind, [] if kind == "setting" else 0]
            found.append(same)
        if isinstance(edit, FieldEdit):
            same[2].append([edit.field, values[edit.field], edit.value])
            values[edit.field] = edit.value
        else:
            same[2] += 1
    return found
