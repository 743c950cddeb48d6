"""Training many runs at once, on all cores: the kernels release Python's lock, so threads are enough."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor as Pool
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import nullcontext, suppress
from dataclasses import replace
from itertools import pairwise
from threading import Event
from typing import TypeAlias

from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.drawing import BLANK, Drawing
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.sweep.course import Course, Outcome
from tinkernet.engine.sweep.goal import Goal
from tinkernet.engine.training.executor import Executor

_TOGETHER = 10  # seeds of one task: they share their points, and are cancelled between two calls
CHUNK_SECONDS = 0.5  # of work that a machine of a cluster is sent at a time

Part: TypeAlias = tuple[int, Spec, Sequence[str]]
"""The number of a spec, the spec, and some of its seeds."""


def train(executor: Executor, epochs: int, goal: Goal | None, cancelled: Event | None = None) -> Outcome | None:
    """Train a run from its start, until a stop rule of its spec holds if that is earlier; None once it is cancelled."""
    course = Course(executor, epochs, goal)
    while not course.ended:
        if cancelled is not None and cancelled.is_set():
            return None
        course.go()
    return course.outcome


def train_parts(
    parts: Sequence[Part],
    epochs: int,
    goal: Goal | None,
    drawing: Drawing,
    other_data: bool,
    cancelled: Event | None = None,
) -> list[tuple[int, list[Outcome]]]:
    """The outcomes of some parts of a sweep, each with the number of its spec; fewer once it is cancelled."""
    found = []
    for at, spec, seeds in parts:
        outcomes: list[Outcome] = []
        if cancelled is None or not cancelled.is_set():
            made = executors_of(spec, seeds, drawing, other_data)
            ended = (train(each, epochs, goal, cancelled) for each in made)
            outcomes = [outcome for outcome in ended if outcome is not None]
        found.append((at, outcomes))
    return found


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
    cluster: Pool | None = None,
) -> list[list[Outcome]]:
    """Train each spec with each seed of the weights: the outcomes by spec, in the order of the seeds.

    drawing: what was drawn on the points of every spec. other_data: a seed draws other points too. report(done, total)
    is called on this thread after runs have ended. Ctrl-C ends it early: the outcomes are those that were there, and
    `report` is not called any more. cluster: other machines, which take the place of the threads here; the outcomes are
    the same.
    """
    cancelled = Event()
    found: list[dict[str, Outcome]] = [{} for _ in specs]
    done, total = 0, len(specs) * len(seeds)

    def take(outcomes: list[tuple[int, list[Outcome]]]) -> int:
        for at, of_spec in outcomes:
            found[at].update((outcome.seed, outcome) for outcome in of_spec)
        return sum(len(of_spec) for _, of_spec in outcomes)

    parts = [
        (at, spec, seeds[start : start + _TOGETHER])
        for at, spec in enumerate(specs)
        for start in range(0, len(seeds), _TOGETHER)
    ]
    with ThreadPoolExecutor(threads or _cores()) if cluster is None else nullcontext(cluster) as pool:
        tasks: list[Future[list[tuple[int, list[Outcome]]]]] = []
        own = epochs, goal, drawing, other_data
        with suppress(KeyboardInterrupt):
            try:
                if cluster is None:
                    tasks = [pool.submit(train_parts, [part], *own, cancelled) for part in parts]
                else:
                    tasks = [pool.submit(train_parts, chunk, *own) for chunk in _chunks(parts, epochs)]
                for future in as_completed(tasks):
                    done += take(future.result())
                    if report is not None:
                        report(done, total)
            finally:
                cancelled.set()  # also where a run has failed: the others would go on for nothing
                for future in tasks:
                    future.cancel()
                if cluster is None:
                    pool.shutdown()
                for future in tasks:
                    if future.done() and not future.cancelled() and future.exception() is None:
                        take(future.result())
    return [[by_seed[seed] for seed in seeds if seed in by_seed] for by_seed in found]


def _chunks(parts: Sequence[Part], epochs: int) -> Iterator[list[Part]]:
    """Parts that take about `CHUNK_SECONDS` together: what is sent to a machine at a time."""
    chunk: list[Part] = []
    seconds = 0.0
    for part in parts:
        _, spec, seeds = part
        chunk.append(part)
        seconds += len(seeds) * epochs * (5e-6 + 0.25e-9 * spec.size * _parameters(spec))
        if seconds >= CHUNK_SECONDS:
            yield chunk
            chunk, seconds = [], 0.0
    if chunk:
        yield chunk


def _parameters(spec: Spec) -> int:
    sizes = (len(spec.features), *spec.hidden, spec.task().outputs)
    return sum((inputs + 1) * neurons for inputs, neurons in pairwise(sizes))


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
