"""Commands that name a stored data set: the session is given it before they are carried out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tinkernet.app.sessions.session import Session
from tinkernet.app.tables.table import Table
from tinkernet.app.wire.commands import Configure, UseData
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine.spec.proposal import generated, proposed

Find: TypeAlias = Callable[[str], Awaitable[Table | None]]
"""Gives the stored data set of a reference, if the page that asks may use it."""

MISSING = "The data of this link are kept on another server, or are no longer here"


async def with_data(command: Configure | UseData, session: Session, find: Find) -> Configure:
    """The same command once the session has the data that it names; `use_data` with the spec that is proposed for them.

    Raises ProtocolError where there are none that the page may use: without them the spec draws its points, which is
    the nearest.
    """
    reference = command.data if isinstance(command, UseData) else command.spec.data
    table = session.tables.get(reference)
    if table is not None:
        session.use(table)
    elif reference and (table := await find(reference)) is not None:
        session.offer(table)
    if isinstance(command, Configure):
        if table is None and reference:
            said = f"{MISSING}: other points take their place."
            near = generated(command.spec)
            raise ProtocolError("data", reference, "data of this server", said, command.revision, command.run, near)
        return command
    if table is None:
        said = "These data are no longer here: bring them again."
        raise ProtocolError("data", reference, "data of this session", said, command.revision, command.run)
    spec = proposed(session.asked[command.run], table.dataset)
    values = {"type": "configure", "run": command.run, "revision": command.revision, "spec": spec.to_dict()}
    return Configure.model_validate(values)
