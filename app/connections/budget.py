"""What a browser may cost: seconds of the event loop, on which all who are connected depend.

A number of messages says little: one that is refused can cost a hundred times what another does. So the processor time
of every request, handshake and message is charged to the browser that sent it. One that has spent its share waits, all
its pages and requests in one line, and the time that it does not get is the others'. A browser that was closed for a
flood stays out for a while, and each time for twice as long.

An address counts as the browser of all who come from it without a name.
"""

from __future__ import annotations

import asyncio
import math
import time
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

from tinkernet.app.settings import Settings

T = TypeVar("T")

MOST_WAITING = 100  # requests and pages of one browser in its line; more are refused
FORGIVEN = 10  # times the longest pause without a flood, after which the next pause is the shortest again
MOST_KNOWN = 10_000  # browsers remembered; beyond that, those that owe nothing are forgotten


class Budget:
    """Of one browser. Belongs to the event loop."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._spent, self._at = 0.0, clock()  # seconds that its share has not yet made up for, at that moment
        self._waiting = 0
        self._line = asyncio.Lock()
        self._floods, self._out_until = 0, -math.inf

    def charge(self, seconds: float) -> None:
        """Add seconds of the event loop to what it has spent."""
        self._spent = self._unpaid() + seconds
        self._at = self._clock()

    async def turn(self) -> None:
        """Wait until it may spend again."""
        if not self._waiting and self._wait() <= 0:
            return
        self._waiting += 1
        try:
            async with self._line:  # one at a time: else all who wait would spend at the same moment
                await asyncio.sleep(self._wait())
        finally:
            self._waiting -= 1

    @property
    def crowded(self) -> bool:
        """Whether so many wait for a turn that no more may."""
        return self._waiting >= MOST_WAITING

    def shut_out(self) -> None:
        """It was closed for a flood: it stays out for a while."""
        longest, now = self._settings.max_flood_pause, self._clock()
        if now > self._out_until + FORGIVEN * longest:
            self._floods = 0
        if now > self._out_until:  # several of its pages may be closed for the same flood
            self._out_until = now + min(longest, self._settings.flood_pause * 2.0**self._floods)
            self._floods = min(self._floods + 1, 64)

    @property
    def out_for(self) -> float:
        """Seconds for which it still stays out; 0 when it may come."""
        return max(0.0, self._out_until - self._clock())

    @property
    def rests(self) -> bool:
        """Whether nothing would be forgotten with it."""
        forgiven = self._clock() > self._out_until + FORGIVEN * self._settings.max_flood_pause
        return forgiven and not self._waiting and not self._unpaid()

    def _unpaid(self) -> float:
        return max(0.0, self._spent - (self._clock() - self._at) * self._settings.browser_share)

    def _wait(self) -> float:
        return (self._unpaid() - self._settings.browser_burst) / self._settings.browser_share


class Budgets:
    """Of all browsers. Lives as long as the server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._budget_from_browser: dict[str, Budget] = {}

    def of(self, browser: str) -> Budget:
        """The budget of a browser, by its name or address."""
        known = self._budget_from_browser
        if browser not in known:
            if len(known) >= MOST_KNOWN:
                self._budget_from_browser = known = {name: each for name, each in known.items() if not each.rests}
            known[browser] = Budget(self._settings)
        return known[browser]


@types.coroutine
def charged(work: Coroutine[Any, Any, T], budget: Budget) -> Generator[Any, Any, T]:
    """Await this, and charge the processor time between its waits to the budget."""
    resume: Callable[[Any], Any] = work.send
    given: Any = None
    while True:
        began = time.thread_time()
        try:
            awaited = resume(given)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        finally:
            budget.charge(time.thread_time() - began)
        try:
            given = yield awaited
            resume = work.send
        except BaseException as error:  # also that it is cancelled: the work has to hear of it
            given, resume = error, work.throw
