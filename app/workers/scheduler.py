"""The training threads: many runs share the processor cores in short slices, fairly by browser.

A job is executed by one thread at a time. It is asked for one slice and answers when it wants the next: at a moment of
the clock, or None for "when woken". Each job belongs to a group (a run to its browser). The next turn is for the group
that will have used the least processor time after it, as in weighted fair queueing (Demers, Keshav and Shenker, 1989),
and within a group for the job that has waited longest. So one with many jobs gets as much as one with a single job, and
one that wants little is served before those that want all there is. Only a thread for which no other group has work
takes a second job of the same group.

Under pressure: the more groups wait, the shorter the slices, so that each has a turn within `ROUND`; the time that
turns usually take beyond their slices, frames above all, is taken off them. A group whose jobs overrun their slices,
as very large networks do, waits until the others have had as much, but no longer than about `LONGEST_WAIT`. The lock is
held for bookkeeping only, never while a job is executed, so that to wake a job from the event loop costs microseconds.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Protocol
from weakref import WeakKeyDictionary

log = logging.getLogger(__name__)

ROUND = 0.075  # seconds within which every group that waits should have a turn: a dozen frames a second and more
SHORTEST = 0.0005  # seconds; in a shorter slice most of the time is lost to the change of turns
MOST_BEYOND = 0.003  # seconds beyond the slice of one turn that count as usual; a large network cannot stop in time
MEMORY = 64  # turns over which the usual time beyond a slice is averaged
NICE = 5  # below the priority of the event loop, in units of `nice`
MOST_APART = 0.05  # seconds that a group may save of its share while it has no work, and owe after it took more, ...
MOST_PAUSE = 0.5  # ... and no more than the share of a group in so many seconds of the clock
LONGEST_WAIT = 2.0  # seconds after which every second turn is for the group that has waited longest


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


class _Group:
    """The jobs of one group, and what they have used."""

    __slots__ = ("entry", "last", "ready", "running", "used")

    def __init__(self) -> None:
        self.ready: deque[Job] = deque()  # in the order of their turns
        self.running = 0  # number of its jobs that are being executed
        self.used = 0.0  # seconds of processor time, on the clock of `_share`
        self.last = 0.0  # seconds of processor time of its last turn; the next one will take about as much
        self.entry = 0  # the number of its entry in the heap that counts, 0 for none


class Scheduler:
    """Owns the training threads. Lives as long as the server.

    The threads are daemons: a kernel that is being executed must not keep the process alive after the server has
    stopped. All attributes below `_changed` are guarded by it.
    """

    def __init__(self, threads: int, slice_seconds: float = 0.008) -> None:
        self._slice_seconds = slice_seconds
        self._changed = threading.Condition()
        self._groups: WeakKeyDictionary[object, _Group] = WeakKeyDictionary()
        self._waiting: dict[_Group, float] = {}  # those with jobs that are ready, and since when; longest first
        self._heap: list[tuple[float, int, _Group]] = []  # those without a thread, by what they will have used
        self._share = 0.0  # seconds of processor time that a group has had which always had work
        self._last_had_waited = False  # whether the last turn was for the group that had waited longest
        self._queued: set[Job] = set()  # the jobs that are ready
        self._running: set[Job] = set()
        self._again: set[Job] = set()  # running jobs that were woken meanwhile
        self._due_from_job: dict[Job, float] = {}
        self._timers: list[tuple[float, int, Job]] = []  # an entry counts only while _due_from_job says the same
        self._beyond = 0.0  # seconds that a turn has usually taken beyond its slice
        self._order = itertools.count(1)
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
        group = self._groups.get(job.group)
        if group is None:
            group = self._groups[job.group] = _Group()
        self._queued.add(job)
        group.ready.append(job)
        if group not in self._waiting:
            if not group.running:
                group.used = max(group.used, self._share - self._most_apart())
            self._wait(group)
        self._changed.notify()

    def _most_apart(self) -> float:
        """Among many groups a share is small: what takes one turn to use would take a long time to pay back."""
        return min(MOST_APART, MOST_PAUSE * len(self._threads) / (len(self._waiting) + len(self._running) or 1))

    def _wait(self, group: _Group) -> None:
        """Let a group with jobs that are ready wait for its turn."""
        self._waiting[group] = time.monotonic()
        if not group.running:
            group.entry = next(self._order)
            heapq.heappush(self._heap, (group.used + group.last, group.entry, group))

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
            self._put_back(job, due, time.thread_time() - before, time.monotonic() - began - seconds)
            del job, turn  # a waiting thread must not keep a job alive that has been dropped

    def _take(self) -> tuple[Job, float] | None:
        with self._changed:
            while not self._stopping:
                wait = self._ring_timers()
                if self._waiting:
                    turn = ROUND * len(self._threads) / len(self._waiting)
                    seconds = max(SHORTEST, min(self._slice_seconds, turn - self._beyond))
                    return self._begin_turn(self._next()), seconds
                self._changed.wait(wait)
            return None

    def _next(self) -> _Group:
        """The group whose turn it is. Those that already have a thread come last, so that no thread idles."""
        longest, since = next(iter(self._waiting.items()))
        self._last_had_waited = not self._last_had_waited and time.monotonic() - since > LONGEST_WAIT
        if self._last_had_waited:
            return longest
        while self._heap:
            _, entry, group = heapq.heappop(self._heap)
            if group.entry == entry:
                self._share = max(self._share, group.used)  # all the others have used as much
                return group
        return min(self._waiting, key=lambda group: group.used)

    def _begin_turn(self, group: _Group) -> Job:
        job = group.ready.popleft()
        self._queued.discard(job)
        self._running.add(job)
        group.running += 1
        group.entry = 0
        del self._waiting[group]
        if group.ready:
            self._wait(group)
        return job

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

    def _put_back(self, job: Job, due: float | None, took: float, beyond: float) -> None:
        """End a turn that took so many seconds of processor time, and so many of the clock beyond its slice."""
        with self._changed:
            self._beyond += (max(0.0, min(beyond, MOST_BEYOND)) - self._beyond) / MEMORY
            group = self._groups[job.group]
            took, apart = max(SHORTEST, took), self._most_apart()
            charged = max(0.0, min(took, self._share + apart - group.used))
            group.used += charged
            group.last = min(took, apart)
            self._share += charged / (len(self._waiting) + len(self._running))
            self._running.discard(job)
            group.running -= 1
            if job in self._again or (due is not None and due <= time.monotonic()):
                self._again.discard(job)
                self._queued.add(job)
                group.ready.append(job)
                self._changed.notify()
            elif due is not None:
                self._due_from_job[job] = due
                heapq.heappush(self._timers, (due, next(self._order), job))
                self._changed.notify()
            if group.ready:
                self._waiting.pop(group, None)  # this was its turn: it waits anew
                self._wait(group)
