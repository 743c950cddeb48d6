"""Measures many runs at once as a session trains them: 100 seeds, a sweep, and what one more seed costs."""

from __future__ import annotations

import asyncio
import time
import tracemalloc
from typing import Any

import numpy as np

from tests.bench import report
from tests.bench.rounds import interleaved, progress
from tests.bench.yardstick import Missing, Yardstick
from tinkernet.app.sessions.context import SessionContext, Turns
from tinkernet.app.sessions.trials import Plan, Trials
from tinkernet.app.settings import Settings
from tinkernet.app.workers.scheduler import Scheduler
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.data.drawing import BLANK
from tinkernet.engine.sweep.course import Course
from tinkernet.engine.sweep.goal import Goal
from tinkernet.engine.sweep.grid import Setting, cells
from tinkernet.engine.sweep.runs import executors_of
from tinkernet.engine.training.executor import Executor

SPEC = Spec(seed="0.5")
GOAL = Goal("test_loss", 0.05)
MOST_SECONDS, MOST_SEED_US, MOST_MIB = 6.0, 100.0, 20.0


class Nobody:
    """In the place of the run that would publish."""

    group = Turns()

    def run(self, seconds: float) -> float | None:
        """Nothing is to be done."""


def trained(plan: Plan, threads: int) -> tuple[float, float]:
    """The seconds, by the clock and of processors, that all runs of a plan take with so many training threads."""
    settings = Settings(threads=threads)
    scheduler = Scheduler(threads, settings.slice_seconds)
    context = SessionContext(settings, asyncio.new_event_loop(), scheduler.wake, time.monotonic, Turns())
    trials = Trials(plan, context, Nobody())
    scheduler.start()
    began, worked = time.perf_counter(), time.process_time()
    trials.start()
    while trials.running:
        time.sleep(0.001)
    took = time.perf_counter() - began, time.process_time() - worked
    scheduler.stop()
    assert trials.done.all()
    return took


def plan_of(specs: list[Spec], count: int, epochs: int, *, pictures: bool) -> Plan:
    """These settings with so many seeds."""
    blank = [BLANK] * len(specs)
    return Plan(specs, count, epochs, GOAL, blank, [None] * len(specs), pictures=pictures)


def measure(quick: bool) -> dict[str, Any]:
    """All of it."""
    threads, rounds = Settings().threads, 1 if quick else 5
    epochs, side = (100, 5) if quick else (1000, 20)
    trainer = Trainer(SPEC)
    work: dict[str, Any] = {"advance": trainer.advance}
    try:
        work["C epoch"] = Yardstick(trainer).epochs
    except Missing as error:
        print(f"  {error}")
    alone = interleaved(work)
    found: dict[str, Any] = {"threads": threads} | {name: each.to_dict() for name, each in alone.items()}

    rows: list[list[object]] = []

    def add(name: str, plan: Plan) -> None:
        progress(name)
        taken = [trained(plan, threads) for _ in range(rounds)]
        seconds, worked = (min(each) for each in zip(*taken, strict=True))
        per_epoch = worked / (plan.runs * plan.epochs) * 1e6
        found[name] = {"seconds": seconds, "processor_seconds": worked, "us_per_epoch": per_epoch}
        rows.append([name, seconds, worked, per_epoch, *(per_epoch / each.minimum for each in alone.values())])

    add(f"100 seeds x {epochs:,} epochs", plan_of([SPEC], 100, epochs, pictures=True))
    rates = tuple(f"{rate:.4g}" for rate in np.geomspace(0.003, 0.3, side))
    grid = cells(SPEC, [Setting("learningRate", rates), Setting("momentum", rates)])
    add(f"{len(grid)} cells x 5 seeds x 300 epochs", plan_of([cell.spec for cell in grid], 5, 300, pictures=False))
    report.table(
        f"Many runs on {threads} threads (a sweep of 400 cells: wanted within {MOST_SECONDS:g} s)",
        ("work", "seconds", "of processors", "us per epoch", *[f"over {name}" for name in alone]),
        rows,
    )

    progress("one more seed")
    first = Executor(SPEC.with_weight_seed("1"))
    times = []
    for seed in range(200):
        began = time.perf_counter()
        first.another(str(seed + 2))
        times.append((time.perf_counter() - began) * 1e6)
    tracemalloc.start()
    seeds = [str(seed) for seed in range(1, 101)]
    courses = [Course(each, 1000, GOAL) for each in executors_of(SPEC, seeds, BLANK, other_data=False)]
    for course in courses:
        course.go(2)
    held = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    found |= {"another seed us": min(times), "memory of 100 seeds MiB": held}
    report.table(
        "One more seed on the same data, and 100 of them",
        ("", "measured", "wanted"),
        [["microseconds to make one, min", min(times), f"<= {MOST_SEED_US:g}"],
         ["MiB of 100 that train", held, f"<= {MOST_MIB:g}"]],
    )  # fmt: skip
    return found


if __name__ == "__main__":
    report.run("many", measure)
