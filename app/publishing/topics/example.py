"""One example, number by number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinkernet.app.publishing.topics import Moment
from tinkernet.app.wire.commands import ExampleTopic
from tinkernet.app.wire.example import Example
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.analysis.trace import difference_quotient, trace
from tinkernet.engine.data.dataset import Floats

SECONDS = 0.1  # numbers that change faster cannot be read


def make(moment: Moment, topics: Sequence[ExampleTopic]) -> Sequence[Example]:
    """A record for each topic. A point that is not there (any more) is the next in line."""
    return [_of(moment, topic) for topic in topics]


def _of(moment: Moment, topic: ExampleTopic) -> Example:
    trainer = moment.trainer
    following = trainer.next_example()
    found = _found(trainer, topic.id) if topic.id is not None else None
    if found is None and following is not None:
        found = _found(trainer, following)
    if found is None:
        return Example(
            point=0, is_next=False, is_training=False, takes_sums=False, loss=np.nan, rate=trainer.learning_rate,
            quotient=np.nan, **moment.stamp,
        )  # fmt: skip
    part, place, id = found
    points = trainer.data[part]
    point, target = points.inputs[place], points.targets[place]
    seen = trace(trainer, point, target)
    network = trainer.network

    def neurons(name: str) -> Floats:
        return np.concatenate([getattr(layer, name) for layer in seen.layers])

    def parameters(weights: str, biases: str) -> Floats:
        parts = [(getattr(layer, weights).ravel(), getattr(layer, biases)) for layer in seen.layers]
        return np.concatenate([array for pair in parts for array in pair])

    return Example(
        point=id,
        is_next=id == following,
        is_training=part == 0,
        takes_sums=seen.takes_pre_activations,
        loss=seen.loss,
        rate=seen.learning_rate,
        quotient=_quotient(trainer, point, target, topic),
        inputs=seen.layers[0].inputs,
        targets=seen.targets,
        sums=neurons("pre_activations"),
        outputs=neurons("outputs"),
        derivatives=neurons("derivatives"),
        deltas=neurons("deltas"),
        slopes=neurons("slopes"),
        before=network.params,
        gradient=parameters("weight_gradient", "bias_gradient"),
        after=parameters("next_weights", "next_biases"),
        **moment.stamp,
    )


def _found(trainer: Trainer, id: int) -> tuple[int, int, int] | None:
    """The set and the place of a point by its id, and the id; None where it is not there."""
    for part, ids in enumerate(trainer.ids):
        places = np.flatnonzero(np.asarray(ids) == id)
        if len(places):
            return part, int(places[0]), id
    return None


def _quotient(trainer: Trainer, point: Floats, target: Floats, topic: ExampleTopic) -> float:
    """NaN for a parameter that the network does not have (any more)."""
    try:
        return difference_quotient(trainer, point, target, topic.layer, topic.neuron, topic.input)
    except SpecError:
        return float("nan")
