"""What is typed into fields: numbers as people write them, and what is said where one cannot be used."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import open_page
from tests.conftest import LiveServer


def test_numbers_as_people_write_them(page: Page, live_server: LiveServer) -> None:
    """A decimal comma is one, a word keeps the old weight with a sentence at the field, letters cut nothing."""
    open_page(page, live_server.url)
    page.locator("[data-unit='0.0']").click()
    box = page.locator("#card").get_by_label("weight of X₁")
    for text, value in (("0,5", "0.5"), ("-0,25", "-0.25"), ("1e-3", "0.001"), ("2.5", "2.5")):
        box.fill(text)
        box.press("Enter")
        expect(box).to_have_value(value)
    box.press("ArrowUp")
    expect(box).to_have_value("2.6")
    box.press_sequentially("fcrn")
    box.press("Enter")
    problem = page.locator("#card [role=alert]:visible")
    expect(problem).to_have_text("The weight of X₁ is “fcrn”, but must be a number from −1,000,000 to 1,000,000.")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#card .formula")).to_contain_text("2.600·X₁")
    expect(page).not_to_have_url(re.compile("cut|frozen"))
    box.press("Escape")
    expect(problem).to_have_count(0)
    expect(box).to_have_value("2.6")
    box.fill("1e9")
    box.press("Enter")
    expect(problem).to_have_count(1)
    box.fill("3")  # corrected: the sentence goes at once
    expect(problem).to_have_count(0)
    box.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    page.get_by_role("button", name="More settings").click()
    rate = page.get_by_role("textbox", name="Dropout", exact=True)
    rate.fill("0,25")
    rate.press("Enter")
    expect(page).to_have_url(re.compile("dropout=0[.]25"))
    expect(rate).to_have_value("0.25")


def test_a_long_list_of_bad_values_is_one_line(page: Page, live_server: LiveServer) -> None:
    """It covers neither the controls nor the map, opens on demand, and leaves by Escape."""
    bad = "&".join(
        f"{key}=?" for key in ("activation", "batchSize", "noise", "percTrainData", "learningRate", "problem")
    )
    open_page(page, live_server.url, f"#{bad}&dataset=xor&seed=0.5")
    notice = page.locator(".toast")
    expect(notice).to_have_count(1)
    boxes = [page.locator(which).bounding_box() for which in (".toast", ".bar", ".output")]
    toast, bar, output = (box for box in boxes if box is not None)
    assert toast["height"] < 80
    assert toast["y"] >= bar["y"] + bar["height"]
    assert toast["x"] + toast["width"] <= output["x"]
    expect(notice.get_by_text("batchSize must be")).to_be_hidden()
    notice.locator("summary").click()
    expect(notice.get_by_text("batchSize must be")).to_be_visible()
    page.keyboard.press("Escape")
    expect(notice).to_have_count(0)
