"""What one browser may cost: who has spent its share waits, and nobody else does."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed

from tests.app.conftest import Running
from tests.app.test_sessions import Clock
from tests.page import Page, visit
from tinkernet.app.connections import budget as module
from tinkernet.app.connections.budget import Budget, Budgets, charged
from tinkernet.app.settings import Settings


def test_time_is_charged_and_made_up_for() -> None:
    clock = Clock()
    budget = Budget(Settings(browser_share=0.1, browser_burst=0.2), clock)
    budget.charge(0.3)
    assert budget._wait() == pytest.approx(1.0)
    clock.now += 0.5
    assert budget._wait() == pytest.approx(0.5)
    clock.now += 0.5
    assert budget._wait() <= 0
    assert not budget.rests
    clock.now += 2.0
    assert budget.rests


def test_work_is_charged_without_its_waits_and_hears_of_its_end() -> None:
    heard, waits = [], asyncio.Event()

    async def work() -> int:
        end = time.thread_time() + 0.02
        while time.thread_time() < end:
            pass
        await asyncio.sleep(0.1)
        waits.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            heard.append("cancelled")
            await asyncio.sleep(0)
        return 3

    async def scenario() -> None:
        budget = Budget(Settings(browser_share=1e-6))

        async def whole() -> int:
            return await charged(work(), budget)

        task = asyncio.create_task(whole())
        await waits.wait()
        task.cancel()
        assert await task == 3
        assert 0.02 <= budget._spent < 0.05

    asyncio.run(scenario())
    assert heard == ["cancelled"]


def test_pages_of_a_browser_wait_in_one_line() -> None:
    async def scenario() -> None:
        budget = Budget(Settings(browser_share=0.5, browser_burst=0.01))
        began = time.monotonic()
        budget.charge(0.02)
        turns = []

        async def page() -> None:
            await budget.turn()
            turns.append(time.monotonic() - began)
            budget.charge(0.02)

        await asyncio.gather(*(page() for _ in range(4)))
        assert all(turn >= 0.019 + 0.04 * number for number, turn in enumerate(turns))

    asyncio.run(scenario())


def test_a_pause_after_a_flood_doubles_and_is_forgotten() -> None:
    clock = Clock()
    budget = Budget(Settings(flood_pause=1.0, max_flood_pause=8.0), clock)
    pauses = []
    for _ in range(6):
        budget.shut_out()
        budget.shut_out()  # another page of the same flood
        pauses.append(budget.out_for)
        clock.now += budget.out_for + 0.1
    assert pauses == pytest.approx([1, 2, 4, 8, 8, 8])
    clock.now += 81
    budget.shut_out()
    assert budget.out_for == pytest.approx(1)


def test_browsers_at_rest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KNOWN", 3)
    budgets = Budgets(Settings())
    flooder = budgets.of("flooder")
    flooder.shut_out()
    for number in range(10):
        budgets.of(f"{number}")
    assert budgets.of("flooder") is flooder
    assert len(budgets._budget_from_browser) <= 4


def test_only_who_spends_waits(server: Running) -> None:
    """All pages of a browser that has spent its share; what a page of another asks for comes at once."""
    with server.page() as one, server.page(id=one.id) as two, server.page() as other:
        for page in (one, two, other):
            page.ready()
        viewers = server.app.state.sessions._session_from_id[one.id].viewers
        budget = server.app.state.budgets.of(viewers[0].browser)
        began = time.monotonic()
        server.loop.call_soon_threadsafe(budget.charge, 0.5)
        for page in (one, two, other):
            page.send("fly")
        other.until(lambda page: page.errors)
        at_once = time.monotonic() - began
        for page in (one, two):
            page.until(lambda page: page.errors)
        assert time.monotonic() - began >= 2.9  # a burst of 0.2 s is free, the rest made up for at a tenth
        assert at_once < 2.9


def test_what_is_refused_is_charged_too(server: Running) -> None:
    with server.page() as page:
        page.ready()
        (viewer,) = server.app.state.sessions._session_from_id[page.id].viewers
        budget, charges = server.app.state.budgets.of(viewer.browser), []
        budget.charge = charges.append
        text = json.dumps({"type": "subscribe", "topics": [0.5] * 5000})
        for _ in range(20):
            page.socket.send(text)
        page.until(lambda page: len(page.errors) == 20)
        assert sum(charges) > 20 * 0.00005


def test_a_flooder_stays_out_for_a_while(serve: Callable[..., Running]) -> None:
    server = serve(message_burst=20.0, messages_per_second=20.0, flood_pause=2.0)
    with server.page() as flooder, server.page() as other:
        flooder.ready()
        with suppress(ConnectionClosed):
            for _ in range(100):
                flooder.send("ack")
            while True:
                flooder.hear()
        assert flooder.closing == "This page sent too many messages at once."
        with server.page(id=flooder.id) as again:
            again.until(lambda page: page.closing)
            assert again.closing.startswith("This browser sent too much at once. It can connect in ")
        other.ready()
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        with server.page(id=flooder.id) as again, suppress(ConnectionClosed):
            again.ready()
            return
    raise AssertionError("never let in again")


def test_requests_wait_too_and_too_many_are_refused(
    serve: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests without a name count by their address; one with a name has a budget of its own. A refusal is not said
    at once: who comes back for another would cost more than who waits."""
    server = serve(browser_share=0.002, browser_burst=0.001)
    named = visit(server.url)
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    status, refused_after = [], []

    def ask(cookie: str = "") -> int:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        with closing(connection):
            began = time.monotonic()
            connection.request("GET", "/healthz", headers={"Cookie": cookie} if cookie else {})
            found = connection.getresponse().status
            if found == 429:
                refused_after.append(time.monotonic() - began)
            return found

    threads = [threading.Thread(target=lambda: status.append(ask())) for _ in range(12)]
    for thread in threads:
        thread.start()
    assert ask(Page(server.url, id=named.id).visit.cookies) == 200
    for thread in threads:
        thread.join()
    assert set(status) == {200, 429}
    assert min(refused_after) >= 1
