"""What an autoencoder makes of each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.publishing.topics.principal import Beside, beside
from tinkernet.app.wire.codes import Codes
from tinkernet.app.wire.commands import CodesTopic
from tinkernet.app.wire.part import Array
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.codes import bottleneck, coded, count_right
from tinkernet.engine.analysis.principal import Match, angle, error_table, matched, principal
from tinkernet.engine.data.dataset import Split

SECONDS = 0.1  # ten pictures a second: one of 1,400 rows is 45 kB


def make(moment: Moment, topics: Sequence[CodesTopic]) -> Sequence[Codes]:
    """One record: this topic has no parameters."""
    trainer = moment.trainer
    known = beside(trainer)
    if known is None:
        return [Codes(layer=0, right=0, since=0, angle=np.nan, **moment.stamp)] * len(topics)
    found = seen(trainer, known)
    train, test = trainer.data
    count, plane = min(trainer.spec.hidden), known.plane
    right = count_right(found.train, train.targets)
    record = Codes(
        layer=bottleneck(trainer),
        right=right,
        since=_since(trainer, is_all=right == len(train)),
        angle=angle(principal(found.train, count).directions, plane.directions[:count]),
        codes=found.codes,
        places=found.match.places(found.codes),
        rebuilt=np.concatenate([each[rows] for each, rows in zip((found.train, found.test), known.rows, strict=True)]),
        errors=error_table([(train.targets, found.train), (test.targets, found.test)], plane.mean),
        **moment.stamp,
    )
    return [record] * len(topics)


def _since(trainer: Trainer, *, is_all: bool) -> int:
    """The first epoch at whose end all rows were right, as far as pictures were made on the way; 0 if it is not known.

    What lies between two pictures is computed again, up to MOST_AGAIN epochs of it.
    """
    before = _progress.get(trainer)
    if before is None or before.epoch > trainer.epoch or before.start is not trainer.data:
        before = Progress(trainer.data, trainer.run.first_epoch, 0)
    since = before.since
    if not is_all:
        since = 0
    elif since == 0:
        since = _first_right(trainer, before.epoch)
    # Once they are right, the place from which to look stays.
    _progress[trainer] = Progress(trainer.data, before.epoch if is_all else trainer.epoch, since)
    return max(since, 0)


def _first_right(trainer: Trainer, begin: int) -> int:
    """The first epoch after this one at whose end all rows are right; -1 where it was not found."""
    playback = trainer.playback(begin)
    for epoch in range(begin + 1, min(begin + MOST_AGAIN, trainer.epoch) + 1):
        playback.go(epoch)
        train = playback.trainer.data.train
        if count_right(coded(playback.trainer, train.inputs).rebuilt, train.targets) == len(train):
            return epoch
    return -1


class Progress(NamedTuple):
    """The newest epoch of a start that was seen with rows that were not right, and since when all are.

    since: 0 where they are not; -1 where it was looked for and not found. start: the points of that start, by which it
    is known.
    """

    start: Split
    epoch: int
    since: int


MOST_AGAIN = 20_000  # epochs: of eight codes a third of a second, once
_progress: WeakKeyDictionary[Trainer, Progress] = WeakKeyDictionary()  # nothing keeps the trainer alive


class Seen(NamedTuple):
    """What is rebuilt of all training and test rows, the codes of the rows that are shown, and their match."""

    train: Array
    test: Array
    codes: Array
    match: Match


def seen(trainer: Trainer, known: Beside) -> Seen:
    """What the network as it is makes of the rows."""
    both = [coded(trainer, part.inputs) for part in trainer.data]
    codes = np.concatenate([each.codes[rows] for each, rows in zip(both, known.rows, strict=True)])
    finite = np.isfinite(codes).all()
    match = matched(codes, known.places) if finite else Match(np.zeros(codes.shape[1]), np.eye(codes.shape[1], 2))
    return Seen(both[0].rebuilt, both[1].rebuilt, codes, match)
