"""All that a run shows at one moment, as one value: its state, and the topics that somebody subscribes to."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from tinkernet.app.publishing.subscription import Key, Seen, Subscription
from tinkernet.app.publishing.topics import Made
from tinkernet.app.wire.commands import RunId
from tinkernet.app.wire.events import State


@dataclass(slots=True, eq=False)
class Encoded:
    """A topic that is the same for all who get it."""

    version: int
    data: bytes

    def since(self, mark: tuple[int] | None) -> tuple[bytes, tuple[int]]:
        """All of it, or nothing when the viewer has this version."""
        own = (self.version,)
        return (b"" if mark == own else self.data), own


@dataclass(slots=True, eq=False)
class Shown:
    """Made on a training thread, never changed after; `since` is the event loop's alone.

    The state is in it, so that no topic of a new start of the run can overtake the state that tells of it.
    """

    state: State
    version: int = 0  # of the network that the topics are of
    made: Mapping[Key, Made] = field(default_factory=dict)
    behind: Set[Key] = frozenset()  # those of `made` that are of an older version, because it was not yet time
    _found: dict[tuple[Subscription, Seen], tuple[bytes, Seen]] = field(default_factory=dict)
    _seen: dict[tuple[Any, ...], Seen] = field(default_factory=dict)

    @property
    def run(self) -> RunId:
        """Whose it is."""
        return self.state.run

    def since(self, subscription: Subscription, seen: Seen) -> tuple[bytes, Seen]:
        """The parts that a page with this subscription lacks when it has seen this, and what it has seen then.

        Worked out once for all pages that are at the same point. None are given while a topic that the page has never
        had is still being made: a page that looks elsewhere gets all of its new picture at once.
        """
        at = subscription, seen
        if at not in self._found:
            self._found[at] = self._since(subscription, seen)
        return self._found[at]

    def _since(self, subscription: Subscription, seen: Seen) -> tuple[bytes, Seen]:
        topics = subscription.topics_of(self.run)
        if any(key not in self.made and key not in seen.marks for key in topics):
            return b"", seen
        marks = {key: seen.marks[key] for key in topics if key in seen.marks}
        parts = []
        for key in topics:
            if key in self.made:
                part, marks[key] = self.made[key].since(seen.marks.get(key))
                parts.append(part)
        # Pages that have come from different points are at the same one from here on.
        return b"".join(parts), self._seen.setdefault((subscription, *marks.values()), Seen(marks))

    def is_newest(self, subscription: Subscription, version: int) -> bool:
        """Whether all topics of the subscription are here, of this version of the network."""
        topics = subscription.topics_of(self.run)
        return not topics or (self.version == version and all(k in self.made and k not in self.behind for k in topics))
