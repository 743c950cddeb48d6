"""Whom a request costs: its browser, by the signed name in its cookie, or else its address."""

from __future__ import annotations

import asyncio

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse

from tinkernet.app.connections.budget import Budget, Budgets, charged
from tinkernet.app.web import browsers
from tinkernet.app.web.prefix import address_of
from tinkernet.app.web.security import App, Receive, Scope, Send

CROWDED = "This browser asks for more than the server can answer. Wait a moment and try again.\n"

REFUSED_AFTER = 1.0  # seconds; refused at once, who comes back at once would cost more than who waits


class Charging:
    """Charges each request and handshake to its browser, and answers when that has a turn. Plain ASGI.

    The budget is the scope's `budget`, for what comes over the connection.
    """

    def __init__(self, app: App, budgets: Budgets) -> None:
        self._app, self._budgets = app, budgets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a turn, then pass on; 429, but not at once, when too many wait already."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        found = browsers.of(connection)
        budget = self._budgets.of(found[-1].name if found else address_of(connection))
        if budget.crowded:
            await asyncio.sleep(REFUSED_AFTER)
            await PlainTextResponse(CROWDED, 429, headers={"retry-after": "1"})(scope, receive, send)
            return
        await budget.turn()
        scope["budget"] = budget
        await charged(_pass_on(self._app, scope, receive, send), budget)


async def _pass_on(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


def budget_of(connection: HTTPConnection) -> Budget:
    """What this connection's browser may cost."""
    budget: Budget = connection.scope["budget"]
    return budget
