"""CleverCSV as a second opinion on separators. It is no dependency: the test is skipped where it is not installed."""

from __future__ import annotations

import pytest

from tinkernet.engine.data.tables.layout import guess

clevercsv = pytest.importorskip("clevercsv", reason="CleverCSV, the second opinion, is not installed")

# By country or program: separator, decimal mark, and whether numbers are grouped by thousands.
WRITTEN = {
    "American": (",", ".", ""), "German": (";", ",", "."), "French": (";", ",", "\u202f"), "Swiss": (";", ".", "'"),
    "pasted": ("\t", ".", ","), "pasted in Germany": ("\t", ",", "."), "with bars": ("|", ".", ""),
}  # fmt: skip


def text(separator: str, decimal: str, group: str, *, quoted: bool) -> str:
    """Fifty houses: numbers large and small, a name with the separator in it where cells are quoted, a class."""
    lines = [separator.join(("price", "area", "place", "kind"))]
    for row in range(50):
        thousands = f"{1000 + 7919 * row % 9000:,}".replace(",", group)
        area = f"{20 + row * 1.25:.2f}".replace(".", decimal)
        place = f'"Upper{separator} {row}"' if quoted else f"Place {row}"
        lines.append(separator.join((thousands, area, place, ("flat", "house")[row % 2])))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("name", WRITTEN)
def test_both_find_the_separator(name: str, quoted: bool) -> None:
    """Ours finds the decimal mark too, which CleverCSV does not look for."""
    separator, decimal, group = WRITTEN[name]
    written = text(separator, decimal, group, quoted=quoted)
    assert clevercsv.Sniffer().sniff(written).delimiter == separator
    assert guess(written)[:2] == (separator, decimal)
