"""Which stored data sets a page may use: a hash alone opens nothing.

Those that this server offers to everybody; those of a session that the same browser owns, in memory or kept; and those
of a session in memory that the browser watches, or has watched, by a key that is still good.
"""

from __future__ import annotations

import asyncio

from starlette.requests import HTTPConnection

from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.tables.library import Library
from tinkernet.app.tables.table import Table
from tinkernet.app.web import browsers
from tinkernet.app.web.auth import is_owner
from tinkernet.engine import SpecError
from tinkernet.engine.data.reference import read_reference

MOST_ASKED = 200  # sessions that are asked for one data set


async def find(connection: HTTPConnection, reference: str) -> Table | None:
    """The table of a reference, None where this page may not use it, or there is none."""
    try:
        address = read_reference(reference).address
    except SpecError:
        return None
    library: Library = connection.app.state.library
    sessions: Sessions = connection.app.state.sessions
    if (offered := await asyncio.to_thread(library.get, reference)) is not None:
        return offered
    name = browsers.name_of(connection)
    for id, session, table in list(sessions.using(reference)):
        if (name and name in session.watched_by) or await is_owner(connection, id):
            return table
    for id in (await sessions.stored(address))[:MOST_ASKED]:
        if await is_owner(connection, id) and (kept := await sessions.table(id, reference)) is not None:
            return kept
    return None
