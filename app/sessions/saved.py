"""What is kept of a session: for each of its runs, all that it needs to go on as if nothing had happened."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np

from tinkernet.app.sessions.kept import NOBODY, About, KeptRun
from tinkernet.app.storage.base import Log, Record
from tinkernet.app.tables.table import Table
from tinkernet.app.wire.commands import MAIN, RunId
from tinkernet.engine import Spec
from tinkernet.engine.training.clocks import EPOCHS, Clock
from tinkernet.engine.training.effort import Knot

VERSION = 2  # of the records that are written; version 1, of a session with a single run, is read too


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run as it was at one moment."""

    spec: Spec
    revision: int
    restarts: int
    playing: bool
    speed: float | None
    instance: int
    checkpoint: Mapping[str, Any]  # of the trainer, without its log: numbers, lists and bytes
    # Of the trainer, each entry as JSON. None where the checkpoint has it, or is of the release before and has none.
    log: Log | None = None
    about: About = NOBODY
    kept: tuple[KeptRun, ...] = ()
    clock: Clock = EPOCHS
    twin: dict[str, Any] | None = None  # the settings that are others in a twin; None: there is none
    effort: tuple[Knot, ...] = ()  # what the run has taken; empty in a record of an earlier release

    def whole_checkpoint(self) -> dict[str, Any]:
        """The checkpoint with its log, from which a trainer can be restored."""
        if self.log is None:
            return dict(self.checkpoint)
        entries = self.log.entries[: self.log.length]
        return {**self.checkpoint, "log": [json.loads(entry) for entry in entries], "log_start": 0}

    def facts(self) -> dict[str, Any]:
        """All but the arrays of the checkpoint, for JSON."""
        numbers = {name: value for name, value in self.checkpoint.items() if not isinstance(value, bytes)}
        kept = {"about": asdict(self.about), "kept": [run.facts() for run in self.kept]}
        return {
            "spec": self.spec.to_dict(),
            **{name: getattr(self, name) for name in _FACTS},
            **kept,
            "clock": self.clock,
            "twin": self.twin,
            "numbers": numbers,
        }

    def arrays(self) -> dict[str, bytes]:
        """The arrays of the checkpoint, and what the run has taken, which would be long as JSON."""
        own = {EFFORT: np.array(self.effort, "<f8").tobytes()} if self.effort else {}
        return {name: value for name, value in self.checkpoint.items() if isinstance(value, bytes)} | own


EFFORT = "effort"  # an array that no checkpoint has
_FACTS = ("revision", "restarts", "playing", "speed", "instance")


def runs_of(record: Record) -> dict[RunId, SavedRun]:
    """The runs of a session that was kept. Raises ValueError, TypeError or KeyError for any other record."""
    if record.version == 1:
        old = dict(record.facts)
        facts = {MAIN: {**old, "restarts": old["run"], "instance": old["life"]}}
        arrays = {MAIN: dict(record.arrays)}
    elif record.version == VERSION:
        facts = record.facts["runs"]
        arrays = {run: {} for run in facts}
        for name, value in record.arrays.items():
            run, _, array = name.partition("/")
            arrays[run][array] = value
    else:
        raise ValueError(f"it is of version {record.version}, not {VERSION}")
    efforts = {run: _knots_of(of_run.pop(EFFORT, b"")) for run, of_run in arrays.items()}
    return {
        run: SavedRun(
            spec=Spec.from_dict(of_run["spec"]),
            checkpoint=of_run["numbers"] | arrays[run],
            log=record.logs.get(run),
            about=About(**of_run.get("about", {})),
            kept=tuple(_kept_of(of_run.get("kept", ()), record.shared)),
            clock=of_run.get("clock", EPOCHS),  # those of earlier releases have no such things
            twin=of_run.get("twin"),
            effort=efforts[run],
            **{name: of_run[name] for name in _FACTS},
        )
        for run, of_run in facts.items()
    }


def _knots_of(values: bytes) -> tuple[Knot, ...]:
    return tuple(map(tuple, np.frombuffer(values, "<f8").reshape(-1, 4).tolist()))


def _kept_of(facts: Iterable[Mapping[str, Any]], shared: Mapping[str, bytes]) -> Iterator[KeptRun]:
    """The kept runs of a record. One that is damaged is left out: the others stay."""
    for each in facts:
        with suppress(ValueError, TypeError, KeyError):
            yield KeptRun.unpacked(each, shared[each["address"]])


@dataclass(frozen=True, slots=True)
class SavedSession:
    """A session that was kept: its runs, and its stored data sets as far as they are there."""

    runs: Mapping[RunId, SavedRun]
    tables: tuple[Table, ...] = ()


def session_of(record: Record) -> SavedSession:
    """The session of a record. Raises ValueError, TypeError or KeyError for one that is none."""
    return SavedSession(runs_of(record), tables_of(record))


def tables_of(record: Record) -> tuple[Table, ...]:
    """The stored data sets of a record. One that is damaged is left out: its session says that it is not there."""
    found = []
    for address, names in record.facts.get("tables", {}).items():
        with suppress(ValueError, TypeError, KeyError):
            found.append(Table.unpacked(record.shared[address], names))
    return tuple(found)


class SessionCheckpoint:
    """Joins the newest checkpoint of each run into one record of the session, and hands that to `keep`.

    Lives as long as its session; its methods may be called from any thread. A run that was closed is not kept by a
    thread that is still executing it. `tables` gives what the session has of stored data sets, on any thread.
    """

    def __init__(
        self,
        keep: Callable[[Record], None],
        saved: Mapping[RunId, SavedRun],
        tables: Callable[[], Iterable[Table]] = tuple,
    ) -> None:
        self._keep, self._tables = keep, tables
        self._lock = threading.Lock()  # guards the other two, and the order of what is handed over
        self._open: set[RunId] = set()
        self._parts = {run: _part(each) for run, each in saved.items()}

    def open(self, run: RunId) -> None:
        """Checkpoints of this run are taken from now on."""
        with self._lock:
            self._open.add(run)

    def put(self, run: RunId, saved: SavedRun) -> None:
        """Keep this in place of the last checkpoint of the run."""
        part = _part(saved)
        with self._lock:
            if run in self._open:
                self._parts[run] = part
                self._hand_over()

    def close(self, run: RunId) -> None:
        """Keep nothing of this run any longer."""
        with self._lock:
            self._open.discard(run)
            self._parts.pop(run, None)
            self._hand_over()

    def _hand_over(self) -> None:
        if MAIN in self._parts:  # a session without it could not be continued
            self._keep(_joined(self._parts, self._tables()))


# The facts, arrays and log of one run, and its kept runs by address. It is made once for each of its checkpoints: a
# session may have many runs.
_Part: TypeAlias = tuple[Mapping[str, Any], Mapping[str, bytes], Log | None, Mapping[str, bytes]]


def _part(saved: SavedRun) -> _Part:
    return saved.facts(), saved.arrays(), saved.log, {run.address: run.packed for run in saved.kept}


def _joined(parts: Mapping[RunId, _Part], tables: Iterable[Table] = ()) -> Record:
    arrays = {f"{run}/{name}": value for run, (_, arrays, _, _) in parts.items() for name, value in arrays.items()}
    logs = {run: log for run, (_, _, log, _) in parts.items() if log is not None}
    facts: dict[str, Any] = {"runs": {run: facts for run, (facts, _, _, _) in parts.items()}}
    by_address = {table.dataset.address: table for table in tables}
    if by_address:
        facts["tables"] = {address: table.names for address, table in by_address.items()}
    shared = {address: table.packed for address, table in by_address.items()}
    for _, _, _, kept in parts.values():
        shared |= kept
    return Record(VERSION, facts, arrays, logs, shared)


def record_of(runs: Mapping[RunId, SavedRun]) -> Record:
    """The record of a session with these runs."""
    return _joined({run: _part(saved) for run, saved in runs.items()})
