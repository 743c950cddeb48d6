"""A spec's settings as the kernels take them: codes and numbers by place (see `formulas.layout`)."""

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.formulas import layout
from tinkernet.engine.formulas.optimisers import optimiser_from_key
from tinkernet.engine.formulas.penalties import penalty_from_key
from tinkernet.engine.rng import counter
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.spec.task import Task


def choices_of(spec: Spec, task: Task) -> NDArray[np.int64]:
    """The array of codes for a new run: what a live field cannot change."""
    choices = np.zeros(layout.CHOICES, np.int64)
    choices[layout.LOSS] = task.loss_code
    choices[layout.KEY] = counter.key_of(spec.weight_seed or spec.seed)
    return choices


def fill(spec: Spec, choices: NDArray[np.int64], hyperparameters: NDArray[np.float64]) -> None:
    """Write the live fields of a spec into both arrays. The counters that the kernels keep there stay."""
    choices[layout.PENALTY] = penalty_from_key[spec.regularization].code
    choices[layout.OPTIMISER] = optimiser_from_key[spec.optimiser].code
    choices[layout.DROPPING] = spec.dropout > 0.0
    choices[layout.PATIENCE] = spec.patience
    for place, value in (
        (layout.PENALTY_RATE, spec.regularization_rate),
        (layout.MOMENTUM, spec.momentum),
        (layout.BETA1, spec.beta1),
        (layout.BETA2, spec.beta2),
        (layout.SMOOTHING, spec.smoothing),
        (layout.EPSILON, spec.epsilon),
        (layout.WEIGHT_DECAY, spec.weight_decay),
        (layout.CLIP, spec.clip_norm),
        (layout.DROPOUT, spec.dropout),
        (layout.STOP_LOSS, spec.stop_loss or -np.inf),
    ):
        hyperparameters[place] = value
