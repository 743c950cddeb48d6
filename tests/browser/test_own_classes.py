"""Draw: another class is added, drawn, named and removed; a pen is as good as a mouse."""

from __future__ import annotations

import re

from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.browser.helpers import open_page, wait_for_epoch
from tests.browser.test_axe import violations
from tests.browser.test_draw import START, board_of, count, drag
from tests.conftest import LiveServer


def class_button(page: Page, name: str, number: int | str) -> Locator:
    """The button of a class with so many points."""
    return page.get_by_role("button", name=re.compile(rf"^{name}\s+{number}\s+points"))


def test_a_third_class_is_added_drawn_and_undone(page: Page, live_server: LiveServer) -> None:
    """The network gets an output for each; its address opens it again, and the steps go back over it."""
    open_page(page, live_server.url, START)
    board = board_of(page)
    page.get_by_role("button", name="Add a class").click()
    expect(page.locator(".draw-said")).to_have_text("Class 3: the network begins anew, with an output for it.")
    expect(class_button(page, "Class 3", 0)).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Name of class 3").fill("grass")
    page.keyboard.press("Enter")
    board.focus()
    page.keyboard.press("1")
    page.keyboard.press("3")
    drag(page, board, (-5, 5), (-2, 5))
    expect(class_button(page, "grass", r"[1-9]\d*")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 100)
    page.get_by_role("button", name="Pause").click()
    expect(page).to_have_url(re.compile("&classNames=Class%201,Class%202,grass&drawnClasses=3&.*drawn="))
    points = page.locator(".draw-count").inner_text()
    page.reload()
    wait_for_epoch(page, 100)
    board_of(page)
    expect(page.locator(".draw-count")).to_have_text(points)
    page.get_by_role("button", name="Remove grass").click()
    expect(page.locator(".draw-said")).to_contain_text("grass is gone, with its points")
    expect(page.get_by_role("button", name="Remove")).to_have_count(0)
    count(page, 500)
    page.keyboard.press("Control+z")
    expect(page.locator(".draw-count")).to_have_text(points)
    expect(page.get_by_role("button", name="Remove Class 3")).to_be_visible()
    page.wait_for_url(re.compile("drawnClasses=3"))
    for _ in range(2):
        page.keyboard.press("Control+z")
    count(page, 500)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.wait_for_url(re.compile("^((?!drawnClasses).)*$"))
    for _ in range(8):
        page.get_by_role("button", name="Add a class").click()
    expect(page.get_by_role("button", name="Add a class")).to_be_hidden()
    board.focus()
    page.keyboard.press("0")
    expect(class_button(page, "Class 10", 0)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("p")
    drag(page, board, (0, 0))
    expect(class_button(page, "Class 10", 1)).to_be_visible()


def stroke(pen: CDPSession, board: Locator, *places: tuple[float, float]) -> None:
    """Through places of the plane with the pen down."""
    box = board.bounding_box()
    assert box is not None
    fields = {"pointerType": "pen", "button": "left", "buttons": 1, "clickCount": 1, "force": 0.5}
    kinds = ["mousePressed", *["mouseMoved"] * len(places), "mouseReleased"]
    for kind, (x, y) in zip(kinds, [places[0], *places, places[-1]], strict=True):
        at = {"x": box["x"] + box["width"] * (x + 6) / 12, "y": box["y"] + box["height"] * (6 - y) / 12}
        pen.send("Input.dispatchMouseEvent", {"type": kind, **at, **fields})


def test_points_are_drawn_by_pen(page: Page, live_server: LiveServer) -> None:
    """Brush, single point, move, erase and select; a pen that is lifted leaves no shadow of its tool."""
    open_page(page, live_server.url, START)
    board = board_of(page)
    page.evaluate(
        "addEventListener('pointerdown', ({ pointerType }) => { document.body.dataset.by = pointerType }, true)"
    )
    pen = page.context.new_cdp_session(page)
    page.get_by_role("button", name="Clear all").click()
    count(page, 0)
    page.keyboard.press("p")
    stroke(pen, board, (-3, 3))
    count(page, 1)
    assert page.evaluate("document.body.dataset.by") == "pen"
    page.keyboard.press("m")
    stroke(pen, board, (-3, 3), (0, 1), (4, -4))
    expect(page.locator(".draw-said")).to_contain_text("Moved to 4.0")
    page.keyboard.press("b")
    page.keyboard.press("2")
    stroke(pen, board, (-4, -2), (-3, -2), (-2, -2), (-1, -2))
    expect(class_button(page, "Class 2", r"[1-9]\d*")).to_be_visible()
    drawn = int(page.locator(".draw-count").inner_text().split()[0])
    assert drawn > 8
    page.keyboard.press("s")
    stroke(pen, board, (-6, 0), (-3, -2), (0, -4))
    expect(page.locator(".draw-chosen")).to_have_text(f"{drawn - 1} selected")
    stroke(pen, board, (-3, 5), (-2, 4))
    expect(page.locator(".draw-chosen")).to_be_hidden()
    page.keyboard.press("x")
    stroke(pen, board, (4, -4))
    count(page, drawn - 1)
    page.keyboard.press("Control+z")
    count(page, drawn)
