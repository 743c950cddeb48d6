"""What a run is called beside others: by the settings in which they differ."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol

from tinkernet.engine import Spec

# Settings whose name a chip has no room for; a blank one is told by its value alone.
SHORT = {
    "learning_rate": "rate",
    "regularization_rate": "reg. rate",
    "batch_size": "batch",
    "train_percent": "share",
    "hidden": "",
    "activation": "",
    "optimiser": "",
    "dataset": "",
    "reg_dataset": "",
    "problem": "",
    "regularization": "",
}
UNTOLD = {"class_names", "data"}
MOST = 2  # settings in a name
LONGEST = 32  # signs of one


class Origin(Protocol):
    """Where a run left another one."""

    @property
    def began(self) -> int:
        """The epoch."""

    @property
    def of(self) -> str:
        """The letter of the other one, "" for a start of its own."""


def names_of(specs: Mapping[str, Spec], origins: Mapping[str, Origin]) -> dict[str, str]:
    """A name for each, by its letter. Runs with equal settings are told apart by where they began."""
    fields = [entry for entry in dataclasses.fields(Spec) if entry.name not in UNTOLD and _differs(entry.name, specs)]
    fields.sort(key=lambda entry: not entry.metadata["basic"])
    told = {letter: ", ".join(_told(entry, spec) for entry in fields[:MOST]) for letter, spec in specs.items()}
    found = {}
    for letter, name in told.items():
        twins = [other for other, same in told.items() if same == name and other != letter]
        origin = origins[letter]
        where = f"from {origin.began:,}" if twins else ""
        found[letter] = _short(", ".join(part for part in (where, name) if part))
    return found


def _differs(name: str, specs: Mapping[str, Spec]) -> bool:
    values = [getattr(spec, name) for spec in specs.values()]
    return any(value != values[0] for value in values)


def _told(entry: dataclasses.Field[Any], spec: Spec) -> str:
    metadata, value = entry.metadata, getattr(spec, entry.name)
    name = SHORT.get(entry.name, metadata["label"].lower())
    if metadata["kind"] == "choice":
        text = next((each["label"] for each in metadata["choices"] if each["key"] == value), str(value))
    elif isinstance(value, bool):
        text = "on" if value else "off"
    elif isinstance(value, tuple):
        text = ",".join(map(str, value)) or "none"
    else:
        text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{name} {text}".strip()


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
