"""Many pages at once, some of them hostile: what they cost the server, and what others notice."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import pairwise
from statistics import median
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed

from tests.bench.load import LARGEST, clients, group, percentile
from tests.bench.served import Served, serving
from tests.page import Page
from tests.soak.promise import Promise, run
from tests.test_restart import alone, begin, same

SERVER, NO_STORE = "tests.bench.served", {"TINKERNET_DATA_DIR": ""}
ACK = b'{"type":"ack"}'
SUBSCRIBE = b'{"type":"subscribe","topics":[{"topic":"network"},{"topic":"map","unit":"output"},{"topic":"losses"}]}'


def frame_of(text: bytes) -> bytes:
    """A client's WebSocket text frame, masked with zeros. `text` has at most 125 bytes."""
    return bytes((0x81, 0x80 | len(text))) + bytes(4) + text


def mute(page: Page) -> socket.socket:
    """Another tab of the page's browser that shows everything and never reads; its receive buffer is small."""
    address = urlsplit(page.address)
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.connect(("127.0.0.1", address.port))
    raw.sendall(
        f"GET /s/{page.id}/ws HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {page.visit.cookies}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    assert raw.recv(12) == b"HTTP/1.1 101"  # the first and the last bytes it reads; what comes before them is lost
    raw.sendall(frame_of(SUBSCRIBE))
    return raw


def demand(raw: socket.socket) -> None:
    """Acknowledge a frame without having read it."""
    with suppress(OSError):
        raw.send(frame_of(ACK), socket.MSG_DONTWAIT)


def large(page: Page) -> None:
    """Configure a network with frames of 25 kB, and play."""
    page.ready()
    page.configure(hidden=[8, 8, 8, 8])
    page.send("speed", rate=200.0)
    page.send("play")
    page.until(lambda page: page.frame.epoch > 50 and len(page.frame.small_maps) > 30)


def visits(quick: bool) -> list[Promise]:
    """Visits come and go. Abandoned sessions expire after one second here, so that leaks become visible."""
    idle = {"TINKERNET_IDLE_PAUSE": "1", "TINKERNET_IDLE_EXPIRE": "1"}
    batch = {"seconds": 0.5, "settle": 0.5, "groups": [group(50)]}

    def come_and_go() -> None:
        clients(served.url, batch)
        wait_until(lambda: served.descriptors <= resting, 15)
        time.sleep(2)  # expiry of sessions cannot be observed from outside

    with serving(SERVER, **NO_STORE, **idle) as served:
        resting = served.descriptors + 2
        for _ in range(2):
            come_and_go()
        before = served.memory, served.descriptors, served.threads, served.tasks
        for _ in range(2 if quick else 10):
            come_and_go()
        after = served.memory, served.descriptors, served.threads, served.tasks
    memory, descriptors, threads, tasks = (late - early for early, late in zip(before, after, strict=True))
    return [
        Promise(f"{100 if quick else 500} visits: memory more, MiB", memory, most=10),
        Promise("their descriptors left", descriptors, most=0),
        Promise("their threads left", threads, most=0),
        Promise("their tasks left", tasks, most=0),
    ]


def wait_until(met: Callable[[], bool], seconds: float) -> float:
    """Seconds until the condition was met, or about `seconds` if it was not."""
    begun = time.monotonic()
    while not met() and time.monotonic() < begun + seconds:
        time.sleep(0.02)
    return time.monotonic() - begun


@contextmanager
def read(page: Page, moments: list[float]) -> Iterator[None]:
    """Read the page's messages on a thread and record when frames arrive."""
    over = threading.Event()

    def note(page: Page) -> bool:
        if page.heard[-1:] == ["tick"]:
            moments.append(time.monotonic())
        return over.is_set()

    reader = threading.Thread(target=lambda: page.until(note, seconds=120))
    reader.start()
    try:
        yield
    finally:
        over.set()
        reader.join()


def stalled(quick: bool) -> list[Promise]:
    """Ten viewers that never read but request every frame; then the effect of one such viewer on others."""
    with serving(SERVER, **NO_STORE) as served, Page(served.url) as page:
        large(page)
        moments: list[float] = []
        with read(page, moments):
            time.sleep(3)
            descriptors, memory, most = served.descriptors, served.memory, 0.0
            mutes = [mute(page) for _ in range(10)]
            wait_until(lambda: served.descriptors >= descriptors + 10, 5)

            def gone() -> bool:
                nonlocal most
                for raw in mutes:
                    demand(raw)
                most = max(most, served.memory)
                return served.descriptors <= descriptors

            seconds = wait_until(gone, 20)
            for raw in mutes:
                raw.close()
        page.send("pause")
    turn = 3.0 if quick else 7.0
    plan = {"seconds": 12 if quick else 84, "settle": 1, "groups": [group(4, viewers=5)]}
    with serving(SERVER, **NO_STORE) as served, beside(served, turn) as turns:
        found = clients(served.url, plan)
    ages: dict[bool, list[float]] = {False: [], True: []}
    for since, until, stalling in turns:
        of_all = [
            age
            for viewer in found["viewers"]
            for age, moment in zip(viewer["ages"], viewer["moments"], strict=True)
            if since <= moment < until
        ]
        if since >= found["begin"] and until <= found["end"]:
            ages[stalling].append(percentile(of_all, 95) * 1e3)
    without, beside_one = median(ages[False]), median(ages[True])
    return [
        Promise("viewers that never read: the last is gone after seconds", seconds, most=10),
        Promise("each of them costs MiB", (most - memory) / 10, most=1),
        Promise("age of the others' frames without them, p95, ms", without),
        Promise("with one, ms", beside_one),
        Promise("more, percent", (beside_one / without - 1) * 100, most=10),
    ]


@contextmanager
def beside(served: Served, turn: float) -> Iterator[list[tuple[float, float, bool]]]:
    """A playing network with one viewer; in every second turn another viewer joins that never reads.

    Yields the list of finished turns: start, end, and whether the stalled viewer was there. The turns alternate within
    one run, and the network plays in all of them, so other work on the machine affects both kinds alike.
    """
    over = threading.Event()
    turns: list[tuple[float, float, bool]] = []

    def alternate() -> None:
        with Page(served.url) as page:
            page.ready()
            page.send("play")
            while not over.is_set():
                begun, raw = time.monotonic(), mute(page) if len(turns) % 2 else None
                while time.monotonic() < begun + turn and not over.is_set():
                    with suppress(TimeoutError):
                        page.hear(1 / 60)
                    if raw is not None:
                        demand(raw)
                turns.append((begun, time.monotonic(), raw is not None))
                if raw is not None:
                    raw.close()

    thread = threading.Thread(target=alternate)
    thread.start()
    try:
        yield turns
    finally:
        over.set()
        thread.join()


def flood(quick: bool) -> list[Promise]:
    """100,000 small messages at once from one page that keeps reading, beside another session that plays."""
    with serving(SERVER, **NO_STORE) as served, Page(served.url) as calm, Page(served.url, patient=True) as loud:
        calm.ready(), loud.ready()
        calm.send("play")
        moments: list[float] = []
        with read(calm, moments):
            time.sleep(1)
            begun = time.monotonic()

            def pour() -> None:
                with suppress(OSError):
                    loud.socket.socket.sendall(frame_of(ACK) * 100_000)

            flooding = threading.Thread(target=pour)
            flooding.start()
            with suppress(ConnectionClosed):
                loud.until(lambda _: False, seconds=30)
            flooding.join()
            ended = time.monotonic()
            time.sleep(1)
    during = [moment for moment in moments if begun - 1 <= moment <= ended + 1]
    gaps = [late - early for early, late in pairwise(during)]
    return [
        Promise("10^5 messages: errors told to their sender", len(loud.errors), exactly=1),
        Promise("its connection closed, by the code for that", loud.socket.close_code or 0, exactly=1008),
        Promise("longest wait for another session's frame, s", max(gaps, default=99.0), most=1.0),
    ]


def neighbours(quick: bool) -> list[Promise]:
    """One network beside 39 others at full speed, compared with the same network alone."""
    with serving(SERVER, **NO_STORE) as served, Page(served.url) as page, ThreadPoolExecutor() as beside_it:
        busy = {"seconds": 3 if quick else 10, "settle": 2, "groups": [group(39, speed=None)]}
        found = beside_it.submit(clients, served.url, busy)
        begin(page)
        page.send("speed", rate=None)
        page.send("play")
        page.until(lambda _: found.done(), seconds=120)
        page.send("pause")
        page.until(lambda page: not page.state["playing"] and not page.frame.playing)
        others = sum(viewer["epochs"] > 0 for viewer in found.result()["viewers"])
        return [
            Promise("sessions beside one that trained", others, exactly=39),
            Promise("its epochs", page.frame.epoch, least=100),
            Promise("its numbers are those of the same network alone", int(same(page, alone(page))), exactly=1),
        ]


def overshadowed(quick: bool) -> list[Promise]:
    """A small network at 60 epochs a second beside 39 of the largest, each in a browser of its own, at full speed."""
    with serving(SERVER, **NO_STORE) as served:
        groups = [group(1), group(39, speed=None, spec=LARGEST)]
        plan = {"seconds": 10 if quick else 20, "settle": 4, "groups": groups}
        small, *large = clients(served.url, plan)["viewers"]
    return [
        Promise(
            "beside 39 of the largest networks: frames of a small one a second",
            small["frames"] / plan["seconds"],
            least=10,
        ),
        Promise("its epochs a second", small["epochs"] / plan["seconds"], least=50),
        Promise("of the largest, networks that trained", sum(viewer["epochs"] > 0 for viewer in large), exactly=39),
    ]


def goodbye(quick: bool) -> list[Promise]:
    """SIGTERM during training, with fifty viewers and one more that never reads."""
    with serving(SERVER, **NO_STORE) as served, ExitStack() as stack:
        first = stack.enter_context(Page(served.url))
        large(first)
        pages = [first, *(stack.enter_context(Page(served.url, first.id, first.visit.viewer_key)) for _ in range(49))]
        readers = stack.enter_context(ThreadPoolExecutor(len(pages)))

        def hear_all(page: Page) -> None:
            with suppress(ConnectionClosed):
                page.until(lambda _: False, seconds=60)

        heard = [readers.submit(hear_all, page) for page in pages]
        raw = stack.enter_context(mute(first))
        end = time.monotonic() + 2
        while time.monotonic() < end:
            demand(raw)
            time.sleep(1 / 60)
        begun = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(20)
        seconds = time.monotonic() - begun
        for each in heard:
            each.result()
    told = sum("stopping" in page.closing for page in pages)
    return [
        Promise("SIGTERM: viewers told, of 50", told, exactly=50),
        Promise("seconds until the server has ended", seconds, most=3),
    ]


def measure(quick: bool) -> list[Promise]:
    """All parts, each on its own server."""
    return [each for part in (visits, stalled, flood, neighbours, overshadowed, goodbye) for each in part(quick)]


if __name__ == "__main__":
    run("crowd", measure)
