"""The spotlight: one neuron and its links, with all else dimmed."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import open_page, pixels, wait_for_other_pixels, wait_for_pixels
from tests.conftest import LiveServer

LINES, MAPS = ".graph > .lines", ".graph > .maps"
DIM = "() => [...document.querySelectorAll('.unit.dim')].map((e) => e.dataset.unit)"
REST = ["xSquared", "ySquared", "xTimesY", "sinX", "sinY"]  # inputs that are off


def wait_for_dim(page: Page, *units: str) -> None:
    """Wait until exactly these units are dimmed."""
    page.wait_for_function(f"(units) => String(({DIM})()) === String(units)", arg=list(units))


def test_spotlight_by_mouse(page: Page, live_server: LiveServer) -> None:
    """S lights the neuron under the pointer; it follows, and stays when the pointer is gone; S ends it."""
    open_page(page, live_server.url)
    lines, maps = pixels(page, LINES), pixels(page, MAPS)
    page.locator("[data-unit='0.1']").hover()
    page.keyboard.press("s")
    wait_for_dim(page, *REST, "0.0", "0.2", "0.3", "2.0")
    wait_for_other_pixels(page, LINES, lines)
    wait_for_other_pixels(page, MAPS, maps)
    page.locator("[data-unit='1.0']").hover()
    wait_for_dim(page, "x", "y", *REST, "1.1")
    page.mouse.move(2, 2)
    expect(page.locator(".stage-unit")).to_have_text("Layer 2, neuron 1")
    wait_for_dim(page, "x", "y", *REST, "1.1")
    page.keyboard.press("s")
    wait_for_dim(page)
    wait_for_pixels(page, LINES, lines)
    wait_for_pixels(page, MAPS, maps)


def test_spotlight_by_keyboard(page: Page, live_server: LiveServer) -> None:
    """It goes with the focus. Esc closes a card first, then the spotlight, then the enlarged view."""
    open_page(page, live_server.url)
    page.keyboard.press("e")
    page.locator("[data-unit='0.3']").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("s")
    expect(page.locator("[data-unit='0.2']")).to_be_focused()
    wait_for_dim(page, "0.0", "0.1", "0.3", "2.0")
    page.keyboard.press("Tab")
    wait_for_dim(page, "0.0", "0.1", "0.2", "2.0")
    page.keyboard.press("Enter")
    card = page.locator("#card:not(.hovering)")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    wait_for_dim(page, "0.0", "0.1", "0.2", "2.0")
    page.keyboard.press("Escape")
    wait_for_dim(page)
    expect(page.locator("#large")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#large")).to_be_hidden()


def test_spotlight_by_touch(browser: Browser, live_server: LiveServer) -> None:
    """Look turns it on; a tap moves it, and opens no card and toggles no input; Look turns it off."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
    page = context.new_page()
    open_page(page, live_server.url)
    page.get_by_role("button", name="Look").tap()
    page.get_by_role("menuitemcheckbox", name="Spotlight").tap()
    wait_for_dim(page, "x", "y", *REST, "0.0", "0.1", "0.2", "0.3")
    page.locator("[data-unit='0.0']").tap()
    wait_for_dim(page, *REST, "0.1", "0.2", "0.3", "2.0")
    page.locator("[data-unit='y']").tap()
    wait_for_dim(page, "x", *REST, "1.0", "1.1", "2.0")
    expect(page.locator("[data-unit='y']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#card")).to_be_hidden()
    page.get_by_role("button", name="Look").tap()
    item = page.get_by_role("menuitemcheckbox", name="Spotlight")
    expect(item).to_have_attribute("aria-checked", "true")
    item.tap()
    wait_for_dim(page)
    context.close()
