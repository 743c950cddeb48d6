"""The three clocks: training that goes on by whole epochs, by batches or by single examples.

Weights change at the end of a batch. Within it the clock of examples only counts, so that a run does not depend on the
clock that it was trained by.
"""

import time
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import Floats, Points
from tinkernet.engine.training.executor import Executor
from tinkernet.engine.training.live import LiveTraining, worked
from tinkernet.engine.training.trial import output_deltas

Clock: TypeAlias = Literal["epoch", "batch", "example"]
EPOCHS: Final = "epoch"


class BatchNow(NamedTuple):
    """The batch that is trained next.

    batch, batches: its number from 0, and how many the epoch has. size: points of a batch that is not short; the last
    one may be. example: how many of its points were gone through. ids: of its points (n,), in their order. done,
    examples: points of the epoch that were gone through, and all of them.
    """

    batch: int
    batches: int
    size: int
    example: int
    ids: NDArray[np.int64]
    done: int
    examples: int


class ClockedTraining(LiveTraining):
    """Adds the clocks of batches and of examples."""

    # Where examples were counted, and how many: it holds for that batch alone.
    _counted: tuple[Executor | None, int, int, int] = (None, 0, 0, 0)

    @property
    def example(self) -> int:
        """How many points of the present batch the clock of examples has gone through: fewer than all."""
        executor, epoch, batch, count = self._counted
        if count == 0 or executor is not self._executor or (epoch, batch) != (self.epoch, self.batch):
            return 0
        return min(count, max(0, len(self._executor.batch_points()) - 1))

    def tick(self, clock: Clock, count: int, seconds: float | None = None) -> int:
        """Go on by so many epochs, batches or examples; gives how many were done.

        Fewer when `seconds` are used up, at least one, and fewer where training stops (see `advance`). The last example
        of a batch trains the batch. An epoch that is half done is finished by its first tick.
        """
        if clock == EPOCHS:
            return self.advance(count, seconds)
        began, done = time.perf_counter(), 0
        worked_before = worked()
        while done < count and self.halted is None:
            if clock == "example" and self.example + 1 < len(self._executor.batch_points()):
                self._go_through(self.example + 1)
            else:
                self._record_pending()
                self._take(self._executor.train_batches(1))
            done += 1
            if seconds is not None and time.perf_counter() - began >= seconds:
                break
        self.effort.spend(worked() - worked_before)
        return done

    def ticks(self, clock: Clock) -> int:
        """How many ticks of a clock the run has behind it, were all its epochs like the present one."""
        if clock == EPOCHS:
            return self.epoch
        now = self.batch_now()
        return self.epoch * now.batches + now.batch if clock == "batch" else self.epoch * now.examples + now.done

    def batch_now(self) -> BatchNow:
        """The batch that is trained next."""
        executor = self._executor
        numbers, batches = executor.batch_points(), executor.batches
        size, examples = executor.batch_size, len(executor.data.train)
        done = executor.batch * size + self.example
        return BatchNow(
            executor.batch, batches, size, self.example, np.asarray(executor.ids[0])[numbers], done, examples
        )

    def batch_deltas(self) -> Floats:
        """How hard each point of that batch pulls at the outputs: the slope of its loss by their pre-activations.

        (outputs, n), without dropout.
        """
        executor = self._executor
        numbers, train = executor.batch_points(), executor.data.train
        return output_deltas(executor, Points(train.inputs[numbers], train.targets[numbers]))

    def next_example(self) -> int | None:
        """The id of the example that is next in line; None where there are no training points."""
        now = self.batch_now()
        return int(now.ids[now.example]) if len(now.ids) else None

    def losses_now(self) -> tuple[float, float]:
        """The training and the test loss of the network as it is, in the middle of an epoch too."""
        return self._executor.losses() if self.batch else (self.train_loss, self.test_loss)

    def _go_through(self, example: int) -> None:
        self._counted = self._executor, self.epoch, self.batch, example
