"""Regularisation: what is taken off each weight at every update, beside the gradient. Biases are never penalised."""

from typing import NamedTuple

from ._jit import part
from ._simd import select, splat

NONE, L1, L2 = range(3)


@part
def penalty_slope(code, weight):
    """The slope of the penalty at the weight before the update: sign(w) for L1, w for L2."""
    if code == L1:
        return select(weight > 0.0, splat(1.0), select(weight < 0.0, splat(-1.0), splat(0.0)))
    if code == L2:
        return weight
    return splat(0.0)


class Penalty(NamedTuple):
    """One penalty: key in links, name, formula for a person, a note, code in kernels."""

    key: str
    label: str
    formula: str
    note: str
    code: int


PENALTIES = (
    Penalty("none", "None", "", "", NONE),
    Penalty("L1", "L1", "|w|", "A weight it drives through zero stays zero: its link is dead.", L1),
    Penalty("L2", "L2", "½ w²", "Keeps all weights small.", L2),
)

penalty_from_key = {penalty.key: penalty for penalty in PENALTIES}
