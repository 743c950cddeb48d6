"""Tables of a folder, which stand under More data for everybody; what is broken is said by file and row."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.conftest import Running
from tests.conftest import ROOT, start, stop
from tinkernet.app.tables.folder import MOST_FILES, read_folder
from tinkernet.app.tables.library import iris

WINE = """# title: Wine
# target: taste
# source: Made up for a test.
# licence: CC0
alcohol [%];acidity;taste
12,1;3,2;good
10,4;3,9;bad
11,7;3,0;good
9,8;4,1;bad
"""
BROKEN = {
    "unknown.csv": (WINE.replace("# target", "# goal"), "Row 2 begins with # and must be one of title, target"),
    "twice.csv": (WINE.replace("# source", "# title"), "Row 3 has a second title."),
    "nowhere.csv": (WINE.replace(": taste", ": colour"), "Row 2 names no column “colour”: the columns are alcohol,"),
    "ragged.csv": (WINE.replace("9,8;4,1;bad", "9,8;4,1;bad;1;2"), "Row 9 "),
    "empty.csv": ("", "The file is empty."),
    "picture.csv": ("\x89PNG\r\n", "PNG"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_said_and_left_out(tmp_path: Path, name: str) -> None:
    """With its name and row; the others stay."""
    content, sentence = BROKEN[name]
    (tmp_path / name).write_bytes(content.encode("latin-1" if name == "picture.csv" else "utf-8"))
    (tmp_path / "wine.csv").write_text(WINE, encoding="utf-8")
    tables, (problem,) = read_folder(tmp_path)
    assert [table.facts.title for table in tables] == ["Wine"]
    assert problem.startswith(f"{name} is left out. ")
    assert sentence in problem


def test_a_head_says_what_a_table_is(tmp_path: Path) -> None:
    """Title, target, source and licence; without a head the file's name, and what is proposed."""
    (tmp_path / "wine.csv").write_text(WINE, encoding="utf-8")
    (tmp_path / "plain.CSV").write_text("a,b\n1,2\n2,3\n3,5\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no table", encoding="utf-8")
    (plain, wine), problems = read_folder(tmp_path)
    assert problems == []
    assert (plain.facts.title, plain.dataset.kind) == ("plain", "number")
    facts = wine.facts
    assert (facts.title, facts.source, facts.licence) == ("Wine", "Made up for a test.", "CC0")
    assert facts.classes == ["bad", "good"]
    assert [(column.name, column.unit) for column in facts.columns] == [("alcohol", "%"), ("acidity", "")]
    assert (facts.columns[0].low, facts.columns[0].high) == (9.8, 12.1)


def test_rows_that_are_left_out_are_said(tmp_path: Path) -> None:
    """The table is there without them."""
    rows = "".join(f"{each},{each % 7},{'ab'[each % 2]}\n" for each in range(20))
    (tmp_path / "gaps.csv").write_text(f"# target: c\nfirst,b,c\n{rows}n/a,1,a\n", encoding="utf-8")
    (table,), problems = read_folder(tmp_path)
    assert len(table.dataset) == 20
    assert problems == ["gaps.csv: 1 row is left out; row 23 has “n/a” for “first”."]


def test_the_page_is_told(serve: Callable[..., Running], tmp_path: Path) -> None:
    """Of both, each with a picture, after Iris; and a session may use them."""
    (tmp_path / "wine.csv").write_text(WINE, encoding="utf-8")
    (tmp_path / "bad.csv").write_text("", encoding="utf-8")
    server = serve(datasets=str(tmp_path))
    with urllib.request.urlopen(f"{server.url}/static/datasets.json", timeout=10) as answer:
        library = json.load(answer)["library"]
    own = iris()
    assert own is not None
    assert [table["title"] for table in library["tables"]] == ["Iris", "Wine"]
    assert [len(row) for row in library["tables"][1]["picture"]] == [4, 4, 4]
    assert library["problems"] == ["bad.csv is left out. The file is empty."]
    with server.page() as page:
        page.ready().send("use_data", revision=1, data=library["tables"][1]["reference"])
        page.until(lambda page: page.state["spec"]["data"])
        assert page.state["spec"]["features"] == ["x", "y"]


def test_the_start_tells_what_is_broken(tmp_path: Path) -> None:
    """And refuses a folder that is not there."""
    (tmp_path / "wine.csv").write_text(WINE, encoding="utf-8")
    (tmp_path / "bad.csv").write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "tinkernet.app", "--port", "0", "--no-save", "--datasets"]
    server = start([*command, str(tmp_path)], ROOT)
    assert server.process.stdout is not None
    said = [server.process.stdout.readline() for _ in range(2)]
    stop(server)
    assert said[0].startswith(f"More data offers 1 of the CSV files in {tmp_path}.")
    assert said[1].strip() == "bad.csv is left out. The file is empty."
    missing = subprocess.run([*command, str(tmp_path / "no")], capture_output=True, text=True, timeout=60, check=False)
    assert missing.returncode == 2
    assert "datasets (TINKERNET_DATASETS) must be a folder of CSV files; there is no" in missing.stderr


def test_there_are_not_too_many(tmp_path: Path) -> None:
    """The first are taken, which is said."""
    for number in range(MOST_FILES + 1):
        (tmp_path / f"{number:03}.csv").write_text("a,b\n1,2\n2,3\n", encoding="utf-8")
    tables, (problem,) = read_folder(tmp_path)
    assert len(tables) == MOST_FILES
    assert "the first 100 are taken" in problem
