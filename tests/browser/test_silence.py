"""A network that goes silent under an open page, and comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.bench.served import serving
from tests.browser.helpers import epoch, open_page, wait_for_epoch
from tests.soak.weather import Proxy


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    """What a page sees of a server."""
    found = Proxy()
    with found.running(), serving(TINKERNET_DATA_DIR="", TINKERNET_PUBLIC=found.url) as served:
        found.to = int(served.url.rsplit(":", 1)[1])
        yield found


def test_a_silent_network_is_said(page: Page, proxy: Proxy) -> None:
    """Nothing moves, so nothing is missed: the page says all the same that it is alone, and goes on afterwards."""
    open_page(page, proxy.url)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    proxy.silent = True
    try:
        expect(page.locator("#status")).to_contain_text("Connection lost")
        page.get_by_role("combobox", name="Learning rate").select_option("0.1")
    finally:
        proxy.silent = False
    expect(page.locator("#status")).to_have_text("", timeout=20_000)
    expect(page.get_by_role("combobox", name="Learning rate")).to_have_value("0.1")
    expect(page.locator("#epoch")).to_have_text("000,001")
    page.keyboard.press(" ")
    wait_for_epoch(page, 20)


def test_a_page_that_was_asleep_is_not_lost(page: Page, proxy: Proxy) -> None:
    """Frozen as browsers freeze hidden tabs, for longer than a silence may last: it goes on without having said so."""
    open_page(page, proxy.url)
    page.keyboard.press(" ")
    wait_for_epoch(page, 20)
    page.evaluate(
        """() => {
            const status = document.querySelector("#status");
            window.said = [];
            new MutationObserver(() => said.push(status.textContent)).observe(status, {childList: true, subtree: true});
        }"""
    )
    before, browser = epoch(page), page.context.new_cdp_session(page)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.wait_for_timeout(12_000)
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    wait_for_epoch(page, before + 20)
    page.wait_for_timeout(3_000)
    assert page.evaluate("said") == []
