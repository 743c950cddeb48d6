"""Links that ask for more than the page's controls offer: shown as they are, or the nearest that the server allows."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import open_page
from tests.conftest import LiveServer


@pytest.mark.parametrize(("share", "train", "test"), [("0", "–", r"\d\.\d{3}"), ("100", r"\d\.\d{3}", "–")])
def test_a_set_without_points_has_a_dash(
    page: Page, live_server: LiveServer, share: str, train: str, test: str
) -> None:
    """Epochs pass and nobody speaks of a divergence."""
    page.goto(f"{live_server.url}/#v=1&seed=0.5&percTrainData={share}")
    expect(page.locator("#test-loss" if share == "0" else "#train-loss")).to_have_text(re.compile(r"\d"))
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.locator("#train-loss")).to_have_text(re.compile(f"^{train}$"))
    expect(page.locator("#test-loss")).to_have_text(re.compile(f"^{test}$"))
    expect(page.locator(".toast")).to_have_count(0)


def test_a_rule_that_cannot_hold_says_so(page: Page, live_server: LiveServer) -> None:
    """Beside its field, as long as there are no test points."""
    open_page(page, live_server.url, "#v=1&seed=0.5&percTrainData=100&patience=3")
    page.get_by_role("button", name="More settings").click()
    rule = page.locator("[data-control=patience] .note")
    expect(rule).to_contain_text("There are no test points: training does not stop by this.")
    expect(page.locator("[data-control=stopLoss] .note")).not_to_contain_text("There are no test points")
    share = page.get_by_role("slider", name="Training share")
    expect(share).to_have_attribute("aria-valuetext", "100%")
    share.press("ArrowLeft")
    expect(share).to_have_attribute("aria-valuetext", "80%")
    expect(rule).not_to_contain_text("There are no test points")


def test_sliders_keep_their_range_and_show_what_is_beyond(page: Page, live_server: LiveServer) -> None:
    """The thumb is at the end, the label has the true value; rates join the list."""
    open_page(page, live_server.url, "#v=1&seed=0.5&batchSize=20000&learningRate=-0.01&regularizationRate=2000")
    slider = page.get_by_role("slider", name="Batch size")
    expect(slider).to_have_attribute("max", "30")
    expect(slider).to_have_attribute("aria-valuetext", "20000")
    expect(page.locator("[data-control=batchSize] .value").first).to_have_text("20000")
    expect(page.get_by_role("combobox", name="Learning rate")).to_have_value("-0.01")
    expect(page.get_by_role("combobox", name="Regularization rate")).to_have_value("2000")
    expect(page).to_have_url(re.compile("batchSize=20000&"))


def test_sixty_four_layers_are_drawn(page: Page, live_server: LiveServer) -> None:
    """The picture scrolls; the last layer is edited like any other, and layers are taken away one by one."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    shape = ",".join(["3"] * 64)
    open_page(page, live_server.url, f"#v=1&seed=0.5&networkShape={shape}")
    expect(page.locator(".layers-head")).to_contain_text("64")
    expect(page.locator("[data-unit='63.2']")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    page.locator("[data-unit='63.2']").click()
    dialog = page.get_by_role("dialog", name="Layer 64, neuron 3", exact=True)
    expect(dialog.get_by_role("button", name="Close")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add a hidden layer")).to_be_disabled()
    page.get_by_role("button", name="Remove a hidden layer").click()
    expect(page).to_have_url(re.compile(f"networkShape={shape[2:]}&"))
    assert errors == []


def test_a_costly_link_opens_with_the_nearest(page: Page, live_server: LiveServer) -> None:
    """Not with the default network: the sentence and the address have what is in use."""
    shape = ",".join(["64"] * 64)
    open_page(page, live_server.url, f"#v=1&seed=0.5&dataset=xor&networkShape={shape}&batchSize=1")
    toast = page.locator(".toast").filter(has_text="the nearest that is allowed")
    expect(toast).to_contain_text("hidden layers 27,27,")
    expect(page).to_have_url(re.compile("dataset=xor&.*networkShape=27,27,"))
    expect(page.locator(".layers-head")).to_contain_text("64")
