"""The first spec for a stored data set: what a person begins with who has just brought it."""

from dataclasses import replace
from typing import Any

from tinkernet.engine.data.dataset import CLASS, Dataset
from tinkernet.engine.data.features import column_keys, is_of_columns
from tinkernet.engine.data.reference import reference_of
from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec.spec import Spec


def generated(spec: Spec) -> Spec:
    """The same spec without a stored data set: it draws its points."""
    features = () if any(map(is_of_columns, spec.features)) else spec.features
    try:
        return replace(spec, data="", features=features or ("x", "y"))
    except SpecError:
        return replace(spec, data="", features=features or ("x", "y"), classes=3, output="auto", loss="auto")


def proposed(spec: Spec, dataset: Dataset) -> Spec:
    """The spec with this data set to learn from: all its columns as inputs, and the problem that its kind asks for.

    Everything else stays as far as it fits. An output or a loss that does not is automatic again; what is frozen or cut
    belongs to other inputs.
    """
    shape = dataset.shape
    first: dict[str, Any] = {
        "data": reference_of(dataset),
        "problem": "classification" if shape.kind == CLASS else "regression",
        "features": ("x", "y") if shape.on_plane else column_keys(shape.columns),
        "frozen": (),
        "cut": (),
    }
    try:
        return replace(spec, **first)
    except SpecError:
        return replace(spec, **first, output="auto", loss="auto")
