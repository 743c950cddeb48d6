"""The publisher of a run: when its topics are made, and who is shown them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from tinkernet.app.publishing.latest import Latest
from tinkernet.app.publishing.shown import Encoded, Shown
from tinkernet.app.publishing.subscriber import Subscriber
from tinkernet.app.publishing.subscription import Key, Seen, Subscription
from tinkernet.app.publishing.topics import Made, Moment, maker_of
from tinkernet.app.wire.commands import Topic
from tinkernet.app.wire.events import State
from tinkernet.app.wire.frames import encode
from tinkernet.app.wire.part import Part


class Publisher:
    """Made by the training thread that executes the run, delivered on the event loop. Lives as long as the run.

    A topic is made only while somebody subscribes to it, once for all who do, and only when one of them can take a tick
    and lacks it. Under pressure: what is newer replaces what was not delivered or sent yet; only the rows of the loss
    curve add up (`topics.losses`).
    """

    def __init__(
        self,
        state: State,
        subscribers: Callable[[], Sequence[Subscriber]],
        loop: asyncio.AbstractEventLoop,
        *,
        ticks_per_second: float,
        deflate: bool,
        holds: bool = False,
    ) -> None:
        """`subscribers` gives all pages of the session, from any thread.

        holds: what there is to see waits for `release`: with that of another run it comes to pages in one tick.
        """
        self._run, self._subscribers = state.run, subscribers
        self._interval, self._deflate = 1 / ticks_per_second, deflate
        self._holds, self._held = holds, False
        self._latest: Latest[Shown] = Latest(loop)

        # Owned by the training thread.
        self._newest = Shown(state)  # the newest that was handed to the event loop
        self._next_tick = 0.0  # the moments before which nothing is made, ...
        self._next_of_kind: dict[str, float] = {}  # ... and none of a kind of topics

        # Owned by the event loop.
        self.shown = self._newest  # the newest that was delivered

    # --- on the event loop ---

    def deliver(self, shown: Shown | None = None) -> None:
        """Show this, or what was delivered last, to all pages."""
        self.shown = shown or self.shown
        subscribers = self._subscribers()
        for subscriber in subscribers:
            subscriber.show(self.shown, len(subscribers))

    def is_newest_for(self, subscriber: Subscriber, version: int) -> bool:
        """Whether what was delivered is all that this page can be sent of this version of the network."""
        return self.shown.is_newest(subscriber.subscription, version)

    # --- on a training thread ---

    @property
    def state(self) -> State:
        """The newest state that was published."""
        return self._newest.state

    def publish(self, state: State) -> None:
        """Hand a state to the event loop."""
        self._hand_over(Shown(state, self._newest.version, self._newest.made, self._newest.behind))

    def restart(self) -> None:
        """The run starts again: nothing that was made before is shown from now on."""
        self._newest = Shown(self._newest.state)
        self._next_tick = 0.0
        self._next_of_kind.clear()

    def make(self, now: float, moment_of: Callable[[float], Moment]) -> float | None:
        """Make and hand over what is subscribed to, when a page lacks some of it and it is time.

        The moment at which to call again, when it is not time yet.
        """
        able = {(each.subscription, each.seen(self._run)) for each in self._subscribers() if each.credit}
        if not able:
            return None
        if now < self._next_tick:
            return self._next_tick
        moment = moment_of(now)
        if not any(self._lacks(*each, moment) for each in able):
            return None
        topics = self._topics()
        made = {key: topic for key, topic in self._newest.made.items() if key in topics}
        stale = {key for key in topics if key not in made or made[key].version != maker_of(key[0]).version(moment)}
        due = {key for key in stale if key not in made or now >= self._next_of_kind.get(key[0], 0.0)}
        if due:
            # Counted from the last moment rather than from now, so that sixty a second are sixty.
            self._next_tick = max(self._next_tick + self._interval, now)
            made |= self._made(moment, {key: topics[key] for key in due}, now)
            self._hand_over(Shown(self._newest.state, moment.version, made, stale - due))
        return min((self._next_of_kind[key[0]] for key in stale - due), default=None)

    def _lacks(self, subscription: Subscription, seen: Seen, moment: Moment) -> bool:
        """Whether a page with this subscription that has seen this has not been sent all of this moment."""
        for key in subscription.topics_of(self._run):
            mark = seen.marks.get(key)
            if mark is None or mark[0] != maker_of(key[0]).version(moment):
                return True
        return False

    def _topics(self) -> Mapping[Key, Topic]:
        """All that somebody subscribes to."""
        subscriptions = {subscriber.subscription for subscriber in self._subscribers()}
        if len(subscriptions) == 1:
            return subscriptions.pop().topics_of(self._run)
        return {key: topic for each in subscriptions for key, topic in each.topics_of(self._run).items()}

    def _made(self, moment: Moment, topics: Mapping[Key, Topic], now: float) -> dict[Key, Made]:
        found: dict[Key, Made] = {}
        for kind in sorted({key[0] for key in topics}):
            maker = maker_of(kind)
            own = [key for key in topics if key[0] == kind]
            self._next_of_kind[kind] = now + maker.seconds
            version, records = maker.version(moment), maker.make(moment, [topics[key] for key in own])
            for key, made in zip(own, records, strict=True):
                if isinstance(made, Part):
                    made = Encoded(version, encode(self._run, made, deflate=self._deflate))
                found[key] = made
        return found

    def _hand_over(self, shown: Shown) -> None:
        self._newest = shown
        if self._holds:
            self._held = True
        else:
            self._latest.put(shown, self.deliver)

    def release(self) -> None:
        """Hand over what was held."""
        if self._held:
            self._held = False
            self._latest.put(self._newest, self.deliver)
