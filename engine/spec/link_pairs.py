"""The pairs of a link: which keys it has, the texts behind them, and what of it was damaged and is repaired."""

import dataclasses
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec import settings
from tinkernet.engine.spec.repair import plain, repaired, without_punctuation
from tinkernet.engine.spec.spec import Spec

VERSION = "1"
# What links say of the page alone (static/js/model/link.js), and what may be hidden there beside settings and inputs.
PAGE_KEYS = ("showTestData", "discretize", "hideText", "logLoss", "signs", "lecture", "embed", "speed", "view", "lab")
PAGE_PARTS = (
    *("playButton", "stepButton", "resetButton", "numHiddenLayers", "layers"),
    *("moreButton", "regenerateButton", "moreFeatures", "views", "chart", "prepare"),
)
# The inputs of a stored data set that is not on the plane: the numbers of its columns, from 0, or NONE.
INPUTS, NONE = "inputs", "none"
DRAWN = "drawn"  # the key of the points that were drawn by hand (see `drawing_text`)
OWN = "own"  # that of the features that are written
AT, EDITS = "at", "edits"  # a later moment: its epoch, or epoch.batch, and the changes until then (see `edits_text`)
WITHOUT_EFFECT = ("collectStats", "tutorial", "cosX", "cosY")  # keys of the original
_AS_THEY_ARE = "!#$%&'()*+,-./:;=?@[\\]^_{|}~"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


class Pairs:
    """The keys and texts of a link, blank ones left out; of two equal keys the later counts, blank or not."""

    def __init__(self, link: str) -> None:
        # As a browser hands a fragment over, so that a seed with a space or an accent is the seed it is there.
        fragment, self._mended = repaired(quote(_fragment(link), safe=_AS_THEY_ARE, errors="replace"), known_keys())
        self._text_from_key: dict[str, str] = {}
        pairs = fragment.split("&")
        for place, pair in enumerate(pairs):
            key, equals, rest = pair.partition("=")
            key = self._known(key)
            text = rest.partition("=")[0]
            if place == len(pairs) - 1:
                text = self._without_punctuation(key, text)
            # The only value that may be blank: no hidden layer.
            if text or (equals and key == "networkShape"):
                self._text_from_key[key] = text
            else:
                self._text_from_key.pop(key, None)

    def text(self, key: str) -> str | None:
        """What stands behind a key."""
        text = self._text_from_key.get(key)
        return (self._plain(text) or None) if text else None

    def value(self, key: str, kind: str) -> str | None:
        """The same for a kind of setting: a text of any signs, such as a seed, as it stands; sizes may be blank."""
        if kind == "text":
            return self._text_from_key.get(key)
        if kind in ("formula", "formulas", "list"):  # encoded as in any address: that is no damage
            written = self._text_from_key.get(key, "")
            return (plain(written) if written == encoded(plain(written)) else self.text(key)) or None
        text = self.text(key)
        return "" if text is None and kind == "sizes" and key in self._text_from_key else text

    def remarks(self, original: bool) -> list[str]:
        """What was repaired, and which keys change nothing; in the original's links our own do not."""
        found = []
        if self._mended:
            read = ", ".join(
                f"“{shortened(shown)}” is read as “{shortened(meant)}”" for shown, meant in self._mended.items()
            )
            found.append(f"The link was damaged on its way and is repaired: {read}.")
        keys = [plain(key) for key in self._text_from_key if key and not _is_known(key)]
        if keys:
            found.append(f"{listed(keys)} in the link: there is no such setting.")
        ours = [key for key in self._text_from_key if original and key in _own_keys()]
        if ours:
            found.append(f"{listed(ours)} in the link: a setting of Tinkernet, which counts only beside v={VERSION}.")
        return found

    def _plain(self, text: str) -> str:
        found = plain(text)
        if found != text:
            self._mended[text] = found
        return found

    def _known(self, key: str) -> str:
        found = plain(key)
        return self._plain(key) if not _is_known(key) and _is_known(found) else key

    def _without_punctuation(self, key: str, text: str) -> str:
        found = without_punctuation(text)
        entry = next((entry for entry in dataclasses.fields(Spec) if entry.metadata["key"] == key), None)
        kind = "flag" if entry is None else entry.metadata["kind"]
        if found in ("", text) or kind == "text":
            return text
        if kind == "flag":
            is_better = found in ("true", "false")
        else:
            is_better = not _is_value(entry, text) and _is_value(entry, found)
        if not is_better:
            return text
        self._mended[plain(text)] = found
        return found


def _fragment(link: str) -> str:
    """What follows the # of an address, even where that sign is encoded or missing; or the bare fragment."""
    # &#38; is another way to write &, and no beginning of a fragment.
    _, *rest = re.split("(?<!&)#", link, maxsplit=1) if "#" in link else re.split("%(?:25)*23", link, maxsplit=1)
    fragment = rest[0] if rest else link if "://" not in link else link.partition("?")[2]
    return fragment.lstrip("#?!/")


@cache
def _own_keys() -> frozenset[str]:
    """The keys of settings that the original does not have. Its links have keys, cosX and cosY, that did nothing."""
    fields = {entry.metadata["key"] for entry in dataclasses.fields(Spec) if entry.metadata["original"] is not None}
    ours = {each.key for each in FEATURES if not each.basic} | {DRAWN, INPUTS, OWN, AT, EDITS}
    return frozenset(fields | ours) - set(WITHOUT_EFFECT)


@cache
def known_keys() -> frozenset[str]:
    """All keys that links may have; each may also end in `_hide`."""
    fields = {entry.metadata["key"] for entry in dataclasses.fields(Spec)} - {None}
    features = {each.key for each in FEATURES}
    return frozenset(fields | features | {"v", DRAWN, INPUTS, OWN, AT, EDITS, *PAGE_KEYS, *PAGE_PARTS, *WITHOUT_EFFECT})


def _is_known(key: str) -> bool:
    return key.removesuffix("_hide") in known_keys()


def listed(keys: list[str]) -> str:
    """The first few of many keys, and how many more there are."""
    return ", ".join(map(shortened, keys[:8])) + ("" if len(keys) <= 8 else f" and {len(keys) - 8} more")


def shortened(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= 40 else text[:39] + "…"


def _is_value(entry: "dataclasses.Field[Any] | None", text: str) -> bool:
    try:
        if entry is not None and entry.metadata["kind"] in ("formula", "formulas", "list"):
            text = plain(text)
        return entry is not None and settings.checked(entry, value_from_text(entry.metadata, text)) is not None
    except SpecError:
        return False


def value_from_text(metadata: Mapping[str, Any], text: str) -> Any:
    """The value that a text stands for, allowed or not. Raises SpecError for one that stands for none."""
    kind = metadata["kind"]
    if kind == "flag":
        return text != "false"
    if kind == "sizes":
        return tuple(_number(metadata, size.strip()) for size in text.split(",")) if text else ()
    if kind in ("list", "formulas"):
        return tuple(text.split(","))
    return _number(metadata, text) if kind in ("number", "integer") else text


def _number(metadata: Mapping[str, Any], text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise SpecError(metadata["key"], text, settings.allowed(metadata))
    return float(text)


def encoded(text: str) -> str:
    """A text as it stands in an address; the commas between formulas stay, which have none themselves."""
    return quote(text, safe=",")
