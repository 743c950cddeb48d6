"""The stored data sets of one session: those that its runs learn from, and the last few before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tinkernet.app.tables.table import Table

MOST = 4


class SessionTables:
    """By reference, the last used at the end. Changed on the event loop alone; `get` from any thread.

    Under pressure: a new one takes the place of the one that was used longest ago and that no run learns from.
    """

    def __init__(self, tables: Iterable[Table] = ()) -> None:
        self._tables = {table.reference: table for table in tables}  # replaced, never changed in place

    def __iter__(self) -> Iterator[Table]:
        return iter(self._tables.values())

    def get(self, reference: str) -> Table | None:
        """The table of this reference, if the session has it."""
        return self._tables.get(reference)

    def put(self, table: Table, in_use: Iterable[str]) -> None:
        """The session has this table from now on; `in_use` are the references that its runs have."""
        kept = {reference: each for reference, each in self._tables.items() if reference != table.reference}
        kept[table.reference] = table
        used = {*in_use, table.reference}
        for reference in [each for each in kept if each not in used][: max(0, len(kept) - MOST)]:
            del kept[reference]
        self._tables = kept
