"""Reloads, a second tab, and a connection that drops and comes back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.helpers import NEURON, epoch, open_page, pixels, wait_for_epoch, wait_for_other_pixels
from tests.browser.test_draw import board_of, count, drag
from tests.conftest import LiveServer


class Line:
    """A page's connection to the server. Once cut it stays so until it may come back, however soon the page tries."""

    def __init__(self, page: Page) -> None:
        self._routes: list[WebSocketRoute] = []
        self._is_cut = False
        page.route_web_socket(re.compile("/ws$"), self._through)

    def _through(self, route: WebSocketRoute) -> None:
        if self._is_cut:
            route.close(code=1011)
        else:
            self._routes.append(route)
            route.connect_to_server()

    def cut(self) -> None:
        """From now on."""
        self._is_cut = True
        self._routes[-1].close(code=1011)

    def restore(self) -> None:
        """The page's next attempt succeeds."""
        self._is_cut = False


def test_reload_rejoins(page: Page, live_server: LiveServer) -> None:
    """A reload in mid-training finds the same session, further on."""
    open_page(page, live_server.url)
    page.keyboard.press(" ")
    wait_for_epoch(page, 30)
    path, seen = page.evaluate("location.pathname"), epoch(page)
    page.reload()
    wait_for_epoch(page, seen)
    assert page.evaluate("location.pathname") == path
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_two_tabs_see_one_session(page: Page, live_server: LiveServer) -> None:
    """What one tab does, the other shows."""
    open_page(page, live_server.url)
    other = page.context.new_page()
    other.goto(page.url.split("#")[0])
    expect(other.locator("#train-loss")).to_have_text(page.locator("#train-loss").inner_text())
    other.get_by_role("combobox", name="Activation").select_option("sigmoid")
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("sigmoid")
    page.bring_to_front()
    page.keyboard.press("ArrowRight")
    other.bring_to_front()
    expect(other.locator("#epoch")).to_have_text("000,001")
    expect(page).to_have_url(re.compile("activation=sigmoid"))


def test_a_dropped_connection_comes_back(page: Page, live_server: LiveServer) -> None:
    """The page says that the link is down, and goes on where it was."""
    line = Line(page)
    open_page(page, live_server.url)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,003")
    shown = page.locator("#train-loss").inner_text()
    line.cut()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    line.restore()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    expect(page.locator("#epoch")).to_have_text("000,003")
    expect(page.locator("#train-loss")).to_have_text(shown)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,004")


def test_a_change_made_while_offline_is_not_lost(page: Page, live_server: LiveServer) -> None:
    """The control answers at once, the server hears of it when the link is back."""
    line = Line(page)
    open_page(page, live_server.url)
    line.cut()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    before = pixels(page, NEURON)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    line.restore()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("relu")
    wait_for_other_pixels(page, NEURON, before)


def test_a_link_with_points_that_is_opened_offline_is_not_lost(page: Page, live_server: LiveServer) -> None:
    """It is opened when the connection is back: with another data set, and where the points alone differ."""
    line = Line(page)
    start = "#v=1&dataset=gauss&networkShape=4&seed=0.5"
    open_page(page, live_server.url, start)
    board = board_of(page)
    page.keyboard.press("p")
    drag(page, board, (-4, 3))
    count(page, 501)
    page.wait_for_url(re.compile("&drawn="))
    link = page.evaluate("location.hash")
    for other in (page.get_by_role("button", name="Undo"), page.get_by_role("radio", name="Circle")):
        other.click()
        page.wait_for_url(re.compile("^((?!drawn=).)*$"))
        line.cut()
        expect(page.locator("#status")).not_to_have_text("")
        page.evaluate("link => { location.hash = link }", link)
        line.restore()
        expect(page.locator("#status")).to_have_text("")
        count(page, 501)
        expect(page).to_have_url(re.compile("dataset=gauss.*&drawn="))
