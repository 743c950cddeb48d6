"""Links: a spec as the fragment of an address, `key=value` joined by `&`.

Every link made for TensorFlow Playground opens as it did there. Ours carry `v=1`; a link without `v` is one of the
original's and trains by its rule for a short last batch.
"""

import dataclasses
import random
import re
from typing import Any, cast
from urllib.parse import quote

from tinkernet.engine.data.features import FEATURES, is_column
from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec.spec import Spec

VERSION = "1"
_AS_THEY_ARE = "!#$%&'()*+,-./:;=?@[\\]^_{|}~"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def spec_from_link(link: str) -> Spec:
    """Read a link: a whole URL, '#...' or the bare fragment.

    Unknown keys are ignored, a missing or blank value takes its default, a missing seed is drawn as the original did
    ("0.12345"). Raises SpecError for a value that cannot be used: the original fell back in silence.
    """
    text_from_key = _pairs(link)
    version = text_from_key.get("v")
    if version not in (None, VERSION):
        raise SpecError("v", version, VERSION, "The link's version v")
    values: dict[str, Any] = {}
    for entry in dataclasses.fields(Spec):
        key, kind = entry.metadata["key"], entry.metadata["kind"]
        if kind == "features":
            default = cast("tuple[str, ...]", entry.default)
            values[entry.name] = _features(text_from_key, default, original=version is None)
        elif version is None and entry.metadata["original"] is not None:
            values[entry.name] = entry.metadata["original"]
        elif key in text_from_key:
            values[entry.name] = _value(entry, text_from_key[key])
    if "seed" not in values:
        # A seed is a choice of the visitor's, not a secret and not a part of any computation.
        values["seed"] = f"{random.random():.5f}"
    try:
        return Spec(**values)
    except SpecError as error:
        # With the link's own text: 1e999 has become inf on its way, and 4,2 a pair of floats.
        entry = next(entry for entry in dataclasses.fields(Spec) if entry.name == error.field)
        text = text_from_key.get(entry.metadata["key"], error.value)
        raise SpecError(error.field, text, error.allowed, entry.metadata["label"]) from None


def link_from_spec(spec: Spec) -> str:
    """The fragment (without '#') that names this spec; `spec_from_link` gives the spec back.

    What is not basic (see `fields`) is left out where it is as by default. Raises SpecError for a spec with columns of
    other data than points on the plane: a link does not carry the data.
    """
    columns = [key for key in spec.features if is_column(key)]
    if columns:
        raise SpecError("features", columns, "features of a point on the plane: links carry no other data", "Features")
    pairs = [f"v={VERSION}"]
    for entry in dataclasses.fields(spec):
        value = getattr(spec, entry.name)
        if entry.metadata["kind"] == "features":
            shown = [feature for feature in FEATURES if feature.basic or feature.key in value]
            pairs += [f"{feature.key}={_text(feature.key in value)}" for feature in shown]
        elif entry.metadata["basic"] or value != entry.default:
            pairs.append(f"{entry.metadata['key']}={_text(value)}")
    return "&".join(pairs)


def _pairs(link: str) -> dict[str, str]:
    """The keys and texts of a link, blank ones left out; of two equal keys the later counts, blank or not."""
    _, hash_sign, fragment = link.partition("#")
    if not hash_sign:
        fragment = "" if "://" in link else link
    text_from_key: dict[str, str] = {}
    # As a browser hands a fragment over, so that a seed with a space or an accent is the seed it is there.
    for pair in quote(fragment, safe=_AS_THEY_ARE, errors="replace").split("&"):
        key, equals, rest = pair.partition("=")
        text = rest.partition("=")[0]
        # The only value that may be blank: no hidden layer.
        if text or (equals and key == "networkShape"):
            text_from_key[key] = text
        else:
            text_from_key.pop(key, None)
    return text_from_key


def _features(text_from_key: dict[str, str], default: tuple[str, ...], original: bool) -> tuple[str, ...]:
    chosen = []
    for feature in FEATURES:
        # The original's links have keys, cosX and cosY, that did nothing there.
        if original and not feature.basic:
            continue
        text = text_from_key.get(feature.key)
        on = feature.key in default if text is None else text != "false"
        # In the original, hiding a feature's control takes the feature out of the network too.
        if on and text_from_key.get(feature.key + "_hide") != "true":
            chosen.append(feature.key)
    return tuple(chosen)


def _value(entry: "dataclasses.Field[Any]", text: str) -> Any:
    kind = entry.metadata["kind"]
    if kind == "flag":
        return text != "false"
    if kind == "sizes":
        return tuple(_number(entry, size) for size in text.split(",")) if text else ()
    if kind == "list":
        return tuple(text.split(","))
    if kind in ("number", "integer"):
        number = _number(entry, text)
        beyond = entry.metadata["link_beyond"]
        if beyond and number > entry.metadata["maximum"]:
            return beyond["above"]
        return beyond["below"] if beyond and number < entry.metadata["minimum"] else number
    return text


def _number(entry: "dataclasses.Field[Any]", text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise SpecError(entry.name, text, "written in digits, like 3 or 0.03 or 1e-3", entry.metadata["label"])
    return float(text)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    if isinstance(value, tuple):
        return ",".join(str(size) for size in value)
    return str(value)
