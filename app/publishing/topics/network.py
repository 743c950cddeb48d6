"""The network now: losses, parameters, small maps."""

from __future__ import annotations

from collections.abc import Sequence

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import NetworkTopic
from tinkernet.app.wire.frames import Network
from tinkernet.app.wire.levels import SMALL_LEVELS, SMALL_MOST, SMALL_SIDE, small_levels
from tinkernet.engine.analysis.maps import small_maps
from tinkernet.engine.data.slices import named_slice
from tinkernet.engine.training.clocks import EPOCHS


def make(moment: Moment, topics: Sequence[NetworkTopic]) -> Sequence[Network]:
    """One record for each plane."""
    found = {plane: _of_plane(moment, plane) for plane in {topic.plane for topic in topics}}
    return [found[topic.plane] for topic in topics]


def _of_plane(moment: Moment, plane: str) -> Network:
    trainer = moment.trainer
    place = named_slice(trainer.dataset, plane)
    # By a smaller clock than epochs, losses follow each batch; playing by epochs, that would cost an evaluation a tick.
    losses = (trainer.train_loss, trainer.test_loss) if moment.clock == EPOCHS else trainer.losses_now()
    return Network(
        train_loss=losses[0],
        test_loss=losses[1],
        epochs_per_second=moment.epochs_per_second,
        learning_rate=trainer.learning_rate,
        playing=moment.playing,
        diverged=trainer.diverged_at is not None,
        levels=SMALL_LEVELS,
        params=trainer.network.params,
        small_maps=small_levels(small_maps(trainer, SMALL_SIDE, most=SMALL_MOST, plane=place)),
        **moment.stamp,
    )
