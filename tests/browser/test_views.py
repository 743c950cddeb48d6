"""The menu of views, and a view that changes places with the network."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import MAP, NEURON, choose_view, open_page, pixels, wait_for_other_pixels
from tests.conftest import ROOT, LiveServer

BOXES = """() => Object.fromEntries(Object.entries({
  net: "#network", map: ".map-square", chart: "#curve", words: ".reading", menu: "#views-menu", output: "#output",
}).map(([name, at]) => [name, document.querySelector(at).getBoundingClientRect()]))"""


def test_the_menu_has_every_view(page: Page, live_server: LiveServer) -> None:
    """It opens over the network and not over map or chart; a choice takes the second tab and the focus."""
    open_page(page, live_server.url)
    expect(page.get_by_role("tab")).to_have_text(["Map", "Numbers"])
    page.get_by_role("button", name="Views").click()
    records = re.findall(r"  \{\n    key: .*?\n  \},\n", (ROOT / "static/js/views/stage.js").read_text(), re.DOTALL)
    listed = [re.findall(r'label: "([^"]+)"', record)[0] for record in records if " kind: " not in record]
    assert 9 <= len(listed) < len(records)
    expect(page.get_by_role("menuitemradio").locator("strong")).to_have_text(listed)
    expect(page.get_by_role("menuitemradio", name="Map")).to_have_attribute("aria-checked", "true")
    boxes = page.evaluate(BOXES)
    assert 590 < boxes["menu"]["width"] < 610
    assert boxes["menu"]["right"] <= boxes["output"]["left"]
    page.get_by_role("menuitemradio", name="Measures").click()
    expect(page.get_by_role("tab", name="Measures")).to_be_focused()
    expect(page.get_by_role("tab")).to_have_text(["Map", "Measures"])
    expect(page.locator(".metrics")).to_contain_text("Accuracy")
    page.get_by_role("tab", name="Map").click()
    expect(page.get_by_role("tab")).to_have_text(["Map", "Measures"])
    page.get_by_role("button", name="Views").click()
    page.locator(".data h2").click()
    expect(page.locator("#views-menu")).to_be_hidden()


def test_views_by_keyboard(page: Page, live_server: LiveServer) -> None:
    """V opens the menu, arrows walk, Esc closes it and gives the focus back, enter chooses; arrows change the tab."""
    open_page(page, live_server.url)
    page.keyboard.press("v")
    expect(page.get_by_role("menuitemradio", name="Map")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("menuitemradio", name="Numbers")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitemradio").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#views-menu")).to_be_hidden()
    expect(page.get_by_role("button", name="Views")).to_be_focused()
    page.keyboard.press("v")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Measures")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Map")).to_be_focused()
    expect(page.locator(".map-square")).to_be_visible()
    expect(page.locator("#epoch")).to_have_text("000,000")  # no arrow was a step


def test_a_key_before_the_next_picture(page: Page, live_server: LiveServer) -> None:
    """Right after a view was chosen, before the page has drawn it, an arrow leads to the other tab."""
    open_page(page, live_server.url)
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitemradio", name="Measures").evaluate("""item => {
      item.click();
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
    }""")
    expect(page.get_by_role("tab", name="Map")).to_be_focused()
    expect(page.get_by_role("tab", name="Map")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tab")).to_have_text(["Map", "Measures"])


def test_enlarging_swaps(page: Page, live_server: LiveServer) -> None:
    """The map takes the network's place, the network is small above the map's words and the chart; Esc turns back."""
    open_page(page, live_server.url)
    before, small = page.evaluate(BOXES), pixels(page, MAP)
    button = page.get_by_role("button", name="Enlarge the view")
    button.click()
    expect(page.get_by_role("button", name="Shrink the view")).to_be_focused()
    expect(page.locator("#network")).to_have_class(re.compile("mini"))
    page.wait_for_function("width => document.querySelector('.map-square').clientWidth > width", arg=450)
    after = page.evaluate(BOXES)
    assert after["map"]["right"] <= after["output"]["left"]
    assert after["net"]["left"] >= after["output"]["left"]
    assert after["net"]["bottom"] <= after["words"]["top"] < after["chart"]["top"]
    assert after["chart"]["height"] >= before["chart"]["height"]
    expect(page.locator("[data-unit]")).to_have_count(2 + 4 + 2 + 1)  # the inputs in use only
    wait_for_other_pixels(page, MAP, "")
    assert pixels(page, MAP) == small  # moved, not drawn anew
    page.locator("[data-unit='0.1']").hover()
    wait_for_other_pixels(page, MAP, small)
    page.locator("[data-unit='0.1']").click()
    expect(page.locator("#card")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    expect(page.locator("#large")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#large")).to_be_hidden()
    page.wait_for_function("() => document.querySelectorAll('[data-unit]').length === 14")
    again = page.evaluate(BOXES)
    assert [again[name] for name in ("net", "map", "chart")] == [before[name] for name in ("net", "map", "chart")]


def test_enlarging_by_key_and_by_double_click(page: Page, live_server: LiveServer) -> None:
    """E, a double click on the map, and the same again; the focus stays on what had it."""
    open_page(page, live_server.url)
    marks = page.locator(".map-square canvas").last
    marks.focus()
    page.keyboard.press("e")
    expect(page.locator("#large .map-square")).to_be_visible()
    expect(marks).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("#large")).to_be_hidden()
    marks.dblclick()
    expect(page.locator("#large .map-square")).to_be_visible()
    marks.dblclick()
    expect(page.locator("#large")).to_be_hidden()
    page.locator(NEURON).focus()
    page.keyboard.press("e")
    expect(page.locator("#network.mini")).to_be_visible()
    page.wait_for_function("() => document.querySelectorAll('[data-unit]').length === 9")
    expect(page.locator(NEURON)).to_be_focused()


@pytest.mark.parametrize("view", ["Numbers", "Measures"])
def test_every_view_can_be_enlarged(page: Page, live_server: LiveServer, view: str) -> None:
    """Its name and line stand above it; another view chosen meanwhile is large too."""
    open_page(page, live_server.url)
    choose_view(page, view)
    page.keyboard.press("e")
    expect(page.get_by_role("region", name=view)).to_be_visible()
    expect(page.locator("#large table").first).to_be_visible()
    choose_view(page, "Map")
    expect(page.locator("#large .map-square")).to_be_visible()
    expect(page.locator("#large h2")).to_have_text("Map")


def test_a_reload_shows_the_same_view(page: Page, live_server: LiveServer) -> None:
    """Enlarged as it was; a new page begins with the map beside the network."""
    open_page(page, live_server.url)
    choose_view(page, "Measures")
    page.keyboard.press("e")
    expect(page.locator("#large .metrics")).to_be_visible()
    page.reload()
    expect(page.locator("#large .metrics")).to_be_visible()
    expect(page.get_by_role("tab")).to_have_text(["Map", "Measures"])
    other = page.context.new_page()
    open_page(other, live_server.url)
    expect(other.locator("#large")).to_be_hidden()
    expect(other.get_by_role("tab")).to_have_text(["Map", "Numbers"])


def test_on_a_phone_a_view_has_the_width_already(page: Page, live_server: LiveServer) -> None:
    """The menu comes up from below and can be touched; there is nothing to enlarge, and what was large is no more."""
    open_page(page, live_server.url)
    page.keyboard.press("e")
    expect(page.locator("#large")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#large")).to_be_hidden()
    expect(page.locator("#output .map-square")).to_be_visible()
    expect(page.locator("#enlarge")).to_be_hidden()
    page.keyboard.press("e")
    page.get_by_role("button", name="Views").click()
    item = page.get_by_role("menuitemradio", name="Numbers")
    box = item.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    expect(item).to_be_in_viewport(ratio=1)
    item.click()
    expect(page.locator("#output .parameter-table")).to_be_visible()
    expect(page.locator("#large")).to_be_hidden()
