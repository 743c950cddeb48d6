"""The training threads: many sessions share the cores in short slices, in turn.

A job is run by one thread at a time. It is asked for one slice and answers when it wants the next: a moment of the
clock, or None for "when woken". Ready jobs wait in one line. The longer the line, the shorter the slices, so that a
class as a whole gets its turn within `ROUND`, what turns usually take beyond their slices (frames above all) included;
who cannot stop in time, as the largest networks, lets others pass until they have had as much. The lock is held for
bookkeeping only, never while a job runs, so waking from the event loop costs microseconds.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from typing import Protocol
from weakref import WeakKeyDictionary

log = logging.getLogger(__name__)

ROUND = 0.075  # seconds in which everybody who waits should have a turn: a dozen frames a second and more
SHORTEST = 0.0005  # seconds; a slice below this is mostly the changing of turns
MOST_BEYOND = 0.003  # seconds of one turn beyond its slice that count as usual: a large network cannot stop in time
MEMORY = 64  # turns over which what is usual is taken
MOST_TURNS = 20  # that are let pass; who has taken more at a time is forgiven the rest, and is not shut out


class Job(Protocol):
    """What the scheduler runs."""

    def run(self, seconds: float) -> float | None:
        """One slice of about so many seconds. Returns the moment (time.monotonic) of the next, or None for `wake`."""


class Scheduler:
    """Daemon threads: a kernel under way must not keep the process alive after the server has stopped."""

    def __init__(self, threads: int, slice_seconds: float = 0.008) -> None:
        self._slice_seconds = slice_seconds
        self._changed = threading.Condition()
        self._ready: deque[Job] = deque()
        self._queued: set[Job] = set()
        self._running: set[Job] = set()
        self._again: set[Job] = set()
        self._due_from_job: dict[Job, float] = {}
        self._timers: list[tuple[float, int, Job]] = []  # an entry counts only while _due_from_job says the same
        self._debt_from_job: WeakKeyDictionary[Job, float] = WeakKeyDictionary()  # seconds taken beyond the slices
        self._beyond = 0.0  # seconds that a turn has usually taken beyond its slice
        self._order = itertools.count()
        self._stopping = False
        self._threads = [threading.Thread(target=self._work, name=f"train-{i}", daemon=True) for i in range(threads)]

    def start(self) -> None:
        """Begin. Jobs woken before this wait."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 1.0) -> frozenset[Job]:
        """Finish the slices under way and end, waiting at most `seconds` for it. Returns what still runs then."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        with self._changed:
            return frozenset(self._running)

    def wake(self, job: Job) -> None:
        """Run the job soon; once more if it is running now. From any thread."""
        with self._changed:
            if job in self._running:
                self._again.add(job)
            elif job not in self._queued:
                self._due_from_job.pop(job, None)
                self._queue(job)

    def _queue(self, job: Job) -> None:
        self._queued.add(job)
        self._ready.append(job)
        self._changed.notify()

    def _work(self) -> None:
        while (turn := self._take()) is not None:
            job, seconds = turn
            due: float | None = None
            began, before = time.monotonic(), time.thread_time()
            try:
                due = job.run(seconds)
            except Exception:
                # The job has to report its own failure; the thread must live on for the others.
                log.exception("a session failed")
            overrun = time.thread_time() - before - seconds
            beyond = time.monotonic() - began - seconds
            self._put_back(job, due, min(overrun, MOST_TURNS * seconds), beyond)
            del job, turn  # a thread that waits must not keep a session that has gone

    def _take(self) -> tuple[Job, float] | None:
        with self._changed:
            while not self._stopping:
                wait = self._ring_timers()
                if self._ready:
                    turn = ROUND * len(self._threads) / len(self._ready)
                    seconds = max(SHORTEST, min(self._slice_seconds, turn - self._beyond))
                    job = self._next(seconds)
                    self._queued.discard(job)
                    self._running.add(job)
                    return job, seconds
                self._changed.wait(wait)
            return None

    def _next(self, seconds: float) -> Job:
        """The first in the line that does not owe a whole slice; who does pays with this turn. Alone, nobody owes."""
        while True:
            job = self._ready.popleft()
            debt = self._debt_from_job.pop(job, 0.0)
            if not self._ready:
                return job
            if debt < seconds:
                self._debt_from_job[job] = debt
                return job
            self._debt_from_job[job] = debt - seconds
            self._ready.append(job)

    def _ring_timers(self) -> float | None:
        """Queue the jobs whose moment has come; the seconds until the next one, if any."""
        now = time.monotonic()
        while self._timers:
            due, _, job = self._timers[0]
            if self._due_from_job.get(job) == due:
                if due > now:
                    return due - now
                del self._due_from_job[job]
                self._queue(job)
            heapq.heappop(self._timers)
        return None

    def _put_back(self, job: Job, due: float | None, overrun: float, beyond: float) -> None:
        with self._changed:
            self._beyond += (max(0.0, min(beyond, MOST_BEYOND)) - self._beyond) / MEMORY
            self._running.discard(job)
            if overrun > 0:
                self._debt_from_job[job] = self._debt_from_job.get(job, 0.0) + overrun
            if job in self._again or (due is not None and due <= time.monotonic()):
                self._again.discard(job)
                self._queue(job)
            elif due is not None:
                self._due_from_job[job] = due
                heapq.heappush(self._timers, (due, next(self._order), job))
                self._changed.notify()
