"""A class in real browsers: a desk, a phone that enters the code, and what both see of each other."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.helpers import open_page
from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """Another device: a phone."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    yield context
    context.close()


def open_class(page: Page) -> str:
    """Open a class; its code."""
    page.locator("#open-class").click()
    page.get_by_role("button", name="Open a class").click()
    code = page.locator(".class-code")
    expect(code).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    return code.inner_text()


def test_a_phone_joins_by_the_code(page: Page, live_server: LiveServer, phone: BrowserContext) -> None:
    """A wrong code is answered with a sentence; the right one shows the lecturer's network, live."""
    open_page(page, live_server.url)
    code = open_class(page)
    expect(page.locator(".classroom")).to_contain_text("tinkernet --host 0.0.0.0")  # no QR that cannot work
    expect(page.locator(".class-qr svg")).to_have_count(0)
    student = phone.new_page()
    student.goto(f"{live_server.url}/join")
    field = student.get_by_label("The six digits on the screen")
    expect(field).to_be_focused()
    field.press_sequentially("100000" if code != "100 000" else "100001")
    student.get_by_role("button", name="Join").tap()
    expect(student.get_by_role("status")).to_have_text(re.compile(r"No class has the code \d{3} \d{3}\."))
    field.fill(code.replace(" ", ""))
    field.press("Enter")
    expect(student.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    name = re.compile(rf"Class {code}\. You are \w+ \w+\.")
    expect(student.locator("#watching")).to_contain_text(name)
    person = page.locator(".class-people li")
    expect(person).to_contain_text("follows")
    assert person.locator(".class-name").inner_text() in student.locator("#watching").inner_text()
    expect(page.locator(".class-count")).to_have_text("1 is here")
    page.get_by_role("button", name="Step: one epoch").click()
    expect(student.locator("#epoch")).to_have_text("000,001")
    student.reload()
    expect(student.locator("#watching")).to_contain_text(name)

    page.get_by_label("Nobody else may join").check()
    late = phone.browser.new_page()  # type: ignore[union-attr]
    late.goto(f"{live_server.url}/join#{code.replace(' ', '')}")  # as the QR code has it
    expect(late.get_by_role("status")).to_have_text("This class is locked: nobody else may join just now.")
    page.get_by_label("Nobody else may join").uncheck()
    late.get_by_role("button", name="Join").click()
    expect(late.locator("#watching")).to_contain_text(f"Class {code}.")
    expect(page.locator(".class-count")).to_have_text("2 are here")
    late.close()

    page.get_by_role("button", name="Remove").first.click()
    expect(student.locator("#status")).to_contain_text("removed you from the class")
    end = page.get_by_role("button", name="End the class")
    end.click()
    page.get_by_role("button", name="End it for everybody?").click()
    expect(page.get_by_role("button", name="Open a class")).to_be_visible()
    student.goto(f"{live_server.url}/join#{code.replace(' ', '')}")
    expect(student.get_by_role("status")).to_have_text("This class has ended.")


def test_a_class_that_others_can_reach(page: Page, phone: BrowserContext) -> None:
    """The address was tried, and its QR code leads into the class; after a reload the desk has the same class."""
    server = start([sys.executable, "-m", "tinkernet.app", "--host", "0.0.0.0", "--port", "0"], ROOT)
    try:
        wait_until_ready(server.url)
        open_page(page, server.url)
        code = open_class(page)
        expect(page.locator(".classroom")).to_contain_text("Tried: it answers there.")
        link = (page.locator(".class-qr svg").get_attribute("aria-label") or "").removeprefix("QR code of ")
        assert link.endswith(f"/join#{code.replace(' ', '')}")
        assert "localhost" not in link
        student = phone.new_page()
        student.goto(link)
        expect(student.locator("#watching")).to_contain_text(f"Class {code}.")
        page.reload()
        page.locator("#open-class").click()
        expect(page.locator(".class-code")).to_have_text(code)
        expect(page.locator(".class-count")).to_have_text("1 is here")
        page.keyboard.press("Escape")
        expect(page.locator("#classroom")).to_be_hidden()
        expect(page.locator("#open-class")).to_be_focused()
        for each in (page, student):  # before the server ends: the console stays clean
            each.close()
    finally:
        stop(server)


def test_a_class_votes(page: Page, live_server: LiveServer, phone: BrowserContext) -> None:
    """Answers are counted and hidden until they are shown; then they are locked, and may be asked for again."""
    open_page(page, live_server.url)
    code = open_class(page).replace(" ", "")
    student = phone.new_page()
    student.goto(f"{live_server.url}/join#{code}")
    expect(page.locator(".class-count")).to_have_text("1 is here")
    page.get_by_text("Ask a question").click()
    page.get_by_label("Question").fill("Will it learn?")
    page.get_by_label("Question").press("Enter")
    card = student.get_by_role("region", name="Will it learn?")
    card.get_by_role("button", name="No", exact=True).tap()
    card.get_by_role("button", name="Yes").tap()
    expect(card).to_contain_text("You answered “Yes”. You can change it until the answers show.")
    expect(card.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    desk = page.locator(".class-question")
    expect(desk).to_contain_text("1 of 1 have answered.")
    expect(desk.locator(".vote-bars")).to_have_count(0)
    student.reload()
    expect(card).to_contain_text("You answered “Yes”.")
    desk.get_by_role("button", name="Show answers").click()
    for shown in (desk, card):
        expect(shown.get_by_role("list", name="Answers").get_by_role("listitem")).to_have_text(
            ["Yes1", "No0", "Not sure0"]
        )
    expect(card.get_by_role("button")).to_have_count(0)
    desk.get_by_role("button", name="Ask again").click()
    expect(card.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "false")
    desk.get_by_role("button", name="Done").click()
    expect(card).to_be_hidden()
    page.get_by_label("Question").fill("Which loss?")
    page.get_by_label("Answers").select_option("A number")
    page.get_by_role("button", name="Ask", exact=True).click()
    number = student.get_by_role("textbox", name="Your number")
    number.fill("about 1")
    number.press("Enter")
    expect(student.get_by_text("“about 1” is no number.")).to_be_visible()
    number.fill("0,25")
    number.press("Enter")
    desk.get_by_role("button", name="Show answers").click()
    expect(desk).to_contain_text("1 answered. Median 0.25")


def test_the_screen_of_a_class(page: Page, live_server: LiveServer, phone: BrowserContext) -> None:
    """On the projector: how to join, how many are here, the question; no control, no name, and it is nobody itself."""
    open_page(page, live_server.url)
    code = open_class(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the screen").click()
    screen = opened.value
    expect(screen.get_by_role("region", name="Join the class")).to_contain_text(code)
    expect(screen.locator(".screen-here")).to_have_text("0 are here")
    student = phone.new_page()
    student.goto(f"{live_server.url}/join#{code.replace(' ', '')}")
    expect(screen.locator(".screen-here")).to_have_text("1 is here")
    expect(page.locator(".class-people li")).to_have_count(1)
    name = page.locator(".class-name").inner_text()
    expect(screen.locator("body")).not_to_contain_text(name)
    page.get_by_text("Ask a question").click()
    page.get_by_label("Question").fill("Will it learn?")
    page.get_by_label("Question").press("Enter")
    asked = screen.get_by_role("region", name="Will it learn?")
    expect(asked).to_contain_text("0 of 1 have answered")
    student.get_by_role("button", name="Yes").tap()
    expect(asked).to_contain_text("1 of 1 have answered")
    page.get_by_role("button", name="Step: one epoch").click()
    expect(screen.locator("#epoch")).to_have_text("000,001")
    for control in ("#play", "#reset", "#copy-link", "#look", "#field-learning_rate", "#views", ".check"):
        for each in screen.locator(control).all():
            expect(each).to_be_hidden()
    page.get_by_label("Nobody else may join").check()
    expect(screen.locator(".screen-here")).to_have_text("Nobody else may join just now.")
    screen.reload()
    expect(screen.locator(".screen-here")).to_have_text("Nobody else may join just now.")
