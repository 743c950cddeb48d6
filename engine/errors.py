"""The error for a value that cannot be used."""

import reprlib
from itertools import islice
from typing import Any


class SpecError(ValueError):
    """A value that cannot be used. `field` names it, `allowed` says what could be, str() is a sentence."""

    def __init__(self, field: str, value: object, allowed: str, label: str | None = None) -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        super().__init__(f"{label or field} must be {allowed}, not {_shown(value)}.")


def brief(value: object) -> str:
    """`repr`, but only the beginning of what is long: a refused value may be of any size.

    Raises ValueError for a whole number with more digits than Python writes.
    """
    return _brief.repr(value)


class _Brief(reprlib.Repr):
    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        """Of the first entries only, which it would sort all to find."""
        return super().repr_dict(dict(islice(x.items(), self.maxdict)), level)


_brief = _Brief()
_brief.maxlist = _brief.maxtuple = _brief.maxset = _brief.maxfrozenset = _brief.maxdict = 20
_brief.maxstring = _brief.maxother = _brief.maxlong = 100


def _shown(value: object) -> str:
    text = brief(value)
    return text if len(text) <= 60 else text[:57] + "..."
