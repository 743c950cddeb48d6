"""From bytes to text: which encoding a file has, and what is no text at all."""

import re
from typing import NamedTuple

from tinkernet.engine.errors import SpecError

UTF_8, UTF_16, WINDOWS = "utf-8", "utf-16", "windows-1252"
ENCODINGS = (UTF_8, UTF_16, WINDOWS)

LABELS = {UTF_8: "UTF-8", UTF_16: "UTF-16", WINDOWS: "Windows-1252"}

_MARKS = ((b"\xef\xbb\xbf", UTF_8, "utf-8"), (b"\xff\xfe", UTF_16, "utf-16-le"), (b"\xfe\xff", UTF_16, "utf-16-be"))

# By how they begin. "BM" of a bitmap is left out: it may be the name of a column, and a bitmap has NUL bytes.
_PICTURES = ((b"\x89PNG\r\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"RIFF", "WebP"))
_SPREADSHEETS = (b"xl/", b"opendocument.spreadsheet", b"[Content_Types].xml")
_OLD_SPREADSHEET = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PASTE = "This is a spreadsheet: copy the cells in it and paste them here."


class TableError(SpecError):
    """A text that is no table. str() is a sentence; row (counted from 1, as a spreadsheet does) where there is one."""

    def __init__(self, sentence: str, row: int | None = None) -> None:
        ValueError.__init__(self, sentence)
        self.field, self.value, self.allowed, self.row = "table", "", "", row


class Text(NamedTuple):
    """A decoded text. encoding: one of ENCODINGS. why: what speaks for it, as words for a person."""

    text: str
    encoding: str
    why: str


def decoded(content: bytes, encoding: str = "") -> Text:
    """The text of a file: by its byte order mark, else UTF-8 if it is valid UTF-8, else Windows-1252.

    encoding: one of ENCODINGS to take that one in any case.
    Raises TableError for an empty file, for what is no text, and for bytes that the encoding does not have.
    """
    if encoding not in ("", *ENCODINGS):
        raise SpecError("encoding", encoding, f"one of {', '.join(ENCODINGS)}", "The encoding")
    _check_kind(content)
    mark, of_mark, codec = next((each for each in _MARKS if content.startswith(each[0])), (b"", "", ""))
    if encoding and encoding != of_mark:
        codec = "utf-16-le" if encoding == UTF_16 else encoding
        text = _decode(content, encoding, codec)
        return Text(_checked(text), encoding, "chosen")
    if mark:
        return Text(_checked(_decode(content[len(mark) :], of_mark, codec)), of_mark, "it has a byte order mark")
    if b"\0" in content:
        row = _row_of(content, content.index(b"\0"))
        raise TableError(f"Row {row} has a NUL byte: this is no text, or UTF-16 without a byte order mark.", row)
    try:
        return Text(_checked(content.decode("utf-8")), UTF_8, "it is valid UTF-8")
    except UnicodeDecodeError:
        return Text(_checked(_decode(content, WINDOWS, WINDOWS)), WINDOWS, "it is not UTF-8")


def _check_kind(content: bytes) -> None:
    if not content.strip():
        raise TableError("The file is empty.")
    if content.startswith(b"PK\x03\x04"):
        if any(sign in content for sign in _SPREADSHEETS):
            raise TableError(_PASTE)
        raise TableError("This is a zip archive, not a table: take the table out of it first.")
    if content.startswith(_OLD_SPREADSHEET):
        raise TableError(_PASTE)
    for start, name in _PICTURES:
        if content.startswith(start) and (name != "WebP" or content[8:12] == b"WEBP"):
            raise TableError(f"This is a picture ({name}), not a table.")
    if content.startswith(b"%PDF"):
        raise TableError("This is a PDF, not a table: copy the cells and paste them here.")
    if content.startswith(b"\x1f\x8b"):
        raise TableError("This is a packed file (gzip), not a table: unpack it first.")


def _decode(content: bytes, encoding: str, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError as error:
        row, label = _row_of(content, error.start), LABELS[encoding]
        what = f"the byte {content[error.start]:#04x}, which {label} does not have" if encoding != UTF_16 else (
            "half a character of UTF-16"
        )  # fmt: skip
        raise TableError(f"Row {row} has {what}: choose another encoding.", row) from None


def _checked(text: str) -> str:
    text = text.removeprefix("\ufeff")
    at = text.find("\0")
    if at >= 0:
        row = len(_newline.findall(text[:at])) + 1
        raise TableError(f"Row {row} has a NUL character: this is no text, or has another encoding.", row)
    if not text.strip():
        raise TableError("The file is empty.")
    return text


def _row_of(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1


_newline = re.compile(r"\r\n|\r|\n")
