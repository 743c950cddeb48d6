"""How good a network's predictions are, beside the loss: computed on request, from the outputs for a set of points."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.analysis.probe import outputs as outputs_at
from tinkernet.engine.spec.task import Task
from tinkernet.engine.training.trainer import Trainer

Floats = NDArray[np.float64]


def metrics_of(trainer: Trainer) -> dict[str, dict[str, Any]]:
    """The metrics of a trainer's network by "train" and "test" (see `metrics`)."""
    return {
        name: metrics(outputs_at(trainer, points.inputs), points.targets, trainer.task)
        for name, points in trainer.data._asdict().items()
    }


def metrics(outputs: Floats, targets: Floats, task: Task) -> dict[str, Any]:
    """Of outputs (outputs, n) for points with these targets (n, k), ready for JSON.

    Classes: accuracy; confusion, counts by [true class][predicted class]; f1, one of each class. Numbers: see `errors`.
    A value is None where it would be a division by zero, where an output is not finite, and where there are no points.
    """
    if task.classes:
        return _hits(targets[:, 0].astype(np.int64), predicted_classes(outputs, task), task.classes)
    return errors(outputs, targets)


def errors_by_column(trainer: Trainer) -> dict[str, list[dict[str, float | None]]]:
    """Where the targets are numbers, by "train" and "test": the `errors` of each target column alone."""
    found = {}
    for name, points in trainer.data._asdict().items():
        pairs = zip(outputs_at(trainer, points.inputs), points.targets.T, strict=True)
        found[name] = [errors(output[None], target[:, None]) for output, target in pairs]
    return found


def _hits(true: NDArray[np.int64], said: NDArray[np.int64], classes: int) -> dict[str, Any]:
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (true, said), 1)
    correct, actual, predicted = np.diag(confusion), confusion.sum(1), confusion.sum(0)
    return {
        "accuracy": float(correct.sum() / len(true)) if len(true) else None,
        "confusion": confusion.tolist(),
        # 2 TP / (2 TP + FP + FN): van Rijsbergen, Information Retrieval (1979).
        "f1": [2 * int(c) / int(a + p) if a + p else None for c, a, p in zip(correct, actual, predicted, strict=True)],
    }


def errors(outputs: Floats, targets: Floats) -> dict[str, float | None]:
    """Of outputs (k, n) for targets (n, k), all columns together.

    r2: 1 - the sum of squared errors over the sum of squares around each column's mean. rmse: the root of the mean
    squared error. None where they are no numbers, see `metrics`.
    """
    if not targets.size:
        return {"r2": None, "rmse": None}
    with np.errstate(over="ignore", invalid="ignore"):
        around = float(((targets - targets.mean(axis=0)) ** 2).sum())
        squares = float(((outputs.T - targets) ** 2).sum())
    finite = np.isfinite(squares) and np.isfinite(around)
    return {
        "r2": 1.0 - squares / around if finite and around > 0.0 else None,
        "rmse": float(np.sqrt(squares / targets.size)) if finite else None,
    }


def predicted_classes(outputs: Floats, task: Task) -> NDArray[np.int64]:
    """The class that outputs (outputs, n) name: the largest output, or the side of the middle of a single one."""
    if task.outputs > 1:
        largest: NDArray[np.int64] = np.argmax(outputs, axis=0)
        return largest
    second: NDArray[np.int64] = (outputs[0] > (task.low + 1.0) / 2.0).astype(np.int64)
    return second


def classify(outputs: Floats, task: Task) -> tuple[NDArray[np.int64], Floats]:
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
        margin = (first - second) / (1.0 - task.low)
    return chosen, np.where(np.isfinite(outputs).all(axis=0), np.minimum(margin, 1.0), np.nan)
