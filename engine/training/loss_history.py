"""The losses of a run by epoch: of every epoch at first, then of every second, every fourth, ..."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

ROOM = 4096  # rows


class LossHistory:
    """Rows of (train loss, test loss) at epochs 0, stride, 2 * stride, ...

    Rows are appended to one array. A row that is there is never changed in place: it is changed in a new array, and
    `version` grows. So another thread may take `rows` and read it while training goes on. One trainer owns it.
    """

    def __init__(self, train_loss: float, test_loss: float, epoch: int = 0) -> None:
        """Begins at an epoch; the losses of earlier ones are not known, and NaN."""
        self.stride = 1
        while epoch // self.stride >= ROOM:
            self.stride *= 2
        self.version = 0
        self._count = epoch // self.stride + 1
        self._array = np.full((ROOM, 2), np.nan, np.float32)
        if epoch % self.stride == 0:
            self._put(self._count - 1, train_loss, test_loss)

    @classmethod
    def restored(cls, rows: NDArray[np.float32], stride: int, version: int) -> Self:
        """The history with these rows (count, 2). Raises ValueError for rows that no history has."""
        if not 1 <= len(rows) <= ROOM or stride < 1:
            raise ValueError(f"{len(rows)} rows with stride {stride} are no history")
        history = cls(0.0, 0.0)
        history._array[: len(rows)] = rows
        history._count, history.stride, history.version = len(rows), stride, version
        return history

    def until(self, epoch: int) -> Self:
        """The history as it was at an epoch, but as thin as it is now."""
        return self.restored(self.rows[: epoch // self.stride + 1], self.stride, 0)

    @property
    def rows(self) -> NDArray[np.float32]:
        """A view (count, 2), float32: train and test loss at epoch i * stride."""
        array, count = self._array, self._count
        return array[:count]

    def append(self, first_epoch: int, losses: NDArray[np.float64]) -> None:
        """Add the losses (n, 2) of the epochs from `first_epoch` on. Only those at multiples of the stride are kept."""
        while True:
            skipped = -first_epoch % self.stride
            chosen = losses[skipped :: self.stride]
            fitting = chosen[: ROOM - self._count]
            with np.errstate(over="ignore"):
                self._array[self._count : self._count + len(fitting)] = fitting
            self._count += len(fitting)
            if len(fitting) == len(chosen):
                return
            used = skipped + len(fitting) * self.stride
            first_epoch, losses = first_epoch + used, losses[used:]
            self._thin()

    def amend(self, epoch: int, train_loss: float, test_loss: float) -> None:
        """Replace the row of an epoch, if it has one, after the network was edited."""
        if epoch % self.stride == 0:
            self._array = self._array.copy()
            self._put(epoch // self.stride, train_loss, test_loss)
            self.version += 1

    def _put(self, row: int, train_loss: float, test_loss: float) -> None:
        with np.errstate(over="ignore"):
            self._array[row] = train_loss, test_loss

    def _thin(self) -> None:
        array = np.empty_like(self._array)
        self._count = ROOM // 2
        array[: self._count] = self._array[::2]
        self._array = array
        self.stride *= 2
        self.version += 1
