"""Time from the command until the server listens, can show a network and can train it, with a cold and a warm cache."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from statistics import median
from typing import Any

from tests.bench import report
from tests.bench.report import ROOT
from tests.bench.rounds import progress
from tests.bench.served import start, wait_until_ready

IMPORTS = ("numpy", "numba", "tinkernet.engine", "tinkernet.app.web.application")


def started(cache: str) -> dict[str, float]:
    """Start a server once. Returns seconds since the command, and memory in MiB."""
    began = time.perf_counter()
    served = start(TINKERNET_CACHE_DIR=cache)
    try:
        listening = time.perf_counter() - began
        wait_until_ready(served.url, to_train=False)
        ready = time.perf_counter() - began
        wait_until_ready(served.url)
        trains = time.perf_counter() - began
        memory = served.memory
    finally:
        served.stop()
    return {"listening_s": listening, "ready_s": ready, "trains_s": trains, "memory_mb": memory}


def imported(module: str) -> float:
    """Seconds to import a module in a new process, without the start of the interpreter."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(said.stdout)


def measure(quick: bool) -> dict[str, Any]:
    """Every cold start has an empty cache folder; the warm starts after it use the same folder."""
    colds, warms = [], []
    for round in range(1 if quick else 2):
        progress(f"cold start {round + 1}")
        with tempfile.TemporaryDirectory() as cache:
            colds.append(started(cache))
            for turn in range(1 if quick else 4):
                progress(f"warm start {turn + 1}")
                warms.append(started(cache))
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    for name, runs, wanted in (("cold", colds, "<= 15"), ("warm", warms, "<= 2")):
        for key in ("listening_s", "ready_s", "trains_s", "memory_mb"):
            values = [run[key] for run in runs]
            found[f"{name} {key}"] = {"min": min(values), "median": median(values)}
            rows.append([name, key, min(values), median(values), wanted if key == "ready_s" else ""])
    for module in IMPORTS:
        values = [imported(module) for _ in range(2 if quick else 4)]
        found[f"import {module}"] = {"min": min(values), "median": median(values)}
        rows.append(["import", module, min(values), median(values), ""])
    report.table("Start (seconds, MB)", ("start", "what", "min", "median", "wanted"), rows)
    return found


if __name__ == "__main__":
    report.run("start", measure)
