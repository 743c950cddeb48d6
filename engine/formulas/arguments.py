"""What the kernels are told beside the network and the points: by place in four arrays, so nothing is compiled anew.

`codes` are choices, whole numbers; `dials` are numbers, some of which the kernels keep up to date; `memory` has rows as
long as the parameters, for what training remembers; `roles` says of each parameter what may happen to it.
"""

LOSS, PENALTY, OPTIMISER, HELD, DROPPING, KEY, PATIENCE = range(7)
"""In `codes`. HELD: some parameter is dead or frozen. KEY: of the generator in `chance`. PATIENCE: epochs, or 0."""

(
    RATE,
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
"""In `dials`. PENDING: points in the gradient so far. UPDATES: since the optimiser was chosen. EPOCH: epochs done."""

CARRIED, FIRST, SECOND, BEST = range(4)
"""Rows of `memory`: the gradient summed since the last update, the optimiser's two moments, the best parameters."""

BIAS, LINK, DEAD, FROZEN = 0.0, 1.0, -1.0, -2.0
"""In `roles`. Nothing below BIAS is trained; nothing but a LINK is penalised."""
