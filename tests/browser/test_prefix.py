"""The page under a path of its host, in a real browser."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import invite
from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready


@pytest.fixture
def below() -> Iterator[LiveServer]:
    """A server that is reached under /lab/tinkernet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://localhost:{port}/lab/tinkernet"
    server = start([sys.executable, "-m", "tinkernet.app", "--port", str(port), "--public", address], ROOT)
    try:
        wait_until_ready(server.url)
        yield LiveServer(address, server.process)
    finally:
        stop(server)


def test_it_trains_below_a_prefix(below: LiveServer, page: Page) -> None:
    """Files, curve and connection come from below it; so do the page's address, a reload and the join link."""
    beside: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(f"{below.url}/") else beside.append(request.url))
    page.goto(f"{below.url}/#activation=relu&seed=0.5")
    page.locator("#step").click()
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.locator("#chart-words")).to_contain_text("Training: ")
    assert re.fullmatch(rf"{re.escape(below.url)}/s/[\w-]{{22}}#.*activation=relu.*", page.url)
    page.reload()
    expect(page.locator("#epoch")).to_have_text("000,001")
    invite(page)
    expect(page.locator("#invite-link")).to_have_value(re.compile("#key="))
    link = page.locator("#invite-link").input_value()
    assert link.startswith(f"{below.url}/s/")
    watcher = page.context.new_page()
    watcher.goto(link)
    expect(watcher.locator("#watching")).to_be_visible()
    expect(watcher.locator("#epoch")).to_have_text("000,001")
    expect(watcher.locator("#own-copy")).to_have_attribute("href", re.compile(rf"^{re.escape(below.url)}/#"))
    assert beside == []
