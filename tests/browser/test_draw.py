"""Draw: points are added, changed and undone on the map, by mouse, touch and keys, also while the network learns."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.helpers import epoch, loss, open_page, wait_for_epoch
from tests.browser.test_axe import violations
from tests.conftest import LiveServer

START = "#dataset=gauss&networkShape=4&learningRate=0.3&seed=0.5"


def board_of(page: Page) -> Locator:
    """Open Draw, and give its board."""
    page.keyboard.press("d")
    board = page.locator(".draw-board")
    expect(board).to_be_focused()
    return board


def drag(page: Page, board: Locator, *places: tuple[float, float]) -> None:
    """Through places of the plane with the button down."""
    box = board.bounding_box()
    assert box is not None
    for index, (x, y) in enumerate(places):
        page.mouse.move(box["x"] + box["width"] * (x + 6) / 12, box["y"] + box["height"] * (6 - y) / 12, steps=6)
        if index == 0:
            page.mouse.down()
    page.mouse.up()


def count(page: Page, number: int | re.Pattern[str]) -> None:
    """Wait until there are so many points."""
    expected = number if isinstance(number, re.Pattern) else re.compile(f"^{number} points: ")
    expect(page.locator(".draw-count")).to_have_text(expected)


def test_two_classes_are_drawn_by_mouse_and_learnt(page: Page, live_server: LiveServer) -> None:
    """From an empty map; while it trains more come; every tool, and all of it undone."""
    open_page(page, live_server.url, START)
    board = board_of(page)
    assert violations(page) == []
    page.get_by_role("button", name="Clear all").click()
    count(page, 0)
    expect(page.locator(".draw-hint")).to_have_text("Draw two classes to begin.")
    expect(page.locator("#train-loss")).to_have_text("–")
    for key in ("noise", "points", "classBalance"):  # what only a generator has
        expect(page.locator(f"[data-control^={key}]").first).to_be_hidden()
    drag(page, board, (-4, 3), (-1, 3))
    expect(page.locator(".draw-hint")).to_have_text("Only one class yet: nothing to tell apart.")
    page.keyboard.press("2")
    drag(page, board, (4, -3), (1, -3))
    expect(page.locator(".draw-said")).to_contain_text("Class 2 at 1.00, −3.00.")
    page.get_by_role("button", name="Play").click()
    wait_for_epoch(page, 60)
    page.wait_for_function("() => Number(document.querySelector('#train-loss').textContent) < 0.05")
    shown = page.locator(".draw-count").inner_text()
    page.keyboard.press("p")
    drag(page, board, (-3, -4))  # a class 2 where class 1 was expected: the net has to bend
    expect(page.locator(".draw-count")).not_to_have_text(shown)
    assert loss(page) >= 0
    before = epoch(page)
    wait_for_epoch(page, before + 20)
    page.get_by_role("button", name="Pause").click()

    points = int(page.locator(".draw-count").inner_text().split()[0])
    page.keyboard.press("s")
    drag(page, board, (-5, 5), (0, 1))
    expect(page.locator(".draw-said")).to_have_text(re.compile(r"\d+ selected\."))
    selected = int(page.locator(".draw-said").inner_text().split()[0])
    assert selected > 5
    page.get_by_role("button", name="Make class 2").click()
    expect(page.get_by_role("button", name=re.compile(r"^Class 1\s+0\s+points"))).to_be_visible()
    page.get_by_role("button", name="Jitter").click()
    expect(page.locator(".draw-said")).to_contain_text("Moved a little.")
    page.keyboard.press("Delete")
    count(page, points - selected)
    page.keyboard.press("t")
    trained = page.locator(".draw-count").inner_text()
    drag(page, board, (-3, -4))
    expect(page.locator(".draw-said")).to_contain_text(re.compile("Now a (test|training) point."))
    expect(page.locator(".draw-count")).not_to_have_text(trained)
    page.keyboard.press("m")
    drag(page, board, (-3, -4), (-4, -4.5))
    expect(page.locator(".draw-said")).to_contain_text("Moved to −4.00, −4.50.")
    page.keyboard.press("x")
    drag(page, board, (-4, -4.5))
    count(page, points - selected - 1)
    for _ in range(20):
        page.keyboard.press("Control+z")
    count(page, 500)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    expect(page.locator("[data-control=noise]").first).to_be_visible()
    page.keyboard.press("Control+Shift+z")
    count(page, 0)
    page.keyboard.press("1")
    page.get_by_label("Name of class 1").fill("cats, big")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile(r"^cats big\s+0\s+points"))).to_be_visible()
    expect(page).to_have_url(re.compile("&classNames=cats%20big,Class%202&"))
    page.get_by_role("button", name="Done").click()
    expect(board).to_have_count(0)
    expect(page.locator(".legend")).to_contain_text("cats big")
    expect(page.locator("#network .unit").first).to_be_visible()


def test_points_are_drawn_by_keys(page: Page, live_server: LiveServer) -> None:
    """Arrows move the cross-hair, with Shift finer; Enter uses each tool, Delete removes; what happens is said."""
    open_page(page, live_server.url, START)
    board_of(page)
    said = page.locator(".draw-said")
    page.keyboard.press("p")
    page.keyboard.press("2")
    for key in ("ArrowLeft", "ArrowUp", "ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    expect(said).to_have_text("−0.22, 0.50.")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Class 2 at −0.22, 0.50. 501 points.")
    count(page, 501)
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Picked up: arrows move it, Enter puts it down.")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Moved to −1.22, 0.50.")
    page.keyboard.press("Delete")
    expect(said).to_have_text("Gone: −1.22, 0.50. 500 points.")
    count(page, 500)
    page.keyboard.press("Control+z")
    count(page, 501)
    expect(page.locator("#epoch")).to_have_text("000,000")  # no arrow was a step
    page.keyboard.press("Escape")
    expect(page.locator(".draw-board")).to_have_count(0)
    expect(page.get_by_role("button", name="Regenerate")).to_have_attribute(
        "title", "New first weights for your points"
    )
    page.get_by_role("button", name="Regenerate").click()
    page.wait_for_url(re.compile("weightSeed="))
    board_of(page)
    count(page, 501)


def test_points_are_drawn_by_touch(browser: Browser, live_server: LiveServer) -> None:
    """On a phone, below the map: one finger draws, two do not."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_page(page, live_server.url, START)
    page.get_by_role("navigation", name="Panes").get_by_role("button", name="Data").click()
    page.get_by_text("More data", exact=True).click()
    page.get_by_role("button", name="Draw").click()
    board = page.locator(".draw-board")
    expect(board).to_be_visible()
    expect(page.locator(".draw-hint")).to_have_text("One finger draws, two fingers scroll.")
    assert violations(page) == []
    page.get_by_role("button", name="Point", exact=True).click()
    box = board.bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    count(page, 501)
    expect(page.locator(".draw-said")).to_contain_text("Class 1 at −3.0")
    touches = page.context.new_cdp_session(page)
    fingers = [{"x": box["x"] + far, "y": box["y"] + 100, "id": far} for far in (60, 160)]
    touches.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": fingers[:1]})
    touches.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": fingers})
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.touchscreen.tap(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    count(page, 502)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


def test_a_link_carries_the_points(page: Page, browser: Browser, live_server: LiveServer) -> None:
    """A fresh browser trains them to the same losses; back returns to what was drawn before another set was chosen."""
    open_page(page, live_server.url, START)
    board = board_of(page)
    page.keyboard.press("p")
    for number, place in enumerate([(-4, 3), (4, 3), (3, 4), (-2, 2), (1, -4)], 501):
        drag(page, board, place)
        count(page, number)
    expect(page.locator(".draw-hint")).to_have_text(re.compile(r"^Saved here; .* \(0\.\d of 7 kB\)\.$"))
    drawn = page.locator(".draw-count").inner_text()
    page.wait_for_url(re.compile("&drawn="))
    page.get_by_role("button", name="Done").click()
    other = browser.new_context().new_page()
    open_page(other, live_server.url, page.evaluate("location.hash"))
    board_of(other)
    expect(other.locator(".draw-count")).to_have_text(drawn)
    losses = []
    for each in (page, other):
        for step in range(1, 6):
            each.get_by_role("button", name="Step: one epoch").click()
            expect(each.locator("#epoch")).to_have_text(f"000,00{step}")
        expect(each.locator(".toast")).to_have_count(0)
        losses.append([each.locator(f"#{name}-loss").inner_text() for name in ("train", "test")])
    assert losses[0] == losses[1]
    other.reload()
    expect(other.locator("#epoch")).to_have_text("000,005")  # its own address begins nothing anew
    page.get_by_role("radio", name="Circle").click()
    page.wait_for_url(re.compile("^((?!drawn=).)*$"))
    page.go_back()
    page.wait_for_url(re.compile("dataset=gauss.*&drawn="))
    board_of(page)
    expect(page.locator(".draw-count")).to_have_text(drawn)
    other.context.close()
