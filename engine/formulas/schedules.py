"""The learning rate over the epochs. To add a schedule: a formula and a record, both in this file.

A formula takes how many epochs were done before (an array), the rate and the schedule's two settings. The network's
state is named by its epoch, so a schedule counts from epoch 0, whenever it was chosen.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.elementwise import cosine, power

Rates = NDArray[np.float64]


def rates(key: str, rate: float, period: int, factor: float, warm_up: int, epoch: int, count: int) -> Rates:
    """The rates of `count` epochs, the first of which comes after `epoch` others: float64 (count,).

    For the first `warm_up` epochs the rate rises evenly to what the schedule says: Goyal and others, Accurate, Large
    Minibatch SGD (2017).
    """
    share = schedule_from_key[key].share
    epochs = np.arange(epoch, epoch + count, dtype=np.float64)
    found = np.full(count, rate) if share is None else rate * share(epochs, float(period), factor)
    return found * np.minimum(1.0, (epochs + 1.0) / warm_up) if warm_up else found


class Schedule(NamedTuple):
    """One schedule: key in links, name, formula for a person, a note, its fields in the spec, the share of the rate
    (None: always the whole)."""

    key: str
    label: str
    formula: str
    note: str
    settings: tuple[str, ...]
    share: Callable[[Rates, float, float], Rates] | None
    basic: bool = False


SCHEDULES = (
    Schedule("constant", "Constant", "η", "The same rate throughout.", (), None, True),
    # PyTorch's StepLR.
    Schedule(
        "step",
        "Steps",
        "η γ^⌊t / T⌋",
        "Smaller by a factor, again and again.",
        ("schedule_epochs", "schedule_factor"),
        lambda epochs, period, factor: power(factor, np.floor(epochs / period)),
    ),
    # Loshchilov, Hutter: SGDR (2017), without restarts; PyTorch's CosineAnnealingLR down to its first 0.
    Schedule(
        "cosine",
        "Cosine",
        "η ½ (1 + cos π t / T)",
        "Down to 0 in a smooth curve.",
        ("schedule_epochs",),
        lambda epochs, period, factor: 0.5 + 0.5 * cosine(np.pi * np.minimum(epochs / period, 1.0)),
    ),
    # Robbins, Monro: A stochastic approximation method (1951).
    Schedule(
        "inverse",
        "1 / t",
        "η / (1 + t / T)",
        "Half after T epochs, a third after 2 T.",
        ("schedule_epochs",),
        lambda epochs, period, factor: 1.0 / (1.0 + epochs / period),
    ),
)

schedule_from_key = {schedule.key: schedule for schedule in SCHEDULES}
