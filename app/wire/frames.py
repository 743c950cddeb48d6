"""Binary messages, server to page: frames (what the network is now) and points (the data it learns from)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from math import isqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tinkernet.app.wire import VERSION
from tinkernet.engine.data.grid import NOT_FINITE

MAGIC = b"TKN1"
KIND_FRAME, KIND_POINTS = 1, 2
FLAG_DEFLATED, FLAG_DIVERGED, FLAG_PLAYING = 1, 2, 4

# The maps of a frame. Pixels of the big one are means of two points (`Trainer.fields`, smooth) and the page draws it on
# a curve between them: 64 show a steep border with fewer steps than 100 single points stretched did, in fewer bytes.
# 31 shades are the original's 30.
BIG_SIDE, BIG_LEVELS = 64, 79
SMALL_SIDE, SMALL_LEVELS = 16, 31
SMALL_MOST = 16  # maps of a layer: of its first neurons
OUTPUT = "output"  # the unit that is all outputs: where there are several, its big map is one of classes
NO_CLASS = 255


class Slot(NamedTuple):
    """One entry of a binary header: its name, struct code and meaning."""

    name: str
    code: str
    meaning: str


FRAME_HEADER = (
    Slot("magic", "4s", "TKN1"),
    Slot("kind", "B", "1 frame, 2 points"),
    Slot("flags", "B", "1 maps deflated, 2 diverged, 4 playing"),
    Slot("version", "H", "of this wire"),
    Slot("revision", "I", "of the configuration that was trained"),
    Slot("restarts", "I", "counts the starts of the run"),
    Slot("epoch", "d", "epochs trained"),
    Slot("train_loss", "d", "now"),
    Slot("test_loss", "d", "now"),
    Slot("value", "d", "of the watched unit under the pointer, NaN if none"),
    Slot("stride", "I", "epochs between loss rows"),
    Slot("first_row", "I", "the rows below start here; older rows stay"),
    Slot("rows", "I", "loss rows below"),
    Slot("neurons", "H", "small maps: hidden and output neurons, of each layer the first SMALL_MOST"),
    Slot("small_side", "H", "pixels"),
    Slot("big_side", "H", "pixels"),
    Slot("small_levels", "B", "a map's byte of 0 is -1, of levels - 1 is 1, 255 is no finite number"),
    Slot("big_levels", "B", "the same of the big map"),
    Slot("params", "I", "weights and biases"),
    Slot("maps_length", "I", "bytes of the maps as sent"),
    Slot("raw_length", "I", "bytes of the maps inflated"),
    Slot("epochs_per_second", "d", "measured"),
    Slot("diverged_at", "d", "epoch of the first non-finite loss, NaN if none"),
    Slot("classes", "B", "0; else the big map's byte is class * big_levels + its lead: 0 none, levels - 1 is 1"),
    Slot("winner", "B", "class under the pointer, whose answer is the value; NO_CLASS if none"),
    Slot("zero", "H", "0"),
)
POINTS_HEADER = (
    Slot("magic", "4s", "TKN1"),
    Slot("kind", "B", "1 frame, 2 points"),
    Slot("flags", "B", "0"),
    Slot("version", "H", "of this wire"),
    Slot("restarts", "I", "counts the starts of the run"),
    Slot("train", "I", "training points, first"),
    Slot("test", "I", "test points, after them"),
    Slot("zero", "I", "0"),
)


def layout(header: tuple[Slot, ...]) -> struct.Struct:
    """The header as a struct: little endian, without padding."""
    return struct.Struct("<" + "".join(slot.code for slot in header))


_frame_struct, _points_struct = layout(FRAME_HEADER), layout(POINTS_HEADER)
Floats: TypeAlias = npt.NDArray[np.float32]
Bytes: TypeAlias = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Body:
    """The part of a frame that all viewers of one unit share, packed once: the parameters, then the maps."""

    params: bytes
    maps: bytes
    raw_length: int
    deflated: bool
    neurons: int
    small_side: int
    big_side: int
    big_levels: int
    classes: int


def _singles(params: npt.NDArray[np.floating[Any]]) -> bytes:
    """As float32; what is too large for one is infinite, as it is about to be anyway."""
    with np.errstate(over="ignore"):
        return params.astype("<f4").tobytes()


class ClassMap(NamedTuple):
    """The big map of several outputs: each pixel's class and its lead from 0 to 1, NaN where there is none."""

    winners: npt.NDArray[np.int64]
    leads: npt.NDArray[np.float64]
    classes: int


class Reading(NamedTuple):
    """What is under a pointer: the answer and, on a map of classes, whose it is."""

    value: float = float("nan")
    winner: int = NO_CLASS


def encode_body(
    params: npt.NDArray[np.floating[Any]], small_maps: Bytes, big_map: Bytes | ClassMap, *, deflate: bool
) -> Body:
    """Pack flat params, small maps (neurons, side * side) and one big map (side * side); see `FRAME_HEADER`."""
    small_side = isqrt(small_maps.shape[1])
    small = _levels(small_maps, SMALL_LEVELS).reshape(-1, small_side, small_side)
    if isinstance(big_map, ClassMap):
        classes, levels = big_map.classes, min(BIG_LEVELS, NOT_FINITE // big_map.classes)
        big = _class_levels(big_map, levels)
    else:
        classes, levels = 0, BIG_LEVELS
        big = _levels(big_map, levels)
    big_side = isqrt(big.size)
    big = big.reshape(1, big_side, big_side)
    maps = _deflated(small, big) if deflate else small.tobytes() + big.tobytes()
    return Body(
        _singles(params), maps, small.size + big.size, deflate, len(small), small_side, big_side, levels, classes
    )


def _class_levels(map: ClassMap, levels: int) -> Bytes:
    known = np.isfinite(map.leads)
    leads = np.rint(np.where(known, map.leads, 0.0) * (levels - 1)).astype(np.uint8)
    return np.where(known, map.winners.astype(np.uint8) * np.uint8(levels) + leads, NOT_FINITE).astype(np.uint8)


def _levels(maps: Bytes, count: int) -> Bytes:
    """From the engine's 255 levels to fewer."""
    return _level_from_byte[count].take(maps)


_level_from_byte = {
    count: np.append(np.rint(np.arange(NOT_FINITE) * ((count - 1) / 254)), NOT_FINITE).astype(np.uint8)
    for count in (SMALL_LEVELS, BIG_LEVELS)
}


def _deflated(*maps: Bytes) -> bytes:
    """Maps (n, side, side) as differences, deflated, once for all viewers: permessage-deflate would cost each of them.

    A pixel is said as what it is more than the one on its left, the first of a row than the one above, modulo 256:
    few and small numbers, for which runs and short codes do better than a search for repeats, and are faster.
    """
    packer = zlib.compressobj(1, strategy=zlib.Z_RLE)
    packed = b""
    for levels in maps:
        differences = levels.copy()
        differences[:, :, 1:] -= levels[:, :, :-1]
        differences[:, 1:, 0] -= levels[:, :-1, 0]
        # Ends a block: the two kinds of maps have codes of their own, which saves more than the second table takes.
        packed += packer.compress(differences.tobytes()) + packer.flush(zlib.Z_BLOCK)
    return packed + packer.flush()


def encode_frame(
    body: Body,
    rows: Floats,
    *,
    revision: int,
    restarts: int,
    epoch: int,
    train_loss: float,
    test_loss: float,
    reading: Reading,
    stride: int,
    first_row: int,
    epochs_per_second: float,
    diverged_at: int | None,
    playing: bool,
) -> bytes:
    """One frame for one viewer. `rows` (count, 2): train and test loss from row `first_row` on."""
    flags = FLAG_DEFLATED * body.deflated | FLAG_DIVERGED * (diverged_at is not None) | FLAG_PLAYING * playing
    header = _frame_struct.pack(
        MAGIC, KIND_FRAME, flags, VERSION, revision, restarts, float(epoch), train_loss, test_loss, reading.value,
        stride, first_row, len(rows), body.neurons, body.small_side, body.big_side, SMALL_LEVELS, body.big_levels,
        len(body.params) // 4, len(body.maps), body.raw_length, epochs_per_second,
        float("nan") if diverged_at is None else float(diverged_at), body.classes, reading.winner, 0,
    )  # fmt: skip
    return b"".join((header, rows.astype("<f4", copy=False).tobytes(), body.params, body.maps))


def encode_points(train: npt.NDArray[np.float32], test: npt.NDArray[np.float32], *, restarts: int) -> bytes:
    """The data of a run. `train` (n, 3) and `test` (m, 3): place on the map and label, see `slices.slice_points`."""
    header = _points_struct.pack(MAGIC, KIND_POINTS, 0, VERSION, restarts, len(train), len(test), 0)
    return header + train.astype("<f4").tobytes() + test.astype("<f4").tobytes()
