"""Principal components beside an autoencoder: the best that straight lines can do, its error, and matched axes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tinkernet.engine.data.dataset import Floats


class Principal(NamedTuple):
    """The first k principal components of points: mean (d,), directions (k, d) by row, and the shares (k,) of variance.

    A share is the part of the variance along its direction. The largest number of a direction is positive.
    """

    mean: Floats
    directions: Floats
    shares: Floats

    def codes(self, points: Floats) -> Floats:
        """The coordinates (n, k) of points (n, d) along the directions."""
        found: Floats = (points - self.mean) @ self.directions.T
        return found

    def rebuilt(self, points: Floats) -> Floats:
        """Points (n, d) as their coordinates alone give them: the nearest on the plane."""
        found: Floats = self.mean + self.codes(points) @ self.directions
        return found


def principal(points: Floats, count: int) -> Principal:
    """The first `count` principal components of points (n, d), by a singular value decomposition.

    With fewer rows or columns than `count` there are as many as those. Eckart, Young: The Approximation of One Matrix
    by Another of Lower Rank (1936): no plane of so many dimensions has a smaller squared error.
    """
    mean = points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(points - mean, full_matrices=False)
    for direction in directions:
        direction *= np.sign(direction[np.argmax(np.abs(direction))])
    variances = sizes**2
    return Principal(mean, directions[:count].copy(), (variances / (variances.sum() or 1.0))[:count])


def first(components: Principal, count: int) -> Principal:
    """The first so many of the components."""
    return Principal(components.mean, components.directions[:count], components.shares[:count])


def unexplained(points: Floats, rebuilt: Floats, mean: Floats | float) -> float:
    """The squared error as a part of the variance around a mean (d,), or of one column; NaN where there is none."""
    around = float(((points - mean) ** 2).sum())
    return float(((points - rebuilt) ** 2).sum()) / around if around > 0.0 else float("nan")


def error_table(sets: Sequence[tuple[Floats, Floats]], mean: Floats) -> Floats:
    """Of points (n, d) and what is rebuilt of them, of each set: (sets, 1 + d), of all columns, then of each alone."""
    found = np.empty((len(sets), 1 + len(mean)))
    for row, (points, rebuilt) in zip(found, sets, strict=True):
        row[0] = unexplained(points, rebuilt, mean)
        for at in range(len(mean)):
            row[1 + at] = unexplained(points[:, at], rebuilt[:, at], mean[at])
    return found


def angle(first: Floats, second: Floats) -> float:
    """The largest principal angle in degrees between the spaces of rows (k, d) and (j, d): 0 where one has the other.

    Björck, Golub: Numerical Methods for Computing Angles Between Linear Subspaces (1973); of small angles the sine.
    """
    one, other = (_basis(rows) for rows in (first, second))
    if len(one) < len(other):
        one, other = other, one
    missing = other - (other @ one.T) @ one
    sine = np.linalg.svd(missing, compute_uv=False).max(initial=0.0)
    return float(np.degrees(np.arcsin(min(1.0, sine))))


def _basis(rows: Floats) -> Floats:
    """An orthonormal basis (r, d) of the space of the rows (k, d)."""
    _, sizes, directions = np.linalg.svd(rows, full_matrices=False)
    found: Floats = directions[sizes > 1e-12 * sizes.max(initial=0.0)]
    return found


class Match(NamedTuple):
    """What puts codes (n, k) beside coordinates: first a mean (k,) is taken off, then `axes` (k, 2) multiply."""

    mean: Floats
    axes: Floats

    def places(self, codes: Floats) -> Floats:
        """Where codes (n, k) are (n, 2)."""
        found: Floats = (codes - self.mean) @ self.axes
        return found

    def codes(self, places: Floats) -> Floats:
        """The codes (n, k) nearest to the mean that are at places (n, 2)."""
        found: Floats = self.mean + places @ np.linalg.pinv(self.axes)
        return found


def matched(codes: Floats, wanted: Floats) -> Match:
    """Turned, mirrored and scaled as a whole, codes (n, k) lie as near as they can to coordinates (n, 2).

    Schönemann: A Generalized Solution of the Orthogonal Procrustes Problem (1966), with one scale. Without any spread
    the scale is 1.
    """
    mean = codes.mean(axis=0)
    centred, aim = codes - mean, wanted - wanted.mean(axis=0)
    left, sizes, right = np.linalg.svd(centred.T @ aim, full_matrices=False)
    turned = left @ right
    spread = float(((centred @ turned) ** 2).sum())
    return Match(mean, turned * (sizes.sum() / spread if spread > 0.0 else 1.0))
