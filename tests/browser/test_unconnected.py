"""A page that comes, and whose live connection does not."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.browser.helpers import MAP, join_link, open_page
from tests.conftest import LiveServer


def test_a_first_connection_that_never_opens_is_explained(page: Page, live_server: LiveServer) -> None:
    """Why it may be and what to do, in place of a black map and empty lists; when it opens, the tool comes."""
    blocked = True

    def through(route: WebSocketRoute) -> None:
        if blocked:
            route.close(code=1011)
        else:
            route.connect_to_server()

    page.route_web_socket(re.compile("/ws$"), through)
    page.goto(live_server.url)
    said = page.get_by_role("main", name="The live connection does not open")
    expect(said).to_contain_text("A proxy on the way does not pass WebSockets.")
    expect(said).to_contain_text("too many cookies for localhost")
    expect(said).not_to_contain_text("The link is old")
    expect(page.locator("#tool")).to_be_hidden()
    expect(page.get_by_role("main")).to_have_count(1)
    said.get_by_role("button", name="Try now").click()
    blocked = False
    expect(page.locator("#train-loss")).to_have_text(re.compile(r"\d"))
    expect(said).to_have_count(0)
    expect(page.locator("#tool")).to_be_visible()


def test_a_watcher_may_have_an_old_link(browser: Browser, page: Page, live_server: LiveServer) -> None:
    """That is the first thing to think of."""
    open_page(page, live_server.url)
    context = browser.new_context()
    other = context.new_page()
    other.goto(re.sub("key=.*", "key=old", join_link(page)))
    expect(other.get_by_role("main", name="The live connection does not open")).to_contain_text("The link is old.")
    context.close()


def test_a_later_break_leaves_the_tool_where_it_is(page: Page, live_server: LiveServer) -> None:
    """Only a connection that never opened is explained: the network and its map can still be looked at."""
    routes: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        routes.append(route)
        if len(routes) == 1:
            route.connect_to_server()
        else:
            route.close(code=1011)

    page.route_web_socket(re.compile("/ws$"), through)
    open_page(page, live_server.url)
    routes[0].close(code=1011)
    expect(page.locator("#status")).to_contain_text("Connection lost")
    page.locator("#status").get_by_role("button", name="Try now").click()
    while len(routes) < 4:
        page.wait_for_timeout(50)
    expect(page.locator(".unconnected")).to_have_count(0)
    expect(page.locator("#tool")).to_be_visible()


def test_nothing_is_black_before_the_first_frame(page: Page, live_server: LiveServer) -> None:
    """While the connection opens there is no map yet, and none is shown."""
    page.route_web_socket(re.compile("/ws$"), lambda route: None)
    page.goto(live_server.url)
    expect(page.locator("#status")).to_have_text("Connecting…")
    expect(page.locator(MAP)).to_be_hidden()


def test_a_network_without_inputs_says_so(page: Page, live_server: LiveServer) -> None:
    """Between the inputs and the first layer, where nothing else is."""
    open_page(page, live_server.url, "#v=1&x=false&y=false&seed=0.5")
    word = page.get_by_text("All inputs are off: every point gets the same answer.")
    expect(word).to_be_visible()
    page.locator("[data-unit='x']").click()
    expect(word).to_have_count(0)


def test_tables_show_that_they_go_on(page: Page, live_server: LiveServer) -> None:
    """A table that is wider than its place has a shade at the edge, whatever the system does with scroll bars."""
    open_page(page, live_server.url, "#v=1&networkShape=16,16&seed=0.5")
    page.get_by_role("tab", name="Numbers").click()
    table = page.locator(".parameter-table")
    expect(table.locator("table").first).to_be_visible()
    assert table.evaluate("(e) => e.scrollWidth > e.clientWidth + 20")
    box = table.bounding_box()
    assert box is not None
    edge = {"x": box["x"] + box["width"] - 3, "y": box["y"] + box["height"] / 2, "width": 1, "height": 1}
    before = page.screenshot(clip=edge)
    table.evaluate("(e) => { e.scrollLeft = e.scrollWidth; }")
    page.wait_for_function("() => { const e = document.querySelector('.parameter-table'); return e.scrollLeft > 0; }")
    assert page.screenshot(clip=edge) != before
