"""THE WIRE: every message between the server and a page, and nothing else.

Text goes both ways as JSON: commands up, events down. Binary goes down only: frames (what the network is now) and
points (the data it learns from). The browser's half, static/js/wire/protocol.js, is written by `make protocol`.

Whatever arrives is either a command or a `ProtocolError` that names the field, the value and what is allowed; nothing
else is ever raised here. Binary layouts are little endian, stated once, in `FRAME_HEADER` and `POINTS_HEADER`.
"""

from __future__ import annotations

import json
import struct
import typing
import zlib
from dataclasses import dataclass
from math import isqrt
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import from_json

from tinkernet.engine import Spec, SpecError
from tinkernet.engine.data.grid import NOT_FINITE

MAGIC = b"TKN1"
VERSION = 3
SUBPROTOCOL = "tinkernet"  # what the server answers to; a viewer's key is offered beside it
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


@dataclass(frozen=True, slots=True)
class Limits:
    """What a message may hold. The page reads the same numbers from the generated module."""

    message_bytes: int = 65_536
    revision: int = 2**31
    step_epochs: int = 100_000
    speed_minimum: float = 1.0
    speed_maximum: float = 100_000.0
    weight: float = 1e6
    pointer: float = 6.0
    unit_characters: int = 32


LIMITS = Limits()


# --- commands: what a page may ask for -------------------------------------------------------------------------------


class Command(BaseModel):
    """One request of a page. Strict: no true for 1, no "0.1" for 0.1, no NaN, no unknown keys."""

    open_to_viewers: ClassVar[bool] = False  # only what changes nothing for anybody else

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, allow_inf_nan=False, arbitrary_types_allowed=True
    )


Layer: TypeAlias = Annotated[int, Field(ge=0, le=64)]
Index: TypeAlias = Annotated[int, Field(ge=0, le=4095)]
WeightValue: TypeAlias = Annotated[float, Field(ge=-LIMITS.weight, le=LIMITS.weight)]
Coordinate: TypeAlias = Annotated[float, Field(ge=-LIMITS.pointer, le=LIMITS.pointer)]


def _spec(given: object) -> Spec:
    if not isinstance(given, dict):
        raise SpecError("spec", given, "an object with every setting of a network")
    return Spec.from_dict(given)


class Configure(Command):
    """The whole specification, never a change to one: two pages can then never disagree about the rest."""

    type: Literal["configure"]
    revision: Annotated[int, Field(ge=0, le=LIMITS.revision)]
    spec: Annotated[Spec, PlainValidator(_spec)]


class Play(Command):
    """Train on at the session's speed."""

    type: Literal["play"]


class Pause(Command):
    """Stop after the epoch under way."""

    type: Literal["pause"]


class Step(Command):
    """Stop playing and train this many epochs."""

    type: Literal["step"]
    epochs: Annotated[int, Field(ge=1, le=LIMITS.step_epochs)] = 1


class Reset(Command):
    """Stop playing and go back to the same start."""

    type: Literal["reset"]


class Speed(Command):
    """Epochs per second while playing; null is as fast as it goes."""

    type: Literal["speed"]
    rate: Annotated[float, Field(ge=LIMITS.speed_minimum, le=LIMITS.speed_maximum)] | None


class EditWeight(Command):
    """Set one weight. Layer 0 is the first hidden layer; `input` counts the layer's inputs."""

    type: Literal["edit_weight"]
    layer: Layer
    neuron: Index
    input: Index
    value: WeightValue


class EditBias(Command):
    """Set one bias."""

    type: Literal["edit_bias"]
    layer: Layer
    neuron: Index
    value: WeightValue


class RestoreBest(Command):
    """With patience: take the weights of the lowest test loss again, as an edit."""

    type: Literal["restore_best"]


class Watch(Command):
    """This viewer's unit for the big map: output, a feature, or layer.neuron; and the pointer on it (null: elsewhere).

    A unit that the network does not have (any more) shows the output. With `measures` they are told, while it looks.
    """

    open_to_viewers = True
    type: Literal["watch"]
    unit: Annotated[str, Field(max_length=LIMITS.unit_characters, pattern=r"^([A-Za-z]+|[0-9]\.[0-9]{1,2})$")]
    x: Coordinate | None = None
    y: Coordinate | None = None
    measures: bool = False


class Seen(Command):
    """The last frame was taken in: the next may come."""

    open_to_viewers = True
    type: Literal["seen"]


AnyCommand: TypeAlias = (
    Configure | Play | Pause | Step | Reset | Speed | EditWeight | EditBias | RestoreBest | Watch | Seen
)
COMMANDS: tuple[type[Command], ...] = typing.get_args(AnyCommand)

_command_from_type = {model.model_fields["type"].annotation.__args__[0]: model for model in COMMANDS}  # type: ignore[union-attr]
_adapter_from_type: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(model) for name, model in _command_from_type.items()
}


class ProtocolError(ValueError):
    """A message that is not a command. `value` is fit for JSON; `revision` is the refused configure's, if any."""

    def __init__(self, field: str, value: object, allowed: str, message: str, revision: int | None = None) -> None:
        super().__init__(message)
        self.field, self.value, self.allowed, self.message, self.revision = (
            field,
            shown(value),
            allowed,
            message,
            revision,
        )


_SEEN, _seen = '{"type":"seen"}', Seen(type="seen")


def parse(data: str | bytes, *, binary: bool = False, viewer: bool = False) -> AnyCommand:
    """The command in one message, or ProtocolError. `binary`: it came as a binary frame; `viewer`: of one who may only
    watch, whose errors never carry a revision, since none of theirs can be used up."""
    if data == _SEEN:  # sixty times a second from every page
        return _seen
    if binary:
        raise ProtocolError("message", "binary", "JSON text", "Commands are sent as text, not as a binary message.")
    if len(data) > LIMITS.message_bytes:
        raise ProtocolError(
            "message", f"{len(data)} characters", f"at most {LIMITS.message_bytes}", "The message is too long."
        )
    try:
        given = from_json(data.encode() if isinstance(data, str) else data, allow_inf_nan=False)
    except (ValueError, RecursionError) as error:  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
        raise ProtocolError("message", data, "one JSON object", "The message is not valid JSON.") from error
    if not isinstance(given, dict):
        raise ProtocolError("message", given, "one JSON object", "A command is a JSON object.")
    kind = given.get("type")
    adapter = _adapter_from_type.get(kind) if isinstance(kind, str) else None
    if adapter is None:
        names = ", ".join(_command_from_type)
        raise ProtocolError("type", kind, names, f"There is no command {shown(kind)!r}; the commands are {names}.")
    if viewer and not _command_from_type[str(kind)].open_to_viewers:
        names = ", ".join(name for name, model in _command_from_type.items() if model.open_to_viewers)
        raise ProtocolError("type", kind, names, "You are watching this session: only its owner can change it.")
    try:
        return adapter.validate_python(given)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise _explained(str(kind), given, error) from error


def _explained(kind: str, given: dict[str, Any], error: ValidationError) -> ProtocolError:
    first = error.errors(include_url=False, include_input=True)[0]
    fields = _command_from_type[kind].model_fields
    revision = given.get("revision") if "revision" in fields else None
    if type(revision) is not int or not 0 <= revision <= LIMITS.revision:
        revision = None
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, SpecError):
        return ProtocolError(cause.field, cause.value, cause.allowed, str(cause), revision)
    field = str(first["loc"][0]) if first["loc"] else "message"
    if field not in fields:
        allowed = ", ".join(fields)
        return ProtocolError(
            str(shown(field)), None, allowed, f"{kind} has no field {shown(field)!r}; it has {allowed}.", revision
        )
    allowed = _allowed(fields[field])
    value = None if first["type"] == "missing" else first["input"]
    said = "is missing" if first["type"] == "missing" else f"cannot be {shown(value)!r}"
    return ProtocolError(field, value, allowed, f"{kind}: {field} {said}; it must be {allowed}.", revision)


def _allowed(field: Any) -> str:
    """What a command's field accepts, in words."""
    bounds: dict[str, Any] = {}
    kinds = [field, *getattr(field.annotation, "__args__", ())]
    for part in kinds:
        for mark in (*getattr(part, "metadata", ()), *getattr(part, "__metadata__", ())):
            for bound in (mark, *getattr(mark, "metadata", ())):  # FieldInfo keeps its bounds one level down
                bounds |= {name: getattr(bound, name) for name in ("ge", "le", "max_length") if hasattr(bound, name)}
    text = str(field.annotation)
    if "max_length" in bounds:
        return 'output, a feature such as "x" or a neuron such as "0.3"'
    if "ge" not in bounds:
        return "an object with every setting of a network"
    noun = "a number" if "float" in text else "a whole number"
    return f"{noun} from {bounds['ge']:g} to {bounds['le']:g}" + (" or null" if "None" in text else "")


def shown(value: object, longest: int = 80) -> str | int | float | bool | None:
    """A refused value as it may stand in an event: short, finite, and text that can be sent."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    if isinstance(value, float) and np.isfinite(value):
        return value
    try:
        text = (
            value
            if isinstance(value, str)
            else value.decode(errors="replace")
            if isinstance(value, bytes)
            else repr(value)
        )
    except (ValueError, RecursionError):  # int too long to be written, or nested too deep
        return f"a very large {type(value).__name__}"
    text = text.encode(errors="replace").decode()
    return text if len(text) <= longest else text[: longest - 1] + "…"


# --- events: what the server says ------------------------------------------------------------------------------------


class Event(BaseModel):
    """One text message to a page."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def encode(self) -> str:
        """JSON without NaN or Infinity, which no browser would read."""
        return json.dumps(self.model_dump(), allow_nan=False, separators=(",", ":"))


class Halt(BaseModel):
    """Why nothing more is trained: the stop rule's field, and a sentence."""

    rule: str
    message: str


class Best(BaseModel):
    """With patience: the state of the lowest test loss."""

    epoch: int
    test_loss: float | None


class State(Event):
    """What the session is now. Sent on joining and after each change, to every viewer."""

    type: Literal["state"] = "state"
    revision: int
    spec: dict[str, Any]
    playing: bool
    speed: float | None
    run: int
    life: int  # a number by chance: another one means that the server had forgotten the session
    diverged_at: int | None
    halted: Halt | None
    best: Best | None
    link: str
    viewers: int


class Answers(BaseModel):
    """How good the answers to one part of the points are; for classification the first three, for regression the rest.

    `confusion` counts by true class, then by the class named. `predicted`: of the first points of the part. Null is
    what is not defined, or comes from no finite number.
    """

    accuracy: float | None = None
    confusion: list[list[int]] | None = None
    f1: list[float | None] | None = None
    r2: float | None = None
    rmse: float | None = None
    predicted: list[float | None] | None = None


class Measures(Event):
    """What was measured of a network, a few times a second, to those who watch it."""

    type: Literal["measures"] = "measures"
    run: int
    epoch: int
    train: Answers
    test: Answers


class Refusal(Event):
    """A command that was not carried out, to its sender only."""

    type: Literal["error"] = "error"
    field: str
    value: str | int | float | bool | None
    allowed: str
    message: str
    revision: int | None = None

    @classmethod
    def of(cls, error: ProtocolError | SpecError) -> Refusal:
        """The event for a refused command."""
        revision = getattr(error, "revision", None)
        return cls(
            field=error.field, value=shown(error.value), allowed=error.allowed, message=str(error), revision=revision
        )


class Progress(Event):
    """The engine is being compiled: so many of so many parts, the last one's name."""

    type: Literal["progress"] = "progress"
    done: int
    total: int
    name: str


class Closing(Event):
    """The server is about to end this connection, and why."""

    type: Literal["closing"] = "closing"
    message: str


class Beat(Event):
    """The server is there, and says so again after these seconds: a page that hears nothing for longer has lost it."""

    type: Literal["beat"] = "beat"
    seconds: float


PARTS: tuple[type[BaseModel], ...] = (Halt, Best, Answers)
EVENTS: tuple[type[Event], ...] = (State, Measures, Refusal, Progress, Closing, Beat)


# --- binary: frames and points ---------------------------------------------------------------------------------------


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
    Slot("run", "I", "counts restarts"),
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
    Slot("run", "I", "counts restarts"),
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
    run: int,
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
        MAGIC, KIND_FRAME, flags, VERSION, revision, run, float(epoch), train_loss, test_loss, reading.value,
        stride, first_row, len(rows), body.neurons, body.small_side, body.big_side, SMALL_LEVELS, body.big_levels,
        len(body.params) // 4, len(body.maps), body.raw_length, epochs_per_second,
        float("nan") if diverged_at is None else float(diverged_at), body.classes, reading.winner, 0,
    )  # fmt: skip
    return b"".join((header, rows.astype("<f4", copy=False).tobytes(), body.params, body.maps))


def encode_points(train: npt.NDArray[np.float64], test: npt.NDArray[np.float64], *, run: int) -> bytes:
    """The data of a run. `train` (n, 3) and `test` (m, 3): x, y, label."""
    header = _points_struct.pack(MAGIC, KIND_POINTS, 0, VERSION, run, len(train), len(test), 0)
    return header + train.astype("<f4").tobytes() + test.astype("<f4").tobytes()
