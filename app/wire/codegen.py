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
from tinkernet.app.wire import commands, events, frames, levels
from tinkernet.app.wire.command import TWIN
from tinkernet.app.wire.limits import LIMITS
from tinkernet.app.wire.part import WHOLE, Part
from tinkernet.engine import Spec
from tinkernet.engine.formulas.layout import NOT_FINITE

PATH = Path(__file__).resolve().parents[2] / "static" / "js" / "wire" / "protocol.js"
COMMAND = "python -m tinkernet.app.wire.codegen"

_read_from_code = {
    "B": ("getUint8", ""),
    "I": ("getUint32", ", true"),
    "f": ("getFloat32", ", true"),
    "d": ("getFloat64", ", true"),
}
_array_from_type = {"u1": "Uint8Array", "u4": "Uint32Array", "f4": "Float32Array", "f8": "Float64Array"}
_name_from_type = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null", Spec: "Spec"}


def source() -> str:
    """The text of static/js/wire/protocol.js."""
    constants = {
        "MAGIC": frames.MAGIC.decode(),
        "VERSION": wire.VERSION,
        "SUBPROTOCOL": wire.SUBPROTOCOL,
        "PACKED": frames.PACKED,
        "NOT_FINITE": NOT_FINITE,
        "SMALL_SIDE": levels.SMALL_SIDE,
        "SMALL_MOST": levels.SMALL_MOST,
        "OUTPUT": levels.OUTPUT,
        "NO_CLASS": levels.NO_CLASS,
        "MAIN": commands.MAIN,
        "TWIN": TWIN,
    }
    parts = [
        f"// The wire, as app/wire says it. Written by `{COMMAND}`: change it there.\n",
        "".join(f"export const {name} = {json.dumps(value)};\n" for name, value in constants.items()),
        _limits(),
        _arrays(),
        *(_record_type(record) for record in frames.PARTS),
        _union("Part", [f"{record.__name__}Part" for record in frames.PARTS]),
        _records(),
        _spec(),
        *(_typedef(model) for model in commands.TOPICS),
        _union("Topic", [model.__name__ for model in commands.TOPICS]),
        *(_typedef(model) for model in (*commands.PARTS, *commands.COMMANDS)),
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


def _arrays() -> str:
    names = "".join(f'  "{_camel(name)}",\n' for name in frames.ARRAYS)
    lines = "".join(f"  {code}: {_array_from_type[name]},\n" for name, code in frames.TYPES.items())
    return (
        f"/** The names of arrays; the code of a name is its place, from 1. */\nexport const ARRAYS = [\n{names}];\n\n"
        f"/** By the code of an array's type. */\nexport const ARRAY_TYPES = {{\n{lines}}};\n"
    )


def _record_type(record: type[Part]) -> str:
    """The typedef of a record as the page gets it."""
    layout, hints = frames.LAYOUTS[record], typing.get_type_hints(record)
    rows = [("topic", json.dumps(record.topic), ""), ("run", "string", "the id of the run")]
    rows += [(name, "string", text.meaning) for name, text in layout.texts.items()]
    rows += [(name, _name_from_type[hints[name]], scalar.meaning) for name, scalar in layout.scalars.items()]
    for name, values in layout.arrays.items():
        optional = type(None) in typing.get_args(hints[name])
        rows.append((name, _array_from_type[values.type] + "|undefined" * optional, values.meaning))
    rows.append(("shapes", "Record<string, number[]>", "of the arrays"))
    lines = "".join(f" * @property {{{kind}}} {_camel(name)} {meaning}".rstrip() + "\n" for name, kind, meaning in rows)
    said = (record.__doc__ or "").strip().split("\n")[0]
    return f"/**\n * {said}\n * @typedef {{object}} {record.__name__}Part\n{lines} */\n"


def _records() -> str:
    """What reads the records: by code, from 1, the texts, the scalars of a fixed size, and the varints."""
    found = ""
    for record in frames.PARTS:
        layout, hints = frames.LAYOUTS[record], typing.get_type_hints(record)
        offset, lines = 0, ""
        fixed = {name: scalar for name, scalar in layout.scalars.items() if scalar.code != WHOLE}
        for name, scalar in fixed.items():
            method, order = _read_from_code[scalar.code]
            place = f"at + {offset}" if offset else "at"
            test = " !== 0" if hints[name] is bool else ""
            lines += f"      {_camel(name)}: head.{method}({place}{order}){test},\n"
            offset += struct.calcsize("<" + scalar.code)
        texts = json.dumps([_camel(name) for name in layout.texts])
        whole = json.dumps([_camel(name) for name in layout.scalars if name not in fixed])
        reads = f"(head, at) => ({{\n{lines}    }})" if fixed else "() => ({})"
        found += (
            f'  {{\n    topic: "{record.topic}",\n    texts: {texts},\n    bytes: {offset},\n'
            f"    scalars: {reads},\n    varints: {whole},\n  }},\n"
        )
    return (
        "/**\n * By the code of a record, from 1: its texts, the bytes of its scalars of a fixed size, what reads\n"
        " * them, and the scalars after them that are varints.\n"
        " * @type {{topic: string, texts: string[], bytes: number,\n"
        " *   scalars: (head: DataView, at: number) => Record<string, number|boolean>, varints: string[]}[]}\n */\n"
        f"export const RECORDS = [\n{found}];\n"
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


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
    if origin in (typing.Union, types.UnionType) and args == commands.TOPICS:
        return "Topic"
    if origin in (typing.Union, types.UnionType):
        return " | ".join(dict.fromkeys(_type(arg) for arg in args))
    if origin is typing.Annotated:
        return _type(args[0])
    if origin in (tuple, list):
        item = _type(args[0])
        return f"({item})[]" if " | " in item else f"{item}[]"
    if hint in (*events.PARTS, *commands.PARTS, *commands.TOPICS):
        return str(hint.__name__)
    return _name_from_type[hint]


if __name__ == "__main__":
    print(write())
