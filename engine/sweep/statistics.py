"""What many runs say together."""

from collections.abc import Sequence
from math import comb, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

# The 97.5th percentile of the standard normal distribution: a 95 % interval has 2.5 % on each side.
_Z = 1.959963984540054


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share of successes: Wilson, Probable Inference (1927).

    Unlike mean ± error it stays within 0 and 1, and says something even when all or none succeed. Without a trial it is
    (0, 1): nothing is known.
    """
    if not trials:
        return 0.0, 1.0
    share, weight = successes / trials, _Z**2 / trials
    middle = (share + weight / 2) / (1 + weight)
    reach = _Z * sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    # At both ends the interval is exact, which rounding would miss.
    return (0.0 if successes == 0 else middle - reach), (1.0 if successes == trials else middle + reach)


def quartiles(values: ArrayLike) -> tuple[float, float, float]:
    """The first quartile, the median and the third; NaN where there are no values.

    A value that is not a number, as the loss of a run that diverged, counts as larger than all others.
    """
    ordered = np.sort(np.nan_to_num(np.asarray(values, np.float64), nan=np.inf))
    if not len(ordered):
        return (float("nan"),) * 3
    places = [share * (len(ordered) - 1) for share in (0.25, 0.5, 0.75)]
    return tuple(_between(ordered.tolist(), place) for place in places)  # type: ignore[return-value]


def _between(ordered: list[float], place: float) -> float:
    """Linear between two neighbours, as NumPy's percentiles are; but two infinities make no NaN."""
    low, high = ordered[int(place)], ordered[min(int(place) + 1, len(ordered) - 1)]
    share = place - int(place)
    return low if share == 0.0 or low == high else low * (1 - share) + high * share


class Pairs(NamedTuple):
    """Of values with the same seeds under two settings: how often the second was smaller, and larger.

    `difference` is the median of second minus first, with its 95 % interval; infinities where too few say little.
    """

    wins: int
    losses: int
    difference: float
    low: float
    high: float


def paired(first: Sequence[float], second: Sequence[float]) -> Pairs:
    """Compare pairs. A value that is not a number counts as larger than all others; two of them are equal.

    The interval is that of the order statistics of the differences: it assumes nothing of how they are spread
    (Thompson 1936). With fewer than six pairs it is without bounds.
    """
    one, other = (np.nan_to_num(np.asarray(values, np.float64), nan=np.inf) for values in (first, second))
    same = one == other
    with np.errstate(invalid="ignore"):
        differences = np.sort(np.where(same, 0.0, other - one))
    count = len(differences)
    if not count:
        return Pairs(0, 0, float("nan"), float("-inf"), float("inf"))
    outside, reach = 0.0, 0  # the probability beyond `reach` values from an end
    while reach < count // 2 and outside + comb(count, reach) / 2**count <= 0.025:
        outside += comb(count, reach) / 2**count
        reach += 1
    low, high = (differences[reach - 1], differences[-reach]) if reach else (float("-inf"), float("inf"))
    wins, lost = int((other < one).sum()), int((other > one).sum())
    return Pairs(wins, lost, quartiles(differences)[1], float(low), float(high))
