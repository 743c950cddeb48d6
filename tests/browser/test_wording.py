"""What the page says: that it is true, and that it fits who reads it."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import LINK, choose_view, join_link, open_page
from tests.conftest import LiveServer


def test_fingers_tap(browser: Browser, page: Page, live_server: LiveServer) -> None:
    """With a mouse one points and clicks; on a touch screen there is only tapping. There the tools have their names."""
    open_page(page, live_server.url)
    expect(page.locator(".reading")).to_have_text("Point to read a value.")
    expect(page.locator(".net-foot")).to_contain_text("Click it for its numbers.")
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = context.new_page()
    open_page(phone, live_server.url)
    expect(phone.locator(".reading")).to_have_text("Tap to read a value.")
    for name in ("Class", "Copy link", "Learn", "Look"):
        box = phone.get_by_text(name, exact=True).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 10
    phone.get_by_role("navigation", name="Panes").get_by_role("button", name="Network").click()
    expect(phone.locator(".net-foot")).to_contain_text("Tap it for its numbers.")
    context.close()


def test_the_bar_explains_what_is_used(page: Page, live_server: LiveServer) -> None:
    """An activation of all layers is explained while it is that; where each layer has its own, it is not."""
    open_page(page, live_server.url, "#v=1&activation=gelu&seed=0.5")
    expect(page.locator("#in-use")).to_contain_text("GELU: z times the probability")
    open_page(page, live_server.url, "#v=1&activation=gelu&activations=relu,tanh&seed=0.5")
    expect(page.get_by_label("Activation of layer 1")).to_have_value("relu")
    expect(page.locator("#in-use")).not_to_contain_text("GELU: z")


def test_measures_say_what_they_are(page: Page, live_server: LiveServer) -> None:
    """F1 and the table of classes are explained where they stand."""
    open_page(page, live_server.url)
    choose_view(page, "Measures")
    view = page.locator(".metrics-view")
    expect(view.get_by_text("F1: the harmonic mean of precision and recall; 1 is perfect.")).to_be_visible()
    expect(view.get_by_text("Rows: true class; columns: predicted class.")).to_be_visible()
    open_page(page, live_server.url, "#v=1&problem=regression&seed=0.5")
    choose_view(page, "Measures")  # a link names the view, and one that names none shows the map
    expect(view).to_contain_text("RMSE")
    expect(view.get_by_text("harmonic mean")).to_be_hidden()


def test_a_crowded_picture_says_what_it_leaves_out(page: Page, live_server: LiveServer) -> None:
    """Beyond a thousand lines there are no dashes, which the legend promises."""
    crowd = page.get_by_text("Only the 1000 largest weights are drawn, without dashes.")
    open_page(page, live_server.url, LINK.replace("4,2", ",".join(["12"] * 8)))
    expect(crowd).to_be_visible()
    open_page(page, live_server.url)
    expect(crowd).to_be_hidden()


def test_a_watcher_reads_why_nothing_can_be_changed(browser: Browser, page: Page, live_server: LiveServer) -> None:
    """At the buttons for training, and in a card whose numbers do not look like fields."""
    open_page(page, live_server.url)
    context = browser.new_context()
    other = context.new_page()
    other.goto(join_link(page))
    expect(other.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    expect(other.locator("#drive")).to_have_attribute("title", "Only the owner of this session can train it.")
    other.locator("[data-unit='0.0']").click()
    expect(other.locator("#card .hint")).to_have_text("Only the owner of this session can change it.")
    number = other.locator("#card input").first
    assert number.evaluate("(e) => getComputedStyle(e).borderTopColor") == "rgba(0, 0, 0, 0)"
    context.close()
