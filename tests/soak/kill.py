"""Kills the server at random moments, again and again: at most two seconds of training are lost.

After every restart the page rejoins. The weights, losses and curve that it then sees must equal, bit for bit, those of
an uninterrupted run at the same epoch. Then once more with one session that plays, one that is open and paused and one
that was left, while other browsers have filled what may be saved and go on to fill it.
"""

from __future__ import annotations

import random
import signal
import tempfile
import time
from pathlib import Path

from tests.bench.served import serving
from tests.page import Page
from tests.soak.evict import QUICK_ROOM, fill
from tests.soak.promise import Promise, run
from tests.soak.standing import Standing
from tests.test_restart import alone, begin, drain, same, started
from tinkernet.app.storage.sqlite_file import FILE

SEED = 20


def one_session(quick: bool) -> list[Promise]:
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


def full_store(quick: bool) -> list[Promise]:
    """Three sessions of three browsers across all kills, beside others' that take all the room."""
    chance = random.Random(SEED)
    kills, plan = (3, [20, 15]) if quick else (20, [30, 20, 20, 20])
    lost, seen, missing, served = [], [(0.0, 0.0)], 0, None
    with tempfile.TemporaryDirectory() as folder:
        settings = {"TINKERNET_DATA_DIR": folder, "TINKERNET_IDLE_PAUSE": "2", "TINKERNET_IDLE_EXPIRE": "4"}
        for name, megabytes in zip(("KEEP_MEGABYTES", "KEEP_MEGABYTES_PER_BROWSER"), QUICK_ROOM, strict=True):
            settings[f"TINKERNET_{name}"] = str(megabytes / 4 if quick else megabytes)
        for attempt in range(kills + 1):
            with serving(port=served.port if served else 0, **settings) as served:
                if attempt == 0:
                    standing = Standing.begin(served.url)
                else:
                    missing += standing.rejoin(served.url)
                    lost.append(seconds_lost(seen, standing.playing.frame.epoch))
                if attempt == kills:
                    break
                for sessions in plan if attempt == 0 else [2]:
                    fill(served.url, sessions, standing)
                seen = frames_seen(standing.playing, chance.uniform(0.1, 3.0))
                standing.hear()
                served.process.send_signal(signal.SIGKILL)
                drain(standing.playing)
                seen.append((time.monotonic(), standing.playing.frame.epoch))
            full = (Path(folder) / FILE).stat().st_size
    most = float(settings["TINKERNET_KEEP_MEGABYTES"])
    return [
        Promise("kills while others fill what may be saved", kills, exactly=kills),
        Promise("megabytes of the file then", full / 1e6, least=0.8 * most, most=1.05 * most),
        Promise("times that a session which rested or was left was not as it was", missing, exactly=0),
        Promise("training lost by the one that played, seconds, the most", max(lost), most=2.0),
    ]


def measure(quick: bool) -> list[Promise]:
    """Both."""
    return one_session(quick) + full_store(quick)


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
