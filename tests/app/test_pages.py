"""Pages and files: what a browser asks for over HTTP."""

from __future__ import annotations

import base64
import gzip
import json
import re
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from tests.app.conftest import Running
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.web import pages
from tinkernet.app.web.pages import PLOTLY, catalog
from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.data.generators import GENERATORS, thumbnail


def get(url: str, **headers: str) -> tuple[int, Any, bytes]:
    """Status, headers and body, without following redirects."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_a_visitor_gets_a_session_of_her_own(server: Running) -> None:
    """/ is the page with a new session's name each time, 128 bits of it, and no cache keeps it."""
    names = set()
    for _ in range(5):
        status, headers, body = get(f"{server.url}/")
        assert (status, headers["cache-control"]) == (200, "no-store")
        names.add(re.search(r'data-session="([A-Za-z0-9_-]{22})"', body.decode()).group(1))
    assert len(names) == 5


def test_many_visitors_begin_no_thread(server: Running) -> None:
    """A page costs less than a thread for it, and threads of the pool stay."""
    get(f"{server.url}/")
    before = {thread.name for thread in threading.enumerate()}
    with ThreadPoolExecutor(8, "visitor") as visitors:
        assert {status for status, _, _ in visitors.map(get, [f"{server.url}/"] * 40)} == {200}
        after = {thread.name for thread in threading.enumerate()}
    assert {name for name in after - before if not name.startswith("visitor")} == set()


def test_the_page_has_its_catalog(server: Running) -> None:
    """The page carries the engine's description, as JSON that cannot end its own script element."""
    status, headers, body = get(f"{server.url}/s/{Sessions.new_id()}")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    text = re.search(r'<script type="application/json" id="catalog">(.*?)</script>', body.decode(), re.S).group(1)
    assert not set("<>&") & set(text)
    assert json.loads(text) == json.loads(catalog())


def test_the_catalog_describes_the_engine() -> None:
    """Fields, features with a picture of 16 by 16 and data sets with points, each in the engine's order."""
    found = json.loads(catalog())
    assert {entry["name"] for entry in found["fields"]} >= {"activation", "hidden", "learning_rate", "seed"}
    assert [entry["key"] for entry in found["features"]] == [feature.key for feature in FEATURES]
    assert all(len(base64.b64decode(entry["map"])) == 256 for entry in found["features"])
    assert [entry["key"] for entry in found["datasets"]] == [generator.key for generator in GENERATORS]
    assert {entry["key"] for entry in found["datasets"] if "points" in entry} == {
        generator.key for generator in GENERATORS if generator.basic
    }
    assert found["limits"]["step_epochs"] > 0


def test_a_watcher_gets_the_words_when_they_are_asked_for(server: Running) -> None:
    """The page carries fields and choices without what they do in words; the file has all."""
    body = get(f"{server.url}/s/{Sessions.new_id()}/watch")[2]
    text = re.search(r'<script type="application/json" id="catalog">(.*?)</script>', body.decode(), re.S).group(1)
    lean, full = json.loads(text)["fields"], json.loads(get(f"{server.url}/static/fields.json")[2])
    assert full == json.loads(catalog())["fields"]
    assert [set(field) for field in lean] == [set(field) - {"help", "allowed"} for field in full]
    for field, other in zip(lean, full, strict=True):
        for choice, whole in zip(field["choices"] or (), other["choices"] or (), strict=True):
            assert choice == {name: value for name, value in whole.items() if name not in {"note", "formula"}}


def test_every_data_set_has_a_picture(server: Running) -> None:
    """In the catalog, or in the file that is asked for when more data are shown; packed or not."""
    url = f"{server.url}/static/datasets.json"
    status, headers, plain = get(url)
    assert (status, headers["content-type"]) == (200, "application/json")
    assert gzip.decompress(get(url, **{"Accept-Encoding": "gzip"})[2]) == plain
    found = json.loads(plain)
    pictures, (iris,) = found["points"], found["library"]["tables"]
    assert (iris["title"], len(iris["picture"][0])) == ("Iris", 150)
    assert not pictures.keys() & {entry["key"] for entry in json.loads(catalog())["datasets"] if "points" in entry}
    pictures |= {entry["key"]: entry["points"] for entry in json.loads(catalog())["datasets"] if "points" in entry}
    for generator in GENERATORS:
        drawn = sorted(map(tuple, np.rint(10 * thumbnail(generator.key)).tolist()))
        assert sorted(zip(*pictures[generator.key], strict=True)) == drawn


@pytest.mark.parametrize(
    "path", ["/s/short", "/s/" + "a" * 23, "/s/..%2f..%2fetc%2fpasswd", "/s/" + "%20" * 22, "/nowhere"]
)
def test_what_is_not_there(server: Running, path: str) -> None:
    """Ids that cannot be ours and unknown paths are 404."""
    assert get(server.url + path)[0] == 404


@pytest.mark.parametrize(
    "path", ["../pyproject.toml", "..%2fpyproject.toml", "%2e%2e/pyproject.toml", "js/../../README.md", "js", ""]
)
def test_files_stay_in_their_folder(server: Running, path: str) -> None:
    """Nothing outside static/ can be asked for, and no folder is listed."""
    assert get(f"{server.url}/static/{path}")[0] in (404, 405)


def test_a_file_is_revalidated(server: Running) -> None:
    """A module comes with its type and a tag, must be asked for again, and is then not sent twice."""
    status, headers, body = get(f"{server.url}/static/js/wire/protocol.js")
    assert status == 200
    assert headers["content-type"].startswith("text/javascript")
    assert headers["cache-control"] == "no-cache"
    assert b"TKN" in body
    assert get(f"{server.url}/static/js/wire/protocol.js", **{"If-None-Match": headers["etag"]})[0] == 304


def test_plotly_comes_from_here(server: Running) -> None:
    """The library is the Python package's file, packed for whoever can unpack it, kept for ever under its version."""
    plain = PLOTLY.read_bytes()
    status, headers, body = get(f"{server.url}/static/plotly.min.js?v=1", **{"Accept-Encoding": "gzip"})
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert "immutable" in headers["cache-control"]
    assert gzip.decompress(body) == plain
    assert get(f"{server.url}/static/plotly.min.js")[2] == plain
    assert get(f"{server.url}/static/plotly.min.js", **{"If-None-Match": headers["etag"]})[0] == 304


def test_health(server: Running) -> None:
    """Alive and ready are two questions."""
    assert get(f"{server.url}/healthz")[::2] == (200, b"ok\n")
    assert get(f"{server.url}/readyz")[::2] == (200, b"ready\n")
    server.app.state.warmup.ready = False
    try:
        assert get(f"{server.url}/healthz")[0] == 200
        assert get(f"{server.url}/readyz")[0] == 503
    finally:
        server.app.state.warmup.ready = True


def test_the_page_loads_nothing_from_elsewhere() -> None:
    """No address of another host stands in a template or style sheet where a browser would load it."""
    for path in [*pages.FOLDER.glob("templates/*.html"), *pages.FOLDER.glob("static/**/*.css")]:
        loads = re.findall(
            r"""(?:src|srcset|url\(|@import|<link[^>]*href)\s*=?\s*["'(]?\s*(?:https?:)?//[^"')\s]+""", path.read_text()
        )
        assert not loads, path.name
