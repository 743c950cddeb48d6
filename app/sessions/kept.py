"""The runs of one session beside the one that is shown: put aside, never changed, and brought back whole."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from string import ascii_uppercase
from typing import Any

import numpy as np
import numpy.typing as npt

from tinkernet.app.sessions.names import names_of
from tinkernet.app.wire.events import RunFacts
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Run, Spec, Trainer
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.training.effort import Effort, Knot
from tinkernet.engine.training.snapshots import Snapshots

MOST = 8  # runs of a session, the one that is shown included
FULL = f"{MOST} runs are kept. Remove one to branch."
_MOST_BYTES = 64_000_000  # of one when it is unpacked


@dataclass(frozen=True, slots=True)
class About:
    """Who a run is: its letter, the name that somebody gave it ("" for none), and where it left another one."""

    letter: str = "A"
    name: str = ""
    began: int = 0  # the epoch at which it left the run `of`
    of: str = ""  # the letter of that one; "" for a start of its own


NOBODY = About()
"""A run that is alone."""


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run that was put aside: all that a trainer is made of again.

    `by_itself`: it was put aside by a new start and not by a wish, so that it may make room for others.
    """

    about: About
    spec: Spec
    checkpoint: Mapping[str, Any]  # whole, with its log
    by_itself: bool
    snapshots: Snapshots | None = None  # they are not stored
    effort: tuple[Knot, ...] = ()  # what it has taken; empty in a record of an earlier release
    address: str = ""  # of `packed`; "" before it is packed
    packed: bytes = field(default=b"", repr=False)

    @property
    def letter(self) -> str:
        """Its letter."""
        return self.about.letter

    @property
    def epoch(self) -> int:
        """Its newest epoch."""
        return int(self.checkpoint["epoch"])

    @property
    def run(self) -> Run:
        """Its record."""
        head, *edits = self.checkpoint["log"]
        return Run.from_dict(head | {"edits": edits})

    @property
    def rows(self) -> tuple[int, npt.NDArray[np.float32]]:
        """Its losses: the stride in epochs, and the rows (n, 2)."""
        return int(self.checkpoint["stride"]), np.frombuffer(self.checkpoint["rows"], np.float32).reshape(-1, 2)

    def trainer(self, dataset: Dataset | None) -> Trainer:
        """A trainer of it at its end, with its snapshots. Raises as `Trainer.restored`."""
        found = Trainer.restored(self.spec, self.checkpoint, dataset)
        if self.snapshots is not None:
            found.take_snapshots(self.snapshots)
        return found

    def pack(self) -> KeptRun:
        """The same, ready to be stored."""
        numbers = {name: value for name, value in self.checkpoint.items() if not isinstance(value, bytes)}
        arrays = {name: value for name, value in self.checkpoint.items() if isinstance(value, bytes)}
        lengths = {name: len(value) for name, value in arrays.items()}
        head = json.dumps([self.spec.to_dict(), numbers, lengths], allow_nan=False).encode()
        packed = zlib.compress(len(head).to_bytes(4, "little") + head + b"".join(arrays.values()), 1)
        return replace(self, packed=packed, address=hashlib.sha256(packed).hexdigest())

    def facts(self) -> dict[str, Any]:
        """What is stored beside the packed content, for JSON."""
        about = self.about
        return {
            "letter": about.letter, "name": about.name, "began": about.began, "of": about.of,
            "by_itself": self.by_itself, "address": self.address, "effort": self.effort,
        }  # fmt: skip

    @classmethod
    def unpacked(cls, facts: Mapping[str, Any], packed: bytes) -> KeptRun:
        """The run that was stored so. Raises ValueError, TypeError or KeyError for anything else."""
        try:
            content = zlib.decompressobj().decompress(packed, _MOST_BYTES)
        except zlib.error as error:
            raise ValueError("not deflated") from error
        at = 4 + int.from_bytes(content[:4], "little")
        spec, checkpoint, lengths = json.loads(content[4:at])
        for name, length in lengths.items():
            checkpoint[name] = content[at : at + length]
            at += length
        about = About(str(facts["letter"]), str(facts["name"]), int(facts["began"]), str(facts["of"]))
        effort = Effort(facts.get("effort", ())).knots if facts.get("effort") else ()
        found = cls(about, Spec.from_dict(spec), checkpoint, bool(facts["by_itself"]), effort=effort)
        _ = found.epoch, found.rows
        return replace(found, packed=packed, address=str(facts["address"]))


class KeptRuns:
    """Those of one run executor; the training thread owns them. `about` is who the run is that is shown."""

    def __init__(self, about: About = NOBODY, runs: tuple[KeptRun, ...] = ()) -> None:
        self.about = about
        self.serial = 1  # counts all changes
        self._runs = {run.about.letter: run for run in runs}  # replaced, never changed in place

    def __iter__(self) -> Iterator[KeptRun]:
        return iter(self._runs.values())

    def __len__(self) -> int:
        return len(self._runs)

    def get(self, letter: str) -> KeptRun | None:
        """The run with this letter, if it is kept."""
        return self._runs.get(letter)

    def check_room(self) -> None:
        """Raises ProtocolError where a branch would be one run too many."""
        if len(self._runs) + 1 >= MOST:
            raise ProtocolError("runs", len(self._runs) + 1, f"at most {MOST}", FULL)

    def record(self, trainer: Trainer, *, by_itself: bool) -> KeptRun:
        """The run that is shown as it is now, to be put aside."""
        snapshots, effort = trainer.snapshots, trainer.effort.knots
        return KeptRun(self.about, trainer.spec, trainer.checkpoint(), by_itself, snapshots, effort).pack()

    def put_aside(self, run: KeptRun, began: int | None = None) -> bool:
        """Keep this, which was shown; what is shown from now on is another run. False where there is no room for it.

        began: the epoch at which that one left it; None for a start of its own.
        """
        kept = dict(self._runs)
        if len(kept) + 1 >= MOST:
            oldest = next((each for each in kept.values() if each.by_itself and not each.about.name), None)
            if oldest is None:
                return False
            del kept[oldest.about.letter]
        kept[run.about.letter] = run
        self._set(kept, About(_free(kept), "", began or 0, "" if began is None else run.about.letter))
        return True

    @property
    def free_letter(self) -> str:
        """The letter of another run, beside the one that is shown."""
        return _free({*self._runs, self.about.letter})

    def put_beside(self, trainer: Trainer, *, shown: bool = False) -> None:
        """Keep this too: what was shown, in whose place comes another run, or else that other one.

        Raises ProtocolError where there is no room.
        """
        self.check_room()
        other = About(self.free_letter)
        about, left = (self.about, other) if shown else (other, self.about)
        run = KeptRun(about, trainer.spec, trainer.checkpoint(), False, trainer.snapshots).pack()
        self._set(self._runs | {about.letter: run}, left)

    def change_places(self) -> None:
        """What has the free letter is shown from now on."""
        self._set(self._runs, About(self.free_letter))

    def bring_back(self, letter: str, shown: KeptRun | None) -> KeptRun:
        """This run is shown from now on; the one that was is kept, if it is given. Raises KeyError if there is none."""
        kept = dict(self._runs)
        found = kept.pop(letter)
        if shown is not None:
            kept[shown.about.letter] = shown
        self._set(kept, found.about)
        return found

    def rename(self, letter: str, name: str) -> None:
        """Give a run a name; "" takes it away. Raises KeyError for a letter of none."""
        if letter == self.about.letter:
            self._set(dict(self._runs), replace(self.about, name=name))
            return
        run = self._runs[letter]
        self._set(self._runs | {letter: replace(run, about=replace(run.about, name=name))}, self.about)

    def remove(self, letter: str) -> None:
        """Forget a run. Raises KeyError for a letter of none, and that of the shown one."""
        kept = dict(self._runs)
        del kept[letter]
        self._set(kept, self.about)

    def _set(self, runs: dict[str, KeptRun], about: About) -> None:
        self._runs, self.about, self.serial = runs, about, self.serial + 1

    def event(self, spec: Spec, twin: Spec | None = None) -> list[RunFacts]:
        """What pages are told: of the run that is shown, which has this spec, of its twin, and then of the others."""
        beside = [] if twin is None else [(About(self.free_letter), twin)]
        all_of = [(self.about, spec), *beside, *((run.about, run.spec) for run in self)]
        names = names_of({about.letter: each for about, each in all_of}, {about.letter: about for about, _ in all_of})
        found = [_facts(about, names, 0, None, None) for about, _ in all_of[: 1 + len(beside)]]
        for run in self:
            losses = (float(run.checkpoint["train_loss"]), float(run.checkpoint["test_loss"]))
            found.append(_facts(run.about, names, run.epoch, *(each if isfinite(each) else None for each in losses)))
        return found


def _free(taken: Container[str]) -> str:
    return next(letter for letter in ascii_uppercase if letter not in taken)


def _facts(
    about: About, names: Mapping[str, str], epoch: int, train_loss: float | None, test_loss: float | None
) -> RunFacts:
    return RunFacts(
        letter=about.letter, name=about.name or names[about.letter], began=about.began, of=about.of,
        epoch=epoch, train_loss=train_loss, test_loss=test_loss,
    )  # fmt: skip
