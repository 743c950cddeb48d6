"""Checkpoints: how one of an earlier version is read.

Version 1 had no version number, kept the kernels' numbers by position, and did not know the first spec of its run. A
checkpoint of it is brought to today's names here, and nowhere else. Version 2 knew no drawn points, version 3 nothing
of what can be undone of them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.executor import number
from tinkernet.engine.training.run import UNKNOWN, Run

VERSION = 4

# Where version 1 had its numbers, and the rows of its optimiser's memory.
_DIALS = {"pending_points": 2, "updates": 11, "best_loss": 14, "best_epoch": 15}
_MEMORY = ("carried_gradient", "first_moment", "second_moment", "best_params")


def numerics_of(checkpoint: Mapping[str, Any]) -> int:
    """The version of the arithmetic that a whole checkpoint was computed with (see `kernels.NUMERICS`)."""
    return 1 if "dials" in checkpoint else int(checkpoint["log"][0]["numerics"])


def upgraded(checkpoint: Mapping[str, Any], spec: Spec) -> Mapping[str, Any]:
    """The checkpoint in today's version; `spec` is the one it had.

    Raises ValueError, TypeError or KeyError for what is no checkpoint.
    """
    if "dials" in checkpoint:
        return _from_version_1(checkpoint, spec)
    if checkpoint["version"] == 2:
        head, *edits = checkpoint["log"]
        nothing = {"version": 3, "points": [], "next_id": 0}
        checkpoint = {**checkpoint, **nothing, "log": [{**head, "drawing": None}, *edits]}
    if checkpoint["version"] == 3:
        checkpoint = {**checkpoint, "version": VERSION, "steps": b""}
    if checkpoint["version"] != VERSION:
        raise ValueError(f"the checkpoint is of version {checkpoint['version']}, not {VERSION}")
    if checkpoint["log_start"] != 0:
        raise ValueError(f"the checkpoint's log begins at {checkpoint['log_start']}, not 0")
    return checkpoint


def _from_version_1(old: Mapping[str, Any], spec: Spec) -> dict[str, Any]:
    params = len(old["params"])
    for name, rows in (("memory", 4), ("roles", 1), ("kept", 1)):
        if len(old[name]) != rows * params:
            raise ValueError(f"{name} has {len(old[name])} bytes, not {rows * params}")
    dials = np.frombuffer(old["dials"], "<f8", 16)
    train_loss, test_loss = np.frombuffer(old["losses"], "<f8", 2).tolist()
    # Its edits may begin with another spec, and some had other effects than today's: without any the run is known.
    head = Run(spec, numerics=UNKNOWN if len(old["edits"]) else 1).head()
    return {
        "version": VERSION,
        "epoch": int(old["epoch"]),
        "batch": 0,
        "batching": None,
        "train_loss": number(train_loss),
        "test_loss": number(test_loss),
        "params": old["params"],
        "parameter_mask": old["roles"],
        "pruned_weights": old["kept"],
        "pruned_dead": b"",
        **{name: old["memory"][row * params : (row + 1) * params] for row, name in enumerate(_MEMORY)},
        **{name: number(dials[place]) for name, place in _DIALS.items()},
        "log_start": 0,
        "log": [head],
        "in_force": {},
        "typed": [],
        "restored": False,
        "points": [],
        "next_id": 0,
        "steps": b"",
        "rows": old["rows"],
        "stride": old["stride"],
        "rows_version": old["version"],
    }
