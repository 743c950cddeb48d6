"""Clients that take every place: the owner of a running session, whose line drops, still gets in."""

from __future__ import annotations

import time
from contextlib import suppress

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.bench.served import serving
from tests.page import Page
from tests.soak.attacker import attacked
from tests.soak.promise import Promise, run

CROWDS = (("600 clients without a name", "nameless", 600), ("260 browsers", "browsers", 260))


def gets_in(url: str, id: str = "") -> bool:
    """Whether a page is shown its session within ten seconds: this one, or a new one in a new browser."""
    with suppress(AssertionError, ConnectionClosed, InvalidHandshake, OSError), Page(url, id=id) as page:
        page.until(lambda page: page.frame is not None, seconds=10)
        page.cut()
        return True
    return False


def measure(quick: bool) -> list[Promise]:
    """Each crowd on a server of its own."""
    promises, times = [], 5 if quick else 20
    for name, kind, count in CROWDS:
        with serving(TINKERNET_DATA_DIR="") as served, Page(served.url) as owner:
            owner.ready().send("play")
            owner.until(lambda page: page.frame.epoch > 10)
            with attacked(kind, served.url, count) as did:
                time.sleep(5 if quick else 15)  # until they have taken what they get
                owner.cut()
                back = sum(gets_in(served.url, owner.id) for _ in range(times))
                new = sum(gets_in(served.url) for _ in range(times))
        promises += [
            Promise(f"{name}: handshakes that let one in", did["let in"]),
            Promise(f"{name}: an owner comes back, times of {times}", back, exactly=times),
            Promise(f"{name}: a newcomer gets in, times of {times}", new),
        ]
    return promises


if __name__ == "__main__":
    run("places", measure)
