"""The twin of a run: a copy from epoch 0 with some settings changed, shown beside it and in step with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tinkernet.app.publishing.publisher import Publisher
from tinkernet.app.publishing.status import Status, stop_reason_of
from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.publishing.topics import Moment
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.context import SessionContext
from tinkernet.app.sessions.kept import KeptRuns
from tinkernet.app.sessions.pacing import earliest
from tinkernet.app.sessions.past import Past
from tinkernet.app.wire.command import TWIN
from tinkernet.app.wire.comparing import Compare
from tinkernet.app.wire.events import State, TwinFacts, about_session
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Spec, SpecError, Trainer
from tinkernet.engine.training.twin import Twin, changes_of

SHAPE = "It cannot start from the same weights: its shape is another one. It draws its own from the same seed."
POINTS = "It learns from other points."
LEFT_OUT = "Of the changes that were made to the other, it cannot take {}."
NO_TWIN = "There is no twin: compare first."
LONGEST_UNSEEN = 0.15  # seconds after which a twin that lags behind is shown on its way


class Comparison:
    """Owned by the training thread that executes the lead. `changes` are of settings; None: there is no twin."""

    def __init__(self, context: SessionContext, changes: dict[str, Any] | None) -> None:
        self._context, self.changes = context, changes
        self._twin: Twin | None = None  # None until it can be made
        self._publisher: Publisher | None = None
        self._past, self._status = Past(), Status()
        self._restarts = self._steps = 0
        self._shown_at = 0, 0, 0  # where it is shown, in which of its starts
        self._behind_since: float | None = None  # it is not where its lead is
        self._told: object = None

    @property
    def is_on(self) -> bool:
        """Whether there is a twin."""
        return self.changes is not None

    @property
    def ready(self) -> bool:
        """Whether the twin, if there is one, is where its lead is."""
        return self._behind_since is None

    # --- what is asked for ---

    def begin(self, lead: Trainer, asked: Compare) -> None:
        """Make the twin that is asked for. Raises SpecError or ProtocolError, and changes nothing then."""
        unknown = next((name for name in asked.fields if name not in lead.spec.to_dict()), None)
        if unknown is not None:
            raise ProtocolError("fields", unknown, "names of settings", f"There is no setting {unknown!r}.")
        changes = changes_of(lead.run.spec, asked.spec, asked.fields)
        spec = Spec.from_dict(lead.run.spec.to_dict() | changes)
        seconds, most = lead.epoch * cost.epoch_seconds(spec), self._context.settings.max_step_seconds
        if seconds > most:
            said = (
                f"A twin would take about {seconds:.0f} s to come to epoch {lead.epoch:,}; allowed are {most:g} s. "
                "Reset the run first."
            )
            raise ProtocolError("epoch", lead.epoch, f"at most {int(most / seconds * lead.epoch)}", said)
        self._make(lead, changes)

    def _make(self, lead: Trainer, changes: dict[str, Any]) -> None:
        spec = Spec.from_dict(lead.run.spec.to_dict() | changes)
        self._twin, self.changes = Twin(lead, changes, self._context.dataset_of(spec)), changes
        self._restarts += 1
        self._past.leave()
        self._behind_since = self._context.clock()
        if self._publisher is not None:
            self._publisher.restart()

    def settle(self, how: str, lead: Trainer, kept: KeptRuns) -> Trainer | None:
        """Drop the twin, keep it among the runs, take it, or swap the two; what is the lead from then on, if another.

        Raises ProtocolError where there is no twin or no room, and SpecError where the lead has no such twin.
        """
        twin, changes = self._twin, self.changes
        if twin is None or changes is None:
            raise ProtocolError("how", how, "to compare first", NO_TWIN)
        if how == "swap":
            values = lead.run.spec.to_dict()
            self._make(twin.trainer, {name: values[name] for name in changes})
            kept.change_places()
            return twin.trainer
        if how == "take":
            kept.put_beside(lead, shown=True)
        elif how == "keep":
            kept.put_beside(twin.trainer)
        self.end()
        return twin.trainer if how == "take" else None

    def end(self) -> None:
        """There is no twin any more."""
        self.changes = self._twin = self._publisher = self._behind_since = None
        self._past.leave()
        for viewer in self._context.viewers:
            self._context.soon(viewer.forget, TWIN)

    # --- in step with the lead ---

    def follow(self, lead: Trainer, past: Past, seconds: float) -> bool:
        """Go to where the lead is, and where its past is shown; False when these seconds did not suffice."""
        if self.changes is None:
            return True
        try:
            if self._twin is None or not self._twin.belongs_to(lead):
                self._make(lead, self.changes)
            is_there = self._follow(lead, past, seconds)
        except SpecError as error:  # the lead has become a run that has no such twin
            self.end()
            self._context.tell_all(about_session(f"The comparison has ended. {error}"))
            return True
        if is_there:
            self._behind_since = None
        elif self._behind_since is None:
            self._behind_since = self._context.clock()
        return is_there

    def _follow(self, lead: Trainer, past: Past, seconds: float) -> bool:
        assert self._twin is not None
        arrived = self._twin.follow(lead, seconds)
        if arrived is None:
            self._make(lead, self._twin.changes)
            arrived = self._twin.follow(lead, seconds)
        if arrived and not past.is_shown:
            self._past.leave()
        elif arrived:
            trainer = self._twin.trainer
            place = min(self._twin.place_in(past.playback.place), (trainer.epoch, trainer.batch))
            is_shown = self._past.is_shown and self._past.playback.place == place
            arrived = is_shown or self._past.seek(trainer, place, seconds)
        shown = self._past.shown(self._twin.trainer)
        now = self._restarts, shown.epoch, shown.batch
        self._steps += now != self._shown_at
        self._shown_at = now
        return bool(arrived)

    # --- what pages see ---

    @property
    def publisher(self) -> Publisher | None:
        """What is published of the twin; None before there is something. Read on the event loop too."""
        return self._publisher

    def is_newest_for(self, viewer: Subscriber, version: int) -> bool:
        """On the event loop: whether what was delivered is all that this page can be sent of the twin now.

        version: of the lead's network.
        """
        publisher = self._publisher
        return publisher is None or publisher.is_newest_for(viewer, version + self._steps)

    def facts(self, kept: KeptRuns, spec: Spec) -> dict[str, Any]:
        """The fields of a state of the lead, which has this spec, that tell of the runs."""
        twin, shown = self._twin, self._shown
        if twin is None or shown is None:
            return {"runs": kept.event(spec), "twin": None}
        notes = [] if twin.same_shape else [SHAPE]
        notes += [] if twin.same_points else [POINTS]
        notes += [LEFT_OUT.format(twin.left_out)] if twin.left_out else []
        facts = TwinFacts(letter=kept.free_letter, fields=list(twin.changes), notes=notes)
        return {"runs": kept.event(spec, shown.spec), "twin": facts}

    @property
    def _shown(self) -> Trainer | None:
        return None if self._twin is None else self._past.shown(self._twin.trainer)

    def publish(self, of_lead: State) -> None:
        """Tell what there is to tell of the twin, beside the state of its lead."""
        twin, shown = self._twin, self._shown
        if twin is None or shown is None:
            return
        lead, own, *others = of_lead.runs
        state = of_lead.model_copy(
            update={
                "run": TWIN, "spec": shown.spec.to_dict(), "restarts": self._restarts, "runs": [own, lead, *others],
                "past": self._past.event(twin.trainer), "first_epoch": twin.trainer.run.first_epoch,
                **self._status.of(shown, shown.spec),
            }
        )  # fmt: skip
        self._told, context = self._to_tell(), self._context
        if self._publisher is None:
            self._publisher = Publisher(
                state, lambda: context.viewers, context.loop, ticks_per_second=context.settings.frames_per_second,
                deflate=context.settings.packs, holds=True,
            )  # fmt: skip
        self._publisher.publish(state)

    def is_untold(self) -> bool:
        """Whether the twin has come to something that a state tells."""
        return self._twin is not None and self._told != self._to_tell()

    def _to_tell(self) -> object:
        twin, shown = self._twin, self._shown
        if twin is None or shown is None:
            return None
        return shown.spec, stop_reason_of(shown), shown.diverged_at, self._past.is_shown, self._restarts, twin.left_out

    def make(self, now: float, lead: Publisher, moment_of: Callable[[float], Moment]) -> float | None:
        """What both publishers have to make, so that pages get it in one tick: see `Publisher.make`."""
        is_early = self._behind_since is not None and now < self._behind_since + LONGEST_UNSEEN
        twin, shown, publisher = self._twin, self._shown, self._publisher
        if twin is None or shown is None or publisher is None:
            return lead.make(now, moment_of)
        if is_early:
            publisher.release()  # a state may be there
            return None

        def moment(at: float) -> Moment:
            of_lead = moment_of(at)
            version = of_lead.version + self._steps
            return replace(
                of_lead, trainer=shown, run=TWIN, version=version, restarts=self._restarts, newest=twin.trainer
            )

        due = publisher.make(now, moment)
        due = earliest(due, lead.make(now, moment_of))
        publisher.release()
        return due
