"""Damage that links take on their way through web pages, Markdown and mail, and how it is undone.

Only what can be read in one way is undone: what follows must be a known key and a sign of equality, or the value must
belong to a setting that knows no other signs than those that are left. The page does the same
(static/js/model/repair.js).
"""

import re
from collections.abc import Callable, Collection
from functools import cache
from urllib.parse import unquote

# In HTML, &reg is ® also without a semicolon. The other names need one, but not every program minds that.
SIGNS = {
    "®": "reg",
    "β": "beta",
    "ε": "epsilon",
    "ν": "nu",
    "≤": "le",
    "≠": "ne",
    "≺": "pr",
    "⪯": "pre",
    "≻": "sc",
    "∈": "in",
    "∨": "or",
    "∠": "ang",
    "∾": "ac",
    "≎": "bump",
}
"""Signs that HTML has names for which are the beginning of a key."""

_EQUALS = r"(?:=|%(?:25)*3[Dd])"
_SEMICOLON = r"(?:;|%(?:25)*3[Bb])"
_AMPERSAND = rf"(?:(?:amp|AMP|#0*38|#[xX]0*26){_SEMICOLON})"
_ENCODED = re.compile("%(?:2[013-9A-Fa-f]|[3-7][0-9A-Fa-f])(?<!%3[CcEe])(?<!%60)(?<!%20)(?<!%7[Ff])")
# A run is looked at from its beginning only: the time would grow with the square of its length.
_BLANK = "[\\s\u00ad\u200b-\u200d\u2060\ufeff]"
_AROUND = re.compile(f"^{_BLANK}+|(?<!{_BLANK}){_BLANK}+$")
_CLOSING = r"[\])}>.,;:'\"*”’»]"
_PUNCTUATION = re.compile(rf"(?<!{_CLOSING})(?<!%22)(?<!%3E)(?<!%E2%80%9D)(?:{_CLOSING}|%22|%3E|%E2%80%9D)+$")
_DEEPEST = 5  # times that a link may have been encoded


def repaired(fragment: str, keys: Collection[str]) -> tuple[str, dict[str, str]]:
    """A percent-encoded fragment as it was before the damage, and what was read as what.

    keys: those that links may have; each may also end in `_hide`.
    """
    found: dict[str, str] = {}
    for _ in range(_DEEPEST):
        if "=" in fragment or not re.search(r"%(?:25)*3[Dd]", fragment):
            break
        # All of it was encoded once more.
        fragment = _ENCODED.sub(lambda match: unquote(match[0]), fragment)
        found["%3D"] = "="
    before_and = re.findall(r"(\\|%5[Cc])?&", fragment)
    if len(before_and) > 1 and all(before_and):  # Markdown escapes each one; a single one may end a seed
        fragment = re.sub(r"(?:\\|%5[Cc])(?=[!-/:-@\[-`{-~])", "", fragment)
        found["\\&"] = "&"
    for pattern, meant, shown in _patterns(tuple(sorted(keys))):
        fragment = pattern.sub(_replacing(meant, shown, found), fragment)
    return fragment, found


def plain(text: str) -> str:
    """A value or a key without percent-encoding and without space around it; a minus sign is a hyphen."""
    for _ in range(_DEEPEST):
        text = unquote(text)
    return _AROUND.sub("", text).replace("\u2212", "-")


def without_punctuation(text: str) -> str:
    """The last value of a link without the signs that the sentence around it has left there."""
    return _PUNCTUATION.sub("", text)


@cache
def _patterns(keys: tuple[str, ...]) -> list[tuple[re.Pattern[str], str, str]]:
    """What is replaced by what, in order, and how it is shown: empty for what was found, decoded."""
    known = "(?:" + "|".join(sorted(map(re.escape, keys), key=len, reverse=True)) + ")(?:_hide)?"
    follows = f"(?={known}{_EQUALS})"
    found = [
        (rf"&{_AMPERSAND}+", "&", ""),
        (rf"&amp{follows}", "&", ""),
        (rf"(?:\\|%5[Cc])(?:u00|x)26{follows}", "&", ""),
        (rf"%(?:25)*26{_AMPERSAND}*{follows}", "&", "%26"),
        (rf"(?<![^&])({known})%(?:25)*3[Dd]", r"\1=", "%3D"),
    ]
    for sign, name in SIGNS.items():
        rests = [re.escape(key.removeprefix(name)) for key in keys if key.startswith(name)]
        if rests:
            rest = "|".join(sorted(rests, key=len, reverse=True))
            found.append((rf"(?:{_forms(sign, name)})(?=(?:{rest})(?:_hide)?{_EQUALS})", f"&{name}", ""))
    return [(re.compile(pattern), meant, shown) for pattern, meant, shown in found]


def _forms(sign: str, name: str) -> str:
    """A sign as it may stand in an address: as UTF-8, as UTF-8 taken for Latin-1, as Latin-1, by its name or number."""
    encoded = sign.encode()
    forms = [encoded.decode("latin-1").encode(), encoded]
    if ord(sign) < 256:
        forms.append(sign.encode("latin-1"))
    texts = ["".join(f"%(?:25)*{_hexadecimal(f'{byte:02X}')}" for byte in form) for form in forms]
    numbers = rf"#0*{ord(sign)}|#[xX]0*{_hexadecimal(f'{ord(sign):X}')}"
    return "|".join([*texts, rf"&(?:{name}|{numbers}){_SEMICOLON}"])


def _hexadecimal(digits: str) -> str:
    return "".join(f"[{digit}{digit.lower()}]" if digit.isalpha() else digit for digit in digits)


def _replacing(meant: str, shown: str, found: dict[str, str]) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        decoded = shown or plain(match[0])
        found[match[0] if "\ufffd" in decoded else decoded] = meant.replace(r"\1", "")
        return match.expand(meant)

    return replace
