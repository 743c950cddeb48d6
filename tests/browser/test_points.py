"""The table of points: the hardest first, shown on a map, moved between the sets; many rows cost little."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import choose_view, open_page, pixels, wait_for_epoch, wait_for_other_pixels
from tests.browser.test_axe import violations
from tests.conftest import LiveServer

ROWS, MARKS = ".points-table tr[aria-rowindex]", ".points-map canvas:last-of-type"


def losses(page: Page) -> list[float]:
    """Of the rows in the page."""
    found = page.locator(f"{ROWS} td:last-child").all_inner_texts()
    return [float(text) for text in found]


def test_the_hardest_points_come_first(page: Page, live_server: LiveServer) -> None:
    """By mouse and by keys; a point is shown, and flipped to the other set, which can be undone."""
    open_page(page, live_server.url, "#v=1&dataset=xor&noise=30&seed=0.5&points=200&percTrainData=70")
    choose_view(page, "Point list")
    expect(page.locator(f"{ROWS} td:last-child").first).to_have_text(re.compile(r"^\d"))
    expect(page.get_by_role("columnheader", name="Loss")).to_have_attribute("aria-sort", "descending")
    assert losses(page) == sorted(losses(page), reverse=True)
    assert violations(page) == []
    before = pixels(page, MARKS)
    table = page.get_by_role("grid", name="List of points")
    table.focus()
    table.press("ArrowDown")
    expect(page.locator(ROWS).first).to_have_attribute("aria-selected", "true")
    wait_for_other_pixels(page, MARKS, before)
    table.press("End")
    expect(page.locator(f"{ROWS}[aria-selected=true]")).to_have_attribute("aria-rowindex", "201")
    assert losses(page)[-1] == min(losses(page))
    said = page.locator(".points-words .reading")
    expect(said).to_have_text(re.compile(r"^Point \d+ at .+: Class [12], loss 0\.\d+\.$"))

    chosen = page.locator(f"{ROWS}[aria-selected=true]")
    was = chosen.locator("td").nth(4).inner_text()
    other = {"train": "test", "test": "train"}[was]
    page.get_by_role("button", name=re.compile("^Make it a (training|test) point")).click()
    expect(page).to_have_url(re.compile("drawn="))
    expect(chosen.locator("td").nth(4)).to_have_text(other)
    page.get_by_role("button", name="Set", exact=True).click()
    assert page.locator(f"{ROWS} td:nth-child(5)").first.inner_text() == "train"
    page.locator(ROWS).nth(3).click()
    page.get_by_role("button", name="Show on the map").click()
    expect(page.get_by_role("tab", name="Map")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#stage .reading").first).to_have_text(re.compile("→"))


def test_five_thousand_rows_are_few_in_the_page(page: Page, live_server: LiveServer) -> None:
    """While it trains the numbers change and the order stays where somebody reads; enlarged there are more rows."""
    open_page(page, live_server.url, "#v=1&dataset=spiral&seed=0.5&points=5000")
    choose_view(page, "Point list")
    expect(page.get_by_role("grid", name="List of points")).to_have_attribute("aria-rowcount", "5001")
    expect(page.locator(f"{ROWS} td:last-child").first).to_have_text(re.compile(r"^\d"))
    page.locator(ROWS).first.click()
    point = page.locator(".points-words .reading").inner_text().partition(",")[0]
    before = losses(page)
    page.keyboard.press(" ")  # the pointer stays where it reads
    page.wait_for_function(
        "([rows, text]) => document.querySelector(rows).lastChild.textContent !== text",
        arg=[ROWS, f"{before[0]:.3f}"],
    )
    assert page.locator(".points-words .reading").inner_text().partition(",")[0] == point
    expect(page.locator(ROWS).first).to_have_attribute("aria-selected", "true")
    wait_for_epoch(page, 20)
    assert page.locator(ROWS).count() < 40
    page.locator(".points-table").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    expect(page.locator(ROWS).last).to_have_attribute("aria-rowindex", "5001")
    page.get_by_role("button", name="Enlarge").click()
    expect(page.locator("#large .points-table")).to_be_visible()
    assert page.locator(ROWS).count() < 100
    assert page.locator(".large-body").evaluate("e => e.scrollHeight - e.clientHeight") <= 0
