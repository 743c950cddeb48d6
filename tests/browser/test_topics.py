"""What the page subscribes to, in a real Chromium: what it shows, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, WebSocket, expect

from tests.browser.helpers import choose_view, open_page
from tests.conftest import LiveServer


def test_only_what_is_shown_is_subscribed_to(page: Page, live_server: LiveServer) -> None:
    """The map asks for a map, the numbers for none, the measures for metrics; back again it is painted."""
    asked: list[list[str]] = []

    def note(message: str | bytes) -> None:
        if isinstance(message, str) and (command := json.loads(message))["type"] == "subscribe":
            asked.append([topic["topic"] for topic in command["topics"]])

    def follow(socket: WebSocket) -> None:
        socket.on("framesent", note)

    def until(met: Callable[[list[str]], bool]) -> None:
        for _ in range(100):
            if asked and met(asked[-1]):
                return
            page.wait_for_timeout(50)
        raise AssertionError(asked)

    page.on("websocket", follow)
    open_page(page, live_server.url)
    base = ["data", "losses", "network"]
    until(lambda topics: topics == [*base, "map"])
    page.get_by_role("tab", name="Numbers").click()
    until(lambda topics: topics == base)
    choose_view(page, "Measures")
    until(lambda topics: topics == [*base, "metrics"])
    expect(page.locator(".metrics")).to_contain_text("Accuracy")
    page.get_by_role("tab", name="Map").click()
    until(lambda topics: topics == [*base, "map"])
    page.locator("#right-map canvas").last.hover()
    until(lambda topics: topics == [*base, "map", "reading"])
    expect(page.locator(".reading").first).to_contain_text("→")
