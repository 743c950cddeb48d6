"""Lecture mode: what a hall can read, and what of the page stays in reach."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, open_page, pixels, wait_for_epoch, wait_for_other_pixels, wait_for_pixels
from tests.browser.test_layout import OVERLAPS, SIDEWAYS
from tests.browser.test_sizes import faults
from tests.conftest import LiveServer

WIDE = LINK.replace("networkShape=4,2", "networkShape=8,6") + "&lecture=true"
FINE = "html[data-lecture]"
# How much larger type is at least; a zoom of 400 % is 320 pixels wide, and large already.
GROWTH = {
    (1280, 800): 1.35, (1920, 1080): 1.35, (1024, 768): 1.25, (768, 1024): 1.24, (844, 390): 1.15, (390, 844): 1.2,
    (320, 640): 1,
}  # fmt: skip
# Size and contrast of every text that is seen, as ([size, contrast, text]).
TEXTS = r"""() => {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (at) => {
    for (; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if ((parts(backgroundColor)[3] ?? 1) === 1) return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.parentElement;
    const isSeen = at.checkVisibility() && !at.closest(".unseen, .about, .sprite, script, option, .skip");
    if (!node.data.trim() || !isSeen) continue;
    const { width, height } = at.getBoundingClientRect();
    if (width <= 1 || height <= 1) continue;
    const style = getComputedStyle(at);
    const [low, high] = [style.color, groundOf(at)].map(luminance).sort((one, other) => one - other);
    found.push([parseFloat(style.fontSize), (high + 0.05) / (low + 0.05), node.data.trim()]);
  }
  return found;
}"""
SCROLLING = """() => [...document.querySelectorAll(
    ".net-scroll, .stage-unit, .stage-place, .curve, .curve-head, .bar, .settings, .settings .field"
  )].filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
  .map((e) => `${e.className} ${e.scrollWidth - e.clientWidth} ${e.scrollHeight - e.clientHeight}`)"""


def open_lecture(page: Page, url: str, fragment: str = WIDE) -> None:
    """Open a link in lecture mode and wait for its style and its picture."""
    open_page(page, url, fragment)
    expect(page.locator(FINE)).to_have_count(1)
    expect(page.locator("#chart-words")).to_contain_text("Training: ")
    page.wait_for_function("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150, true)))")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (1024, 768), (1366, 768), (2560, 1440)])
def test_a_hall_can_read_it(page: Page, live_server: LiveServer, width: int, height: int, theme: str) -> None:
    """On a picture of half the size no text is below 7.5 pixels; all text has 4.5:1; nothing is cut or overlaps."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    open_lecture(page, live_server.url)
    page.locator("[data-unit='0.7']").hover()
    expect(page.locator(".stage-unit")).to_have_text("Layer 1, neuron 8")
    texts = page.evaluate(TEXTS)
    assert len(texts) > 40
    assert [each for each in texts if each[0] < 15] == []
    assert [each for each in texts if each[1] < 4.5] == []
    assert page.evaluate(SCROLLING) == []
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(SIDEWAYS) <= 0
    tool = page.locator("#tool").bounding_box()
    assert tool is not None
    assert tool["y"] + tool["height"] <= height
    selects = page.locator(".settings select").evaluate_all(
        """(all) => all.map((each) => {
          const other = each.cloneNode(true);
          other.style.minWidth = "0";
          other.style.width = "auto";
          other.style.position = "absolute";
          each.after(other);
          const lacks = other.offsetWidth - each.offsetWidth;
          other.remove();
          return lacks;
        })"""
    )
    assert max(selects) <= 0, "a choice is cut"


def test_type_and_map_grow(page: Page, live_server: LiveServer) -> None:
    """Type by 1.35, or as far as the window has room; the map too, for the chart has gone below the network."""
    size = "(e) => parseFloat(getComputedStyle(e).fontSize)"
    body, square = page.locator("body"), page.locator(".map-square")
    open_page(page, live_server.url, LINK)
    for (width, height), least in GROWTH.items():
        page.set_viewport_size({"width": width, "height": height})
        before, map_before = body.evaluate(size), square.evaluate("(e) => e.clientWidth")
        page.keyboard.press("l")
        expect(page.locator(FINE)).to_have_count(1)
        assert body.evaluate(size) >= 0.99 * least * before, (width, height)
        if width >= 1024:
            assert square.evaluate("(e) => e.clientWidth") >= 1.2 * map_before, (width, height)
            expect(page.locator(".callout")).to_have_count(2)
            words = page.locator(".callout span").evaluate_all("(all) => all.map((e) => e.getBoundingClientRect())")
            assert words[1]["left"] - words[0]["right"] >= 12, (width, height)
        page.keyboard.press("l")
        expect(page.locator(FINE)).to_have_count(0)


def test_the_key_and_the_menu_change_it(page: Page, live_server: LiveServer) -> None:
    """L, and Look, turn it on and off, at once and in the link; strong links get their signs, points a dark rim."""
    open_page(page, live_server.url)
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 50)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    marks, lines = ".map-square canvas:nth-of-type(2)", ".graph > .lines"
    before, drawn = pixels(page, marks), pixels(page, lines)
    page.keyboard.press("l")
    page.wait_for_url(re.compile("lecture=true"))
    wait_for_other_pixels(page, marks, before)
    wait_for_other_pixels(page, lines, drawn)
    page.get_by_role("button", name="Look").click()
    item = page.get_by_role("menuitemcheckbox", name="Lecture mode")
    expect(item).to_have_attribute("aria-checked", "true")
    item.click()
    expect(page.locator(FINE)).to_have_count(0)
    wait_for_pixels(page, marks, before)
    assert "lecture" not in page.url


def test_the_data_are_behind_a_tab(page: Page, live_server: LiveServer) -> None:
    """It opens by keyboard over the network, not over the map; Esc closes it and gives the focus back."""
    open_lecture(page, live_server.url)
    data = page.locator("#data")
    expect(data).to_be_hidden()
    tab = page.get_by_role("button", name="Data", exact=True)
    tab.focus()
    page.keyboard.press("Enter")
    expect(data).to_be_visible()
    expect(tab).to_have_attribute("aria-expanded", "true")
    boxes = [page.locator(each).bounding_box() for each in ("#data", "#stage", "#network")]
    assert all(boxes)
    assert boxes[0]["x"] >= boxes[2]["x"]
    assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    page.keyboard.press("Tab")
    assert data.evaluate("(e) => e.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(data).to_be_hidden()
    expect(tab).to_be_focused()
    page.set_viewport_size({"width": 1024, "height": 768})
    page.get_by_role("button", name="More settings").click()
    boxes = [page.locator(each).bounding_box() for each in ("#choices", "#stage")]
    assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"], "the map is covered"


@pytest.mark.parametrize("flag", ["lecture=true", "embed=1"])
def test_the_first_picture_has_the_style(page: Page, live_server: LiveServer, flag: str) -> None:
    """Nothing is painted before the sheet is there, and nothing moves when the script follows; it is asked for once."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(
        """new PerformanceObserver((list) => {
          window.moved = (window.moved ?? 0) + list.getEntries().reduce((sum, { value }) => sum + value, 0);
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    open_page(page, live_server.url, f"{LINK}&{flag}")
    expect(page.locator(".data-tab")).to_be_visible()
    page.wait_for_function("() => performance.getEntriesByType('paint').length > 0")
    painted, styled = page.evaluate(
        """() => [performance.getEntriesByType("paint")[0].startTime,
          performance.getEntriesByType("resource").find(({ name }) => name.includes("compact.css")).responseEnd]"""
    )
    assert painted >= styled
    assert page.evaluate("() => window.moved ?? 0") < 0.05
    assert len([url for url in asked if "compact.css" in url]) == 1


@pytest.mark.parametrize("link", [LINK, WIDE], ids=["four and two", "eight and six"])
def test_every_window_has_room_for_it(page: Page, live_server: LiveServer, link: str) -> None:
    """Nothing lies on another, is cut or scrolls sideways, down to a phone."""
    open_lecture(page, live_server.url, f"{link}&lecture=true")
    assert faults(page, {f"{width} wide": (width, height) for width, height in GROWTH}) == []
