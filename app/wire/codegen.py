"""The browser's half of the wire, written from this package: constants, and typedefs for `tsc --checkJs`.

Generated and committed rather than fetched at run time, so that the page's code can be read, checked and tested alone.
"""

from __future__ import annotations

import dataclasses
import json
import struct
import textwrap
import types
import typing
from pathlib import Path
from typing import Any

from tinkernet.app import wire
from tinkernet.app.wire import commands, events, frames
from tinkernet.app.wire.limits import LIMITS
from tinkernet.engine import Spec
from tinkernet.engine.data.grid import NOT_FINITE

PATH = Path(__file__).resolve().parents[2] / "static" / "js" / "wire" / "protocol.js"
COMMAND = "python -m tinkernet.app.wire.codegen"

_getter_from_code = {"B": "getUint8", "H": "getUint16", "I": "getUint32", "d": "getFloat64"}
_name_from_type = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null", Spec: "Spec"}


def source() -> str:
    """The text of static/js/wire/protocol.js."""
    flags = {name: getattr(frames, name) for name in ("FLAG_DEFLATED", "FLAG_DIVERGED", "FLAG_PLAYING")}
    constants = {
        "MAGIC": frames.MAGIC.decode(),
        "VERSION": wire.VERSION,
        "SUBPROTOCOL": wire.SUBPROTOCOL,
        "KIND_FRAME": frames.KIND_FRAME,
        "KIND_POINTS": frames.KIND_POINTS,
        **flags,
        "NOT_FINITE": NOT_FINITE,
        "SMALL_MOST": frames.SMALL_MOST,
        "OUTPUT": frames.OUTPUT,
        "NO_CLASS": frames.NO_CLASS,
        "MAIN": commands.MAIN,
    }
    parts = [
        f"// The wire, as app/wire says it. Written by `{COMMAND}`: change it there.\n",
        "".join(f"export const {name} = {json.dumps(value)};\n" for name, value in constants.items()),
        _limits(),
        _header("FRAME", frames.FRAME_HEADER),
        _header("POINTS", frames.POINTS_HEADER),
        _spec(),
        *(_typedef(model) for model in commands.COMMANDS),
        *(_typedef(model) for model in events.PARTS),
        *(_typedef(model, "Event") for model in events.EVENTS),
        _union("Command", [model.__name__ for model in commands.COMMANDS]),
        _union("ServerEvent", [f"{model.__name__}Event" for model in events.EVENTS]),
    ]
    return "\n".join(parts)


def write() -> Path:
    """Write the module and return where it is."""
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(source(), encoding="utf-8")
    return PATH


def _limits() -> str:
    lines = "".join(f"  {name}: {value:g},\n" if isinstance(value, float) else f"  {name}: {value},\n"
                    for name, value in dataclasses.asdict(LIMITS).items())  # fmt: skip
    return f"export const LIMITS = Object.freeze({{\n{lines}}});\n"


def _header(name: str, header: tuple[frames.Slot, ...]) -> str:
    """Offsets, and the DataView method that reads each slot (little endian)."""
    offset, lines = 0, ""
    for slot in header:
        if slot.code in _getter_from_code:
            lines += f"  // {slot.meaning}\n"
            lines += f'  {slot.name}: {{ offset: {offset}, read: "{_getter_from_code[slot.code]}" }},\n'
        offset += struct.calcsize("<" + slot.code)
    return (
        f"export const {name}_HEADER_BYTES = {offset};\n"
        f"export const {name}_HEADER = /** @type {{const}} */ ({{\n{lines}}});\n"
    )


def _spec() -> str:
    hints = typing.get_type_hints(Spec)
    rows = "".join(f" * @property {{{_type(hints[field.name])}}} {field.name}\n" for field in dataclasses.fields(Spec))
    return f"/**\n * A network and how it learns; the page sends it whole.\n * @typedef {{object}} Spec\n{rows} */\n"


def _typedef(model: type[Any], suffix: str = "") -> str:
    said = (model.__doc__ or "").strip().split("\n")[0]
    rows = ""
    for name, hint in typing.get_type_hints(model).items():
        if name not in model.model_fields:
            continue
        optional = not model.model_fields[name].is_required() and not suffix and name != "type"
        kind = "Spec" if name == "spec" else _type(hint)
        rows += f" * @property {{{kind}}} {f'[{name}]' if optional else name}\n"
    return f"/**\n * {said}\n * @typedef {{object}} {model.__name__}{suffix}\n{rows} */\n"


def _union(name: str, members: list[str]) -> str:
    text = f"@typedef {{{' | '.join(members)}}} {name}"
    return "/**\n" + textwrap.fill(text, 120, initial_indent=" * ", subsequent_indent=" *   ") + "\n */\n"


def _type(hint: Any) -> str:
    """A Python annotation as a JSDoc type."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " | ".join(json.dumps(arg) for arg in args)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(dict.fromkeys(_type(arg) for arg in args))
    if origin is typing.Annotated:
        return _type(args[0])
    if origin in (tuple, list):
        item = _type(args[0])
        return f"({item})[]" if " | " in item else f"{item}[]"
    if hint in events.PARTS:
        return str(hint.__name__)
    return _name_from_type[hint]


if __name__ == "__main__":
    print(write())
