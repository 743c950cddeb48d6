"""The kinds of fields a spec has: what each accepts, and the words for it.

`choice`, `number`, `integer`, `flag`, `text`, `sizes`, `listing` and `formula` make a dataclass field whose metadata is
all that the page, the links and the wire need (see `spec.schema`); `checked` gives a value in its own type or refuses
it.
"""

import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import Field, field
from typing import Any

from tinkernet.engine.data import expressions
from tinkernet.engine.data.expression_parser import CONDITION, NUMBER
from tinkernet.engine.data.features import MOST_WRITTEN, checked_written, column_of, is_column, is_written
from tinkernet.engine.errors import SpecError

MAX_SEED = 4096
LARGEST = sys.float_info.max
LARGEST_WHOLE = 2**53 - 1
"""The largest whole number up to which the page can tell each from the next."""
# What browsers leave as it is behind the # of an address, less the signs that links are made of. Other signs would come
# back percent-encoded, as another seed.
KEPT = r"[!$%'-;?-_a-~]"


def choice(key: str, default: str, choices: list[dict[str, Any]], label: str, help: str, **rest: Any) -> Any:
    """One of several keys."""
    return _field(key, "choice", default, label, help, choices=choices, **rest)


def number(key: str, default: float, low: float, high: float, label: str, help: str, **rest: Any) -> Any:
    """A number from low to high."""
    return _field(key, "number", default, label, help, minimum=low, maximum=high, **rest)


def integer(key: str, default: int, low: int, high: int, label: str, help: str, **rest: Any) -> Any:
    """A whole number from low to high."""
    return _field(key, "integer", default, label, help, minimum=low, maximum=high, **rest)


def flag(key: str, label: str, help: str, **rest: Any) -> Any:
    """True or false; false by default."""
    return _field(key, "flag", False, label, help, **rest)


def seed(key: str, label: str, help: str, **rest: Any) -> Any:
    """A text that must be given; with `default=""` it may be empty."""
    if "default" in rest:
        return _field(key, "text", label=label, help=help, minimum=0, maximum=MAX_SEED, pattern=KEPT, **rest)
    return field(metadata=_metadata(key, "text", label, help, minimum=1, maximum=MAX_SEED, pattern=KEPT))


def text(key: str, longest: int, label: str, help: str, **rest: Any) -> Any:
    """A text of letters, digits and points, empty by default."""
    return _field(key, "text", "", label, help, minimum=0, maximum=longest, pattern="[A-Za-z0-9.]", **rest)


def sizes(key: str, default: tuple[int, ...], most: int, longest: int, label: str, help: str, **rest: Any) -> Any:
    """A list of whole numbers from 1 on, at most `most` together."""
    return _field(key, "sizes", default, label, help, minimum=1, maximum=most, longest=longest, **rest)


def features(default: tuple[str, ...], choices: list[dict[str, Any]], label: str, help: str) -> Any:
    """A set of choices, each with a key of its own in links."""
    return _field(None, "features", default, label, help, choices=choices)


def listing(key: str, longest: int, label: str, help: str, **rest: Any) -> Any:
    """A list, empty by default, of `choices` or of texts of a `pattern`."""
    return _field(key, "list", (), label, help, longest=longest, **rest)


def formula(key: str, default: str, label: str, help: str) -> Any:
    """A formula of a number (see `expressions`)."""
    return _field(key, "formula", default, label, help, basic=False)


def formulas(key: str, default: tuple[str, ...], longest: int, label: str, help: str) -> Any:
    """One formula of a condition, or several."""
    return _field(key, "formulas", default, label, help, longest=longest, basic=False)


def slider(minimum: float, maximum: float, step: float) -> dict[str, float]:
    """The ends and the step of a slider, for `slider=`."""
    return {"minimum": minimum, "maximum": maximum, "step": step}


def choices(records: tuple[Any, ...], problem: str | None = None) -> list[dict[str, Any]]:
    """Registry records as JSON: key, label, basic, and what else there is of `_TOLD`."""
    return [
        {name: told for name in _TOLD if (told := getattr(record, name, "")) != ""}
        for record in records
        if problem is None or record.problem == problem
    ]


_TOLD = (
    "key",
    "label",
    "formula",
    "note",
    "basic",
    "problems",
    "fits",
    "settings",
    "classes",
    "size",
    "columns",
    "on_line",
    "low",
    "coupled",
)


def _field(key: str | None, kind: str, default: Any, label: str, help: str, **rest: Any) -> Any:
    return field(default=default, metadata=_metadata(key, kind, label, help, default, **rest))


def _metadata(
    key: str | None, kind: str, label: str, help: str, default: Any = None, *, basic: bool = True, **rest: Any
) -> dict[str, Any]:
    # original: the value in links of TensorFlow Playground, which have no such key. link_beyond: what a link's number
    # outside the bounds becomes, where the original does not refuse it. basic: the page shows it to a beginner.
    # group: the heading (`fields.GROUPS`) under which the page keeps it. stopped: what a stop rule says when it holds.
    # per_layer_of: the field whose value counts for each layer that a list does not name. slider, offered and buttons:
    # how far the page's own controls go, which show what a link asks for beyond that. tested: a stop rule that cannot
    # hold without test points. automatic: a number outside the bounds that stands for the data set's own.
    names = "minimum maximum longest choices offered slider buttons unit pattern original link_beyond group stopped"
    metadata: dict[str, Any] = {"key": key, "kind": kind, "label": label, "help": help, "live": False, "basic": basic}
    metadata |= dict.fromkeys([*names.split(), "per_layer_of", "tested", "automatic"])
    if not basic:
        metadata["original"] = list(default) if isinstance(default, tuple) else default
    return metadata | rest


def checked(entry: "Field[Any]", value: Any) -> Any:
    """The value in the field's own type. Raises SpecError where it cannot be used."""
    metadata = entry.metadata
    if metadata["kind"] in ("formula", "formulas"):
        return _checked_formulas(entry.name, metadata, value)
    found = _check_from_kind[metadata["kind"]](metadata, value)
    if found is None:
        raise SpecError(entry.name, value, allowed(metadata), metadata["label"])
    return found


def allowed(metadata: Mapping[str, Any]) -> str:
    """What a field may be, in words that follow "must be"."""
    low, high, unit = metadata["minimum"], metadata["maximum"], metadata["unit"]
    keys = ", ".join(choice["key"] for choice in metadata["choices"] or ())
    match metadata["kind"]:
        case "choice":
            return f"one of {keys}"
        case "number" if high == LARGEST:
            return "a finite number"
        case "number":
            return f"a number from {_figure(low)} to {_figure(high)}" + (f" {unit}" if unit else "")
        case "integer" if high == LARGEST_WHOLE:
            return f"a whole number of at least {low}"
        case "integer":
            own = "" if metadata["automatic"] is None else f", or {metadata['automatic']} for the data set's own"
            return f"a whole number from {_figure(low)} to {_figure(high)}{own}"
        case "text":
            signs = f'a text of 1 to {high:,} letters, digits and signs, without spaces, accents and & = # < > " `'
            return signs if low else f"empty, or {signs}"
        case "flag":
            return "true or false"
        case "sizes":
            return f"at most {metadata['longest']} layers of at least {low} neuron, {high:,} neurons in all"
        case "formula":
            return expressions.ALLOWED[NUMBER]
        case "formulas":
            return f"1 to {metadata['longest']} times {expressions.ALLOWED[CONDITION]}"
        case "list":
            return f"a list of at most {metadata['longest']} of {keys or metadata['unit']}"
        case _:
            return f"a list of {keys}, and at most {MOST_WRITTEN} formulas such as =x*y^2"


def _figure(number: float) -> str:
    """As people write it: 1,000,000."""
    return f"{number:,.0f}" if abs(number) >= 10_000 else str(number)


def _checked_choice(metadata: Mapping[str, Any], value: Any) -> str | None:
    keys = [choice["key"] for choice in metadata["choices"]]
    return value if isinstance(value, str) and value in keys else None


def _checked_number(metadata: Mapping[str, Any], value: Any) -> float | None:
    return float(value) if _is_number(value, metadata["minimum"], metadata["maximum"]) else None


def _checked_integer(metadata: Mapping[str, Any], value: Any) -> int | None:
    bounds = [(metadata["minimum"], metadata["maximum"])]
    if metadata["automatic"] is not None:
        bounds.append((metadata["automatic"],) * 2)
    return int(value) if any(_is_whole(value, low, high) for low, high in bounds) else None


def _checked_text(metadata: Mapping[str, Any], value: Any) -> str | None:
    good = (
        isinstance(value, str)
        and metadata["minimum"] <= len(value) <= metadata["maximum"]
        and re.fullmatch(metadata["pattern"] + "*", value, re.ASCII)
    )
    return value if good else None


def _checked_flag(metadata: Mapping[str, Any], value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _checked_sizes(metadata: Mapping[str, Any], value: Any) -> tuple[int, ...] | None:
    low, high = metadata["minimum"], metadata["maximum"]
    if not isinstance(value, list | tuple) or len(value) > metadata["longest"]:
        return None
    good = all(_is_whole(size, low, high) for size in value) and sum(value) <= high
    return tuple(int(size) for size in value) if good else None


def narrowed(sizes: tuple[int, ...], most: int) -> tuple[int, ...]:
    """Widths in the same proportion, at most so many together; but each is at least 1. Fewer stay as they are."""
    share = min(1.0, most / max(1, sum(sizes)))
    found = [max(1, int(size * share)) for size in sizes]
    while sum(found) > max(most, len(found)):  # where narrow layers were not cut
        widest = found.index(max(found))
        found[widest] = max(1, found[widest] - (sum(found) - most))
    return tuple(found)


def _checked_formulas(name: str, metadata: Mapping[str, Any], value: Any) -> str | tuple[str, ...]:
    """In their canonical form. Raises SpecError, of a text that is no formula FormulaError."""
    if metadata["kind"] == "formula":
        return expressions.checked(name, value, NUMBER, metadata["label"])
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= metadata["longest"]:
        raise SpecError(name, value, allowed(metadata), metadata["label"])
    return tuple(
        expressions.checked(name, text, CONDITION, f"Class {number} where") for number, text in enumerate(value, 2)
    )


def _checked_features(metadata: Mapping[str, Any], value: Any) -> tuple[str, ...] | None:
    """Features of the plane in their own order, or columns in theirs: whether the data have them is checked later.

    After them come the written ones, as they were given. Raises FormulaError for one that is none.
    """
    if not isinstance(value, list | tuple) or not all(isinstance(key, str) for key in value):
        return None
    keys = [choice["key"] for choice in metadata["choices"]]
    given = dict.fromkeys(value)  # each once, in its order
    columns = sorted(filter(is_column, given), key=column_of)
    spelt = list(filter(is_written, given))
    written: dict[str, None] = {}
    for key in spelt:
        written[checked_written(key)] = None
        if len(written) > MOST_WRITTEN:
            return None
    if not given.keys() <= {*(columns or keys), *spelt}:
        return None
    if columns:
        return (*columns, *written)
    return (*(key for key in keys if key in given), *written)


def _checked_list(metadata: Mapping[str, Any], value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or len(value) > metadata["longest"]:
        return None
    if not all(isinstance(item, str) for item in value):
        return None
    if metadata["choices"] is not None:
        keys = [choice["key"] for choice in metadata["choices"]]
        return tuple(value) if all(item in keys for item in value) else None
    return tuple(value) if all(re.fullmatch(metadata["pattern"], item, re.ASCII) for item in value) else None


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_whole(value: Any, low: int, high: int) -> bool:
    return _is_number(value, low, high) and bool(value == math.floor(value))


# Each gives the value in its own type, or None where it cannot be used.
_check_from_kind: dict[str, Callable[[Mapping[str, Any], Any], Any]] = {
    "choice": _checked_choice,
    "number": _checked_number,
    "integer": _checked_integer,
    "text": _checked_text,
    "flag": _checked_flag,
    "sizes": _checked_sizes,
    "features": _checked_features,
    "list": _checked_list,
}
