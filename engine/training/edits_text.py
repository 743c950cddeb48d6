"""The edits of a run as a text that links carry: base64 for addresses, without padding, of their deflated JSON."""

import base64
import json
import re
import zlib
from collections.abc import Sequence

from tinkernet.engine.errors import SpecError
from tinkernet.engine.spec.spec import LIVE
from tinkernet.engine.training import edits as records
from tinkernet.engine.training.edits import Edit, FieldEdit
from tinkernet.engine.training.pending import MAX_EDIT_BYTES, MAX_EDITS

LONGEST = 7_000
"""Characters of a text: with the settings beside it a link stays below 8 kB."""
_TEXT = re.compile("[A-Za-z0-9_-]+")


def text_of(edits: Sequence[Edit]) -> str:
    """The edits as a text, however long; "" for none."""
    if not edits:
        return ""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(records.canonical([records.to_dict(edit) for edit in edits])) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def edits_of(text: str) -> tuple[Edit, ...]:
    """The edits of `text_of`. Raises SpecError for any other text, and for one that is longer than `LONGEST`."""
    if not text:
        return ()
    if len(text) <= LONGEST and _TEXT.fullmatch(text):
        try:
            packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            content = zlib.decompressobj(-15).decompress(packed, 2 * MAX_EDIT_BYTES)
            found = tuple(map(records.from_dict, json.loads(content)))
            places = [(edit.epoch, edit.batch) for edit in found]
            known = all(edit.field in LIVE for edit in found if isinstance(edit, FieldEdit))
            if known and 0 < len(found) <= MAX_EDITS and places == sorted(places) and min(map(min, places)) >= 0:
                return found
        except (ValueError, TypeError, KeyError, RecursionError, zlib.error):
            pass
    raise SpecError("edits", text, "changes as Tinkernet writes them", "The changes of a run")
