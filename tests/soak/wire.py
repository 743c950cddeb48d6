"""The Autobahn test cases (through kosoku) against the production server, with an echo in place of the application.

Left out are: 7.1.5, where two correct answers race; the cases of chapter 9 whose messages exceed the server's limits on
size or fragments (app/web/server.py); chapters 12 and 13, because compression is not offered.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from kosoku import FailureError, run_fuzzingclient

from tests.soak.promise import Promise, run
from tinkernet.app.settings import Settings
from tinkernet.app.web.server import listen, server_of
from tinkernet.app.workers.warmup import LazyTask

LARGE = (*(f"9.{kind}.{size}" for kind in (1, 2) for size in range(2, 7)), "9.3.*", "9.4.*", "9.5.*", "9.6.*")
LEFT_OUT = ("7.1.5", *LARGE, "12.*", "13.*")


class Nobody:
    """Stands for the registry of sessions: there are none to close and no pages to wait for."""

    pages = 0

    def close(self, message: str) -> None:
        """Does nothing."""


async def echo(websocket: WebSocket) -> None:
    """Send every message back."""
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if (text := message.get("text")) is not None:
                await websocket.send_text(text)
            else:
                await websocket.send_bytes(message["bytes"])
    except WebSocketDisconnect:
        return


async def failures(url: str, quick: bool) -> tuple[int, list[Any]]:
    """The number of passed cases, and the failures."""
    chosen = ["1.*", "5.*", "7.*"] if quick else ["*"]
    try:
        return len(await run_fuzzingclient(url, chosen, list(LEFT_OUT), concurrency=2)), []
    except FailureError as failure:
        print(f"  {failure}")
        return 0, failure.results or [failure]


def measure(quick: bool) -> list[Promise]:
    """Run the server on a thread and the cases against it."""
    listener = listen(Settings(port=0))
    settings = replace(Settings(port=0), port=listener.getsockname()[1])
    app, answers = FastAPI(openapi_url=None), threading.Event()
    app.state.settings, app.state.sessions, app.state.catalog = settings, Nobody(), LazyTask(lambda: None)
    app.websocket("/")(echo)
    server = server_of(app, settings, answers.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        answers.wait(30)
        count, failed = asyncio.run(failures(f"ws://127.0.0.1:{settings.port}/", quick))
    finally:
        server.should_exit = True
        thread.join(15)
        listener.close()
    return [Promise("cases that pass", count, least=40), Promise("cases that fail", len(failed), exactly=0)]


if __name__ == "__main__":
    run("wire", measure)
