"""What training makes small, and the output that goes with it.

A loss compares one output with its target; with several outputs it is summed over them, then averaged over the points.
Cross-entropy takes the pre-activation of an output instead of the output: so it is exact however sure the network is.
So does the perceptron's rule, which steps as if its output had the slope 1.
To add a loss: a code, a formula with its derivative, a branch each and a record, all in this file.
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
from tinkernet.engine.formulas.activations import LINEAR, SIGMOID, STEP, TANH

SQUARED, ABSOLUTE, HUBER, HINGE, LOGISTIC, LOGISTIC_OF_TWICE, SOFTMAX, PERCEPTRON = range(8)


@part
def logistic(z, target):
    """-log of the probability given to the target, 0 or 1, and its derivative by z: BCEWithLogitsLoss of PyTorch."""
    loss = select(z > 0.0, z, 0.0) - z * target + log1p(exp(-abs(z)))
    return loss, 1.0 / (1.0 + exp(-z)) - target


@part
def loss_and_derivative(code, output, target):
    """The loss where each output counts alone, and its derivative by the output (from logistic on: the pre-activation).

    Huber and the absolute error as HuberLoss (delta 1) and L1Loss of PyTorch. The perceptron's is z times the error of
    its step, so that a step along the gradient is the rule of Rosenblatt, The Perceptron (1958).
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
    if code == PERCEPTRON:
        missed = select(output > 0.0, 1.0, 0.0) - target
        return output * missed, missed
    if code >= LOGISTIC:
        # The output tanh z is 2 p - 1 for the probability p = sigmoid(2 z); so is the target for 1 or 0.
        scale, low = (2.0, 0.5) if code == LOGISTIC_OF_TWICE else (1.0, 0.0)
        loss, derivative = logistic(scale * output, low + target / scale)
        return loss, scale * derivative
    return 0.5 * error * error, error


@part
def largest(loaded, values, first, count, lanes, k):
    """The largest of each point's `count` outputs, rows of `values` from `first` on, in lanes from k on."""
    top = loaded(values, first + k)
    for j in range(1, count):
        other = loaded(values, first + j * lanes + k)
        top = select(other > top, other, top)
    return top


@routine
def softmax(values, first, count, lanes):
    """Each point's outputs z, rows from `first` on in `values`, become their shares e^z / sum of e^z, in place."""
    for k in range(0, lanes, WIDTH):
        top = largest(load, values, first, count, lanes, k)
        whole = splat(0.0)
        for at in range(first + k, first + k + count * lanes, lanes):
            share = exp(load(values, at) - top)
            store(values, at, share)
            whole = whole + share
        for at in range(first + k, first + k + count * lanes, lanes):
            store(values, at, load(values, at) / whole)


@routine
def output_deltas(code, outputs, derivatives, deltas, tile, place, targets, count, lanes):
    """The derivative of any loss but the squared one by the outputs' pre-activations; 0 in lanes left over.

    place: of the output layer in the first three arrays, `count` rows; targets: of their targets in the tile, behind
    which the row of its own points stands.
    """
    own = targets + count * lanes
    if code == SOFTMAX:
        for k in range(place, place + count * lanes, WIDTH):
            store(deltas, k, load(outputs, k))
        softmax(deltas, place, count, lanes)
    for j in range(0, count * lanes, lanes):
        for k in range(0, lanes, WIDTH):
            at = place + j + k
            target = load(tile, targets + j + k)
            if code == SOFTMAX:
                delta = load(deltas, at) - target
            else:
                delta = loss_and_derivative(code, load(outputs, at), target)[1] * load(derivatives, at)
            store(deltas, at, select(load(tile, own + k) > 0.0, delta, 0.0))


@routine
def output_losses(code, outputs, tile, place, targets, count, lanes):
    """Any loss but the squared one, summed over the points of a tile into EIGHT partial sums: see `output_deltas`."""
    own = targets + count * lanes
    losses = splat_eight(0.0)
    for k in range(0, lanes, EIGHT):
        of_point = splat_eight(0.0)
        log_of_sum = splat_eight(0.0)
        if code == SOFTMAX:
            top = largest(load_eight, outputs, place, count, lanes, k)
            whole = splat_eight(0.0)
            for j in range(count):
                whole = whole + exp(load_eight(outputs, place + j * lanes + k) - top)
            log_of_sum = top + log(whole)
        for j in range(count):
            output, target = load_eight(outputs, place + j * lanes + k), load_eight(tile, targets + j * lanes + k)
            if code == SOFTMAX:
                of_point = of_point + target * (log_of_sum - output)
            else:
                of_point = of_point + loss_and_derivative(code, output, target)[0]
        losses = losses + select(load_eight(tile, own + k) > 0.0, of_point, 0.0)
    return losses


class Output(NamedTuple):
    """One kind of output: key in links, name, formula for people, a note; the problems it is for; its targets."""

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
    Output("sigmoid", "Sigmoid", "1 / (1 + e^-z)", "From 0 to 1.", (CLASSIFICATION, REGRESSION), 0.0, SIGMOID),
    Output("step", "Step", "1 for z > 0, else 0", "0 or 1: a perceptron.", (CLASSIFICATION,), 0.0, STEP),
    Output("softmax", "Softmax", "e^z / Σ e^z", "A probability for each class.", (CLASSIFICATION,), 0.0, LINEAR, True),
)
output_from_key = {output.key: output for output in OUTPUTS}


class Loss(NamedTuple):
    """One loss: key, name, formula for people, a note; the problems it is for; its code with each output it fits."""

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
        "As in TensorFlow Playground.",
        (CLASSIFICATION, REGRESSION),
        dict.fromkeys(("tanh", "linear", "sigmoid"), SQUARED),
    ),
    Loss(
        "absolute",
        "Absolute error",
        "|output − target|",
        "Less sensitive to outliers.",
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
        "How improbable the network finds the right class.",
        (CLASSIFICATION,),
        {"tanh": LOGISTIC_OF_TWICE, "sigmoid": LOGISTIC, "softmax": SOFTMAX},
    ),
    Loss(
        "hinge",
        "Hinge",
        "max(0, 1 − target × output)",
        "Zero once a point is on the right side by a margin.",
        (CLASSIFICATION,),
        dict.fromkeys(("tanh", "linear"), HINGE),
    ),
    Loss(
        "perceptron",
        "Perceptron rule",
        "z (output − target)",
        "Zero once a point is on the right side; else how far its sum z is from it.",
        (CLASSIFICATION,),
        {"step": PERCEPTRON},
    ),
)
loss_from_key = {loss.key: loss for loss in LOSSES}
FROM_TOTALS = frozenset((LOGISTIC, LOGISTIC_OF_TWICE, SOFTMAX, PERCEPTRON))
"""Codes of the losses that take the outputs' pre-activations."""
