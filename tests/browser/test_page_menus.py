"""The menus Learn and Look of the masthead."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import open_page
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
