"""Whether straight lines tell classes apart: a logistic regression, fitted by Newton's method.

With several classes it is multinomial (softmax), see Bishop: Pattern Recognition and Machine Learning (2006), 4.3.4.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import Floats

_PENALTY = 1e-4  # times half the squared weights: without it those of separable classes grow for ever
_STEPS, _ENOUGH = 25, 1e-8
MOST_PARAMETERS = 200
"""Of a fit: one step takes time with their square. There is none beyond."""


class Separation(NamedTuple):
    """How well a logistic regression tells classes apart.

    right: the number of points whose class it names. weights: (classes, d), biases: (classes,), of the scores whose
    largest names the class; those of class 0 are 0.
    """

    right: int
    weights: Floats
    biases: Floats


def separation(places: Floats, classes: NDArray[np.int64], count: int) -> Separation | None:
    """Fit points (n, d) with the numbers of their classes (n,), of `count` classes.

    None without points, for places that are not finite, and beyond MOST_PARAMETERS.
    """
    n, d = places.shape
    if n == 0 or (count - 1) * (d + 1) > MOST_PARAMETERS or not np.isfinite(places).all():
        return None
    middle, size = places.mean(axis=0), places.std(axis=0)
    scale = np.where(size > 1e-12 * (1.0 + np.abs(middle)), size, np.inf)  # a constant tells nothing
    x = np.hstack([(places - middle) / scale, np.ones((n, 1))])
    wanted = (classes[:, None] == np.arange(1, count)).astype(np.float64)
    found = np.zeros((count - 1, d + 1))
    penalty = np.full(d + 1, _PENALTY)
    penalty[-1] = 0.0
    shares, loss = _shares(x, found), _loss(x, found, wanted, penalty)
    for _ in range(_STEPS):
        slope = (shares - wanted).T @ x / n + penalty * found
        if np.abs(slope).max() < _ENOUGH:
            break
        step = np.linalg.solve(_curvature(x, shares, penalty), slope.ravel()).reshape(found.shape)
        length = 1.0
        while (new := _loss(x, found - length * step, wanted, penalty)) > loss and length > 1e-3:
            length /= 2
        if new >= loss:
            break
        found, loss = found - length * step, new
        shares = _shares(x, found)
    said = np.argmax(np.hstack([np.zeros((n, 1)), x @ found.T]), axis=1)
    weights = np.vstack([np.zeros(d), found[:, :-1] / scale])
    biases = np.append(0.0, found[:, -1]) - weights @ middle
    return Separation(int((said == classes).sum()), weights, biases)


def _shares(x: Floats, weights: Floats) -> Floats:
    """The probability of each class but the first: (n, classes - 1)."""
    scores = x @ weights.T
    top = np.maximum(scores.max(axis=1, keepdims=True), 0.0)
    powers = np.exp(scores - top)
    shares: Floats = powers / (np.exp(-top) + powers.sum(axis=1, keepdims=True))
    return shares


def _loss(x: Floats, weights: Floats, wanted: Floats, penalty: Floats) -> float:
    """The mean cross-entropy with the penalty."""
    scores = x @ weights.T
    top = np.maximum(scores.max(axis=1), 0.0)
    total = top + np.log(np.exp(-top) + np.exp(scores - top[:, None]).sum(axis=1))
    return float((total - (wanted * scores).sum(axis=1)).mean() + 0.5 * (penalty * weights**2).sum())


def _curvature(x: Floats, shares: Floats, penalty: Floats) -> Floats:
    """The second derivatives of the loss, (k (d + 1), k (d + 1)) for k classes but the first."""
    n, width = x.shape
    count = shares.shape[1]
    found = np.empty((count, width, count, width))
    for one in range(count):
        for other in range(one + 1):
            factor = shares[:, one] * ((one == other) - shares[:, other]) / n
            found[one, :, other] = found[other, :, one] = (x * factor[:, None]).T @ x
    whole = found.reshape(count * width, count * width)
    whole[np.diag_indices_from(whole)] += np.tile(penalty, count) + 1e-12
    return whole
