"""A server that ends, in order or by SIGKILL, and is started again: its sessions go on as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready
from tests.page import Page
from tinkernet.engine import Spec, Trainer, spec_from_link

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

RATE = 500.0
# Everything that lies between two epochs: a gradient carried over, links that L1 has cut, points shaken at random.
HARD = {"short_batch": "carry", "batch_size": 30, "regularization": "L1", "regularization_rate": 0.03, "noise": 25.0,
        "hidden": [5, 3], "seed": "0.4"}  # fmt: skip


# A server that is started again has the same address: the cookies of its browsers are for the port.
_port_from_folder: dict[Path, str] = {}


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[LiveServer]:
    """A server that keeps its sessions in this folder, ready. It ends with the block."""
    command = [sys.executable, "-m", "tinkernet.app", "--port", _port_from_folder.get(folder, "0")]
    server = start([*command, "--data-dir", str(folder), *arguments], ROOT)
    _port_from_folder[folder] = port_of(server)
    try:
        wait_until_ready(server.url)
        yield server
    finally:
        stop(server)


def port_of(server: LiveServer) -> str:
    """The port that it listens on."""
    return server.url.rpartition(":")[2]


def watch(page: Page, seconds: float) -> None:
    """Take in what comes for so long."""
    end = time.monotonic() + seconds
    page.until(lambda _: time.monotonic() > end)


def drain(page: Page) -> None:
    """Take in what has come before the connection ended."""
    with pytest.raises(ConnectionClosed):
        page.until(lambda _: False)


def alone(page: Page) -> Trainer:
    """The network of `HARD`, typed weight included, that nobody has interrupted, at the page's epoch."""
    trainer = Trainer(spec_from_link(page.state["link"]))
    trainer.set_weight(0, 1, 0, -0.75)
    trainer.advance(int(page.frame.epoch))
    return trainer


def same(page: Page, trainer: Trainer) -> bool:
    """What the page sees: weights, both losses and the whole curve, bit for bit."""
    return (
        page.frame.params.tobytes() == trainer.network.params.astype(np.float32).tobytes()
        and (page.frame.train_loss, page.frame.test_loss) == (trainer.train_loss, trainer.test_loss)
        and page.losses.tobytes() == trainer.history.rows.tobytes()
    )


def begin(page: Page) -> None:
    """A hard network with a typed weight."""
    page.ready()
    page.configure(**HARD)
    page.send("edit_weight", layer=0, neuron=1, input=0, value=-0.75)
    page.send("speed", rate=RATE)
    page.until(lambda page: -0.75 in page.frame.params)


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_killed_at_any_moment(tmp_path: Path) -> None:
    """SIGKILL, five times: at most two seconds of training are lost, it plays on, and all numbers are the same.

    What was chosen and typed two seconds before is there too.
    """
    chance = random.Random(4)
    id, life, seen = "", None, 0.0
    for attempt in range(5):
        with started(tmp_path) as server, Page(server.url, **({"id": id} if id else {})) as page:
            if attempt == 0:
                begin(page)
                page.send("play")
                watch(page, 2.0)
                id, life = page.id, page.state["instance"]
            else:
                page.ready()
                assert page.frame.epoch >= seen - 2 * RATE
                assert page.state["instance"] == life
                assert page.state["playing"]
                assert page.state["speed"] == RATE
                assert page.state["spec"] == {**Spec(seed="1").to_dict(), **HARD}
            watch(page, chance.uniform(0.1, 2.5))
            server.process.send_signal(signal.SIGKILL)
            drain(page)
            seen = page.frame.epoch
    with started(tmp_path) as server, Page(server.url, id=id) as page:
        page.ready()
        page.send("pause")
        page.until(lambda page: not page.state["playing"] and not page.frame.playing)
        assert page.frame.epoch > RATE
        assert same(page, alone(page))


def test_an_orderly_end_loses_nothing(tmp_path: Path) -> None:
    """SIGTERM while it plays: not one epoch that the page has seen is missing, and it plays on; a paused one stands."""
    with started(tmp_path) as server, Page(server.url) as playing, Page(server.url) as paused:
        begin(playing)
        begin(paused)
        playing.send("play")
        paused.send("step", epochs=40)
        paused.until(lambda page: page.frame.epoch == 40)
        playing.until(lambda page: page.frame.epoch > 300)
        server.process.terminate()
        drain(playing)
    with started(tmp_path) as server, Page(server.url, id=playing.id) as page, Page(server.url, id=paused.id) as other:
        assert page.ready().frame.epoch >= playing.frame.epoch
        assert page.state["playing"]
        page.until(lambda page: page.frame.epoch > playing.frame.epoch + 100)
        assert same(page, alone(page))
        other.ready()
        assert not other.state["playing"]
        assert (other.frame.epoch, other.frame.params.tobytes()) == (paused.frame.epoch, paused.frame.params.tobytes())
        assert other.state["revision"] == paused.state["revision"]
        assert other.state["restarts"] == paused.state["restarts"]


@pytest.mark.timeout(300)
def test_the_same_numbers_in_company(tmp_path: Path) -> None:
    """Beside six sessions as fast as they go, over a pause, a reconnect and a restart: as if it had been alone.

    So it is for the six, two of which learn the same and stop at epochs of their own.
    """
    busy: list[Page] = []
    with started(tmp_path) as server, ExitStack() as stack:
        for seed in ("1", "1", "2", "3", "4", "5"):
            page = stack.enter_context(Page(server.url, patient=True))
            page.ready()
            page.configure(seed=seed, dataset="spiral", hidden=[8, 8])
            page.send("speed", rate=None)
            page.send("play")
            busy.append(page)
        with Page(server.url) as page:
            begin(page)
            page.send("play")
            page.until(lambda page: page.frame.epoch > 200, seconds=60)
            page.send("pause")
            page.until(lambda page: not page.state["playing"] and not page.frame.playing)
            page.cut()
        with Page(server.url, id=page.id) as page:
            page.ready()
            page.send("play")
            page.until(lambda page: page.frame.epoch > 500, seconds=60)
            server.process.terminate()
            drain(page)
    with started(tmp_path) as server, ExitStack() as stack:
        again = [stack.enter_context(Page(server.url, id=other.id)) for other in busy]
        page = stack.enter_context(Page(server.url, id=page.id))
        page.ready()
        page.until(lambda page: page.frame.epoch > 800, seconds=60)
        for one in (page, *again):
            one.ready().send("pause")
            one.until(lambda page: not page.state["playing"] and not page.frame.playing, seconds=60)
        assert same(page, alone(page))
        for one in again:
            trainer = Trainer(spec_from_link(one.state["link"]))
            trainer.advance(int(one.frame.epoch))
            assert trainer.epoch > 100
            assert same(one, trainer)


def test_nothing_is_saved_unless_wanted() -> None:
    """--no-save: after a restart the session is gone, and so is the secret behind its key."""
    port = "0"
    for first in (True, False):
        server = start([sys.executable, "-m", "tinkernet.app", "--port", port, "--no-save"], ROOT)
        port = port_of(server)
        try:
            wait_until_ready(server.url)
            if first:
                with Page(server.url) as page:
                    page.ready()
            else:
                with pytest.raises(InvalidStatus, match="403"), Page(server.url, id=page.id):
                    pass
        finally:
            stop(server)
