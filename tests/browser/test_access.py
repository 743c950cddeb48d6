"""What the page is for screen readers, fingers, other colours, other screens, and browsers that allow less."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import MAP, open_page, wait_for_epoch
from tests.conftest import LiveServer


def test_a_stop_is_said_once(page: Page, live_server: LiveServer) -> None:
    """The counter is no live region; on pause epoch and losses are said. Letters can be switched off."""
    open_page(page, live_server.url)
    expect(page.locator("#epoch")).to_have_attribute("aria-live", "off")
    said = page.locator("#said")
    page.keyboard.press(" ")
    wait_for_epoch(page, 20)
    expect(said).to_have_text("")
    page.keyboard.press(" ")
    expect(said).to_have_text(re.compile(r"Epoch \d+\. Training loss 0\.\d+, test loss 0\.\d+\."))
    before = page.locator("#epoch").inner_text()
    page.get_by_role("button", name="Look").click()
    page.get_by_role("menuitem", name="Keys").click()
    page.get_by_label("Single letters and signs are commands").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("r")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).not_to_have_text(before)
    assert int(page.locator("#epoch").inner_text().replace(",", "")) > int(before.replace(",", ""))


def test_another_screen(page: Page, live_server: LiveServer) -> None:
    """A pixel ratio that changes while the page is open makes every canvas sharp again."""
    open_page(page, live_server.url)
    session = page.context.new_cdp_session(page)
    for ratio in (2, 1, 1.5):
        metrics = {"width": 1280, "height": 800, "deviceScaleFactor": ratio, "mobile": False}
        session.send("Emulation.setDeviceMetricsOverride", metrics)
        for canvas in (".graph .lines", ".graph .maps", f"{MAP} + canvas"):
            page.wait_for_function(
                """([canvas, ratio]) => {
                  const found = document.querySelector(canvas);
                  return Math.abs(found.width - found.getBoundingClientRect().width * ratio) <= 1;
                }""",
                arg=[canvas, ratio],
            )


def test_a_scroll_that_begins_on_a_slider(page: Page, live_server: LiveServer) -> None:
    """The browser takes the finger for a scroll and cancels it: the value is what it was."""
    open_page(page, live_server.url)
    noise = page.get_by_role("slider", name="Noise")
    noise.evaluate("""(e) => {
      e.dispatchEvent(new PointerEvent("pointerdown"));
      e.value = 35;
      e.dispatchEvent(new Event("input"));
    }""")
    expect(page.locator("label[for=field-noise]")).to_have_text("Noise: 35%")
    noise.evaluate("(e) => e.dispatchEvent(new PointerEvent('pointercancel'))")
    expect(page.locator("label[for=field-noise]")).to_have_text("Noise: 0%")
    expect(noise).to_have_value("0")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_link_is_copied_without_a_clipboard(page: Page, live_server: LiveServer, allowed: bool) -> None:
    """Over plain http there is none: the older way copies, and where that fails the link is there, selected."""
    page.add_init_script("delete Navigator.prototype.clipboard")
    if not allowed:
        page.add_init_script("document.execCommand = () => false")
    open_page(page, live_server.url)
    page.get_by_role("button", name="Copy link").click()
    if allowed:
        expect(page.locator(".toast")).to_contain_text("Link copied")
        return
    field = page.get_by_label("Link to this start")
    expect(field).to_be_focused()
    selected = field.evaluate("(e) => e.value.slice(e.selectionStart, e.selectionEnd)")
    assert selected.startswith(f"{live_server.url}/#v=1&")


def test_forced_colours(browser: Browser, live_server: LiveServer) -> None:
    """Colours that are values stay: the legend's ramp and the biases; the chosen tab does not look like the others."""
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    open_page(page, live_server.url)
    style = "(e) => { const s = getComputedStyle(e); return [s.backgroundImage, s.backgroundColor]; }"
    assert "gradient" in page.locator(".legend .ramp").evaluate(style)[0]
    biases = {str(each.evaluate(style)[1]) for each in page.locator(".unit .bias").all()}
    assert not biases & {"rgb(0, 0, 0)", "rgb(255, 255, 255)"}
    chosen, other = (page.get_by_role("tab", name=name).evaluate(style)[1] for name in ("Map", "Numbers"))
    assert chosen != other
    context.close()


def test_targets_for_fingers(browser: Browser, live_server: LiveServer) -> None:
    """On a phone buttons, fields and boxes are at least 44 pixels; in a window at least 24."""
    small = """(least) => [...document.querySelectorAll("button:not(.unit), select, summary, input, a.button")]
        .filter((e) => e.checkVisibility() && !e.closest(".about"))
        .map((e) => (e.type === "checkbox" ? e.closest("label") ?? e : e))
        .filter((e) => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height) < least - 0.5)
        .map((e) => e.outerHTML.slice(0, 100))"""
    for width, height, least in ((390, 844, 44), (1280, 800, 24)):
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=width < 700)
        page = context.new_page()
        open_page(page, live_server.url)
        dock = page.get_by_role("navigation", name="Panes")
        for pane in ("Map", "Loss", "Network", "Data") if width < 700 else ():
            dock.get_by_role("button", name=pane).click()
            assert page.evaluate(small, least) == [], pane
        assert page.evaluate(small, least) == [], width
        context.close()
