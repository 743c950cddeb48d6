"""Where each number stands in the arrays that formulas, kernels and training share.

What a run does is told in numbers, so nothing is compiled anew when a setting changes.
"""

LOSS, PENALTY, OPTIMISER, MASKED, DROPPING, KEY, PATIENCE = range(7)
"""Places in `choices`, int64. LOSS, PENALTY, OPTIMISER: codes of formulas. MASKED: 1 where some parameter is pruned or
frozen. DROPPING: 1 with dropout. KEY: of `rng.counter`. PATIENCE: in epochs, or 0."""

(
    LEARNING_RATE,
    PENALTY_RATE,
    PENDING,
    MOMENTUM,
    BETA1,
    BETA2,
    SMOOTHING,
    EPSILON,
    WEIGHT_DECAY,
    CLIP,
    DROPOUT,
    UPDATES,
    EPOCH,
    STOP_LOSS,
    BEST_LOSS,
    BEST_EPOCH,
) = range(16)
"""Places in `hyperparameters`, float64. Training keeps some up to date: LEARNING_RATE, of the present epoch; PENDING,
the number of points in the carried gradient; UPDATES since the optimiser was chosen; EPOCH, the epochs done; BEST_LOSS
and BEST_EPOCH, the lowest test loss and its epoch. CLIP: the longest gradient, or 0. STOP_LOSS: -infinity for never."""

CHOICES, HYPERPARAMETERS = 7, 16
"""Lengths of the two."""

CARRIED_GRADIENT, FIRST_MOMENT, SECOND_MOMENT, BEST_PARAMETERS = range(4)
"""Rows of `optimiser_state`, each as long as the parameters. CARRIED_GRADIENT: the sum over the PENDING points."""

BIAS, LINK, PRUNED, FROZEN = 0.0, 1.0, -1.0, -2.0
"""Values of `parameter_mask`, one for each parameter: what is below BIAS is not trained, only a LINK is penalised. A
PRUNED weight is 0: a penalty drove it there, or the link was cut."""

NOT_FINITE = 255
"""A map's byte where the value is not a finite number."""
