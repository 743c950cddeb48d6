"""An open page while the server under it is killed and started again."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.app.test_sqlite import wait
from tests.browser.helpers import epoch, open_page, wait_for_epoch
from tests.conftest import ROOT, LiveServer, start, stop, wait_until_ready
from tests.page import Page as Wire
from tests.page import visit
from tinkernet.app.sessions.saved import SavedRun, runs_of
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import FILE, SQLiteStorage
from tinkernet.app.wire.commands import MAIN
from tinkernet.engine import Trainer, spec_from_link


class Restarting:
    """A server that can be killed, and started again at the same address."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._server: LiveServer | None = None
        self.url = ""

    def start(self) -> None:
        """Start, at the first time at any free port."""
        port = self.url.rsplit(":", 1)[-1] or "0"
        self._server = start([sys.executable, "-m", "tinkernet.app", "--port", port, *self._arguments], ROOT)
        self.url = self._server.url
        wait_until_ready(self.url)

    def kill(self) -> None:
        """As a power cut would."""
        assert self._server is not None
        self._server.process.send_signal(signal.SIGKILL)
        stop(self._server)


@pytest.fixture
def restarting(tmp_path: Path, request: pytest.FixtureRequest, expected_errors: list[str]) -> Iterator[Restarting]:
    """Keeps its sessions, unless a test names other options."""
    expected_errors.append("WebSocket|net::ERR_")  # for each address the icon is asked for anew, also when it is killed
    server = Restarting(*getattr(request, "param", ("--data-dir", str(tmp_path))))
    server.start()
    yield server
    server.kill()


def wire(page: Page, url: str) -> Wire:
    """The same session without a browser, to compare bits."""
    path, cookies = page.evaluate("location.pathname"), page.context.cookies(page.url)
    id = visit(url, path, "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)).id
    return Wire(url, id=id, secret=page.evaluate("localStorage.getItem('tinkernet /')"))


def kept(folder: Path, page: Page) -> SavedRun | None:
    """What a server that began now would find of the page's session. In a copy: the file is the running one's."""
    with tempfile.TemporaryDirectory() as copy:
        for path in folder.glob(f"{FILE}*"):
            shutil.copy(path, copy)
        storage = SQLiteStorage(Settings(data_dir=copy))
        found = storage.load(page.evaluate("location.pathname").removeprefix("/s/"))
        storage.close()
        return None if found is None else runs_of(found)[MAIN]


def test_an_open_page_goes_on_after_a_restart(page: Page, restarting: Restarting) -> None:
    """Killed while it plays: the page comes back by itself, plays on, says nothing, and its numbers are the same."""
    open_page(page, restarting.url)
    page.keyboard.press(" ")
    wait_for_epoch(page, 200)
    restarting.kill()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    seen = epoch(page)
    restarting.start()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    wait_for_epoch(page, seen + 100)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    assert page.get_by_text("no longer knew").count() == 0
    with wire(page, restarting.url) as same:
        same.until(lambda same: same.frame is not None and not same.state["playing"] and not same.frame.playing)
        alone = Trainer(spec_from_link(same.state["link"]))
        alone.advance(int(same.frame.epoch))
        assert same.frame.params.tobytes() == alone.network.params.astype(np.float32).tobytes()
        assert same.losses.tobytes() == alone.history.rows.tobytes()
        expect(page.locator("#train-loss")).to_have_text(f"{alone.train_loss:.3f}")
        expect(page.locator("#epoch")).to_have_text(f"{alone.epoch:07,d}")


def test_a_place_in_the_past_survives_a_restart(page: Page, restarting: Restarting, tmp_path: Path) -> None:
    """The page that is open goes there again; the run is the same run."""
    open_page(page, restarting.url)
    page.keyboard.press(" ")
    wait_for_epoch(page, 60)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    newest = epoch(page)
    wait(lambda: (found := kept(tmp_path, page)) is not None and found.checkpoint["epoch"] == newest)
    slider = page.get_by_role("slider", name="Epoch that is shown")
    slider.press("Home")
    slider.press("Shift+ArrowRight")
    said = page.locator(".stateline b")
    before = f"You are looking at epoch 10 of {newest}."
    expect(said).to_have_text(before)
    restarting.kill()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    restarting.start()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    expect(said).to_have_text(before)
    expect(page.locator("#epoch")).to_have_text("000,010")
    expect(page.locator(".runs")).to_be_hidden()


def test_changes_made_while_the_server_was_away(page: Page, restarting: Restarting, tmp_path: Path) -> None:
    """Three of them: all are there afterwards, training goes on, and the page does not say that it was forgotten."""
    open_page(page, restarting.url)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,003")
    wait(lambda: (found := kept(tmp_path, page)) and found.checkpoint["epoch"] == 3)
    restarting.kill()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    page.get_by_role("combobox", name="Activation").select_option("relu")
    page.get_by_role("combobox", name="Learning rate").select_option("0.1")
    page.get_by_role("combobox", name="Regularization", exact=True).select_option("L2")
    restarting.start()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    with wire(page, restarting.url) as same:
        same.until(lambda same: same.state.get("spec", {}).get("regularization") == "L2")
        assert same.state["spec"]["activation"] == "relu"
        assert same.state["spec"]["learning_rate"] == 0.1
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("relu")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,004")
    assert page.get_by_text("no longer knew").count() == 0


def test_a_forgotten_session_is_said(page: Page, restarting: Restarting, tmp_path: Path) -> None:
    """One that the file does not have any more: back at its start, with the page's settings, and the page says so."""
    open_page(page, restarting.url)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.locator("#chart-words")).to_contain_text("Training: from")
    restarting.kill()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    with closing(sqlite3.connect(tmp_path / "tinkernet.sqlite")) as connection, connection:
        connection.execute("DELETE FROM session")
    restarting.start()
    expect(page.locator("#status")).to_have_text("", timeout=15_000)
    expect(page.get_by_text("The server no longer knew this session")).to_be_visible()
    expect(page.locator("#epoch")).to_have_text("000,000")
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("relu")
    with wire(page, restarting.url) as same:
        assert same.ready().state["spec"]["activation"] == "relu"


@pytest.mark.parametrize("restarting", [("--no-save",)], indirect=True)
def test_without_saving_the_page_begins_anew(page: Page, restarting: Restarting, expected_errors: list[str]) -> None:
    """--no-save: neither session nor key is left. The page gets a session of its own with its settings, and says so."""
    expected_errors.append("403")
    open_page(page, restarting.url)
    page.get_by_role("combobox", name="Activation").select_option("relu")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#epoch")).to_have_text("000,001")
    expect(page.locator("#chart-words")).to_contain_text("Training: from")
    before = page.evaluate("location.pathname")
    restarting.kill()
    expect(page.locator("#status")).to_contain_text("Connection lost")
    restarting.start()
    expect(page.get_by_text("this is a new one of your own")).to_be_visible()
    expect(page.locator("#epoch")).to_have_text("000,000")
    expect(page.get_by_role("combobox", name="Activation")).to_have_value("relu")
    assert page.evaluate("location.pathname") != before
