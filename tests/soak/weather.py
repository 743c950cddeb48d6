"""A bad network between a real browser and the server: delay, low bandwidth, resets, silence.

A proxy in this file connects the two. The page must report the lost connection, reconnect by itself, continue where it
was, and keep what was changed meanwhile.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Page, expect, sync_playwright

from tests.bench.served import serving
from tests.browser.conftest import launch
from tests.browser.helpers import epoch, open_page, wait_for_epoch
from tests.page import Page as Wire
from tests.page import visit
from tests.soak.promise import Promise, run

RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Forwards bytes. Attributes set the weather: `delay` in seconds, `rate` in bytes/s, `silent`, `away` (refuses)."""

    def __init__(self) -> None:
        self.delay, self.rate, self.silent, self.away = 0.0, float("inf"), False, False
        self.to = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self._listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()

    async def _serve(self) -> None:
        async with await asyncio.start_server(self._join, sock=self._listener) as server:
            await server.serve_forever()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.away:
            self._cut(writer)
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.to)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._hand_on(reader, far_writer), self._hand_on(far_reader, writer))
        self._writers -= {writer, far_writer}

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(16_384):
                await asyncio.sleep(self.delay + len(data) / self.rate)
                while self.silent:  # noqa: ASYNC110  set from another thread
                    await asyncio.sleep(0.05)
                writer.write(data)
                await writer.drain()
        writer.close()

    def _cut(self, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()

    def reset(self) -> None:
        """Reset every connection."""
        self._loop.call_soon_threadsafe(lambda: [self._cut(writer) for writer in list(self._writers)])

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve on a thread until the end of the block."""
        serving = self._loop.create_task(self._serve())

        def live() -> None:
            with suppress(asyncio.CancelledError):
                self._loop.run_until_complete(serving)

        thread = threading.Thread(target=live)
        thread.start()
        try:
            yield
        finally:
            self.away, self.silent = True, False
            self.reset()
            self._loop.call_soon_threadsafe(serving.cancel)
            thread.join(10)
            self._loop.close()


def timed(wait: Callable[[], object]) -> float:
    """Seconds that `wait` takes; infinity if it fails."""
    begun = time.monotonic()
    try:
        wait()
    except AssertionError as error:
        print(f"  {str(error).splitlines()[0]}")
        return float("inf")
    return time.monotonic() - begun


def storm(page: Page, proxy: Proxy, begin: Callable[[], None], silent: bool, rate: str) -> list[float]:
    """One outage.

    Returns: seconds until the page reports it; seconds from its end until training is visible again; epochs lost;
    changes lost.
    """
    status = page.locator("#status")
    begin()
    told = timed(lambda: expect(status).to_contain_text("Connection lost", timeout=40_000))
    if silent:
        page.wait_for_timeout(15_000 - 1000 * told)  # longer than the server keeps a client that reads nothing
    seen = epoch(page)
    page.get_by_role("combobox", name="Learning rate").select_option(rate)  # a live setting: the network stays the same
    proxy.away = proxy.silent = False
    lifted = time.monotonic()
    expect(status).to_have_text("", timeout=40_000)
    wait_for_epoch(page, seen + 50)
    back = time.monotonic() - lifted
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
    own = visit(proxy.url, page.evaluate("location.pathname"), cookies)
    own.cookies = cookies  # another tab of the same browser, with what its pages have stored
    with Wire(proxy.url, id=own.id, secret=page.evaluate("localStorage.getItem('tinkernet /')")) as same:
        same.ready()
        with suppress(AssertionError):
            same.until(lambda same: same.state["spec"]["learning_rate"] == float(rate), seconds=10)
        lost = same.state["spec"]["learning_rate"] != float(rate)
        return [told, back, max(0.0, seen - same.frame.epoch), float(lost)]


def measure(quick: bool) -> list[Promise]:
    """One playing page through all kinds of weather."""
    proxy, found = Proxy(), []
    environment = {"TINKERNET_DATA_DIR": "", "TINKERNET_PUBLIC": proxy.url}
    with proxy.running(), serving(**environment) as served, sync_playwright() as playwright:
        proxy.to = int(served.url.rsplit(":", 1)[1])
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        open_page(page, proxy.url)
        page.keyboard.press(" ")
        wait_for_epoch(page, 50)

        def reset() -> None:
            proxy.away = True
            proxy.reset()

        def silence() -> None:
            proxy.silent = True

        rates = iter(("0.1", "0.01"))
        for name, begin in (("reset", reset), ("silence of 15 s", silence)):
            told, back, behind, lost = storm(page, proxy, begin, begin is silence, next(rates))
            found += [
                Promise(f"{name}: the page says so after s", told, most=5 if begin is reset else 10),
                Promise(f"{name}: after it the page has gone on by 50 epochs in s", back, most=15),
                Promise(f"{name}: epochs that it went back", behind, exactly=0),
                Promise(f"{name}: changes made meanwhile that are not there", lost, exactly=0),
            ]
        proxy.delay, proxy.rate = 0.1, 100_000.0
        before, begun = epoch(page), time.monotonic()
        page.wait_for_timeout(3000 if quick else 20_000)
        rate = (epoch(page) - before) / (time.monotonic() - begun)
        found.append(Promise("0.1 s of delay and 100 kB/s: epochs shown per second, of 60", rate, least=30))
        browser.close()
    return found


if __name__ == "__main__":
    run("weather", measure)
