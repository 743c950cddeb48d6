"""Simulates many pages in one process, without a browser: `python -m tests.bench.clients URL`, with a plan on stdin.

The plan is JSON: {"seconds", "settle", "groups": [{"sessions", "viewers", "spec": {...}, "speed": number or null}]}.
Each viewer acknowledges every frame, as a page does, but at most 60 times a second, as fast as a screen. Prints one
JSON object with what each viewer received during the measured seconds.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.page import Visit, cookies_of_a_watcher, visit

TOPICS = [{"topic": "network"}, {"topic": "map", "unit": "output"}, {"topic": "losses"}, {"topic": "data"}]
SUBSCRIBE = json.dumps({"type": "subscribe", "topics": TOPICS})
# The network is the first part of a tick: four bytes, its code (2), two bytes; two losses, the moment
# in place of the speed (see `served`), the learning rate, playing, two bytes; restarts, revision and epoch as varints.
NETWORK = struct.Struct("<4x2x1x16xd8xB2x")
MOST_FRAMES = 60.0
ACK = '{"type":"ack"}'


def _varints(message: bytes, at: int) -> Iterator[int]:
    value = shift = 0
    for byte in message[at:]:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


@dataclass
class Viewer:
    """One simulated page."""

    url: str
    group: int
    session: Visit
    cookies: str
    leads: bool  # the owner's page, which configures and plays; the others use the join link
    is_open: asyncio.Event  # set when the owner has joined the session
    spec: dict[str, Any]
    speed: float | None
    ages: list[float] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)  # arrival times
    taken: int = 0  # bytes
    first_epoch: float = -1.0
    last_epoch: float = 0.0
    playing: bool = False

    async def live(self, clock: Clock) -> None:
        """Receive frames until the end of the clock."""
        address = f"{self.url.replace('http', 'ws', 1)}/s/{self.session.id}/ws"
        given: dict[str, Any] = {"additional_headers": {"Cookie": self.cookies}}
        if not self.leads:
            await self.is_open.wait()
            given["subprotocols"] = ["tinkernet", self.session.viewer_key]
        async with connect(address, compression=None, proxy=None, max_size=2**24, **given) as socket:
            await socket.send(SUBSCRIBE)
            if self.leads:
                state = await self._state(socket)
                self.is_open.set()
                spec = {**state["spec"], **self.spec}
                await socket.send(json.dumps({"type": "configure", "revision": state["revision"] + 1, "spec": spec}))
                await socket.send(json.dumps({"type": "speed", "rate": self.speed}))
                await socket.send(json.dumps({"type": "play"}))
            next_frame = 0.0
            with suppress(ConnectionClosed):
                async for message in socket:
                    now = time.monotonic()
                    if now >= clock.end:
                        return
                    if isinstance(message, str):
                        continue
                    self._note(message, now, clock)
                    next_frame = max(next_frame + 1 / MOST_FRAMES, now)
                    if next_frame > now + 0.001:
                        await asyncio.sleep(next_frame - now)
                    await socket.send(ACK)

    async def _state(self, socket: ClientConnection) -> dict[str, Any]:
        async for message in socket:
            if isinstance(message, str) and (event := json.loads(message))["type"] == "state":
                return dict(event)
        raise RuntimeError("the connection was closed before the first state")

    def _note(self, message: bytes, now: float, clock: Clock) -> None:
        assert message[4] == 2
        made, playing = NETWORK.unpack_from(message)
        epoch = list(islice(_varints(message, NETWORK.size), 3))[2]
        self.playing = bool(playing)
        if now < clock.begin:
            return
        self.last_epoch = epoch
        if self.first_epoch < 0:
            self.first_epoch = self.last_epoch
            return  # counting starts after the first frame
        self.ages.append(now - made)
        self.moments.append(now)
        self.taken += len(message)


@dataclass
class Clock:
    """Start and end of the measured time (time.monotonic), set once everybody has connected."""

    begin: float = float("inf")
    end: float = float("inf")


async def live(url: str, plan: dict[str, Any]) -> dict[str, Any]:
    """Connect all viewers, wait for the load to settle, and measure."""
    viewers: list[Viewer] = []
    for number, group in enumerate(plan["groups"]):
        for _ in range(group["sessions"]):
            session, is_open = await asyncio.to_thread(visit, url), asyncio.Event()
            for page in range(group["viewers"]):
                watches = await asyncio.to_thread(cookies_of_a_watcher, url, session.id) if page else ""
                cookies = watches or session.cookies
                viewers.append(Viewer(url, number, session, cookies, not page, is_open, group["spec"], group["speed"]))
    clock = Clock()
    async with asyncio.timeout(plan["settle"] + plan["seconds"] + 60), asyncio.TaskGroup() as tasks:
        for viewer in viewers:
            tasks.create_task(viewer.live(clock))
            await asyncio.sleep(0.005)
        clock.begin = time.monotonic() + plan["settle"]
        clock.end = clock.begin + plan["seconds"]
        own = -time.process_time()
        await asyncio.sleep(plan["settle"] + plan["seconds"])
        own += time.process_time()
    return {
        "begin": clock.begin,
        "end": clock.end,
        "clients_processor_seconds": own,
        "viewers": [
            {
                "group": viewer.group, "session": viewer.session.id, "frames": len(viewer.ages), "bytes": viewer.taken,
                "epochs": viewer.last_epoch - viewer.first_epoch, "ages": [round(age, 5) for age in viewer.ages],
                "moments": [round(moment, 3) for moment in viewer.moments], "playing": viewer.playing,
            }
            for viewer in viewers
        ],
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(asyncio.run(live(sys.argv[1], json.load(sys.stdin)))))
