"""Stepping by batches and by examples."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, MAP, choose_view, open_page
from tests.browser.test_axe import violations
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


def test_one_example_with_its_numbers(page: Page, live_server: LiveServer) -> None:
    """Its stages, with the numbers on the network; the quiz; to choose a point changes nothing, the next one trains."""
    open_page(page, live_server.url, LINK.replace("batchSize=10", "batchSize=1"))
    choose_view(page, "One example")
    panel = page.get_by_role("tabpanel", name="One example")
    pills = page.locator(".pills")
    expect(panel.locator(".sum")).to_contain_text("Layer 1, neuron 1: the sum")
    forward = panel.get_by_role("button", name="Next", exact=True)
    forward.press("Enter")
    expect(pills.locator(".value")).to_have_count(3)  # two inputs and the first output
    panel.get_by_role("button", name="Read me").click()
    toast = page.locator(".toast")
    expect(toast).to_contain_text(re.compile(r"^Point 0, next in line: .* Now step 2 of 24: .* its output is "))
    toast.get_by_role("button").click()
    panel.get_by_role("button", name="Loss").click()
    expect(panel.locator(".sum")).to_contain_text("½(a−t)²")
    panel.get_by_role("button", name="Update").click()
    expect(panel.get_by_role("status")).to_contain_text(re.compile(r"By nudging the weight: .* ✓"))
    expect(pills.locator(".delta")).to_have_count(7)
    panel.get_by_role("button", name="Backward").click()
    expect(pills.locator(".delta")).to_have_count(1)
    panel.get_by_label("Quiz me").check()
    forward.click()
    expect(pills.locator(".ask")).to_have_text("δ ?")
    answer = panel.get_by_role("textbox")
    for _ in range(2):
        answer.fill("77")
        answer.press("Enter")
    panel.get_by_role("button", name="Show").click()
    expect(pills.locator(".ask")).to_have_count(0)
    number = panel.get_by_role("status").inner_text().split(": ")[-1].rstrip(".")
    panel.get_by_role("button", name="Back", exact=True).click()
    panel.get_by_role("button", name="Show").wait_for(state="hidden")
    answer.fill("0")
    panel.get_by_label("Quiz me").uncheck()
    panel.get_by_role("button", name="Backward").click()
    forward.click()
    expect(panel.get_by_role("status")).to_contain_text(number)
    title = panel.get_by_role("heading").first
    first = title.inner_text()
    assert first.endswith("next in line")
    panel.get_by_role("img", name="Map").press("ArrowRight")
    expect(title).not_to_contain_text("next in line")
    panel.get_by_role("button", name="Back to the next in line").click()
    expect(title).to_have_text(first)
    panel.get_by_role("button", name="Next example").click()
    expect(page.locator("#epoch")).to_have_text("1 / 250")
    expect(title).not_to_have_text(first)
    assert violations(page) == []
