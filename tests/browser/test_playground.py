"""The page as a person uses it, in a real Chromium against a real server."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import (
    LINK,
    MAP,
    NEURON,
    loss,
    open_page,
    pixels,
    wait_for_epoch,
    wait_for_other_pixels,
)
from tests.conftest import LiveServer


def test_playing_lowers_the_loss(page: Page, live_server: LiveServer) -> None:
    """Play, and the loss falls, the counter counts and the curve grows; pause, and they stand."""
    open_page(page, live_server.url)
    start = loss(page)
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 100)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert loss(page) < start / 2
    expect(page.locator("#chart-words")).to_contain_text(re.compile(r"Training: from 0\.\d+ to 0\.\d+"))


def test_picking_an_activation_changes_the_maps(page: Page, live_server: LiveServer) -> None:
    """ReLU instead of tanh: the neurons' pictures and the big map are others."""
    open_page(page, live_server.url)
    before = pixels(page, NEURON), pixels(page, MAP)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    wait_for_other_pixels(page, NEURON, before[0])
    wait_for_other_pixels(page, MAP, before[1])


def test_editing_a_weight_changes_the_loss(page: Page, live_server: LiveServer) -> None:
    """A typed weight: the loss, the map and the formula follow, and the epoch stays."""
    open_page(page, live_server.url)
    start, before = page.locator("#train-loss").inner_text(), pixels(page, MAP)
    page.locator("[data-unit='2.0']").click()
    card = page.get_by_role("dialog", name="Output")
    box = card.get_by_label("weight of a₁⁽²⁾")
    box.fill("2.5")
    box.press("Enter")
    expect(page.locator("#train-loss")).not_to_have_text(start)
    expect(card.locator(".formula")).to_contain_text("2.500·a₁⁽²⁾")
    wait_for_other_pixels(page, MAP, before)
    expect(page.locator("#epoch")).to_have_text("000,000")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.get_by_role("button", name=re.compile("Reset")).click()
    expect(page.locator("#train-loss")).to_have_text(start)


def test_a_line_can_be_read_and_changed(page: Page, live_server: LiveServer) -> None:
    """Point at a line for its weight; click to type another."""
    open_page(page, live_server.url, LINK.replace("networkShape=4,2", "networkShape=1"))
    start = page.locator("#train-loss").inner_text()
    boxes = [page.locator(f"[data-unit='{unit}']").bounding_box() for unit in ("0.0", "1.0")]
    left, right = (box for box in boxes if box is not None)
    x = (left["x"] + left["width"] + right["x"]) / 2
    y = left["y"] + left["height"] / 2
    page.mouse.move(x, y)
    card = page.get_by_role("dialog", name=re.compile("Weight from Layer 1, neuron 1 to Output"))
    expect(card).to_be_visible()
    page.mouse.click(x, y)
    card.get_by_label("weight of a₁⁽¹⁾").fill("3")
    card.get_by_label("weight of a₁⁽¹⁾").press("Enter")
    expect(page.locator("#train-loss")).not_to_have_text(start)


def test_hovering_a_neuron_fills_the_big_map(page: Page, live_server: LiveServer) -> None:
    """Its picture is shown large, its formula beside it, and the value under the pointer is its own."""
    open_page(page, live_server.url)
    before = pixels(page, MAP)
    page.locator("[data-unit='0.1']").hover()
    expect(page.locator(".stage-unit")).to_have_text("Layer 1, neuron 2")
    wait_for_other_pixels(page, MAP, before)
    expect(page.locator("#card .formula")).to_contain_text("a₂⁽¹⁾ = tanh(")
    page.locator(".map-square").hover()
    expect(page.locator(".reading")).to_have_text(re.compile(r"→ −?\d"))


def test_a_number_half_typed_survives_the_mouse(page: Page, live_server: LiveServer) -> None:
    """With a card open, crossing other neurons neither takes the focus nor what was typed."""
    open_page(page, live_server.url)
    page.locator("[data-unit='0.0']").click()
    box = page.locator("#card").get_by_label("bias")
    box.fill("1.75")
    for unit in ("0.2", "1.0", "0.3"):
        page.locator(f"[data-unit='{unit}']").hover()
    expect(box).to_be_focused()
    expect(box).to_have_value("1.75")


def test_the_keyboard_keeps_its_place(page: Page, live_server: LiveServer) -> None:
    """Plus, plus, plus by keyboard: the button is still under the fingers, and each press counts."""
    open_page(page, live_server.url)
    plus = page.get_by_role("button", name="Add a neuron to layer 1")
    plus.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
    expect(plus).to_be_focused()
    expect(page.locator("[data-unit^='0.']")).to_have_count(7)


def test_a_larger_network_under_an_open_card(page: Page, live_server: LiveServer) -> None:
    """The card of the output follows a layer that grows (the console must stay clean)."""
    open_page(page, live_server.url)
    page.locator("[data-unit='2.0']").click()
    page.get_by_role("button", name="Add a neuron to layer 2").click()
    expect(page.locator("#card .formula")).to_contain_text("a₃⁽²⁾")


def test_keys(page: Page, live_server: LiveServer) -> None:
    """Space plays and pauses, right arrow steps, R resets, ? lists the keys."""
    open_page(page, live_server.url)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    page.keyboard.press("r")
    expect(page.locator("#epoch")).to_have_text("000,000")
    page.get_by_role("radio", name=re.compile("exclusive|xor", re.I)).click()
    page.keyboard.press(" ")  # the clicked thumbnail does not swallow it
    wait_for_epoch(page, 5)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_divergence_is_said_in_one_sentence(page: Page, live_server: LiveServer) -> None:
    """Training stops at the first loss that is no number; the page says where, and Reset goes on."""
    too_fast = LINK.replace("learningRate=0.03", "learningRate=10")
    open_page(page, live_server.url, f"{too_fast}&problem=regression&activation=linear")
    page.keyboard.press(" ")
    expect(page.locator(".toast")).to_contain_text(re.compile(r"diverged at epoch \d+"))
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Reset").click()
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d\.\d{3}"))


def test_speed_is_not_tied_to_painting(page: Page, live_server: LiveServer) -> None:
    """As fast as it goes is hundreds of epochs per painted frame."""
    open_page(page, live_server.url)
    page.get_by_role("combobox", name="Epochs per second").select_option("full")
    page.keyboard.press(" ")
    wait_for_epoch(page, 5000)
    page.keyboard.press(" ")
