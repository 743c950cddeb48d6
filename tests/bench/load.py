"""The load of a class: many sessions, many viewers of one session, and one large network among small ones.

The server and the simulated pages are two processes on one machine and share its cores, so the CPU time of the pages is
reported too. The number of connections and the duration are fixed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median, quantiles
from typing import Any

from tests.bench import report
from tests.bench.engine import ALL
from tests.bench.report import ROOT
from tests.bench.rounds import progress
from tests.bench.served import serving

DEFAULT: dict[str, Any] = {}
LARGEST = {"features": list(ALL), "hidden": [64] * 8}


TITLE = (
    "Load (frames per second and viewer; wanted: 10 with 100 sessions, 15 with 300 viewers; age p95 within 300 ms,"
    " fairness 0.95, lag p99 25 ms, 4 MB each)"
)
HEAD = (
    "plan", "frames min", "median", "age p50 ms", "p95", "epochs/s", "fairness",
    "lag p99 ms", "MB each", "server cores", "clients",
)  # fmt: skip


def group(sessions: int, viewers: int = 1, speed: float | None = 60, spec: dict[str, Any] = DEFAULT) -> dict[str, Any]:
    """A group of equal sessions, for a plan."""
    return {"sessions": sessions, "viewers": viewers, "speed": speed, "spec": spec}


PLANS: dict[str, list[dict[str, Any]]] = {
    "100 sessions at 60 epochs/s": [group(100)],
    "100 sessions, full speed": [group(100, speed=None)],
    "300 viewers of one session": [group(1, viewers=300)],
    "21 sessions, full speed": [group(20, speed=None), group(1, speed=None)],
    "20 and the largest, full speed": [group(20, speed=None), group(1, speed=None, spec=LARGEST)],
    "20 and the largest, 60 epochs/s": [group(20), group(1, speed=None, spec=LARGEST)],
}


def loaded(groups: list[dict[str, Any]], seconds: float, settle: float) -> dict[str, Any]:
    """Run one plan on a fresh server. Returns totals, and results by group."""
    with serving("tests.bench.served") as served:
        warm_up = {"seconds": 0.5, "settle": 0.5, "groups": [group(1)]}
        clients(served.url, warm_up)
        empty, used = served.memory, served.processor_seconds
        found = clients(served.url, {"seconds": seconds, "settle": settle, "groups": groups})
        # Before expired sessions are removed: paused or not, all are still in memory.
        full, used = served.memory, served.processor_seconds - used
        lags = [by for at, by in json.loads(served.stop().splitlines()[-1]) if found["begin"] <= at <= found["end"]]
    sessions = sum(each["sessions"] for each in groups)
    result: dict[str, Any] = {
        "lag_p99_ms": percentile(lags, 99) * 1e3,
        "lag_max_ms": max(lags) * 1e3,
        "memory_per_session_mb": (full - empty) / sessions,
        "memory_mb": full,
        "server_cores": used / (seconds + settle),
        "clients_cores": found["clients_processor_seconds"] / (seconds + settle),
        "groups": [_of_group(found["viewers"], number, seconds) for number in range(len(groups))],
    }
    return result


def _of_group(viewers: list[dict[str, Any]], number: int, seconds: float) -> dict[str, Any]:
    mine = [viewer for viewer in viewers if viewer["group"] == number]
    rates = [viewer["frames"] / seconds for viewer in mine]
    epochs = list({viewer["session"]: viewer["epochs"] for viewer in mine}.values())
    ages = [age for viewer in mine for age in viewer["ages"]] or [float("nan")]
    squares = sum(each * each for each in epochs)
    return {
        "frames_min": min(rates),
        "frames_median": median(rates),
        "age_p50_ms": median(ages) * 1e3,
        "age_p95_ms": percentile(ages, 95) * 1e3,
        "epochs_per_second": median(epochs) / seconds,
        "epochs_per_second_min": min(epochs) / seconds,
        "jain": sum(epochs) ** 2 / (len(epochs) * squares) if squares else 0.0,
        "kilobytes_per_second": sum(viewer["bytes"] for viewer in mine) / seconds / 1e3,
        "stopped": sum(not viewer["playing"] for viewer in mine),
    }


def percentile(values: list[float], percent: int) -> float:
    """The given percentile; values may be in any order."""
    return quantiles(values, n=100)[percent - 1] if len(values) > 1 else values[0]


def clients(url: str, plan: dict[str, Any]) -> dict[str, Any]:
    """Run a plan in another process (tests/bench/clients.py). Returns its results."""
    command = [sys.executable, "-m", "tests.bench.clients", url]
    limit = plan["seconds"] + plan["settle"] + 90
    said = subprocess.run(
        command, cwd=ROOT, input=json.dumps(plan), stdout=subprocess.PIPE, text=True, timeout=limit, check=True
    )
    return dict(json.loads(said.stdout))


def measure(quick: bool) -> dict[str, Any]:
    """All plans, one after another."""
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    for name, groups in PLANS.items():
        progress(name)
        found[name] = result = loaded(groups, *((2, 1) if quick else (10, 3)))
        for number, each in enumerate(result["groups"]):
            keys = ("frames_min", "frames_median", "age_p50_ms", "age_p95_ms", "epochs_per_second", "jain")
            own = [result[key] for key in ("lag_p99_ms", "memory_per_session_mb", "server_cores", "clients_cores")]
            label = name if number == 0 else f"{name}: the last"
            rows.append([label, *(each[key] for key in keys), *(own if number == 0 else [""] * len(own))])
    report.table(TITLE, HEAD, rows)
    return found


if __name__ == "__main__":
    report.run("load", measure)
