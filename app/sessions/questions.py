"""What the event loop wants to know of a run that a training thread owns."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from tinkernet.engine import Trainer

T = TypeVar("T")


class Questions:
    """Asked on the event loop, answered by the training thread between two of its slices.

    Under pressure: each answer costs the run what its function takes; who asks bounds how many there are.
    """

    def __init__(self) -> None:
        self._asked: deque[tuple[Callable[[Trainer], Any], asyncio.Future[Any]]] = deque()

    def put(self, question: Callable[[Trainer], T]) -> asyncio.Future[T]:
        """Ask. The future has what the function finds, or what it raises; of a run that ends, nothing ever."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._asked.append((question, future))
        return future

    def answer(self, trainer: Trainer) -> None:
        """On the training thread: answer all."""
        while self._asked:
            question, future = self._asked.popleft()
            try:
                said, found = future.set_result, question(trainer)
            except Exception as error:
                said, found = future.set_exception, error
            future.get_loop().call_soon_threadsafe(_settle, future, said, found)


def _settle(future: asyncio.Future[Any], said: Callable[[Any], None], found: Any) -> None:
    if not future.done():  # who asked may have gone
        said(found)
