"""A page changes long lists as often as it may while it trains: the cost in memory, on the disk, and for others."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.bench.load import clients, group
from tests.bench.served import serving
from tests.page import Page
from tests.soak.promise import Promise, run

EACH = 190.0  # messages a second: fewer than a page may send
LINKS = [f"{layer}.{neuron}.{input}" for layer in (1, 2) for neuron in range(10, 64) for input in range(10, 20)]


@dataclass
class Attack:
    """What a page did, and heard."""

    sent: int = 0
    refused: int = 0  # told that the run takes no more changes
    connected: int = 0


def attack(url: str, id: str, seconds: float) -> Attack:
    """For so long and until a change is refused, and come back each time the connection ends."""
    did, began = Attack(), time.monotonic()

    def over() -> bool:
        passed = time.monotonic() - began
        return passed > seconds and (did.refused > 0 or passed > 8 * seconds)

    while not over():
        with (
            suppress(ConnectionClosed, InvalidHandshake, OSError, AssertionError),
            Page(url, id=id, patient=True) as page,
        ):
            page.until(lambda page: page.state)
            did.connected += 1
            burst(page, did, over)
    return did


def burst(page: Page, did: Attack, over: Callable[[], bool]) -> None:
    """Two values of `cut` and `frozen` in turn. A run that takes no more is begun again, which makes room."""
    specs = [
        json.dumps({**page.state["spec"], "cut": LINKS[at:][:256], "frozen": LINKS[at + 256 :][:256]})
        for at in (0, 512)
    ]
    began, sent, heard, begun_again = time.monotonic(), 0, 0, 0
    revision = page.state["revision"]
    page.send("play")
    while not over():
        revision, sent = revision + 1, sent + 1
        page.socket.send(f'{{"type":"configure","revision":{revision},"spec":{specs[sent % 2]}}}')
        did.sent += 1
        with suppress(TimeoutError):
            while True:
                page.hear(max(0.0, began + sent / EACH - time.monotonic()))
        refused = sum(error["field"] == "edits" for error in page.errors)
        did.refused, heard = did.refused + refused - heard, refused
        if refused > begun_again + 100:
            begun_again = refused
            page.send("reset")
            page.send("play")


def measure(quick: bool) -> list[Promise]:
    """One page of one browser, beside two sessions that play."""
    seconds = 8 if quick else 60
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        with serving(TINKERNET_DATA_DIR=folder) as served:
            with Page(served.url) as page:
                page.ready().configure(hidden=[64, 64, 64])
                page.until(lambda page: page.state["revision"] == 1)
            time.sleep(2)
            memory = served.memory
            beside = pool.submit(clients, served.url, {"seconds": seconds - 3, "settle": 2, "groups": [group(2)]})
            did = attack(served.url, page.id, seconds)
            found = beside.result()
            memory = served.memory - memory
            time.sleep(3)
            written, began = served.written, time.monotonic()
            time.sleep(5)
            written, passed = served.written - written, time.monotonic() - began
            size = sum(path.stat().st_size for path in Path(folder).iterdir())
        gaps = [late - early for each in found["viewers"] for early, late in pairwise(each["moments"])]
    return [
        Promise("changes sent", did.sent),
        Promise("refused, with the limit named", did.refused, least=1),
        Promise("memory more, MiB", memory, most=64),
        Promise("size of the files, MB", size / 1e6, most=16),
        Promise("written while it then trains on, MB a second", written / passed / 1e6, most=2),
        Promise("longest wait for another session's frame, s", max(gaps, default=99.0), most=0.5),
    ]


if __name__ == "__main__":
    run("edits", measure)
