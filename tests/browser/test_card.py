"""Where the card stands: it never covers what it explains, nor the map that one watches while changing a number."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, open_page
from tests.conftest import LiveServer


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (800, 900), (390, 844)])
def test_the_card_covers_nothing_it_explains(page: Page, live_server: LiveServer, width: int, height: int) -> None:
    """Pinned, it leaves neuron and map free; while one only points it is one line that covers no neuron."""
    page.set_viewport_size({"width": width, "height": height})
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", "networkShape=4,3,2"))
    if width < 700:
        page.get_by_role("navigation", name="Panes").get_by_role("button", name="Network").click()
    card = page.locator("#card")
    for unit in ("0.0", "0.3", "1.1", "2.1", "3.0"):
        page.locator(f"[data-unit='{unit}']").click()
        expect(card.locator("h2")).to_be_visible()
        for part in (f"[data-unit='{unit}']", ".map-square"):
            if page.locator(part).is_visible():
                assert not _overlap(page, part), (unit, part)
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()
    if width < 1280:
        return
    page.mouse.move(0, 0)
    page.locator("[data-unit='1.1']").hover()
    expect(card.locator(".formula")).to_be_visible()
    box = card.bounding_box()
    assert box is not None
    assert box["height"] < 40
    for unit in ("1.0", "1.1", "1.2", "2.0", "2.1"):
        assert not _overlap(page, f"[data-unit='{unit}']"), unit


def _overlap(page: Page, part: str) -> bool:
    """Does the card lie over this part?"""
    return bool(
        page.evaluate(
            """(part) => {
              const [a, b] = ["#card", part].map((each) => document.querySelector(each).getBoundingClientRect());
              return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
            }""",
            part,
        )
    )
