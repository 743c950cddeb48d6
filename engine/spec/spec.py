"""What a run is made of: the values of every choice, checked, and what follows from them together."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from tinkernet.engine.data.generators import generator_from_key
from tinkernet.engine.errors import SpecError
from tinkernet.engine.formulas.losses import LOSSES, OUTPUTS, loss_from_key, output_from_key
from tinkernet.engine.spec import settings
from tinkernet.engine.spec.fields import AUTOMATIC_LOSS, AUTOMATIC_OUTPUT, Fields
from tinkernet.engine.spec.settings import MAX_SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec(Fields):
    """One run's choices, checked. Equal specs train equal networks, bit for bit.

    Raises SpecError when a value is out of its bounds (the metadata of the fields; see `schema`).
    """

    def __post_init__(self) -> None:
        for entry in dataclasses.fields(self):
            object.__setattr__(self, entry.name, settings.checked(entry, getattr(self, entry.name)))
        self._check_fit()

    def _check_fit(self) -> None:
        """The choices that must go together. Raises SpecError."""
        if self.problem == "classification":
            low, high = generator_from_key[self.dataset].classes
            if high > 2 and not low <= self.classes <= high:
                allowed = f"a whole number from {low} to {high} for the data set {self.dataset}"
                raise SpecError("classes", self.classes, allowed, "Classes")
        outputs = [output.key for output in OUTPUTS if self.problem in output.problems]
        if self.active_output not in outputs:
            raise SpecError("output", self.output, f"auto or one of {', '.join(outputs)} for {self.problem}", "Output")
        losses = [loss.key for loss in LOSSES if self.problem in loss.problems and self.active_output in loss.codes]
        if self.active_loss not in losses:
            allowed = f"auto or one of {', '.join(losses)} for {self.problem} with the output {self.active_output}"
            raise SpecError("loss", self.loss, allowed, "Loss")

    @property
    def class_count(self) -> int:
        """The number of classes of the data set in use; 0 for regression."""
        if self.problem != "classification":
            return 0
        most = generator_from_key[self.dataset].classes[1]
        return self.classes if most > 2 else 2

    @property
    def active_output(self) -> str:
        """The key of the output in use."""
        return (
            AUTOMATIC_OUTPUT["several" if self.class_count > 2 else self.problem]
            if self.output == "auto"
            else self.output
        )

    @property
    def active_loss(self) -> str:
        """The key of the loss in use."""
        return AUTOMATIC_LOSS[self.active_output] if self.loss == "auto" else self.loss

    @property
    def loss_code(self) -> int:
        """The code of the loss and the output together (see `losses`)."""
        return loss_from_key[self.active_loss].codes[self.active_output]

    @property
    def outputs(self) -> int:
        """The number of output neurons: one for each class; for two classes without softmax a single one."""
        several = self.class_count > 2 or output_from_key[self.active_output].coupled
        return self.class_count if several else 1

    @property
    def active_dataset(self) -> str:
        """The key of the data set in use: the problem decides which of the two."""
        return self.dataset if self.problem == "classification" else self.reg_dataset

    def of_layer(self, name: str, layer: int) -> str:
        """The activation or the initialiser of a layer, 0 the first hidden one: its own, or that of all layers."""
        own: tuple[str, ...] = getattr(self, _PER_LAYER[name])
        return own[layer] if layer < len(own) else getattr(self, name)

    def why_stopped(self, rule: str) -> str:
        """What holds, in words that follow "Stopped: ", where `rule` is the name of a stop rule's field."""
        words: str = self.__dataclass_fields__[rule].metadata["stopped"]
        value = getattr(self, rule)
        return words.format(f"{value:,}" if isinstance(value, int) else f"{value:g}")

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
                raise SpecError(str(name), values[name], "left out, for there is no field of this name")
        if "seed" not in values:
            raise SpecError("seed", None, f"a text of 1 to {MAX_SEED} characters", "Seed")
        return cls(**values)

    def changes(self, other: "Spec") -> list[str]:
        """The names of the fields in which `other` differs, in the order of the fields."""
        names = [entry.name for entry in dataclasses.fields(self)]
        return [name for name in names if getattr(self, name) != getattr(other, name)]

    def differs_only_live(self, other: "Spec") -> bool:
        """Whether a run of this spec can go on as `other` without a restart."""
        return LIVE.issuperset(self.changes(other))


LIVE = frozenset(entry.name for entry in dataclasses.fields(Spec) if entry.metadata["live"])
"""The fields that may change while a network trains, without a restart."""

_PER_LAYER: dict[str, str] = {
    entry.metadata["per_layer_of"]: entry.name for entry in dataclasses.fields(Spec) if entry.metadata["per_layer_of"]
}
