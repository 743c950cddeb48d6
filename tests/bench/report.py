"""Prints tables, writes results as JSON, and describes the machine they were measured on."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
"""Ignored by Git."""


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table: text aligned left, numbers aligned right."""
    cells = [[_text(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    print(f"\n{title}\n")
    for number, row in enumerate([list(head), ["-" * width for width in widths], *cells]):
        numeric = [number > 1 and isinstance(rows[number - 2][i], int | float) for i in range(len(head))]
        placed = zip(row, widths, numeric, strict=True)
        line = (cell.rjust(width) if right else cell.ljust(width) for cell, width, right in placed)
        print("  " + "  ".join(line).rstrip())
    sys.stdout.flush()


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.3g}" if abs(cell) < 100 else f"{cell:,.0f}"
    return str(cell)


def machine() -> dict[str, Any]:
    """The processor, versions of packages, the commit, and the load average."""
    packages = ("numpy", "numba", "llvmlite", "torch", "scikit-learn", "jax", "playwright", "websockets", "uvicorn")
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "compiler": _said(os.environ.get("CC", "cc"), "--version").partition("\n")[0],
        "versions": {name: found for name in packages if (found := _version(name))},
        "commit": _said("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        "load": os.getloadavg()[0],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def run(part: str, measure: Callable[[bool], dict[str, Any]], suite: str = "bench") -> None:
    """Run one part as a command: measure, and write the results to build/SUITE/PART.json."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.{suite}.{part}")
    parser.add_argument("--quick", action="store_true", help="few and short rounds: to see that it works")
    found = {"machine": machine()}
    busy = found["machine"]["load"] > 0.5
    if busy:
        print(f"  The machine is busy (load {found['machine']['load']:.1f}): look at the minima.", file=sys.stderr)
    try:
        found |= measure(parser.parse_args().quick)
    except KeyboardInterrupt:
        sys.exit(130)
    (BUILD / suite).mkdir(parents=True, exist_ok=True)
    (BUILD / suite / f"{part}.json").write_text(json.dumps(found, indent=1) + "\n")
