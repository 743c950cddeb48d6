"""What a run is made of: the values of every choice, checked, and what follows from them together."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.data.dataset import CLASS, NUMBER, Dataset, DataShape
from tinkernet.engine.data.drawing import Drawing
from tinkernet.engine.data.drawing_text import drawing_of
from tinkernet.engine.data.features import is_column, is_input, is_of_columns, is_written
from tinkernet.engine.data.generators import (
    FORMULA,
    REG_FORMULA,
    Make,
    by_regions,
    by_surface,
    class_counts,
    draw_dataset,
    generator_from_key,
)
from tinkernet.engine.data.reference import Reference, read_reference
from tinkernet.engine.data.written import check_regions, height
from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec import settings
from tinkernet.engine.spec.fields import Fields
from tinkernet.engine.spec.settings import MAX_SEED
from tinkernet.engine.spec.task import Task, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec(Fields):
    """One run's choices, checked. Equal specs train equal networks on equal data, bit for bit.

    Raises SpecError when a value is out of its bounds (the metadata of the fields; see `schema`).
    """

    def __post_init__(self) -> None:
        for entry in _FIELDS:
            value = getattr(self, entry.name)
            if type(value) is not type(entry.default) or value != entry.default:  # most are as by default
                object.__setattr__(self, entry.name, settings.checked(entry, value))
        self._check_fit()

    def _check_fit(self) -> None:
        """The choices that must go together, as far as they are known without other data. Raises SpecError."""
        if self.problem == "classification" and not self.data:
            low, high = generator_from_key[self.dataset].classes
            if high > 2 and not low <= self.classes <= high:
                allowed = f"a whole number from {low} to {high} for the data set {self.dataset}"
                raise SpecError("classes", self.classes, allowed, "Classes")
        if self.active_dataset == FORMULA:
            check_regions(self.regions)
        elif self.active_dataset == REG_FORMULA:
            height(self.surface)
        if self.data or not any(map(is_of_columns, self.features)):
            self.task()

    def task(self, data: DataShape | None = None) -> Task:
        """What the network has to answer, for data of this shape; without one, for the data that this spec names.

        Raises SpecError where the problem, the features, the output or the loss do not go with the data.
        """
        data = data or self.shape
        problem = "classification" if data.kind == CLASS else "regression"
        if self.problem != problem:
            raise SpecError("problem", self.problem, f"{problem} for these data", "Problem")
        stored = bool(self.data) and not data.on_plane  # a link names its columns
        bad = [key for key in self.features if not is_input(key, data.columns)]
        if stored:
            bad += [key for key in self.features if not (is_column(key) or (is_written(key) and data.columns > 2))]
        allowed = f"columns of the data, from in.0 to in.{data.columns - 1}"
        if data.on_plane:
            allowed = "features of a point on the plane, such as x or xSquared: the data have no other columns"
        if bad:
            raise SpecError("features", bad, allowed, "Features")
        return resolve(problem, self.output, self.loss, data.classes, data.targets)

    @property
    def reference(self) -> Reference | None:
        """The stored data set that this spec names; None where it draws its points."""
        return read_reference(self.data) if self.data else None

    @property
    def shape(self) -> DataShape:
        """The shape of the data that this spec names."""
        return self._drawn_shape if self.reference is None else self.reference.shape

    @property
    def _drawn_shape(self) -> DataShape:
        """The shape of the points that this spec draws, or would draw."""
        if self.problem != "classification":
            return DataShape(generator_from_key[self.reg_dataset].columns, NUMBER, 1, 0)
        return DataShape(2, CLASS, 1, max(self._own_classes, self.drawn_classes))

    @property
    def _own_classes(self) -> int:
        """The number of classes that the set has before anybody draws; 0 where the targets are numbers."""
        if self.problem != "classification":
            return 0
        most = generator_from_key[self.dataset].classes[1]
        return len(self.regions) + 1 if self.dataset == FORMULA else self.classes if most > 2 else 2

    def draw(self, state: NDArray[np.int64]) -> Dataset:
        """The points that this spec draws, used or not, by a seedrandom generator, which moves on."""
        classes, make = self._drawn_shape.classes, self._make
        return draw_dataset(self.active_dataset, self._counts, self.noise, self.train_percent, state, make, classes)

    @property
    def _make(self) -> Make | None:
        """What makes the points of a set that is written."""
        made = {FORMULA: lambda: by_regions(self.regions), REG_FORMULA: lambda: by_surface(self.surface)}
        return made[self.active_dataset]() if self.active_dataset in made else None

    @property
    def _written(self) -> object:
        """The formulas that the points follow from."""
        return {FORMULA: self.regions, REG_FORMULA: self.surface}.get(self.active_dataset)

    @property
    def _counts(self) -> tuple[int, ...]:
        """The number of points of each class, or of all where the targets are numbers."""
        size = self.points or generator_from_key[self.active_dataset].size
        return class_counts(size, self._own_classes, self.class_balance)

    def drawing_of(self, text: str) -> Drawing:
        """What a text of a link says was drawn on the points of this spec. Raises SpecError for any other text."""
        return drawing_of(text, self.size, self.shape)

    def draws_as(self, other: "Spec") -> bool:
        """Whether both have the same points; another may share them out to training and test."""
        if self.data or other.data:
            return self.data == other.data
        named = [(each.active_dataset, each._written, each._counts, each.noise, each.seed) for each in (self, other)]
        return named[0] == named[1]

    def with_weight_seed(self, seed: str) -> "Spec":
        """This spec with another seed of the weights. Only that is checked, so it is made in microseconds."""
        made = object.__new__(type(self))
        for name in _NAMES:
            object.__setattr__(made, name, getattr(self, name))
        entry = self.__dataclass_fields__["weight_seed"]
        object.__setattr__(made, "weight_seed", settings.checked(entry, seed))
        return made

    @property
    def active_dataset(self) -> str:
        """The key of the data set in use: the problem decides which of the two."""
        return self.dataset if self.problem == "classification" else self.reg_dataset

    @property
    def size(self) -> int:
        """The number of points of the data that this spec names."""
        if self.reference is not None:
            return self.reference.rows
        return self.points or generator_from_key[self.active_dataset].size

    def of_layer(self, name: str, layer: int) -> str:
        """The activation or the initialiser of a layer, 0 the first hidden one: its own, or that of all layers."""
        own: tuple[str, ...] = getattr(self, _PER_LAYER[name])
        return own[layer] if layer < len(own) else getattr(self, name)

    def has_part(self, part: str) -> bool:
        """Whether the network, for the data that this spec names, has this part (see `frozen`)."""
        if part in self.features:
            return True
        place = [int(number) for number in part.split(".")] if re.fullmatch(r"[0-9.]+", part) else []
        sizes = (len(self.features), *self.hidden, self.task().outputs)
        if not place or place[0] + 1 >= len(sizes) or place[1] >= sizes[place[0] + 1]:
            return False
        return len(place) == 2 or place[2] < sizes[place[0]]

    def why_stopped(self, rule: str) -> str:
        """What holds, in words that follow "Stopped: ", where `rule` is the name of a stop rule's field."""
        words: str = self.__dataclass_fields__[rule].metadata["stopped"]
        value = getattr(self, rule)
        return words.format(f"{value:,}" if isinstance(value, int) else f"{value:g}")

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON: field name to value, tuples as lists."""
        values = {name: getattr(self, name) for name in _NAMES}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The spec of `to_dict`; a missing field takes its default, but the seed must be there.

        Raises SpecError for an unknown name or a value of another kind: a number is not a text and not a flag.
        """
        for name in values:
            if name not in _NAMES:
                raise SpecError(str(name), values[name], "left out, for there is no field of this name")
        if "seed" not in values:
            raise SpecError("seed", None, f"a text of 1 to {MAX_SEED} characters", "Seed")
        return cls(**values)

    def changes(self, other: "Spec") -> list[str]:
        """The names of the fields in which `other` differs, in the order of the fields."""
        return [name for name in _NAMES if getattr(self, name) != getattr(other, name)]

    def differs_only_live(self, other: "Spec") -> bool:
        """Whether a run of this spec can go on as `other` without a restart."""
        return LIVE.issuperset(self.changes(other))


_FIELDS = dataclasses.fields(Spec)
_NAMES = {entry.name: None for entry in _FIELDS}  # in their order

LIVE = frozenset(entry.name for entry in _FIELDS if entry.metadata["live"])
"""The fields that may change while a network trains, without a restart."""

_PER_LAYER: dict[str, str] = {
    entry.metadata["per_layer_of"]: entry.name for entry in _FIELDS if entry.metadata["per_layer_of"]
}
