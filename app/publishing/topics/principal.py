"""What principal components make of the rows that an autoencoder learns from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.codes import Principal
from tinkernet.app.wire.commands import PrincipalTopic
from tinkernet.app.wire.part import Array
from tinkernet.engine import Trainer
from tinkernet.engine.analysis import principal as components
from tinkernet.engine.analysis.codes import has_codes
from tinkernet.engine.data.dataset import Split

MOST = 6_000  # numbers of a picture of all rows: of 4 columns 1,500 rows
_SHOWN = 2  # directions of a plane


class Beside(NamedTuple):
    """What does not change while the network learns.

    rows: of training and of test points, which are shown. plane: components of the clean training points, at least two
    where there are as many. places: (rows, 2) of those that are shown.
    """

    rows: tuple[slice, slice]
    plane: components.Principal
    places: Array


# Every picture of the codes asks. Nothing keeps the trainer alive, nor its data.
_known: WeakKeyDictionary[Trainer, tuple[Split, int, Beside]] = WeakKeyDictionary()


def version(moment: Moment) -> int:
    """The rows stay the same until the run starts again."""
    return moment.restarts


def make(moment: Moment, topics: Sequence[PrincipalTopic]) -> Sequence[Principal]:
    """One record: this topic has no parameters."""
    trainer = moment.trainer
    known = beside(trainer)
    if known is None:
        nothing = Principal(training=0, train_loss=np.nan, test_loss=np.nan, **moment.stamp)
        return [nothing] * len(topics)
    plane = components.first(known.plane, min(trainer.spec.hidden))
    parts = tuple(trainer.data)
    rebuilt = [plane.rebuilt(part.inputs) for part in parts]
    is_squared = trainer.task.loss == "squared"
    losses = [
        float(0.5 * ((part.targets - each) ** 2).sum() / len(part)) if is_squared and len(part) else np.nan
        for part, each in zip(parts, rebuilt, strict=True)
    ]
    groups, ids = trainer.dataset.groups, _shown(list(trainer.ids), known)
    record = Principal(
        training=len(parts[0].inputs[known.rows[0]]),
        train_loss=losses[0],
        test_loss=losses[1],
        ids=ids,
        said=None if groups is None else groups[ids],
        inputs=_shown([part.inputs for part in parts], known),
        targets=_shown([part.targets for part in parts], known),
        places=known.places,
        rebuilt=_shown(rebuilt, known),
        errors=components.error_table(
            [(part.targets, each) for part, each in zip(parts, rebuilt, strict=True)], plane.mean
        ),
        **moment.stamp,
    )
    return [record] * len(topics)


def _shown(parts: Sequence[Array], known: Beside) -> Array:
    return np.concatenate([part[rows] for part, rows in zip(parts, known.rows, strict=True)])


def beside(trainer: Trainer) -> Beside | None:
    """What stands beside the codes of a run; None where the network is no autoencoder or has no training points."""
    train, test = trainer.data
    if not has_codes(trainer) or not len(train):
        return None
    count = max(_SHOWN, min(trainer.spec.hidden))
    known = _known.get(trainer)
    if known is not None and known[0] is trainer.data and known[1] == count:
        return known[2]
    share = min(1.0, MOST / ((len(train) + len(test)) * train.inputs.shape[1]))
    rows = slice(0, max(1, int(len(train) * share))), slice(0, int(len(test) * share))
    plane = components.principal(train.targets, count)
    shown = [part.inputs[of_part] for part, of_part in zip(trainer.data, rows, strict=True)]
    codes = plane.codes(np.concatenate(shown))
    places = np.zeros((len(codes), _SHOWN))
    places[:, : codes.shape[1]] = codes[:, :_SHOWN]
    found = Beside(rows, plane, places)
    _known[trainer] = trainer.data, count, found
    return found
