"""Many runs of a session at once, in the background: jobs of the scheduler beside the run that is shown."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tinkernet.app.sessions import cost
from tinkernet.app.sessions.context import SessionContext
from tinkernet.app.wire.levels import BIG_LEVELS, Bytes, ClassMap, big_levels
from tinkernet.app.wire.part import Part
from tinkernet.app.wire.trials import Seeds, Sweep
from tinkernet.app.workers.scheduler import Job
from tinkernet.engine import Spec
from tinkernet.engine.analysis.maps import class_map, output_map
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.drawing import Drawing
from tinkernet.engine.sweep.course import MOST, Course
from tinkernet.engine.sweep.goal import Goal
from tinkernet.engine.sweep.runs import executors_of
from tinkernet.engine.sweep.statistics import paired, quartiles, wilson

CHUNK = 10  # seeds that one job trains at a time; they share their points
ALIVE = 100_000  # parameters of all runs that a job has at the same time, but for the first
PLACES = 48  # epochs of a curve, at most
CURVE_BYTES = 16_000  # of all curves of a frame
REFRESH = 0.2  # seconds between two words to the run that publishes
TILE_BYTES = 38_000  # of all tiles of a frame, which has 60,000 at most
LARGEST_TILE = 40
_serials = itertools.count(1)


@dataclass(slots=True)
class Plan:
    """What is trained: each spec with the seeds 1, 2, ..., and what they share. `about` is for pages, as JSON."""

    specs: Sequence[Spec]
    count: int
    epochs: int
    goal: Goal
    drawings: Sequence[Drawing]  # of each spec
    datasets: Sequence[Dataset | None]
    other_data: bool = False
    pictures: bool = False
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.specs) * self.count

    def spec_of(self, cell: int, seed: int) -> Spec:
        """The settings of one run."""
        found = self.specs[cell].with_weight_seed(str(seed))
        return Spec.from_dict(found.to_dict() | {"seed": str(seed)}) if self.other_data else found


class Trials:
    """What has come of a plan. Written by the jobs that train it, each its own rows; read by who publishes.

    They go on while nobody watches, and end with the session. Rows are by cell, then by seed.
    """

    def __init__(self, plan: Plan, context: SessionContext, publisher: Job) -> None:
        self.plan, self._context, self._publisher = plan, context, publisher
        self.standing = np.full((plan.runs, 4), np.nan, np.float32)  # epoch, losses, epoch of the goal or -1
        self.standing[:, 0], self.standing[:, 3] = 0, -1
        self.done = np.zeros(plan.runs, bool)
        pictures = plan.runs if plan.pictures else 0
        places = min(PLACES, CURVE_BYTES // (4 * max(1, pictures)))
        self.places = np.unique(np.linspace(0, plan.epochs, places).astype(np.int64))
        self.curves = np.full((pictures, len(self.places)), np.nan, np.float32)
        side = min(LARGEST_TILE, int((TILE_BYTES / max(1, pictures)) ** 0.5))
        self.tiles: Bytes = np.full((pictures, side, side), 255, np.uint8)
        self.levels = BIG_LEVELS
        self.serial = next(_serials)
        self.told = 0  # the serial of what was published last
        self.cancelled = False
        self.began, self.ended = time.monotonic(), 0.0
        self.looked_at = 0.0  # when somebody was last shown it
        self._lock = threading.Lock()
        self._told_at = 0.0
        self._chunks = deque(self._parts())
        self._jobs = [_Worker(self, context) for _ in range(min(context.settings.threads, len(self._chunks)))]
        self._busy = len(self._jobs)

    def _parts(self) -> list[tuple[int, range]]:
        """Runs that are made together: a cell, and the numbers of its seeds."""
        plan, threads = self.plan, self._context.settings.threads
        together = -(-plan.runs // threads) if plan.pictures else CHUNK
        together = max(1, min(together, ALIVE // max(map(cost.parameters, plan.specs))))
        return [
            (cell, range(first, min(plan.count, first + together)))
            for cell in range(len(plan.specs))
            for first in range(0, plan.count, together)
        ]

    def start(self) -> None:
        """Ask the scheduler for the first slices."""
        for job in self._jobs:
            self._context.wake(job)

    @property
    def running(self) -> bool:
        """Whether some of it is still trained."""
        return self._busy > 0 and not self.cancelled

    def cancel(self) -> None:
        """Train nothing more."""
        self.cancelled, self.ended = True, time.monotonic()
        self.tell(now=True)

    def left(self) -> float | None:
        """About how many seconds it will take yet; None before that can be told."""
        share = float(np.where(self.done, self.plan.epochs, self.standing[:, 0]).sum()) / (
            self.plan.epochs * self.plan.runs
        )
        spent = time.monotonic() - self.began
        return None if not self.running or share < 0.01 else spent * (1 - share) / share

    # --- what pages see ---

    def record(self, stamp: Mapping[str, int]) -> Part:
        """What there is to see of them now."""
        self.looked_at, self.told = time.monotonic(), self.serial
        left = self.left()
        facts = self.plan.about | {
            "done": int(self.done.sum()), "runs": self.plan.runs, "running": self.running,
            "cancelled": self.cancelled, "left": left, "seconds": (self.ended or self.looked_at) - self.began,
        }  # fmt: skip
        if not self.plan.pictures:
            cells = np.array([self._of_cell(cell) for cell in range(len(self.plan.specs))], np.float32)
            return Sweep(facts=_json(facts), cells=cells, **stamp)
        facts |= {"levels": self.levels, "places": self.places.tolist()}
        facts |= {"cells": [[_finite(each) for each in self._of_cell(cell)] for cell in range(len(self.plan.specs))]}
        if len(self.plan.specs) == 2 and self.done.all():
            first, second = self.standing[:, 2].reshape(2, -1).tolist()
            facts["pairs"] = [_finite(each) for each in paired(first, second)]
        standing, curves = self.standing.copy(), self.curves.copy()
        return Seeds(facts=_json(facts), standing=standing, tiles=self.tiles.copy(), curves=curves, **stamp)

    def _of_cell(self, cell: int) -> tuple[float, ...]:
        """See `wire.trials.CELL`. Runs that are not done do not count."""
        count = self.plan.count
        done = self.done[cell * count : (cell + 1) * count]
        rows = self.standing[cell * count : (cell + 1) * count][done].astype(np.float64)
        reached = rows[rows[:, 3] >= 0, 3]
        low, high = wilson(len(reached), len(rows))
        return (
            len(rows), len(reached), low, high, quartiles(reached)[1], *quartiles(rows[:, 2]), quartiles(rows[:, 1])[1]
        )  # fmt: skip

    # --- on training threads ---

    def take(self) -> tuple[int, range] | None:
        """The next runs to be trained; None when there are no more."""
        with self._lock:
            return self._chunks.popleft() if self._chunks else None

    def finish(self) -> None:
        """A job has nothing more to do."""
        with self._lock:
            self._busy -= 1
            if not self._busy:
                self.ended = time.monotonic()
        self.tell(now=True)

    def tell(self, *, now: bool = False) -> None:
        """Something has changed: let it be published, a few times a second."""
        self.serial = next(_serials)
        at = time.monotonic()
        if now or at >= self._told_at + REFRESH:
            self._told_at = at
            self._context.wake(self._publisher)

    def note(self, row: int, course: Course, *, paint: bool) -> None:
        """Take over where a run is."""
        found = course.outcome
        reached = -1 if found.reached is None else found.reached
        self.standing[row] = found.epochs, found.train_loss, found.test_loss, reached
        self.done[row] = course.ended
        if self.plan.pictures:
            self.curves[row] = course.curve
            if paint or course.ended:
                self.tiles[row], self.levels, _ = big_levels(picture(course, self.tiles.shape[1]))


def picture(course: Course, side: int) -> Bytes | ClassMap:
    """A small map of what a run answers, of side x side pixels."""
    executor = course.executor
    if executor.task.outputs > 1 and executor.task.classes:
        return ClassMap(*class_map(executor, side), executor.task.outputs)
    return output_map(executor, side)


class _Worker:
    """A job: trains some of the runs together, a piece of each in turn, and then others."""

    def __init__(self, trials: Trials, context: SessionContext) -> None:
        self._trials, self._context = trials, context
        self._courses: deque[tuple[int, Course]] = deque()
        self._next_paint: dict[int, float] = {}
        self._seconds = 0.0  # of one epoch of what is trained, as measured

    @property
    def group(self) -> object:
        """It takes turns with all other runs of its browser."""
        return self._context.turns

    def run(self, seconds: float) -> float | None:
        """A slice."""
        trials = self._trials
        end = time.monotonic() + seconds
        while not (trials.cancelled or self._context.closed):
            if not self._courses and not self._begin():
                trials.finish()
                return None
            row, course = self._courses.popleft()
            self._train(row, course, seconds)
            if not course.ended:
                self._courses.append((row, course))
            trials.tell()
            now = time.monotonic()
            if now >= end:
                return now
        self._courses.clear()
        return None

    def _begin(self) -> bool:
        part = self._trials.take()
        if part is None:
            return False
        cell, seeds = part
        plan = self._trials.plan
        names = [str(seed + 1) for seed in seeds]
        made = executors_of(plan.specs[cell], names, plan.drawings[cell], plan.other_data, plan.datasets[cell])
        for seed, executor in zip(seeds, made, strict=True):
            row, course = cell * plan.count + seed, Course(executor, plan.epochs, plan.goal, self._trials.places)
            self._trials.note(row, course, paint=False)
            if not course.ended:
                self._courses.append((row, course))
            self._seconds = executor.estimated_epoch_seconds()
        return True

    def _train(self, row: int, course: Course, seconds: float) -> None:
        count = max(1, min(MOST, int(seconds / 2 / self._seconds)))
        began, first = time.perf_counter(), course.executor.epoch
        course.go(count)
        took = (time.perf_counter() - began) / max(1, course.executor.epoch - first)
        self._seconds = 0.5 * (self._seconds + took)
        now = time.monotonic()
        looked = now < self._trials.looked_at + 1.0 and now >= self._next_paint.get(row, 0.0)
        if looked:
            self._next_paint[row] = now + 1.2 * REFRESH
        self._trials.note(row, course, paint=looked)


def _json(values: Any) -> Bytes:
    return np.frombuffer(json.dumps(values, allow_nan=False, separators=(",", ":")).encode(), np.uint8)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
