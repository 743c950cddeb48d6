"""The data column, as a person uses it in a real Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import open_page
from tests.conftest import LiveServer
from tinkernet.engine import Trainer, spec_from_link
from tinkernet.engine.analysis.probe import unit_value
from tinkernet.engine.data.generators import GENERATORS


def test_more_data_have_pictures_once_they_are_shown(
    page: Page, live_server: LiveServer, expected_errors: list[str]
) -> None:
    """Asked for then, and again after a failure, when names stand for them; of either problem, by mouse and keys."""
    expected_errors.append("net::ERR_FAILED")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("datasets.json") else None)
    page.route("**/datasets.json", lambda route: route.abort(), times=1)
    open_page(page, live_server.url, "#v=1&seed=0.5")
    group, more = page.get_by_role("radiogroup", name="More data sets"), page.get_by_text("More data", exact=True)
    assert asked == []
    more.click()
    heart = group.get_by_role("radio", name="Heart")
    expect(heart).to_have_text("Heart")
    more.click()
    more.click()
    further = [each for each in GENERATORS if not each.basic]
    for problem, first in (("classification", "Blobs"), ("regression", "Sine ridges")):
        page.get_by_role("combobox", name="Problem").select_option(problem)
        count = sum(each.problem == problem for each in further) + (problem == "classification")  # Iris
        expect(group.locator("svg")).to_have_count(count)
        expect(group.get_by_role("radio")).to_have_text([""] * count)
        group.get_by_role("radio", name=first, exact=True).click()
        page.keyboard.press("ArrowRight")
        expect(group.get_by_role("radio", checked=True)).to_be_focused()
        expect(group.get_by_role("radio", checked=True)).not_to_have_attribute("aria-label", first)
    expect(page).to_have_url(re.compile("dataset=rings&regDataset=reg-saddle&"))
    assert len(asked) == 2


def test_a_curve_is_plotted(page: Page, live_server: LiveServer) -> None:
    """One input: the plot takes the place of the map, with what each neuron adds and the value under the pointer; the
    features of y leave with the plane and come back with it."""
    open_page(page, live_server.url, "#v=1&problem=regression&seed=0.5&networkShape=4")
    plot, field = page.get_by_role("img", name="The network as a curve"), page.get_by_role("img", name="Decision map")
    expect(field).to_be_visible()
    page.get_by_text("More data", exact=True).click()
    page.get_by_role("radio", name="Sine curve").click()
    expect(plot).to_be_visible()
    expect(field).to_be_hidden()
    expect(page).to_have_url(re.compile("regDataset=curve-sine&.*&x=true&y=false&"))
    expect(page.locator("[data-unit='sinX']")).to_be_visible()
    expect(page.locator("[data-unit='sinY']")).to_have_count(0)
    expect(page.get_by_role("button", name="Draw")).to_be_hidden()
    page.get_by_role("button", name="Step").click()
    plot.focus()
    page.keyboard.press("ArrowRight")
    trainer = Trainer(spec_from_link(page.url))
    trainer.advance(1)
    reading = page.get_by_role("status").filter(has_text="0.250 →")
    expect(reading).to_have_text(f"0.250 → {unit_value(trainer, '1.0', 0.25, 0.0):.3f}".replace("-", "−"))
    wait = "selector => { const c = document.querySelector(selector); window.before = c.toDataURL(); }"
    page.evaluate(wait, ".plot canvas")
    page.get_by_label("What each neuron adds").check()
    page.wait_for_function("document.querySelector('.plot canvas').toDataURL() !== window.before")
    page.get_by_role("radio", name="Ripple").click()
    expect(field).to_be_visible()
    expect(plot).to_be_hidden()
    expect(page).to_have_url(re.compile("regDataset=reg-ripple&.*&x=true&y=true&"))


def test_the_number_of_points(page: Page, live_server: LiveServer) -> None:
    """A list with the set's own number, which is not in the link; any other is, and a fresh page draws the same."""
    open_page(page, live_server.url, "#v=1&seed=0.5&points=9")
    expect(page.locator("#toasts")).to_contain_text("must be a whole number from 10 to 5000")
    points = page.get_by_role("combobox", name="Points", exact=True)
    expect(points.locator("option:checked")).to_have_text("500")
    points.select_option("50")
    expect(page).to_have_url(re.compile("&points=50"))
    expect(page.locator("#train-loss")).to_have_text(f"{Trainer(spec_from_link(page.url)).train_loss:.3f}")
    other = page.context.new_page()
    open_page(other, live_server.url, page.url.partition("/s/")[2].partition("#")[2].join(["#", "&points=37"]))
    chosen = other.get_by_role("combobox", name="Points", exact=True)
    expect(chosen.locator("option:checked")).to_have_text("37")
    expect(other.locator("#train-loss")).to_have_text(f"{Trainer(spec_from_link(other.url)).train_loss:.3f}")
    chosen.select_option("500")
    expect(other).not_to_have_url(re.compile("points="))
    other.get_by_role("combobox", name="Problem").select_option("regression")
    expect(chosen.locator("option:checked")).to_have_text("1200")


def test_the_share_of_the_second_class(page: Page, live_server: LiveServer) -> None:
    """Among more data, which a link with a share opens; by keys; only where there are two classes."""
    open_page(page, live_server.url, "#v=1&seed=0.5")
    share = page.get_by_role("slider", name="Share of class 2")
    expect(share).to_be_hidden()
    page.goto("about:blank")
    open_page(page, live_server.url, "#v=1&seed=0.5&classBalance=20")
    expect(share).to_have_value("20")
    share.press("ArrowLeft")
    expect(page).to_have_url(re.compile("&classBalance=10"))
    expect(share).to_have_attribute("aria-valuetext", "10%")
    expect(page.locator("#train-loss")).to_have_text(f"{Trainer(spec_from_link(page.url)).train_loss:.3f}")
    page.get_by_role("radio", name="Blobs").click()
    expect(page.get_by_role("slider", name="Classes")).to_have_value("3")
    expect(share).to_be_hidden()
    page.get_by_role("slider", name="Classes").press("ArrowLeft")
    expect(share).to_be_visible()
    page.get_by_role("combobox", name="Problem").select_option("regression")
    expect(share).to_be_hidden()
