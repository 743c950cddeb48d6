"""What a page subscribes to, and what it has been sent of it: immutable, and shared by all pages with the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from tinkernet.app.publishing.topics import kind_of
from tinkernet.app.wire.commands import RunId, Topic

Key: TypeAlias = tuple[Any, ...]
"""A topic by all its fields: equal for equal topics, and cheaper to hash than the model."""


class Subscription:
    """The topics of one page by run. Equal lists of topics give the same object (`of`), which compares by identity."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.by_run: dict[RunId, dict[Key, Topic]] = {}
        for topic in topics:
            self.by_run.setdefault(topic.run, {})[key_of(topic)] = topic

    def topics_of(self, run: RunId) -> Mapping[Key, Topic]:
        """Its topics that are of this run."""
        return self.by_run.get(run, {})


@lru_cache(maxsize=4096)
def subscription_of(topics: tuple[Topic, ...]) -> Subscription:
    """The subscription to these topics."""
    return Subscription(topics)


def key_of(topic: Topic) -> Key:
    """The key of a topic; it begins with the kind."""
    return kind_of(type(topic)), *(value for name, value in topic.__dict__.items() if name != "topic")


NO_TOPICS = subscription_of(())


class Seen:
    """What a page has of one run: the mark (see `topics.Made`) of each topic that it was sent. Compares by identity."""

    def __init__(self, marks: Mapping[Key, Any]) -> None:
        self.marks = marks


NOTHING_SEEN = Seen({})
