"""What an autoencoder makes of each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.publishing.topics.principal import Beside, beside
from tinkernet.app.wire.codes import Codes
from tinkernet.app.wire.commands import CodesTopic
from tinkernet.app.wire.part import Array
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.codes import bottleneck, coded, count_right
from tinkernet.engine.analysis.principal import Match, angle, error_table, matched, principal

SECONDS = 0.1  # ten pictures a second: one of 1,400 rows is 45 kB


def make(moment: Moment, topics: Sequence[CodesTopic]) -> Sequence[Codes]:
    """One record: this topic has no parameters."""
    trainer = moment.trainer
    known = beside(trainer)
    if known is None:
        return [Codes(layer=0, right=0, angle=np.nan, **moment.stamp)] * len(topics)
    found = seen(trainer, known)
    train, test = trainer.data
    count, plane = min(trainer.spec.hidden), known.plane
    record = Codes(
        layer=bottleneck(trainer),
        right=count_right(found.train, train.targets),
        angle=angle(principal(found.train, count).directions, plane.directions[:count]),
        codes=found.codes,
        places=found.match.places(found.codes),
        rebuilt=np.concatenate([each[rows] for each, rows in zip((found.train, found.test), known.rows, strict=True)]),
        errors=error_table([(train.targets, found.train), (test.targets, found.test)], plane.mean),
        **moment.stamp,
    )
    return [record] * len(topics)


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
