"""A spec's settings as the kernels take them: codes and numbers by place (see `formulas.arguments`)."""

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.formulas import arguments
from tinkernet.engine.formulas.optimisers import optimiser_from_key
from tinkernet.engine.formulas.penalties import penalty_from_key
from tinkernet.engine.rng import counter
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.spec.task import Task


def choices_of(spec: Spec, task: Task) -> NDArray[np.int64]:
    """The array of codes for a new run: what a live field cannot change."""
    choices = np.zeros(7, np.int64)
    choices[arguments.LOSS] = task.loss_code
    choices[arguments.KEY] = counter.key_of(spec.seed)
    return choices


def fill(spec: Spec, choices: NDArray[np.int64], hyperparameters: NDArray[np.float64]) -> None:
    """Write the live fields of a spec into both arrays. The counters that the kernels keep there stay."""
    choices[arguments.PENALTY] = penalty_from_key[spec.regularization].code
    choices[arguments.OPTIMISER] = optimiser_from_key[spec.optimiser].code
    choices[arguments.DROPPING] = spec.dropout > 0.0
    choices[arguments.PATIENCE] = spec.patience
    for place, value in (
        (arguments.PENALTY_RATE, spec.regularization_rate),
        (arguments.MOMENTUM, spec.momentum),
        (arguments.BETA1, spec.beta1),
        (arguments.BETA2, spec.beta2),
        (arguments.SMOOTHING, spec.smoothing),
        (arguments.EPSILON, spec.epsilon),
        (arguments.WEIGHT_DECAY, spec.weight_decay),
        (arguments.CLIP, spec.clip_norm),
        (arguments.DROPOUT, spec.dropout),
        (arguments.STOP_LOSS, spec.stop_loss or -np.inf),
    ):
        hyperparameters[place] = value
