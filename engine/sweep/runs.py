"""Training many runs at once, on all cores: the kernels release Python's lock, so threads are enough."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import replace
from threading import Event

from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.drawing import BLANK, Drawing
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.sweep.course import Course, Outcome
from tinkernet.engine.sweep.goal import Goal
from tinkernet.engine.training.executor import Executor

_TOGETHER = 10  # seeds of one task: they share their points, and are cancelled between two calls


def train(executor: Executor, epochs: int, goal: Goal | None, cancelled: Event | None = None) -> Outcome | None:
    """Train a run from its start, until a stop rule of its spec holds if that is earlier; None once it is cancelled."""
    course = Course(executor, epochs, goal)
    while not course.ended:
        if cancelled is not None and cancelled.is_set():
            return None
        course.go()
    return course.outcome


def sweep(
    specs: Sequence[Spec],
    seeds: Sequence[str],
    epochs: int,
    goal: Goal | None = None,
    *,
    drawing: Drawing = BLANK,
    other_data: bool = False,
    report: Callable[[int, int], None] | None = None,
    threads: int | None = None,
) -> list[list[Outcome]]:
    """Train each spec with each seed of the weights: the outcomes by spec, in the order of the seeds.

    drawing: what was drawn on the points of every spec. other_data: a seed draws other points too. report(done, total)
    is called on this thread after runs have ended. Ctrl-C ends it early: the outcomes are those that were there, and
    `report` is not called any more.
    """
    cancelled = Event()
    found: list[dict[str, Outcome]] = [{} for _ in specs]
    done, total = 0, len(specs) * len(seeds)

    def task(at: int, own: Sequence[str]) -> tuple[int, list[Outcome]]:
        outcomes: list[Outcome] = []
        if not cancelled.is_set():
            made = executors_of(specs[at], own, drawing, other_data)
            ended = (train(each, epochs, goal, cancelled) for each in made)
            outcomes = [outcome for outcome in ended if outcome is not None]
        return at, outcomes

    with ThreadPoolExecutor(threads or _cores()) as pool:
        parts = [seeds[start : start + _TOGETHER] for start in range(0, len(seeds), _TOGETHER)]
        tasks: list[Future[tuple[int, list[Outcome]]]] = []
        with suppress(KeyboardInterrupt):
            try:
                tasks = [pool.submit(task, at, part) for at in range(len(specs)) for part in parts]
                for future in as_completed(tasks):
                    at, outcomes = future.result()
                    found[at].update((outcome.seed, outcome) for outcome in outcomes)
                    done += len(outcomes)
                    if report is not None:
                        report(done, total)
            finally:
                cancelled.set()  # also where a run has failed: the others would go on for nothing
                pool.shutdown(cancel_futures=True)
                for future in tasks:
                    if future.done() and not future.cancelled() and future.exception() is None:
                        at, outcomes = future.result()
                        found[at].update((outcome.seed, outcome) for outcome in outcomes)
    return [[by_seed[seed] for seed in seeds if seed in by_seed] for by_seed in found]


def executors_of(
    spec: Spec, seeds: Sequence[str], drawing: Drawing, other_data: bool, dataset: Dataset | None = None
) -> Iterator[Executor]:
    """An executor for each seed of the weights, at its start; those of the same points share them."""
    if other_data:
        for seed in seeds:
            yield Executor(replace(spec, seed=seed, weight_seed=seed), dataset, drawing)
        return
    first = Executor(spec.with_weight_seed(seeds[0]), dataset, drawing)
    others = [first.another(seed) for seed in seeds[1:]]  # before the first is trained
    yield from (first, *others)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # not everywhere
    return len(affinity(0)) if affinity else os.cpu_count() or 1
