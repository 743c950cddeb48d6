"""The chart: its values under the pointer and by keyboard, its axes, the same in words, and what it costs to load."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import LINK, epoch, join_link, open_page, wait_for_epoch
from tests.conftest import LiveServer

TRAIN, TEST = "#train-loss", "#test-loss"


def train_for(page: Page, epochs: int) -> None:
    """Train at least so long, then pause."""
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, epochs)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_values_by_keyboard(page: Page, live_server: LiveServer) -> None:
    """End reads the newest epoch, Home the first, arrows walk; the training stands still, and leaving ends it."""
    open_page(page, live_server.url)
    train_for(page, 30)
    chart, reading = page.get_by_role("img", name=re.compile("^Loss over epochs")), page.locator(".curve-reading")
    chart.focus()
    last = epoch(page)
    page.keyboard.press("End")
    expect(reading).to_contain_text(f"epoch {last}")
    shown = [float(number) for number in re.findall(r"0\.\d{4}", reading.inner_text())]
    for read, at in zip(shown, (TRAIN, TEST), strict=True):
        assert abs(read - float(page.locator(at).inner_text())) <= 0.00055  # four digits there, three here
    page.keyboard.press("ArrowLeft")
    expect(reading).to_contain_text(f"epoch {last - 1}")
    page.keyboard.press("Shift+ArrowLeft")
    expect(reading).to_contain_text(f"epoch {last - 11}")
    page.keyboard.press("Home")
    expect(reading).to_contain_text("epoch 0training 0.49")
    page.keyboard.press("ArrowRight")
    expect(reading).to_contain_text("epoch 1")
    assert epoch(page) == last
    page.keyboard.press("Tab")
    expect(reading).to_be_hidden()


def test_values_under_the_pointer(page: Page, live_server: LiveServer) -> None:
    """Beside the epoch that is pointed at, inside the chart; gone when the mouse leaves."""
    open_page(page, live_server.url)
    train_for(page, 60)
    box = page.locator("#curve canvas[role=img]").bounding_box()
    assert box is not None
    for share in (0.2, 0.5, 0.95):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 40)
        reading = page.locator(".curve-reading")
        expect(reading).to_have_text(re.compile(r"epoch \d+training 0\.\d{4}test 0\.\d{4}"))
        own = reading.bounding_box()
        assert own is not None
        assert box["x"] - 1 <= own["x"]
        assert own["x"] + own["width"] <= box["x"] + box["width"] + 1
    page.mouse.move(5, 5)
    expect(page.locator(".curve-reading")).to_be_hidden()


def test_the_axis_is_chosen_in_one_place(page: Page, live_server: LiveServer) -> None:
    """Loss, its logarithm, or accuracy, which says since when it is measured; the legend says what is shown."""
    open_page(page, live_server.url)
    train_for(page, 40)
    picker, words = page.get_by_role("combobox", name="Chart"), page.locator("#chart-words")
    expect(words).to_contain_text("An axis from 0 to 0.6. Training: from 0.499 to 0.")
    picker.select_option("Loss (log)")
    expect(words).to_contain_text(re.compile(r"^A logarithmic axis from 0\.\d+ to 1\. "))
    since = epoch(page)
    picker.select_option("Accuracy")
    expect(page.locator("#chart-note")).to_have_text(f"Measured since epoch {since}.")
    expect(page.locator("#train-name")).to_have_text("Training accuracy")
    expect(page.locator(TRAIN)).to_have_text(re.compile(r"^(0\.\d{3}|1\.000)$"))
    page.get_by_role("combobox", name="Problem").select_option("regression")
    expect(page.locator("#test-name")).to_have_text("Test R²")
    picker.select_option("Loss")
    expect(page.locator("#train-name")).to_have_text("Training loss")
    expect(page.locator("#chart-note")).to_have_text("")


def test_the_curves_are_drawn_over_updates_examples_or_time(page: Page, live_server: LiveServer) -> None:
    """With the counts of the server: 250 points a epoch, in batches of ten; the lane goes to epochs as ever."""
    open_page(page, live_server.url)
    train_for(page, 40)
    over, reading = page.get_by_role("combobox", name="Over"), page.locator(".curve-reading")
    chart = page.locator("#curve canvas").first
    over.select_option("updates")
    chart.press("End")
    expect(reading).to_contain_text(re.compile(rf"epoch {epoch(page)}{25 * epoch(page):,} updatestraining"))
    over.select_option("examples")
    chart.press("End")
    expect(reading).to_contain_text(f"{250 * epoch(page):,} examples")
    over.select_option("training time (s)")
    chart.press("End")
    expect(reading).to_contain_text(re.compile(r"epoch \d+0\.\d+ straining"))
    expect(chart).to_have_attribute("aria-label", re.compile("^Loss over training time"))
    page.locator(".lane").press("Home")
    expect(page.locator("#epoch")).to_have_text("000,000")


def test_a_divergence_is_explained_at_the_chart(page: Page, live_server: LiveServer) -> None:
    """The note says where the curve ends, and the console stays clean."""
    link = LINK.replace("learningRate=0.03", "learningRate=10").replace("tanh", "linear")
    open_page(page, live_server.url, f"{link}&problem=regression")
    page.keyboard.press(" ")
    expect(page.locator("#chart-note")).to_have_text(re.compile(r"At epoch \d+ the loss is not a number\."))
    expect(page.locator("#chart-words")).to_contain_text("the loss is not a number")


def test_tiny_losses_have_whole_numbers_at_the_axis(page: Page, live_server: LiveServer) -> None:
    """A plane learnt by a linear network falls below 10⁻³⁰: the axis says so, and nothing is cut."""
    link = LINK.replace("learningRate=0.03", "learningRate=0.3").replace("tanh", "linear")
    open_page(page, live_server.url, f"{link}&problem=regression")
    page.get_by_role("combobox", name="Chart").select_option("Loss (log)")
    train_for(page, 5)
    expect(page.locator("#chart-words")).to_contain_text(
        re.compile(r"^A logarithmic axis from 10⁻[³⁴][⁰¹²³⁴⁵⁶⁷⁸⁹] to ")
    )
    assert page.locator("#curve").evaluate("e => e.scrollWidth - e.clientWidth") <= 0


@pytest.mark.parametrize(("watching", "most"), [(False, 200_000), (True, 150_000)])
def test_a_first_picture_is_small(browser: Browser, live_server: LiveServer, watching: bool, most: int) -> None:
    """All that Chromium receives until chart and map are drawn, messages included; no plotting library."""
    owner = browser.new_context().new_page()
    open_page(owner, live_server.url)
    address = join_link(owner) if watching else live_server.url
    page = browser.new_context().new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    asked: list[str] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: sizes.append(len(data) + 4)))
    page.goto(address)
    expect(page.locator("#chart-words")).to_contain_text("Training: ")
    expect(page.locator(".map-square canvas").first).to_be_visible()
    assert len(asked) > 40
    assert not [url for url in asked if "plotly" in url]
    print(f"first picture, {'watcher' if watching else 'owner'}: {sum(sizes):.0f} bytes")
    assert sum(sizes) < most
    for each in (page, owner):
        each.context.close()


def test_speed_and_axis_are_in_the_link(page: Page, live_server: LiveServer) -> None:
    """Who opens it trains at that speed and sees the logarithm; back undoes the choice."""
    open_page(page, live_server.url)
    page.get_by_role("combobox", name="Epochs per second").select_option("fastest")
    page.get_by_role("combobox", name="Chart").select_option("Loss (log)")
    page.wait_for_url(re.compile("speed=fastest.*logLoss=true"))
    other = page.context.new_page()
    open_page(other, live_server.url, page.evaluate("location.hash"))
    expect(other.get_by_role("combobox", name="Epochs per second")).to_have_value("full")
    expect(other.get_by_role("combobox", name="Chart")).to_have_value("log")
    expect(other.locator(".toast")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("combobox", name="Chart")).to_have_value("loss")
    page.go_back()
    expect(page.get_by_role("combobox", name="Epochs per second")).to_have_value("60")


def test_a_rate_that_is_too_high_is_named(page: Page, live_server: LiveServer) -> None:
    """Rate 10 never reaches a loss that is not a number: a whole note says what helps; the chart keeps its place."""
    open_page(page, live_server.url, LINK.replace("learningRate=0.03", "learningRate=10"))
    before = page.locator("#curve").bounding_box()
    page.get_by_role("button", name="Play").click()
    note = page.locator("#chart-note")
    expect(note).to_have_text("The loss is not falling: lower the rate.")
    assert note.evaluate("(note) => note.scrollWidth <= note.clientWidth")
    assert page.locator("#curve").bounding_box() == before
