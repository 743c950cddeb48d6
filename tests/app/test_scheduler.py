"""The training threads: turns are fair between groups, nothing is executed twice at once, nothing is forgotten."""

from __future__ import annotations

import itertools
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tinkernet.app.workers import scheduler as scheduler_module
from tinkernet.app.workers.scheduler import NICE, Scheduler


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    """Two threads."""
    found = Scheduler(2)
    yield found
    found.stop()


class Single:
    """A job that is a group of its own."""

    @property
    def group(self) -> object:
        return self


class Counting(Single):
    """A job that always wants another slice, until it has had enough."""

    def __init__(self, enough: int) -> None:
        self.slices, self.enough, self.inside, self.clashes = 0, enough, 0, 0
        self.done = threading.Event()

    def run(self, seconds: float) -> float | None:
        self.inside += 1
        self.clashes += self.inside > 1
        time.sleep(0.0005)
        self.slices += 1
        self.inside -= 1
        if self.slices < self.enough:
            return 0.0
        self.done.set()
        return None


def test_turns_are_fair(scheduler: Scheduler) -> None:
    """When the first of ten jobs has had all its slices, every other job has had as many, or one less.

    Two slices go on together: a thread that the system does not let run for a while keeps its job from no turn.
    """
    line: list[int] = []
    together = threading.Barrier(2, timeout=10)

    class Standing(Counting):
        def __init__(self, name: int) -> None:
            super().__init__(30)
            self.name = name

        def run(self, seconds: float) -> float | None:
            together.wait()
            line.append(self.name)
            return super().run(seconds)

    jobs = [Standing(name) for name in range(10)]
    for job in jobs:
        scheduler.wake(job)
    scheduler.start()
    assert all(job.done.wait(20) for job in jobs)
    first_done = next(i for i in range(len(line)) if line[: i + 1].count(line[i]) == 30)
    assert min(line[: first_done + 1].count(name) for name in range(10)) >= 29


class Working(Single):
    """A job that takes at least `least` seconds of processor time, however short its slice, and always wants more."""

    def __init__(self, least: float) -> None:
        self.least, self.taken = least, 0.0
        self.given: list[float] = []

    def run(self, seconds: float) -> float | None:
        began = time.thread_time()
        while time.thread_time() - began < max(self.least, seconds):
            pass
        self.given.append(seconds)
        self.taken += time.thread_time() - began
        return 0.0


def test_who_cannot_stop_in_time_gets_its_share_and_no_more() -> None:
    """One job takes the time of twenty slices at once. Over a while all have had about the same time."""
    scheduler = Scheduler(1, slice_seconds=0.001)
    jobs = [Working(0.02), *(Working(0.0) for _ in range(3))]
    for job in jobs:
        scheduler.wake(job)
    scheduler.start()
    deadline = time.monotonic() + 60
    while sum(job.taken for job in jobs) < 0.6 and time.monotonic() < deadline:
        time.sleep(0.01)
    scheduler.stop()
    others = sorted(job.taken for job in jobs[1:])
    assert others[0] > 0.8 * others[-1]
    assert 0.7 * others[0] - 0.02 < jobs[0].taken < 1.3 * others[0] + 0.02


def test_who_wants_little_is_served_before_who_wants_all() -> None:
    """Beside forty jobs that take long turns again and again, one that wakes now and then has the very next turn."""
    scheduler = Scheduler(1)
    large, small = [Working(0.0) for _ in range(40)], Working(0.0)
    for job in large:
        scheduler.wake(job)
    for _ in large:  # newcomers have their first turns in the order in which they came
        turn = scheduler._take()
        assert turn is not None
        scheduler._put_back(turn[0], 0.0, 0.1, 0.1)
    for _ in range(50):
        turn = scheduler._take()
        assert turn is not None
        scheduler.wake(small)
        scheduler._put_back(turn[0], 0.0, 0.1, 0.1)
        turn = scheduler._take()
        assert turn is not None
        assert turn[0] is small
        scheduler._put_back(small, None, 0.0005, 0.0)


def _turns_of_one_that_owes(count: int, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A job takes ten seconds at once, then `count` others come. Whose turns of 1 ms follow, until it had three."""
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    scheduler = Scheduler(1)
    late = Working(0.0)
    for job in (late, *(Working(0.0) for _ in range(count))):
        scheduler.wake(job)
    assert (scheduler._take() or (None,))[0] is late
    scheduler._put_back(late, 0.0, 10.0, 10.0)
    is_late: list[bool] = []
    while sum(is_late) < 3:
        turn = scheduler._take()
        assert turn is not None
        now += 0.001
        is_late.append(turn[0] is late)
        scheduler._put_back(turn[0], 0.0, 0.001, 0.0)
    return is_late


def _waits(is_late: list[bool]) -> list[int]:
    """The number of turns before each of its turns."""
    at = [-1, *(index for index, its in enumerate(is_late) if its)]
    return [after - before for before, after in itertools.pairwise(at)]


@pytest.mark.parametrize("count", [50, 100, 300])
def test_one_long_turn_makes_nobody_wait_for_long(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who took one long turn among many, be it to collect garbage, is back after about a second."""
    waits = _waits(_turns_of_one_that_owes(count, monkeypatch))
    assert max(waits) < 2000 * scheduler_module.MOST_PAUSE + 2 * count, waits


def test_who_owes_much_waits_no_longer_than_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much one may owe: after a while it has every second turn at most."""
    monkeypatch.setattr(scheduler_module, "MOST_PAUSE", 1000.0)
    is_late = _turns_of_one_that_owes(300, monkeypatch)
    assert all(2000 < wait < 2700 for wait in _waits(is_late)), _waits(is_late)  # the others wait too, and before it
    assert not any(before and after for before, after in itertools.pairwise(is_late))


class Member(Working):
    """One of several jobs of a group. `busiest` is the most of one group that were executed at the same time."""

    def __init__(self, group: Team) -> None:
        super().__init__(0.0)
        self._group = group

    @property
    def group(self) -> Team:
        return self._group

    def run(self, seconds: float) -> float | None:
        with self._group.lock:
            self._group.inside += 1
            self._group.busiest = max(self._group.busiest, self._group.inside)
        due = super().run(seconds)
        with self._group.lock:
            self._group.inside -= 1
        return due


class Team:
    """What several jobs have in common."""

    def __init__(self, size: int) -> None:
        self.lock, self.inside, self.busiest = threading.Lock(), 0, 0
        self.jobs = [Member(self) for _ in range(size)]

    @property
    def taken(self) -> float:
        return sum(job.taken for job in self.jobs)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_group_of_many_jobs_gets_one_share(threads: int) -> None:
    """Groups of five, one and one: over a while each has had as much time, and within a group each of its jobs."""
    teams = [Team(5), Team(1), Team(1)]
    scheduler = Scheduler(threads, slice_seconds=0.001)
    for team in teams:
        for job in team.jobs:
            scheduler.wake(job)
    scheduler.start()
    deadline = time.monotonic() + 60
    while sum(team.taken for team in teams) < 0.9 and time.monotonic() < deadline:
        time.sleep(0.01)
    scheduler.stop()
    shares = [team.taken / sum(each.taken for each in teams) for team in teams]
    assert all(0.27 < share < 0.40 for share in shares), shares
    inside = sorted(job.taken for job in teams[0].jobs)
    assert inside[0] > 0.8 * inside[-1]


def test_no_thread_idles_while_a_group_has_work() -> None:
    """Alone, a group of three is executed by both threads at the same time."""
    team = Team(3)
    scheduler = Scheduler(2, slice_seconds=0.005)
    for job in team.jobs:
        scheduler.wake(job)
    scheduler.start()
    deadline = time.monotonic() + 60
    while team.busiest < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    scheduler.stop()
    assert team.busiest == 2


def test_a_long_line_has_short_slices(scheduler: Scheduler) -> None:
    """A single job gets the whole slice. With a hundred in the line the slices are shorter."""
    jobs = [Working(0.0) for _ in range(100)]
    for job in jobs:
        scheduler.wake(job)
    scheduler.start()
    deadline = time.monotonic() + 60
    while not all(len(job.given) > 1 for job in jobs) and time.monotonic() < deadline:
        time.sleep(0.01)
    scheduler.stop()
    assert max(job.given[1] for job in jobs) <= 0.0016
    alone, alone_for = Scheduler(2), Working(0.0)
    alone.wake(alone_for)
    alone.start()
    while not alone_for.given and time.monotonic() < deadline:
        time.sleep(0.01)
    alone.stop()
    assert alone_for.given[0] == 0.008


class Lingering(Single):
    """A job that takes two milliseconds more than each slice, as if it made frames, and ends after `enough` slices."""

    def __init__(self, enough: int) -> None:
        self.enough, self.given, self.done = enough, list[float](), threading.Event()

    def run(self, seconds: float) -> float | None:
        time.sleep(seconds + 0.002)
        self.given.append(seconds)
        if len(self.given) < self.enough:
            return 0.0
        self.done.set()
        return None


def test_what_turns_take_beyond_their_slices_is_taken_off_them(scheduler: Scheduler) -> None:
    """Forty jobs that overrun their slices soon get slices that are shorter by as much."""
    jobs = [Lingering(12) for _ in range(40)]
    for job in jobs:
        scheduler.wake(job)
    scheduler.start()
    assert all(job.done.wait(30) for job in jobs)
    first, later = max(job.given[0] for job in jobs), max(job.given[9] for job in jobs)
    assert later < first - 0.0015


def test_a_job_is_never_run_by_two_threads(scheduler: Scheduler) -> None:
    """A job that is woken while it is executed is executed again, never twice at the same time."""
    job = Counting(200)
    scheduler.start()
    while not job.done.wait(0):
        scheduler.wake(job)
    assert job.clashes == 0


def test_a_wake_during_a_slice_is_kept(scheduler: Scheduler) -> None:
    """A job that is woken during a slice gets another one, although it answers that it needs none."""

    class Sleepy(Single):
        def __init__(self) -> None:
            self.slices, self.in_first, self.go_on, self.second = (
                0,
                threading.Event(),
                threading.Event(),
                threading.Event(),
            )

        def run(self, seconds: float) -> float | None:
            self.slices += 1
            if self.slices == 1:
                self.in_first.set()
                assert self.go_on.wait(5)
            else:
                self.second.set()
            return None

    job = Sleepy()
    scheduler.start()
    scheduler.wake(job)
    assert job.in_first.wait(5)
    scheduler.wake(job)
    job.go_on.set()
    assert job.second.wait(5)


def test_a_moment_is_kept_and_a_wake_comes_before_it(scheduler: Scheduler) -> None:
    """A job that asks for a moment is not executed before it, unless it is woken."""

    class Later(Single):
        def __init__(self, seconds: float) -> None:
            self.seconds, self.moments, self.ran = seconds, [], threading.Semaphore(0)
            self.moments: list[float] = []

        def run(self, seconds: float) -> float | None:
            self.moments.append(time.monotonic())
            self.ran.release()
            return time.monotonic() + self.seconds if len(self.moments) < 2 else None

    soon, far = Later(0.05), Later(60.0)
    scheduler.start()
    scheduler.wake(soon)
    scheduler.wake(far)
    assert soon.ran.acquire(timeout=5)
    assert soon.ran.acquire(timeout=5)
    assert soon.moments[1] - soon.moments[0] >= 0.05
    assert far.ran.acquire(timeout=5)
    scheduler.wake(far)
    assert far.ran.acquire(timeout=5)


def test_a_failing_job_does_not_take_the_thread(scheduler: Scheduler, caplog: pytest.LogCaptureFixture) -> None:
    """An exception is written to the log, and the others go on."""

    class Broken(Single):
        def run(self, seconds: float) -> float | None:
            raise ZeroDivisionError

    scheduler.start()
    others = [Counting(5) for _ in range(4)]
    with caplog.at_level(logging.CRITICAL, logger="tinkernet.app.workers.scheduler"):
        for _ in range(4):
            scheduler.wake(Broken())
        for job in others:
            scheduler.wake(job)
        assert all(job.done.wait(5) for job in others)


def test_stop_ends_the_threads() -> None:
    """All threads are gone after a stop, idle or busy."""
    before = set(threading.enumerate())  # of which others may end meanwhile
    scheduler = Scheduler(3)
    scheduler.start()
    scheduler.wake(Counting(10**9))
    scheduler.stop()
    assert set(threading.enumerate()) <= before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
def test_training_gives_way() -> None:
    """A thread that trains has a lower priority than all others, which keep theirs."""
    found: list[int] = []

    class Look:
        @property
        def group(self) -> object:
            return self

        def run(self, _: float) -> None:
            found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
            done.set()

    done, before = threading.Event(), os.getpriority(os.PRIO_PROCESS, 0)
    scheduler = Scheduler(1)
    scheduler.start()
    scheduler.wake(Look())
    assert done.wait(10)
    scheduler.stop()
    assert found[0] == min(19, before + NICE)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before
