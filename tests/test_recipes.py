"""The recipes of docs/extending.md in a copy of the tree: the files that they name are enough, and all are needed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import ROOT
from tests.recipes import Copy, changed, recipes

RECIPES = {recipe.title: recipe for recipe in recipes()}
LINK = "#v=1&dataset=stripes&activation=hardTanh&scheduleFloor=0.01&schedule=step&seed=0.5"
# What notices a forgotten file: the oracle, the laws of live settings, and the page's half of the wire.
NOTICES = (
    *("tests/engine/test_oracle.py", "tests/engine/test_training.py", "tests/app/test_protocol.py"),
    *("-k", "knows_every_record or every_live_field or (plain and schedule_floor) or pages_half"),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy of the tree after all recipes."""
    made = Copy(tmp_path_factory.mktemp("copy"))
    for recipe in RECIPES.values():
        made.apply(recipe)
    return made


def succeeded(result: subprocess.CompletedProcess[str]) -> str:
    """What a command printed; it must have succeeded."""
    assert result.returncode == 0, result.stdout[-5000:] + result.stderr[-5000:]
    return result.stdout


@contextmanager
def forgotten(copy: Copy, file: str) -> Iterator[None]:
    """The file as it was before all recipes."""
    path = copy.root / file
    text = path.read_text(encoding="utf-8")
    path.write_text((ROOT / file).read_text(encoding="utf-8"), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def test_there_are_five_recipes() -> None:
    """None is lost because its steps are not read."""
    assert list(RECIPES) == ["An activation", "A data set", "A setting", "A view", "A command and an event"]


def test_a_hunk_that_fits_nowhere_or_twice_is_refused() -> None:
    """A recipe cannot go stale unnoticed."""
    assert changed("a\nb\nc\n", " a\n-b\n+B\n@@\n c\n+d\n") == "a\nB\nc\nd\n"
    for text in ("a\nx\n", "a\nb\na\nb\n"):
        with pytest.raises(ValueError, match="not once"):
            changed(text, " a\n-b\n")


@pytest.mark.timeout(600)
def test_the_new_parts_train_from_a_link(copy: Copy) -> None:
    """Compiled, and with the packages of the copy: the losses are finite and fall, and the schema has all three."""
    told = json.loads(succeeded(copy.run("-m", "tinkernet.engine", LINK, "--epochs", "0,200", "--json")))
    first, last = (point["train"] for point in told["trajectory"])
    assert 0 < last < 0.9 * first
    code = "import json, tinkernet.engine as e; print(json.dumps([e.__file__, e.schema()]))"
    file, schema = json.loads(succeeded(copy.run("-c", code)))
    assert (copy.root / "engine" / "__init__.py").samefile(file)
    field_from_name = {field["name"]: field for field in schema}
    assert "schedule_floor" in field_from_name
    for name, key in (("activation", "hardTanh"), ("dataset", "stripes")):
        assert key in [choice["key"] for choice in field_from_name[name]["choices"]]


@pytest.mark.timeout(600)
def test_no_other_file_is_needed(copy: Copy) -> None:
    """In the copy the tests of all registries pass, for the new parts too, and so do types and import rules."""
    of_new_parts = "hardTanh or stripes or schedule_floor or announce or pages_half or every_command or registered"
    of_all = "test_imports or test_page_imports or test_types"
    files = (
        *("tests/engine", "tests/app/test_protocol.py", "tests/app/test_auth.py"),
        *("tests/test_imports.py", "tests/test_page_imports.py", "tests/test_js.py"),
    )
    chosen = f"({of_new_parts} or {of_all} or {NOTICES[-1]}) and not mistakes"
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", chosen)
    assert " passed" in succeeded(copy.run(*command, NUMBA_DISABLE_JIT="1"))


# What the first three recipes name beside the new part itself; not the table for PyTorch, which may not be there.
NEEDED = [
    (title, file)
    for title in list(RECIPES)[:3]
    for file in list(RECIPES[title].steps)[1:]
    if file != "tests/engine/test_torch.py"
]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("title", "file"), NEEDED)
def test_every_file_is_needed(copy: Copy, title: str, file: str) -> None:
    """Where one of them is forgotten, a test of the copy fails."""
    with forgotten(copy, file):
        result = copy.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *NOTICES, NUMBA_DISABLE_JIT="1")
    assert result.returncode == 1, result.stdout[-5000:]
    assert " failed" in result.stdout
