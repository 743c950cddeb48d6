"""What the documents say of the code is so."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import fields

from tests.conftest import ROOT
from tinkernet.app.settings import Settings

PATH = ROOT / ".ci" / "dependencies.py"
SPEC = importlib.util.spec_from_file_location("dependencies", PATH)
assert SPEC is not None
assert SPEC.loader is not None
dependencies = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(dependencies)

LIMITING = re.compile(r"max_|keep_|idle_|message|browser_|flood_|.*_(seconds|timeout)$")


def lock(name: str) -> str:
    """The text of a lock."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_table_of_limits_is_the_settings() -> None:
    """Each setting that limits something has a row in docs/security.md, with its default."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|", text, re.MULTILINE))
    known = {each.name: each.default for each in fields(Settings) if LIMITING.match(each.name)}
    assert {name: float(default) for name, default in rows.items()} == known


def test_the_top_points_to_the_threat_model() -> None:
    """Whoever looks for SECURITY.md finds the way to report, and the page."""
    assert "](docs/security.md)" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_the_list_of_packages_is_the_lock() -> None:
    """Each package that runs the server is in docs/dependencies.md with its version and licence, and no other."""
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+) \| (\d\S*) \| (.+) \|$", text, re.MULTILINE)
    assert {name: version for name, version, _ in rows} == dependencies.locked(lock("requirements.lock"))
    for name, _, licence in rows:
        assert licence == dependencies.licence_of(name)


def test_nothing_that_builds_runs_the_server() -> None:
    """Neither setuptools nor another build back end is in the lock of the image."""
    building = {"setuptools", "hatchling", "editables", "pip", "wheel", "pathspec", "pluggy", "trove-classifiers"}
    assert not building & set(dependencies.locked(lock("requirements.lock")))
    assert set(dependencies.locked(lock("requirements-build.lock"))) <= building


def test_what_is_new_in_a_lock() -> None:
    """One line for each package with another version, a new one, and one that has gone."""
    old = dependencies.locked("a==1 \\\n    --hash=x\nb.c==2 ; sys_platform == 'win32'\nd-e==3\n")
    assert old == {"a": "1", "b.c": "2", "d-e": "3"}
    assert dependencies.changes(old, {"a": "1", "b.c": "2.1", "f": "4"}) == [
        "b.c: 2 -> 2.1", "d-e: 3 -> gone", "f: new -> 4",
    ]  # fmt: skip
