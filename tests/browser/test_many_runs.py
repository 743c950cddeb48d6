"""Many seeds and a sweep in a browser: what they say, how a run of them becomes the run, cancelled and found again."""

from __future__ import annotations

import csv
import io
import re

from playwright.sync_api import Page, expect

from tests.browser.helpers import choose_view, open_page, wait_for_epoch
from tests.conftest import LiveServer

CIRCLE = "#activation=tanh&batchSize=10&dataset=circle&learningRate=0.03&networkShape=2&seed=0.5&x=true&y=true"


def solved(page: Page) -> int:
    """Run the seeds to their end; how many solved it."""
    words = page.locator(".view-words:not([hidden])")
    words.get_by_role("button", name=re.compile("^Run")).click()
    heading = page.locator(".seeds-view .trials-heading")
    expect(heading).to_have_text(re.compile(r"^\d+ of 20 solved it \(95 % interval \d+ to \d+ %\)"))
    found = re.match(r"\d+", heading.inner_text())
    assert found is not None
    return int(found[0])


def test_three_neurons_solve_the_circle_and_two_do_not(page: Page, live_server: LiveServer) -> None:
    """Twenty seeds of both; one of them becomes the run, at the epoch where it is, and the run before is kept."""
    open_page(page, live_server.url, CIRCLE)
    choose_view(page, "Many seeds")
    assert solved(page) == 0
    expect(page.locator(".seed-tile.failed")).to_have_count(20)
    page.get_by_role("button", name="Add a neuron to layer 1").click()
    expect(page.locator(".seeds-view .note")).to_contain_text("The settings have changed since: run again.")
    expect(page.locator(".seed-tiles.old")).to_be_visible()
    page.wait_for_function("() => location.hash.includes('networkShape=3')")
    words = page.locator(".view-words:not([hidden])")
    words.get_by_role("button", name="Run again").click()
    expect(page.locator(".seed-tiles.old")).to_have_count(0)
    heading = page.locator(".seeds-view .trials-heading")
    expect(heading).to_have_text(re.compile(r"^(19|20) of 20 solved it .*, median \d+ epochs$"))
    tiles = page.get_by_role("option", name=re.compile("^Seed"))
    expect(tiles).to_have_count(20)
    words.get_by_role("combobox", name="Sort").select_option("seed")
    expect(tiles.first).to_have_accessible_name(re.compile(r"^Seed #1 goal after \d+ ep\. test loss"))
    tiles.first.click()
    tiles.first.press("ArrowRight")
    expect(tiles.nth(1)).to_have_attribute("aria-selected", "true")
    told = re.search(r"test loss (\S+)\.$", words.locator(".reading").inner_text())
    assert told is not None
    page.keyboard.press("Enter")
    wait_for_epoch(page, 300)
    expect(page.locator("#test-loss")).to_have_text(told[1])
    page.wait_for_function("() => location.hash.includes('weightSeed=2')")


def test_a_sweep_is_cancelled_reopened_and_run_to_its_end(page: Page, live_server: LiveServer) -> None:
    """It goes on while its page is closed; its cells say what came of them, open their runs, and are a file."""
    open_page(page, live_server.url, CIRCLE)
    choose_view(page, "Sweep")
    words = page.locator(".view-words:not([hidden])")
    heading = page.locator(".sweep-view .trials-heading")
    words.get_by_label("Seeds").fill("100")
    words.get_by_label("Epochs").fill("20000")
    words.get_by_role("button", name="Run", exact=True).click()
    expect(heading).to_have_text(re.compile(r"^[\d,]+ of 500 runs done, about \d+ (s|min) left$"))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    expect(heading).to_have_text(re.compile(r"^[\d,]+ of 500 runs done, about \d+ (s|min) left$"))
    words.get_by_role("button", name="Cancel").click()
    expect(page.locator(".sweep-view .note")).to_have_text("It was cancelled: cells without runs are empty.")

    words.get_by_label("Seeds").fill("0")
    words.get_by_role("button", name="Run again").click()
    expect(words.get_by_role("alert").first).to_contain_text("Seeds must be a whole number from 1 to 100, not “0”.")
    words.get_by_label("Seeds").fill("3")
    words.get_by_label("Epochs").fill("60")
    words.get_by_role("combobox", name="Up: setting").select_option("networkShape")
    words.get_by_role("button", name="Run again").click()
    expect(heading).to_have_text(re.compile(r"^75 runs in \d+\.\d s$"))
    cells = page.locator(".sweep-cell")
    expect(cells).to_have_count(25)
    with page.expect_download() as download:
        words.get_by_role("button", name="CSV").click()
    with open(download.value.path(), newline="") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    assert len(rows) == 25
    assert {row["networkShape"] for row in rows} == {"2", "3", "4,2", "8", "8,8"}
    assert all(float(row["test_loss_q1"]) <= float(row["test_loss_median"]) for row in rows)
    page.get_by_role("button", name=re.compile(r"^0\.1, 4,2: ")).click()
    page.keyboard.press("Enter")
    wait_for_epoch(page, 60)
    page.wait_for_function("() => location.hash.includes('networkShape=4,2') && location.hash.includes('weightSeed=1')")


def test_a_goal_on_accuracy(page: Page, live_server: LiveServer) -> None:
    """Seeds count by it, and open by their loss; where the targets are numbers it is not offered."""
    open_page(page, live_server.url, CIRCLE.replace("networkShape=2", "networkShape=4"))
    choose_view(page, "Many seeds")
    words = page.locator(".view-words:not([hidden])")
    words.get_by_role("combobox", name="Goal on").select_option("test_accuracy")
    expect(words.get_by_label("at most")).to_be_hidden()
    words.get_by_label("at least %").fill("101")
    words.get_by_role("button", name="Run", exact=True).click()
    expect(words.get_by_role("alert")).to_contain_text("at least % must be a number from 0 to 100, not “101”.")
    words.get_by_label("at least %").fill("95")
    assert solved(page) >= 19
    expect(page.get_by_role("img", name="the goal is a test accuracy of at least 95 %.")).to_be_visible()
    ranks = words.get_by_role("group", name="Open by test loss")
    for rank in ("best", "worst", "median"):
        button = ranks.get_by_role("button", name=rank)
        told = re.fullmatch(r"Open seed (\d+), test loss (\S+)", button.get_attribute("title") or "")
        assert told is not None
        button.click()
        page.wait_for_function(f"() => /[#&]weightSeed={told[1]}(&|$)/.test(location.hash)")
        expect(page.locator("#test-loss")).to_have_text(told[2])
        expect(page.locator(".seed-tile[aria-selected=true]")).to_contain_text(f"#{told[1]}")
    page.evaluate("location.hash = 'problem=regression&regDataset=reg-plane&seed=0.5'")
    page.wait_for_function("() => location.hash.includes('regDataset=reg-plane')")
    choose_view(page, "Many seeds")
    goal = words.get_by_role("combobox", name="Goal on")
    expect(goal).to_have_value("test_loss")
    expect(goal.locator("option:disabled")).to_have_text("test accuracy")
