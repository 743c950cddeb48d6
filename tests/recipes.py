"""Reads the recipes of docs/extending.md and carries them out in a copy of the tree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT, link_packages

DOCUMENT = ROOT / "docs" / "extending.md"
# A paragraph that begins with the name of a file, and the change to it: a diff, a command that writes it, or its text.
STEP = re.compile(r"^\*\*`([\w./-]+)`\*\*[^\n]*\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Recipe:
    """One section of the document: its title, and the changes (kind of text, text) by file, in order."""

    title: str
    steps: dict[str, list[tuple[str, str]]] = field(hash=False)


def recipes() -> list[Recipe]:
    """All sections that change files."""
    found = []
    for section in re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        steps: dict[str, list[tuple[str, str]]] = {}
        for file, kind, text in STEP.findall(section):
            steps.setdefault(file, []).append((kind, text))
        if steps:
            found.append(Recipe(section.partition("\n")[0], steps))
    return found


def changed(text: str, difference: str) -> str:
    """The text after a diff whose hunks are separated by lines that begin with `@@`.

    Raises ValueError if the lines of a hunk, without those to add, do not occur exactly once.
    """
    for hunk in re.split(r"^@@.*\n", difference, flags=re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] or "\n" for line in lines if line[0] != "+")
        new = "".join(line[1:] or "\n" for line in lines if line[0] != "-")
        if text.count(old) != 1:
            raise ValueError(f"these lines occur {text.count(old)} times, not once:\n{old}")
        text = text.replace(old, new)
    return text


class Copy:
    """A copy of the tree in which files are changed and commands run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("app", "engine", "static", "templates", "tests", "docs"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
        for name in ("pyproject.toml", "package.json", "tsconfig.json"):
            shutil.copy(ROOT / name, root)
        if (ROOT / "node_modules").exists():
            (root / "node_modules").symlink_to((ROOT / "node_modules").resolve())
        self._links = link_packages(root)

    def apply(self, recipe: Recipe) -> None:
        """Make the changes of a recipe."""
        for file, steps in recipe.steps.items():
            path = self.root / file
            for kind, text in steps:
                if kind == "sh":
                    assert text == "make protocol\n", f"unknown command for {file}: {text}"
                    done = self.run("-m", "tinkernet.app.wire.codegen")
                    assert done.returncode == 0, done.stderr
                elif kind == "diff":
                    path.write_text(changed(path.read_text(encoding="utf-8"), text), encoding="utf-8")
                else:
                    assert not path.exists(), f"{file} is not new"
                    path.write_text(text, encoding="utf-8")

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the copy, with the packages of the copy."""
        given = {**os.environ, "PYTHONPATH": str(self._links), "TINKERNET_CACHE_DIR": str(self.root / "cache")}
        return subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env={**given, **environment}, capture_output=True, text=True,
            timeout=550, check=False,
        )  # fmt: skip
