"""A page without a browser: it speaks the wire as its description says, read independently of app/wire."""

from __future__ import annotations

import json
import re
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.parts import Frame, Part, decode, metrics_of


@dataclass
class Visit:
    """What a browser has of a session after loading its page: the cookies it was given, and the key for others."""

    id: str
    cookies: str
    viewer_key: str


_visit_from_id: dict[str, Visit] = {}


def visit(address: str, path: str = "/", cookies: str = "") -> Visit:
    """Load a page as a browser does. Without cookies it is a browser that has never been here."""
    with urlopen(Request(address + path, headers={"Cookie": cookies} if cookies else {}), timeout=30) as answer:
        html = answer.read().decode()
        given = [text.partition(";")[0] for text in answer.headers.get_all("Set-Cookie", ())]
    jar = dict(pair.partition("=")[::2] for pair in [*filter(None, cookies.split("; ")), *given])
    id = re.search(r'data-session="([^"]+)"', html)
    assert id is not None
    held = "; ".join(f"{name}={value}" for name, value in jar.items())
    found = Visit(id.group(1), held, viewer_key(address, id.group(1), held))
    return _visit_from_id.setdefault(found.id, found)


def viewer_key(address: str, id: str, cookies: str, **headers: str) -> str:
    """The key of the join link, as the owner's page asks for it; "" for anybody else."""
    asked = Request(f"{address}/s/{id}/join-link", headers={"Cookie": cookies, **headers})
    try:
        with urlopen(asked, timeout=30) as answer:
            return str(json.load(answer)["link"].partition("#key=")[2])
    except HTTPError as error:
        error.close()
        if error.code != 403:
            raise
        return ""


def cookies_of_a_watcher(address: str, id: str) -> str:
    """What a browser that follows a join link is given, and sends with its handshake."""
    with urlopen(f"{address}/s/{id}/watch", timeout=30) as answer:
        return "; ".join(text.partition(";")[0] for text in answer.headers.get_all("Set-Cookie", ()))


@dataclass
class Page:
    """Connects to a session, shows the output, and keeps the newest of all it hears. A `patient` page does not say
    `ack` by itself. A `deaf` one does not even read: what is sent to it stays in the system's buffers, as far as there
    is room.

    Without an id it is a new browser's; with one, another tab of the browser that has it. With a `key` it only watches.
    `secret` is what the pages of a real browser have stored: whoever has its cookies needs that too.
    """

    address: str
    id: str = ""
    key: str = ""
    patient: bool = False
    deaf: bool = False
    run: str = "main"  # the one that it shows
    secret: str = ""
    cookies: str = ""  # with which it came; with a key, those of a new browser unless they are given
    of_class: dict[str, Any] | None = None  # the class, as it was told last
    states: dict[str, dict[str, Any]] = field(default_factory=dict)  # of all runs
    frame: Frame | None = None
    points: tuple[int, np.ndarray, np.ndarray] | None = None
    losses: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)  # the facts of stored data sets by reference
    heard: list[str] = field(default_factory=list)
    progress: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    closing: str = ""
    _early: dict[str, Part] = field(default_factory=dict)  # what came before the network

    def __post_init__(self) -> None:
        self.id = self.id or visit(self.address).id

    @property
    def state(self) -> dict[str, Any]:
        """Of the run that it shows; empty before anything is known of it."""
        return self.states.get(self.run, {})

    @property
    def visit(self) -> Visit:
        """Of the browser whose page this is."""
        return _visit_from_id[self.id]

    def __enter__(self) -> Self:
        address = f"{self.address.replace('http', 'ws', 1)}/s/{self.id}/ws"
        own = [f"page.{self.secret}"] if self.secret else []
        given: dict[str, Any] = {
            "subprotocols": ["tinkernet", *own],
            "additional_headers": {"Cookie": self.visit.cookies},
        }
        if self.key:
            given |= {"subprotocols": ["tinkernet", self.key]}
            given["additional_headers"] = {"Cookie": self.cookies or cookies_of_a_watcher(self.address, self.id)}
        self.cookies = given["additional_headers"]["Cookie"]
        given["origin"] = "{0.scheme}://{0.netloc}".format(urlsplit(self.address))
        if self.deaf:
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.connect(("127.0.0.1", urlsplit(address).port))
            given |= {"sock": raw, "max_queue": 1, "close_timeout": 0, "ping_interval": None}
        self._connection = connect(address, compression=None, proxy=None, max_size=2**24, **given)
        self.socket = self._connection.__enter__()
        with suppress(ConnectionClosed):  # who is not let in is told so, and has that still to read
            self.watch()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.__exit__(None, None, None)

    def ask_until_stuck(self, seconds: float = 30.0) -> None:
        """Say `ack` sixty times a second, until the server has no room left for what a `deaf` page does not read."""
        ports = f":{urlsplit(self.address).port:04X}", f":{self.socket.socket.getsockname()[1]:04X}"
        waiting: list[str] = []
        for asked in range(int(60 * seconds)):
            self.send("ack")
            time.sleep(1 / 60)
            if asked % 3 == 0:
                lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
                waiting += [line[4] for line in lines if line[1].endswith(ports[0]) and line[2].endswith(ports[1])]
                if len(waiting) > 2 and len(set(waiting[-3:])) == 1 and waiting[-1] > "00001000":
                    return
        raise AssertionError(f"never stuck: {waiting}")

    def cut(self) -> None:
        """End the connection as a network does: a reset, without a goodbye."""
        raw = self.socket.socket
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.shutdown(socket.SHUT_RD)  # wakes the thread that reads, which would hold the socket open
        raw.close()

    def send(self, type: str, **fields: Any) -> None:
        """A command."""
        self.socket.send(json.dumps({"type": type, **fields}))

    def watch(
        self,
        unit: str = "output",
        x: float | None = None,
        y: float | None = None,
        *,
        metrics: bool = False,
        run: str = "main",
    ) -> None:
        """Show this unit's map, all that there is of the network, and what is asked for beside it."""
        topics: list[dict[str, Any]] = [{"topic": name} for name in ("data", "losses", "network")]
        topics.append({"topic": "map", "unit": unit})
        if x is not None:
            topics.append({"topic": "reading", "unit": unit, "x": x, "y": y})
        if metrics:
            topics.append({"topic": "metrics"})
        if run != self.run:
            self.run, self.frame, self.losses = run, None, self.losses[:0]
        self.subscribe(*({**topic, "run": run} for topic in topics))

    def subscribe(self, *topics: dict[str, Any]) -> None:
        """Show these topics and nothing else."""
        names = {topic["topic"] for topic in topics}
        if self.frame is not None:
            self.frame = Frame({name: part for name, part in self.frame.parts.items() if name in names})
        self.send("subscribe", topics=list(topics))

    def configure(self, **changes: Any) -> None:
        """The spec of the last state, changed."""
        self.send("configure", revision=self.state["revision"] + 1, spec={**self.state["spec"], **changes})

    def hear(self, seconds: float = 10.0) -> str:
        """Take in one message and return what it was. TimeoutError when none comes."""
        deadline = time.monotonic() + seconds
        message = self.socket.recv(timeout=seconds)
        while isinstance(message, str) and message.startswith('{"type":"heartbeat"'):  # comes whenever it comes
            message = self.socket.recv(timeout=max(0.0, deadline - time.monotonic()))
        if isinstance(message, str):
            event = json.loads(message, parse_constant=lambda name: pytest_fail(name))
            kind: str = event["type"]
            if kind == "state":
                self.states[event["run"]] = event
            elif kind == "table":
                self.tables[event["reference"]] = event
            elif kind == "class":
                self.of_class = event
            elif kind == "error":
                self.errors.append(event)
            elif kind == "progress":
                self.progress = event
            elif kind == "closing":
                self.closing = event["message"]
        else:
            kind = "tick"
            self._take(decode(message))
            if not self.patient:
                with suppress(ConnectionClosed):  # what it said before it closed is still to be read
                    self.send("ack")
        self.heard.append(kind)
        return kind

    def _take(self, parts: list[Part]) -> None:
        """Keep the newest of each topic. A frame is there when the network is known."""
        parts = [part for part in parts if part.run == self.run]
        known = {
            **(self.frame.parts if self.frame is not None else self._early),
            **{part.topic: part for part in parts},
        }
        if "network" in known:
            self.frame = Frame(known)
        else:
            self._early = known
        for part in parts:
            if part.topic == "losses":
                assert len(self.losses) >= part.first_row, "loss rows are missing in between"
                self.losses = np.concatenate([self.losses[: part.first_row], part.rows])
            elif part.topic == "data":
                self.points = part.restarts, part.train, part.test
            elif part.topic == "metrics":
                self.metrics = metrics_of(part)

    def until(self, met: Callable[[Self], Any], seconds: float = 20.0) -> Self:
        """Take messages in until the condition is met; AssertionError when it is not in time."""
        deadline = time.monotonic() + seconds
        while not met(self):
            left = deadline - time.monotonic()
            assert left > 0, (
                f"not met in {seconds} s; state {self.state}, errors {self.errors}, heard {self.heard[-20:]}"
            )
            try:
                self.hear(left)
            except TimeoutError:
                continue
        return self

    def ready(self) -> Self:
        """Until the first frame has come."""
        return self.until(lambda page: page.frame is not None, seconds=300)


def pytest_fail(name: str) -> None:
    """JSON has no such number."""
    raise AssertionError(f"{name} in JSON")
