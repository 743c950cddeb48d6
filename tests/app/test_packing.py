"""What is packed before it is sent, and how much a first picture costs."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.conftest import Running
from tests.app.test_pages import get
from tests.page import Page
from tinkernet.app.web.packing import packed, without_comments
from tinkernet.app.web.pages import FOLDER

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@given(st.lists(st.text(max_size=300), min_size=1, max_size=4), st.data())
def test_a_page_is_unpacked_to_itself(parts: list[str], data: st.DataObject) -> None:
    """By any program that reads gzip, whatever is kept of it, and the same each time."""
    kept = [part for part in parts if part and data.draw(st.booleans())]
    text = "".join(parts)
    whole = packed(text, kept)
    assert gzip.decompress(whole).decode() == text
    assert packed(text, kept) == whole


@pytest.mark.parametrize("path", ["/", "/static/js/main.js", "/static/css/layout.css", "/static/icon.svg"])
def test_text_is_packed_for_whoever_can_unpack_it(server: Running, path: str) -> None:
    """To the same bytes; caches are told that the answer depends on it."""
    status, headers, body = get(server.url + path, **GZIP)
    assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "accept-encoding")
    assert int(headers["content-length"]) == len(body)
    _, plain_headers, plain = get(server.url + path)
    assert plain_headers["content-encoding"] is None
    assert plain_headers["vary"] == "accept-encoding"
    assert plain_headers["content-type"] == headers["content-type"]
    if path.endswith((".js", ".css")):
        assert gzip.decompress(body).decode() == without_comments(plain.decode())
    elif path != "/":
        assert gzip.decompress(body) == plain
    if path != "/":
        for tag in (headers["etag"], plain_headers["etag"]):
            assert get(server.url + path, **{"If-None-Match": tag}, **GZIP)[0] == 304

    assert path != "/" or gzip.decompress(body).startswith(b"<!doctype html>")


PARSE_ALL = """
for (const path of process.argv.slice(1))
  new (require("vm").SourceTextModule)(require("fs").readFileSync(path, "utf8"), { identifier: path });
"""


def test_only_comments_are_left_out(tmp_path: Path) -> None:
    """What begins on a line of its own; no text of a script runs over lines, where such a line could be part of it."""
    script = "// a\nlet a = 1; // kept\n  /* b\n   * c */\n/** d */\nlet b = '// no'; /* kept */\n"
    script += "  // e\n/** f */ (b);\n/* g */\n"
    assert without_comments(script) == "let a = 1; // kept\nlet b = '// no'; /* kept */\n/** f */ (b);\n"
    for path in (FOLDER / "static" / "js").rglob("*.js"):
        text = path.read_text()
        assert all(line.count("`") % 2 == 0 for line in text.splitlines()), path
        (tmp_path / path.name).with_suffix(".mjs").write_text(without_comments(text))
    if node := shutil.which("node"):  # which checks one file at a time, and takes longer to start than to check
        command = [node, "--experimental-vm-modules", "--no-warnings", "-e", PARSE_ALL, *tmp_path.glob("*.mjs")]
        subprocess.run(command, check=True, timeout=60)


@pytest.mark.parametrize(("watching", "most"), [(False, 200_000), (True, 150_000)])
def test_the_first_picture_is_small(server: Running, watching: bool, most: int) -> None:
    """All that a page asks for until its first frame: as it is sent, headers included."""
    with server.page() as owner:
        owner.ready()
        path = f"/s/{owner.id}/watch" if watching else "/"
        total = sent(f"{server.url}{path}")
        page = Page(server.url, id=owner.id, key=owner.visit.viewer_key) if watching else server.page()
        with page:
            receive, sizes = page.socket.recv, []

            def counted(**given: float) -> str | bytes:
                message = receive(**given)
                sizes.append(len(message.encode() if isinstance(message, str) else message) + 4)
                return message

            page.socket.recv = counted
            page.ready()
            total += sum(sizes)
    print(f"first picture, {'watcher' if watching else 'owner'}: {total} bytes")
    assert total < most


def sent(address: str) -> int:
    """The bytes of a page and all files that it names, and that its modules import."""
    text, total = fetch(address)
    waiting = [urljoin(address, path) for path in re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', text)]
    seen: set[str] = set()
    while waiting:
        if (file := waiting.pop()) not in seen:
            seen.add(file)
            text, size = fetch(file)
            total += size
            if ".js" in file:
                waiting += [urljoin(file, name) for name in re.findall(r'from "(\.[^"]+)"', text)]
    assert len(seen) > 40
    return total


def fetch(address: str) -> tuple[str, int]:
    """The text, and the size of the answer."""
    _, headers, body = get(address, **GZIP)
    size = len(body) + sum(len(name) + len(value) + 4 for name, value in headers.items())
    return (gzip.decompress(body) if headers["content-encoding"] == "gzip" else body).decode(), size


def test_a_page_without_its_files_says_so(server: Running) -> None:
    """In its HTML: the style sheet hides the one sentence, the script removes the other."""
    text = get(f"{server.url}/")[2].decode()
    assert re.search(r'<p class="unstyled">The style sheet of this page did not load', text)
    assert re.search(r'<p class="unscripted" id="unscripted">The script of this page did not load', text)
    assert "<noscript><p>Tinkernet needs JavaScript" in text
    style = (FOLDER / "static" / "css" / "layout.css").read_text()
    assert re.search(r"^\.unstyled \{ display: none; \}", style, re.MULTILINE)
