"""A page without a browser: it speaks the wire as its description says, read independently of app/wire."""

from __future__ import annotations

import json
import re
import socket
import struct
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

FRAME = "<4sBBHII4dIIIHHHBBIIIddBBH"
POINTS = "<4sBBHIIII"


@dataclass
class Frame:
    """A decoded frame: header fields by name, then its arrays."""

    header: dict[str, Any]
    rows: np.ndarray
    params: np.ndarray
    small_maps: np.ndarray
    big_map: np.ndarray

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["header"][name]
        except KeyError:
            raise AttributeError(name) from None


NAMES = (
    "magic", "kind", "flags", "version", "revision", "restarts", "epoch", "train_loss", "test_loss", "value", "stride",
    "first_row", "rows_count", "neurons", "small_side", "big_side", "small_levels", "big_levels", "params_count",
    "maps_length", "raw_length", "epochs_per_second", "diverged_at", "classes", "winner", "zero",
)  # fmt: skip


def decode_frame(data: bytes) -> Frame:
    """One frame, with every length in it checked."""
    header = dict(zip(NAMES, struct.unpack_from(FRAME, data), strict=True))
    assert (header["magic"], header["kind"], header["version"]) == (b"TKN1", 1, 4)
    end = 100 + 8 * header["rows_count"]
    rows = np.frombuffer(data[100:end], "<f4").reshape(-1, 2)
    params, maps = data[end : end + 4 * header["params_count"]], data[end + 4 * header["params_count"] :]
    assert len(maps) == header["maps_length"]
    if header["flags"] & 1:
        maps = zlib.decompress(maps)
    assert len(maps) == header["raw_length"]
    small_side, big_side = header["small_side"], header["big_side"]
    bytes_small = header["neurons"] * small_side**2
    assert len(maps) == bytes_small + big_side**2
    small_maps = np.frombuffer(maps[:bytes_small], np.uint8).reshape(header["neurons"], small_side, small_side)
    big_map = np.frombuffer(maps[bytes_small:], np.uint8).reshape(1, big_side, big_side)
    if header["flags"] & 1:
        small_maps, big_map = summed(small_maps), summed(big_map)
    for levels, count in (
        (small_maps, header["small_levels"]),
        (big_map, (header["classes"] or 1) * header["big_levels"]),
    ):
        assert ((levels < count) | (levels == 255)).all()
    return Frame(
        header,
        rows,
        np.frombuffer(params, "<f4"),
        small_maps.reshape(header["neurons"], -1),
        big_map.reshape(-1),
    )


def summed(differences: np.ndarray) -> np.ndarray:
    """Maps (n, side, side) from what each pixel is more than the one on its left, or above for the first of a row."""
    first = np.cumsum(differences[:, :, :1], axis=1)
    return np.cumsum(np.concatenate([first, differences[:, :, 1:]], axis=2), axis=2).astype(np.uint8)


def decode_points(data: bytes) -> tuple[int, np.ndarray, np.ndarray]:
    """Restarts, training points (n, 3), test points (m, 3)."""
    magic, kind, flags, version, restarts, train, test, zero = struct.unpack_from(POINTS, data)
    assert (magic, kind, flags, version, zero) == (b"TKN1", 2, 0, 4, 0)
    points = np.frombuffer(data[24:], "<f4").reshape(train + test, 3)
    return restarts, points[:train], points[train:]


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
    id, key = (re.search(pattern, html) for pattern in (r'data-session="([^"]+)"', r"#key=([\w-]+)"))
    assert id is not None
    found = Visit(id.group(1), "; ".join(given), key.group(1) if key else "")
    return _visit_from_id.setdefault(found.id, found)


@dataclass
class Page:
    """Connects to a session and keeps the newest of all it hears. A `patient` page does not say `ack` by itself. A
    `deaf` one does not even read: what is sent to it stays in the system's buffers, as far as there is room.

    Without an id it is a new browser's; with one, another tab of the browser that has it. With a `key` it only watches.
    """

    address: str
    id: str = ""
    key: str = ""
    patient: bool = False
    deaf: bool = False
    state: dict[str, Any] = field(default_factory=dict)
    frame: Frame | None = None
    points: tuple[int, np.ndarray, np.ndarray] | None = None
    losses: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    heard: list[str] = field(default_factory=list)
    progress: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    closing: str = ""

    def __post_init__(self) -> None:
        self.id = self.id or visit(self.address).id

    @property
    def visit(self) -> Visit:
        """Of the browser whose page this is."""
        return _visit_from_id[self.id]

    def __enter__(self) -> Self:
        address = f"{self.address.replace('http', 'ws', 1)}/s/{self.id}/ws"
        given: dict[str, Any] = {"subprotocols": ["tinkernet"], "additional_headers": {"Cookie": self.visit.cookies}}
        if self.key:
            given = {"subprotocols": ["tinkernet", self.key]}
        given["origin"] = "{0.scheme}://{0.netloc}".format(urlsplit(self.address))
        if self.deaf:
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.connect(("127.0.0.1", urlsplit(address).port))
            given |= {"sock": raw, "max_queue": 1, "close_timeout": 0, "ping_interval": None}
        self._connection = connect(address, compression=None, proxy=None, max_size=2**24, **given)
        self.socket = self._connection.__enter__()
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
                self.state = event
            elif kind == "metrics":
                self.metrics = event
            elif kind == "error":
                self.errors.append(event)
            elif kind == "progress":
                self.progress = event
            elif kind == "closing":
                self.closing = event["message"]
        elif message[4] == 2:
            kind, self.points = "points", decode_points(message)
        else:
            kind, self.frame = "frame", decode_frame(message)
            assert len(self.losses) >= self.frame.first_row, "loss rows are missing in between"
            self.losses = np.concatenate([self.losses[: self.frame.first_row], self.frame.rows])
            if not self.patient:
                with suppress(ConnectionClosed):  # what it said before it closed is still to be read
                    self.send("ack")
        self.heard.append(kind)
        return kind

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
