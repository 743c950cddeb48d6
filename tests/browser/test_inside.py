"""Views of the inside of a network: live, in the link, enlarged, in words."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import LINK, choose_view, open_page, pixels, wait_for_epoch, wait_for_other_pixels
from tests.browser.test_axe import violations
from tests.conftest import LiveServer

ENOUGH = re.compile(r"^✓ A straight line is enough here: 2\d\d of 250 points$")
PICTURE = ".inside-picture canvas"
SPIRAL = "#v=1&dataset=spiral&seed=0.5&networkShape=6,5&x=true&y=true&sinX=true&sinY=true&learningRate=0.03"


def test_the_plane_is_bent(page: Page, live_server: LiveServer) -> None:
    """A trained circle: the last layer needs a straight line only; the view is in the link and follows training."""
    open_page(page, live_server.url, f"{LINK}&v=1&speed=250")
    choose_view(page, "Space bending")
    expect(page).to_have_url(re.compile("view=bending"))
    expect(page.locator(".bend-stops button")).to_have_text(["Inputs", "Layer 1", "Layer 2", "Output"])
    expect(page.locator(".reading:visible")).to_contain_text("Across: Layer 2, neuron 1. Up: Layer 2, neuron 2.")
    bent = page.locator(".bend-view .inside-picture canvas")
    lines = bent.evaluate("canvas => canvas.toDataURL()")
    page.get_by_role("combobox", name="Grid").select_option("8 lines")
    assert bent.evaluate("canvas => canvas.toDataURL()") != lines
    before = pixels(page, PICTURE)
    page.keyboard.press(" ")
    wait_for_epoch(page, 200)
    wait_for_other_pixels(page, PICTURE, before)
    page.keyboard.press(" ")
    expect(page.locator(".inside-badge")).to_have_text(ENOUGH)
    expect(page.locator(".inside-words .reading")).to_contain_text("Paused at epoch")
    slider = page.get_by_role("slider", name="Layer")
    slider.focus()
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "Layer 1")
    expect(page.locator(".inside-words .reading")).to_contain_text(re.compile(r"2 main directions hold \d+(\.\d)? %"))
    expect(page.locator("#epoch")).not_to_have_text("000,000")
    slider.press("ArrowLeft")
    expect(page.locator(".inside-badge")).to_be_hidden()
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Move through the layers").click()
    expect(slider).to_have_attribute("aria-valuetext", "Layer 1")
    expect(slider).to_have_attribute("aria-valuetext", "Output")
    page.get_by_role("button", name="Read me").last.click()
    expect(page.locator(".toast")).to_contain_text("Space bending. Paused at epoch")
    assert violations(page) == []
    page.keyboard.press("e")
    expect(page.locator("#large .bend-view")).to_be_visible()
    page.reload()
    expect(page.locator("#large .bend-view")).to_be_visible()


def test_a_link_names_its_view(page: Page, live_server: LiveServer) -> None:
    """Another page opens with it; a name that no view has is said."""
    open_page(page, live_server.url, f"{SPIRAL}&view=bending")
    expect(page.get_by_role("tab", name="Space bending")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".bend-stops button")).to_have_text(["Inputs", "Features", "Layer 1", "Layer 2", "Output"])
    page.goto(f"{live_server.url}/{SPIRAL}&view=bendig")
    expect(page.locator(".toast")).to_contain_text("There is no view “bendig”")
    expect(page.get_by_role("tab", name="Map")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Space bending").click()
    expect(page).to_have_url(re.compile("view=bending"))


def test_the_way_down_is_seen(page: Page, live_server: LiveServer) -> None:
    """Without a path the view says so; then it has one, and other planes on request, each with what it hides."""
    open_page(page, live_server.url, f"{SPIRAL}&view=landscape&speed=250")
    expect(page.locator(".inside-empty")).to_have_text("Not enough epochs yet: press play.")
    page.keyboard.press(" ")
    wait_for_epoch(page, 60)
    said = page.locator(".inside-words .reading")
    expect(said).to_contain_text(re.compile(r"its two main directions hold \d+"))
    page.keyboard.press(" ")
    expect(page.locator(".land-legend")).to_contain_text(re.compile(r"^loss 0\.\d+"))
    flat = pixels(page, PICTURE)
    page.get_by_label("3D").check()
    wait_for_other_pixels(page, PICTURE, flat)
    relief = pixels(page, PICTURE)
    page.locator(PICTURE).press("ArrowRight")
    wait_for_other_pixels(page, PICTURE, relief)
    assert violations(page) == []
    page.get_by_label("3D").uncheck()
    wait_for_other_pixels(page, PICTURE, relief)
    path = pixels(page, PICTURE)
    plane = page.get_by_label("Plane", exact=True)
    plane.select_option("random")
    expect(said).to_contain_text("It does not show the way")
    wait_for_other_pixels(page, PICTURE, path)
    first = pixels(page, PICTURE)
    page.get_by_role("button", name="Other directions").click()
    wait_for_other_pixels(page, PICTURE, first)
    plane.select_option("weights")
    page.get_by_label("Weight across").select_option("2.0.3")
    expect(said).to_contain_text("all other weights moved too")
    assert violations(page) == []


def test_what_is_worth_least_is_pruned(page: Page, live_server: LiveServer) -> None:
    """The rows begin with the least; pruned, it is cut and gone from the rows; the heat goes with the view."""
    open_page(page, live_server.url, f"{LINK}&v=1&view=importance&speed=250")
    rows = page.locator(".inside-table tbody tr")
    expect(rows).to_have_count(2 + 4 + 2)
    page.keyboard.press(" ")
    wait_for_epoch(page, 100)
    page.keyboard.press(" ")
    expect(page.locator(".inside-words .reading")).to_contain_text("Paused at epoch")
    expect(page.locator("#network")).to_have_class(re.compile("heated"))
    losses = [float(text) for text in page.locator(".inside-table td:nth-child(2)").all_inner_texts()]
    assert losses == sorted(losses)
    page.get_by_label("Parts").select_option("links")
    expect(rows).to_have_count(8 + 8 + 2)
    page.get_by_role("button", name="Prune the least").click()
    expect(rows).to_have_count(8 + 8 + 1)
    expect(page).to_have_url(re.compile(r"cut=\d\.\d\.\d"))
    assert violations(page) == []
    page.get_by_role("tab", name="Map").click()
    expect(page.locator("#network")).not_to_have_class(re.compile("heated"))


def test_why_a_deep_sigmoid_net_does_not_learn(page: Page, live_server: LiveServer) -> None:
    """The gradient shrinks on its way back, in numbers; dead neurons have a sign on the network and in the table."""
    deep = "#v=1&dataset=xor&activation=sigmoid&networkShape=4,4,4,4&seed=0.5&x=true&y=true&view=gradients"
    open_page(page, live_server.url, deep)
    expect(page.locator(".inside-table tbody th")).to_have_text(["Layer 1", "Layer 2", "Layer 3", "Layer 4", "Output"])
    expect(page.locator(".inside-words .reading")).to_contain_text("of what it is at the output: it hardly learns.")
    dead = "#v=1&dataset=xor&activation=relu&networkShape=4,4&seed=0.3&learningRate=1&x=true&y=true&view=gradients"
    page.goto("about:blank")
    open_page(page, live_server.url, f"{dead}&speed=250")
    page.keyboard.press(" ")
    wait_for_epoch(page, 20)
    page.keyboard.press(" ")
    expect(page.locator(".inside-table tbody tr").nth(1)).to_contain_text(re.compile(r"✕ \d dead"))
    expect(page.locator(".overlay")).to_be_visible()
    page.get_by_role("button", name="Read me").last.click()
    expect(page.locator(".toast").last).to_contain_text(re.compile(r"Layer 2, neuron \d is dead"))


def test_what_has_changed_since_the_last_pause(page: Page, live_server: LiveServer) -> None:
    """The mark is where the view began, then the last pause, or an epoch that is marked by hand."""
    open_page(page, live_server.url, f"{LINK}&v=1&view=difference&speed=60")
    said = page.locator(".inside-words .reading")
    expect(said).to_contain_text("the map at epoch 0 (this view began there)")
    expect(said).to_contain_text("On 0 % of the map")
    page.keyboard.press(" ")
    wait_for_epoch(page, 30)
    expect(said).not_to_contain_text("On 0 % of the map")
    page.keyboard.press(" ")
    expect(said).to_contain_text("(training paused there)")
    expect(said).to_contain_text("On 0 % of the map")
    page.get_by_role("button", name="Mark this epoch").click()
    expect(said).to_contain_text("(you marked it)")
    page.locator(".epoch-of-mark input").fill("10")
    page.locator(".epoch-of-mark input").press("Enter")
    expect(said).to_contain_text("the map at epoch 10 (you chose it)")
    expect(said).not_to_contain_text("On 0 % of the map")
    assert violations(page) == []


def test_the_last_pause_is_known_to_a_view_that_was_not_open(page: Page, live_server: LiveServer) -> None:
    """Its map is asked for when the view is opened, later in the run."""
    open_page(page, live_server.url)
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,007")
    page.keyboard.press(" ")
    wait_for_epoch(page, 30)
    choose_view(page, "Difference")
    said = page.locator(".inside-words:visible .reading")
    expect(said).to_contain_text("the map at epoch 7 (training paused there)")
    expect(said).not_to_contain_text("On 0 % of the map")


def test_the_doctor_has_a_remedy(page: Page, live_server: LiveServer) -> None:
    """After a while, in one sentence; the remedy is a branch from the last healthy epoch; closed, it is silent."""
    ill = "#v=1&dataset=circle&noise=50&percTrainData=10&networkShape=8,8&learningRate=0.1&seed=0.5&x=true&y=true"
    open_page(page, live_server.url, f"{ill}&speed=30")
    page.keyboard.press(" ")
    line = page.locator(".doctor")
    expect(line).to_contain_text("Overfitting: the test loss has risen since", timeout=40_000)
    page.keyboard.press(" ")
    before = page.locator("#tool").bounding_box()
    healthy = line.get_by_role("button", name="Go to epoch").inner_text().removeprefix("Go to epoch ")
    line.get_by_role("button", name="L2 penalty 0.003").click()
    expect(page).to_have_url(re.compile("regularizationRate=0.003"))
    expect(page.locator("#epoch")).to_have_text(f"{int(healthy):07,}")
    expect(line).to_be_hidden()
    assert page.locator("#tool").bounding_box() == before
    page.goto("about:blank")
    open_page(page, live_server.url, "#v=1&problem=regression&activation=relu&learningRate=10&seed=0.5&x=true&y=true")
    page.keyboard.press(" ")
    expect(line).to_contain_text("The loss is no number any more")
    line.get_by_role("button", name="Close the diagnosis").click()
    expect(line).to_be_hidden()
