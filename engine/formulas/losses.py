"""What training makes small, and the output that goes with it.

A loss compares one output with its target; with several outputs it is summed over them, then averaged over the points.
Cross-entropy takes the output's total input instead of its answer: so it is exact however sure the network is.
To add a loss: a code, a formula with its slope, a branch each and a record, all in this file.
"""

from typing import NamedTuple

from tinkernet.engine.compiler.exponential import exp
from tinkernet.engine.compiler.jit import part, routine
from tinkernet.engine.compiler.simd import (
    EIGHT,
    WIDTH,
    load,
    load_eight,
    log,
    log1p,
    select,
    splat,
    splat_eight,
    store,
    with_sign,
)
from tinkernet.engine.formulas.activations import LINEAR, SIGMOID, TANH

SQUARED, ABSOLUTE, HUBER, HINGE, LOGISTIC, LOGISTIC_OF_TWICE, SOFTMAX = range(7)


@part
def logistic(total, target):
    """-log of the probability given to the target, 0 or 1: PyTorch's BCEWithLogitsLoss."""
    positive = select(total > 0.0, total, 0.0)
    loss = positive - total * target + log1p(exp(-abs(total)))
    return loss, 1.0 / (1.0 + exp(-total)) - target


@part
def loss_and_slope(code, output, target):
    """The loss and its derivative in the output (for logistic ones in the total input) where each output counts alone.

    Huber and the absolute error as PyTorch's HuberLoss (delta 1) and L1Loss.
    """
    error = output - target
    size = abs(error)
    sign = select(size > 0.0, with_sign(1.0, error), error)
    if code == ABSOLUTE:
        return size, sign
    if code == HUBER:
        return select(size < 1.0, 0.5 * error * error, size - 0.5), select(size < 1.0, error, sign)
    if code == HINGE:
        missing = 1.0 - target * output
        return select(missing <= 0.0, 0.0, missing), select(missing <= 0.0, 0.0, -target)
    if code >= LOGISTIC:
        # The answer tanh z is 2 p - 1 for the probability p = sigmoid(2 z); so is the target for 1 or 0.
        scale, low = (2.0, 0.5) if code == LOGISTIC_OF_TWICE else (1.0, 0.0)
        each, slope = logistic(scale * output, low + target / scale)
        return each, scale * slope
    return 0.5 * error * error, error


@part
def largest(load, values, first, outputs, lanes, k):
    """The largest of one point's outputs: units from `first` on in `values`."""
    top = load(values, first + k)
    for j in range(1, outputs):
        other = load(values, first + j * lanes + k)
        top = select(other > top, other, top)
    return top


@routine
def softmax(values, first, outputs, lanes):
    """Each point's outputs, from `first` on in `values`, become their shares e^z / sum of e^z."""
    for k in range(0, lanes, WIDTH):
        top = largest(load, values, first, outputs, lanes, k)
        whole = splat(0.0)
        for at in range(first + k, first + k + outputs * lanes, lanes):
            share = exp(load(values, at) - top)
            store(values, at, share)
            whole = whole + share
        for at in range(first + k, first + k + outputs * lanes, lanes):
            store(values, at, load(values, at) / whole)


@routine
def output_deltas(code, answers, slopes, deltas, pack, place, targets, there, lanes, outputs):
    """The slope of any loss but the squared one at the outputs' total inputs; 0 in lanes without a point."""
    if code == SOFTMAX:
        for k in range(place, place + outputs * lanes, WIDTH):
            store(deltas, k, load(answers, k))
        softmax(deltas, place, outputs, lanes)
    for j in range(0, outputs * lanes, lanes):
        for k in range(0, lanes, WIDTH):
            at = place + j + k
            target = load(pack, targets + j + k)
            if code == SOFTMAX:
                delta = load(deltas, at) - target
            else:
                delta = loss_and_slope(code, load(answers, at), target)[1] * load(slopes, at)
            store(deltas, at, select(load(pack, there + k) > 0.0, delta, 0.0))


@routine
def output_losses(code, answers, pack, place, targets, there, lanes, outputs):
    """The sum of any loss but the squared one over the points of a chunk, in EIGHT partial sums."""
    losses = splat_eight(0.0)
    for k in range(0, lanes, EIGHT):
        each = splat_eight(0.0)
        top, whole = splat_eight(0.0), splat_eight(0.0)
        if code == SOFTMAX:
            top = largest(load_eight, answers, place, outputs, lanes, k)
            for j in range(outputs):
                whole = whole + exp(load_eight(answers, place + j * lanes + k) - top)
            top = top + log(whole)
        for j in range(outputs):
            output, target = load_eight(answers, place + j * lanes + k), load_eight(pack, targets + j * lanes + k)
            one = target * (top - output) if code == SOFTMAX else loss_and_slope(code, output, target)[0]
            each = each + one
        losses = losses + select(load_eight(pack, there + k) > 0.0, each, 0.0)
    return losses


class Output(NamedTuple):
    """One kind of output: key in links, name, formula for a person, a note; the problems it is for; its targets."""

    key: str
    label: str
    formula: str
    note: str
    problems: tuple[str, ...]
    # What a class that is not the point's has for a target; the point's own has 1.
    low: float
    code: int
    coupled: bool = False


CLASSIFICATION, REGRESSION = "classification", "regression"
OUTPUTS = (
    Output("tanh", "Tanh", "tanh z", "From -1 to 1.", (CLASSIFICATION, REGRESSION), -1.0, TANH),
    Output("linear", "Linear", "z", "Any number.", (CLASSIFICATION, REGRESSION), -1.0, LINEAR),
    Output("sigmoid", "Sigmoid", "1 / (1 + e^-z)", "A probability.", (CLASSIFICATION,), 0.0, SIGMOID),
    Output("softmax", "Softmax", "e^z / Σ e^z", "A probability for each class.", (CLASSIFICATION,), 0.0, LINEAR, True),
)
output_from_key = {output.key: output for output in OUTPUTS}


class Loss(NamedTuple):
    """One loss: key, name, formula for a person, a note; the problems it is for; its code with each output it fits."""

    key: str
    label: str
    formula: str
    note: str
    problems: tuple[str, ...]
    codes: dict[str, int]

    @property
    def fits(self) -> list[str]:
        """The keys of the outputs it may be used with."""
        return list(self.codes)


LOSSES = (
    Loss(
        "squared",
        "Squared error",
        "½ (output − target)²",
        "The original's.",
        (CLASSIFICATION, REGRESSION),
        dict.fromkeys(("tanh", "linear", "sigmoid"), SQUARED),
    ),
    Loss(
        "absolute",
        "Absolute error",
        "|output − target|",
        "Cares little for outliers.",
        (CLASSIFICATION, REGRESSION),
        dict.fromkeys(("tanh", "linear", "sigmoid"), ABSOLUTE),
    ),
    Loss(
        "huber",
        "Huber",
        "½ e² for |e| < 1, else |e| − ½",
        "Squared near the target, absolute far from it.",
        (CLASSIFICATION, REGRESSION),
        dict.fromkeys(("tanh", "linear", "sigmoid"), HUBER),
    ),
    Loss(
        "crossEntropy",
        "Cross-entropy",
        "−log p(class)",
        "How surprised the network is by the right class.",
        (CLASSIFICATION,),
        {"tanh": LOGISTIC_OF_TWICE, "sigmoid": LOGISTIC, "softmax": SOFTMAX},
    ),
    Loss(
        "hinge",
        "Hinge",
        "max(0, 1 − target × output)",
        "Content once a point is on its side by a margin.",
        (CLASSIFICATION,),
        dict.fromkeys(("tanh", "linear"), HINGE),
    ),
)
loss_from_key = {loss.key: loss for loss in LOSSES}
FROM_TOTALS = frozenset((LOGISTIC, LOGISTIC_OF_TWICE, SOFTMAX))
"""Codes of the losses that take the outputs' total inputs."""
