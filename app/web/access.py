"""Who has a session besides the browser for which it was made, and by which links; kept beside the session.

Under pressure: only sessions that have been open have an entry, and of those that are not open only the newest are in
memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from tinkernet.app.storage.base import Record, Storage

VERSION = 1  # of the record
MOST = 1000  # entries in memory of sessions that are not open


@dataclass(frozen=True, slots=True)
class Access:
    """Of one session. `renewals` counts its join links, `link` is the secret of its owner link, "" when there is none.

    `owners` are the browsers that came by an owner link, or by a key of the release before: each as its name, a dot and
    the digest of the secret of its pages, "" where it has none. `first` is that digest of the page that opened the
    session first, if it came over http: for the browser for which the session was made.
    """

    renewals: int = 0
    link: str = ""
    owners: tuple[str, ...] = ()
    first: str = ""
    adopted: bool = False  # by a browser that came by a key of the release before, which opens nothing any more

    def renewed(self) -> Access:
        """With another join link: the last one opens nothing any more."""
        return replace(self, renewals=self.renewals + 1)

    def secret_of(self, name: str) -> str | None:
        """The digest that a browser of this name needs to own the session; None when it is not among the owners."""
        return dict(owner.split(".") for owner in self.owners).get(name)

    @property
    def names(self) -> list[str]:
        """Of `owners`."""
        return [owner.partition(".")[0] for owner in self.owners]


class AccessLists:
    """The access of all sessions, kept beside them. Belongs to the event loop; lives with the server."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: dict[str, Access] = {}  # the newest last
        self.is_open: Callable[[str], bool] = lambda _: False  # whether a session is in memory

    async def of(self, id: str) -> Access:
        """What the owner has changed, or that nothing is."""
        if id not in self._known and self._storage.knows(record_id(id)):
            record = await asyncio.to_thread(self._storage.load, record_id(id))
            if record is not None and record.version == VERSION and id not in self._known:
                facts = dict(record.facts)
                self._remember(id, Access(**{**facts, "owners": tuple(facts["owners"])}))
        return self._known.get(id, Access())

    def put(self, id: str, access: Access) -> None:
        """Keep this from now on."""
        self._remember(id, access)
        if self._storage.keeps:
            self._storage.put(record_id(id), Record(VERSION, asdict(access), {}))

    def _remember(self, id: str, access: Access) -> None:
        self._known.pop(id, None)
        self._known[id] = access
        if len(self._known) > MOST:
            for old in [each for each in self._known if not self.is_open(each)][:-MOST]:
                del self._known[old]


def record_id(id: str) -> str:
    """Under which a session's access is kept; no session has this id."""
    return f"{id}.access"
