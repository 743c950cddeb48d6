"""What a list of sessions says of one that is kept: what it trains, how far it is, and a small picture of it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from tinkernet.app.publishing.topics.map import paint
from tinkernet.app.publishing.units import resolve_unit
from tinkernet.app.sessions.saved import SavedRun, SavedSession
from tinkernet.app.wire.commands import MAIN, RunId
from tinkernet.app.wire.levels import OUTPUT, SMALL_SIDE, big_levels
from tinkernet.engine import Trainer
from tinkernet.engine.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Overview:
    """Of the main run. `map` is that of the output as on the wire (`wire.levels`), 16 x 16 bytes in base64; "" when it
    was not painted."""

    dataset: str  # its key or, of a stored one, its title
    hidden: tuple[int, ...]
    epoch: int
    map: str = ""
    levels: int = 0
    classes: int = 0


def is_untouched(runs: Mapping[RunId, SavedRun]) -> bool:
    """Whether nobody has changed or trained anything in the session: it has only been opened."""
    return all(run.revision == 0 and run.checkpoint["epoch"] == 0 for run in runs.values())


def overview(saved: SavedSession, *, painted: bool) -> Overview:
    """Of a session that is kept. To paint it takes a few milliseconds, of which the kernels release the GIL.

    Raises ValueError, TypeError or KeyError when a checkpoint cannot be used.
    """
    run = saved.runs[MAIN]
    table = next((table for table in saved.tables if table.reference == run.spec.data), None)
    if run.spec.data and table is None:
        raise ValueError("its data are lost")
    name = run.spec.active_dataset if table is None else table.facts.title
    facts = name, tuple(run.spec.hidden), int(run.checkpoint["epoch"])
    if not painted:
        return Overview(*facts)
    trainer = _trainer_of(run, None if table is None else table.dataset)
    unit = resolve_unit(trainer, OUTPUT)
    map, levels, classes = big_levels(paint(trainer, [unit], SMALL_SIDE)[unit])
    return Overview(*facts, b64encode(map.tobytes()).decode(), levels, classes)


def _trainer_of(run: SavedRun, dataset: Dataset | None) -> Trainer:
    """A trainer with the parameters of the run, to look at only: its log is left out but for the first entry."""
    if run.log is None:
        return Trainer.restored(run.spec, run.whole_checkpoint(), dataset)
    log = [json.loads(run.log.entries[0])]
    return Trainer.restored(run.spec, {**run.checkpoint, "log": log, "log_start": 0}, dataset)
