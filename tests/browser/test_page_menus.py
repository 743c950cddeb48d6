"""The menus Learn and Look of the masthead."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, open_page, pixels, wait_for_other_pixels, wait_for_pixels
from tests.conftest import LiveServer
from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.spec.schema import schema


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
    expect(page.get_by_role("menuitemcheckbox", name="Spotlight")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemcheckbox", name="Signs on weights")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Read me")).to_be_focused()
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
    open_page(page, live_server.url, f"{LINK}&v=1&stopEpoch=100")
    page.get_by_role("button", name="Play").click()
    expect(page.locator("#epoch")).to_have_text("000,100")
    page.reload()  # a picture of the last epoch, after which none comes
    expect(page.locator("#epoch")).to_have_text("000,100")
    expect(page.locator("[data-unit='0.0']")).to_be_visible()
    lines = ".graph > .lines"
    page.wait_for_function(
        "lines => { const { width, height } = document.querySelector(lines); "
        "return document.querySelector(lines).getContext('2d').getImageData(0, 0, width, height).data.some(Boolean); }",
        arg=lines,
    )
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


def test_read_me(page: Page, live_server: LiveServer) -> None:
    """M, or the menu Look, tells the present state in a paragraph, aloud; the second time also what has changed."""
    open_page(page, live_server.url)
    alert = page.get_by_role("alert")
    page.keyboard.press("m")
    expect(alert).to_contain_text("Circle (classification), 250 points to train and 250 to test, noise 0%. Network: ")
    expect(alert).to_contain_text("hidden layers of 4 and 2 neurons, activation Tanh")
    expect(alert).to_contain_text("Paused at epoch 0, training loss 0.")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("menuitem", name="Read me").click()
    expect(page.locator(".toast")).to_have_count(1)
    expect(alert).to_contain_text(re.compile(r"Since you last asked: 1 more epoch; training loss from 0\.\d+ to 0\."))
    expect(page.get_by_role("button", name="Look")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".toast")).to_have_count(0)


def test_every_setting_is_explained(page: Page, live_server: LiveServer) -> None:
    """The table of settings, made when it is opened: each key, each choice with its formula."""
    open_page(page, live_server.url)
    page.get_by_text("All settings, their keys in links and their choices").click()
    table = page.get_by_role("group", name="All settings")
    expect(table.get_by_role("rowheader", name="Activation", exact=True)).to_be_visible()
    codes, text = table.locator("code").all_inner_texts(), table.inner_text()
    for field in schema():
        if field["key"] is not None:
            assert field["key"] in codes
            assert field["help"] in text
            for choice in field["choices"] or []:
                assert choice["key"] in codes
                assert (choice.get("formula") or "") in text
    assert {feature.key for feature in FEATURES} <= set(codes)
