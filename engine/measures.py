"""How good a network's answers are, beside the loss: worked out on request, from the answers to a set of points."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .losses import output_from_key
from .packs import classes_of
from .spec import Spec

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
