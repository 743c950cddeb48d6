"""The cores that this process may use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tinkernet.app.settings import Settings
from tinkernet.app.workers import cores
from tinkernet.app.workers.cores import quotas


def groups(folder: Path, own: str, files: dict[str, str]) -> list[float]:
    """The quotas where the kernel says `own` and these files are mounted."""
    (folder / "own").write_text(own)
    for name, text in files.items():
        path = folder / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return sorted(quotas(folder / "own", folder / "root"))


@pytest.mark.parametrize(
    ("own", "files", "expected"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, [1.5]),
        ("0::/\n", {"cpu.max": "max 100000\n"}, []),
        ("0::/a/b\n", {"a/cpu.max": "200000 100000\n", "a/b/cpu.max": "50000 100000\n"}, [0.5, 2.0]),
        ("0::/host/only\n", {"cpu.max": "100000 100000\n"}, [1.0]),
        ("1:cpu,x:/d\n", {"cpu,x/d/cpu.cfs_quota_us": "300000", "cpu,x/d/cpu.cfs_period_us": "100000"}, [3.0]),
        ("1:cpu:/host\n0::/\n", {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, []),
        ("3:cpuset:/\n", {"cpuset/cpu.cfs_quota_us": "100000", "cpuset/cpu.cfs_period_us": "100000"}, []),
        ("0::/\n", {"cpu.max": "nonsense"}, []),
        ("0::/\n", {"cpu.max": "1 0"}, []),
    ],
)  # fmt: skip
def test_quotas_are_found(tmp_path: Path, own: str, files: dict[str, str], expected: list[float]) -> None:
    """Of both versions, of this group and those above it, as the kernel writes them."""
    assert sorted(set(groups(tmp_path, own, files))) == expected


def test_a_machine_without_control_groups_has_no_quota(tmp_path: Path) -> None:
    """Its file is missing."""
    assert list(quotas(tmp_path / "none", tmp_path)) == []


@pytest.mark.parametrize(("quota", "expected"), [(0.5, 1), (1.5, 2), (1000.0, 4)])
def test_as_many_threads_as_the_quota_allows(monkeypatch: pytest.MonkeyPatch, quota: float, expected: int) -> None:
    """Rounded up, one at least, and never more than the affinity mask has."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3}, raising=False)
    monkeypatch.setattr(cores, "quotas", lambda: iter([quota]))
    assert Settings().threads == expected


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity masks")
def test_a_pinned_process_trains_on_its_core() -> None:
    """As under `taskset -c 0`."""
    code = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    code += "from tinkernet.app.settings import Settings; print(Settings().threads)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "1\n"
