"""A link as a command of the shell gets it."""

import contextlib
import json
import os

from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec.link import Reading, read_link
from tinkernet.engine.spec.link_pairs import VERSION


def link_argument(text: str) -> Reading:
    """The link in an argument. Raises SpecError for a text that is no link, and for one whose data are elsewhere."""
    with contextlib.suppress(UnicodeError):
        text = os.fsencode(text).decode()  # UTF-8 whatever the locale: LC_ALL=C must not change a seed
    if text and not any(sign in text for sign in ("#", "=", "://", "%3D")):
        raise SpecError("LINK", text, "an address, or key=value pairs joined by &")
    reading = read_link(text)
    if reading.spec.data:
        allowed = (
            "the link of a run that draws its points: this one names a data set by its hash, and the data are not in it"
        )
        raise SpecError("LINK", reading.spec.data, allowed)
    return reading


def warnings(reading: Reading) -> list[str]:
    """What is not as the link says, in sentences."""
    values = reading.spec.to_dict()
    used = [json.dumps(values.get(problem.field, VERSION), ensure_ascii=False) for problem in reading.problems]
    instead = [f"{problem} Instead it is {value}." for problem, value in zip(reading.problems, used, strict=True)]
    return [*reading.remarks, *instead]
