"""The rooms of the page, read from its imports: `import` statements and the types that JSDoc imports alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

IMPORT = re.compile(
    r"""^(?:import|export)\s+(?:[\w*{}\s,]+?\bfrom\s*)?["'](?P<named>[^"']+)["']|\bimport\(\s*["'](?P<called>[^"']+)["']""",
    re.MULTILINE,
)

# Which other rooms a room may know. `main.js` and `theme.js`, outside of all rooms, may know every one.
MAY_KNOW = {
    "wire": set(),
    "draw": {"wire"},
    "model": {"wire"},
    "ui": {"wire", "draw", "model"},
    "panels": {"wire", "draw", "model", "ui"},
    "network": {"wire", "draw", "model", "ui"},
    "views": {"wire", "draw", "model", "ui"},
}
# Rooms whose files know none of the others; the registry of the views is the one that does.
APART = {"panels": set(), "views": {"stage.js"}}
# Of the wire, a drawing knows only what the bytes of a map mean.
DRAWN = {"maps.js", "protocol.js"}


def wrong(pages: Path) -> list[str]:
    """Every import under `pages` that breaks a rule, as a line that says which."""
    found = []
    files = sorted(pages.rglob("*.js"))
    assert files, f"no modules under {pages}"
    for path in files:
        room = path.relative_to(pages).parts[0] if path.parent != pages else ""
        for match in IMPORT.finditer(path.read_text(encoding="utf-8")):
            source = match["named"] or match["called"]
            target = (path.parent / source).resolve()
            line = f"{path.relative_to(pages)} imports {source}"
            if not source.startswith(".") or not target.is_relative_to(pages.resolve()):
                found.append(f"{line}: not a module of the page")
                continue
            if not target.exists():
                found.append(f"{line}: there is no such file")
                continue
            if not room:
                continue
            other = target.parent.name if target.parent != pages.resolve() else ""
            if other != room and other not in MAY_KNOW[room]:
                found.append(f"{line}: {room} must not know {other or 'the top'}")
            if other == room and room in APART and path.name not in APART[room]:
                found.append(f"{line}: files of {room} do not know each other")
            if room == "draw" and other == "wire" and target.name not in DRAWN:
                found.append(f"{line}: draw knows only the layout of the bytes")
    return found


def test_every_import_keeps_the_rules() -> None:
    """Draw and wire know no model, a panel no other panel; nothing comes from outside static/js or from an address."""
    pages = ROOT / "static" / "js"
    assert {path.name for path in pages.iterdir() if path.is_dir()} == set(MAY_KNOW)
    assert wrong(pages) == []


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        ("draw/lines.js", 'import { x } from "../model/state.js";', "draw must not know model"),
        ("draw/lines.js", '/** @typedef {import("../model/state.js").State} State */', "draw must not know model"),
        ("wire/decode.js", 'import {\n  x,\n} from "../model/state.js";', "wire must not know model"),
        ("draw/lines.js", 'import { connect } from "../wire/connection.js";', "only the layout of the bytes"),
        ("panels/loss.js", 'import { x } from "./data.js";', "do not know each other"),
        ("views/map.js", 'export { x } from "./stage.js";', "do not know each other"),
        ("model/state.js", 'import { x } from "../main.js";', "must not know the top"),
        ("ui/element.js", 'import "https://example.org/x.js";', "not a module of the page"),
        ("ui/element.js", 'import("../../../node_modules/x.js");', "not a module of the page"),
        ("ui/element.js", 'import { x } from "./gone.js";', "there is no such file"),
    ],
)
def test_the_rules_bite(tmp_path: Path, file: str, text: str, rule: str) -> None:
    """Each rule is broken once, in every way of writing an import."""
    for name in ("main.js", "model/state.js", "wire/connection.js", "panels/data.js", "views/stage.js", file):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    assert wrong(tmp_path) == []
    (tmp_path / file).write_text(text + "\n")
    found = wrong(tmp_path)
    assert len(found) == 1, found
    assert rule in found[0]
