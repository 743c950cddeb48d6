"""The data column, as a person uses it in a real Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import open_page
from tests.conftest import LiveServer
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
        expect(group.locator("svg")).to_have_count(sum(each.problem == problem for each in further))
        expect(group.get_by_role("radio")).to_have_text([""] * sum(each.problem == problem for each in further))
        group.get_by_role("radio", name=first, exact=True).click()
        page.keyboard.press("ArrowRight")
        expect(group.get_by_role("radio", checked=True)).to_be_focused()
        expect(group.get_by_role("radio", checked=True)).not_to_have_attribute("aria-label", first)
    expect(page).to_have_url(re.compile("dataset=rings&regDataset=reg-saddle&"))
    assert len(asked) == 2
