"""The quiet line that invites on when something is solved or stuck."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, open_page
from tests.conftest import LiveServer

FAST = "#v=1&speed=1000&seed=0.5&batchSize=10"


def play(page: Page) -> None:
    """Start the training."""
    page.get_by_role("button", name="Play").click()


def test_a_solved_circle_leads_on(page: Page, live_server: LiveServer) -> None:
    """The link opens the next data set, at its start; back returns. Nothing of it is loaded before the first play."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, live_server.url, f"{FAST}&dataset=circle&networkShape=4,2")
    assert not [url for url in asked if "next" in url]
    before = page.locator("#tool").bounding_box()
    play(page)
    line = page.locator(".try-next")
    expect(line).to_contain_text("Solved. Try next: the exclusive or.")
    expect(page.locator("#tagline")).to_be_hidden()
    assert page.locator("#tool").bounding_box() == before
    line.get_by_role("link").click()
    page.wait_for_url(re.compile("dataset=xor"))
    expect(line).to_be_hidden()
    page.go_back()
    page.wait_for_url(re.compile("dataset=circle"))


def test_a_rate_of_ten_starts_again_with_a_lower_one(page: Page, live_server: LiveServer) -> None:
    """The rate alone could change during training: the link goes to the start all the same."""
    open_page(page, live_server.url, f"{FAST}&dataset=circle&learningRate=10&networkShape=4,2")
    play(page)
    line = page.locator(".try-next")
    expect(line).to_contain_text("jump over the valley")
    page.get_by_role("button", name="Pause").click()
    page.set_viewport_size({"width": 1190, "height": 800})
    beyond = "(e) => e.getBoundingClientRect().right - e.parentElement.getBoundingClientRect().right"
    assert line.get_by_role("link").evaluate(beyond) <= 0, "the link is cut"
    line.get_by_role("link", name="a learning rate of 0.03").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("learningRate=0.03"))
    expect(page.locator("#epoch")).to_have_text("000,000")
    expect(line).to_be_hidden()


def test_it_can_be_closed_and_stays_closed(page: Page, live_server: LiveServer) -> None:
    """One neuron cannot solve the exclusive or; after the line is closed, more epochs do not bring it back."""
    open_page(page, live_server.url, f"{FAST}&dataset=xor&networkShape=1")
    play(page)
    line = page.locator(".try-next")
    expect(line).to_contain_text("One neuron draws one straight border")
    line.get_by_role("button", name="Close the suggestion").click()
    expect(line).to_be_hidden()
    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    epoch = page.locator("#epoch").inner_text()
    page.wait_for_function(
        "(before) => Number(document.getElementById('epoch').value.replace(',', ''))"
        " > Number(before.replace(',', '')) + 3000",
        arg=epoch,
    )
    expect(line).to_be_hidden()


@pytest.mark.parametrize("hide", ["hideText=true", "dataset_hide=true"])
def test_a_prepared_page_suggests_nothing_that_it_hides(page: Page, live_server: LiveServer, hide: str) -> None:
    """Neither in words that are switched off, nor a control that was taken away."""
    open_page(page, live_server.url, f"{LINK}&{hide}")
    page.get_by_role("combobox", name="Epochs per second").select_option("1000")
    play(page)
    page.wait_for_function("() => Number(document.getElementById('epoch').value.replace(',', '')) > 3000")
    assert float(page.locator("#train-loss").inner_text()) < 0.02
    expect(page.locator(".try-next")).to_be_hidden()


def test_on_a_phone_nothing_moves(page: Page, live_server: LiveServer) -> None:
    """It lies above the dock, whole."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url, f"{FAST}&dataset=circle&networkShape=4,2")
    before = page.locator("#tool").bounding_box()
    play(page)
    line = page.locator(".try-next")
    expect(line).to_be_visible()
    assert page.locator("#tool").bounding_box() == before
    box, dock = line.bounding_box(), page.locator("#dock").bounding_box()
    assert box is not None
    assert dock is not None
    assert box["y"] + box["height"] <= dock["y"]
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
