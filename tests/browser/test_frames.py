"""The page in a frame of another site, in a real browser."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE
from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready


class Silent(SimpleHTTPRequestHandler):
    """Serves a folder and logs nothing."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Another site's address: it frames what its query names."""
    script = "const f = document.createElement('iframe'); f.width = 1200; f.height = 700;"
    script += "f.src = location.search.slice(1);"
    (tmp_path / "index.html").write_text(f"<!doctype html><body><script>{script} document.body.append(f)</script>")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A page that may show two sites, as the one of the other tests may not."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def framed(site: str) -> Iterator[LiveServer]:
    """A server that lets this site frame it."""
    server = start([sys.executable, "-m", "tinkernet.app", "--port", "0", "--frame-ancestors", site], ROOT)
    try:
        wait_until_ready(server.url)
        yield server
    finally:
        stop(server)


def test_a_frame_of_a_named_site_trains(visitor: Page, site: str, framed: LiveServer) -> None:
    """It has its cookie and its connection; of an unnamed site, or over http of another host, it has a reason."""
    frame = visitor.frame_locator("iframe")
    visitor.goto(f"{site}/?{framed.url}/")
    frame.locator("#step").click()
    expect(frame.locator("#epoch")).to_have_text("000,001")
    other = site.replace("localhost", "127.0.0.1")
    visitor.goto(f"{other}/?{framed.url}/")
    expect(frame.locator("p").first).to_contain_text(f"start with --frame-ancestors {other}")
    expect(frame.locator("a")).to_have_text("Open it in its own tab")


def test_a_frame_is_refused_by_default(visitor: Page, site: str, live_server: LiveServer) -> None:
    """With the reason in the place of the page."""
    visitor.goto(f"{site}/?{live_server.url}/")
    expect(visitor.frame_locator("iframe").locator("p").first).to_contain_text(f"start with --frame-ancestors {site}")
