"""Sessions that an attack must not touch: an open one that rests, one that plays, and one that was left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.page import Page

EPOCHS = 5000


def hear_all(*pages: Page) -> None:
    """Take in what has come, so that no page counts as one that does not read."""
    for page in pages:
        try:
            while True:
                page.hear(0.001)
        except TimeoutError:
            continue


@dataclass
class Standing:
    """Three sessions of three browsers, and what they were when they were last seen."""

    resting: Page
    playing: Page
    left: Page

    @classmethod
    def begin(cls, url: str) -> Standing:
        """Train the first and the last; leave the last."""
        pages = [Page(url).__enter__() for _ in range(3)]
        for page in pages:
            page.ready()
        resting, playing, left = pages
        for page in (resting, left):
            page.send("step", epochs=EPOCHS)
            page.until(lambda page: page.frame.epoch == EPOCHS, seconds=60)
        playing.send("play")
        left.cut()
        return cls(resting, playing, left)

    def hear(self) -> None:
        """Take in what has come."""
        hear_all(self.resting, self.playing)

    def lost(self, url: str) -> int:
        """How many of the three are not there as they were, on a server that may be another by now."""
        return sum(not self._is_there(page, url) for page in (self.resting, self.playing, self.left))

    def rejoin(self, url: str) -> int:
        """Come back after the server was killed: how many of the two that did not play are not as they were.

        The pages of the two open sessions stay; the third is left once more.
        """
        missing = sum(not self._is_there(page, url) for page in (self.resting, self.left))
        self.resting, self.playing = (Page(url, id=page.id).__enter__() for page in (self.resting, self.playing))
        for page in (self.resting, self.playing):
            page.ready()
        return missing

    def _is_there(self, page: Page, url: str) -> bool:
        with Page(url, id=page.id) as again:
            again.ready()
            if page is self.playing:
                return bool(again.frame.epoch >= page.frame.epoch and again.state["playing"])
            return again.frame.epoch == EPOCHS and bool(np.array_equal(again.frame.params, page.frame.params))
