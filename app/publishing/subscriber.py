"""A page, as sessions and publishers know it. Who it is and how messages get there is the business of `connections`."""

from __future__ import annotations

from typing import Protocol

from tinkernet.app.capabilities import Capability
from tinkernet.app.publishing.shown import Shown
from tinkernet.app.publishing.subscription import Seen, Subscription
from tinkernet.app.wire.commands import RunId
from tinkernet.app.wire.events import Event


class Subscriber(Protocol):
    """Belongs to the event loop. A training thread only reads `subscription`, `credit` and `seen`."""

    capabilities: Capability  # what its key opens
    browser: str  # the name by which its pages are counted
    address: str  # from which it came, "" if that is not known
    screen: bool  # whether it is that of a projector, and so nobody in a class
    subscription: Subscription
    credit: bool  # whether it can take a tick: it has drawn the last one

    def seen(self, run: RunId) -> Seen:
        """What it has been sent of a run."""

    def show(self, shown: Shown, viewers: int) -> None:
        """The newest of a run, and how many pages are connected to the session."""

    def forget(self, run: RunId) -> None:
        """This run has ended: nothing of it is shown any more."""

    def tell(self, event: Event) -> None:
        """Say something to this page alone, soon."""

    def close(self, message: str, code: int) -> None:
        """Say why, then end the connection with this WebSocket code."""
