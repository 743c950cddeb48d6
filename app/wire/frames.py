"""Binary messages, from server to page: ticks, made of parts.

A tick is four bytes, MAGIC and the version of the wire, and then its parts, one after another. A part is one record of
one run: what a topic says of that run at one moment. Little endian:

    u8 code of the record, u8 number of arrays
    texts: the run's id, none for MAIN, then the record's own; each a u8 length and ASCII
    scalars, in the order of the record: first those of a fixed size, then the varints
    the table, for each array: u8 name, u8 type, u8 number of dimensions, and as varints each dimension and, if it is
        packed, the number of its bytes
    the arrays, in the order of the table

Nothing is padded: a small network's frame is mostly heads, and a page copies an array where its place is uneven.

A record names each of its scalars and arrays once: the layouts here, the page's reader and its types follow from it.
An array that is None is not in the table. `encode` is for all who get the same; parts are only joined for each viewer.
"""

from __future__ import annotations

import struct
import typing
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar

import numpy as np

from tinkernet.app.wire import VERSION
from tinkernet.app.wire.codes import Codes, Decoded, Principal
from tinkernet.app.wire.example import Batch, Example
from tinkernet.app.wire.inside import Bending, Diagnosis, Health, Importance, Landscape
from tinkernet.app.wire.levels import Bytes
from tinkernet.app.wire.part import WHOLE, Array, Part, Scalar, Text, Values
from tinkernet.app.wire.topic import MAIN
from tinkernet.app.wire.trials import Seeds, Sweep

MAGIC = b"TKN"
TICK = MAGIC + bytes([VERSION])
TYPES = {"u1": 1, "u4": 2, "f4": 3, "f8": 4}  # NumPy's names, little endian
PACKED = 128  # added to the type: deflated differences, see `pack`


@dataclass(slots=True, eq=False)
class Losses(Part):
    """Rows of the loss curve that the viewer does not have yet. Rows before `first_row` stay as they are."""

    topic: ClassVar[str] = "losses"

    stride: Annotated[int, Scalar(WHOLE, "epochs between rows")]
    first_row: Annotated[int, Scalar(WHOLE, "row i is of epoch i * stride; the first one below")]
    rows: Annotated[Array, Values("f4", "(rows, 2): training and test loss")]


@dataclass(slots=True, eq=False)
class Network(Part):
    """The network now: losses, parameters, and a small map of each hidden and output neuron."""

    topic: ClassVar[str] = "network"

    train_loss: Annotated[float, Scalar("d", "now")]
    test_loss: Annotated[float, Scalar("d", "now")]
    epochs_per_second: Annotated[float, Scalar("d", "measured; 0 while paused")]
    learning_rate: Annotated[float, Scalar("d", "of the present epoch, as the schedule and the warm-up make it")]
    playing: Annotated[bool, Scalar("B", "whether it trains")]
    diverged: Annotated[bool, Scalar("B", "whether the training loss has stopped being finite, at this epoch")]
    levels: Annotated[int, Scalar("B", "of the small maps: 0 is -1, levels - 1 is 1, 255 is no finite number")]
    params: Annotated[Array, Values("f4", "(parameters,): of each layer weights [neuron][input], then biases")]
    small_maps: Annotated[Bytes, Values("u1", "(neurons, side, side): the first SMALL_MOST of each layer", packed=True)]


@dataclass(slots=True, eq=False)
class Map(Part):
    """The outputs of one unit over the plane."""

    topic: ClassVar[str] = "map"

    unit: Annotated[str, Text("as subscribed to")]
    plane: Annotated[str, Text("as subscribed to")]
    classes: Annotated[int, Scalar("B", "0, or of a map of classes how many: a pixel is class * levels + lead")]
    levels: Annotated[int, Scalar("B", "0 is -1 (a lead: 0), levels - 1 is 1, 255 is no finite number")]
    big_map: Annotated[Bytes, Values("u1", "(side, side), in image order", packed=True)]


@dataclass(slots=True, eq=False)
class Reading(Part):
    """What one unit's output is under the pointer."""

    topic: ClassVar[str] = "reading"

    value: Annotated[float, Scalar("d", "the output; with a winner its output")]
    winner: Annotated[int, Scalar("B", "with several outputs together the class of the largest; else NO_CLASS")]


@dataclass(slots=True, eq=False)
class Data(Part):
    """The points that the run learns from and is tested with; off the plane, also where the map is in input space.

    That is at origin + x * axes[0] + y * axes[1].
    """

    topic: ClassVar[str] = "data"

    plane: Annotated[str, Text("as subscribed to")]
    train: Annotated[Array, Values("f4", "(points, 3): place on the map (x, y) and label of the training points")]
    test: Annotated[Array, Values("f4", "(points, 3): of the test points")]
    ids: Annotated[Array | None, Values("u4", "(points,): of both, training first; without it 0, 1, 2, ...")] = None
    origin: Annotated[Array | None, Values("f8", "(columns,): the inputs in the middle of the map")] = None
    axes: Annotated[Array | None, Values("f8", "(2, columns): what a unit of x, and of y, adds to them")] = None
    shares: Annotated[Array | None, Values("f8", "(2,): of the variance, along two main directions")] = None


@dataclass(slots=True, eq=False)
class Metrics(Part):
    """How good the outputs are on both sets; accuracy, confusion and f1 for classification, the others for regression.

    NaN is what is not defined, or comes from no finite number. The first dimension of shape 2 is training, test.
    """

    topic: ClassVar[str] = "metrics"

    accuracy: Annotated[Array | None, Values("f8", "(2,): the share of points whose class is predicted")] = None
    confusion: Annotated[Array | None, Values("u4", "(2, classes, classes): points by [class][predicted class]")] = None
    f1: Annotated[Array | None, Values("f8", "(2, classes)")] = None
    r2: Annotated[Array | None, Values("f8", "(2,)")] = None
    rmse: Annotated[Array | None, Values("f8", "(2,)")] = None
    predicted_train: Annotated[Array | None, Values("f4", "(points,): outputs for the first training points")] = None
    predicted_test: Annotated[Array | None, Values("f4", "(points,): outputs for the first test points")] = None


@dataclass(slots=True, eq=False)
class Curve(Part):
    """The network of data with one input; without arrays for other data. A share is activation times weight."""

    topic: ClassVar[str] = "curve"

    curve: Annotated[Array | None, Values("f4", "(places,): the output from the map's left edge to its right one")] = (
        None
    )
    shares: Annotated[
        Array | None, Values("f4", "(units, places): of the SMALL_MOST first units before the output")
    ] = None


@dataclass(slots=True, eq=False)
class Points(Part):
    """What the network answers for each point, and how far off that is: training points first, in the order of Data."""

    topic: ClassVar[str] = "points"

    answers: Annotated[Array, Values("f4", "(points,): the first output; with several classes the largest")]
    point_losses: Annotated[Array, Values("f4", "(points,): of each alone")]
    said: Annotated[Array | None, Values("u1", "(points,): the predicted classes, where there are classes")] = None


@dataclass(slots=True, eq=False)
class Marks(Part):
    """The edits of a run as its timeline marks them."""

    topic: ClassVar[str] = "marks"

    marks: Annotated[Array, Values("u1", "(bytes,): a list in JSON; publishing/topics/marks.py says of what")]


@dataclass(slots=True, eq=False)
class Branch(Part):
    """The losses of a run that is kept; no rows where it is not any more."""

    topic: ClassVar[str] = "branch"

    letter: Annotated[str, Text("as subscribed to")]
    stride: Annotated[int, Scalar(WHOLE, "epochs between rows")]
    rows: Annotated[Array, Values("f4", "(rows, 2): training and test loss at epoch i * stride")]


@dataclass(slots=True, eq=False)
class Effort(Part):
    """What a run has taken by epoch; between two knots each epoch takes the same. No knots: nothing is known."""

    topic: ClassVar[str] = "effort"

    letter: Annotated[str, Text("as subscribed to; empty for the shown run")]
    knots: Annotated[Array, Values("f8", "(knots, 4): epoch; updates, examples and seconds of the processor until it")]


PARTS: tuple[type[Part], ...] = (
    Losses, Network, Map, Reading, Data, Metrics, Curve, Points, Marks, Branch, Bending, Health, Importance, Landscape,
    Diagnosis, Batch, Example, Codes, Principal, Decoded, Effort, Seeds, Sweep,
)  # fmt: skip
"""The code of a record is its place here, from 1."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of a record's part, by name in the order of the record."""

    code: int
    texts: dict[str, Text]
    scalars: dict[str, Scalar]
    arrays: dict[str, Values]
    struct: struct.Struct  # of the scalars of a fixed size
    fixed_of: Callable[[Part], tuple[float, ...]]
    whole_of: Callable[[Part], tuple[int, ...]]


def layout(record: type[Part]) -> Layout:
    """What the annotations of a record say."""
    hints = typing.get_type_hints(record, include_extras=True)
    marks: dict[str, Any] = {field.name: hints[field.name].__metadata__[0] for field in fields(record)}
    scalars = {name: mark for name, mark in marks.items() if isinstance(mark, Scalar)}
    fixed = [name for name, mark in scalars.items() if mark.code != WHOLE]
    return Layout(
        PARTS.index(record) + 1,
        {name: mark for name, mark in marks.items() if isinstance(mark, Text)},
        scalars,
        {name: mark for name, mark in marks.items() if isinstance(mark, Values)},
        struct.Struct("<" + "".join(scalars[name].code for name in fixed)),
        _values_of(fixed),
        _values_of([name for name in scalars if name not in fixed]),
    )


def _values_of(names: list[str]) -> Callable[[Part], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)  # which gives a single value bare
    return lambda record: tuple(getattr(record, name) for name in names)


LAYOUTS: dict[type[Part], Layout] = {record: layout(record) for record in PARTS}
ARRAYS = tuple(dict.fromkeys(name for each in LAYOUTS.values() for name in each.arrays))
"""The names of arrays; the code of a name is its place here, from 1."""
_array_codes = {name: code for code, name in enumerate(ARRAYS, 1)}
_SINGLE = [bytes((value,)) for value in range(128)]  # varints of one byte: nearly all
_dtypes = {type: np.dtype(f"<{type}") for type in TYPES}


def encode(run: str, record: Part, *, deflate: bool) -> bytes:
    """One part of a tick. Without `deflate` what would be packed is sent plain."""
    shape = LAYOUTS[type(record)]
    sizes: list[tuple[tuple[int, ...], int] | None] = []
    contents: list[bytes] = []
    for name, values in shape.arrays.items():
        array: Array | None = getattr(record, name)
        if array is None:
            sizes.append(None)
            continue
        packed = values.packed and deflate
        content = pack(array) if packed else _plain(array, values.type)
        sizes.append((array.shape, len(content) if packed else -1))
        contents.append(content)
    texts = "" if run == MAIN else run, *[getattr(record, name) for name in shape.texts]
    before, table = _head(shape.code, texts, tuple(sizes))
    whole = map(varint, shape.whole_of(record))
    return b"".join((before, shape.struct.pack(*shape.fixed_of(record)), *whole, table, *contents))


@lru_cache(maxsize=4096)
def _head(
    code: int, texts: tuple[str, ...], sizes: tuple[tuple[tuple[int, ...], int] | None, ...]
) -> tuple[bytes, bytes]:
    """What stands before the scalars of a part, and between them and the arrays. Ticks repeat the same few.

    sizes: of each array that a record may have, None or its shape and, where it is packed, the number of bytes (or -1).
    """
    shape = LAYOUTS[PARTS[code - 1]]
    before, table = bytearray((code, len(sizes) - sizes.count(None))), bytearray()
    for text in texts:
        encoded = text.encode("ascii")
        before += bytes((len(encoded),)) + encoded
    for (name, values), size in zip(shape.arrays.items(), sizes, strict=True):
        if size is not None:
            dimensions, length = size
            table += bytes((_array_codes[name], TYPES[values.type] + PACKED * (length >= 0), len(dimensions)))
            for number in (*dimensions, *((length,) if length >= 0 else ())):
                table += varint(number)
    return bytes(before), bytes(table)


def tick(parts: Iterable[bytes]) -> bytes:
    """One message of parts that are encoded."""
    return b"".join((TICK, *parts))


def varint(value: int) -> bytes:
    """A whole number from 0 on in groups of seven bits, the lowest first; all but the last have the high bit set."""
    if value < 128:
        return _SINGLE[value]
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def pack(array: Bytes) -> bytes:
    """Images (..., height, width) of bytes as differences, deflated. This is done once for all viewers; the compression
    of WebSockets would be done for each of them.

    A pixel is sent as its difference, modulo 256, from the pixel to its left; the first of a row from the one above.
    These are few and small numbers: runs and short codes do better on them than a search for repeats, and are faster.
    """
    differences = array.copy()
    differences[..., 1:] -= array[..., :-1]
    differences[..., 1:, 0] -= array[..., :-1, 0]
    packer = zlib.compressobj(1, wbits=-zlib.MAX_WBITS, strategy=zlib.Z_RLE)
    return packer.compress(differences.tobytes()) + packer.flush()


def _plain(array: Array, type: str) -> bytes:
    """What is too large for a float32 is infinite."""
    if array.dtype == _dtypes[type]:
        return array.tobytes()
    with np.errstate(over="ignore"):
        return array.astype(_dtypes[type]).tobytes()
