"""From a gradient to the next parameters."""

from tinkernet.engine.compiler.jit import part
from tinkernet.engine.compiler.simd import WIDTH, fused, load, select, store
from tinkernet.engine.formulas.layout import (
    BIAS,
    CARRIED_GRADIENT,
    CLIP,
    LEARNING_RATE,
    LINK,
    MASKED,
    OPTIMISER,
    PENALTY,
    PENALTY_RATE,
    PRUNED,
)
from tinkernet.engine.formulas.optimisers import SGD, clip_scale, optimise
from tinkernet.engine.formulas.penalties import ELASTIC, L1, NONE, penalty_derivative


@part
def is_plain_descent(hyperparameters, choices):
    """Whether each parameter moves by its own gradient alone."""
    free = choices[OPTIMISER] == SGD and choices[PENALTY] == NONE and not choices[MASKED]
    return free and hyperparameters[CLIP] == 0.0


@part
def update(network, gradient, hyperparameters, choices, points):
    """One step of training by a gradient summed over so many points."""
    params, parameter_mask, optimiser_state, _ = network
    if choices[OPTIMISER] != SGD:
        optimise(params, parameter_mask, optimiser_state, gradient, hyperparameters, choices, points)
        return
    step = hyperparameters[LEARNING_RATE] / points
    if hyperparameters[CLIP] > 0.0:
        step *= clip_scale(gradient, parameter_mask, hyperparameters[CLIP], points)
    if choices[PENALTY] == NONE and not choices[MASKED]:
        descend(params, gradient, step)
    else:
        pull = hyperparameters[LEARNING_RATE] * hyperparameters[PENALTY_RATE]
        descend_with_penalty(params, parameter_mask, gradient, step, choices[PENALTY], pull)


@part
def descend(params, gradient, step):
    """Gradient descent without a penalty, where every parameter is trained."""
    for at in range(0, len(params), WIDTH):
        store(params, at, fused(-step, load(gradient, at), load(params, at)))


@part
def descend_with_penalty(params, parameter_mask, gradient, step, penalty, pull):
    """Gradient descent, then the step of the penalty, taken at the weight before both.

    A link that an L1 penalty drives through zero is pruned: its weight is 0 from here on.
    """
    for at in range(0, len(params), WIDTH):
        role, before = load(parameter_mask, at), load(params, at)
        descended = fused(-step, load(gradient, at), before)
        after = select(role == LINK, fused(-pull, penalty_derivative(penalty, before), descended), descended)
        if (penalty == L1) | (penalty == ELASTIC):
            crossed = select(role == LINK, descended * after, 0.0) < 0.0
            after = select(crossed, 0.0, after)
            store(parameter_mask, at, select(crossed, PRUNED, role))
        store(params, at, select(role < BIAS, before, after))


@part
def add_carried(gradient, optimiser_state):
    """Add the gradient of earlier tiles to that of the last one."""
    start = CARRIED_GRADIENT * optimiser_state.shape[1]
    for at in range(0, optimiser_state.shape[1], WIDTH):
        store(gradient, at, load(gradient, at) + load(optimiser_state, start + at))


@part
def keep(optimiser_state, row, values):
    """Leave a value of each parameter for later, in a row of the optimiser's state."""
    start = row * optimiser_state.shape[1]
    for at in range(0, optimiser_state.shape[1], WIDTH):
        store(optimiser_state, start + at, load(values, at))
