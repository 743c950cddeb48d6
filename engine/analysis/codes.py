"""Autoencoders: what the narrowest layer makes of each row, and what the layers behind it make of a code."""

from typing import NamedTuple

import numpy as np

from tinkernet.engine.analysis.probe import activations
from tinkernet.engine.compiler.simd import FOUR
from tinkernet.engine.data.dataset import RECONSTRUCT, Floats
from tinkernet.engine.kernels import arguments, evaluate
from tinkernet.engine.network import batching
from tinkernet.engine.training.trainer import Trainer

HALF = 0.5


class Coded(NamedTuple):
    """The codes (n, k) of rows, and what comes out of them (n, d)."""

    codes: Floats
    rebuilt: Floats


def has_codes(trainer: Trainer) -> bool:
    """Whether the network reconstructs its inputs, through a hidden layer."""
    return trainer.dataset.kind == RECONSTRUCT and bool(trainer.spec.hidden)


def bottleneck(trainer: Trainer) -> int:
    """The hidden layer with the fewest neurons; of several the first one."""
    hidden = trainer.spec.hidden
    return hidden.index(min(hidden))


def coded(trainer: Trainer, points: Floats) -> Coded:
    """The codes of points (n, d), and how they are rebuilt."""
    found, sizes = activations(trainer, points), trainer.network.sizes
    layer = bottleneck(trainer)
    first = sum(sizes[: layer + 1])
    return Coded(found[first : first + sizes[layer + 1]].T.copy(), found[-sizes[-1] :].T.copy())


def decoded(trainer: Trainer, codes: Floats) -> Floats:
    """What the layers behind the bottleneck make of codes (n, k): (n, d)."""
    network, layer = trainer.network, bottleneck(trainer)
    table = network.shown_table[layer + 1 :]
    tiles = batching.code_tiles(codes)
    last = int(sum(-(-table[:, arguments.FAN_IN] // FOUR) * FOUR))  # where the outputs are in the workspace
    found = np.empty((network.sizes[-1], tiles.shape[0] * tiles.shape[2]))
    units = last + np.arange(network.sizes[-1])
    evaluate.respond(network.padded, table, tiles, units, network.workspace(batching.MAX_LANES), found)
    return found[:, : len(codes)].T.copy()


def count_right(rebuilt: Floats, targets: Floats) -> int:
    """How many rows (n, d) of zeros and ones are given back, each number on its own side of a half."""
    return int(((rebuilt > HALF) == (targets > HALF)).all(axis=1).sum())
