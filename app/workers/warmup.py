"""How far the engine's kernels are compiled. Until they are, the page is served and sessions wait: first for what shows
a network, then, while it can be looked at and changed, for what trains it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from tinkernet.app.wire.protocol import Progress
from tinkernet.engine import warm

log = logging.getLogger(__name__)


class Warmth:
    """Compiles on a thread of its own, and tells the event loop of every progress, that networks can be shown, and that
    they can be trained."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        tell: Callable[[Progress], None],
        can_show: Callable[[], None],
        can_train: Callable[[], None],
    ) -> None:
        self._loop, self._tell, self._can_show, self._can_train = loop, tell, can_show, can_train
        self.ready = False  # to show
        self.done = False
        self.failed = ""
        self.progress = Progress(done=0, total=0, name="")

    def start(self) -> None:
        """Begin. A daemon thread: a compilation cannot be interrupted, and must not keep the process alive."""
        threading.Thread(target=self._work, name="warm", daemon=True).start()

    def _work(self) -> None:
        try:
            warm(self._report, training=False)
            self._on_loop(self._shows)
            warm(self._report)
            self._on_loop(self._trains)
        except Exception as error:
            log.exception("the engine could not be compiled")
            self.failed = f"{type(error).__name__}: {error}"

    def _on_loop(self, work: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the server stopped meanwhile
            self._loop.call_soon_threadsafe(work)

    def _report(self, done: int, total: int, name: str) -> None:
        if name or done == total:
            self._on_loop(lambda: self._update(Progress(done=done, total=total, name=name)))

    def _update(self, progress: Progress) -> None:
        self.progress = progress
        self._tell(progress)

    def _shows(self) -> None:
        self.ready = True
        self._can_show()

    def _trains(self) -> None:
        self.done = True
        self._can_train()


class Once:
    """Something that is made once, on a daemon thread, when it is first asked for: it may have to wait for the
    compiler, and the end of the server must not."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._begun = self._stopped = False
        self._over = asyncio.Event()

    async def made(self) -> bool:
        """Wait for it. False when the server stops meanwhile."""
        if not self._begun:
            self._begun = True
            threading.Thread(target=self._work, args=(asyncio.get_running_loop(),), name="once", daemon=True).start()
        await self._over.wait()
        return not self._stopped

    def stop(self) -> None:
        """Nobody waits any longer."""
        self._stopped = True
        self._over.set()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._make()
        finally:
            with suppress(RuntimeError):  # the server stopped meanwhile
                loop.call_soon_threadsafe(self._over.set)
