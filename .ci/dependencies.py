"""`licences` writes docs/dependencies.md, `changes` prints what the locks have that the last commit does not have."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-test.lock")
DOCUMENT = ROOT / "docs" / "dependencies.md"
HEAD = """# Dependencies

What is installed to run the server, with its licences as the packages name them. `make licences` writes this table; `make lock` updates the versions in `requirements.lock`, and prints the old and the new ones.

| package | version | licence |
|---|---|---|
"""  # noqa: E501


def locked(text: str) -> dict[str, str]:
    """The versions in a lock, by package."""
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))


def changes(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """A line for each package that is another in `new`."""
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return [f"{name}: {old.get(name, 'new')} -> {new.get(name, 'gone')}" for name in names]


def licence_of(name: str) -> str:
    """As the metadata of the installed package name it. Raises PackageNotFoundError."""
    facts = distribution(name).metadata
    of_classifiers = [text.rpartition(" :: ")[2] for text in facts.get_all("Classifier", ()) if "License ::" in text]
    said = (facts.get("License") or "").strip().partition("\n")[0]
    return facts.get("License-Expression") or ", ".join(of_classifiers) or said or "not named"


def document() -> str:
    """The page of all packages of requirements.lock, which have to be installed."""
    versions = locked((ROOT / LOCKS[0]).read_text(encoding="utf-8"))
    return HEAD + "".join(f"| {name} | {version} | {licence_of(name)} |\n" for name, version in versions.items())


def print_changes() -> None:
    """For each lock, compared with the last commit."""
    for name in LOCKS:
        shown = subprocess.run(["git", "show", f"HEAD:{name}"], cwd=ROOT, capture_output=True, text=True)
        found = changes(locked(shown.stdout), locked((ROOT / name).read_text(encoding="utf-8")))
        print(f"{name}: {'nothing is new' if not found else ''}", *found, sep="\n  ")


if __name__ == "__main__":
    if sys.argv[1:] == ["licences"]:
        DOCUMENT.write_text(document(), encoding="utf-8")
    elif sys.argv[1:] == ["changes"]:
        print_changes()
    else:
        sys.exit(f"usage: {sys.argv[0]} licences|changes")
