"""How good a network's predictions are, beside the loss: computed on request, from the outputs for a set of points."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.analysis.probe import outputs as outputs_at
from tinkernet.engine.formulas.losses import output_from_key
from tinkernet.engine.network.batching import classes_of
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.trainer import Trainer

Floats = NDArray[np.float64]


def metrics_of(trainer: Trainer) -> dict[str, dict[str, Any]]:
    """The metrics of a trainer's network by "train" and "test" (see `metrics`)."""
    parts = {name: getattr(trainer.data, name) for name in trainer.data._fields}
    return {
        name: metrics(outputs_at(trainer, points[:, :2]), points[:, 2], trainer.spec) for name, points in parts.items()
    }


def metrics(outputs: Floats, labels: Floats, spec: Spec) -> dict[str, Any]:
    """Of outputs (outputs, n) for points with these labels (n,), ready for JSON.

    Classification: accuracy; confusion, counts by [true class][predicted class]; f1, one for each class. Regression:
    r2 (1 - the sum of squared errors over the sum of squares around the labels' mean) and rmse. A value is None where
    it would be a division by zero, or where an output is not finite.
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
    np.add.at(confusion, (classes_of(labels, spec), predicted_classes(outputs, spec)), 1)
    correct, actual, predicted = np.diag(confusion), confusion.sum(1), confusion.sum(0)
    return {
        "accuracy": float(correct.sum() / len(labels)),
        "confusion": confusion.tolist(),
        # 2 TP / (2 TP + FP + FN): van Rijsbergen, Information Retrieval (1979).
        "f1": [2 * int(c) / int(a + p) if a + p else None for c, a, p in zip(correct, actual, predicted, strict=True)],
    }


def predicted_classes(outputs: Floats, spec: Spec) -> NDArray[np.int64]:
    """The class that outputs (outputs, n) name: the largest output, or the side of the middle of a single one."""
    if spec.outputs > 1:
        largest: NDArray[np.int64] = np.argmax(outputs, axis=0)
        return largest
    low = output_from_key[spec.active_output].low
    second: NDArray[np.int64] = (outputs[0] > (low + 1.0) / 2.0).astype(np.int64)
    return second


def classify(outputs: Floats, spec: Spec) -> tuple[NDArray[np.int64], Floats]:
    """Of several outputs (outputs, n): the predicted class and its margin, from 0 to 1, each (n,).

    The margin is the largest output minus the second largest, on the scale from "not this class" to "this class". For
    two probabilities it is tanh of half the log odds; on a border between classes it is 0. It is NaN where an output
    is not finite.
    """
    # Over few outputs with many points: five times faster than a sort.
    chosen, first, second = np.zeros(outputs.shape[1], np.int64), outputs[0], np.full(outputs.shape[1], -np.inf)
    for each, values in enumerate(outputs[1:], 1):
        np.putmask(chosen, values > first, each)
        second = np.maximum(second, np.minimum(first, values))
        first = np.maximum(first, values)
    with np.errstate(invalid="ignore"):  # infinity minus infinity is NaN, as the docstring says
        margin = (first - second) / (1.0 - output_from_key[spec.active_output].low)
    return chosen, np.where(np.isfinite(outputs).all(axis=0), np.minimum(margin, 1.0), np.nan)
