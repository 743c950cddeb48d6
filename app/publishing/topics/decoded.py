"""What the network rebuilds from a code that somebody points at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.publishing.topics.codes import seen
from tinkernet.app.publishing.topics.principal import beside
from tinkernet.app.wire.codes import Decoded
from tinkernet.app.wire.commands import DecodedTopic
from tinkernet.engine.analysis.codes import decoded


def make(moment: Moment, topics: Sequence[DecodedTopic]) -> Sequence[Decoded]:
    """A record for each place, all of them in one pass."""
    known = beside(moment.trainer)
    if known is None:
        return [Decoded(x=topic.x, y=topic.y, **moment.stamp) for topic in topics]
    match = seen(moment.trainer, known).match
    codes = match.codes(np.array([(topic.x, topic.y) for topic in topics]))
    rebuilt = decoded(moment.trainer, codes)
    return [
        Decoded(x=topic.x, y=topic.y, code=codes[at], outputs=rebuilt[at], **moment.stamp)
        for at, topic in enumerate(topics)
    ]
