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
    expect(page.locator(".inside-words .reading")).to_contain_text(re.compile(r"2 main directions hold \d+ %"))
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
