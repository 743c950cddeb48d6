"""The menus Learn and Look of the masthead."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import open_page, pixels, wait_for_epoch, wait_for_other_pixels, wait_for_pixels
from tests.conftest import LiveServer


def test_page_menus_by_keyboard(page: Page, live_server: LiveServer) -> None:
    """Enter opens a menu, arrows walk, Esc gives the focus back; choosing Dark says that it holds."""
    open_page(page, live_server.url)
    look = page.get_by_role("button", name="Look")
    look.focus()
    page.keyboard.press("Enter")
    dark = page.get_by_role("menuitemcheckbox", name="Dark")
    expect(dark).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemcheckbox", name="Lecture mode")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemcheckbox", name="Signs on weights")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Keys")).to_be_focused()
    page.keyboard.press("Escape")
    expect(look).to_be_focused()
    expect(look).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#look-menu")).to_be_hidden()
    expect(look).to_be_focused()
    look.click()
    expect(dark).to_have_attribute("aria-checked", "true")
    page.locator(".data h2").click()
    expect(dark).to_be_hidden()
    expect(page.locator("#epoch")).to_have_text("000,000")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844), (320, 640)])
def test_page_menus_fit(page: Page, live_server: LiveServer, size: tuple[int, int]) -> None:
    """An open menu lies within the window, whole."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    open_page(page, live_server.url)
    for name in ("Learn", "Look"):
        page.get_by_role("button", name=name).click()
        menu = page.get_by_role("menu", name=name)
        box = menu.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert menu.evaluate("(menu) => menu.scrollWidth <= menu.clientWidth")
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()


def test_signs_on_weights(page: Page, live_server: LiveServer) -> None:
    """Look puts signs on strong weights, at once and in the link; choosing it again takes them away."""
    open_page(page, live_server.url)
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 100)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    lines = ".graph > .lines"
    before = pixels(page, lines)
    look = page.get_by_role("button", name="Look")
    look.click()
    page.get_by_role("menuitemcheckbox", name="Signs on weights").click()
    wait_for_other_pixels(page, lines, before)
    page.wait_for_url(re.compile("signs=true"))
    look.click()
    signs = page.get_by_role("menuitemcheckbox", name="Signs on weights")
    expect(signs).to_have_attribute("aria-checked", "true")
    signs.click()
    wait_for_pixels(page, lines, before)
