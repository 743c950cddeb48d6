"""Regularization: a penalty on the weights, added to the loss. Biases are never penalized.

With plain descent it is a step of its own, as in the original, and L1 prunes a link that it drives through zero. With
the other optimisers the derivative of the penalty is added to the gradient, as PyTorch's weight_decay is.
"""

from typing import NamedTuple

from tinkernet.engine.compiler.jit import part
from tinkernet.engine.compiler.simd import alike, select

NONE, L1, L2, ELASTIC, DECAY = range(5)


@part
def penalty_derivative(code, weight):
    """The derivative of the penalty at the weight before the update: sign(w) for L1, w for L2, both for elastic."""
    sign = select(weight > 0.0, 1.0, select(weight < 0.0, alike(weight, -1.0), 0.0))
    if code == L1:
        return sign
    if code == ELASTIC:
        return sign + weight
    if (code == L2) | (code == DECAY):
        return weight
    return alike(weight, 0.0)


class Penalty(NamedTuple):
    """One penalty: key in links, name, formula for people, a note, code in kernels; basic: one of the original's."""

    key: str
    label: str
    formula: str
    note: str
    code: int
    basic: bool = False


PENALTIES = (
    Penalty("none", "None", "", "No penalty.", NONE, True),
    Penalty("L1", "L1", "|w|", "Drives weights to exactly zero; such a link stays dead.", L1, True),
    Penalty("L2", "L2", "½ w²", "Keeps all weights small.", L2, True),
    # Zou, Hastie: Regularization and variable selection via the elastic net (2005).
    Penalty("elastic", "L1 + L2", "|w| + ½ w²", "Both: few weights, and small ones.", ELASTIC),
    # Loshchilov, Hutter: Decoupled Weight Decay Regularization (2019).
    Penalty(
        "decay",
        "Weight decay",
        "w ← (1 − η λ) w",
        "Like L2, but not scaled by the optimizer; the same as L2 with gradient descent.",
        DECAY,
    ),
)

penalty_from_key = {penalty.key: penalty for penalty in PENALTIES}
