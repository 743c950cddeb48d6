"""The machine's clock goes wrong by sixty days, forth and back, while the server runs and between two runs.

Run as a module with `--port`, this file is the server with a clock that signals set: SIGUSR1 sixty days ahead, SIGUSR2
as far back. Python's clock is what the server asks; what the system notes of files stays right. This server deletes
what is too old each second, not each hour, and soon after its start.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time

from tests.bench.served import Served, serving
from tests.page import Page
from tests.soak.promise import Promise, run
from tests.soak.standing import Standing

DAYS = 60
WRITTEN = 3.0  # seconds after which what has changed is in the file


def serve() -> None:
    """The server, with so many days added to its clock as SOAK_DAYS says."""
    right, days = time.time, float(os.environ.get("SOAK_DAYS", "0"))

    def turn(by: float) -> None:
        nonlocal days
        days += by

    signal.signal(signal.SIGUSR1, lambda *_: turn(DAYS))
    signal.signal(signal.SIGUSR2, lambda *_: turn(-DAYS))
    time.time = lambda: right() + 86_400 * days
    from tinkernet.app.__main__ import main
    from tinkernet.app.storage import sqlite

    sqlite.SETTLE = sqlite.TIDY = 1.0
    sys.exit(main())


def write(served: Served) -> None:
    """Let the server write something: it deletes what is too old when it writes."""
    with Page(served.url) as page:
        page.ready().send("step", epochs=5)
        page.until(lambda page: page.frame.epoch == 5)
        time.sleep(WRITTEN)


def measure(quick: bool) -> list[Promise]:
    """What was left is in the storage only, where a clock could make it old."""
    settings = {"TINKERNET_IDLE_PAUSE": "1", "TINKERNET_IDLE_EXPIRE": "2"}
    lost = []
    with tempfile.TemporaryDirectory() as folder:
        settings["TINKERNET_DATA_DIR"] = folder
        with serving("tests.soak.clock", **settings) as served:
            standing = Standing.begin(served.url)
            time.sleep(WRITTEN)
            for _ in range(1 if quick else 5):
                for way in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGUSR2, signal.SIGUSR1):
                    served.process.send_signal(way)
                    write(served)
                    standing.hear()
            lost.append(standing.lost(served.url))
        for days in (DAYS, -DAYS, 0):
            with serving("tests.soak.clock", port=served.port, SOAK_DAYS=str(days), **settings) as again:
                write(again)
                lost.append(standing.lost(again.url))
    return [
        Promise("after jumps while it runs: sessions that are not as they were", lost[0], exactly=0),
        Promise("after a start 60 days ahead", lost[1], exactly=0),
        Promise("after one 60 days behind", lost[2], exactly=0),
        Promise("after one with the right time", lost[3], exactly=0),
    ]


if __name__ == "__main__":
    serve() if "--port" in sys.argv else run("clock", measure)
