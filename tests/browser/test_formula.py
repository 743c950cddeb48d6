"""Formula: data and features that a person writes, with errors on the way, and what a link does with them."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.helpers import MAP, epoch, loss, open_page, pixels, wait_for_epoch
from tests.browser.test_axe import violations
from tests.conftest import LiveServer

START = "#dataset=gauss&networkShape=6,4&learningRate=0.1&seed=0.5"


def open_editor(page: Page) -> None:
    """Open the panel."""
    page.get_by_text("More data", exact=True).click()
    page.get_by_role("button", name="Formula", exact=True).click()


def test_a_formula_with_an_error_is_corrected_and_learnt(page: Page, live_server: LiveServer, browser: Browser) -> None:
    """The error has a place, the run goes on meanwhile; a feature helps; a fresh browser gets the same by the link."""
    open_page(page, live_server.url, START)
    page.get_by_role("button", name="Play").click()
    open_editor(page)
    field = page.get_by_label("Class 2 where")
    expect(field).to_be_focused()
    expect(page.locator(".formula-picture").first.get_by_role("img")).to_have_accessible_name(
        re.compile("class 2 50 %")
    )
    before = page.url
    field.fill("abs(x) < 2 and y > sin(x))")
    expect(field).to_have_attribute("aria-invalid", "true")
    said = "Expected an operator or the end at character 25, found “)”."
    expect(field).to_have_accessible_description(said)
    expect(page.locator(".formula-copy mark").first).to_have_text(")")
    assert violations(page) == []
    field.press("Enter")
    wait_for_epoch(page, epoch(page) + 10)
    assert page.url == before
    field.fill("abs(x) < 2 and y > sin(x)")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(page.locator(".formula-said").first).to_have_text("Class 1 has about 84 % of the square, class 2 16 %.")
    page.wait_for_function("() => document.querySelector('.formulas .strong').ariaDisabled === 'false'")
    assert page.url == before
    field.press("Enter")
    expect(page.locator(".formula-said").first).to_have_text(re.compile(r"^In use\. Class 1 has"))
    expect(page.locator("#more-datasets button[value=formula]")).to_have_attribute("aria-checked", "true")

    feature = page.get_by_label("New feature")
    feature.fill("sqrt(x) * max(y, 1)")
    expect(page.locator(".formula-said").last).to_contain_text("the network gets 0 there")
    feature.fill("y - sin(x)")
    feature.press("Enter")
    expect(page.locator(".formula-said").last).to_have_text("Added: y - sin(x).")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Formula", exact=True)).to_be_focused()
    unit = page.locator("[data-unit='=y - sin(x)']")
    expect(unit).to_have_accessible_name("Input y - sin(x)")
    page.wait_for_function("() => Number(document.querySelector('#test-loss').textContent) < 0.1")
    page.get_by_role("button", name="Pause").click()
    unit.hover()  # its map is the big one
    expect(page.locator("#stage")).to_contain_text("y - sin(x)")
    page.locator("[data-unit='0.0']").click()
    expect(page.get_by_label("weight of (y - sin(x))")).to_be_visible()
    expect(page.locator(".card .formula")).to_contain_text("·(y - sin(x))")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Reset").click()
    other = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    open_page(other, live_server.url, page.evaluate("location.hash"))
    expect(other.locator(".toast")).to_have_count(0)
    for each in (page, other):
        expect(each.locator("#epoch")).to_have_text("000,000")
        for step in range(1, 4):
            each.get_by_role("button", name="Step").click()
            expect(each.locator("#epoch")).to_have_text(f"000,00{step}")
        each.mouse.move(5, 5)
        expect(each.locator("[data-unit='=y - sin(x)']")).to_be_visible()
    assert loss(page) == loss(other)
    assert pixels(page, MAP) == pixels(other, MAP)
    other.context.close()


def test_a_value_several_classes_and_what_cannot_be(page: Page, live_server: LiveServer) -> None:
    """A value is scaled and says so; a class without room is refused; back undoes; a feature can be taken away."""
    open_page(page, live_server.url, f"{START}&v=1&problem=regression&own=x%2Ay")
    open_editor(page)
    said = page.locator(".formula-said").first
    field = page.get_by_label("Value =")
    field.fill("x * y")
    expect(said).to_have_text("The values are divided by 36.0, so that they are from −1 to 1.")
    page.get_by_role("button", name="Use these data").click()
    expect(said).to_contain_text("In use.")
    expect(page).to_have_url(re.compile(r"regDataset=reg-formula.*&surface=x%20%2A%20y"))
    page.get_by_role("combobox", name="Problem").select_option("Classification")
    page.get_by_label("Class 2 where").fill("x^2 + y^2 < 4")
    page.get_by_role("button", name="Add a class").click()
    expect(page.get_by_label("Class 3 where")).to_be_focused()
    page.get_by_label("Class 3 where").fill("x > 7")
    expect(said).to_have_text("Class 3 has no part of the square.")
    page.get_by_role("button", name="Use these data").click(force=True)
    expect(said).to_have_text("Class 3 has no part of the square.")
    assert "dataset=formula" not in page.url
    page.get_by_label("Class 3 where").fill("y > x")
    page.get_by_label("Class 3 where").press("Enter")
    expect(page).to_have_url(re.compile("dataset=formula.*&regions=x%5E2"))
    expect(page.get_by_role("button", name="Output for class 3. Open its numbers.")).to_be_visible()
    page.get_by_role("button", name="Remove the feature x*y").click()
    expect(page.locator("[data-unit='=x*y']")).to_have_count(0)
    page.get_by_role("button", name="Close").click()
    page.locator("summary[aria-label='More features']").click()
    page.locator(".features-popover").get_by_role("button", name="x*y", exact=True).click()
    expect(page.locator("[data-unit='=x*y']")).to_be_visible()


def test_a_link_with_a_broken_formula_opens_with_the_default(page: Page, live_server: LiveServer) -> None:
    """It says what is wrong, and the rest of the link counts."""
    page.goto(f"{live_server.url}/#v=1&dataset=formula&networkShape=3&seed=1&regions=y%20%3E&own=x%2A")
    expect(page.locator(".toast")).to_contain_text("Expected a number, a name or “(” at character")
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    expect(page.locator("[data-unit='0.2']")).to_be_visible()
    expect(page.locator("#more-datasets button[value=formula]")).to_have_attribute("aria-checked", "true")
    expect(page.locator("[data-unit^='=']")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("regions|own="))


def test_on_a_phone_it_is_a_sheet_above_the_dock(page: Page, live_server: LiveServer) -> None:
    """All of it can be reached, and its targets are large."""
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, live_server.url, START)
    page.locator("#dock").get_by_role("button", name="Data").click()
    open_editor(page)
    panel = page.locator(".formulas")
    box, dock = panel.bounding_box(), page.locator("#dock").bounding_box()
    assert box is not None
    assert dock is not None
    assert box["x"] == 0
    assert box["width"] == 390
    assert box["y"] + box["height"] <= dock["y"] + 1
    assert panel.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    for button in panel.get_by_role("button").all():
        size = button.bounding_box()
        assert size is not None
        assert size["height"] >= 32, button
    page.get_by_role("button", name="Add this feature").scroll_into_view_if_needed()
    expect(page.get_by_role("button", name="Add this feature")).to_be_in_viewport()


def test_a_feature_of_the_columns_of_a_table(page: Page, live_server: LiveServer) -> None:
    """Its columns by their names; it is learnt from, has a map over the plane, and travels in the address."""
    open_page(page, live_server.url, "#v=1&seed=0.5&batchSize=10&networkShape=4")
    page.get_by_text("More data", exact=True).click()
    page.get_by_role("radio", name="Iris").click()
    expect(page.locator("#data")).to_contain_text("Iris: 150 rows")
    page.get_by_role("button", name="Formula", exact=True).click()
    feature = page.get_by_label("New feature")
    feature.fill("gauss(x)")
    said = "Expected the name of a column, pi, e or a function at character 6, found “x”."
    expect(feature).to_have_accessible_description(said)
    feature.fill("")
    for text in ("Petal length", "Petal width"):
        page.get_by_role("group", name="Columns").get_by_role("button", name=text).click()
        if text == "Petal length":
            page.keyboard.type(" * ")
    expect(feature).to_have_value('"Petal length" * "Petal width"')
    feature.press("Enter")
    expect(page.locator(".formula-said").last).to_have_text('Added: "Petal length" * "Petal width".')
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(r"inputs=0,1,2,3&own=in\.2%20%2A%20in\.3&"))
    unit = page.locator("[data-unit='=in.2 * in.3']")
    expect(unit).to_have_accessible_name('Input "Petal length" * "Petal width"')
    unit.hover()
    expect(page.locator(".stage-unit")).to_contain_text("Petal length")
    page.keyboard.press(" ")
    wait_for_epoch(page, 60)
    page.reload()
    expect(page.locator("[data-unit='=in.2 * in.3']")).to_have_attribute("aria-pressed", "true")
    wait_for_epoch(page, 60)
    expect(page.locator(".toast")).to_have_count(0)
    page.locator("[data-unit='=in.2 * in.3']").click()
    page.wait_for_url(re.compile("^((?!own=).)*$"))
