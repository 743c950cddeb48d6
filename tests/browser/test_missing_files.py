"""A page whose script or style sheet did not come says so, without either."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LiveServer


@pytest.mark.parametrize("missing", ["main.js", "model/state.js"])
def test_without_its_script(page: Page, live_server: LiveServer, expected_errors: list[str], missing: str) -> None:
    """Whichever of its modules is missing: none of them runs then."""
    expected_errors.append("Failed to load")
    page.route(f"**/static/js/{missing}*", lambda route: route.abort())
    page.goto(live_server.url)
    expect(page.locator("#unscripted")).to_be_visible()
    expect(page.locator("#unscripted")).to_contain_text("The script of this page did not load")
    expect(page.locator(".unstyled")).to_be_hidden()


def test_without_its_style_sheets(page: Page, live_server: LiveServer, expected_errors: list[str]) -> None:
    """The sentence is what the style sheet would have hidden."""
    expected_errors.append("Failed to load")
    page.route("**/*.css*", lambda route: route.abort())
    page.goto(live_server.url)
    expect(page.locator(".unstyled")).to_be_visible()


def test_with_both_it_says_nothing(page: Page, live_server: LiveServer) -> None:
    """Not even while it loads."""
    page.goto(live_server.url, wait_until="domcontentloaded")
    expect(page.locator(".unstyled")).to_be_hidden()
    expect(page.locator("#unscripted")).to_have_count(0)
