"""What a run is made of: every choice a person has, with its bounds, its link key and its words.

This file is the one source for the controls of the page, the links, the wire's checks and the docs (`schema`).
"""

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from .activations import ACTIVATIONS
from .datasets import DATASETS
from .features import FEATURES
from .penalties import PENALTIES

LEARNING_RATES = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
PENALTY_RATES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
MAX_LAYERS = 8
MAX_WIDTH = 64
MAX_SEED = 100
# What browsers leave as it is behind the # of an address, less the signs that links are made of. Other signs would come
# back percent-encoded, as another seed.
_KEPT = r"[!$%'-;?-_a-~]"


class SpecError(ValueError):
    """A value that cannot be used. `field` names it, `allowed` says what could be, str() is a sentence."""

    def __init__(self, field: str, value: object, allowed: str, label: str | None = None) -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        super().__init__(f"{label or field} must be {allowed}, not {_shown(value)}.")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _choice(
    key: str, default: str, choices: list[dict[str, str]], label: str, help: str, original: str | None = None
) -> Any:
    return field(default=default, metadata=_metadata(key, "choice", label, help, choices=choices, original=original))


def _number(
    key: str,
    default: float,
    minimum: float,
    maximum: float,
    label: str,
    help: str,
    *,
    kind: str = "number",
    unit: str | None = None,
    offered: tuple[float, ...] | None = None,
    slider: tuple[float, float, float] | None = None,
    live: bool = False,
    link_beyond: dict[str, float] | None = None,
) -> Any:
    controls = dict(
        minimum=minimum,
        maximum=maximum,
        unit=unit,
        offered=None if offered is None else list(offered),
        slider=None if slider is None else dict(zip(("minimum", "maximum", "step"), slider, strict=True)),
        live=live,
        link_beyond=link_beyond,
    )
    return field(default=default, metadata=_metadata(key, kind, label, help, **controls))


def _metadata(key: str | None, kind: str, label: str, help: str, **rest: Any) -> dict[str, Any]:
    # original: the value in links of TensorFlow Playground, which have no such key. link_beyond: what a link's number
    # outside the bounds becomes, where the original does not refuse it.
    empty = dict(
        minimum=None, maximum=None, longest=None, choices=None, offered=None, slider=None, unit=None, pattern=None
    )
    metadata = {"key": key, "kind": kind, "label": label, "help": help, "live": False, "original": None}
    return metadata | empty | {"link_beyond": None} | rest


def _choices(records: tuple[Any, ...], problem: str | None = None) -> list[dict[str, str]]:
    """Registry records as JSON: key, label, and formula and note where there is one."""
    return [
        {name: text for name in ("key", "label", "formula", "note") if (text := getattr(record, name, ""))}
        for record in records
        if problem is None or record.problem == problem
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One run's choices, checked. Equal specs train equal networks, bit for bit.

    Raises SpecError when a value is out of its bounds (the metadata of the fields; see `schema`).
    """

    problem: str = _choice(
        "problem",
        "classification",
        [
            {"key": "classification", "label": "Classification", "note": "Tell two classes apart."},
            {"key": "regression", "label": "Regression", "note": "Predict a number."},
        ],
        "Problem",
        "Whether the network tells two classes apart or predicts a number.",
    )
    dataset: str = _choice(
        "dataset",
        "circle",
        _choices(DATASETS, "classification"),
        "Data",
        "The points to learn from.",
    )
    reg_dataset: str = _choice(
        "regDataset",
        "reg-plane",
        _choices(DATASETS, "regression"),
        "Data",
        "The values to learn.",
    )
    noise: float = _number(
        "noise",
        0.0,
        0,
        80,
        "Noise",
        "How far points or labels are shaken at random.",
        unit="%",
        slider=(0, 50, 5),
        # The original's slider ends at 50, but follows a link up to 80; beyond that it falls back.
        link_beyond={"above": 50.0, "below": 0.0},
    )
    train_percent: float = _number(
        "percTrainData",
        50.0,
        1,
        99,
        "Training share",
        "The share of the points used for training; the rest only tests.",
        unit="%",
        slider=(10, 90, 10),
    )
    batch_size: int = _number(
        "batchSize",
        10,
        1,
        10000,
        "Batch size",
        "How many points are looked at before each change of the weights.",
        kind="integer",
        slider=(1, 30, 1),
    )
    seed: str = field(
        metadata=_metadata(
            "seed",
            "text",
            "Seed",
            "Any text; the same text gives the same points and the same first weights.",
            minimum=1,
            maximum=MAX_SEED,
            pattern=_KEPT,
        )
    )
    features: tuple[str, ...] = field(
        default=("x", "y"),
        metadata=_metadata(
            None, "features", "Features", "What the network is told about each point.", choices=_choices(FEATURES)
        ),
    )
    hidden: tuple[int, ...] = field(
        default=(4, 2),
        metadata=_metadata(
            "networkShape",
            "sizes",
            "Hidden layers",
            "The number of neurons in each hidden layer.",
            minimum=1,
            maximum=MAX_WIDTH,
            longest=MAX_LAYERS,
        ),
    )
    activation: str = _choice(
        "activation", "tanh", _choices(ACTIVATIONS), "Activation", "How a hidden neuron answers to its total input."
    )
    init_zero: bool = field(
        default=False,
        metadata=_metadata("initZero", "flag", "Start at zero", "Start with every weight and bias at zero."),
    )
    learning_rate: float = _number(
        "learningRate",
        0.03,
        0,
        1000,
        "Learning rate",
        "How far each step follows the gradient; it may be changed while training.",
        offered=LEARNING_RATES,
        live=True,
    )
    regularization: str = _choice(
        "regularization",
        "none",
        _choices(PENALTIES),
        "Regularization",
        "A pull on the weights towards zero, against learning the noise by heart.",
    )
    regularization_rate: float = _number(
        "regularizationRate",
        0.0,
        0,
        1000,
        "Regularization rate",
        "How strong that pull is.",
        offered=PENALTY_RATES,
    )
    short_batch: str = _choice(
        "shortBatch",
        "update",
        [
            {"key": "update", "label": "Update", "note": "A last, short batch changes the weights like any other."},
            {
                "key": "carry",
                "label": "Carry over",
                "note": "As TensorFlow Playground: a last, short batch waits for the next epoch's first update.",
            },
        ],
        "Short batch",
        "What happens to the points left over at the end of an epoch.",
        original="carry",
    )

    def __post_init__(self) -> None:
        for entry in dataclasses.fields(self):
            given = getattr(self, entry.name)
            value = _check_from_kind[entry.metadata["kind"]](entry.metadata, given)
            if value is None:
                raise SpecError(entry.name, given, _allowed(entry.metadata), entry.metadata["label"])
            object.__setattr__(self, entry.name, value)

    @property
    def active_dataset(self) -> str:
        """The key of the data set in use: the problem decides which of the two."""
        return self.dataset if self.problem == "classification" else self.reg_dataset

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: field name to value, tuples as lists."""
        values = {entry.name: getattr(self, entry.name) for entry in dataclasses.fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The spec of `to_dict`; a missing field takes its default, but the seed must be there.

        Raises SpecError for an unknown name or a value of another kind: a number is not a text and not a flag.
        """
        names = {entry.name for entry in dataclasses.fields(cls)}
        for name in values:
            if name not in names:
                raise SpecError(
                    str(name), values[name], f"left out, for there is no field of this name among {_listed(names)}"
                )
        if "seed" not in values:
            raise SpecError("seed", None, f"a text of 1 to {MAX_SEED} characters", "Seed")
        return cls(**values)

    def differs_only_live(self, other: "Spec") -> bool:
        """Whether a run of this spec can go on as `other` without a restart."""
        return all(
            entry.metadata["live"] or getattr(self, entry.name) == getattr(other, entry.name)
            for entry in dataclasses.fields(self)
        )


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))


def _allowed(metadata: Mapping[str, Any]) -> str:
    """What a field may be, in words that follow "must be" or "may be"."""
    low, high, unit = metadata["minimum"], metadata["maximum"], metadata["unit"]
    match metadata["kind"]:
        case "choice":
            return "one of " + ", ".join(choice["key"] for choice in metadata["choices"])
        case "number":
            return f"a number from {low} to {high}" + (f" {unit}" if unit else "")
        case "integer":
            return f"a whole number from {low} to {high}"
        case "text":
            return f'a text of 1 to {high} letters, digits and signs, without spaces, accents and & = # < > " `'
        case "flag":
            return "true or false"
        case "sizes":
            return f"at most {metadata['longest']} layers of {low} to {high} neurons"
        case _:
            return "a list of " + ", ".join(choice["key"] for choice in metadata["choices"])


def _checked_choice(metadata: Mapping[str, Any], value: Any) -> str | None:
    keys = [choice["key"] for choice in metadata["choices"]]
    return value if isinstance(value, str) and value in keys else None


def _checked_number(metadata: Mapping[str, Any], value: Any) -> float | None:
    return float(value) if _is_number(value, metadata["minimum"], metadata["maximum"]) else None


def _checked_integer(metadata: Mapping[str, Any], value: Any) -> int | None:
    return int(value) if _is_whole(value, metadata["minimum"], metadata["maximum"]) else None


def _checked_text(metadata: Mapping[str, Any], value: Any) -> str | None:
    good = (
        isinstance(value, str)
        and len(value) <= metadata["maximum"]
        and re.fullmatch(metadata["pattern"] + "+", value, re.ASCII)
    )
    return value if good else None


def _checked_flag(metadata: Mapping[str, Any], value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _checked_sizes(metadata: Mapping[str, Any], value: Any) -> tuple[int, ...] | None:
    low, high = metadata["minimum"], metadata["maximum"]
    if not isinstance(value, list | tuple) or len(value) > metadata["longest"]:
        return None
    return tuple(int(size) for size in value) if all(_is_whole(size, low, high) for size in value) else None


def _checked_features(metadata: Mapping[str, Any], value: Any) -> tuple[str, ...] | None:
    keys = [choice["key"] for choice in metadata["choices"]]
    if not isinstance(value, list | tuple) or not all(isinstance(key, str) and key in keys for key in value):
        return None
    return tuple(key for key in keys if key in value)


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_whole(value: Any, low: int, high: int) -> bool:
    return _is_number(value, low, high) and bool(value == math.floor(value))


# Each gives the value in its own type, or None where it cannot be used.
_check_from_kind: dict[str, Callable[[Mapping[str, Any], Any], Any]] = {
    "choice": _checked_choice,
    "number": _checked_number,
    "integer": _checked_integer,
    "text": _checked_text,
    "flag": _checked_flag,
    "sizes": _checked_sizes,
    "features": _checked_features,
}


def schema() -> list[dict[str, Any]]:
    """Every field of Spec, ready for JSON: the one source of the page's controls, the links and the docs.

    One dict per field, in order: name, key (in links; None for the features, which have one key each), kind, default
    (None for the seed), minimum, maximum, choices, offered, slider, unit, label, help, live, allowed (in
    words), longest (most layers), original and link_beyond (see `_metadata`).
    """
    entries = []
    for entry in dataclasses.fields(Spec):
        default = None if entry.default is dataclasses.MISSING else entry.default
        entries.append(
            {"name": entry.name, "default": list(default) if isinstance(default, tuple) else default}
            | dict(entry.metadata)
            | {"allowed": _allowed(entry.metadata)}
        )
    return entries
