"""Windows of every size, zoomed pages and larger type: nothing lies on another, is cut, or scrolls sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, open_page
from tests.browser.test_layout import OVERLAPS, SIDEWAYS
from tests.conftest import LiveServer

WINDOWS = {
    "small phone, or a zoom of 400 %": (320, 640),
    "phone": (390, 844),
    "phone on its side": (844, 390),
    "tablet": (768, 1024),
    "old projector": (1024, 768),
    "laptop": (1280, 800),
    "laptop at 150 %": (853, 533),
    "laptop at 200 %": (640, 400),
    "full HD": (1920, 1080),
    "full HD at 150 %": (1280, 720),
    "full HD at 200 %": (960, 540),
    "large": (2560, 1440),
}
LARGER = {name: WINDOWS[name] for name in ("phone", "old projector", "laptop", "full HD")}
SIX = "#v=1&classes=6&dataset=blobs&networkShape=8,6,4&seed=0.5"

# What does not show all of its text. A select does not say so itself: its chosen text is measured.
CUT = """() => {
  const wordless = ".unseen, .sprite, .peek, [hidden]";
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(wordless);
  const pen = document.createElement("canvas").getContext("2d");
  const ARROW = 18;
  const short = [...document.querySelectorAll("select")].filter(seen).filter((e) => {
    const style = getComputedStyle(e);
    pen.font = style.font;
    const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - ARROW;
    return pen.measureText(e.selectedOptions[0]?.text ?? "").width > room + 1;
  });
  const named = "button, label, dt, dd, h1, h2, summary, strong, output, .note, .question, .callout span, .reading"
    + ", .axis, .stage-unit, .tagline, .legend span, .net-foot span, .tag, .name";
  const clipped = [...document.querySelectorAll(named)].filter(seen).filter((e) => {
    if (getComputedStyle(e).overflow === "visible" || e.clientWidth <= 1) return false;
    return e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1;
  });
  const outside = [...document.querySelectorAll(named)].filter(seen).filter((e) => {
    const panel = e.closest(".panel, .drive, .adjust, .masthead, .dock, [data-compact] .stage-place");
    if (!panel || getComputedStyle(panel).display === "contents") return false;
    if (e.closest(".net-scroll, .parameter-table, .metrics-view")) return false;
    const [own, around] = [e, panel].map((each) => each.getBoundingClientRect());
    return own.width > 1 && (own.left < around.left - 1 || own.right > around.right + 1);
  });
  return [...short, ...clipped, ...outside]
    .map((e) => `${e.id || e.className || e.tagName}: ${e.textContent}`.slice(0, 80));
}"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 150, true)))"


def states(page: Page) -> Iterator[str]:
    """All that the window shows at once; on a phone pane by pane."""
    dock = page.get_by_role("navigation", name="Panes")
    if not dock.is_visible():
        page.wait_for_function(SETTLED)
        yield "all"
        return
    for pane in ("Map", "Loss", "Network", "Data"):
        dock.get_by_role("button", name=pane).click()
        page.wait_for_function(SETTLED)
        yield pane


def faults(page: Page, windows: dict[str, tuple[int, int]]) -> list[str]:
    """What lies on another, is cut or scrolls sideways, in each window."""
    found = []
    for name, (width, height) in windows.items():
        page.set_viewport_size({"width": width, "height": height})
        for state in states(page):
            at = f"{name}, {state}"
            found += [f"{at}: {pair}" for pair in page.evaluate(OVERLAPS)]
            found += [f"{at}, cut: {text}" for text in page.evaluate(CUT)]
            if (beyond := page.evaluate(SIDEWAYS)) > 0:
                found.append(f"{at}: {beyond} pixels sideways")
    return found


@pytest.mark.parametrize("link", [LINK, SIX], ids=["four and two", "six classes"])
def test_every_window(page: Page, live_server: LiveServer, link: str) -> None:
    """From 320 pixels to 2560, upright and on its side."""
    open_page(page, live_server.url, link)
    assert faults(page, WINDOWS) == []


@pytest.mark.parametrize("percent", [150, 200])
def test_larger_type(page: Page, live_server: LiveServer, percent: int) -> None:
    """The browser's own size of type, which the page follows."""
    session = page.context.new_cdp_session(page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16 * percent // 100}})
    open_page(page, live_server.url)
    size = page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert size >= 16 * percent // 100
    assert faults(page, LARGER) == []


def test_forced_colours(page: Page, live_server: LiveServer) -> None:
    """The system's colours bring borders of their own; they take no room."""
    page.emulate_media(forced_colors="active")
    open_page(page, live_server.url)
    expect(page.locator(".legend .ramp")).to_be_visible()
    assert faults(page, LARGER) == []
