"""A sweep on a Dask cluster: the same table, also when a machine is lost on the way."""

from __future__ import annotations

import csv
import io
import os
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tinkernet.engine import Spec
from tinkernet.engine.sweep import command, runs
from tinkernet.engine.sweep.cluster import cluster
from tinkernet.engine.sweep.course import Outcome
from tinkernet.engine.sweep.goal import Goal
from tinkernet.engine.sweep.grid import Setting, cells
from tinkernet.engine.sweep.runs import sweep

distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own

SETTINGS = [Setting("learningRate", ("0.01", "0.03", "0.1")), Setting("networkShape", ("2", "4,2"))]
SEEDS = [str(seed) for seed in range(1, 13)]
GOAL = Goal("test_loss", 0.2)
EPOCHS = 400


@pytest.fixture(scope="module")
def machines() -> Iterator[Any]:
    """A scheduler and two workers, each a process, on loopback."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as found:
        yield found


def as_file(found: Sequence[Sequence[Outcome]]) -> str:
    """The table as the command writes it."""
    file = io.StringIO(newline="")
    grid = cells(Spec(seed="0.5"), SETTINGS)
    csv.writer(file).writerows(command.table(SETTINGS, grid, found, GOAL))
    return file.getvalue()


def test_a_machine_is_lost_and_the_table_is_the_same(machines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte that of this machine, though one of two workers is killed half-way."""
    monkeypatch.setattr(runs, "CHUNK_SECONDS", 0.02)
    specs = [cell.spec for cell in cells(Spec(seed="0.5"), SETTINGS)]
    with distributed.Client(machines) as client:
        workers = client.run(os.getpid)
    assert len(workers) == 2
    reports: list[tuple[int, int]] = []

    def report(done: int, total: int) -> None:
        reports.append((done, total))
        if len(reports) == 1:
            os.kill(next(iter(workers.values())), signal.SIGKILL)

    with cluster(machines.scheduler_address) as pool:
        far = sweep(specs, SEEDS, EPOCHS, GOAL, report=report, cluster=pool)
    assert reports[0][0] < reports[-1][0] == len(specs) * len(SEEDS)
    assert as_file(far) == as_file(sweep(specs, SEEDS, EPOCHS, GOAL))


def test_the_command_sends_its_work_away(machines: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """With the address of a scheduler; who gives that of none is told."""
    given = ["v=1&seed=0.5&networkShape=2", "--seeds", "3", "--epochs", "20"]
    assert command.main(given) == 0
    here = capsys.readouterr().out
    assert command.main([*given, "--dask", machines.scheduler_address]) == 0
    assert capsys.readouterr().out == here


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence names the address and what it has to be."""
    monkeypatch.setattr("tinkernet.engine.sweep.cluster.CONNECT_SECONDS", 0.2)
    assert command.main(["v=1&seed=0.5", "--seeds", "2", "--epochs", "1", "--dask", "tcp://127.0.0.1:1"]) == 2
    assert "the address of a Dask scheduler that answers" in capsys.readouterr().err


def test_chunks_are_about_half_a_second() -> None:
    """Small runs go together, a long one alone."""
    small, large = Spec(seed="1"), replace(Spec(seed="1"), hidden=(64, 64))
    parts = [(at, small, SEEDS[:10]) for at in range(100)]
    counts = [len(chunk) for chunk in runs._chunks(parts, 300)]
    assert sum(counts) == 100
    assert all(10 <= count <= 30 for count in counts[:-1])
    assert [len(chunk) for chunk in runs._chunks([(0, large, SEEDS[:10])] * 3, 3000)] == [1, 1, 1]
