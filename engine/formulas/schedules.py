"""The learning rate over the epochs. To add a schedule: a formula and a record, both in this file.

A formula takes the numbers of epochs done before (an array) and the two settings of the schedule; it gives the share of
the learning rate for each. A schedule counts from epoch 0, whenever it was chosen, so that the rate depends on the
epoch alone.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.compiler.elementwise import cosine, power

Rates = NDArray[np.float64]


def rates(key: str, rate: float, period: int, factor: float, warm_up: int, epoch: int, count: int) -> Rates:
    """The learning rates of `count` epochs after the first `epoch` ones: float64 (count,).

    key: of the schedule; rate: the base learning rate; period and factor: the settings of the schedule. For the first
    `warm_up` epochs the rate rises linearly to what the schedule says: Goyal and others, Accurate, Large Minibatch SGD
    (2017).
    """
    share = schedule_from_key[key].share
    if share is None and not warm_up:
        return np.full(count, rate)
    epochs = np.arange(epoch, epoch + count, dtype=np.float64)
    found = np.full(count, rate) if share is None else rate * share(epochs, float(period), factor)
    return found * np.minimum(1.0, (epochs + 1.0) / warm_up) if warm_up else found


class Schedule(NamedTuple):
    """One schedule: key in links, name, formula for people, a note, its fields in the spec, the formula (None: always
    the whole rate)."""

    key: str
    label: str
    formula: str
    note: str
    settings: tuple[str, ...]
    share: Callable[[Rates, float, float], Rates] | None
    basic: bool = False


SCHEDULES = (
    Schedule("constant", "Constant", "η", "The same learning rate in all epochs.", (), None, True),
    # PyTorch's StepLR.
    Schedule(
        "step",
        "Steps",
        "η γ^⌊t / T⌋",
        "Multiplied by γ every T epochs.",
        ("schedule_epochs", "schedule_factor"),
        lambda epochs, period, factor: power(factor, np.floor(epochs / period)),
    ),
    # Loshchilov, Hutter: SGDR (2017), without restarts; PyTorch's CosineAnnealingLR down to its first 0.
    Schedule(
        "cosine",
        "Cosine",
        "η ½ (1 + cos π t / T)",
        "Falls smoothly to 0 after T epochs.",
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
