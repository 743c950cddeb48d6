"""What a browser owns, seen in a real Chromium: its list, links for others, and other servers of the same host."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.helpers import invite, join_link, open_page
from tests.conftest import LiveServer

TIMES = 30  # 260 end the same, and take half a minute
SPIRAL, CIRCLE = "#dataset=spiral&networkShape=3&seed=0.1", "#dataset=circle&networkShape=4,2&seed=0.2"


# Chromium loses a navigation that is asked for while another one of the same window is being committed.
LEAD = """address => {
  const lead = () => { popup.location = address; };
  clearInterval(window.leading);
  window.leading = setInterval(lead, 1000);
  lead();
}"""

LISTED = """async () => {
  const headers = { "tinkernet-page": localStorage.getItem("tinkernet /") };
  const { sessions } = await (await fetch("/sessions", { headers })).json();
  return sessions.map(({ epoch }) => epoch);
}"""


@pytest.fixture
def others(browser: Browser) -> Iterator[BrowserContext]:
    """Another person's browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def train(page: Page, url: str, fragment: str, epochs: int) -> str:
    """A session that has been trained so long; its path."""
    open_page(page, url, fragment)
    for done in range(epochs):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#epoch")).to_have_text(f"000,{done + 1:03}")
    return str(page.evaluate("location.pathname"))


def wait_until_listed(page: Page, *epochs: int) -> None:
    """Until the list has these sessions, the last used first: what is trained is kept a moment later."""
    deadline = time.monotonic() + PATIENCE / 1000
    while (found := page.evaluate(LISTED)) != list(epochs):
        assert time.monotonic() < deadline, found
        page.wait_for_timeout(50)


def test_the_list_opens_sessions_again(page: Page, saving_server: LiveServer) -> None:
    """Behind the logo, by mouse and by keyboard: each session with a picture, what it is and when it was used."""
    first = train(page, saving_server.url, SPIRAL, 3)
    second = train(page, saving_server.url, CIRCLE, 2)
    wait_until_listed(page, 2, 3)
    dialog = page.get_by_role("dialog", name="Your sessions")
    page.get_by_role("button", name="Tinkernet: your sessions").click()
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    expect(dialog.get_by_role("link", name=re.compile("Circle, 4–2.*epoch 2.*this page"))).to_be_visible()
    entry = dialog.get_by_role("link", name=re.compile("Spiral, 3.*epoch 3.*(just now|open now)"))
    shades = entry.locator("canvas").evaluate(
        "canvas => new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size"
    )
    assert shades > 10
    entry.click()
    expect(page.locator("#epoch")).to_have_text("000,003")
    assert page.evaluate("location.pathname") == first

    page.get_by_role("button", name="Tinkernet: your sessions").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("link", name=re.compile("Spiral.*this page"))).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#epoch")).to_have_text("000,002")
    assert page.evaluate("location.pathname") == second


def test_the_list_by_touch(browser: Browser, saving_server: LiveServer) -> None:
    """On a phone an entry is as large as a finger, and a tap opens it."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        open_page(page, saving_server.url, SPIRAL)
        page.locator("#step").tap()
        expect(page.locator("#epoch")).to_have_text("000,001")
        path = page.evaluate("location.pathname")
        wait_until_listed(page, 1)
        open_page(page, saving_server.url, CIRCLE)
        page.locator("#open-own-sessions").tap()
        entry = page.get_by_role("link", name=re.compile("Spiral"))
        box = entry.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        entry.tap()
        expect(page.locator("#epoch")).to_have_text("000,001")
        assert page.evaluate("location.pathname") == path
    finally:
        context.close()


def test_the_list_says_when_there_is_nothing(page: Page, saving_server: LiveServer, expected_errors: list[str]) -> None:
    """No session yet, a page that cannot prove whose it is, and a server that does not answer."""
    expected_errors.append("Failed to load resource")
    page.goto(f"{saving_server.url}/")
    expect(page.locator("#status")).to_have_text("")
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    said = page.get_by_role("dialog", name="Your sessions").get_by_role("status")
    logo = page.get_by_role("button", name="Tinkernet: your sessions")
    logo.click()
    expect(said).to_contain_text("There is none yet.")
    page.keyboard.press("Escape")
    page.evaluate("localStorage.setItem('tinkernet /', 'another')")
    logo.click()
    expect(said).to_contain_text("This page cannot prove")
    page.keyboard.press("Escape")
    page.route("**/sessions", lambda route: route.abort())
    logo.click()
    expect(said).to_contain_text("The server cannot be reached just now.")


def test_an_owner_link_moves_a_session(page: Page, live_server: LiveServer, others: BrowserContext) -> None:
    """Made in the invitation, taken by one click elsewhere, and revoked: the other browser then owns nothing."""
    train(page, live_server.url, SPIRAL, 1)
    dialog = invite(page)
    expect(dialog.get_by_label("Owner link", exact=True)).to_be_hidden()
    dialog.get_by_role("button", name="Make an owner link").click()
    expect(dialog.get_by_label("Owner link", exact=True)).to_have_value(re.compile("/own#key="))
    expect(dialog.get_by_role("button", name="Copy owner link")).to_be_focused()
    link = dialog.get_by_label("Owner link", exact=True).input_value()

    other = others.new_page()
    other.goto(link)
    expect(other.get_by_role("heading")).to_have_text("Own this session here too")
    other.get_by_role("button", name="Take it").click()
    expect(other.locator("#epoch")).to_have_text("000,001")
    other.keyboard.press("ArrowRight")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("#epoch")).to_have_text("000,002")
    third = others.browser.new_page()  # type: ignore[union-attr]
    third.goto(link)
    third.get_by_role("button", name="Take it").click()
    expect(third.get_by_role("status")).to_have_text("This link was used or revoked: ask for a new one.")
    expect(third.get_by_role("button", name="Take it")).to_be_focused()
    third.close()

    dialog = invite(page)
    expect(dialog).to_contain_text("One other browser owns this session.")
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog).to_contain_text("no other browser owns this session")
    expect(dialog.get_by_role("button", name="Revoke")).to_be_hidden()
    expect(other.locator(".toast")).to_contain_text("You have no key to the session at that address")
    other.keyboard.press("ArrowRight")
    expect(other.locator("#epoch")).to_have_text("000,001")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("#epoch")).to_have_text("000,002")


def test_a_renewed_join_link(page: Page, live_server: LiveServer, others: BrowserContext) -> None:
    """Who watches is sent away with a reason; the new link lets in."""
    open_page(page, live_server.url)
    old = join_link(page)
    viewer = others.new_page()
    viewer.goto(old)
    expect(viewer.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    dialog = invite(page)
    dialog.get_by_text("Make another join link").first.click()
    dialog.get_by_role("button", name="Make another join link").click()
    expect(dialog).to_contain_text("This is the new link.")
    new = dialog.get_by_label("Join link").input_value()
    assert new != old
    expect(viewer.locator("#status")).to_contain_text(re.compile("another join link|does not let you in"))
    viewer.goto("about:blank")
    viewer.goto(new)
    expect(viewer.locator("#train-loss")).to_have_text(re.compile(r"\d"))


class Neighbour(BaseHTTPRequestHandler):
    """Another server of the same host: it answers with the cookie and the page that the query asks for."""

    def do_GET(self) -> None:
        """Answer."""
        asked = parse_qs(urlsplit(self.path).query)
        self.send_response(200)
        for cookie in asked.get("cookie", ()):
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write("".join(asked.get("page", ["<title>neighbour</title>"])).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def neighbour() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Neighbour)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("bound", [False, True])
def test_a_planted_cookie_locks_nobody_out(
    browser: Browser, live_server: LiveServer, neighbour: str, others: BrowserContext, bound: bool
) -> None:
    """Set by another port, good and of the attacker's own: the next session trains, and is not the attacker's."""
    name = f"tinkernet_{urlsplit(live_server.url).port}"
    attacker = others.new_page()
    if bound:
        open_page(attacker, live_server.url)
    else:
        attacker.route("**/*.js*", lambda route: route.abort())
        attacker.goto(live_server.url)
    (planted,) = [cookie["value"] for cookie in others.cookies(live_server.url) if cookie["name"] == name]
    assert ("." + "." in planted) == (not bound)
    context = browser.new_context()
    try:
        page = context.new_page()
        open_page(page, live_server.url)
        page.goto(f"{neighbour}/?cookie={name}%3D{planted}%3B path%3D/")
        open_page(page, live_server.url, SPIRAL)
        page.keyboard.press("ArrowRight")
        expect(page.locator("#epoch")).to_have_text("000,001")
        path = page.evaluate("location.pathname")
        if not bound:
            attacker.unroute_all()
        attacker.goto(live_server.url + path)
        expect(attacker.locator("#train-loss")).to_have_text(re.compile(r"\d"))
        attacker.keyboard.press("ArrowRight")
        expect(attacker.locator("#epoch")).to_have_text("000,001")
        assert attacker.evaluate("location.pathname") != path
        page.keyboard.press("ArrowRight")
        expect(page.locator("#epoch")).to_have_text("000,002")
        page.reload()
        expect(page.locator("#epoch")).to_have_text("000,002")
    finally:
        context.close()


def test_a_foreign_page_steers_no_browser_out(browser: Browser, live_server: LiveServer, neighbour: str) -> None:
    """A popup that is led here again and again, a link and a frame on a page of another site: nothing is lost."""
    context = browser.new_context()
    try:
        page = context.new_page()
        path = train(page, live_server.url, SPIRAL, 2)
        foreign = context.new_page()
        foreign.goto(neighbour.replace("localhost", "127.0.0.1") + f"/?page=<a href='{live_server.url}/'>go</a>")
        foreign.evaluate("window.popup = open('about:blank')")
        for number in range(TIMES):
            address = f"{live_server.url}/?{number}"
            with context.expect_event("response", lambda answer, address=address: answer.url == address):
                foreign.evaluate(LEAD, address)
        foreign.evaluate("clearInterval(leading)")
        foreign.evaluate(
            "address => document.body.append(Object.assign(document.createElement('iframe'), { src: address }))",
            live_server.url,
        )
        expect(foreign.frame_locator("iframe").get_by_text("does not let")).to_be_visible()
        foreign.get_by_role("link", name="go").click()
        expect(foreign.locator("#train-loss")).to_have_text(re.compile(r"\d"))
        ours = [each["name"] for each in context.cookies(live_server.url) if each["name"].startswith("tinkernet")]
        assert ours == [f"tinkernet_{urlsplit(live_server.url).port}"]
        for other in context.pages[1:]:
            other.close()
        page.goto(live_server.url + path)
        expect(page.locator("#epoch")).to_have_text("000,002")
    finally:
        context.close()


def test_a_browser_that_lost_its_pages_secret(page: Page, live_server: LiveServer, expected_errors: list[str]) -> None:
    """Its sessions are lost, which is said; the new one is its own, and no reload asks again."""
    expected_errors.append("WebSocket connection to .* failed")
    path = train(page, live_server.url, SPIRAL, 1)
    page.evaluate("localStorage.clear()")
    page.goto(live_server.url + path)
    page.reload()
    expect(page.locator(".toast")).to_contain_text("You have no key to the session at that address")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    assert page.evaluate("location.pathname") != path
    page.reload()
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.locator(".toast")).to_have_count(0)
