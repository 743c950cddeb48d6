"""A real Chromium, and a page in it that may not log errors or request anything from another host."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# No sandbox: as root, in a container, Chromium has none to offer; the pages here are our own. The rest keeps it quiet.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


PATIENCE = 15_000  # milliseconds; a busy machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


def launch(playwright: Playwright, *, whole: bool = False) -> Browser:
    """Start the Chromium or Chrome of this machine, or else the one installed by Playwright.

    Tests take the headless shell where there is one, for its speed. `whole` asks for the browser that people have, as
    measurements do, where there is one.
    """
    names = (*NAMES[1:], NAMES[0]) if whole else NAMES
    paths = (shutil.which(name) for name in names)
    found = next((path for path in paths if path), None) or (str(MAC) if MAC.exists() else None)
    return playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each page has its own profile."""
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture(scope="module")
def saving_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A ready server that keeps its sessions in a folder of its own."""
    folder = str(tmp_path_factory.mktemp("sessions"))
    server = start([sys.executable, "-m", "tinkernet.app", "--port", "0", "--data-dir", folder], ROOT)
    try:
        wait_until_ready(server.url)
        yield server
    finally:
        stop(server)


@pytest.fixture
def expected_errors() -> list[str]:
    """Patterns of the console errors that a test expects. The test appends to this list."""
    return []


@pytest.fixture
def page(browser: Browser, expected_errors: list[str]) -> Iterator[Page]:
    """A page of 1280 x 800 in a profile of its own.

    The test fails if any tab of the profile logs an error or requests anything from another host.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    errors: list[str] = []
    asked: set[str] = set()
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("request", lambda request: asked.add(request.url))
    found = context.new_page()
    yield found
    own = re.match(r"https?://[^/]+", found.url)
    context.close()
    assert [text for text in errors if not any(re.search(pattern, text) for pattern in expected_errors)] == []
    assert {url for url in asked if not url.startswith((own.group() if own else "about:", "data:", "blob:"))} == set()
