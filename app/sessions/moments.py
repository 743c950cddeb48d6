"""A moment of a run as a link names it: the first settings, the changes until then and the epoch; and the way there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tinkernet.app.sessions import cost
from tinkernet.app.sessions.command_queue import Replay
from tinkernet.app.settings import Settings
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Spec
from tinkernet.engine.data.drawing import BLANK, count_points
from tinkernet.engine.data.drawing_text import ONLY, text_of
from tinkernet.engine.training import edits_text
from tinkernet.engine.training.edits import FieldEdit
from tinkernet.engine.training.run import Run

LONGEST = edits_text.LONGEST


def place_of(text: str) -> tuple[int, int]:
    """Epoch and batch of the value of `at`, which the wire has checked."""
    epoch, _, batch = text.partition(".")
    return int(epoch), int(batch or 0)


def moment_of(run: Run, epoch: int, batch: int) -> dict[str, Any]:
    """What a link to a moment of this run says, or `why` there is none."""
    if run.base is not None:
        return {"why": "This run goes on from an earlier version of Tinkernet: a link cannot name its states."}
    drawn = text_of(run.drawing) if run.drawing != BLANK else ""
    text = edits_text.text_of([edit for edit in run.edits if (edit.epoch, edit.batch) <= (epoch, batch)])
    if drawn.startswith(ONLY):
        return {"why": "The points that were drawn before this run are too many for a link."}
    if len(text) + len(drawn) > LONGEST:
        size = f"{(len(text) + len(drawn)) / 1000:.1f} of {LONGEST / 1000:g} kB"
        return {"why": f"The changes of this run until here are too many for a link: {size}."}
    at = f"{epoch}.{batch}" if batch else str(epoch)
    return {"spec": run.spec.to_dict(), "drawn": drawn, "at": at, "edits": text, "why": ""}


def check_replay(replay: Replay, spec: Spec, size: int, drawn: Run, settings: Settings) -> None:
    """Refuse a way that costs more than one step may, or points that cost too much.

    drawn: the run with its first drawing; size: of its data set. Raises ProtocolError, or SpecError for edits that are
    not of these data.
    """
    batches = [int(edit.value) for edit in replay.edits if isinstance(edit, FieldEdit) and edit.field == "batch_size"]
    dearest = replace(spec, batch_size=max(1, min([spec.batch_size, *batches])))
    points = count_points(replace(drawn, edits=replay.edits).last_drawing(size), size)
    cost.check_drawn(points, dearest, settings)
    seconds = replay.epoch * cost.epoch_seconds(dearest, points)
    if seconds > settings.max_step_seconds:
        most = int(settings.max_step_seconds / cost.epoch_seconds(dearest, points))
        said = (
            f"The link names epoch {replay.epoch:,}, which would take about {seconds:.0f} s to compute; allowed are "
            f"{settings.max_step_seconds:g} s, for this network {most:,} epochs. It is open at its start."
        )
        raise ProtocolError("at", replay.epoch, f"at most {most}", said)
