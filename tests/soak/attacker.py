"""Hostile clients, in a process of their own: `python -m tests.soak.attacker KIND URL COUNT`, until SIGTERM.

They are not the page: raw sockets, which send what was made once and throw away what comes, so that they cost less than
the server does. One that is closed or refused comes back at once, after the time of a round trip. At the end they print
how often they did what, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from tests.bench.report import ROOT
from tests.page import Visit, visit

ROUND_TRIP = 0.01  # seconds
EACH = 190.0  # messages a second of one page: fewer than a page may send
LONG = 60_000  # characters of a message, which may have 65,536

counted: Counter[str] = Counter()


def text_frame(text: str) -> bytes:
    """A client's WebSocket text frame, masked with zeros."""
    data = text.encode()
    assert 126 <= len(data) < 65_536
    return bytes((0x81, 0x80 | 126)) + len(data).to_bytes(2, "big") + bytes(4) + data


def refused_messages() -> list[str]:
    """Long messages that are no commands, each of another kind."""
    numbers = ",".join(["0.123456"] * (LONG // 9))
    keys = ",".join(f'"k{number:06}":1' for number in range(LONG // 12))
    topics = ",".join(['{"topic":"map","unit":"!"}'] * (LONG // 27))
    return [
        f'{{"type":"subscribe","topics":[{numbers}]}}',
        f'{{"type":"play",{keys}}}',
        f'{{"type":"subscribe","topics":[{topics}]}}',
        f'{{"type":"configure","revision":1,"spec":{{{keys}}}}}',
        f'{{"type":"speed","rate":"{"x" * LONG}"}}',
        "[" * LONG,
    ]


def handshake(url: str, session: Visit, named: bool) -> bytes:
    """The request of a page of this browser, or of somebody without a cookie who has the join link."""
    own = f"Cookie: {session.cookies}" if named else f"Sec-WebSocket-Protocol: tinkernet, {session.viewer_key}"
    return (
        f"GET /s/{session.id}/ws HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n{own}\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()


async def again_and_again(url: str, talk: Any, *given: Any) -> None:
    """Connect, talk until the server ends it, and come back."""
    address = urlsplit(url)
    while True:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            reader, writer = await asyncio.open_connection("127.0.0.1", address.port)
            try:
                await talk(reader, writer, *given)
            finally:
                writer.close()
        await asyncio.sleep(ROUND_TRIP)


async def throw_away(reader: asyncio.StreamReader) -> None:
    """Read until the connection ends, or until the server says that it will."""
    while data := await reader.read(65_536):
        if b'"type":"closing"' in data:
            counted["told to go"] += 1
            return


async def joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> bool:
    """Whether the handshake led to a connection."""
    writer.write(head)
    status = await reader.readuntil(b"\r\n\r\n")
    let_in = b" 101 " in status.partition(b"\r\n")[0]
    counted["let in" if let_in else "refused"] += 1
    return let_in


async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, frames: list[bytes]) -> None:
    """Refused messages, as fast as a page may send any."""
    if not await joined(reader, writer, head):
        return
    reading, due = asyncio.create_task(throw_away(reader)), time.monotonic()
    try:
        for frame in cycle(frames):
            if reading.done():
                return
            writer.write(frame)
            await writer.drain()
            counted["messages"] += 1
            due = max(due + 1 / EACH, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
    finally:
        reading.cancel()


async def stay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
    """Take a place, and keep it."""
    if await joined(reader, writer, head):
        await throw_away(reader)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heads: list[bytes]) -> None:
    """One request after another on one connection, each as soon as the answer before it has come."""
    for head in cycle(heads):
        writer.write(head)
        answer = await reader.readuntil(b"\r\n\r\n")
        lines = answer.decode("latin-1").lower().split("\r\n")
        counted[lines[0].split()[1]] += 1
        for line in lines:
            if line.startswith("content-length:"):
                await reader.readexactly(int(line.partition(":")[2]))
        if "connection: close" in lines:
            return


def attackers(kind: str, url: str, count: int) -> Iterator[Coroutine[Any, Any, None]]:
    """So many clients of a kind."""
    session = visit(url)
    if kind in ("flood", "nameless-flood"):
        frames = [text_frame(text) for text in refused_messages()]
        for _ in range(count):
            yield again_and_again(url, pour, handshake(url, session, kind == "flood"), frames)
    elif kind == "nameless":
        sessions = [session, visit(url)]
        for each in sessions:
            yield again_and_again(url, stay, handshake(url, each, True))
        for number in range(count):
            yield again_and_again(url, stay, handshake(url, sessions[number % 2], False))
    elif kind == "browsers":
        for _ in range(count):
            yield again_and_again(url, stay, handshake(url, visit(url), True))
    elif kind == "requests":
        cookie = f"Host: {urlsplit(url).netloc}\r\nCookie: {session.cookies}\r\n\r\n"
        paths = ("/", f"/s/{session.id}", "/static/js/main.js", "/static/css/layout.css", f"/s/{session.id}/join-link")
        for number in range(count):
            mine = [*paths[number % len(paths) :], *paths[: number % len(paths)]]
            yield again_and_again(url, ask, [f"GET {path} HTTP/1.1\r\n{cookie}".encode() for path in mine])
    else:
        raise ValueError(kind)


async def attack(kind: str, url: str, count: int) -> None:
    """Until SIGTERM."""
    over, began = asyncio.Event(), time.process_time()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    clients = [asyncio.create_task(each) for each in attackers(kind, url, count)]
    print("begun", flush=True)
    await over.wait()
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    print(json.dumps({**counted, "own seconds": round(time.process_time() - began, 2)}))


@contextmanager
def attacked(kind: str, url: str, count: int) -> Iterator[Counter[str]]:
    """So many clients attack the server during the block; afterwards it is known what they did."""
    found: Counter[str] = Counter()
    command = [sys.executable, "-m", "tests.soak.attacker", kind, url, str(count)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "begun\n"
        yield found
    finally:
        process.terminate()
        try:
            found.update(json.loads(process.communicate(timeout=20)[0]))
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(attack(sys.argv[1], sys.argv[2], int(sys.argv[3])))
