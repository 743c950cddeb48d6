"""What many runs are asked for: their settings from those of the run, and what they may cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.command_queue import Apply, Replay
from tinkernet.app.sessions.context import SessionContext
from tinkernet.app.sessions.trials import Plan, Trials
from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import RunId
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.app.wire.trialling import OpenTrial, RunSeeds, RunSweep, Which
from tinkernet.app.workers.scheduler import Job
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.data.drawing import BLANK
from tinkernet.engine.sweep.goal import Goal
from tinkernet.engine.sweep.grid import Setting, cells

ACCURACY_SECONDS = 50e-6  # of each epoch whose accuracy is asked: it is a call of its own, and two of the kernels


class TrialsOfRun:
    """The newest seeds and the newest sweep of one run; owned by the training thread that executes it."""

    def __init__(self, context: SessionContext) -> None:
        self._context = context
        self.of: dict[str, Trials] = {}

    def begin(self, lead: Trainer, twin: Mapping[str, Any] | None, asked: RunSeeds | RunSweep, run: Job) -> None:
        """Train these, in place of those before. Raises SpecError or ProtocolError, and changes nothing then.

        twin: the settings that are others in what is compared; seeds are trained of both. run: publishes them.
        """
        which: Which = "seeds" if isinstance(asked, RunSeeds) else "sweep"
        about: dict[str, Any] = {
            "spec": lead.spec.to_dict(), "count": asked.count, "epochs": asked.epochs, "measure": asked.measure,
            "bound": asked.bound,
        }  # fmt: skip
        if isinstance(asked, RunSeeds):
            specs = [lead.spec] if twin is None else [lead.spec, Spec.from_dict(lead.spec.to_dict() | dict(twin))]
            about |= {"other_data": asked.other_data, "compared": twin is not None}
        else:
            settings = [Setting(each.key, tuple(each.values)) for each in asked.vary]
            grid = cells(lead.spec, settings)
            specs = [cell.spec for cell in grid]
            about |= {"vary": [{"key": each.key, "values": each.values} for each in settings]}
        goal = Goal(asked.measure, asked.bound)
        for spec in specs:
            goal.check(spec.task())
        other_data = isinstance(asked, RunSeeds) and asked.other_data
        _check(specs, asked.count, asked.epochs, self._context.settings, goal)
        plan = Plan(
            specs, asked.count, asked.epochs, goal,
            [lead.drawing if spec.draws_as(lead.spec) and not other_data else BLANK for spec in specs],
            [self._context.dataset_of(spec) for spec in specs], other_data, which == "seeds", about,
        )  # fmt: skip
        self.cancel(which)
        self.of = self.of | {which: Trials(plan, self._context, run)}
        self.of[which].start()

    def is_newest_for(self, viewer: Subscriber, run: RunId) -> bool:
        """On the event loop: whether what was published of them is all that there is of what this page looks at."""
        kinds = {key[0] for key in viewer.subscription.topics_of(run)}
        return all(trials.told == trials.serial for which, trials in self.of.items() if which in kinds)

    def cancel(self, which: Which) -> None:
        """Train no more of these."""
        if which in self.of and self.of[which].running:
            self.of[which].cancel()

    def opened(self, asked: OpenTrial) -> Apply:
        """The change that makes one of them the run, at the epoch where it is. Raises ProtocolError for none."""
        trials = self.of.get(asked.which)
        if trials is None or asked.cell >= len(trials.plan.specs) or asked.seed > trials.plan.count:
            said = f"There is no run with the seed {asked.seed} in cell {asked.cell} of the {asked.which}."
            raise ProtocolError("seed", asked.seed, "a run that was trained", said)
        plan, row = trials.plan, asked.cell * trials.plan.count + asked.seed - 1
        spec, epoch = plan.spec_of(asked.cell, asked.seed), int(trials.standing[row, 0])
        way = Replay((), epoch, 0)
        return Apply(spec, asked.revision, restart=True, drawing=plan.drawings[asked.cell], replay=way)


def _check(specs: list[Spec], count: int, epochs: int, settings: Settings, goal: Goal) -> None:
    """Raises ProtocolError where they would cost more than one session may have trained in the background."""
    for spec in specs:
        cost.check_spec(spec, [], settings)
    more = ACCURACY_SECONDS if goal.is_accuracy else 0.0
    seconds = count * epochs * sum(cost.epoch_seconds(spec) + more for spec in specs)
    if seconds > settings.max_trials_seconds:
        most = int(settings.max_trials_seconds / seconds * epochs)
        said = (
            f"These runs would take about {seconds:,.0f} s of a processor; allowed are "
            f"{settings.max_trials_seconds:,g} s. Take at most {most:,} epochs, or fewer runs."
        )
        raise ProtocolError("epochs", epochs, f"at most {most}", said)
