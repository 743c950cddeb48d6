"""From a message to a command. Whatever arrives is a command or a `ProtocolError`; nothing else is raised here."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from tinkernet.app.capabilities import EVERYTHING, Capability, command_allowed, commands_open_to, refusal
from tinkernet.app.wire.commands import (
    COMMANDS,
    MAIN,
    RUN_PATTERN,
    TOPICS,
    Ack,
    AnyCommand,
    RunId,
    Subscribe,
)
from tinkernet.app.wire.limits import LIMITS
from tinkernet.app.wire.points import AddedPoint, MovedPoint
from tinkernet.engine import Spec, SpecError
from tinkernet.engine.data.drawing import MAX_ID
from tinkernet.engine.data.expressions import FormulaError
from tinkernet.engine.data.features import is_written
from tinkernet.engine.data.slices import PLANES
from tinkernet.engine.errors import brief

_command_from_type = {model.model_fields["type"].annotation.__args__[0]: model for model in COMMANDS}  # type: ignore[union-attr]
_adapter_from_type: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(model) for name, model in _command_from_type.items()
}
_topic_from_name = {model.model_fields["topic"].annotation.__args__[0]: model for model in TOPICS}  # type: ignore[union-attr]
_item_from_list: dict[str, type[BaseModel]] = {"added": AddedPoint, "moved": MovedPoint}
_TOPICS = ", ".join(_topic_from_name)


class ProtocolError(ValueError):
    """A message that is not a command. `value` is fit for JSON; `revision` and `run` are the refused configure's.

    nearest: what is allowed and nearest to the spec that was asked for; it takes its place.
    """

    def __init__(
        self,
        field: str,
        value: object,
        allowed: str,
        message: str,
        revision: int | None = None,
        run: RunId = MAIN,
        nearest: Spec | None = None,
    ) -> None:
        super().__init__(message)
        self.nearest = nearest
        self.field, self.value, self.allowed = field, shown(value), allowed
        self.message, self.revision, self.run = message, revision, run


_ACK, _ack = '{"type":"ack"}', Ack(type="ack")


def parse(data: str | bytes, *, binary: bool = False, held: Capability = EVERYTHING) -> AnyCommand:
    """The command in one message. `binary`: it came as a binary frame; `held`: what its sender's key opens.

    Raises ProtocolError for anything that is no command, and for one that the key does not allow: before it is
    validated, which may be expensive, and without a revision, since the sender can use none up.
    """
    if data == _ACK and command_allowed("ack", held):  # sixty times a second from every page
        return _ack
    if binary:
        raise ProtocolError("message", "binary", "JSON text", "Commands are sent as text, not as a binary message.")
    most = LIMITS.message_bytes if Capability.TRAIN in held else LIMITS.watcher_message_bytes
    if len(data) > most:
        raise ProtocolError("message", f"{len(data)} characters", f"at most {most}", "The message is too long.")
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
    if not command_allowed(str(kind), held):
        raise ProtocolError("type", kind, ", ".join(commands_open_to(held)), refusal(str(kind), held))
    _check_size(str(kind), given)
    try:
        return adapter.validate_python(given)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise _explained(str(kind), given, error) from error


def _check_size(kind: str, given: dict[str, Any]) -> None:
    """Refuse what only has far too much of everything before it is validated: pydantic explains each part of it."""
    _check_names(kind, _command_from_type[kind].model_fields, given, given)
    topics = given.get("topics")
    if not isinstance(topics, list):
        return
    if len(topics) > LIMITS.topics:
        allowed = _allowed(Subscribe.model_fields["topics"])
        said = f"{kind}: topics cannot be {len(topics)} topics; it must be {allowed}."
        raise ProtocolError("topics", topics, allowed, said)
    for topic in topics:
        name = topic.get("topic") if isinstance(topic, dict) else None
        if isinstance(name, str) and name in _topic_from_name:
            _check_names(name, _topic_from_name[name].model_fields, topic, given)


def _check_names(kind: str, fields: dict[str, Any], given: dict[str, Any], command: dict[str, Any]) -> None:
    """Refuse the first field that this kind of command or topic does not have."""
    unknown = next((name for name in given if name not in fields), None)
    if unknown is not None:
        allowed = ", ".join(fields)
        said = f"{kind} has no field {shown(unknown)!r}; it has {allowed}."
        raise ProtocolError(str(shown(unknown)), None, allowed, said, *_place(command))


def _place(given: dict[str, Any]) -> tuple[int | None, RunId]:
    """The revision of a refused configure, and the run of a command, as far as they can be told."""
    revision, run = given.get("revision"), given.get("run", MAIN)
    if not isinstance(run, str):
        return None, MAIN
    uses = (
        given["type"] in ("configure", "use_data", "compare", "open_trial")
        and type(revision) is int
        and 0 <= revision <= LIMITS.revision
    )
    return (revision if uses else None), run


def _explained(kind: str, given: dict[str, Any], error: ValidationError) -> ProtocolError:
    first = error.errors(include_url=False, include_input=True)[0]
    fields = _command_from_type[kind].model_fields
    revision, run = _place(given)
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, SpecError):
        near, said = _without_formulas(given["spec"], cause)
        return ProtocolError(cause.field, cause.value, cause.allowed, said, revision, run, near)
    place, value = list(first["loc"]), first["input"]
    if first["type"].startswith("union_tag_"):  # a topic that there is not; pydantic says "union_tag_invalid"
        value = value.get("topic") if isinstance(value, dict) else value
        return ProtocolError("topic", value, _TOPICS, f"There is no topic {shown(value)!r}; the topics are {_TOPICS}.")
    if len(place) == 4:  # ("topics", index, topic, field)
        kind, fields, place = str(place[2]), _topic_from_name[str(place[2])].model_fields, place[3:]
    if len(place) == 3:  # ("added", index, field)
        fields, place = _item_from_list[str(place[0])].model_fields, place[2:]
    field = str(place[0]) if place else "message"
    if field not in fields:
        allowed = ", ".join(fields)
        said = f"{kind}: a point has no {shown(field)!r}; it has {allowed}."
        return ProtocolError(str(shown(field)), None, allowed, said, revision, run)
    allowed = _allowed(fields[field])
    missing = first["type"] == "missing"
    said = "is missing" if missing else f"cannot be {shown(value)!r}"
    said = f"{kind}: {field} {said}; it must be {allowed}."
    return ProtocolError(field, None if missing else value, allowed, said, revision, run)


def _without_formulas(values: dict[str, Any], cause: SpecError) -> tuple[Spec | None, str]:
    """The spec without the formulas that cannot be used, for a link may have some, and what is said of them.

    None where that is not all that is wrong.
    """
    said, error = "", cause
    for _ in range(3):  # fields that have formulas
        if error.field == "features" and isinstance(error, FormulaError):
            values = values | {"features": [key for key in values["features"] if not is_written(key)]}
        elif error.field == "regions" or isinstance(error, FormulaError):
            values = {name: value for name, value in values.items() if name != error.field}
        else:
            break
        said += f"{error} "
        try:
            found = Spec.from_dict(values)
            found.task()
        except SpecError as another:
            error = another
        else:
            return found, f"{said}The network does without it, or has the usual formula."
    return None, str(cause)


def _allowed(field: Any) -> str:
    """What a command's field accepts, in words. The bounds are those of its annotation."""
    bounds: dict[str, Any] = {}
    kinds = [field, *getattr(field.annotation, "__args__", ())]
    for part in kinds:
        for mark in (*getattr(part, "metadata", ()), *getattr(part, "__metadata__", ())):
            for bound in (mark, *getattr(mark, "metadata", ())):  # FieldInfo keeps its bounds one level down
                bounds |= {
                    name: getattr(bound, name) for name in ("ge", "le", "max_length", "pattern") if hasattr(bound, name)
                }
    text = str(field.annotation)
    if bounds.get("pattern") == RUN_PATTERN:
        return 'the id of a run such as "main"'
    if "Topic" in text:
        return f"a list of at most {LIMITS.topics} topics: {_TOPICS}"
    if "Point" in text:
        return f"a list of at most {bounds['max_length']} points"
    if text.startswith("list[typing.Annotated[str"):
        return f"a list of at most {bounds['max_length']} names of settings"
    if text.startswith("list["):
        return f"a list of at most {bounds['max_length']} ids of points, whole numbers from 0 to {MAX_ID}"
    if "bool" in text:
        return "true, false or null"
    if bounds.get("pattern") == PLANES:
        return 'empty, two columns such as "2,0", or those through a row such as "2,0@17"'
    if "max_length" in bounds and "pattern" not in bounds:
        return f"a text of at most {bounds['max_length']} characters"
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
        text = value.decode(errors="replace") if isinstance(value, bytes) else value
        text = text if isinstance(text, str) else brief(text)
    except (ValueError, RecursionError):  # int too long to be written, or nested too deep
        return f"a very large {type(value).__name__}"
    text = text.encode(errors="replace").decode()
    return text if len(text) <= longest else text[: longest - 1] + "…"
