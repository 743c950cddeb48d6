"""What the documents say of the code is so."""

from __future__ import annotations

import re
from dataclasses import fields

from tests.conftest import ROOT
from tinkernet.app.settings import Settings

LIMITING = re.compile(r"max_|keep_|idle_|message|.*_(seconds|timeout)$")


def test_the_table_of_limits_is_the_settings() -> None:
    """Each setting that limits something has a row in docs/security.md, with its default."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|", text, re.MULTILINE))
    known = {each.name: each.default for each in fields(Settings) if LIMITING.match(each.name)}
    assert {name: float(default) for name, default in rows.items()} == known


def test_the_top_points_to_the_threat_model() -> None:
    """Whoever looks for SECURITY.md finds the way to report, and the page."""
    assert "](docs/security.md)" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
