"""A trainer from what was saved of a run, and what has to be said about it."""

from __future__ import annotations

import logging

from tinkernet.app.sessions.saved import SavedRun
from tinkernet.engine import Trainer
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.kernels import NUMERICS
from tinkernet.engine.training.checkpoint import numerics_of
from tinkernet.engine.training.effort import Effort

log = logging.getLogger(__name__)


def restored(saved: SavedRun, dataset: Dataset | None) -> tuple[Trainer | None, str]:
    """The trainer, None where what was saved cannot be used; and a sentence for the pages, "" for none."""
    try:
        checkpoint = saved.whole_checkpoint()
        trainer = Trainer.restored(saved.spec, checkpoint, dataset)
        if saved.effort:
            trainer.effort = Effort(saved.effort)
    except (ValueError, TypeError, KeyError) as error:
        log.warning("A saved run cannot be continued (%s); its network is back at the start.", error)
        return None, "What was saved of this network cannot be used: it is back at its start, with your settings."
    if numerics_of(checkpoint) == NUMERICS or trainer.run.base is None:
        return trainer, ""
    earlier = "This network was saved by an earlier version of Tinkernet, whose numbers differ in the last digits."
    return trainer, f"{earlier} It goes on from epoch {trainer.epoch:,} with today's."
