"""Two runs side by side in a browser: one setting differs, everything else is done to both."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import join_link, open_page, wait_for_epoch
from tests.conftest import LiveServer

DEEP = "#activation=sigmoid&batchSize=10&dataset=circle&learningRate=0.03&networkShape=6,6,6&seed=0.5&x=true&y=true"
NOISY = "#activation=tanh&batchSize=10&dataset=circle&noise=50&networkShape=8,8&seed=0.5&x=true&y=true"


def train(page: Page, epochs: int) -> None:
    """Train at least so long, then pause."""
    page.locator("#play").click()
    wait_for_epoch(page, epochs)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_relu_against_sigmoid_in_a_deep_network(page: Page, live_server: LiveServer) -> None:
    """The twin catches up, differs in one setting, trains with the run and is shown in its place; then it is kept."""
    open_page(page, live_server.url, f"{DEEP}&speed=250")
    train(page, 100)
    page.keyboard.press("c")
    said = page.locator(".stateline.comparing")
    expect(said).to_contain_text("B is a copy of A.Change one setting, for B only.")
    expect(page.get_by_role("tab", name="Compare")).to_have_attribute("aria-selected", "true")
    page.get_by_role("combobox", name="Activation").select_option("relu")
    expect(said).to_contain_text("Only the activation differs.")
    rows = page.locator(".compare-grid tbody").first.locator("tr")
    expect(rows).to_have_text(["DiffersAB", "ActivationSigmoidReLU"])
    expect(page.locator("[data-differs=B]").first).to_be_visible()
    page.get_by_role("combobox", name="Learning rate").select_option("0.1")
    expect(said).to_contain_text("Only the activation differs.")
    train(page, 400)
    losses = page.locator(".compare-grid tbody").last.get_by_role("row", name=re.compile("Test loss")).locator("td")
    a, b = (float(text) for text in losses.all_inner_texts())
    assert b < a / 2, "ReLU learns what sigmoid does not"
    expect(page.locator("#test-loss")).to_have_text(losses.last.inner_text())
    page.keyboard.press("x")
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("sigmoid")
    expect(page.get_by_role("combobox", name="Learning rate")).to_have_value("0.1")
    expect(page.locator("#test-loss")).to_have_text(losses.first.inner_text())
    page.reload()
    expect(said).to_contain_text("Only the activation differs.")
    page.get_by_role("button", name="Stop comparing").click()
    expect(said).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("^Run B ReLU test loss"))).to_be_visible()
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("sigmoid")


def test_a_penalty_on_noisy_points_and_the_roles_swapped(page: Page, live_server: LiveServer, browser: Browser) -> None:
    """Another shape is said; two settings differ by choice; a swap changes which one is the run; who watches sees."""
    open_page(page, live_server.url, f"{NOISY}&speed=250")
    train(page, 30)
    page.locator("#compare").click()
    said, words = page.locator(".stateline.comparing"), page.locator(".compare-words")
    expect(said).to_contain_text("B is a copy of A.")
    page.get_by_role("combobox", name="Regularization", exact=True).select_option("L2")
    expect(said).to_contain_text("Only the regularization differs.")
    only = page.get_by_label("B only")
    expect(only).not_to_be_checked()
    only.check()
    page.get_by_role("combobox", name="Regularization rate").select_option("0.01")
    expect(said).to_contain_text("Only regularization and regularization rate differ.")
    watcher = browser.new_context().new_page()
    watcher.goto(join_link(page))
    expect(watcher.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    watcher.get_by_role("button", name="Views").click()
    watcher.get_by_role("menuitemradio", name="Compare").click()
    expect(watcher.locator(".compare-grid")).to_contain_text("Regularization rate")
    watcher.context.close()
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_role("button", name="Show run B")).to_be_visible()
    expect(page.locator(".compare-grid figcaption").first).to_contain_text("L2")
    page.get_by_label("A only").check()
    page.get_by_role("button", name="Remove a neuron from layer 1").click()
    expect(words).to_contain_text("its shape is another one")
    page.get_by_role("button", name="Drop A").click()
    expect(said).to_be_hidden()
    expect(page.locator(".compare-grid")).to_be_hidden()
