"""Floods of long messages that are refused, and of requests: what other pages have meanwhile.

The pages of one browser, or of somebody without a cookie, send as fast as a page may, and come back at once when they
are closed. Two sessions beside them play as any does.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from tests.bench.load import clients, group
from tests.bench.served import Served, serving
from tests.soak.attacker import attacked
from tests.soak.crowd import wait_until
from tests.soak.promise import Promise, run

FLOODS = (
    ("nobody", "", 0),
    ("2 pages of one browser", "flood", 2),
    ("39 pages of one browser", "flood", 39),
    ("150 pages without a cookie", "nameless-flood", 150),
    ("40 lines of requests of one browser", "requests", 40),
)


def others(served: Served, kind: str, count: int, quick: bool) -> tuple[float, float]:
    """Frames and epochs a second of two sessions beside an attack, of the one that has fewer."""
    seconds, before = 4 if quick else 15, served.descriptors
    plan = {"seconds": seconds, "settle": 5, "groups": [group(2)]}
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor())
        found = pool.submit(clients, served.url, plan)
        wait_until(lambda: served.descriptors >= before + 2, 30)  # they are there before it begins
        if kind:
            did = stack.enter_context(attacked(kind, served.url, count))
        viewers = found.result()["viewers"]
    if kind:
        print(f"  {kind} by {count}: {dict(did)}", flush=True)
    return min(each["frames"] for each in viewers) / seconds, min(each["epochs"] for each in viewers) / seconds


def measure(quick: bool) -> list[Promise]:
    """Each flood on a server of its own."""
    promises = []
    for name, kind, count in FLOODS:
        with serving(TINKERNET_DATA_DIR="") as served:
            frames, epochs = others(served, kind, count, quick)
        promises += [
            Promise(f"beside {name}: frames a second, of 60", frames, least=50),
            Promise(f"beside {name}: epochs a second, of 60", epochs, least=58),
        ]
    return promises


if __name__ == "__main__":
    run("flood", measure)
