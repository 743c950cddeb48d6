"""What the owner of a session has given to others and can take back, kept beside the session."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass

from tinkernet.app.storage.base import Record, Storage

VERSION = 1  # of the record


@dataclass(frozen=True, slots=True)
class Access:
    """Of one session. `renewals` counts its join links, `link` is the secret of its owner link, "" when there is none,
    and `owners` are the names of browsers that came by one."""

    renewals: int = 0
    link: str = ""
    owners: tuple[str, ...] = ()


class AccessLists:
    """The access of all sessions, kept beside them. Belongs to the event loop; lives with the server."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._changed: dict[str, Access] = {}

    async def of(self, id: str) -> Access:
        """What the owner has changed, or that nothing is."""
        if id not in self._changed and self._storage.knows(record_id(id)):
            record = await asyncio.to_thread(self._storage.load, record_id(id))
            if record is not None and record.version == VERSION:
                facts = dict(record.facts)
                self._changed[id] = Access(facts["renewals"], facts["link"], tuple(facts["owners"]))
        return self._changed.get(id, Access())

    def put(self, id: str, access: Access) -> None:
        """Keep this from now on."""
        self._changed[id] = access
        self._storage.put(record_id(id), Record(VERSION, asdict(access), {}))


def record_id(id: str) -> str:
    """Under which a session's access is kept; no session has this id."""
    return f"{id}.access"
