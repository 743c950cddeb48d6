"""What a run has taken: updates and examples are exact, time goes on, and neither depends on how work was sliced."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tinkernet.engine import Spec, Trainer
from tinkernet.engine.training.effort import ROOM, Effort

SPEC = Spec(seed="0.5", points=100, train_percent=50, batch_size=20)  # 50 points: 20, 20, 10


def counts(trainer: Trainer, epochs: list[int]) -> list[tuple[float, float]]:
    """Updates and examples at these epochs."""
    knots = np.array(trainer.effort.knots)
    return [tuple(float(np.interp(epoch, knots[:, 0], knots[:, i])) for i in (1, 2)) for epoch in epochs]  # type: ignore[misc]


def test_updates_are_those_of_the_batches() -> None:
    """A short last batch updates too, unless it is carried; a change counts from the epoch on that is cut by it."""
    trainer = Trainer(SPEC)
    trainer.advance(20)
    trainer.tick("batch", 1)
    trainer.reconfigure(replace(trainer.spec, batch_size=1))  # the present epoch is cut already
    trainer.advance(2)
    assert counts(trainer, [0, 5, 20, 21, 22]) == [(0, 0), (15, 250), (60, 1000), (63, 1050), (113, 1100)]
    carrying = Trainer(replace(SPEC, short_batch="carry"))
    carrying.advance(10)
    assert counts(carrying, [10]) == [(20, 500)]


def test_time_is_that_of_training_alone() -> None:
    """It grows with what is trained; looking back takes none of the run's, and a branch has what came before it."""
    trainer = Trainer(SPEC)
    trainer.advance(200)
    first = trainer.effort.knots[-1][3]
    assert 0.0 < first < 10.0
    earlier = trainer.seek(100)
    assert trainer.effort.knots[-1][3] == first
    assert earlier.effort.knots[-1][0] == 100.0
    assert 0.0 < earlier.effort.knots[-1][3] <= first
    earlier.advance(10)
    assert counts(earlier, [110]) == [(330, 5500)]
    trainer.reset()
    assert trainer.effort.knots == ((0.0, 0.0, 0.0, 0.0),)


def test_knots_are_few_and_their_line_is_exact() -> None:
    """However long a run is; a line between two knots is exact where all epochs between them take the same."""
    effort = Effort()
    for epoch in range(20_000):
        effort.count(1, 3, 50)
        if epoch % 100 == 0:
            effort.spend(0.5)
    assert len(effort.knots) <= ROOM + 1
    epochs, updates, examples, seconds = np.array(effort.knots).T
    assert np.array_equal(updates, 3 * epochs)
    assert np.array_equal(examples, 50 * epochs)
    assert np.max(np.abs(np.interp(np.arange(20_000), epochs, seconds) - np.arange(20_000) / 200)) < 2.0
    assert effort.knots[-1] == (20_000.0, 60_000.0, 1_000_000.0, 100.0)


@pytest.mark.parametrize("knots", [[(0, 0, 0, float("nan"))], [(5, 0, 0, 0), (4, 1, 1, 1)], [(0, -1, 0, 0)]])
def test_what_was_never_taken_is_refused(knots: list[tuple[float, ...]]) -> None:
    """Of a damaged record, say."""
    with pytest.raises(ValueError, match="taken"):
        Effort(knots)
