"""One browser after another fills what is saved with the largest sessions: nothing of other browsers is lost."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench.engine import ALL
from tests.bench.served import serving
from tests.page import Page, visit
from tests.soak.promise import Promise, run
from tests.soak.standing import Standing
from tinkernet.app.storage.sqlite_file import FILE

LARGEST = {"features": list(ALL), "hidden": [200, 200], "optimiser": "adam"}
AT_ONCE = 10
ROOM, QUICK_ROOM = (256, 64), (48, 16)  # megabytes of all, and of one browser


def fill(url: str, sessions: int, standing: Standing) -> None:
    """Open so many of the largest sessions in one browser, and leave them."""
    browser = visit(url)
    for _ in range(0, sessions, AT_ONCE):
        with ExitStack() as stack:
            ids = [visit(url, cookies=browser.cookies).id for _ in range(AT_ONCE)]
            pages = [stack.enter_context(Page(url, id=id, patient=True)) for id in ids]
            for page in pages:
                page.ready().configure(**LARGEST)
            for page in pages:
                page.send("step")
                page.until(lambda page: page.state["revision"] == 1, seconds=60)
            standing.hear()


def measure(quick: bool) -> list[Promise]:
    """What was left is soon in the storage only, where it may be deleted."""
    settings = {"TINKERNET_IDLE_PAUSE": "2", "TINKERNET_IDLE_EXPIRE": "4"}
    plan, (most, each) = ([30, 20, 20, 20], QUICK_ROOM) if quick else ([190, 80, 80, 80, 80], ROOM)
    settings |= {"TINKERNET_KEEP_MEGABYTES": str(most), "TINKERNET_KEEP_MEGABYTES_PER_BROWSER": str(each)}
    with tempfile.TemporaryDirectory() as folder:
        settings["TINKERNET_DATA_DIR"] = folder
        with serving(**settings) as served:
            standing = Standing.begin(served.url)
            for sessions in plan:
                fill(served.url, sessions, standing)
            full = (Path(folder) / FILE).stat().st_size
        with serving(port=served.port, **settings) as again:
            lost = standing.lost(again.url)
    return [
        Promise(f"largest sessions opened by {len(plan)} browsers", sum(plan)),
        Promise("megabytes of the file then", full / 1e6, least=0.8 * most, most=1.05 * most),
        Promise("after SIGTERM and a start: sessions of others that are not as they were", lost, exactly=0),
    ]


if __name__ == "__main__":
    run("evict", measure)
