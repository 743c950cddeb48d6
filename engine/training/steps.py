"""What can be undone of a drawing: its last steps, and those that were undone."""

from collections import deque
from collections.abc import Mapping

from tinkernet.engine.data.drawing import Drawn
from tinkernet.engine.errors import SpecError

MOST = 100

States = Mapping[int, Drawn | None]


class Steps:
    """The last edits of the points that can be undone, and undone ones that can be done again, each by its number.

    An edit is kept as what its points were before. To undo one is an edit with a number of its own, and to undo that is
    to do the first again. Belongs to a trainer, and outlives the restarts of its run. The oldest of more than 100 goes.
    """

    def __init__(self) -> None:
        self._done: deque[tuple[int, States]] = deque(maxlen=MOST)
        self._undone: deque[tuple[int, States]] = deque(maxlen=MOST)
        self._count = 0

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

    def did(self, before: States) -> None:
        """Note an edit by what its points were before. What was undone before it cannot be done again."""
        self._undone.clear()
        self._push(self._done, before)

    def states(self, number: int) -> States:
        """What the points of an edit were before it. Raises SpecError for one that is not the next to be undone."""
        for steps in (self._done, self._undone):
            if steps and steps[-1][0] == number:
                return steps[-1][1]
        numbers = [str(each) for each in (self.undo, self.redo) if each is not None]
        allowed = f"the number of the last edit or of the last undoing: {' or '.join(numbers) or 'there is none'}"
        raise SpecError("edit", number, allowed, "What is undone")

    def undid(self, number: int, before: States) -> None:
        """Note that an edit was undone; `before` is what its points were until then."""
        back = bool(self._done) and self._done[-1][0] == number
        (self._done if back else self._undone).pop()
        self._push(self._undone if back else self._done, before)

    def _push(self, steps: deque[tuple[int, States]], before: States) -> None:
        self._count += 1
        steps.append((self._count, before))
