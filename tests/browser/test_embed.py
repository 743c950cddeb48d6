"""The embed view: the tool alone, for a frame in another page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, open_page, wait_for_epoch
from tests.browser.test_connection import Line
from tests.browser.test_layout import OVERLAPS, SIDEWAYS
from tests.conftest import LiveServer

LARGE = "#v=1&dataset=circle&networkShape=8,6&seed=0.5&optimiser=adam"


@pytest.mark.parametrize("width", [390, 704, 800, 1024, 1280])
def test_it_fits_a_frame(page: Page, live_server: LiveServer, width: int) -> None:
    """Of 620 pixels of height, at the widths that frames have: nothing scrolls, is cut or overlaps."""
    page.set_viewport_size({"width": width, "height": 620})
    open_page(page, live_server.url, f"{LARGE}&embed=1")
    expect(page.locator("html[data-embed]")).to_have_count(1)
    expect(page.locator(".data-tab")).to_be_visible(visible=width >= 704)
    expect(page.get_by_role("button", name="Learn")).to_be_hidden()
    expect(page.locator(".about")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") <= 620
    assert page.evaluate(SIDEWAYS) <= 0
    page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150, true)))")
    assert page.evaluate(OVERLAPS) == []
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".net-scroll, .stage-place, .curve, .settings, .stage-unit")]
            .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
            .map((e) => e.className)"""
    )
    assert cut == []
    if width >= 704:
        expect(page.get_by_role("button", name="Optimizer Adam")).to_be_in_viewport()
    for name in ("Play", "Reset: the same start again"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport()
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 5)


def test_the_link_keeps_it(page: Page, live_server: LiveServer) -> None:
    """A change writes the address anew, and a reload shows the same view."""
    open_page(page, live_server.url, f"{LINK}&embed=1")
    page.get_by_role("combobox", name="Activation").select_option("relu")
    page.wait_for_url(re.compile("activation=relu.*embed=true"))
    page.reload()
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    expect(page.get_by_role("button", name="Learn")).to_be_hidden()
    expect(page.get_by_role("button", name="Data", exact=True)).to_be_visible()


def test_without_it_there_is_a_masthead(page: Page, live_server: LiveServer) -> None:
    """Also when a link within the page takes the view away."""
    open_page(page, live_server.url, f"{LINK}&embed=1")
    page.evaluate("(link) => { location.hash = link; }", LINK)
    expect(page.get_by_role("button", name="Learn")).to_be_visible()
    open_page(page, live_server.url, f"{LINK}&embed=false")
    expect(page.get_by_role("button", name="Learn")).to_be_visible()


def test_a_lost_connection_is_said(page: Page, live_server: LiveServer) -> None:
    """Though the masthead, where it stands otherwise, is not there; nothing moves."""
    line = Line(page)
    page.set_viewport_size({"width": 800, "height": 620})
    open_page(page, live_server.url, f"{LINK}&embed=1")
    before = page.locator("#tool").bounding_box()
    line.cut()
    status = page.locator("#status")
    expect(status).to_contain_text("Connection lost")
    expect(status).to_be_in_viewport()
    assert page.locator("#tool").bounding_box() == before
