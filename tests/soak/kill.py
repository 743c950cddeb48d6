"""Kills the server at random moments while it trains, again and again: at most two seconds of training are lost.

After every restart the page rejoins. The weights, losses and curve that it then sees must equal, bit for bit, those of
an uninterrupted run at the same epoch.
"""

from __future__ import annotations

import random
import signal
import tempfile
import time
from pathlib import Path

from tests.page import Page
from tests.soak.promise import Promise, run
from tests.test_restart import alone, begin, drain, same, started

SEED = 20


def measure(quick: bool) -> list[Promise]:
    """One session across all kills."""
    chance = random.Random(SEED)
    kills = 3 if quick else 20
    id, seen, lost, healthy, back, equal = "", [(0.0, 0.0)], [], [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        for attempt in range(kills + 1):
            begun = time.monotonic()
            with started(Path(folder)) as server, Page(server.url, **({"id": id} if id else {})) as page:
                if attempt == 0:
                    begin(page)
                    page.send("play")
                    id = page.id
                else:
                    healthy.append(time.monotonic() - begun)
                    page.ready()
                    back.append(time.monotonic() - begun)
                    lost.append(seconds_lost(seen, page.frame.epoch))
                    equal += same(page, alone(page))
                if attempt == kills:
                    break
                seen = frames_seen(page, chance.uniform(2.0, 4.0) if attempt == 0 else chance.uniform(0.1, 3.0))
                server.process.send_signal(signal.SIGKILL)
                drain(page)
                seen.append((time.monotonic(), page.frame.epoch))
    return [
        Promise("kills", kills, exactly=kills),
        Promise("training lost, seconds, the most", max(lost), most=2.0),
        Promise("from the start of a server until it is healthy, seconds, the most", max(healthy)),
        Promise("from there until a page sees it, seconds, the most", max(map(float.__sub__, back, healthy))),
        Promise("times that all numbers were an uninterrupted run's", equal, exactly=kills),
        Promise("epochs trained", page.frame.epoch),
    ]


def frames_seen(page: Page, seconds: float) -> list[tuple[float, float]]:
    """Watch for so many seconds. Returns (time, epoch) of each frame."""
    end, seen = time.monotonic() + seconds, []

    def note(page: Page) -> bool:
        seen.append((time.monotonic(), page.frame.epoch))
        return seen[-1][0] > end

    page.until(note)
    return seen


def seconds_lost(seen: list[tuple[float, float]], epoch: float) -> float:
    """Seconds of training between the last frame that the page saw and the epoch it was thrown back to.

    If that epoch lies before the first frame since the last restart, the time counts from that frame.
    """
    return seen[-1][0] - max((moment for moment, reached in seen if reached <= epoch), default=seen[0][0])


if __name__ == "__main__":
    run("kill", measure)
