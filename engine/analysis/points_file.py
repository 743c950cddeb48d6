"""The points of a run as a text in CSV: what they are, which are for training, and what the network says of them.

The reader of tables (`engine/data/tables`) reads it as the same points again, to the last bit.
"""

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.analysis.metrics import predicted_classes
from tinkernet.engine.analysis.probe import outputs
from tinkernet.engine.data.dataset import CLASS, RECONSTRUCT, Column, Dataset, Floats
from tinkernet.engine.data.tables.columns import PREDICTED, SPLIT_NAME, TEST, TRAINING
from tinkernet.engine.training.trainer import Trainer

_DIGITS = 17  # that tell any two numbers apart
_SHOWN = 6  # of what the network says
_NEAR = 4  # numbers beside the one that scaling gives, which may have been rounded


class Answers(NamedTuple):
    """The points of a run in the order of their ids, and the outputs of its network for them, as they are now.

    inputs (n, d), targets (n, k), training (n,) bool. said: the class (n,) that the network names, or (n, k) numbers.
    """

    dataset: Dataset
    inputs: Floats
    targets: Floats
    training: NDArray[np.bool_]
    said: NDArray[np.float64]


def answers_of(trainer: Trainer) -> Answers:
    """What `csv_of` needs, taken in a few milliseconds."""
    order = np.argsort(np.concatenate(trainer.ids), kind="stable")
    train, test = trainer.data
    inputs, targets = (
        np.concatenate([getattr(train, name), getattr(test, name)])[order] for name in ("inputs", "targets")
    )
    training = (np.arange(len(order)) < len(train))[order]
    found = outputs(trainer, inputs) if len(inputs) else np.zeros((trainer.task.outputs, 0))
    said = predicted_classes(found, trainer.task).astype(np.float64) if trainer.task.classes else found.T
    return Answers(trainer.dataset, inputs, targets, training, said)


def csv_of(answers: Answers) -> str:
    """A row of names, then a row for each point. Numbers are in the units of the table."""
    dataset = answers.dataset
    heads = [_head(column) for column in dataset.columns]
    body = [_texts(answers.inputs[:, place], column) for place, column in enumerate(dataset.columns)]
    wanted: tuple[Column, ...] = dataset.target_columns
    if dataset.kind == CLASS:
        heads.append(_head(wanted[0]))
        body.append([dataset.classes[int(number)] for number in answers.targets[:, 0]])
    else:
        heads += [_head(column) for column in wanted]
        body += [_texts(answers.targets[:, place], column) for place, column in enumerate(wanted)]
    heads.append(SPLIT_NAME)
    body.append([TRAINING if each else TEST for each in answers.training])
    if dataset.kind == CLASS:
        heads.append(PREDICTED)
        body.append([dataset.classes[int(number)] for number in answers.said])
    else:
        told = dataset.columns if dataset.kind == RECONSTRUCT else wanted
        several = len(told) > 1
        heads += [f"{PREDICTED} {column.name}" if several else PREDICTED for column in told]
        body += [_said(answers.said[:, place], column) for place, column in enumerate(told)]
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(heads)
    writer.writerows(zip(*body, strict=True))
    return made.getvalue()


def _head(column: Column) -> str:
    return f"{column.name} [{column.unit}]" if column.unit else column.name


def _texts(values: NDArray[np.float64], column: Column) -> list[str]:
    """The shortest text for each number that, scaled as the column says, is the same number again."""
    if (column.offset, column.scale) == (0.0, 1.0):
        return [repr(value).removesuffix(".0") for value in values.tolist()]
    raw = column.offset + column.scale * values
    found = [repr(value) for value in raw.tolist()]
    left = np.arange(len(values))
    for digits in range(1, _DIGITS + 1):
        texts = [f"{value:.{digits}g}" for value in raw[left].tolist()]
        same = _scaled(texts, column) == values[left]
        for place in np.flatnonzero(same).tolist():
            found[left[place]] = texts[place]
        left = left[~same]
        if not len(left):
            return found
    for place in left.tolist():
        found[place] = _near(float(raw[place]), float(values[place]), column)
    return found


def _near(raw: float, value: float, column: Column) -> str:
    """One of the numbers beside `raw` that scales to exactly this value; `raw` where there is none."""
    for way in (-np.inf, np.inf):
        near = raw
        for _ in range(_NEAR):
            near = float(np.nextafter(near, way))
            if (near - column.offset) / column.scale == value:
                return repr(near)
    return repr(raw)


def _scaled(texts: Sequence[str], column: Column) -> Floats:
    return np.asarray((np.array(list(map(float, texts))) - column.offset) / column.scale)


def _said(values: NDArray[np.float64], column: Column) -> list[str]:
    """What the network says, with the digits that mean something; nothing where it is no number."""
    with np.errstate(over="ignore", invalid="ignore"):
        raw = column.offset + column.scale * values
    return [f"{value:.{_SHOWN}g}" if np.isfinite(value) else "" for value in raw.tolist()]
