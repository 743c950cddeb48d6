"""A class: 300 people join within ten seconds, then somebody tries a thousand codes a minute.

A person is a browser of its own: it enters the code, gets a link, connects and waits for the first picture. The pages
are simulated in this process and share the machine's cores with the server.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.bench import report
from tests.bench.clients import ACK, MOST_FRAMES, SUBSCRIBE
from tests.bench.load import percentile
from tests.bench.served import serving
from tests.page import Page

PEOPLE, SECONDS = 300, 10.0
WRONG = 1000 / 60  # codes a second
ADDRESSES = {"TINKERNET_MAX_PAGES_PER_ADDRESS": "1000"}  # all come from one here
TITLE = "A class (wanted: 300 join within 10 s, p95 2 s; wrong codes change nothing)"
HEAD = ("people", "join p50 s", "p95", "frames/s min", "median", "with wrong codes min", "median")


@dataclass
class Person:
    """One browser."""

    url: str
    code: str
    joined: float = 0.0  # seconds from the code to the first picture
    frames: list[float] = field(default_factory=list)  # the moments of ticks
    connected: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, wait: float) -> None:
        """Join after a while, and follow until cancelled."""
        await asyncio.sleep(wait)
        began = time.monotonic()
        status, link, cookie = await asyncio.to_thread(entered, self.url, self.code)
        assert status == 200, link
        path, _, key = link.partition("#key=")
        address = f"{self.url.replace('http', 'ws', 1)}/{path.removesuffix('/watch')}/ws"
        headers = {"Cookie": cookie}
        given: dict[str, Any] = {"additional_headers": headers, "subprotocols": ["tinkernet", key]}
        async with connect(address, compression=None, proxy=None, max_size=2**24, **given) as socket:
            await socket.send(SUBSCRIBE)
            due = 0.0
            try:
                async for message in socket:
                    if isinstance(message, str):
                        continue
                    now = time.monotonic()
                    if not self.frames:
                        self.joined = now - began
                        self.connected.set()
                    self.frames.append(now)
                    due = max(due + 1 / MOST_FRAMES, now)
                    if due > now + 0.001:
                        await asyncio.sleep(due - now)
                    await socket.send(ACK)
            except ConnectionClosed:
                return

    def rate(self, begin: float, end: float) -> float:
        """Ticks a second between two moments."""
        return sum(begin <= at < end for at in self.frames) / (end - begin)


def entered(url: str, code: str) -> tuple[int, str, str]:
    """Enter a code as a new browser: the status, the link or what was said, and the cookie."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request("POST", "/join", json.dumps({"code": code}), {"Origin": url})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        return answer.status, found.get("link") or found["detail"], cookie
    finally:
        connection.close()


async def attack(url: str, stop: asyncio.Event) -> int:
    """Try wrong codes, each as a new browser, until told to stop. Gives how many."""
    tried = 0
    while not stop.is_set():
        tried += 1
        status, said, _ = await asyncio.to_thread(entered, url, f"0{tried:05d}"[-6:])
        assert status == 404, said
        await asyncio.sleep(1 / WRONG)
    return tried


async def lesson(url: str, code: str, people: int, seconds: float) -> dict[str, Any]:
    """All join, follow for a while, and then beside the attack."""
    everybody = [Person(url, code) for _ in range(people)]
    tasks = [asyncio.create_task(each.follow(SECONDS * at / people)) for at, each in enumerate(everybody)]
    await asyncio.wait_for(asyncio.gather(*(each.connected.wait() for each in everybody)), 90)
    begin = time.monotonic()
    await asyncio.sleep(seconds)
    middle, stop = time.monotonic(), asyncio.Event()
    attacking = asyncio.create_task(attack(url, stop))
    await asyncio.sleep(seconds)
    end = time.monotonic()
    stop.set()
    tried = await attacking
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    joined = [each.joined for each in everybody]
    calm = [each.rate(begin, middle) for each in everybody]
    attacked = [each.rate(middle, end) for each in everybody]
    return {
        "people": people, "join_p50": median(joined), "join_p95": percentile(joined, 95), "wrong_codes": tried,
        "frames_min": min(calm), "frames_median": median(calm),
        "attacked_min": min(attacked), "attacked_median": median(attacked),
    }  # fmt: skip


def measure(quick: bool) -> dict[str, Any]:
    """One class on a fresh server."""
    people, seconds = (30, 2.0) if quick else (PEOPLE, 10.0)
    with serving(**ADDRESSES) as served, Page(served.url) as desk:
        desk.ready()
        parts = urlsplit(served.url)
        connection = HTTPConnection(parts.netloc, timeout=30)
        headers = {"Origin": served.url, "Cookie": desk.visit.cookies}
        connection.request("POST", f"/s/{desk.id}/class", "{}", headers)
        assert connection.getresponse().status == 204
        connection.close()
        desk.until(lambda page: page.of_class is not None)
        desk.send("play")
        assert desk.of_class is not None
        found = asyncio.run(lesson(served.url, desk.of_class["code"], people, seconds))
    keys = ("people", "join_p50", "join_p95", "frames_min", "frames_median", "attacked_min", "attacked_median")
    report.table(TITLE, HEAD, [[found[key] for key in keys]])
    return found


if __name__ == "__main__":
    report.run("classroom", measure)
