"""Links: a spec as the fragment of an address, `key=value` joined by `&`.

Every link made for TensorFlow Playground opens as it did there. Ours carry `v=1`; a link without `v` is one of the
original's and trains by its rule for a short last batch.
"""

import dataclasses
import random
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from tinkernet.engine.data.drawing import BLANK, Drawing
from tinkernet.engine.data.expressions import FormulaError
from tinkernet.engine.data.features import FEATURES, column_of, is_column, is_of_columns, is_written
from tinkernet.engine.data.generators import generator_from_key
from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec import settings
from tinkernet.engine.spec.link_pairs import (
    AT,
    DRAWN,
    EDITS,
    INPUTS,
    NONE,
    OWN,
    VERSION,
    Pairs,
    encoded,
    listed,
    shortened,
    value_from_text,
)
from tinkernet.engine.spec.repair import plain
from tinkernet.engine.spec.spec import Spec

_PLACE = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")


class Reading(NamedTuple):
    """What a link says: the spec, the values that could not be used, and sentences about all else that is worth one.

    In place of a value that could not be used, the spec has the nearest or the default one; a problem names both.
    """

    spec: Spec
    problems: list[SpecError]
    remarks: list[str]
    drawing: Drawing = BLANK
    at: tuple[int, int] | None = None  # epoch and batch of a moment; None: the start
    edits: str = ""  # the changes until then, as a text


def spec_from_link(link: str) -> Spec:
    """Read a link: a whole URL, '#...' or the bare fragment.

    Unknown keys are ignored, a missing or blank value takes its default, a missing seed is drawn as the original did
    ("0.12345"). Damage is repaired (see `repair`). Raises SpecError for a value that cannot be used.
    """
    reading = read_link(link)
    if reading.problems:
        raise reading.problems[0]
    return reading.spec


def read_link(link: str) -> Reading:
    """Read a link as the page does, which refuses none. See `spec_from_link`."""
    pairs = Pairs(link)
    version = pairs.text("v")
    problems = []
    if version not in (None, VERSION):
        problems.append(SpecError("v", version, VERSION, "The link's version v"))
    values: dict[str, Any] = {}
    remarks: list[str] = []
    for entry in dataclasses.fields(Spec):
        metadata = entry.metadata
        text = pairs.value(metadata["key"] or "", metadata["kind"])
        if metadata["kind"] == "features":
            default = cast("tuple[str, ...]", entry.default)
            inputs = None if version is None else _inputs(pairs)
            values[entry.name] = _features(pairs, default, original=version is None) if inputs is None else inputs
            if version is not None and (written := pairs.value(OWN, "formulas")):
                try:
                    values[entry.name] = settings.checked(entry, (*values[entry.name], *_written(written)))
                except SpecError as error:
                    problems.append(error)
        elif version is None and metadata["original"] is not None:
            values[entry.name] = metadata["original"]
        elif text is not None:
            try:
                value = value_from_text(metadata, text)
                values[entry.name] = settings.checked(entry, _within(metadata, text, value, remarks))
            except FormulaError as error:
                problems.append(error)
            except SpecError as error:
                problems.append(SpecError(entry.name, plain(text), error.allowed, metadata["label"]))
    if "seed" not in values:
        # A seed is a choice of the visitor's, not a secret and not a part of any computation.
        values["seed"] = f"{random.random():.5f}"
    spec = _fitting(values, problems)
    drawing = BLANK
    try:
        drawing = spec.drawing_of("" if version is None else pairs.text(DRAWN) or "")
    except SpecError as error:
        problems.append(error)
    at = None if version is None else pairs.text(AT)
    if at is not None and not _PLACE.fullmatch(at):
        problems.append(SpecError(AT, at, "an epoch, or an epoch and a batch of it such as 240.7", "The moment at"))
        at = None
    epoch, _, batch = (at or "").partition(".")
    moment = None if at is None else (int(epoch), int(batch or 0))
    edits = "" if moment is None else pairs.text(EDITS) or ""
    said = [*pairs.remarks(version is None), *remarks, *_not_there(spec), *_idle_rules(spec)]
    return Reading(spec, problems, said, drawing, moment, edits)


def value_of(key: str, text: str) -> tuple[str, Any]:
    """The name of the field with this key in links, and the value that a text stands for there.

    Raises SpecError for a key that no field has, and for a value that it cannot have: nothing stands in its place.
    """
    for entry in dataclasses.fields(Spec):
        if entry.metadata["key"] == key:
            try:
                return entry.name, settings.checked(entry, value_from_text(entry.metadata, text))
            except FormulaError:
                raise
            except SpecError as error:
                raise SpecError(key, text, error.allowed, entry.metadata["label"]) from None
    keys = sorted(entry.metadata["key"] for entry in dataclasses.fields(Spec) if entry.metadata["key"])
    raise SpecError("key", key, f"one of {', '.join(keys)}", "The setting")


def _fitting(values: dict[str, Any], problems: list[SpecError]) -> Spec:
    """The spec with these values, which are allowed each by itself. One that does not go with the others is left out.

    The number of classes becomes the nearest that the data set can have.
    """
    while True:
        try:
            return Spec(**values)
        except SpecError as error:
            problems.append(error)
            if "data" in values and error.field in ("data", "problem", "features"):
                values.pop("data")
                if any(map(is_of_columns, values["features"])):
                    values.pop("features")
                continue
            values.pop(error.field)
            if error.field == "classes":
                values["classes"] = generator_from_key[values["dataset"]].classes[1]


def link_from_spec(spec: Spec, drawn: str = "") -> str:
    """The fragment (without '#') that names this spec; `spec_from_link` gives the spec back, `read_link` all.

    drawn: what was drawn on its points, as a text (see `drawing_text`). What is not basic (see `fields`) is left out
    where it is as by default. A stored data set is in the link by its reference only. Raises SpecError for a spec with
    columns of other data than it names.
    """
    columns = [key for key in spec.features if is_column(key)]
    of_columns = [key for key in spec.features if is_of_columns(key)]
    if of_columns and not spec.data:
        raise SpecError(
            "features", of_columns, "features of a point on the plane: links carry no other data", "Features"
        )
    pairs = [f"v={VERSION}"]
    for entry in dataclasses.fields(spec):
        value = getattr(spec, entry.name)
        if entry.metadata["kind"] == "features":
            if spec.data and not spec.shape.on_plane:
                pairs.append(f"{INPUTS}={','.join(str(column_of(key)) for key in columns) or NONE}")
            else:
                shown = [feature for feature in FEATURES if feature.basic or feature.key in value]
                pairs += [f"{feature.key}={_text(feature.key in value)}" for feature in shown]
            written = [_text(key.removeprefix("=")) for key in value if is_written(key)]
            pairs += [f"{OWN}={','.join(written)}"] if written else []
        elif entry.metadata["basic"] or value != entry.default:
            shown_text = value if entry.metadata["kind"] == "text" else _text(value)
            pairs.append(f"{entry.metadata['key']}={shown_text}")
    if drawn:
        pairs.append(f"{DRAWN}={drawn}")
    return "&".join(pairs)


def _features(pairs: Pairs, default: tuple[str, ...], original: bool) -> tuple[str, ...]:
    chosen = []
    for feature in FEATURES:
        # The original's links have keys, cosX and cosY, that did nothing there.
        if original and not feature.basic:
            continue
        text = pairs.text(feature.key)
        on = feature.key in default if text is None else text != "false"
        # In the original, hiding a feature's control takes the feature out of the network too.
        if on and pairs.text(feature.key + "_hide") != "true":
            chosen.append(feature.key)
    return tuple(chosen)


def _inputs(pairs: Pairs) -> tuple[str, ...] | None:
    """The columns that a link gives to the network; None where it names none that there could be."""
    text = pairs.text(INPUTS)
    if text is None or pairs.text("data") is None:
        return None
    keys = () if text == NONE else tuple(f"in.{column}" for column in text.split(","))
    return keys if all(map(is_column, keys)) else None


def _within(metadata: Mapping[str, Any], text: str, value: Any, remarks: list[str]) -> Any:
    """The value; one out of its bounds that stands for another one in links, as that, with a remark."""
    beyond, low, high = metadata["link_beyond"], metadata["minimum"], metadata["maximum"]
    taken = value
    if metadata["kind"] == "sizes" and all(size >= 1 and size == size // 1 for size in value):
        taken = settings.narrowed(value[: metadata["longest"]], high)
    elif beyond and not low <= value <= high:
        taken = beyond["above" if value > high else "below"]
    if taken is None or taken == value:
        return value
    shown = shortened(text)
    remarks.append(f"{metadata['label']} must be {settings.allowed(metadata)}, not {shown}: {_text(taken)} is used.")
    return taken


def _not_there(spec: Spec) -> list[str]:
    """A sentence for each list of parts of which some are in no network of this shape."""
    found = []
    for entry in dataclasses.fields(spec):
        if entry.name in ("frozen", "cut"):
            parts = [part for part in getattr(spec, entry.name) if not spec.has_part(part)]
            if parts:
                found.append(f"{entry.metadata['label']}: this network does not have {listed(parts)}.")
    return found


def _idle_rules(spec: Spec) -> list[str]:
    """A sentence where stop rules are set that need test points, and all points are for training."""
    rules = [
        entry.metadata["label"]
        for entry in dataclasses.fields(spec)
        if entry.metadata["tested"] and getattr(spec, entry.name) > 0
    ]
    if not rules or int(spec.size * spec.train_percent / 100.0) < spec.size:
        return []
    return [f"{' and '.join(rules)}: there are no test points, so training does not stop by this."]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and abs(value) < 1e21 and value == int(value):
        return str(int(value))
    if isinstance(value, tuple):
        return ",".join(map(_text, value))
    return encoded(value) if isinstance(value, str) else str(value)


def _written(text: str) -> tuple[str, ...]:
    return tuple(f"={each}" for each in text.split(","))
