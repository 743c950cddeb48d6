"""What fits on which screen, what has a name, and what the page loads."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, MAP, open_page, pixels, wait_for_epoch, wait_for_other_pixels
from tests.conftest import LiveServer


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_the_tool_fits_one_screen(page: Page, live_server: LiveServer, width: int, height: int) -> None:
    """The whole tool, the largest network of the page in it, without scrolling in any part."""
    page.set_viewport_size({"width": width, "height": height})
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", "networkShape=8,8,8,8,8,8"))
    expect(page.locator("#curve .main-svg").first).to_be_visible()
    box = page.locator("#tool").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= height
    scrolling = page.evaluate(
        """() => [...document.querySelectorAll(".data, .net-scroll, .output, .curve")]
            .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
            .map((e) => e.className)"""
    )
    assert scrolling == []


def test_a_phone_has_no_sideways_scrolling(page: Page, live_server: LiveServer) -> None:
    """At 390 pixels the page is one column as wide as the screen."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_the_map_is_never_far(page: Page, live_server: LiveServer) -> None:
    """Down at the data a small map learns on in the bar, and a tap on it leads to the large one."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url)
    page.locator(".data").scroll_into_view_if_needed()
    page.get_by_role("button", name="Regenerate").scroll_into_view_if_needed()
    expect(page.locator(MAP)).not_to_be_in_viewport()
    expect(page.locator("#peek")).to_be_in_viewport()
    before = pixels(page, "#peek canvas")
    page.get_by_role("button", name="Play").click()
    wait_for_other_pixels(page, "#peek canvas", before)
    page.locator("#peek").click()
    expect(page.locator(MAP)).to_be_in_viewport()


@pytest.mark.parametrize("width", [1280, 390])
def test_small_losses_stay_in_their_row(page: Page, live_server: LiveServer, width: int) -> None:
    """A loss that needs more signs does not push the other one down, and the curve with it."""
    page.set_viewport_size({"width": width, "height": 844})
    open_page(page, live_server.url)
    tops = page.evaluate(
        """() => ["train-loss", "test-loss"].map((id) => {
            document.getElementById(id).textContent = "1.2e-10";
            return document.getElementById(id);
        }).map((e) => Math.round(e.getBoundingClientRect().top))"""
    )
    assert tops[0] == tops[1]


def test_every_control_has_a_name(page: Page, live_server: LiveServer) -> None:
    """Nothing that can be focused is nameless to a screen reader."""
    open_page(page, live_server.url)
    page.locator("[data-unit='0.0']").click()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input, select, summary, [tabindex='0']")]
            .filter((e) => e.checkVisibility())
            .filter((e) => ![e.ariaLabel, e.textContent, e.labels?.[0]?.textContent, e.title].some((n) => n?.trim()))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []


def test_the_widest_network_answers(page: Page, live_server: LiveServer) -> None:
    """Eight layers of 64 train, pause and open a neuron: 28,864 lines do not hold up the page."""
    page.set_default_timeout(40_000)
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", f"networkShape={','.join(['64'] * 8)}"))
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 3)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.locator("[data-unit='3.5']").click()
    expect(page.locator("#card h3")).to_have_text("Layer 4, neuron 6")


def test_nothing_is_asked_from_another_host(page: Page, live_server: LiveServer) -> None:
    """Every request of a whole visit, fonts and icons included, goes to this server."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, live_server.url)
    expect(page.locator("#curve .main-svg").first).to_be_visible()
    page.get_by_role("combobox", name="Problem").select_option("regression")
    page.keyboard.press(" ")
    wait_for_epoch(page, 10)
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((live_server.url, "data:", "blob:"))] == []
