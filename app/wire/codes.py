"""Records of an autoencoder: its codes, what stands beside them, and what it makes of a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from tinkernet.app.wire.part import WHOLE, Array, Part, Scalar, Values

_MATCHED = "turned and scaled to lie near those of Principal"


@dataclass(slots=True, eq=False)
class Codes(Part):
    """Codes of the rows that Principal has, in its order; no arrays where the network is no autoencoder.

    An error is the squared error as a part of the variance around the means of the training rows.
    """

    topic: ClassVar[str] = "codes"

    layer: Annotated[int, Scalar(WHOLE, "the hidden layer that the codes are of")]
    right: Annotated[int, Scalar(WHOLE, "training rows of which each number is on its own side of a half")]
    since: Annotated[int, Scalar(WHOLE, "the first epoch at whose end all training rows were right; 0: not known")]
    angle: Annotated[float, Scalar("d", "degrees between the main directions of what is rebuilt and the rows' own")]
    codes: Annotated[Array | None, Values("f4", "(rows, neurons)")] = None
    places: Annotated[Array | None, Values("f4", f"(rows, 2): the codes, {_MATCHED}")] = None
    rebuilt: Annotated[Array | None, Values("f4", "(rows, columns)")] = None
    errors: Annotated[Array | None, Values("f8", "(2, 1 + columns): of both sets, of all columns and of each")] = None


@dataclass(slots=True, eq=False)
class Principal(Part):
    """Rows, training rows first, and what their principal components make of them: as many as the code has neurons.

    Of many rows the first ones of both sets; the errors are of all. No arrays where the network is no autoencoder.
    """

    topic: ClassVar[str] = "principal"

    training: Annotated[int, Scalar(WHOLE, "how many of the rows are for training")]
    train_loss: Annotated[float, Scalar("d", "what the squared loss would be; NaN where the loss is another")]
    test_loss: Annotated[float, Scalar("d", "the same of the test rows")]
    ids: Annotated[Array | None, Values("u4", "(rows,): the rows' numbers from 0")] = None
    said: Annotated[Array | None, Values("u1", "(rows,): their classes, where there are any")] = None
    inputs: Annotated[Array | None, Values("f4", "(rows, columns): with noise, where there is some")] = None
    targets: Annotated[Array | None, Values("f4", "(rows, columns): what is to be rebuilt")] = None
    places: Annotated[Array | None, Values("f4", "(rows, 2): along the first two components")] = None
    rebuilt: Annotated[Array | None, Values("f4", "(rows, columns)")] = None
    errors: Annotated[Array | None, Values("f8", "(2, 1 + columns): as in Codes")] = None


@dataclass(slots=True, eq=False)
class Decoded(Part):
    """What the layers behind the code make of one that is at a place; no arrays where there is no code."""

    topic: ClassVar[str] = "decoded"

    x: Annotated[float, Scalar("d", "the place, as subscribed to")]
    y: Annotated[float, Scalar("d", "the place, as subscribed to")]
    code: Annotated[Array | None, Values("f4", "(neurons,): the nearest to the mean of those that are there")] = None
    outputs: Annotated[Array | None, Values("f8", "(columns,)")] = None
