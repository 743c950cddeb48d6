"""Where each example of a batch pushes the boundary of the decision."""

import numpy as np

from tinkernet.engine.analysis.probe import activations
from tinkernet.engine.data.dataset import Floats
from tinkernet.engine.training.trainer import Trainer

STEP = 1e-4  # on the plane


def pushes(trainer: Trainer) -> Floats | None:
    """The slope of each point's own loss by its place, for the batch that is trained next: (n, 2), without dropout.

    The gradients of the outputs there, weighted by how hard the point pulls at each. An update lowers the loss along
    it: so the boundary moves this way. None for points that are not on the plane.
    """
    if trainer.dataset.shape.columns != 2:
        return None
    now, train = trainer.batch_now(), trainer.data.train
    place = {id: at for at, id in enumerate(trainer.ids[0])}
    points = train.inputs[[place[id] for id in now.ids]].reshape(-1, 2)
    deltas = trainer.batch_deltas()
    found = np.empty((len(points), 2))
    for axis in range(2):
        moved = np.zeros(2)
        moved[axis] = STEP
        ahead, behind = _sums(trainer, points + moved), _sums(trainer, points - moved)
        with np.errstate(over="ignore", invalid="ignore"):
            found[:, axis] = (deltas * (ahead - behind)).sum(axis=0) / (2.0 * STEP)
    return found


def _sums(trainer: Trainer, points: Floats) -> Floats:
    """The pre-activations of the outputs at points (n, 2): (outputs, n)."""
    network, outputs = trainer.network, trainer.task.outputs
    if len(points) == 0:
        return np.empty((outputs, 0))
    last = len(network.sizes) - 2
    before = activations(trainer, points)[:-outputs][-network.sizes[last] :]
    with np.errstate(over="ignore", invalid="ignore"):
        found: Floats = network.weights(last) @ before + network.biases(last)[:, None]
    return found
