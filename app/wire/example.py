"""Records of the batch that is next, and of one example."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from tinkernet.app.wire.part import WHOLE, Array, Part, Scalar, Values


@dataclass(slots=True, eq=False)
class Batch(Part):
    """The batch that is trained next."""

    topic: ClassVar[str] = "batch"

    batch: Annotated[int, Scalar(WHOLE, "its number from 0")]
    batches: Annotated[int, Scalar(WHOLE, "of the epoch")]
    batch_size: Annotated[int, Scalar(WHOLE, "points of a batch that is not short")]
    example: Annotated[int, Scalar(WHOLE, "how many of its points were gone through")]
    done: Annotated[int, Scalar(WHOLE, "how many of the epoch's points were gone through")]
    examples: Annotated[int, Scalar(WHOLE, "the epoch's points")]
    members: Annotated[Array, Values("u4", "(points,): the ids of its points, in their order")]
    pulls: Annotated[Array, Values("f4", "(points,): length of the slope of its loss by the outputs' sums")]
    pushes: Annotated[Array | None, Values("f4", "(points, 2): slope of its loss by its place; none off the plane")] = (
        None
    )


@dataclass(slots=True, eq=False)
class Example(Part):
    """One example: forward, loss, backward and the update that it alone would make. See `engine.analysis.trace`.

    Neurons are in the order of their layers, hidden before output; parameters as in Network. Without points no arrays.
    """

    topic: ClassVar[str] = "example"

    point: Annotated[int, Scalar(WHOLE, "its id")]
    is_next: Annotated[bool, Scalar("B", "whether it is next in line")]
    is_training: Annotated[bool, Scalar("B", "whether it is a training point")]
    takes_sums: Annotated[bool, Scalar("B", "whether the loss takes the sums of the outputs, as cross-entropy does")]
    loss: Annotated[float, Scalar("d", "of this example, without the penalty")]
    rate: Annotated[float, Scalar("d", "the learning rate")]
    quotient: Annotated[float, Scalar("d", "the slope along the weight asked for, by nudging it; NaN: no such weight")]
    inputs: Annotated[Array | None, Values("f8", "(inputs,)")] = None
    targets: Annotated[Array | None, Values("f8", "(outputs,)")] = None
    sums: Annotated[Array | None, Values("f8", "(neurons,): weights times inputs, and the bias")] = None
    outputs: Annotated[Array | None, Values("f8", "(neurons,)")] = None
    derivatives: Annotated[Array | None, Values("f8", "(neurons,): of outputs by sums; 1 where `takes_sums`")] = None
    deltas: Annotated[Array | None, Values("f8", "(neurons,): of the loss by sums")] = None
    slopes: Annotated[Array | None, Values("f8", "(neurons,): of the loss by outputs; NaN where not needed")] = None
    before: Annotated[Array | None, Values("f8", "(parameters,)")] = None
    gradient: Annotated[Array | None, Values("f8", "(parameters,): of the loss, without the penalty")] = None
    after: Annotated[Array | None, Values("f8", "(parameters,): after the update")] = None
