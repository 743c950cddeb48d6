"""The timeline in a browser: the past by mouse and keys, a branch, its chip, a link to a moment, and who watches."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import (
    MAP,
    epoch,
    join_link,
    open_page,
    pixels,
    wait_for_epoch,
    wait_for_other_pixels,
    wait_for_pixels,
)
from tests.conftest import LiveServer


def train(page: Page, epochs: int) -> None:
    """Train at least so long, then pause, and wait for the last epoch: its frame comes after the word of the pause."""
    page.get_by_role("button", name=re.compile("^(Play|Go on from here)$")).click()
    wait_for_epoch(page, epochs)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    last = page.evaluate("import('/static/js/ui/moment.js').then(({ momentOf }) => momentOf({})).then(({ at }) => at)")
    expect(page.locator("#epoch")).to_have_text(f"{int(last):07,d}")


def test_the_past_a_branch_and_the_way_back(page: Page, live_server: LiveServer) -> None:
    """Drag, replay, change something there; the run before comes back with a click, with all its numbers."""
    open_page(page, live_server.url)
    train(page, 60)
    newest, picture, losses = epoch(page), pixels(page, MAP), page.locator("#test-loss").inner_text()
    slider = page.get_by_role("slider", name="Epoch that is shown")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 10, steps=4)
    page.mouse.up()
    said = page.locator(".stateline b")
    expect(said).to_have_text(re.compile(rf"^You are looking at epoch \d+ of {newest}\.$"))
    slider.press("Home")
    expect(said).to_have_text(f"You are looking at epoch 0 of {newest}.")
    expect(page.locator("#epoch")).to_have_text("000,000")
    slider.press("Shift+ArrowRight")
    slider.press("PageDown")
    expect(said).to_have_text(f"You are looking at epoch 10, batch 1 of 25, of {newest}.")
    page.locator("#play").press("ArrowLeft")
    expect(said).to_have_text(f"You are looking at epoch 10 of {newest}.")
    page.locator("#play").press("ArrowLeft")
    expect(said).to_have_text(f"You are looking at epoch 9 of {newest}.")
    page.locator("#play").press("ArrowRight")
    expect(said).to_have_text(f"You are looking at epoch 10 of {newest}.")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"^epoch 10 of {newest}, test loss 0\.\d+$"))
    page.get_by_role("button", name="Back to now").click()
    expect(page.locator(".stateline")).to_be_hidden()
    wait_for_pixels(page, MAP, picture)

    slider.press("Home")
    expect(page.locator("body.past")).to_have_count(1)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    first = page.get_by_role("button", name=re.compile("^Run A Tanh test loss"))
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name=re.compile("^Run B ReLU test loss .* shown$"))).to_be_visible()
    page.get_by_role("button", name="Step: one epoch").click()
    expect(page.locator("#epoch")).to_have_text("000,001")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "true")
    wait_for_epoch(page, newest)
    wait_for_pixels(page, MAP, picture)
    expect(page.locator("#test-loss")).to_have_text(losses)
    page.locator("#all-runs").click()
    page.get_by_role("button", name="Remove run B").click()
    expect(page.locator(".runs")).to_be_hidden()


def test_a_link_names_the_moment(page: Page, live_server: LiveServer) -> None:
    """Whoever opens it has the epoch, the weights and the change before it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, live_server.url)
    train(page, 30)
    page.get_by_role("combobox", name="Learning rate").select_option("0.1")
    train(page, 60)
    newest = page.locator("#epoch").inner_text()
    slider = page.get_by_role("slider", name="Epoch that is shown")
    slider.press("Shift+ArrowLeft")
    expect(page.locator("body.past")).to_have_count(1)
    expect(page.locator("#epoch")).not_to_have_text(newest)  # which a frame brings, after the state
    shown, picture = epoch(page), pixels(page, MAP)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".toast")).to_contain_text(f"It names epoch {shown} of this run")
    link = page.evaluate("navigator.clipboard.readText()")
    assert f"&at={shown}&edits=" in link
    other = page.context.new_page()
    other.goto(link)
    wait_for_epoch(other, shown)
    expect(other.get_by_role("combobox", name="Learning rate")).to_have_value("0.1")
    wait_for_pixels(other, MAP, picture)
    expect(other.locator("#epoch")).to_have_text(page.locator("#epoch").inner_text())


def test_who_watches_sees_where_the_owner_is(page: Page, live_server: LiveServer, browser: Browser) -> None:
    """The same epoch, with a sentence; each may look elsewhere alone, at any view, and come back."""
    open_page(page, live_server.url)
    train(page, 30)
    link, newest = join_link(page), epoch(page)
    page.get_by_role("slider", name="Epoch that is shown").press("Home")
    expect(page.locator("body.past")).to_have_count(1)
    context = browser.new_context()
    watcher = context.new_page()
    watcher.goto(link)
    said, hint = watcher.locator(".stateline b"), watcher.locator(".stateline .hint")
    expect(said).to_have_text("The lecturer is looking at epoch 0.")
    page.get_by_role("button", name="Back to now").click()
    expect(watcher.locator(".stateline")).to_be_hidden()
    wait_for_epoch(watcher, newest)
    picture = pixels(watcher, MAP)
    slider = watcher.get_by_role("slider", name="Epoch that is shown")
    slider.press("Home")
    expect(said).to_have_text("You alone are looking at epoch 0.")
    expect(hint).to_have_text("The lecturer is at the newest epoch.")
    expect(watcher.locator("#epoch")).to_have_text("000,000")
    wait_for_other_pixels(watcher, MAP, picture)
    page.get_by_role("button", name="Step: one epoch").click()
    expect(slider).to_have_attribute("aria-valuemax", str(newest + 1))
    page.locator(".lane").press("Shift+ArrowLeft")
    expect(hint).to_have_text(f"The lecturer is at epoch {newest - 9}.")
    watcher.locator("[data-unit='0.1']").hover()
    expect(watcher.locator(".stage-unit")).to_have_text("Layer 1, neuron 2")
    expect(watcher.locator("#epoch")).to_have_text("000,000")
    expect(page.locator(".stateline b")).to_have_text(f"You are looking at epoch {newest - 9} of {newest + 1}.")
    watcher.get_by_role("button", name="Back to the lecturer").click()
    expect(said).to_have_text(f"The lecturer is looking at epoch {newest - 9}.")
    wait_for_epoch(watcher, newest - 9)
    context.close()


def test_an_epoch_is_typed_and_its_place_survives_a_reload(page: Page, live_server: LiveServer) -> None:
    """The number of the epoch is a field; the address names the place and the change before it; a reload comes back."""
    open_page(page, live_server.url)
    train(page, 30)
    page.get_by_role("combobox", name="Learning rate").select_option("0.1")
    train(page, 60)
    newest = epoch(page)
    page.get_by_role("button", name="Go to an epoch").click()
    field = page.get_by_role("textbox", name="Epoch", exact=True)
    expect(field).to_be_focused()
    field.fill(str(newest + 1))
    field.press("Enter")
    alert = page.locator(".epoch-field [role=alert]")
    expect(alert).to_have_text(f"Epoch must be a whole number from 0 to {newest}, not “{newest + 1}”.")
    field.fill(str(newest - 3))
    field.press("Enter")
    said = page.locator(".stateline b")
    expect(said).to_have_text(f"You are looking at epoch {newest - 3} of {newest}.")
    expect(field).to_be_hidden()
    page.wait_for_url(re.compile(rf"&at={newest - 3}&edits="))
    picture = pixels(page, MAP)
    page.reload()
    expect(said).to_have_text(f"You are looking at epoch {newest - 3} of {newest}.")
    wait_for_pixels(page, MAP, picture)
    expect(page.locator(".runs")).to_be_hidden()
    page.get_by_role("button", name="Back to now").click()
    page.wait_for_url(lambda url: "&at=" not in url)
    wait_for_epoch(page, newest)
