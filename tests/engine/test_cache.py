"""The compiler's cache: whatever is wrong with it, the engine starts and computes the same."""

from __future__ import annotations

import os
import pickle
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba.core import config

from tests.conftest import ROOT, link_packages
from tinkernet.engine.compiler.jit import KERNELS, cache_folder, kernel

pytestmark = pytest.mark.skipif(bool(config.DISABLE_JIT), reason="without the JIT nothing is cached")

# One small kernel is enough: all share the cache.
CODE = """
from tinkernet.engine.compiler import jit
from tinkernet.engine.rng import seedrandom
state = seedrandom.generator("a")
from tinkernet.engine.data.generators import draw_dataset
print(jit.cache_folder(), draw_dataset("circle", (250, 250), 0.0, 50.0, state).inputs.sum())
"""


def run(home: Path, **places: str) -> tuple[str, str]:
    """In a new process with this cache home, or these places for one: the folder it uses, and what it computes."""
    environment = {**os.environ, **(places or {"TINKERNET_CACHE_DIR": str(home)})}
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    folder, result = done.stdout.split()
    return folder, result


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A cache that has been filled: its home, its folder, and the right result."""
    home = tmp_path_factory.mktemp("cache")
    folder, result = run(home)
    return home, Path(folder), result


def test_it_is_closed_to_others(filled: tuple[Path, Path, str]) -> None:
    """0700, and something is in it."""
    _, folder, _ = filled
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert any(folder.iterdir())


def test_kernels_are_named_by_their_whole_module() -> None:
    """Two files of one name in different sub-packages cannot take each other's machine code."""
    names = [kernel.name for kernel in KERNELS]
    assert len(set(names)) == len(names)
    assert {name.rpartition(".")[0] for name in names} == {kernel._dispatcher.py_func.__module__ for kernel in KERNELS}


def test_an_edit_in_a_sub_package_is_another_version(tmp_path: Path) -> None:
    """Machine code is never taken that a changed file, wherever it lies in the engine, has made stale."""
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "engine", copy / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    part = copy / "engine" / "kind" / "part.py"
    part.parent.mkdir()
    (copy / "app").mkdir()
    links = link_packages(copy)
    code = "from tinkernet.engine.compiler import jit; print(jit.__file__, jit.cache_folder().name)"
    environment = {**os.environ, "PYTHONPATH": str(links), "TINKERNET_CACHE_DIR": str(tmp_path / "cache")}
    seen = []
    for text in ("VALUE = 1\n", "VALUE = 2\n"):
        part.write_text(text)
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=copy, env=environment, capture_output=True, text=True, timeout=100
        )
        assert done.returncode == 0, done.stderr
        file, folder = done.stdout.split()
        assert Path(file).resolve() == copy / "engine" / "compiler" / "jit.py"
        seen.append(folder)
    assert seen[0] != seen[1]


def test_what_is_cached_is_used(filled: tuple[Path, Path, str]) -> None:
    """A second process writes nothing."""
    home, folder, result = filled
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert run(home) == (str(folder), result)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize("content", [b"", b"short", None], ids=["empty", "cut off", "half"])
def test_damaged_files_are_compiled_again(filled: tuple[Path, Path, str], content: bytes | None) -> None:
    """And are whole afterwards."""
    home, folder, result = filled
    sizes = {}
    for path in folder.iterdir():
        whole = path.read_bytes()
        sizes[path.name] = len(whole) // 2
        path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    assert run(home)[1] == result
    assert all(path.stat().st_size > sizes[path.name] for path in folder.iterdir())


def test_a_planted_file_is_not_run(filled: tuple[Path, Path, str], tmp_path: Path) -> None:
    """A pickle without our checksum is never loaded."""
    home, folder, result = filled
    trace = tmp_path / "it ran"

    class Planted:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(trace),)

    for path in folder.iterdir():
        path.write_bytes(pickle.dumps(Planted()))
    assert run(home)[1] == result
    assert not trace.exists()


def test_a_folder_open_to_others_is_not_used(tmp_path: Path) -> None:
    """Who can write there could run code as us: no cache, but a start."""
    (tmp_path / "tinkernet").mkdir(mode=0o777)
    (tmp_path / "tinkernet").chmod(0o777)
    folder, _ = run(tmp_path)
    assert folder == "None"


def test_a_home_that_others_can_write_to_is_not_used(tmp_path: Path) -> None:
    """They could put a folder of theirs in the place of ours once it has been looked at: another place is taken. One of
    a user's own that a link leads to is well, and so is one where nobody can rename what is another's."""
    for name in ("open", "sticky", "mine", "temporary"):
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "sticky").chmod(0o1777)
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    used = {
        name: Path(run(tmp_path, XDG_CACHE_HOME=str(tmp_path / name), TMPDIR=str(tmp_path / "temporary"))[0])
        for name in ("open", "sticky", "link")
    }
    assert used["open"].is_relative_to(tmp_path / "temporary")
    assert used["sticky"].is_relative_to(tmp_path / "sticky")
    assert used["link"].is_relative_to(tmp_path / "link")
    home = used["open"].parent.parent
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    home.rename(tmp_path / "elsewhere")
    home.mkdir()
    home.chmod(0o777)
    assert run(tmp_path, XDG_CACHE_HOME=str(tmp_path / "open"), TMPDIR=str(tmp_path / "temporary"))[0] == "None"


def test_nothing_is_deleted_where_a_link_leads(tmp_path: Path) -> None:
    """Folders of older engines go, but not before their place is known to be ours."""
    files = [tmp_path / "mine" / (letter * 20) / "file" for letter in "abcdefgh"]
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_text("mine")
    (tmp_path / "tinkernet").symlink_to(tmp_path / "mine")
    assert run(tmp_path)[0] == "None"
    assert all(file.exists() for file in files)


def test_no_place_to_write_is_no_reason_not_to_start(tmp_path: Path) -> None:
    """A file where the folder should be."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run(blocked)[0] == "None"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_not_used(filled: tuple[Path, Path, str]) -> None:
    """Even where it can be read and written."""
    home, folder, result = filled
    os.chown(folder, 12345, 12345)
    assert run(home) == ("None", result)


def test_a_kernel_from_elsewhere_is_not_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is named by a hash of the engine: it would not notice that a file beside it has changed."""
    monkeypatch.setenv("TINKERNET_CACHE_DIR", str(tmp_path))

    @kernel("void(float64[::1])")
    def from_elsewhere(values):
        values[0] = 1.0

    values = np.zeros(1)
    from_elsewhere(values)
    folder = cache_folder()
    assert values[0] == 1.0
    assert folder is not None
    assert list(folder.iterdir()) == []
