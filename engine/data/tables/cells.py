"""Cells: what is a number, what is missing."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

POINT, COMMA = ".", ","
DECIMALS = (POINT, COMMA)
LARGEST = 1e100
"""The largest number that counts as one: sums of squares have to be finite."""

_errors = ("#n/a", "#na", "#nv", "#value!", "#wert!", "#valeur!", "#div/0!", "#ref!", "#num!")
_words = ("-", "–", "—", ".", "?", "na", "n/a", "nan", "null", "none", "nil", "missing", "inf", "-inf")
MISSING = frozenset(("", *_words, *_errors))
"""What stands where there is no value, in lower case."""

_spaces = " \u00a0\u202f"  # the last two do not break a line: French spreadsheets group with them
_group = {POINT: f"[,'’{_spaces}]", COMMA: f"[.'’{_spaces}]"}
_number = {
    mark: re.compile(
        rf"[+-]?(?:(?:[1-9]\d{{0,2}}(?P<group>{_group[mark]})\d{{3}}(?:(?P=group)\d{{3}})*|\d+)(?:{re.escape(mark)}\d*)?"
        rf"|{re.escape(mark)}\d+)(?:[eE][+-]?\d{{1,4}})?",
        re.ASCII,
    )
    for mark in DECIMALS
}
_plain = b"0123456789+-.eE \n"


def number(cell: str, decimal: str) -> float:
    """The number that a cell is, with this decimal mark; NaN where it is not one from beginning to end.

    Thousands may be grouped by the other mark, an apostrophe or a space. A minus sign may be the typographic one.
    """
    text = cell.strip().replace("−", "-")
    match = _number[decimal].fullmatch(text)
    if match is None:
        return np.nan
    group = match["group"]
    if group:
        text = text.replace(group, "")
    value = float(text.replace(COMMA, POINT) if decimal == COMMA else text)
    return value if abs(value) <= LARGEST else np.nan


def numbers(cells: Sequence[str], decimal: str) -> NDArray[np.float64]:
    """`number` of each cell, float64 (n,).

    A column without groups, gaps and words is read as a whole, many times faster than cell by cell.
    """
    joined = "\n".join(cells)
    whole = joined
    if decimal == COMMA:
        whole = COMMA if POINT in joined else joined.replace(COMMA, POINT)
    if not whole.encode("utf-8", "replace").translate(None, _plain):
        try:
            found = _plain_numbers(whole)
            if len(found) == len(cells) and not (np.abs(found) > LARGEST).any():
                return found
        except (
            ValueError,
            DeprecationWarning,
        ):  # the second where warnings are errors: NumPy could not read to the end
            pass
    return np.array([number(cell, decimal) for cell in cells])


def _plain_numbers(lines: str) -> NDArray[np.float64]:
    """The number of each line, NaN for an empty one. Fewer than lines, or ValueError, where one is no number."""
    if " " not in lines and "\n\n" not in f"\n{lines}\n":  # a space would separate numbers too
        return np.fromstring(lines, sep="\n")
    return np.array([float(line) if line else np.nan for line in lines.split("\n")])


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip().lower() in MISSING
