"""Text packed with gzip before it is sent: files once, a page without packing again what all pages have in common."""

from __future__ import annotations

import gzip
import os
import re
import zlib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

TEXT = (".js", ".css", ".svg")
_comments = re.compile(r"^[ \t]*(?://.*|/\*(?s:(?:(?!\*/).)*)\*/[ \t]*)\n", re.MULTILINE)
_indentation = re.compile(r"^[ \t]+", re.MULTILINE)
_HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # RFC 1952: deflate, no name, no time, an unknown system
_END = b"\x03\x00"  # RFC 1951: a last block, with nothing in it


def accepts_gzip(request: Request) -> bool:
    """Whether the browser can unpack it."""
    return "gzip" in request.headers.get("accept-encoding", "")


def packed(text: str, common: Iterable[str]) -> bytes:
    """A gzip file of the text. Its parts in `common`, which are in it in this order, are packed once and kept.

    Each part is a run of deflate blocks that ends at a byte and refers to nothing before it, so that one can follow the
    other.
    """
    blocks, rest = [_HEAD], text
    for part in common:
        before, _, rest = rest.partition(part)
        blocks += [_blocks(before), _kept_blocks(part)]
    whole = text.encode()
    trailer = zlib.crc32(whole).to_bytes(4, "little") + (len(whole) & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join([*blocks, _blocks(rest), _END, trailer])


async def packed_file(request: Request, answer: Response) -> Response:
    """The answer with a file, packed where it is text and the browser can unpack it."""
    if not isinstance(answer, FileResponse) or Path(answer.path).suffix not in TEXT:
        return answer
    answer.headers["vary"] = "accept-encoding"
    if not accepts_gzip(request):
        return answer
    path = Path(answer.path)
    # No ranges of it, and the tag alone says whether it has changed: with dozens of files each line counts.
    dropped = ("content-length", "accept-ranges", "last-modified")
    headers = {name: value for name, value in answer.headers.items() if name not in dropped}
    # The same tag for two forms of a file may only be a weak one.
    headers |= {"content-encoding": "gzip", "etag": f"W/{answer.headers['etag']}"}
    changed = os.stat(path).st_mtime_ns  # StaticFiles has just asked the system the same
    return Response(_packed_file(path, changed), headers=headers)


@lru_cache(1000)
def _packed_file(path: Path, _changed: int) -> bytes:
    text = path.read_text(encoding="utf-8")
    return gzip.compress((text if path.suffix == ".svg" else without_comments(text)).encode(), 9, mtime=0)


def without_comments(script: str) -> str:
    """A script or style sheet without indentation and without the lines that are comments as a whole.

    These are a third of its bytes, and a browser has no use for them. No text of the page runs over several lines.
    """
    return _indentation.sub("", _comments.sub("", script))


@cache
def _kept_blocks(text: str) -> bytes:
    return _blocks(text, 9)


def _blocks(text: str, level: int = 6) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(text.encode()) + packer.flush(zlib.Z_FULL_FLUSH)
