"""The Autobahn cases (through kosoku) against the server as it is run in production, with an echo in the pages' place.

Left out are 7.1.5, where two right answers race, and those of chapter 9 whose messages are larger, or in more pieces,
than the server takes from anybody (app/web/server.py); and 12 and 13: compression is not offered.
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
    """No session is there to be told of the end, and no page to be waited for."""

    pages = 0

    def close(self, message: str) -> None:
        """Nothing to do."""


async def echo(websocket: WebSocket) -> None:
    """Whatever comes, back."""
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
    """How many cases were run to a verdict, and those that are failures."""
    chosen = ["1.*", "5.*", "7.*"] if quick else ["*"]
    try:
        return len(await run_fuzzingclient(url, chosen, list(LEFT_OUT), concurrency=2)), []
    except FailureError as failure:
        print(f"  {failure}")
        return 0, failure.results or [failure]


def measure(quick: bool) -> list[Promise]:
    """The server on a thread, the cases here."""
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
