"""What the server sends, as a page reads it: by the wire's description alone, independently of app/wire."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

VERSION = 11
COMMON = ("restarts", "revision", "epoch")  # varints, after the scalars of a fixed size
VARINTS = {
    "losses": ("stride", "first_row"),
    "branch": ("stride",),
    "batch": ("batch", "batches", "batch_size", "example", "done", "examples"),
    "example": ("point",),
    "codes": ("layer", "right", "since"),
    "principal": ("training",),
}
SCALARS = {
    1: ("losses", ()),
    2: (
        "network",
        (
            ("train_loss", "d"), ("test_loss", "d"), ("epochs_per_second", "d"),
            ("learning_rate", "d"), ("playing", "B"), ("diverged", "B"), ("levels", "B"),
        ),
    ),
    3: ("map", (("classes", "B"), ("levels", "B"))),
    4: ("reading", (("value", "d"), ("winner", "B"))),
    5: ("data", ()),
    6: ("metrics", ()),
    7: ("curve", ()),
    8: ("points", ()),
    9: ("marks", ()),
    10: ("branch", ()),
    11: ("bending", (("grid", "B"),)),
    12: ("health", ()),
    13: ("importance", (("whole", "d"),)),
    14: ("landscape", (("share", "d"),)),
    15: ("diagnosis", ()),
    16: ("batch", ()),
    17: (
        "example",
        (
            ("is_next", "B"), ("is_training", "B"), ("takes_sums", "B"),
            ("loss", "d"), ("rate", "d"), ("quotient", "d"),
        ),
    ),
    18: ("codes", (("angle", "d"),)),
    19: ("principal", (("train_loss", "d"), ("test_loss", "d"))),
    20: ("decoded", (("x", "d"), ("y", "d"))),
    21: ("effort", ()),
    22: ("seeds", ()),
    23: ("sweep", ()),
}  # fmt: skip
TEXTS = {
    "map": ("unit", "plane"), "data": ("plane",), "branch": ("letter",), "bending": ("plane",),
    "effort": ("letter",), "landscape": ("mode", "problem"),
    "diagnosis": ("key", "place", "sentence", "first_label", "first_changes", "second_label", "second_changes"),
}  # fmt: skip
ARRAYS = (
    "", "rows", "params", "small_maps", "big_map", "train", "test", "ids", "origin", "axes", "shares", "accuracy",
    "confusion", "f1", "r2", "rmse", "predicted_train", "predicted_test", "curve", "answers",
    "point_losses", "said", "marks", "stops", "places", "gradient", "ailments", "without_units", "without_links",
    "heights", "window", "way", "others", "members", "pulls", "pushes", "inputs", "targets", "sums", "outputs",
    "derivatives", "deltas", "slopes", "before", "after", "codes", "rebuilt", "errors", "code", "knots",
    "facts", "standing", "tiles", "curves", "cells",
)  # fmt: skip
TYPES = {1: "u1", 2: "<u4", 3: "<f4", 4: "<f8"}
PACKED = 128


class Part(dict[str, Any]):
    """A decoded part of a tick: topic, run, texts, scalars and arrays by name, also as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def decode(message: bytes) -> list[Part]:
    """The parts of a tick, with every length in it checked."""
    assert message[:4] == b"TKN" + bytes([VERSION])
    at, parts = 4, []
    while at < len(message):
        part, at = decode_part(message, at)
        parts.append(part)
    assert at == len(message)
    return parts


def decode_part(message: bytes, at: int) -> tuple[Part, int]:
    """One part, and where the next one begins."""
    start = at

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            value |= (message[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if message[at - 1] < 128:
                return value

    topic, scalars = SCALARS[message[at]]
    count, at = message[at + 1], at + 2
    part = Part(topic=topic)
    for name in ("run", *TEXTS.get(topic, ())):
        part[name] = message[at + 1 : at + 1 + message[at]].decode("ascii")
        at += 1 + message[at]
    part["run"] = part["run"] or "main"
    code = "<" + "".join(code for _, code in scalars)
    part.update(zip((name for name, _ in scalars), struct.unpack_from(code, message, at), strict=True))
    at += struct.calcsize(code)
    part.update({name: varint() for name in (*COMMON, *VARINTS.get(topic, ()))})
    table = []
    for _ in range(count):
        name, kind, dimensions = ARRAYS[message[at]], message[at + 1], message[at + 2]
        at += 3
        shape = tuple(varint() for _ in range(dimensions))
        packed = kind >= PACKED
        table.append((name, np.dtype(TYPES[kind % PACKED]), shape, varint() if packed else None))
    for name, type, shape, packed in table:
        size = int(np.prod(shape)) * type.itemsize if packed is None else packed
        data = message[at : at + size]
        assert len(data) == size
        if packed is None:
            part[name] = np.frombuffer(data, type).reshape(shape)
        else:
            part[name] = summed(np.frombuffer(zlib.decompress(data, -15), np.uint8).reshape(shape))
        at += size
    assert at > start
    part["packed"] = [name for name, _, _, packed in table if packed is not None]
    return part, at


def summed(differences: np.ndarray) -> np.ndarray:
    """Images (..., height, width) from what each pixel is more than the one to its left, or above in column 0."""
    first = np.cumsum(differences[..., :1], axis=-2)
    return np.cumsum(np.concatenate([first, differences[..., 1:]], axis=-1), axis=-1).astype(np.uint8)


@dataclass
class Frame:
    """What a page knows of its run: the newest part of each topic, whose fields are also attributes of the frame."""

    parts: dict[str, Part]

    def __getattr__(self, name: str) -> Any:
        for topic in ("network", "losses", "map", "reading"):
            if name in self.__dict__["parts"].get(topic, ()):
                return self.__dict__["parts"][topic][name]
        raise AttributeError(name)

    @property
    def value(self) -> float:
        """What is under the pointer, NaN if it is elsewhere."""
        return float(self.parts["reading"].value) if "reading" in self.parts else float("nan")

    @property
    def winner(self) -> int:
        """The class that wins under the pointer, 255 if there is none: a reading may come later than its map."""
        return int(self.parts["reading"].winner) if "reading" in self.parts else 255

    @property
    def diverged_at(self) -> int | None:
        """The epoch at which the network diverged."""
        return self.parts["network"].epoch if self.parts["network"].diverged else None


def metrics_of(part: Part) -> dict[str, Any]:
    """By set what is defined of its metrics, with None for NaN, as the engine has them."""

    def plain(values: Any) -> Any:
        return [plain(each) for each in values] if np.ndim(values) else None if np.isnan(values) else values.item()

    found: dict[str, Any] = {"restarts": part.restarts, "epoch": part.epoch}
    for index, name in enumerate(("train", "test")):
        metrics = {key: plain(part[key][index]) for key in ("accuracy", "confusion", "f1", "r2", "rmse") if key in part}
        if f"predicted_{name}" in part:
            metrics["predicted"] = plain(part[f"predicted_{name}"])
        found[name] = metrics
    return found
