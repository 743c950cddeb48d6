"""A drawing as a text that links carry.

The text is base64 for addresses, without padding, of deflated bytes: as varints the next id and the number of points;
the ids as varints, each less the one before it; a byte for each point that says what is drawn of it; and of the points
with a place x and y, less those before, in zigzag: first all low bytes, then all high bytes; at last the targets.
"""

import base64
import re
import zlib
from collections.abc import Callable, Sequence
from hashlib import sha256

from tinkernet.engine.data.dataset import MAX_POINTS, DataShape
from tinkernet.engine.data.drawing import BLANK, MAX_ID, MOST, STEPS, Drawing, Drawn, check_count
from tinkernet.engine.errors import SpecError

LONGEST = 7_000
"""Characters of a text: with the settings beside it a link stays below 8 kB. A longer one names the drawing only."""
ONLY = "only."
"""Begins the text of a drawing that is named only, by a mark that follows."""

_MOST_BYTES = 100_000  # of what is deflated
_GONE, _PLACED, _TARGETED, _TRAINS, _TESTS = 1, 2, 4, 8, 16
_TEXT = re.compile("[A-Za-z0-9_-]+")


def text_of(drawing: Drawing, longest: int = LONGEST) -> str:
    """The drawing as a text, empty where nothing was ever drawn; one that would be longer is named only."""
    if not drawing.next_id:
        return ""
    content = _to_bytes(drawing)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= longest else ONLY + sha256(content).hexdigest()[:16]


def drawing_of(text: str, size: int, shape: DataShape) -> Drawing:
    """The drawing of `text_of`, on a data set of this size and shape. Raises SpecError for any other text."""
    if not text:
        return BLANK
    allowed = "points as Draw writes them, on these data"
    if text.startswith(ONLY):
        allowed = "the points themselves: there were too many for a link, so they are only on the server that made it"
    elif shape.on_plane and shape.targets == 1 and len(text) <= LONGEST and _TEXT.fullmatch(text):
        try:
            drawing = _from_bytes(_unpacked(text))
            if all(_fits(id, state, size, shape) for id, state in drawing.points.items()):
                check_count(drawing, size)
                return drawing
        except (ValueError, zlib.error):
            pass
    raise SpecError("drawn", text, allowed, "What is drawn")


def _fits(id: int, state: Drawn | None, size: int, shape: DataShape) -> bool:
    if state is None or state.target is None:
        return id < size
    known = id < size or state.x is not None
    return known and (0 <= state.target < shape.classes if shape.classes else abs(state.target) <= STEPS)


def _to_bytes(drawing: Drawing) -> bytes:
    points = sorted(drawing.points.items())
    found = bytearray(_varint(drawing.next_id) + _varint(len(points)))
    before = 0
    for id, _ in points:
        found += _varint(id - before)
        before = id
    found += bytes(_kind(state) for _, state in points)
    states = [state for _, state in points if state is not None]
    placed = [(state.x, state.y) for state in states if state.x is not None and state.y is not None]
    for axis in (0, 1):
        values = _zigzag([place[axis] for place in placed])
        found += bytes(value & 255 for value in values) + bytes(value >> 8 for value in values)
    targets = _zigzag([state.target for state in states if state.target is not None])
    return bytes(found + b"".join(map(_varint, targets)))


def _kind(state: Drawn | None) -> int:
    if state is None:
        return _GONE
    trains = 0 if state.training is None else _TRAINS if state.training else _TESTS
    return _PLACED * (state.x is not None) + _TARGETED * (state.target is not None) + trains


def _from_bytes(content: bytes) -> Drawing:
    """Raises ValueError for what no drawing gives."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while at < len(content) and shift < 35:
            value |= (content[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if content[at - 1] < 128:
                return value
        raise ValueError("the text ends within a number")

    def taken(count: int) -> bytes:
        nonlocal at
        if at + count > len(content):
            raise ValueError("the text ends within the points")
        at += count
        return content[at - count : at]

    next_id, count = varint(), varint()
    if count > 2 * MAX_POINTS:
        raise ValueError("there are too many points")
    ids, id = list[int](), 0
    for place in range(count):
        step = varint()
        if place and not step:
            raise ValueError("an id is there twice")
        id += step
        ids.append(id)
    kinds = taken(count)
    placed = sum(kind & _PLACED > 0 for kind in kinds)
    axes = [_summed([low + 256 * high for low, high in zip(taken(placed), taken(placed), strict=True)]) for _ in "xy"]
    targets = _summed([varint() for kind in kinds if kind & _TARGETED])
    places, wanted = zip(*axes, strict=True), iter(targets)
    found = {id: _state(kind, lambda: next(places), lambda: next(wanted)) for id, kind in zip(ids, kinds, strict=True)}
    if at != len(content) or max(ids, default=0) >= next_id or next_id > MAX_ID:
        raise ValueError("there is more than the points, or an id beyond the next one")
    return Drawing(found, next_id)


def _state(kind: int, place: Callable[[], Sequence[int]], target: Callable[[], int]) -> Drawn | None:
    if kind == _GONE:
        return None
    if kind in (0, _GONE | kind) or kind >= 32 or kind & 24 == 24:
        raise ValueError(f"a point is of kind {kind}")
    x, y = place() if kind & _PLACED else (None, None)
    if x is not None and y is not None and max(abs(x), abs(y)) > MOST:
        raise ValueError("a point is beyond the map")
    return Drawn(x, y, target() if kind & _TARGETED else None, kind & _TRAINS > 0 if kind & 24 else None)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def _zigzag(values: Sequence[int]) -> list[int]:
    """Each value less the one before it, small ones of either sign as small numbers."""
    steps = [value - before for before, value in zip([0, *values], values, strict=False)]
    return [2 * step if step >= 0 else -2 * step - 1 for step in steps]


def _summed(numbers: Sequence[int]) -> list[int]:
    found, value = list[int](), 0
    for number in numbers:
        value += number // 2 if number % 2 == 0 else -(number + 1) // 2
        found.append(value)
    return found


def _unpacked(text: str) -> bytes:
    unpacker = zlib.decompressobj(-15)
    content = unpacker.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), _MOST_BYTES)
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("the text is no deflated drawing")
    return content
