"""How far the engine's kernels are compiled. Until they are, the page is served and sessions wait."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable

from app.protocol import Progress
from engine import warm

log = logging.getLogger(__name__)


class Warmth:
    """Compiles on a thread of its own and tells a listener on the event loop: progress, then None when all is ready."""

    def __init__(self, loop: asyncio.AbstractEventLoop, listen: Callable[[Progress | None], None]) -> None:
        self._loop, self._listen = loop, listen
        self.ready = False
        self.failed = ""
        self.progress = Progress(done=0, total=0, name="")

    def start(self) -> None:
        """Begin. A daemon thread: a compilation cannot be interrupted, and must not keep the process alive."""
        threading.Thread(target=self._work, name="warm", daemon=True).start()

    def _work(self) -> None:
        try:
            warm(lambda done, total, name: self._on_loop(Progress(done=done, total=total, name=name)))
        except Exception as error:
            log.exception("the engine could not be compiled")
            self.failed = f"{type(error).__name__}: {error}"
            return
        self._on_loop(None)

    def _on_loop(self, progress: Progress | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._update, progress)
        except RuntimeError:  # the server stopped meanwhile
            pass

    def _update(self, progress: Progress | None) -> None:
        if progress is None:
            self.ready = True
        else:
            self.progress = progress
        self._listen(progress)
