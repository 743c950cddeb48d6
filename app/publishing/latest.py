"""The newest thing only: how a training thread hands what it has made to the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """One slot. `put` from any thread; on the loop `deliver` gets the newest value.

    Under pressure values are replaced, never queued: however late the loop is, one call waits in it, and what was
    overtaken is never delivered.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._value: T | None = None
        self._scheduled = False

    def put(self, value: T, deliver: Callable[[T], None]) -> None:
        """Replace the value. Only one thread at a time may put; it never waits.

        `deliver` is not kept: most often it is its owner's method, and the two would hold each other in memory.
        """
        self._value = value
        if not self._scheduled:
            self._scheduled = True
            try:
                self._loop.call_soon_threadsafe(self._run, deliver)
            except RuntimeError:  # the loop is closed: the server is going, nobody is left to see it
                pass

    def _run(self, deliver: Callable[[T], None]) -> None:
        # Down before the read: a put in between then schedules one delivery too many, never one too few.
        self._scheduled = False
        value = self._value
        if value is not None:
            deliver(value)
