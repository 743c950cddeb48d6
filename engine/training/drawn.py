"""Training while points are drawn, with steps that can be undone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.drawing import Moved, NewPoint, edited
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.live import LiveTraining
from tinkernet.engine.training.run import Run
from tinkernet.engine.training.steps import Before

# What changes with the number of classes: the page makes an output or a loss automatic that does not go with it.
_OF_CLASSES = ("drawn_classes", "output", "loss")


class DrawnTraining(LiveTraining):
    """Takes edits of the points; `steps` has what can be undone of them."""

    def edit_data(
        self, added: Sequence[NewPoint] = (), removed: Sequence[int] = (), moved: Sequence[Moved] = ()
    ) -> None:
        """Add points, take some away by id, and change others, all at once: one step that can be undone.

        Losses are of the new points at once, or in the middle of an epoch when it ends; then they are learnt from.
        Raises SpecError for what cannot be drawn (see `drawing.edited`) and where the run has no room for more edits.
        """
        points = edited(self._drawing, self.dataset, added, removed, moved)
        if points:
            self.steps.did(Before(self._draw(points)))

    def reconfigure(self, spec: Spec, dataset: Dataset | None = None) -> bool:
        """See `LiveTraining.reconfigure`. Another number of classes to draw is a step that can be undone too."""
        fields, steps, before, size = self._fields(_OF_CLASSES), self.steps, self._drawing, len(self.dataset)
        restarted = super().reconfigure(spec, dataset)
        if spec.drawn_classes != fields["drawn_classes"] and self.steps is steps:  # of the same points
            steps.did(Before(self._drawing.difference(before, size), fields))
        return restarted

    def undo_data(self, edit: int) -> bool:
        """Bring back what was before an edit, which is an edit too: `steps` has its number.

        True when that restarted the run: a network has an output for each class. Raises SpecError for another number,
        and where the run has no room for more edits.
        """
        before = self.steps.before(edit)
        if not before.fields:
            self.steps.undid(edit, Before(self._draw(before.points)))
            return False
        size = len(self.dataset)
        now = Before(self._drawing.states(before.points, size), self._fields(before.fields))
        spec = replace(self.spec, **before.fields)
        drawing = self._drawing.with_points(before.points, size)
        self._start(Run(spec, data=self._run.data, drawing=drawing), self._given)
        self.steps.undid(edit, now)
        return True

    def _fields(self, names: Sequence[str] | Mapping[str, Any]) -> dict[str, Any]:
        return {name: getattr(self.spec, name) for name in names}
