"""Compilation of the engine's kernels in the background, while the server already answers.

There are two stages. After the first, networks can be shown and edited; after the second, they can be trained too.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from tinkernet.app.wire.events import Progress
from tinkernet.engine import warm

log = logging.getLogger(__name__)


class Warmup:
    """Compiles on a thread of its own and reports to the event loop. Lives as long as the server.

    `tell` is called on the loop after each kernel, `can_show` and `can_train` once each, after their stage.
    The attributes below belong to the event loop, except `failed`, which the compiling thread sets once.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        tell: Callable[[Progress], None],
        can_show: Callable[[], None],
        can_train: Callable[[], None],
    ) -> None:
        self._loop, self._tell, self._can_show, self._can_train = loop, tell, can_show, can_train
        self.ready = False  # the first stage is over: networks can be shown
        self.done = False  # both stages are over: networks can be trained
        self.failed = ""  # why the compilation stopped, if it did
        self.progress = Progress(done=0, total=0, name="")

    def start(self) -> None:
        """Begin. The thread is a daemon: a compilation cannot be interrupted and must not keep the process alive."""
        threading.Thread(target=self._compile, name="warmup", daemon=True).start()

    def _compile(self) -> None:
        try:
            warm(self._report, training=False)
            self._on_loop(self._finish_first_stage)
            warm(self._report)
            self._on_loop(self._finish_second_stage)
        except Exception as error:
            log.exception("the engine could not be compiled")
            self.failed = f"{type(error).__name__}: {error}"

    def _on_loop(self, callback: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: the server has stopped meanwhile
            self._loop.call_soon_threadsafe(callback)

    def _report(self, done: int, total: int, name: str) -> None:
        if name or done == total:
            self._on_loop(lambda: self._update(Progress(done=done, total=total, name=name)))

    def _update(self, progress: Progress) -> None:
        self.progress = progress
        self._tell(progress)

    def _finish_first_stage(self) -> None:
        self.ready = True
        self._can_show()

    def _finish_second_stage(self) -> None:
        self.done = True
        self._can_train()


class LazyTask:
    """A function that is called once, on a daemon thread, when its result is first needed.

    Not in the event loop, because the function may have to wait for the compiler; on a daemon thread, because the end
    of the server must not wait for it. Belongs to the event loop and lives as long as the server.
    """

    def __init__(self, function: Callable[[], object]) -> None:
        self._function = function
        self._begun = self._stopped = False
        self._over = asyncio.Event()

    async def finished(self) -> bool:
        """Wait until the function has returned. False when the server stops before."""
        if not self._begun:
            self._begun = True
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._call, args=(loop,), name="lazy-task", daemon=True).start()
        await self._over.wait()
        return not self._stopped

    def stop(self) -> None:
        """End all waits: the server stops."""
        self._stopped = True
        self._over.set()

    def _call(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._function()
        finally:
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(self._over.set)
