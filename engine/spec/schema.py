"""Every field of a spec as JSON: the one source of the page's controls, the links, the wire's checks and the docs."""

import dataclasses
from typing import Any

from tinkernet.engine.spec import settings
from tinkernet.engine.spec.spec import Spec


def schema() -> list[dict[str, Any]]:
    """Every field of Spec, ready for JSON: the one source of the page's controls, the links and the docs.

    One dict per field, in order: name, key (in links; None for the features, which have one key each), kind, default
    (None for the seed), minimum, maximum, choices, offered, slider, unit, label, help, live, basic, allowed (in
    words), pattern, longest (most layers or items), buttons, original, link_beyond, group, stopped, tested,
    automatic and per_layer_of (see `settings`).
    """
    entries = []
    for entry in dataclasses.fields(Spec):
        default = None if entry.default is dataclasses.MISSING else entry.default
        entries.append(
            {"name": entry.name, "default": list(default) if isinstance(default, tuple) else default}
            | dict(entry.metadata)
            | {"allowed": settings.allowed(entry.metadata)}
        )
    return entries
