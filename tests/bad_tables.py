"""Files that are no good table, made here, each with the sentence that says so or the note that goes with it."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from typing import NamedTuple


class File(NamedTuple):
    """What a person might choose. said: a pattern of the sentence; refused: whether nothing can be made of it."""

    content: bytes
    said: str
    refused: bool = True


def rows(*lines: str) -> bytes:
    """Lines as a file."""
    return "\r\n".join(lines).encode()


def zipped(*names: str) -> bytes:
    """A zip archive with files of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.spreadsheet" if name == "mimetype" else "x")
    return made.getvalue()


def png() -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def points(count: int = 20, changes: dict[int, str] | None = None) -> bytes:
    """Rows of two inputs and a class below their names; `changes` are whole rows by their number."""
    lines = ["width,height,kind"] + [f"{at}.5,{at * at},{'ab'[at % 2]}" for at in range(count)]
    for number, line in (changes or {}).items():
        lines[number - 1] = line
    return rows(*lines)


FILES = {
    "empty": File(b"", r"^The file is empty\.$"),
    "blank": File(b"\r\n \r\n", r"^The file is empty\.$"),
    "one column": File(rows("width", "1.5", "2.5"), r"^Row 1 has one cell only .* two columns or more\.$"),
    "names only": File(rows("width,height,kind"), r"^No column is an input: none has numbers"),
    "short row": File(points(changes={7: "1.5,2"}), r"^Row 7 has 2 cells, and row 1 has 3\.$"),
    "long row": File(points(changes={9: "1.5,2,a,4"}), r"^Row 9 has 4 cells, and row 1 has 3\.$"),
    "open quote": File(points(changes={5: '1.5,"2,a'}), r"^Row 5 has quotation marks that do not match\.$"),
    "huge cell": File(
        points(changes={5: f"1.5,2,{'a' * 200_000}"}), r"^Row 5 has a cell of more than 131,072 characters\.$"
    ),
    "huge row": File(rows("1,2", "3,4", "," * 1_000_001), r"^Row 3 has more than 1,000,000 characters\.$"),
    "wide": File(rows(",".join(["1"] * 129), ",".join(["2"] * 129)), r"^Row 1 has 129 cells: 128 columns are the most"),
    "long": File(b"1,2\n" * 1_002_000, r"^The table goes on after row 1,001,000: 1,000,000 rows are the most\.$"),
    "words": File(rows("a,b", *["x,y"] * 9), r"^No column is an input: none has numbers .*\(row 2, “a” is “x”\)\.$"),
    "half numbers": File(
        rows("a,kind", *["x,p", "1.5,q"] * 9), r"^No column is an input: none has numbers .*\(row 2, “a” is “x”\)\.$"
    ),
    "one class": File(
        rows("a,kind", *[f"{at * at},p" for at in range(9)]), r"^Column “kind” has one class only, “p”: there"
    ),
    "eleven classes": File(
        rows("a,kind", *[f"{at},k{at % 11}" for at in range(44)]),
        r"^Column “kind” has 11 different classes, such as “k9”: 10",
    ),
    "all equal": File(rows("a,b", *["1.5,p", "1.5,q"] * 9), r"^Column “a” is 1.5 in every row that can be used: leave"),
    "NUL": File(points().replace(b"\r\n4", b"\r\n\0004"), r"^Row 6 has a NUL byte: this is no text, or UTF-16"),
    "zip": File(zipped("points.csv"), r"^This is a zip archive, not a table"),
    "xlsx": File(zipped("[Content_Types].xml", "xl/workbook.xml"), r"^This is a spreadsheet: copy the cells .* paste"),
    "ods": File(zipped("mimetype", "content.xml"), r"^This is a spreadsheet: copy the cells .* paste them here\.$"),
    "xls": File(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"^This is a spreadsheet: copy the cells"),
    "PNG": File(png(), r"^This is a picture \(PNG\), not a table\.$"),
    "JPEG": File(b"\xff\xd8\xff\xe0\0\x10JFIF\0", r"^This is a picture \(JPEG\), not a table\.$"),
    "PDF": File(b"%PDF-1.7\n1 0 obj\n", r"^This is a PDF, not a table"),
    "gzip": File(gzip.compress(points()), r"^This is a packed file \(gzip\), not a table: unpack it first\.$"),
    "undefined byte": File(points().replace(b"a\r\n", b"\x81\r\n", 1), r"^Row 2 has the byte 0x81, which Windows-1252"),
    "word in numbers": File(points(changes={7: "wide,2,a"}), r"^row 7, “width”: “wide”$", refused=False),
    "gaps": File(
        points(changes={7: "NaN,2,a", 9: "1,2,"}), r"^row 7, “width”: “NaN”; row 9, “kind”: “”$", refused=False
    ),
    "names alike": File(
        rows("a,a,kind", *[f"{at},{at * at},{'pq'[at % 2]}" for at in range(20)]),
        r"^Row 1: columns 1 and 2 are both named “a”; the second is “a 2” here\.$",
        refused=False,
    ),
}
