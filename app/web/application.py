"""The application: how its parts are put together, started and stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket

from tinkernet.app.capabilities import Capability
from tinkernet.app.classroom.classroom import NotAdmitted
from tinkernet.app.classroom.classrooms import Classrooms
from tinkernet.app.connections import socket
from tinkernet.app.connections.budget import Budgets
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.sessions.registry import Full, NotOpen, Sessions
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.tables.library import Library
from tinkernet.app.web import browsers, classes, downloads, looks, own_sessions, owners, pages, tables, uploads
from tinkernet.app.web.access import AccessLists
from tinkernet.app.web.auth import ADOPTION, Keys, admitted, end_of_adoption, is_owner, keep_owner
from tinkernet.app.web.browsers import Browsers
from tinkernet.app.web.charging import Charging, budget_of
from tinkernet.app.web.frames import Frames
from tinkernet.app.web.own_sessions import OwnSessions
from tinkernet.app.web.prefix import Prefix, address_of
from tinkernet.app.web.security import BodyLimit, Guard, Headers
from tinkernet.app.wire import SUBPROTOCOL
from tinkernet.app.wire.events import Progress
from tinkernet.app.workers.scheduler import Scheduler
from tinkernet.app.workers.warmup import LazyTask, Warmup

SCREEN = "screen"  # the subprotocol that a page on a projector offers


async def converse(websocket: WebSocket, id: str, held: Annotated[Capability, Depends(admitted)]) -> None:
    """Connect a page to its session until either side ends the connection."""
    state = websocket.app.state
    sessions: Sessions = state.sessions
    # A browser closes the socket when it has offered subprotocols and none is chosen, and the other way round.
    chosen = SUBPROTOCOL if SUBPROTOCOL in websocket.scope["subprotocols"] else None
    await websocket.accept(chosen, browsers.binding(websocket))
    budget = budget_of(websocket)
    if budget.out_for:
        await socket.refuse(websocket, f"This browser sent too much at once. It can connect in {budget.out_for:.0f} s.")
        return
    try:
        saved = await sessions.recall(id) if Capability.HOST in held else None
        is_screen = SCREEN in websocket.scope["subprotocols"] and await is_owner(websocket, id)
        viewer = Viewer(held, browsers.name_of(websocket), address_of(websocket), screen=is_screen)
        await state.classrooms.admit(id, viewer)
        session = sessions.join(id, viewer, saved)
    except (Full, NotOpen, NotAdmitted) as refusal:
        await socket.refuse(websocket, str(refusal))
        return
    state.classrooms.arrive(id, viewer)
    owner = ""
    try:
        if Capability.HOST in held:
            await keep_owner(websocket, id)
            owner = str(browsers.asking(websocket))
            await state.own_sessions.note(owner, id)
        if not state.warmup.done:
            viewer.tell(state.warmup.progress)
        find, vote = partial(tables.find, websocket), partial(state.classrooms.vote, id, viewer)
        await socket.converse(websocket, session, viewer, state.settings, budget, find, vote)
    finally:
        sessions.leave(id, viewer)
        state.classrooms.leave(id, viewer)
        if owner:
            state.own_sessions.touch(owner, id)


def create_app(settings: Settings, report: Callable[[Progress], None] = lambda _: None) -> FastAPI:
    """The application for these settings. `report` is called with the progress of the compilation."""

    storage = SQLiteStorage(settings)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        scheduler = Scheduler(settings.threads, settings.slice_seconds)
        # Where the system allows few open files, pages leave connections for requests.
        most = getattr(app.state, "connection_limit", settings.max_connections) * 3 // 4
        places = replace(settings, max_viewers=min(settings.max_viewers, max(1, most)))
        sessions = Sessions(places, scheduler, storage)

        def tell(progress: Progress) -> None:
            sessions.tell(progress)
            report(progress)

        app.state.sessions = sessions
        app.state.classrooms = Classrooms(storage, settings.max_viewers_per_session, sessions.pages_of)
        app.state.access.is_open = sessions.__contains__
        opened = storage.in_use
        storage.in_use = lambda: [ADOPTION, *opened()]
        app.state.warmup = Warmup(asyncio.get_running_loop(), tell, scheduler.start, sessions.wake)
        app.state.warmup.start()
        chores = asyncio.gather(sessions.sweep_forever(), sessions.heartbeat_forever())
        try:
            yield
        finally:
            chores.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await chores
            sessions.close("The server is stopping.")
            sessions.keep_last(await asyncio.to_thread(scheduler.stop))
            await asyncio.to_thread(storage.close)

    # No OpenAPI pages: they load scripts from another host.
    app = FastAPI(
        title="Tinkernet",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.settings, app.state.budgets = settings, Budgets(settings)
    app.state.storage = storage
    app.state.library = Library(settings.datasets)
    app.state.keys, app.state.browsers = Keys(storage.secret()), Browsers(storage.secret())
    app.state.own_sessions, app.state.uploads = OwnSessions(storage), uploads.Uploads(settings)
    app.state.access, app.state.end_of_adoption = AccessLists(storage), end_of_adoption(storage)
    app.state.probes = classes.Probes()
    app.state.catalog = LazyTask(pages.catalog)
    for path, endpoint in pages.ROUTES:
        app.api_route(path, methods=["GET", "HEAD"])(endpoint)  # uvicorn sends no body for HEAD
    app.post("/new")(pages.new)
    for method, path, endpoint in (
        *owners.ROUTES, *own_sessions.ROUTES, *uploads.ROUTES, *downloads.ROUTES, *looks.ROUTES, *classes.ROUTES,
    ):  # fmt: skip
        app.api_route(path, methods=[method, "HEAD"] if method == "GET" else [method])(endpoint)
    app.websocket("/s/{id}/ws")(converse)
    app.add_middleware(Frames, settings=settings)
    app.add_middleware(Charging, budgets=app.state.budgets)
    app.add_middleware(Prefix, settings=settings, paths=[route.path_regex for route in app.routes])  # type: ignore[attr-defined]
    app.add_middleware(BodyLimit, most=settings.max_body_bytes, tables=settings.max_table_bytes)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Headers, frame_ancestors=settings.frame_ancestors)
    return app
