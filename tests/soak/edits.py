"""A page changes long lists as often as it may while it trains: the cost in memory, on the disk, and for others."""

from __future__ import annotations

import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from tests.bench.load import clients, group
from tests.bench.served import serving
from tests.page import Page
from tests.soak.promise import Promise, run

EACH = 190.0  # messages a second: fewer than a page may send
LINKS = [f"{layer}.{neuron}.{input}" for layer in (1, 2) for neuron in range(10, 64) for input in range(10, 20)]


def burst(page: Page, seconds: float) -> int:
    """Two values of `cut` and `frozen` in turn, for so long and until one is refused. Returns the changes sent.

    A run that takes no more is begun again, which makes room.
    """
    specs = [
        json.dumps({**page.state["spec"], "cut": LINKS[at:][:256], "frozen": LINKS[at + 256 :][:256]})
        for at in (0, 512)
    ]
    began, sent, begun_again = time.monotonic(), 0, 0
    revision = page.state["revision"]
    while time.monotonic() < began + seconds or not (refusals(page) or time.monotonic() > began + 8 * seconds):
        revision, sent = revision + 1, sent + 1
        page.socket.send(f'{{"type":"configure","revision":{revision},"spec":{specs[sent % 2]}}}')
        if refusals(page) > begun_again + 100:
            begun_again = refusals(page)
            page.send("reset")
            page.send("play")
        with suppress(TimeoutError):
            while True:
                page.hear(max(0.0, began + sent / EACH - time.monotonic()))
    return sent


def refusals(page: Page) -> int:
    """How often it was told that the run takes no more changes."""
    return sum(error["field"] == "edits" for error in page.errors)


def measure(quick: bool) -> list[Promise]:
    """One page of one browser, beside two sessions that play."""
    seconds = 8 if quick else 60
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        with serving(TINKERNET_DATA_DIR=folder) as served, Page(served.url, patient=True) as page:
            page.ready().configure(hidden=[64, 64, 64])
            page.send("play")
            page.until(lambda page: page.state["revision"] == 1)
            time.sleep(2)
            memory = served.memory
            beside = pool.submit(clients, served.url, {"seconds": seconds - 3, "settle": 2, "groups": [group(2)]})
            sent = burst(page, seconds)
            found = beside.result()
            memory = served.memory - memory
            time.sleep(3)
            written, began = served.written, time.monotonic()
            time.sleep(5)
            written, passed = served.written - written, time.monotonic() - began
            size = sum(path.stat().st_size for path in Path(folder).iterdir())
        gaps = [late - early for each in found["viewers"] for early, late in pairwise(each["moments"])]
    return [
        Promise("changes sent", sent),
        Promise("refused, with the limit named", refusals(page), least=1),
        Promise("memory more, MiB", memory, most=64),
        Promise("size of the files, MB", size / 1e6, most=16),
        Promise("written while it then trains on, MB a second", written / passed / 1e6, most=2),
        Promise("longest wait for another session's frame, s", max(gaps, default=99.0), most=0.5),
    ]


if __name__ == "__main__":
    run("edits", measure)
