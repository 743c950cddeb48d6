"""From a gradient to a step: how far each parameter goes, and the moments that it keeps.

Each formula takes a parameter w, its gradient g (the mean over the batch, the penalty's added) and the moments m and v
that it keeps, and gives the new parameter and moments. All are as in PyTorch but Lion, which is as in its paper. Plain
descent is in `kernels.update`. To add an optimiser: a code, a formula, a branch and a record, all in this file.
"""

from math import sqrt
from typing import NamedTuple

from tinkernet.engine.compiler.jit import part, routine
from tinkernet.engine.compiler.simd import (
    EIGHT,
    WIDTH,
    fused,
    load,
    load_eight,
    root,
    select,
    splat_eight,
    store,
    total,
    with_sign,
)
from tinkernet.engine.formulas.layout import (
    BETA1,
    BETA2,
    BIAS,
    CLIP,
    EPSILON,
    FIRST_MOMENT,
    LEARNING_RATE,
    MOMENTUM,
    OPTIMISER,
    PENALTY,
    PENALTY_RATE,
    SECOND_MOMENT,
    SMOOTHING,
    UPDATES,
    WEIGHT_DECAY,
)
from tinkernet.engine.formulas.penalties import DECAY, NONE, penalty_derivative

SGD, HEAVY_BALL, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW, LION = range(8)


@part
def heavy_ball(w, g, m, rate, momentum):
    """Polyak: Some methods of speeding up the convergence of iteration methods (1964)."""
    m = fused(momentum, m, g)
    return fused(-rate, m, w), m


@part
def nesterov(w, g, m, rate, momentum):
    """Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning (2013)."""
    m = fused(momentum, m, g)
    return w - rate * (g + momentum * m), m


@part
def adagrad(w, g, v, rate, epsilon):
    """Duchi, Hazan, Singer: Adaptive Subgradient Methods (2011)."""
    v = v + g * g
    return w - rate * g / (root(v) + epsilon), v


@part
def rmsprop(w, g, v, rate, smoothing, epsilon):
    """Tieleman, Hinton: Lecture 6.5 of Neural Networks for Machine Learning (2012)."""
    v = smoothing * v + (1.0 - smoothing) * (g * g)
    return w - rate * g / (root(v) + epsilon), v


@part
def adam(w, g, m, v, step, root_of_correction, beta1, beta2, epsilon):
    """Kingma, Ba: Adam (2015). step: the rate over 1 - beta1^t; root_of_correction: that of 1 - beta2^t."""
    m = m + (1.0 - beta1) * (g - m)
    v = beta2 * v + (1.0 - beta2) * (g * g)
    return w - step * m / (root(v) / root_of_correction + epsilon), m, v


@part
def lion(w, g, m, rate, beta1, beta2):
    """Chen and others: Symbolic Discovery of Optimization Algorithms (2023)."""
    c = beta1 * m + (1.0 - beta1) * g
    sign = select(abs(c) > 0.0, with_sign(1.0, c), c)
    return w - rate * sign, beta2 * m + (1.0 - beta2) * g


@routine
def clip_scale(gradient, parameter_mask, longest, points):
    """What to multiply a gradient by, summed over so many points, so that the norm of its mean is at most `longest`.

    Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks (2013); clip_grad_norm_ of
    PyTorch. The gradient is that of the loss, without the penalty's; what is pruned or frozen does not count.
    """
    squares = splat_eight(0.0)
    for at in range(0, len(parameter_mask), EIGHT):
        g = select(load_eight(parameter_mask, at) < BIAS, 0.0, load_eight(gradient, at))
        squares = fused(g, g, squares)
    length = sqrt(total(squares)) / points
    return min(1.0, longest / (length + 1e-6))


@routine
def mean_gradient(params, parameter_mask, gradient, scale, penalty, strength):
    """Scale a sum over points to their mean, in place, and add the gradient of the penalty."""
    for at in range(0, len(params), WIDTH):
        g = load(gradient, at) * scale
        if (penalty != NONE) & (penalty != DECAY):
            pull = strength * penalty_derivative(penalty, load(params, at))
            g = g + select(load(parameter_mask, at) > BIAS, pull, 0.0)
        store(gradient, at, g)


@routine
def optimise(params, parameter_mask, optimiser_state, gradient, hyperparameters, choices, points):
    """One step by any optimiser but plain descent, from a gradient summed over so many points."""
    code, penalty, rate = choices[OPTIMISER], choices[PENALTY], hyperparameters[LEARNING_RATE]
    beta1, beta2 = hyperparameters[BETA1], hyperparameters[BETA2]
    epsilon, momentum, smoothing = hyperparameters[EPSILON], hyperparameters[MOMENTUM], hyperparameters[SMOOTHING]
    hyperparameters[UPDATES] += 1.0
    step = rate / (1.0 - beta1 ** hyperparameters[UPDATES])
    root_of_correction = sqrt(1.0 - beta2 ** hyperparameters[UPDATES])
    scale = 1.0 / points
    if hyperparameters[CLIP] > 0.0:
        scale *= clip_scale(gradient, parameter_mask, hyperparameters[CLIP], points)
    mean_gradient(params, parameter_mask, gradient, scale, penalty, hyperparameters[PENALTY_RATE])
    shrink = 0.0
    if penalty == DECAY:
        shrink += hyperparameters[PENALTY_RATE]
    if (code == ADAMW) | (code == LION):
        shrink += hyperparameters[WEIGHT_DECAY]
    first, second = FIRST_MOMENT * len(params), SECOND_MOMENT * len(params)
    for at in range(0, len(params), WIDTH):
        role, before = load(parameter_mask, at), load(params, at)
        is_link, is_fixed = role > BIAS, role < BIAS
        g = load(gradient, at)
        w = select(is_link, before * (1.0 - rate * shrink), before)
        m, v = load(optimiser_state, first + at), load(optimiser_state, second + at)
        m_before, v_before = m, v
        if code == HEAVY_BALL:
            w, m = heavy_ball(w, g, m, rate, momentum)
        elif code == NESTEROV:
            w, m = nesterov(w, g, m, rate, momentum)
        elif code == ADAGRAD:
            w, v = adagrad(w, g, v, rate, epsilon)
        elif code == RMSPROP:
            w, v = rmsprop(w, g, v, rate, smoothing, epsilon)
        elif code == LION:
            w, m = lion(w, g, m, rate, beta1, beta2)
        else:
            w, m, v = adam(w, g, m, v, step, root_of_correction, beta1, beta2, epsilon)
        store(params, at, select(is_fixed, before, w))
        store(optimiser_state, first + at, select(is_fixed, m_before, m))
        store(optimiser_state, second + at, select(is_fixed, v_before, v))


class Optimiser(NamedTuple):
    """One optimiser: key in links, name, formula for people, a note, its fields in the spec, code in kernels."""

    key: str
    label: str
    formula: str
    note: str
    settings: tuple[str, ...]
    code: int
    basic: bool = False


OPTIMISERS = (
    Optimiser("sgd", "Gradient descent", "w − η g", "One step straight down the gradient.", (), SGD, True),
    Optimiser(
        "momentum", "Momentum", "m ← μ m + g; w − η m", "Keeps rolling, like a heavy ball.", ("momentum",), HEAVY_BALL
    ),
    Optimiser(
        "nesterov", "Nesterov", "m ← μ m + g; w − η (g + μ m)", "Momentum that looks ahead.", ("momentum",), NESTEROV
    ),
    Optimiser(
        "adagrad",
        "Adagrad",
        "v ← v + g²; w − η g / √v",
        "Steps get smaller as training goes on.",
        ("epsilon",),
        ADAGRAD,
    ),
    Optimiser(
        "rmsprop",
        "RMSProp",
        "v ← α v + (1 − α) g²; w − η g / √v",
        "Divides each step by the recent size of the gradient.",
        ("smoothing", "epsilon"),
        RMSPROP,
    ),
    Optimiser("adam", "Adam", "w − η m̂ / √v̂", "Momentum and RMSProp combined.", ("beta1", "beta2", "epsilon"), ADAM),
    Optimiser(
        "adamw",
        "AdamW",
        "w (1 − η λ) − η m̂ / √v̂",
        "Adam with weight decay of its own.",
        ("beta1", "beta2", "epsilon", "weight_decay"),
        ADAMW,
    ),
    Optimiser(
        "lion",
        "Lion",
        "w (1 − η λ) − η sign(β₁ m + (1 − β₁) g)",
        "All steps have the same size: choose a small learning rate.",
        ("beta1", "beta2", "weight_decay"),
        LION,
    ),
)

optimiser_from_key = {optimiser.key: optimiser for optimiser in OPTIMISERS}
