"""What one page sees that looks at another epoch than the run shows, alone: it changes nothing that others see."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from tinkernet.app.publishing.topics import Moment, kind_of, maker_of
from tinkernet.app.wire.commands import MAIN, Topic
from tinkernet.app.wire.events import State
from tinkernet.app.wire.frames import encode, tick
from tinkernet.app.wire.part import Part
from tinkernet.engine import SpecError, Trainer
from tinkernet.engine.training.live import worked

SECONDS = 0.25  # that a way to an epoch may take
TOPIC_SECONDS = 0.25  # after which no further topic is made: a page may ask for many that are dear
REST = 4  # times as long as a look takes, the next one of its session waits: the run goes on meanwhile
OF_THE_RUN = frozenset(("losses", "marks", "branch", "effort", "reading", "diagnosis"))
"""Topics that are the same at each of its epochs, or of none."""


class Turn:
    """The looks at one session, one after another. Belongs to the event loop."""

    def __init__(self) -> None:
        self._lock, self._next = asyncio.Lock(), 0.0

    async def take(self, look: Callable[[], Awaitable[tuple[dict[str, Any], float]]]) -> tuple[dict[str, Any], float]:
        """What was looked at, and the seconds that it took, when it is its turn."""
        async with self._lock:
            await asyncio.sleep(max(0.0, self._next - time.monotonic()))
            found, seconds = await look()
            self._next = time.monotonic() + REST * seconds
            return found, seconds


def look_at(trainer: Trainer, state: State, topics: Iterable[Topic], epoch: int) -> tuple[dict[str, Any], float]:
    """The spec and the topics of the main run at an epoch, as a tick, or `why` there is none; and the seconds it took.

    state: what pages are told of the run, whose numbers the parts carry. On the training thread.
    """
    began = worked()
    return _found(trainer, state, topics, epoch), worked() - began


def _found(trainer: Trainer, state: State, topics: Iterable[Topic], epoch: int) -> dict[str, Any]:
    try:
        playback = trainer.playback(epoch)
    except SpecError as error:
        return {"why": f"{error}"}
    if not playback.go(epoch, 0, SECONDS):
        return {"why": f"Epoch {epoch:,} takes too long to compute for one page alone."}
    at = playback.trainer
    moment = Moment(at, MAIN, 1, state.restarts, state.revision, False, 0.0, newest=trainer)
    parts: list[bytes] = []
    began = worked()
    for topic in topics:
        if parts and worked() - began > TOPIC_SECONDS:
            break
        kind = kind_of(type(topic))
        if topic.run == MAIN and kind not in OF_THE_RUN:
            (made,) = maker_of(kind).make(moment, [topic])
            parts.append(encode(MAIN, made, deflate=True) if isinstance(made, Part) else made.since(None)[0])
    found = {"spec": at.spec.to_dict(), "epoch": at.epoch, "newest": trainer.epoch, "batches": at.batches, "why": ""}
    return found | {"tick": b64encode(tick(parts)).decode()}
