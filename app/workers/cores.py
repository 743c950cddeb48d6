"""How many processor cores this process may use: fewer than the machine has, in a container or under `taskset`."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")


def cores() -> int:
    """The cores of this process's affinity mask, or the CPU quota of its control groups rounded up if that is less."""
    affinity = getattr(os, "sched_getaffinity", None)  # Linux and some BSDs
    allowed = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min([allowed, *(math.ceil(quota) for quota in quotas())]))


def quotas(own: Path = OWN_CGROUPS, root: Path = CGROUPS) -> Iterator[float]:
    """Every CPU quota on this process, in cores: its own group's and those of the groups above it.

    `own` names the groups as the kernel writes them, `root` is where the hierarchies are mounted (cgroups(7)).
    """
    try:
        lines = own.read_text().splitlines()
    except OSError:  # no Linux, or no control groups
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        # A container without a namespace of its own reads the host's path here, though its own group is mounted as the
        # root: folders that do not exist are passed over.
        for mount in (root / controllers, root / "cpu") if controllers else (root, root / "unified"):
            group = Path(path.lstrip("/"))
            for folder in (group, *group.parents):
                yield from _quota(mount / folder, old=bool(controllers))


def _quota(folder: Path, old: bool) -> Iterator[float]:
    """The quota in this folder, if there is one. `old`: in the two files of version 1."""
    names = ("cpu.cfs_quota_us", "cpu.cfs_period_us") if old else ("cpu.max",)
    try:
        quota, period = " ".join((folder / name).read_text() for name in names).split()
        if quota not in ("max", "-1"):
            yield int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return
