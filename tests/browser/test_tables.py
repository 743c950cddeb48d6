"""Stored data sets in a real Chromium: Iris on its planes, before and after a restart of the server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.test_sqlite import wait
from tests.browser.helpers import (
    MAP,
    choose_view,
    epoch,
    loss,
    open_page,
    pixels,
    wait_for_epoch,
    wait_for_other_pixels,
)
from tests.browser.test_restart import Restarting, kept, restarting  # noqa: F401
from tests.conftest import LiveServer
from tinkernet.app.tables.library import iris
from tinkernet.engine.data.grid import EDGE
from tinkernet.engine.data.slices import named_slice

IRIS = iris()
assert IRIS is not None
LINK = "#v=1&seed=0.5&batchSize=10&networkShape=4,2"


def choose_iris(page: Page) -> None:
    """Under More data, and until its names are there."""
    page.locator("#dataset-more > summary").click()
    page.get_by_role("radio", name="Iris").click()
    expect(page.locator("#data")).to_contain_text("Iris: 150 rows, 4 columns, 3 classes.")


def test_iris_learns_on_its_planes_and_outlives_the_server(
    page: Page,
    restarting: Restarting,  # noqa: F811
    tmp_path: Path,
) -> None:
    """Three named classes, above 95 % of the training set; another plane has raw axes; a restart loses nothing."""
    open_page(page, restarting.url, LINK)
    choose_iris(page)
    expect(page.get_by_role("radio", name="Iris")).to_be_checked()
    for name in ("Noise", "Points"):
        expect(page.get_by_label(name, exact=True)).to_be_hidden()
    expect(page.locator("#draw")).to_be_hidden()
    tile = page.get_by_role("button", name="Input Petal width, 0.1 – 2.5 cm")
    expect(tile).to_have_attribute("aria-pressed", "true")
    axes = page.locator(".map-axes")
    expect(axes).to_have_text("→ Direction 1 (73 %) ↑ Direction 2 (23 %)")
    expect(page.locator(".legend .class-mark")).to_have_text(["Setosa", "Versicolor", "Virginica"])
    page.keyboard.press(" ")
    wait_for_epoch(page, 300)
    page.keyboard.press(" ")
    choose_view(page, "Measures")
    accuracy = page.get_by_role("row", name="Accuracy").get_by_role("cell").first
    expect(accuracy).to_have_text(re.compile(r"^(0\.9[5-9]|1)"))
    expect(page.get_by_role("row", name="F1 of Versicolor")).to_be_visible()
    page.get_by_role("tab", name="Map").click()

    before = pixels(page, MAP)
    page.locator(".plane-chooser summary").click()
    page.get_by_role("combobox", name="Across").select_option(label="Petal length")
    page.get_by_role("combobox", name="Up").select_option(label="Petal width")
    expect(axes).to_have_text("→ Petal length (cm) ↑ Petal width (cm)")
    wait_for_other_pixels(page, MAP, before)
    page.keyboard.press("Escape")
    marks = page.locator(".map-square canvas").last
    expect(marks).to_have_attribute("aria-label", re.compile(r"across Petal length \(cm\), up Petal width \(cm\)"))
    marks.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".map-foot .reading")).to_have_text(re.compile(r"^\(\S+ cm, \S+ cm\) → V\w+, probability 0\."))

    # A click on the first flower of the training set holds the other columns as they are there.
    dataset = IRIS.dataset
    row = int(dataset.rows(50.0, "0.5")[0][0])
    x, y = named_slice(dataset, "2,3").project(dataset.inputs[row : row + 1])[0]
    box = marks.bounding_box()
    assert box is not None
    before = pixels(page, MAP)
    marks.click(position={"x": (x + EDGE) / (2 * EDGE) * box["width"], "y": (EDGE - y) / (2 * EDGE) * box["height"]})
    wait_for_other_pixels(page, MAP, before)
    page.locator(".plane-chooser summary").click()
    chooser = page.get_by_role("group", name="Plane: what the map shows")
    expect(chooser.get_by_role("status")).to_contain_text("held as in row")
    held = int(re.search(r"as in row (\d+)", chooser.get_by_role("status").inner_text())[1]) - 1  # type: ignore[index]
    assert dataset.inputs[held, 2:].tolist() == dataset.inputs[row, 2:].tolist()  # two flowers may lie there
    chooser.get_by_role("button", name="Others at their median").click()
    expect(chooser.get_by_role("status")).to_contain_text("held at their median")
    page.keyboard.press("Escape")

    at, seen = epoch(page), loss(page)
    wait(lambda: (found := kept(tmp_path, page)) and not found.playing and found.checkpoint["epoch"] == at)
    restarting.kill()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    restarting.start()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    page.reload()
    expect(page.locator("#data")).to_contain_text("Iris: 150 rows")
    expect(page.locator("#toasts")).to_be_empty()
    assert (epoch(page), loss(page)) == (at, seen)

    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "false")
    page.get_by_role("radio", name="Circle").click()
    expect(page.locator("#data")).not_to_contain_text("Iris: 150 rows")
    expect(page.get_by_role("button", name="Input X₁", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(axes).to_be_hidden()
    page.go_back()
    expect(page.locator("#data")).to_contain_text("Iris: 150 rows")
    expect(page).to_have_url(re.compile(r"inputs=0,1,2&.*data=150x4c3\."))


@pytest.mark.parametrize("missing", [f"60x5n2.{'0' * 64}"])
def test_a_link_whose_data_are_not_here(page: Page, live_server: LiveServer, missing: str) -> None:
    """It says so, shows other points with the rest of the settings, and goes on."""
    open_page(page, live_server.url, f"{LINK}&problem=regression&inputs=0,1,2,3,4&data={missing}")
    expect(page.locator("#toasts")).to_contain_text("kept on another server, or are no longer here")
    expect(page).to_have_url(re.compile("problem=regression"))
    expect(page).not_to_have_url(re.compile("data="))
    page.keyboard.press(" ")
    wait_for_epoch(page, 5)
