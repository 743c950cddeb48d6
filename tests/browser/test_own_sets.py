"""My sets: kept in the browser by name, used again, and carried to another browser as one file."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.helpers import loss, open_page
from tests.browser.test_axe import violations
from tests.conftest import LiveServer

START = "#v=1&dataset=xor&networkShape=4&seed=0.5&points=40&noise=10"


def my_sets(page: Page) -> Locator:
    """Open the panel."""
    more = page.locator("#dataset-more")
    if more.get_attribute("open") is None:
        more.locator("summary").click()
    page.get_by_role("button", name="My sets").click()
    return page.get_by_role("region", name="My sets")


def test_a_set_is_kept_used_and_carried(page: Page, browser: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    """Drawn points are kept by name; another set, a reload and another browser later they are the same points."""
    open_page(page, live_server.url, START)
    panel = my_sets(page)
    expect(panel.get_by_role("textbox", name="Name")).to_be_focused()
    expect(panel.get_by_role("textbox", name="Name")).to_have_attribute("placeholder", "Exclusive or")
    expect(panel.get_by_role("button", name="Export all")).to_be_disabled()
    before = loss(page)
    page.keyboard.type("Four corners")
    panel.get_by_role("button", name="Keep these data").click()
    expect(panel.get_by_role("status")).to_have_text("“Four corners” is kept in this browser.")
    panel.get_by_role("button", name="Keep these data").click()
    expect(panel.get_by_role("button", name="Exclusive or 40 points")).to_be_visible()
    assert violations(page) == []
    panel.get_by_role("button", name="Delete Exclusive or").click()
    expect(panel.get_by_role("listitem")).to_have_count(1)

    page.get_by_role("radio", name="Circle").click()
    expect(page).to_have_url(re.compile("dataset=circle"))
    page.reload()
    panel = my_sets(page)
    panel.get_by_role("button", name="Four corners 40 points").click()
    expect(panel.get_by_role("status")).to_have_text("“Four corners” is in use.")
    expect(page).to_have_url(re.compile("data=40x2c2"))
    expect(page.locator(".data-facts")).to_contain_text("Four corners")
    page.wait_for_function(f"Math.abs(Number(document.getElementById('train-loss').textContent) - {before}) < 0.0006")

    with page.expect_download() as downloading:
        panel.get_by_role("button", name="Export all").click()
    exported = tmp_path / "sets.json"
    downloading.value.save_as(exported)
    with browser.new_context() as other:
        fresh = other.new_page()
        open_page(fresh, live_server.url, START)
        panel = my_sets(fresh)
        nonsense = tmp_path / "nonsense.json"
        nonsense.write_text(json.dumps({"kind": "something"}))
        panel.locator("input[type=file]").set_input_files(nonsense)
        expect(panel.get_by_role("status")).to_contain_text("This file holds no data sets.")
        for _ in range(2):
            panel.locator("input[type=file]").set_input_files(exported)
            expect(panel.get_by_role("status")).to_have_text("1 set is here now.")
        expect(panel.get_by_role("listitem")).to_have_text(["Four corners 40 points", "Four corners 2 40 points"])
        panel.get_by_role("button", name="Four corners 2 40 points").click()
        expect(fresh).to_have_url(re.compile("data=40x2c2"))
