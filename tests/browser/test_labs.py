"""Labs: opened from the menu or by a link, run to their end, and left again; views of autoencoders."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import LINK, choose_view, join_link, open_page, pixels, wait_for_epoch
from tests.browser.helpers import wait_for_other_pixels as wait_for_change
from tests.browser.test_axe import violations
from tests.conftest import LiveServer

BANKNOTES = os.environ.get("TINKERNET_TEST_BANKNOTES", "")
NETWORK, PCA = ".code-pair > :first-child", ".code-pair > :last-child"


def faults(page: Page) -> list[str]:
    """What axe says against a lab. The bar and the names of inputs and of runs are as everywhere, not a lab's."""
    others = ("label-content-name-mismatch", "target-size: #clock")
    return [each for each in violations(page) if not each.startswith(others)]


def share(page: Page, side: str) -> float:
    """The test error of one of the two."""
    return float(page.locator(f"{side} .code-error strong").inner_text())


def test_an_autoencoder_beside_pca(page: Page, live_server: LiveServer) -> None:
    """It beats PCA on the bent sheet; a row, its numbers and a code that is dragged; the run before comes back."""
    open_page(page, live_server.url, f"{LINK}&v=1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    link = page.url
    page.get_by_role("button", name="Learn").click()
    page.get_by_role("menuitem", name="Autoencoder beside PCA").click()
    expect(page.locator(".lab-line")).to_contain_text("Lab: Autoencoder beside PCA.")
    expect(page).to_have_url(re.compile("lab=pca"))
    expect(page.locator(f"{NETWORK} .code-error strong")).to_have_text(re.compile(r"\d"))
    assert share(page, NETWORK) > share(page, PCA)
    page.get_by_label("Epochs per second").select_option("fastest")
    page.keyboard.press(" ")
    wait_for_epoch(page, 1000)
    page.keyboard.press(" ")
    expect(page.locator(".inside-words .reading")).to_contain_text("On test rows the network is better.")
    assert share(page, NETWORK) < 0.5 * share(page, PCA)
    expect(page.locator("#chart-words")).to_contain_text(re.compile(r"A line at PCA 0\.\d+\."))
    page.get_by_role("button", name="Worst row").click()
    page.get_by_label("Row", exact=True).fill("600")
    page.get_by_label("Row", exact=True).press("Enter")
    expect(page.locator(".toast").last).to_contain_text("There is no row 600")
    page.get_by_label("Row", exact=True).fill("17")
    page.get_by_label("Row", exact=True).press("Enter")
    row = page.locator(".code-all table")
    expect(row).to_contain_text("Row 17")
    plane = page.locator(f"{NETWORK} canvas")
    plane.focus()
    plane.press("ArrowRight")
    expect(row.get_by_role("row", name=re.compile("built from the cross"))).to_contain_text(re.compile(r"\d"))
    bars = pixels(page, ".code-bars")
    plane.press("ArrowRight")
    wait_for_change(page, ".code-bars", bars)
    plane.press("Escape")
    expect(row).not_to_contain_text("built from the cross")
    page.mouse.move(0, 0)
    assert faults(page) == []
    page.get_by_role("button", name="Leave the lab").click()
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.locator(".lab-line")).to_be_hidden()
    expect(page).to_have_url(link)


@pytest.mark.skipif(not Path(BANKNOTES).is_file(), reason="TINKERNET_TEST_BANKNOTES names no file")
def test_banknotes_beside_pca(page: Page, live_server: LiveServer) -> None:
    """Their file is dropped: four columns to be rebuilt, two classes that are shown; the network beats PCA."""
    open_page(page, live_server.url, "#lab=pca&speed=fastest")
    page.get_by_role("button", name="Your table").click()
    sheet = page.locator("#table")
    sheet.locator("input[type=file]").set_input_files(BANKNOTES)
    expect(sheet.get_by_role("status").last).to_contain_text("reconstructs its inputs")
    sheet.get_by_role("button", name="Use this table").click()
    expect(sheet).to_be_hidden()
    expect(page.locator(".code-legend span")).to_have_text(["0", "1"])
    expect(page.get_by_label("Data of the lab")).to_have_text(re.compile("banknote"))
    page.keyboard.press(" ")
    wait_for_epoch(page, 300)
    expect(page.locator(".inside-words .reading")).to_contain_text("On test rows the network is better.")
    page.keyboard.press(" ")
    assert 0.1 < share(page, PCA) < 0.16
    expect(page.locator(".code-all thead")).to_contain_text("skew")


def test_codes_of_three_neurons(page: Page, live_server: LiveServer) -> None:
    """A link that names the lab alone: all eight codes are right at last; the cube turns; a reload stays in the lab."""
    open_page(page, live_server.url, "#lab=codes")
    expect(page.locator(".code-table tbody tr")).to_have_count(8)
    page.get_by_label("Epochs per second").select_option("fastest")
    page.keyboard.press(" ")
    expect(page.locator(".inside-words .reading")).to_contain_text(
        re.compile(r"All 8 rows right, first at epoch [\d,]+\."), timeout=60_000
    )
    page.keyboard.press(" ")
    bits = page.locator(".code-table tbody tr td:nth-last-child(2)").all_inner_texts()
    assert len(set(bits)) == 8
    cube = page.locator(".code-cube")
    before = pixels(page, ".code-cube")
    cube.focus()
    cube.press("ArrowLeft")
    wait_for_change(page, ".code-cube", before)
    page.get_by_role("button", name="Show row 5").click()
    expect(page.locator(".code-caption")).to_contain_text("Row 5, training")
    assert faults(page) == []
    page.locator(".lab").get_by_label("Data of the lab").select_option("4 codes")
    expect(page.locator(".code-table tbody tr")).to_have_count(4)
    choose_view(page, "Reconstruction")
    expect(page.locator(".rebuilt-all tbody tr")).to_have_count(5)
    page.locator(".inside-words:visible").get_by_role("button", name="Read me").click()
    expect(page.locator(".toast").last).to_contain_text("The network rebuilds Row")
    page.reload()
    expect(page.locator(".lab-line")).to_contain_text("Lab: 8-3-8.")
    page.get_by_role("button", name="Leave the lab").click()
    expect(page.locator(".lab-line")).to_be_hidden()
    expect(page.get_by_role("radio", name="Circle")).to_be_checked()


def test_followers_and_phones(page: Page, browser: Browser, live_server: LiveServer) -> None:
    """Who watches finds the views of the network in the menu; on a phone the lab has its text and its views."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url, "#lab=pca")
    expect(page.locator(f"{PCA} .code-error strong")).to_have_text(re.compile(r"0\.\d"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#dock [data-pane=data]").click()
    expect(page.locator(".lab")).to_contain_text("Measured with these settings")
    page.set_viewport_size({"width": 1280, "height": 800})
    link = join_link(page)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        follower = context.new_page()
        follower.goto(link)
        expect(follower.locator(".lab")).to_contain_text("Two numbers for each row, found in two ways")
        expect(follower.get_by_label("Data of the lab")).to_be_hidden()
        choose_view(follower, "Code plane")
        expect(follower.locator(f"{NETWORK} .code-error strong")).to_have_text(re.compile(r"\d\.\d"))
        assert faults(follower) == []
        page.evaluate("location.hash = 'lab=neuron'")
        expect(follower.locator(".lab")).to_contain_text("Two weights and a bias, by hand and by rule")
        follower.reload()
        expect(follower.locator(".lab")).to_contain_text("Two weights and a bias, by hand and by rule")
        expect(follower.locator("#own-copy")).to_have_attribute("href", re.compile("lab=neuron"))
        page.get_by_role("button", name="Leave the lab").click()
        expect(follower.locator(".lab")).to_be_hidden()
        assert follower.locator(".toast").count() == 0
    finally:
        context.close()


def test_a_lab_that_is_not_there(page: Page, live_server: LiveServer) -> None:
    """A sentence; the page is as it was. Views of autoencoders are not offered for other networks."""
    open_page(page, live_server.url, "#lab=alchemy")
    expect(page.locator(".toast")).to_contain_text(
        "There is no lab “alchemy”. There are: neuron, wide, noise, codes, pca"
    )
    expect(page.get_by_role("radio", name="Circle")).to_be_checked()
    page.get_by_role("button", name="Views").click()
    expect(page.get_by_role("menuitemradio", name="Landscape")).to_be_visible()
    expect(page.get_by_role("menuitemradio", name="Codes")).to_be_hidden()


def test_labs_among_the_data(page: Page, live_server: LiveServer) -> None:
    """More data lists the labs, by keys; one of them opens as from the menu."""
    open_page(page, live_server.url)
    page.get_by_text("More data", exact=True).click()
    opener = page.locator("#data").get_by_role("button", name="Labs")
    opener.press("Enter")
    listed = page.get_by_role("group", name="Labs").get_by_role("button")
    expect(listed).to_have_text(
        ["One neuron by hand", "Wide and shallow", "Columns of noise", "8-3-8", "Autoencoder beside PCA"]
    )
    assert page.locator("#data").evaluate("part => part.scrollWidth - part.clientWidth") <= 0
    assert faults(page) == []
    page.keyboard.press("Tab")
    expect(listed.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".lab-line")).to_contain_text("Lab: One neuron by hand.")
    expect(listed.first).to_be_hidden()
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_one_neuron_by_hand(page: Page, live_server: LiveServer) -> None:
    """A slider, the line that is dragged and keys change the loss; the rule steps; each kind learns, but not xor."""
    open_page(page, live_server.url, "#lab=neuron")
    rule = page.locator(".neuron-rule li")
    expect(rule).to_have_count(6)
    expect(rule.nth(2)).to_contain_text("δ = (y − t) y (1 − y) =")
    loss = page.locator("#train-loss")
    first = loss.inner_text()
    page.locator(".neuron-slider input").first.fill("-1")
    expect(loss).not_to_have_text(first)
    expect(page.locator(".neuron-slider output").first).to_have_text("−1.00")
    second = loss.inner_text()
    line = page.locator(".neuron-map canvas").last
    line.focus()
    line.press("ArrowUp")
    expect(loss).not_to_have_text(second)
    box = line.bounding_box()
    assert box is not None
    bias = page.locator(".neuron-slider output").last
    before = bias.inner_text()
    w1, w2, b = (float(each.replace("−", "-")) for each in page.locator(".neuron-slider output").all_inner_texts())
    size = w1 * w1 + w2 * w2
    across, up = ((-b * each / size + 6) * box["width"] / 12 for each in (w1, w2))
    page.mouse.move(box["x"] + across, box["y"] + box["height"] - up)
    page.mouse.down()
    page.mouse.move(box["x"] + across + 30, box["y"] + box["height"] - up, steps=4)
    page.mouse.up()
    expect(bias).not_to_have_text(before)
    shown = rule.first.inner_text()
    page.get_by_role("button", name="Next example").click()
    expect(rule.first).not_to_have_text(shown)
    assert faults(page) == []
    page.get_by_label("Perceptron").check()
    expect(rule.nth(1)).to_contain_text("y = step(")
    page.get_by_label("Logistic regression").check()
    expect(rule.nth(2)).to_contain_text("δ = y − t =")
    page.locator("#clock").click()
    page.get_by_role("menuitemradio", name=re.compile("One epoch")).click()
    page.get_by_label("Epochs per second").select_option("fastest")
    page.keyboard.press(" ")
    wait_for_epoch(page, 300)
    page.wait_for_function("() => Number(document.getElementById('train-loss').textContent) < 0.3")
    page.locator("#play").click()
    page.get_by_role("radio", name="Exclusive or").click()
    expect(page.locator("#epoch")).to_have_text("000,000")
    page.locator("#play").click()
    wait_for_epoch(page, 300)
    assert float(loss.inner_text()) > 0.5


def test_gaussian_units_and_columns_of_noise(page: Page, live_server: LiveServer) -> None:
    """Bumps over a curve, and what each adds; then inputs that say nothing: the test loss rises with their number."""
    open_page(page, live_server.url, "#lab=wide&speed=fastest")
    expect(page.locator(".lab")).to_contain_text("Over one input that is a bump")
    page.get_by_label("What each neuron adds").check()
    page.keyboard.press(" ")
    page.wait_for_function("() => Number(document.getElementById('train-loss').textContent) < 0.05")
    page.goto(f"{live_server.url}/#lab=noise")
    expect(page.locator(".lab-line")).to_contain_text("Lab: Columns of noise.")
    sets = page.get_by_label("Data of the lab")
    losses = []
    for title in ("0 columns of noise", "8 columns of noise", "32 columns of noise"):
        sets.select_option(title)
        expect(page.locator("#data")).to_contain_text(f"{title}: 200 rows")
        expect(page.locator("#epoch")).to_have_text("000,000")
        page.get_by_label("Epochs per second").select_option("fastest")
        page.locator("#play").click()
        wait_for_epoch(page, 500)
        page.locator("#play").click()
        losses.append(float(page.locator("#test-loss").inner_text()))
    assert losses == sorted(losses)
    assert losses[-1] > 0.3 > 0.1 > losses[0]
    chart = page.get_by_role("img", name="Test loss against columns of noise")
    expect(chart.locator(".point")).to_have_count(3)
    rows = page.locator(".lab-chart tbody tr")
    expect(rows).to_have_text([re.compile(f"^{count}0\\.") for count in (0, 8, 32)])
    expect(rows.locator("td:nth-child(2)")).to_have_text(page.locator(".run strong").all_inner_texts())
    expect(chart.locator(".now")).to_have_text(page.locator("#test-loss").inner_text())
    page.get_by_role("combobox", name="Learning rate").select_option("0.1")
    expect(chart.locator(".point")).to_have_count(1)  # the others say nothing of these settings
    page.keyboard.press(" ")
    assert faults(page) == []
