"""How changes of a run are made in its trainer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from tinkernet.app.sessions import cost
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import EditBias, EditData, EditWeight, Reset, RestoreBest, UndoData
from tinkernet.app.wire.limits import LIMITS
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.drawing import BLANK, Moved, NewPoint, count_points

AnyEdit: TypeAlias = Apply | Reset | EditWeight | EditBias | RestoreBest | EditData | UndoData
DatasetOf: TypeAlias = Callable[[Spec], Dataset | None]


def make(trainer: Trainer, change: AnyEdit, settings: Settings, dataset_of: DatasetOf) -> bool:
    """Make a change; True when that restarted the run. Raises ProtocolError or SpecError, and changes nothing then.

    dataset_of: the stored data set that a spec names.
    """
    match change:
        case Apply():
            return _reconfigure(trainer, change, settings, dataset_of)
        case Reset():
            trainer.reset()
            return True
        case EditWeight():
            trainer.set_weight(change.layer, change.neuron, change.input, change.value)
        case EditBias():
            trainer.set_bias(change.layer, change.neuron, change.value)
        case RestoreBest():
            trainer.restore_best()
        case EditData():
            _edit_points(trainer, change, settings)
        case UndoData():
            return trainer.undo_data(change.edit)
    return False


def _reconfigure(trainer: Trainer, change: Apply, settings: Settings, dataset_of: DatasetOf) -> bool:
    diverged = trainer.diverged_at is not None
    kept = trainer.drawing if change.spec.draws_as(trainer.spec) else BLANK
    drawing = kept if change.drawing is None else change.drawing
    cost.check_drawn(count_points(drawing, change.spec.size), change.spec, settings)
    if restarted := change.drawing is not None and drawing != trainer.drawing:
        trainer.restart(change.spec, drawing, dataset_of(change.spec))
    else:
        restarted = trainer.reconfigure(change.spec, dataset_of(change.spec))
    if not restarted and (diverged or change.restart):
        trainer.reset()
        restarted = True
    return restarted


def _edit_points(trainer: Trainer, edit: EditData, settings: Settings) -> None:
    """The wire counts in steps, the engine does not."""
    count = sum(map(len, trainer.ids)) + len(edit.added) - len(edit.removed)
    cost.check_drawn(count, trainer.spec, settings)
    unit = 1 if trainer.task.classes else LIMITS.steps
    trainer.edit_data(
        added=[NewPoint(p.x / LIMITS.steps, p.y / LIMITS.steps, p.target / unit) for p in edit.added],
        removed=edit.removed,
        moved=[
            Moved(p.id, _of(p.x, LIMITS.steps), _of(p.y, LIMITS.steps), _of(p.target, unit), p.training)
            for p in edit.moved
        ],
    )


def _of(count: int | None, steps: int) -> float | None:
    return None if count is None else count / steps
