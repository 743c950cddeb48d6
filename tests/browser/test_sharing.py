"""Who may do what, seen in a real Chromium: owners, viewers, and those without a key."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from tests.browser.helpers import LINK, join_link, open_page, pixels, wait_for_epoch, wait_for_other_pixels
from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready

MAP = ".map-square canvas:first-of-type"


@pytest.fixture
def others(browser: Browser) -> Iterator[BrowserContext]:
    """Another person's browser."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    errors: list[str] = []
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield context
    context.close()
    assert errors == []


def watch(context: BrowserContext, link: str) -> Page:
    """Open a join link and wait for its first picture."""
    viewer = context.new_page()
    viewer.goto(link)
    expect(viewer.get_by_text("You are watching.")).to_be_visible()
    expect(viewer.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    return viewer


def test_a_viewer_sees_it_live_and_cannot_change_it(
    page: Page, live_server: LiveServer, others: BrowserContext
) -> None:
    """What the owner trains the viewer sees; no control of the viewer's can be used, by mouse or by key."""
    open_page(page, live_server.url)
    viewer = watch(others, join_link(page))
    page.keyboard.press(" ")
    wait_for_epoch(viewer, 20)
    page.keyboard.press("r")
    for each in (page, viewer):
        expect(each.locator("#epoch")).to_have_text("000,000")
        expect(each.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(viewer.locator("#epoch")).to_have_text("000,001")
    assert viewer.locator("#train-loss").inner_text() == page.locator("#train-loss").inner_text()

    for name in ("Play", re.compile("^Reset"), re.compile("^Step"), "Regenerate", "Add a hidden layer"):
        expect(viewer.get_by_role("button", name=name, exact=True)).to_be_disabled()
    controls = viewer.locator("main").get_by_role("combobox").or_(viewer.locator("main").get_by_role("slider"))
    for control in controls.all():
        # What the chart shows, and of which epoch, is the viewer's own.
        if control.get_attribute("id") not in ("chart", "across") and control.get_attribute("class") != "lane":
            expect(control).to_be_disabled()
    expect(viewer.get_by_role("textbox", name="Seed")).to_be_disabled()
    expect(viewer.get_by_role("radio", name=re.compile("spiral", re.I))).to_be_disabled()
    expect(viewer.get_by_role("button", name=re.compile("X₁X₂|product", re.I))).to_have_attribute(
        "aria-disabled", "true"
    )
    for key in (" ", "ArrowRight", "r", "n"):
        viewer.keyboard.press(key)
    viewer.locator("[data-unit=xTimesY]").click(force=True)
    viewer.locator("[data-unit='0.0']").click()
    expect(viewer.locator("#card").get_by_label("bias")).not_to_be_editable()
    viewer.keyboard.press("Escape")
    expect(viewer.locator("#open-class")).to_have_count(0)

    page.keyboard.press("ArrowRight")  # answers after whatever the viewer may have sent
    expect(viewer.locator("#epoch")).to_have_text("000,002")
    expect(page.locator("#epoch")).to_have_text("000,002")
    expect(page.locator(".toast")).to_have_count(0)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    expect(viewer.get_by_role("combobox", name="Activation")).to_have_value("relu")


def test_a_viewer_looks_where_they_like(page: Page, live_server: LiveServer, others: BrowserContext) -> None:
    """Pointing at a neuron and the view's options are the viewer's own, and the owner's picture stays."""
    open_page(page, live_server.url)
    viewer = watch(others, join_link(page))
    address, before, owners = viewer.url, pixels(viewer, MAP), pixels(page, MAP)
    viewer.locator("[data-unit='0.1']").hover()
    wait_for_other_pixels(viewer, MAP, before)
    expect(viewer.locator("#card .formula")).to_contain_text("a₂⁽¹⁾ = tanh(")
    viewer.locator("#stage").get_by_label("Discretize").check()
    viewer.get_by_role("tab", name="Numbers").click()
    assert pixels(page, MAP) == owners
    assert viewer.url == address


def test_a_copy_is_the_viewers_own(page: Page, live_server: LiveServer, others: BrowserContext) -> None:
    """The network as it is, in a session of one's own, which the first one does not follow; and the way back."""
    open_page(page, live_server.url)
    viewer = watch(others, join_link(page))
    lecture = viewer.url
    for shown in ("000,001", "000,002"):
        page.keyboard.press("ArrowRight")
        expect(viewer.locator("#epoch")).to_have_text(shown)
    loss = viewer.locator("#train-loss").inner_text()
    viewer.get_by_role("link", name="Take my own copy").click()
    expect(viewer.locator("#open-class")).to_be_visible()
    assert viewer.evaluate("location.pathname") != page.evaluate("location.pathname")
    expect(viewer.locator("#epoch")).to_have_text("000,002")
    expect(viewer.locator("#train-loss")).to_have_text(loss)
    page.keyboard.press("ArrowRight")
    viewer.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,003")
    expect(viewer.locator("#epoch")).to_have_text("000,003")
    expect(viewer.locator("#train-loss")).to_have_text(page.locator("#train-loss").inner_text())
    viewer.get_by_role("combobox", name="Activation").select_option("sigmoid")
    expect(viewer.get_by_role("combobox", name="Activation")).to_have_value("sigmoid")
    expect(page.locator("#epoch")).to_have_text("000,003")
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("tanh")
    viewer.get_by_role("link", name="Back to the lecture").click()
    viewer.wait_for_url(lecture)
    expect(viewer.locator("#watching")).to_contain_text("You are watching.")


def test_an_address_without_a_key(page: Page, live_server: LiveServer, others: BrowserContext) -> None:
    """Somebody else's address gives a session of one's own with the same link, and one sentence that says so."""
    open_page(page, live_server.url)
    stranger = others.new_page()
    stranger.goto(page.url)
    expect(stranger.locator(".toast")).to_contain_text("You have no key to the session at that address")
    assert stranger.evaluate("location.hash") == page.evaluate("location.hash")
    assert stranger.evaluate("location.pathname") != page.evaluate("location.pathname")
    stranger.keyboard.press("ArrowRight")
    expect(stranger.locator("#epoch")).to_have_text("000,001")
    expect(page.locator("#epoch")).to_have_text("000,000")


def test_a_reload_keeps_the_role(page: Page, live_server: LiveServer, others: BrowserContext) -> None:
    """Owner and viewer come back as what they were, without a notice."""
    open_page(page, live_server.url)
    viewer = watch(others, join_link(page))
    address = viewer.url
    for each in (page, viewer):
        each.reload()
        expect(each.locator("#train-loss")).to_have_text(re.compile(r"\d"))
        expect(each.locator(".toast")).to_have_count(0)
    assert viewer.url == address
    expect(viewer.get_by_text("You are watching.")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("#epoch")).to_have_text("000,001")
    own = watch(page.context, address)  # the owner, too, sees by the link what the others see
    expect(own.get_by_role("button", name="Play", exact=True)).to_be_disabled()


def test_a_link_that_does_not_let_in_says_so(page: Page, live_server: LiveServer, expected_errors: list[str]) -> None:
    """A join link that has lost its end is told apart from a lost connection, and the right one opens at once."""
    expected_errors.append("WebSocket connection to .* failed")
    open_page(page, live_server.url)
    link = join_link(page)
    viewer = page.context.new_page()
    viewer.goto(link[:-3])
    expect(viewer.locator("#status")).to_contain_text("This link does not let you in")
    viewer.evaluate("hash => { location.hash = hash; }", link.partition("#")[2])
    expect(viewer.locator("#train-loss")).to_have_text(re.compile(r"\d"))


def test_a_key_that_is_worthless_now(page: Page, live_server: LiveServer, expected_errors: list[str]) -> None:
    """A page that the server no longer knows goes on in a new session with its settings, and says so."""
    expected_errors.append("WebSocket connection to .* failed")
    routes: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        routes.append(route)
        route.connect_to_server()

    page.route_web_socket(re.compile("/ws$"), through)
    open_page(page, live_server.url)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    path = page.evaluate("location.pathname")
    page.context.clear_cookies()
    routes[-1].close(code=1011)
    expect(page.locator(".toast")).to_contain_text("You have no key to the session at that address")
    assert page.evaluate("location.pathname") != path
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("relu")


def test_the_invitation_says_how_far_it_reaches(page: Page, live_server: LiveServer) -> None:
    """On a server for this machine only, what to do; the link is copied, and a mouse is not needed."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_page(page, live_server.url)
    page.locator("#open-class").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Open a class")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Invite others to watch")
    expect(dialog).to_contain_text("tinkernet --host 0.0.0.0")
    expect(dialog.get_by_role("button", name="Copy", exact=True)).to_be_focused()
    expect(dialog.get_by_label("Join link")).to_have_value(re.compile("#key="))
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status").filter(has_text="Copied.")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == dialog.get_by_label("Join link").input_value()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_elsewhere_the_link_has_an_address_for_others(others: BrowserContext) -> None:
    """A server for everybody: the owner sits at localhost, and the link begins with an address for others."""
    server = start([sys.executable, "-m", "tinkernet.app", "--host", "0.0.0.0", "--port", "0"], ROOT)
    try:
        wait_until_ready(server.url)
        page = others.new_page()
        open_page(page, server.url)
        link = join_link(page)
        assert "localhost" not in link
        assert "//127." not in link
        viewer = watch(others, link)
        page.keyboard.press("ArrowRight")
        expect(viewer.locator("#epoch")).to_have_text("000,001")
        for each in (page, viewer):  # before the server ends: the console stays clean
            each.close()
    finally:
        stop(server)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_a_viewers_page_fits(
    page: Page, live_server: LiveServer, others: BrowserContext, width: int, height: int
) -> None:
    """The line that says so takes no room from the tool, and a phone does not scroll sideways."""
    open_page(page, live_server.url, LINK)
    viewer = watch(others, join_link(page))
    viewer.set_viewport_size({"width": width, "height": height})
    assert viewer.evaluate("document.documentElement.scrollWidth") <= width
    if width > 1000:
        box = viewer.locator("#tool").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height
