"""Stepping by batches and by examples."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, MAP, open_page
from tests.conftest import LiveServer

MARKS = ".map-square canvas:nth-of-type(2)"


def test_an_epoch_by_batches_and_by_examples(page: Page, live_server: LiveServer) -> None:
    """The readout counts, the batch lights up, weights change at its end, and a short last batch is said."""
    open_page(page, live_server.url, LINK.replace("batchSize=10", "batchSize=24"))
    before = page.locator(MARKS).evaluate("canvas => canvas.toDataURL()")
    page.get_by_role("button", name="Epoch", exact=True).click()
    page.get_by_role("menuitemradio", name="One batch").press("Enter")
    expect(page.locator("#epoch")).to_have_text("0 / 11")
    line = page.locator(".clock-line")
    expect(line).to_contain_text("One batch at a time: next is 1 of 11 in epoch 1, 24 examples.")
    page.wait_for_function(f"before => document.querySelector('{MARKS}').toDataURL() !== before", arg=before)
    untrained = page.locator(MAP).evaluate("canvas => canvas.toDataURL()")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("10 / 11")
    expect(line).to_contain_text("next is 11 of 11 in epoch 1, short: 10 examples, waits for the next epoch.")
    assert page.locator(MAP).evaluate("canvas => canvas.toDataURL()") != untrained
    page.get_by_role("button", name="Batch", exact=True).click()
    page.get_by_role("menuitemradio", name="One example").click()
    expect(page.locator("#epoch")).to_have_text("240 / 250")
    picture = page.locator(MAP).evaluate("canvas => canvas.toDataURL()")
    for _ in range(9):
        page.get_by_role("button", name="Step: one example").click()
    expect(page.locator("#epoch")).to_have_text("249 / 250")
    assert page.locator(MAP).evaluate("canvas => canvas.toDataURL()") == picture  # within a batch nothing is learnt
    page.get_by_role("button", name="Step: one example").click()
    expect(page.locator("#epoch")).to_have_text("0 / 250")
    page.get_by_role("button", name="Back to epochs").click()
    expect(page.locator("#epoch")).to_have_text(re.compile("^000,001$"))
    expect(line).to_be_hidden()
