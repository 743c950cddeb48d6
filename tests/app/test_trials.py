"""Many runs in the background: each is the run of its link, whatever was trained beside it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.app.driven import SPEC, Driven, params, step
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.settings import Settings
from tinkernet.app.wire.comparing import Compare
from tinkernet.app.wire.trialling import CancelTrials, OpenTrial, RunSeeds, RunSweep, SeedsTopic, SweepTopic, Varied
from tinkernet.app.wire.trials import CELL
from tinkernet.app.workers.scheduler import Job
from tinkernet.engine import Trainer
from tinkernet.engine.sweep.goal import Goal
from tinkernet.engine.sweep.runs import sweep
from tinkernet.engine.sweep.statistics import quartiles, wilson

SMALL = replace(SPEC, hidden=(3,), points=80)
GOAL = Goal("test_loss", 0.2)


class Background(Driven):
    """A session whose jobs run when they are told to."""

    def __init__(self, threads: int = 2) -> None:
        super().__init__()
        self.jobs: deque[Job] = deque()
        self.session.context.wake = self.jobs.append  # type: ignore[method-assign]
        self.session.context.settings = Settings(threads=threads)
        self.viewer.subscribe(subscription_of((SeedsTopic(topic="seeds"), SweepTopic(topic="sweep"))))
        self.do(Apply(SMALL, 1), step(3))

    def work(self, slices: int = 100_000) -> None:
        """Give all jobs but the run their slices, in turn."""
        while self.jobs and slices:
            job = self.jobs.popleft()
            if job is self.run:
                continue
            slices -= 1
            if job.run(0.001) is not None:
                self.jobs.append(job)

    def facts(self, which: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What pages are sent: the facts, and the record."""
        part = self.parts()[which]
        return json.loads(part["facts"].tobytes()), part


@pytest.fixture
def driven() -> Iterator[Background]:
    """With two threads."""
    found = Background()
    yield found
    found.loop.close()


def seeds(count: int = 6, epochs: int = 40, *, other_data: bool = False, goal: Goal = GOAL) -> RunSeeds:
    """So many copies."""
    asked = goal._asdict()
    return RunSeeds(type="run_seeds", count=count, epochs=epochs, other_data=other_data, **asked)


def grid(*vary: tuple[str, list[str]], count: int = 3, epochs: int = 30, goal: Goal = GOAL) -> RunSweep:
    """These settings."""
    varied = [Varied(key=key, values=values) for key, values in vary]
    return RunSweep(type="run_sweep", vary=varied, count=count, epochs=epochs, **goal._asdict())


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"dropout": 0.2}, {"order": "shuffled"}, {"optimiser": "adam"}, {"stop_loss": 0.25}, {"patience": 3},
        {"dataset": "blobs", "classes": 3},
    ],
    ids=str,
)  # fmt: skip
def test_each_seed_is_the_run_of_its_link(driven: Background, fields: dict[str, Any]) -> None:
    """In pieces, in turns with others: to the last bit the trainer of that seed alone."""
    spec = replace(SMALL, **fields)
    driven.do(Apply(spec, 2), seeds())
    driven.work()
    facts, part = driven.facts("seeds")
    assert (facts["done"], facts["running"]) == (6, False)
    for seed in range(1, 7):
        alone = Trainer(replace(spec, weight_seed=str(seed)))
        alone.advance(40)
        epoch, train_loss, test_loss, reached = part["standing"][seed - 1]
        assert (epoch, train_loss, test_loss) == (alone.epoch, *np.float32([alone.train_loss, alone.test_loss]))
        rows = alone.history.rows[:, 1]
        solved = np.flatnonzero(rows <= np.float32(0.2))
        assert reached == (solved[0] if len(solved) else -1)
        at = [place for place in facts["places"] if place <= alone.epoch]
        np.testing.assert_array_equal(part["curves"][seed - 1][: len(at)], rows[at].astype(np.float32))
    assert part["tiles"].shape == (6, 40, 40)
    assert len({tile.tobytes() for tile in part["tiles"]}) == 6


def test_what_is_said_of_many_seeds(driven: Background) -> None:
    """The share that reached the goal, its Wilson interval, the medians; and pairs with the twin's."""
    compare = Compare(
        type="compare", revision=2, spec=replace(SMALL, activation="relu").to_dict(), fields=["activation"]
    )
    driven.do(compare, seeds(count=12))
    driven.work()
    facts, part = driven.facts("seeds")
    assert part["standing"].shape == (24, 4)
    for cell, spec in enumerate((SMALL, replace(SMALL, activation="relu"))):
        [outcomes] = sweep([spec], [str(seed) for seed in range(1, 13)], 40, GOAL)
        reached = [each.reached for each in outcomes if each.reached is not None]
        said = dict(zip(CELL, facts["cells"][cell], strict=True))
        assert (said["done"], said["solved"]) == (12, len(reached))
        assert (said["low"], said["high"]) == wilson(len(reached), 12)
        assert said["epochs"] == (quartiles(reached)[1] if reached else None)
        assert said["median"] == pytest.approx(quartiles([each.test_loss for each in outcomes])[1], rel=1e-6)
    first, second = part["standing"][:, 2].reshape(2, 12)
    assert facts["pairs"][:2] == [int((second < first).sum()), int((second > first).sum())]
    assert facts["pairs"][3] <= facts["pairs"][2] <= facts["pairs"][4]


def test_a_goal_on_accuracy_is_that_of_the_shell(driven: Background) -> None:
    """The same seeds solve it after the same epochs; where the targets are numbers it is refused."""
    goal = Goal("test_accuracy", 0.75)
    driven.do(seeds(count=12, goal=goal))
    driven.work()
    facts, part = driven.facts("seeds")
    assert (facts["measure"], facts["bound"]) == goal
    [outcomes] = sweep([SMALL], [str(seed) for seed in range(1, 13)], 40, goal)
    reached = [-1 if each.reached is None else each.reached for each in outcomes]
    assert part["standing"][:, 3].tolist() == reached
    solved = sum(each >= 0 for each in reached)
    assert solved > 0
    assert facts["cells"][0][1:4] == [solved, *wilson(solved, 12)]
    driven.do(grid(("networkShape", ["1", "3"]), goal=goal))
    driven.work()
    _, part = driven.facts("sweep")
    found = sweep([replace(SMALL, hidden=(size,)) for size in (1, 3)], ["1", "2", "3"], 30, goal)
    assert part["cells"][:, 1].tolist() == [sum(each.reached is not None for each in of) for of in found]
    driven.do(Apply(replace(SMALL, problem="regression"), 2), seeds(goal=goal))
    assert driven.errors == ["The goal must be a loss where the targets are numbers, not 'test_accuracy >= 0.75'."]


def test_a_seed_becomes_the_run(driven: Background) -> None:
    """At the epoch where it is, with other data too; the run before is kept."""
    driven.do(seeds(other_data=True))
    driven.work()
    state = driven.do(OpenTrial(type="open_trial", which="seeds", revision=7, cell=0, seed=4), slices=10)
    assert (state.spec["seed"], state.spec["weight_seed"]) == ("4", "4")
    assert len(state.runs) == 2
    alone = Trainer(replace(SMALL, seed="4", weight_seed="4"))
    alone.advance(40)
    assert params(driven.trainer) == params(alone)
    driven.do(OpenTrial(type="open_trial", which="sweep", revision=9, cell=0, seed=4))
    assert "no run with the seed 4" in driven.errors[-1]


def test_a_sweep_is_that_of_the_shell(driven: Background) -> None:
    """Every cell, and a run of one; a message with values of links."""
    vary = (("networkShape", ["2", "3,2"]), ("learningRate", ["0.03", "0.3", "10"]))
    driven.do(grid(*vary))
    driven.work()
    facts, part = driven.facts("sweep")
    assert facts["vary"] == [{"key": key, "values": values} for key, values in vary]
    specs = [replace(SMALL, hidden=hidden, learning_rate=rate) for hidden in ((2,), (3, 2)) for rate in (0.03, 0.3, 10)]
    found = sweep(specs, ["1", "2", "3"], 30, GOAL)
    for row, outcomes in zip(part["cells"], found, strict=True):
        said = dict(zip(CELL, row, strict=True))
        reached = [each.reached for each in outcomes if each.reached is not None]
        assert (said["done"], said["solved"]) == (3, len(reached))
        assert said["median"] == np.float32(quartiles([np.float32(each.test_loss) for each in outcomes])[1])
    driven.do(OpenTrial(type="open_trial", which="sweep", revision=5, cell=4, seed=2), slices=10)
    alone = Trainer(replace(specs[4], weight_seed="2"))
    alone.advance(30)
    assert params(driven.trainer) == params(alone)


def test_a_sweep_goes_on_alone_and_can_be_cancelled(driven: Background) -> None:
    """While nobody watches, and the session rests; what is done by then stays, and a page that comes finds it."""
    driven.session.leave(driven.viewer)
    driven.do(grid(("learningRate", ["0.03", "0.1", "0.3"]), count=30, epochs=2000))
    driven.session.suspend()
    driven.work(slices=60)
    driven.session.join(driven.viewer)
    facts, _ = driven.facts("sweep")
    assert facts["running"]
    assert 0 < facts["done"] < 90
    assert facts["left"] > 0
    driven.do(CancelTrials(type="cancel_trials", which="sweep"))
    driven.work()
    facts, part = driven.facts("sweep")
    assert (facts["running"], facts["cancelled"]) == (False, True)
    assert part["cells"][:, 0].sum() == facts["done"] < 90


def test_what_is_too_much_or_wrong_is_said(driven: Background) -> None:
    """Nothing is trained then."""
    driven.do(grid(("learningRate", ["0.03", "fast"])), grid(("nonsense", ["1"])))
    driven.session.context.settings = Settings(max_trials_seconds=1e-6)
    driven.do(seeds())
    rate, key, cost = driven.errors
    assert "Learning rate must be a finite number, not 'fast'" in rate
    assert "not 'nonsense'" in key
    assert "These runs would take about" in cost
    assert driven.run._trials.of == {}


def test_a_page_that_was_busy_is_told_the_end(driven: Background) -> None:
    """It could take nothing when the last run ended; once it can, the run is woken and has the news."""
    driven.do(seeds())
    driven.work(slices=1)
    driven.facts("seeds")
    driven.viewer.credit = False
    driven.work()
    driven.now += 1.0
    driven.run.run(0.001)
    driven.jobs.clear()
    driven.viewer.acknowledge()
    driven.session.acknowledge(driven.viewer)
    assert driven.run in driven.jobs
    facts, _ = driven.facts("seeds")
    assert (facts["done"], facts["running"]) == (6, False)
    driven.jobs.clear()
    driven.session.acknowledge(driven.viewer)
    assert driven.run not in driven.jobs


@pytest.mark.parametrize("compared", [False, True])
def test_a_frame_of_a_hundred_seeds_is_small(driven: Background, compared: bool) -> None:
    """At most 60 kB, of two settings too, whatever is on the tiles, and without deflating."""
    if compared:
        driven.do(Compare(type="compare", revision=2, spec=SMALL.to_dict(), fields=[]))
    driven.do(seeds(count=100, epochs=100))
    driven.work()
    driven.viewer.credit = True
    driven.now += 1
    driven.run.run(0.001)
    driven.do()
    sizes = []
    while (message := driven.viewer.next_message()) is not None:
        sizes.append(len(message))
    assert 50_000 < max(sizes) <= 60_000
