"""One socket: a reader and a writer, which end together.

Under pressure: what is read is charged to the page's browser, and waits until that has a turn. A page that sends too
many messages is told once and closed, and its browser stays out for a while. A page that does not read is closed when
one message has waited for `send_timeout`. The viewer decides what is written, the wire what may be read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress

from fastapi import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketDisconnected

from tinkernet.app.connections.budget import Budget, charged
from tinkernet.app.connections.data import Find, with_data
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.command_queue import Apply, Refused, Replay
from tinkernet.app.sessions.moments import place_of
from tinkernet.app.sessions.registry import HEARTBEAT
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.wire.classes import Vote
from tinkernet.app.wire.command import TWIN, RunCommand
from tinkernet.app.wire.commands import Ack, AnyCommand, Beat, Configure, RunId, Subscribe, UseData
from tinkernet.app.wire.comparing import Compare
from tinkernet.app.wire.events import Closing, Error
from tinkernet.app.wire.parse import ProtocolError, parse
from tinkernet.app.wire.trialling import OpenTrial
from tinkernet.engine import SpecError
from tinkernet.engine.data.drawing import BLANK
from tinkernet.engine.training.edits_text import edits_of

POLICY, TRY_AGAIN = 1008, 1013
# Revisions of a page beyond the run's: those it has sent meanwhile, or those of a page whose session begins anew.
MOST_AHEAD, MOST_AT_FIRST = 10_000, 1_000_000


class Bucket:
    """So many messages a second, and a burst of more after a rest."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._at = burst, time.monotonic()

    def take(self) -> bool:
        """One message; False when there were too many."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


async def converse(
    websocket: WebSocket,
    session: Session,
    viewer: Viewer,
    settings: Settings,
    budget: Budget,
    find: Find,
    vote: Callable[[Vote], None],
) -> None:
    """Until either side ends it: whichever of the two is done ends the other.

    Not by an exception that leaves the group: that holds this call, and with it the session, in memory for long after.
    """
    async with asyncio.TaskGroup() as group:
        reading = _until_gone(_read, websocket, session, viewer, settings, budget, find, vote)
        reader = group.create_task(_charged(reading, budget))
        writer = group.create_task(_until_gone(_write, websocket, viewer, settings))
        reader.add_done_callback(lambda _: writer.cancel())
        writer.add_done_callback(lambda _: reader.cancel())


async def _charged(reading: Coroutine[object, object, None], budget: Budget) -> None:
    await charged(reading, budget)


async def _until_gone(talk: Callable[..., Awaitable[None]], *given: object) -> None:
    with suppress(WebSocketDisconnect, WebSocketDisconnected, TimeoutError):
        await talk(*given)


async def refuse(websocket: WebSocket, message: str) -> None:
    """Say why there is no session, and close."""
    with suppress(WebSocketDisconnect):
        await websocket.send_text(Closing(message=message).encode())
        await websocket.close(TRY_AGAIN)


async def _read(
    websocket: WebSocket,
    session: Session,
    viewer: Viewer,
    settings: Settings,
    budget: Budget,
    find: Find,
    vote: Callable[[Vote], None],
) -> None:
    bucket = Bucket(settings.messages_per_second, settings.message_burst)
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if not bucket.take():
            viewer.tell(Error(field="message", value=None, allowed="fewer", message="Too many messages at once."))
            viewer.close("This page sent too many messages at once.", POLICY)
            budget.shut_out()
            # The writer closes after saying so. What still arrives is thrown away: left unread, the system would answer
            # it with a reset, which takes the sentence away from the page.
            while (await websocket.receive())["type"] != "websocket.disconnect":
                await budget.turn()
            return
        await budget.turn()
        text, data = message.get("text"), message.get("bytes")
        try:
            command = parse(text if text is not None else data or b"", binary=text is None, held=viewer.capabilities)
            _check_run(command, session)
            _check_revision(command, session)
            if isinstance(command, Configure | UseData):
                command = await with_data(command, session, find)
            cost.check(command, session.asked_with(command), settings)
        except ProtocolError as error:
            viewer.tell(Error.of(error))
            revision, run, near = error.revision, error.run, error.nearest
            if revision is not None and run in session.runs and revision <= _most_revision(run, session):
                session.submit(Refused(revision) if near is None else Apply(near, revision), viewer, run)
            continue
        match command:
            case Ack():
                viewer.acknowledge()
                session.acknowledge(viewer)
            case Subscribe():
                viewer.subscribe(subscription_of(tuple(command.topics)))
                session.acknowledge(viewer)
            case Beat():
                viewer.tell(HEARTBEAT)
            case Configure():
                session.submit(_apply(command, viewer), viewer, command.run)
            case Vote():
                vote(command)
            case UseData():
                pass  # it has become a configure
            case _:
                session.submit(command, viewer, command.run)


def _apply(command: Configure, viewer: Viewer) -> Apply:
    """A page that sends a drawing, or changes, which cannot be used is told so: it gets the start without them."""
    drawing = None
    try:
        drawing = None if command.drawn is None else command.spec.drawing_of(command.drawn)
    except SpecError as error:
        viewer.tell(Error.of(error))
        drawing = BLANK
    if command.at is None:
        return Apply(command.spec, command.revision, drawing=drawing)
    replay = None
    try:
        replay = Replay(edits_of(command.edits), *place_of(command.at))
    except SpecError as error:
        viewer.tell(Error.of(error))
    return Apply(command.spec, command.revision, restart=True, drawing=drawing or BLANK, replay=replay)


def _check_run(command: AnyCommand, session: Session) -> None:
    """Raises ProtocolError when it is about a run that the session does not have."""
    about = command.topics if isinstance(command, Subscribe) else [command] if isinstance(command, RunCommand) else []
    for each in about:
        if each.run not in session.runs and not (each.run == TWIN and isinstance(command, Subscribe)):
            runs = ", ".join(session.runs)
            raise ProtocolError("run", each.run, runs, f"This session has no run {each.run!r}; it has {runs}.")


def _check_revision(command: AnyCommand, session: Session) -> None:
    """Raises ProtocolError when it is far beyond the run's. The numbers that are left must last for the next pages."""
    if isinstance(command, Configure | UseData | Compare | OpenTrial) and command.revision > (
        most := _most_revision(command.run, session)
    ):
        newest, allowed = session.runs[command.run].publisher.state.revision, f"a whole number from 0 to {most}"
        said = f"{command.type}: revision cannot be {command.revision}: the run is at {newest}; it must be {allowed}."
        raise ProtocolError("revision", command.revision, allowed, said, run=command.run)


def _most_revision(run: RunId, session: Session) -> int:
    newest = session.runs[run].publisher.state.revision
    return newest + (MOST_AHEAD if newest else MOST_AT_FIRST)


async def _write(websocket: WebSocket, viewer: Viewer, settings: Settings) -> None:
    while True:
        await viewer.wakeup.wait()
        viewer.wakeup.clear()
        while (message := viewer.next_message()) is not None:
            async with asyncio.timeout(settings.send_timeout):
                if isinstance(message, str):
                    await websocket.send_text(message)
                else:
                    await websocket.send_bytes(message)
            if viewer.closed:
                await websocket.close(viewer.close_code)
                return
