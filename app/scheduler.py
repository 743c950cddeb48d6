"""The training threads: many sessions share the cores in short slices, in turn.

A job is run by one thread at a time. It is asked for one slice and answers when it wants the next: a moment of the
clock, or None for "when woken". Ready jobs wait in one line: each gets its turn after at most jobs / threads slices.
The lock is held for bookkeeping only, never while a job runs, so waking from the event loop costs microseconds.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections import deque
from typing import Protocol

log = logging.getLogger(__name__)


class Job(Protocol):
    """What the scheduler runs."""

    def run(self) -> float | None:
        """One slice. Returns the moment (time.monotonic) of the next, or None to wait for `wake`."""


class Scheduler:
    """Daemon threads: a kernel under way must not keep the process alive after the server has stopped."""

    def __init__(self, threads: int) -> None:
        self._changed = threading.Condition()
        self._ready: deque[Job] = deque()
        self._queued: set[Job] = set()
        self._running: set[Job] = set()
        self._again: set[Job] = set()
        self._due_from_job: dict[Job, float] = {}
        self._timers: list[tuple[float, int, Job]] = []  # an entry counts only while _due_from_job says the same
        self._order = itertools.count()
        self._stopping = False
        self._threads = [threading.Thread(target=self._work, name=f"train-{i}", daemon=True) for i in range(threads)]

    def start(self) -> None:
        """Begin. Jobs woken before this wait."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 1.0) -> None:
        """Finish the slices under way and end, waiting at most `seconds` for it."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))

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
        while (job := self._take()) is not None:
            due: float | None = None
            try:
                due = job.run()
            except Exception:
                # The job has to report its own failure; the thread must live on for the others.
                log.exception("a session failed")
            self._put_back(job, due)
            del job  # a thread that waits must not keep a session that has gone

    def _take(self) -> Job | None:
        with self._changed:
            while not self._stopping:
                wait = self._ring_timers()
                if self._ready:
                    job = self._ready.popleft()
                    self._queued.discard(job)
                    self._running.add(job)
                    return job
                self._changed.wait(wait)
            return None

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

    def _put_back(self, job: Job, due: float | None) -> None:
        with self._changed:
            self._running.discard(job)
            if job in self._again or (due is not None and due <= time.monotonic()):
                self._again.discard(job)
                self._queue(job)
            elif due is not None:
                self._due_from_job[job] = due
                heapq.heappush(self._timers, (due, next(self._order), job))
                self._changed.notify()
