"""The training threads: many runs share the processor cores in short slices, in turn, and fairly by browser.

A job is executed by one thread at a time. It is asked for one slice and answers when it wants the next: at a moment of
the clock, or None for "when woken". Each job belongs to a group (a run to its browser), and groups take turns: one with
many jobs gets as many slices as one with a single job, and distributes them among its jobs in turn. Only a thread for
which no other group has work takes a second job of the same group.

Under pressure: the more groups wait, the shorter the slices, so that each has a turn within `ROUND`; the time that
turns usually take beyond their slices, frames above all, is taken off them. A group whose jobs overrun their slices,
as very large networks do, waits until the others have had as much. The lock is held for bookkeeping only, never while a
job is executed, so that to wake a job from the event loop costs microseconds.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import sys
import threading
import time
from collections import Counter, deque
from contextlib import suppress
from typing import Protocol
from weakref import WeakKeyDictionary

log = logging.getLogger(__name__)

ROUND = 0.075  # seconds within which every group that waits should have a turn: a dozen frames a second and more
SHORTEST = 0.0005  # seconds; in a shorter slice most of the time is lost to the change of turns
MOST_BEYOND = 0.003  # seconds beyond the slice of one turn that count as usual; a large network cannot stop in time
MEMORY = 64  # turns over which the usual time beyond a slice is averaged
NICE = 5  # below the priority of the event loop, in units of `nice`
MOST_TURNS = 20  # turns of today's length that a group waits for at most; what it owes beyond them is forgiven


class Job(Protocol):
    """What the scheduler executes."""

    @property
    def group(self) -> object:
        """The jobs of one group share its turns. Compared by identity, and referred to weakly."""

    def run(self, seconds: float) -> float | None:
        """Work for about this long. The moment (time.monotonic) of the next slice, or None for `wake`."""


def _give_way() -> None:
    """Let this thread have a core only when the event loop, which answers everybody, does not need it.

    On Linux each thread has a priority of its own.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + NICE)


class Scheduler:
    """Owns the training threads. Lives as long as the server.

    The threads are daemons: a kernel that is being executed must not keep the process alive after the server has
    stopped. All attributes below `_changed` are guarded by it.
    """

    def __init__(self, threads: int, slice_seconds: float = 0.008) -> None:
        self._slice_seconds = slice_seconds
        self._changed = threading.Condition()
        self._line: dict[object, deque[Job]] = {}  # groups in the order of their turns, with their jobs that are ready
        self._running_in_group: Counter[object] = Counter()
        self._queued: set[Job] = set()  # the jobs in `_line`
        self._running: set[Job] = set()
        self._again: set[Job] = set()  # running jobs that were woken meanwhile
        self._due_from_job: dict[Job, float] = {}
        self._timers: list[tuple[float, int, Job]] = []  # an entry counts only while _due_from_job says the same
        self._debt_from_group: WeakKeyDictionary[object, float] = WeakKeyDictionary()  # seconds beyond its slices
        self._beyond = 0.0  # seconds that a turn has usually taken beyond its slice
        self._order = itertools.count()
        self._stopping = False
        self._threads = [threading.Thread(target=self._work, name=f"train-{i}", daemon=True) for i in range(threads)]

    def start(self) -> None:
        """Start the threads. Jobs that were woken before wait until then."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 1.0) -> frozenset[Job]:
        """Let the slices under way finish, for at most `seconds`, and end. Returns the jobs that are still executed."""
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
        """Execute the job soon, or once more if it is being executed now. From any thread."""
        with self._changed:
            if job in self._running:
                self._again.add(job)
            elif job not in self._queued:
                self._due_from_job.pop(job, None)
                self._queue(job)

    def _queue(self, job: Job) -> None:
        self._queued.add(job)
        self._line.setdefault(job.group, deque()).append(job)
        self._changed.notify()

    def _work(self) -> None:
        _give_way()
        while (turn := self._take()) is not None:
            job, seconds = turn
            due: float | None = None
            began, before = time.monotonic(), time.thread_time()
            try:
                due = job.run(seconds)
            except Exception:
                # The job has to report its own failure; the thread must live on for the others.
                log.exception("a job failed")
            overrun = time.thread_time() - before - seconds
            beyond = time.monotonic() - began - seconds
            self._put_back(job, due, min(overrun, MOST_TURNS * seconds), beyond)
            del job, turn  # a waiting thread must not keep a job alive that has been dropped

    def _take(self) -> tuple[Job, float] | None:
        with self._changed:
            while not self._stopping:
                wait = self._ring_timers()
                if self._line:
                    turn = ROUND * len(self._threads) / len(self._line)
                    seconds = max(SHORTEST, min(self._slice_seconds, turn - self._beyond))
                    job = self._next(seconds)
                    self._queued.discard(job)
                    self._running.add(job)
                    self._running_in_group[job.group] += 1
                    return job, seconds
                self._changed.wait(wait)
            return None

    def _next(self, seconds: float) -> Job:
        """The next job of the first group whose turn it is. A group that owes a whole slice pays with its turn."""
        while True:
            # Groups without a thread come first; among the others only when there is none, so that no thread idles.
            group = next((each for each in self._line if not self._running_in_group[each]), next(iter(self._line)))
            debt = min(self._debt_from_group.pop(group, 0.0), MOST_TURNS * seconds)
            if len(self._line) > 1:  # alone, nobody owes
                if debt >= seconds:
                    self._debt_from_group[group] = debt - seconds
                    self._move_to_the_end(group)
                    continue
                if debt:
                    self._debt_from_group[group] = debt
            ready = self._line[group]
            job = ready.popleft()
            if not ready:
                del self._line[group]
            return job

    def _move_to_the_end(self, group: object) -> None:
        self._line[group] = self._line.pop(group)

    def _ring_timers(self) -> float | None:
        """Queue the jobs whose moment has come. The seconds until the next one, if any."""
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
        group = job.group
        with self._changed:
            self._beyond += (max(0.0, min(beyond, MOST_BEYOND)) - self._beyond) / MEMORY
            self._running.discard(job)
            self._running_in_group[group] -= 1
            if not self._running_in_group[group]:
                del self._running_in_group[group]
            if group in self._line:  # its other jobs became ready meanwhile, but this was its turn
                self._move_to_the_end(group)
            if overrun > 0:
                self._debt_from_group[group] = self._debt_from_group.get(group, 0.0) + overrun
            if job in self._again or (due is not None and due <= time.monotonic()):
                self._again.discard(job)
                self._queue(job)
            elif due is not None:
                self._due_from_job[job] = due
                heapq.heappush(self._timers, (due, next(self._order), job))
                self._changed.notify()
