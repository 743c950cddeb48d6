"""What can be undone of a drawing: its last steps, and those that were undone."""

import json
import zlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tinkernet.engine.data.drawing import Drawn, points_of, rows_of
from tinkernet.engine.errors import SpecError

MOST = 100
MOST_KEPT = 20_000
"""Points that the steps in `Steps.to_bytes` have together: it is written again and again."""

_MOST_BYTES = 5_000_000  # of what is deflated


@dataclass(frozen=True, slots=True)
class Before:
    """What an edit changed, as it was before: points by id, and fields of the spec by name where it added a class."""

    points: Mapping[int, Drawn | None]
    fields: Mapping[str, Any] = field(default_factory=dict)


class Steps:
    """The last edits of the points that can be undone, and undone ones that can be done again, each by its number.

    An edit is kept as what was before it. To undo one is an edit with a number of its own, and to undo that is to do
    the first again. Belongs to a trainer, and outlives the restarts of its run. The oldest of more than 100 goes.
    """

    def __init__(self) -> None:
        self._done: deque[tuple[int, Before]] = deque(maxlen=MOST)
        self._undone: deque[tuple[int, Before]] = deque(maxlen=MOST)
        self._count = 0
        self._packed: bytes | None = b""  # None: to be made again

    @property
    def count(self) -> int:
        """How many edits there were, undoings included."""
        return self._count

    @property
    def undo(self) -> int | None:
        """The number of the edit that can be undone."""
        return self._done[-1][0] if self._done else None

    @property
    def redo(self) -> int | None:
        """The number of the undoing that can be undone."""
        return self._undone[-1][0] if self._undone else None

    def did(self, before: Before) -> None:
        """Note an edit by what was before it. What was undone earlier cannot be done again."""
        self._undone.clear()
        self._push(self._done, before)

    def before(self, number: int) -> Before:
        """What was before an edit. Raises SpecError for one that is not the next to be undone."""
        for steps in (self._done, self._undone):
            if steps and steps[-1][0] == number:
                return steps[-1][1]
        numbers = [str(each) for each in (self.undo, self.redo) if each is not None]
        allowed = f"the number of the last edit or of the last undoing: {' or '.join(numbers) or 'there is none'}"
        raise SpecError("edit", number, allowed, "What is undone")

    def restarts(self, number: int) -> bool:
        """Whether the run begins anew when this edit is undone."""
        return any(steps and steps[-1][0] == number and steps[-1][1].fields for steps in (self._done, self._undone))

    def undid(self, number: int, before: Before) -> None:
        """Note that an edit was undone; `before` is what was until then."""
        back = bool(self._done) and self._done[-1][0] == number
        (self._done if back else self._undone).pop()
        self._push(self._undone if back else self._done, before)

    def _push(self, steps: deque[tuple[int, Before]], before: Before) -> None:
        self._count += 1
        self._packed = None
        steps.append((self._count, before))

    def to_bytes(self) -> bytes:
        """What `from_bytes` needs: the newest steps, as many as have 20,000 points together; empty if there were none.

        Made once after each edit: deflated JSON.
        """
        if self._packed is None:
            lists, room = [], MOST_KEPT
            for steps in (self._done, self._undone):
                kept: list[Any] = []
                for number, before in reversed(steps):
                    room -= len(before.points)
                    if room < 0:
                        break
                    kept.insert(0, [number, list(rows_of(before.points)), dict(before.fields)])
                lists.append(kept)
            text = json.dumps([self._count, *lists], separators=(",", ":"))
            self._packed = zlib.compress(text.encode("ascii"))
        return self._packed

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """The steps of `to_bytes`. Raises ValueError (or TypeError) for anything else."""
        found = cls()
        if not content:
            return found
        unpacker = zlib.decompressobj()
        try:
            text = unpacker.decompress(content, _MOST_BYTES)
        except zlib.error as error:
            raise ValueError(f"the steps cannot be unpacked ({error})") from None
        count, done, undone = json.loads(text)
        for steps, kept in ((found._done, done), (found._undone, undone)):
            steps.extend((int(number), Before(points_of(rows), dict(fields))) for number, rows, fields in kept)
        found._count, found._packed = int(count), content
        return found
