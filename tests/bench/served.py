"""Starts the server as a process, waits for it and stops it.

Run as a module, this file is the server with additions for measurements. Each frame carries the time at which its
numbers were taken in place of the speed (time.monotonic, one clock for all processes of a machine). The lag of the
event loop is recorded and printed at the end. SIGUSR1 prints the number of asyncio tasks.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from tests.bench.report import ROOT

TICK = 0.005


@dataclass
class Served:
    """A running server process."""

    url: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.url.rpartition(":")[2])

    @property
    def memory(self) -> float:
        """Resident memory, MiB."""
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024

    @property
    def processor_seconds(self) -> float:
        """CPU time of all threads so far, seconds (Linux; 0 elsewhere)."""
        try:
            with open(f"/proc/{self.process.pid}/stat") as file:
                used = file.read().rpartition(")")[2].split()[11:13]
        except OSError:
            return 0.0
        return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")

    @property
    def written(self) -> int:
        """Bytes that it has sent to the disk so far (Linux)."""
        with open(f"/proc/{self.process.pid}/io") as file:
            return int(file.read().partition("\nwrite_bytes: ")[2].partition("\n")[0])

    @property
    def descriptors(self) -> int:
        """Number of open files and sockets (Linux)."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    @property
    def threads(self) -> int:
        """Number of threads of the process (Linux)."""
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    @property
    def tasks(self) -> int:
        """Number of tasks on the event loop. Works only with the server of this module."""
        assert self.process.stdout is not None
        self.process.send_signal(signal.SIGUSR1)
        return int(self.process.stdout.readline())

    def stop(self) -> str:
        """Stop the server. Returns what it printed."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.communicate(timeout=15)[0]
        finally:
            self.process.kill()


def start(module: str = "tinkernet.app", arguments: Sequence[str] = ("--port", "0"), **environment: str) -> Served:
    """Start the server and wait for its address. It may not be ready yet. Raises RuntimeError if it exits."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Tinkernet is at "):
            return Served(line.split()[-1], process)
    raise RuntimeError(f"{command} ended with {process.wait()}")


def wait_until_ready(url: str, seconds: float = 120, *, to_train: bool = True) -> None:
    """Wait until networks can be shown and, with `to_train`, trained. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
                if answer.read() == b"ready\n" or not to_train:
                    return
        except urllib.error.HTTPError as error:
            error.close()
        time.sleep(0.02)
    raise TimeoutError(f"{url} was not ready in {seconds} s")


@contextmanager
def serving(module: str = "tinkernet.app", *, port: int = 0, **environment: str) -> Iterator[Served]:
    """A ready server, stopped at the end of the block. Port 0 is a free one."""
    served = start(module, ("--port", str(port)), **environment)
    try:
        wait_until_ready(served.url)
        yield served
    finally:
        if served.process.poll() is None:
            served.stop()


def main() -> None:
    """The server with the two additions."""
    from tinkernet.app.sessions.run_executor import RunExecutor
    from tinkernet.app.settings import Settings
    from tinkernet.app.web import server
    from tinkernet.app.web.application import create_app

    moment = RunExecutor._moment

    def dated(run: RunExecutor, *given: Any) -> Any:
        return replace(moment(run, *given), epochs_per_second=time.monotonic())

    RunExecutor._moment = dated  # type: ignore[method-assign]
    late: list[tuple[float, float]] = []
    kept: list[asyncio.Task[None]] = []

    async def watch_loop() -> None:
        while True:
            due = time.monotonic() + TICK
            await asyncio.sleep(TICK)
            late.append((due, time.monotonic() - due))

    def listening() -> None:
        loop = asyncio.get_running_loop()
        kept.append(loop.create_task(watch_loop()))
        loop.add_signal_handler(signal.SIGUSR1, lambda: print(len(asyncio.all_tasks()), flush=True))
        print(f"Tinkernet is at {settings.address}", flush=True)

    settings = Settings.from_environment(port=0)
    listener = server.listen(settings)
    settings = replace(settings, port=listener.getsockname()[1])
    # uvicorn raises the signal again after its shutdown; by default that would end the process before it prints.
    signal.signal(signal.SIGTERM, lambda *_: None)
    server.server_of(create_app(settings), settings, listening).run(sockets=[listener])
    print(json.dumps([[round(at, 4), round(by, 5)] for at, by in late]))


if __name__ == "__main__":
    main()
