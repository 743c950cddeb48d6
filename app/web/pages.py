"""The page and everything that it loads. All of it comes from this server; no other host is asked."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import mimetypes
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import numpy as np
from fastapi import HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from numpy.typing import NDArray
from starlette.staticfiles import StaticFiles

from tinkernet.app import wire
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.tables.library import lab_listing
from tinkernet.app.web import browsers
from tinkernet.app.web.auth import is_admitted
from tinkernet.app.web.packing import accepts_gzip, packed, packed_file
from tinkernet.app.wire.levels import SMALL_SIDE
from tinkernet.app.wire.limits import LIMITS
from tinkernet.engine.data import features, generators
from tinkernet.engine.spec.fields import GROUPS
from tinkernet.engine.spec.schema import schema

# The folder that holds `app`, `static` and `templates`: the top of a checkout, or the installed package.
FOLDER = Path(__file__).resolve().parents[2]
# Not imported: of the package, this file alone is used, and the image has little else of it.
_plotly = distribution("plotly")
PLOTLY = Path(str(_plotly.locate_file("plotly/package_data/plotly.min.js")))
PLOTLY_VERSION = _plotly.version  # read here once: it comes from the disk
PIECE = 65_536  # bytes of a file that are sent at once
REVALIDATE, FOR_EVER = "no-cache", "public, max-age=31536000, immutable"

mimetypes.add_type("text/javascript", ".js")  # some systems register another type, with which browsers refuse modules

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=select_autoescape(default=True, default_for_string=True)
)
_files = StaticFiles(directory=FOLDER / "static")


template = _templates.get_template


async def index(request: Request) -> Response:
    """The page with a new session. The page itself then changes its address to that of the session."""
    return await _owners_page(request, None)


async def page(id: str, request: Request) -> Response:
    """The page of a session for its owner. Anybody else gets the page of a new session of their own."""
    _check_id(id)
    return await _owners_page(request, id if await is_admitted(request, id, proven=False) else None)


async def watch(id: str, request: Request) -> Response:
    """The page for watching a session. Its key is in the fragment of the address, which only the page can read."""
    _check_id(id)
    answer = await _html(request, id, watching=True)
    browsers.keep(answer, request, browsers.visiting(request))
    return answer


async def own(id: str) -> Response:
    """The page of somebody who comes by an owner link. Its key is in the fragment; the page's script sends it."""
    _check_id(id)
    text = template("own.html").render(version=stamp())
    return HTMLResponse(text, headers={"cache-control": "no-store"})


async def new(request: Request) -> Response:
    """A new session for a page that cannot prove to be of the browser that its cookies name first.

    Its secret is lost, or another server of the host has set a cookie. Its browser is one that it can prove to be, or
    becomes a new one.
    """
    browser = browsers.asking(request)
    id = request.app.state.browsers.new_session(browser)
    answer = JSONResponse({"session": id}, headers={"cache-control": "no-store"})
    browsers.keep(answer, request, browser)
    return answer


async def _owners_page(request: Request, id: str | None) -> Response:
    """The page of this session, which the visitor owns; of a new one where there is none."""
    browser = browsers.visiting(request)
    answer = await _html(request, id or request.app.state.browsers.new_session(browser))
    browsers.keep(answer, request, browser)
    return answer


def _check_id(id: str) -> None:
    if not Sessions.is_id(id):
        raise HTTPException(404, "There is no such session.")


async def _html(request: Request, session: str, *, watching: bool = False) -> HTMLResponse:
    """The page as HTML. No key is in it: over http, whoever was handed the cookie by the browser can load it."""
    if not await request.app.state.catalog.finished():
        raise HTTPException(503, "The server is stopping.")
    text = template("playground.html").render(
        # Relative to the address of the page: a proxy may have put the server under any path.
        root="../" * (request.scope["path"].count("/") - 1) or "./",
        session=session,
        watching=watching,
        shared=() if watching else request.app.state.settings.shared,
        catalog=Markup(catalog(words=not watching)),
        about=_about(),
        version=stamp(),
    )
    headers = {"cache-control": "no-store", "vary": "accept-encoding"}
    if not accepts_gzip(request):
        return HTMLResponse(text, headers=headers)
    common = (catalog(words=not watching), _about())
    return HTMLResponse(packed(text, common), headers=headers | {"content-encoding": "gzip"})


async def plotly_js(request: Request) -> Response:
    """The plotting library, from its Python package. It is compressed when it is first asked for."""
    tag = f'"plotly-{PLOTLY_VERSION}"'
    caching = FOR_EVER if request.query_params.get("v") else REVALIDATE
    headers = {"etag": tag, "cache-control": caching, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if not accepts_gzip(request):
        return FileResponse(PLOTLY, media_type="text/javascript", headers=headers)
    packed = await asyncio.to_thread(_packed_plotly)
    headers |= {"content-encoding": "gzip", "content-length": str(len(packed))}
    return StreamingResponse(_pieces(packed), media_type="text/javascript", headers=headers)


async def _pieces(whole: bytes) -> AsyncIterator[bytes]:
    """One piece after another: sent whole, each slow reader would keep a copy of the file in memory."""
    for start in range(0, len(whole), PIECE):
        yield whole[start : start + PIECE]


async def datasets_json(request: Request) -> Response:
    """The pictures of the data sets that the page shows when they are asked for."""
    further = await asyncio.to_thread(_further_pictures)
    listing = await asyncio.to_thread(request.app.state.library.listing)
    return _json(request, f'{{"points":{further},"library":{listing}}}')


async def labs_json(request: Request) -> Response:
    """The labs, for a page that opens one or their menu."""
    return _json(request, await asyncio.to_thread(lab_listing))


async def fields_json(request: Request) -> Response:
    """The fields with their words, for a page whose catalog has none."""
    return _json(request, _fields())


def _json(request: Request, text: str) -> Response:
    headers = {"cache-control": "no-store", "vary": "accept-encoding"}
    if not accepts_gzip(request):
        return Response(text, media_type="application/json", headers=headers)
    headers["content-encoding"] = "gzip"
    return Response(packed(text, (text,)), media_type="application/json", headers=headers)


async def static(path: str, request: Request) -> Response:
    """A file of the page.

    Browsers have to ask each time whether their copy is still valid: modules import one another without a version in
    the address, so a copy that is used unasked could be of another version than the rest.
    """
    answer = await _files.get_response(path, request.scope)
    answer.headers["cache-control"] = REVALIDATE
    return await packed_file(request, answer)


async def healthz() -> Response:
    """200 while the event loop is alive."""
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


async def readyz(request: Request) -> Response:
    """503 until networks can be shown, then 200. The text is "ready" once they can be trained too."""
    warmup, headers = request.app.state.warmup, {"cache-control": "no-store"}
    progress = warmup.progress
    said = warmup.failed or f"compiling {progress.done} of {progress.total}: {progress.name}"
    if warmup.ready:
        return PlainTextResponse("ready\n" if warmup.done else f"ready to show, {said}\n", headers=headers)
    return PlainTextResponse(said + "\n", status_code=503, headers={**headers, "retry-after": "1"})


@cache
def _packed_plotly() -> bytes:
    return gzip.compress(PLOTLY.read_bytes(), 6)


@cache
def _about() -> Markup:
    """The explanations."""
    return Markup(template("about.html").render())


@cache
def catalog(*, words: bool = True) -> str:
    """What the page has to know about the engine, as JSON that is safe inside a script element.

    words: with what fields and choices do, in words. A page that changes nothing gets them when they are asked for.
    """
    found: dict[str, Any] = {
        "protocol": wire.VERSION,
        "fields": schema() if words else [_without_words(field) for field in schema()],
        "groups": GROUPS,
        "features": _features(),
        "datasets": _datasets(),
        "limits": asdict(LIMITS),
    }
    text = json.dumps(found, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _without_words(field: dict[str, Any]) -> dict[str, Any]:
    def kept(record: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in record.items() if name not in {"help", "allowed", "note", "formula"}}

    return kept(field) | {"choices": field["choices"] and [kept(choice) for choice in field["choices"]]}


def _features() -> list[dict[str, Any]]:
    maps = features.thumbnails(SMALL_SIDE)
    return [
        {
            "key": feature.key,
            "label": feature.label,
            "formula": feature.formula,
            "basic": feature.basic,
            "map": b64encode(maps[feature.key].tobytes()).decode(),
        }
        for feature in features.FEATURES
    ]


def _datasets() -> list[dict[str, Any]]:
    return [
        {
            "key": generator.key,
            "label": generator.label,
            "problem": generator.problem,
            "basic": generator.basic,
        }
        | ({"points": _tenths(generators.thumbnail(generator.key))} if generator.basic else {})
        for generator in generators.GENERATORS
    ]


@cache
def _fields() -> str:
    return json.dumps(schema(), allow_nan=False, separators=(",", ":"))


@cache
def _further_pictures() -> str:
    """By key the points of every data set that has none in the catalog, as JSON."""
    further = [generator.key for generator in generators.GENERATORS if not generator.basic]
    return json.dumps({key: _tenths(generators.thumbnail(key)) for key in further}, separators=(",", ":"))


def _tenths(points: NDArray[np.float64]) -> list[list[int]]:
    """All x, all y, all labels, in tenths: one is half a pixel of the little picture.

    The page has few bytes to spare. By label, and from left to right, they pack to little more than half.
    """
    rows = np.rint(10.0 * points).astype(int)
    columns: list[list[int]] = rows[np.lexsort((rows[:, 1], rows[:, 0], rows[:, 2]))].T.tolist()
    return columns


@cache
def stamp() -> str:
    """A hash of all files of the page: servers with the same stamp serve the same page."""
    found = hashlib.sha256()
    for path in sorted((FOLDER / "static").rglob("*")):
        if path.is_file():
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


ROUTES = (
    ("/", index),
    ("/s/{id}", page),
    ("/s/{id}/watch", watch),
    ("/s/{id}/own", own),
    ("/static/plotly.min.js", plotly_js),
    ("/static/datasets.json", datasets_json),
    ("/static/fields.json", fields_json),
    ("/static/labs.json", labs_json),
    ("/static/{path:path}", static),
    ("/healthz", healthz),
    ("/readyz", readyz),
)
