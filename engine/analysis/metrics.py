"""How good a network's answers are, beside the loss: worked out on request, from the answers to a set of points."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.formulas.losses import output_from_key
from tinkernet.engine.network.batching import classes_of
from tinkernet.engine.spec.spec import Spec

Floats = NDArray[np.float64]


def measures(outputs: Floats, labels: Floats, spec: Spec) -> dict[str, Any]:
    """Of the answers (outputs, n) to points with these labels (n,), ready for JSON.

    Classification: accuracy; confusion, counts by [true class][predicted class]; f1, one for each class. Regression:
    r2 (1 - the sum of squared errors over that around the labels' mean) and rmse. What would be a division by zero, or
    comes from an answer that is not finite, is None.
    """
    if spec.problem == "regression":
        around = float(((labels - labels.mean()) ** 2).sum())
        with np.errstate(over="ignore"):
            squares = float(((outputs[0] - labels) ** 2).sum())
        finite = np.isfinite(squares)
        return {
            "r2": 1.0 - squares / around if finite and around > 0.0 else None,
            "rmse": float(np.sqrt(squares / len(labels))) if finite else None,
        }
    confusion = np.zeros((spec.class_count, spec.class_count), np.int64)
    np.add.at(confusion, (classes_of(labels, spec), predicted(outputs, spec)), 1)
    right, true, said = np.diag(confusion), confusion.sum(1), confusion.sum(0)
    return {
        "accuracy": float(right.sum() / len(labels)),
        "confusion": confusion.tolist(),
        # 2 TP / (2 TP + FP + FN): van Rijsbergen, Information Retrieval (1979).
        "f1": [2 * int(r) / int(t + s) if t + s else None for r, t, s in zip(right, true, said, strict=True)],
    }


def predicted(outputs: Floats, spec: Spec) -> NDArray[np.int64]:
    """The class that answers (outputs, n) name: the largest, or the side of the middle where there is one output."""
    if spec.outputs > 1:
        largest: NDArray[np.int64] = np.argmax(outputs, axis=0)
        return largest
    low = output_from_key[spec.active_output].low
    second: NDArray[np.int64] = (outputs[0] > (low + 1.0) / 2.0).astype(np.int64)
    return second


def verdict(outputs: Floats, spec: Spec) -> tuple[NDArray[np.int64], Floats]:
    """Of several outputs (outputs, n): the class they name, and its lead over the next one, from 0 to 1.

    The lead is how far the largest answer is above the second, on the scale from "not this class" to "this class". Of
    two probabilities it is what tanh answers for the same odds; on a border between classes it is 0. NaN where an
    answer is not finite.
    """
    # Over few outputs with many points: five times faster than a sort.
    chosen, first, second = np.zeros(outputs.shape[1], np.int64), outputs[0], np.full(outputs.shape[1], -np.inf)
    for each, answers in enumerate(outputs[1:], 1):
        np.putmask(chosen, answers > first, each)
        second = np.maximum(second, np.minimum(first, answers))
        first = np.maximum(first, answers)
    with np.errstate(invalid="ignore"):  # infinity less infinity is no number, as it is to be
        lead = (first - second) / (1.0 - output_from_key[spec.active_output].low)
    return chosen, np.where(np.isfinite(outputs).all(axis=0), np.minimum(lead, 1.0), np.nan)
