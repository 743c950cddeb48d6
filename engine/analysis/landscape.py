"""The loss around a run: how it changes with two directions in the space of all weights and biases.

The loss is that of the training points, without the penalty and dropout. Random directions are filter-normalised as in
Li, Xu, Taylor, Studer, Goldstein: Visualizing the Loss Landscape of Neural Nets (2018): the weights into each neuron
have, in a direction, the length that they have in the network; biases do not move.
"""

import time
from math import ceil, log10
from typing import NamedTuple

import numpy as np

from tinkernet.engine.compiler.simd import aligned
from tinkernet.engine.data.dataset import Floats
from tinkernet.engine.errors import SpecError
from tinkernet.engine.training.trainer import Trainer

SIDE = 61
"""Losses along each direction, ends included; fewer for a network that takes longer than SECONDS."""
SECONDS = 0.25
_SIDES = (SIDE, 41, 31, 21, 15)
_MARGIN = 0.25  # around a path, as a part of its size


class Plane(NamedTuple):
    """Two directions (2, p) through a point (p,), laid out as `Network.padded`; a place is (a, b) along them.

    low, high: (2,), the places of the lower left and the upper right corner that are shown.
    """

    origin: Floats
    axes: Floats
    low: Floats
    high: Floats


def surface(trainer: Trainer, plane: Plane) -> Floats | None:
    """The losses (side, side) over a plane, row by row from its lower edge.

    side is SIDE, or less where that would take longer than SECONDS. None where even the fewest would take four times
    as long.
    """
    each = min(_seconds(trainer, plane) for _ in range(2))  # the first time, the kernel may have to be loaded
    fitting = [side for side in _SIDES if each * side**2 <= SECONDS]
    if not fitting and each * _SIDES[-1] ** 2 > 4 * SECONDS:
        return None
    side = fitting[0] if fitting else _SIDES[-1]
    across, up = (np.linspace(plane.low[axis], plane.high[axis], side) for axis in range(2))
    return np.array([trainer.losses_with(_vectors(plane, across, np.full(1, each))) for each in up])


def _seconds(trainer: Trainer, plane: Plane) -> float:
    """How long one loss takes."""
    began = time.thread_time()
    trainer.losses_with(_vectors(plane, np.zeros(1), np.zeros(4)))
    return (time.thread_time() - began) / 4


def _vectors(plane: Plane, across: Floats, up: Floats) -> Floats:
    """The parameters at places: (k, p)."""
    count = max(len(across), len(up))
    found = aligned(count * len(plane.origin)).reshape(count, -1)
    found[:] = plane.origin + up[:, None] * plane.axes[1]
    found += across[:, None] * plane.axes[0]
    return found


def places_on(plane: Plane, vectors: Floats) -> Floats:
    """The places (k, 2) on the plane that are nearest to vectors (k, p) of parameters."""
    found: Floats = (vectors - plane.origin) @ np.linalg.pinv(plane.axes)
    return found


def plane_of_weights(trainer: Trainer, first: tuple[int, int, int], second: tuple[int, int, int]) -> Plane:
    """Two weights (layer, neuron, input), all others as they are; a place is the values of both.

    Raises SpecError for a link that the network does not have, and for twice the same one.
    """
    network = trainer.network
    axes, origin = np.zeros((2, len(network.padded))), network.padded.copy()
    for axis, (layer, neuron, input) in zip(axes, (first, second), strict=True):
        network.check_neuron(layer, neuron)
        if not 0 <= input < network.sizes[layer]:
            raise SpecError("input", input, f"a whole number from 0 to {network.sizes[layer] - 1}")
        network.weights_of(axis, layer)[neuron, input] = 1.0
    if first == second:
        raise SpecError("second", second, "another link than the first")
    half = _rounded(1.5 * max(2.0, float(np.abs(axes @ origin).max())))
    origin[axes.any(axis=0)] = 0.0
    return Plane(origin, axes, np.full(2, -half), np.full(2, half))


def plane_of_path(vectors: Floats) -> tuple[Plane, float] | None:
    """The plane that holds most of a path (k, p) that ends in the present parameters, and how much of it.

    It goes through the present ones; its directions are the principal components of the differences from them. None
    for a path that does not span a plane.
    """
    origin = vectors[-1].copy()
    differences = vectors - origin
    if len(vectors) < 3 or not np.isfinite(differences).all():
        return None
    values, axes = np.linalg.svd(differences, full_matrices=False)[1:]
    if values[1] <= 1e-9 * values[0] or values[0] == 0.0:
        return None
    found = axes[:2] * np.where(axes[:2] @ differences[0] > 0.0, -1.0, 1.0)[:, None]  # from the lower left
    places = differences @ found.T
    low, high = places.min(axis=0), places.max(axis=0)
    middle, half = (low + high) / 2, (0.5 + _MARGIN) * float((high - low).max())
    return Plane(origin, found, middle - half, middle + half), float((values[:2] ** 2).sum() / (values**2).sum())


def plane_at_random(trainer: Trainer, draw: int) -> Plane:
    """Two filter-normalised random directions through the present parameters. draw: which ones."""
    network, drawn = trainer.network, np.random.default_rng(draw)
    axes = np.zeros((2, len(network.padded)))
    for axis in axes:
        for layer in range(network.layers):
            weights = network.weights(layer)
            found = drawn.normal(size=weights.shape)
            lengths = np.sqrt((found**2).sum(axis=1, keepdims=True))
            found *= np.sqrt((weights**2).sum(axis=1, keepdims=True)) / np.maximum(lengths, 1e-12)
            network.weights_of(axis, layer)[:] = np.where(network.dead(layer), 0.0, found)
    return Plane(network.padded.copy(), axes, np.full(2, -1.0), np.full(2, 1.0))


def _rounded(value: float) -> float:
    """1, 2 or 5 times a power of ten, not less: a window that seldom changes."""
    power = 10.0 ** ceil(log10(value) - 1.0)
    return next(each * power for each in (1.0, 2.0, 5.0, 10.0) if each * power >= value * (1.0 - 1e-9))
