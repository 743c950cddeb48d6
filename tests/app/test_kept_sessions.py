"""What pages are told, and find again, of what is saved of their sessions: with a real server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.conftest import Running, running
from tests.app.test_sqlite import wait
from tests.page import Page, visit
from tinkernet.app.sessions.saved import runs_of
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import FILE


def said(page: Page) -> list[str]:
    """What it was told of its session."""
    return [error["message"] for error in page.errors if error["field"] == "session"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the file more often than a server does, so that the tests are short."""
    for name in ("CHECK", "GATHER", "RETRY"):
        monkeypatch.setattr(f"tinkernet.app.storage.sqlite.{name}", 0.05)


def paused(server: Running, page: Page, epochs: int) -> None:
    """Train so many epochs and stand, until that is in the file."""
    page.ready().send("step", epochs=epochs)
    page.until(lambda page: page.frame.epoch == epochs)
    storage = server.app.state.storage
    wait(lambda: runs_of(storage.load(page.id))["main"].checkpoint["epoch"] == epochs)
    wait(lambda: not storage._waiting and not storage._writing)


def number_of(path: Path) -> int | None:
    """Which file it is; None while there is none: it may go at any moment."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let anybody touch an open file")
@pytest.mark.parametrize("harm", ["removed", "truncated"])
def test_a_paused_session_is_written_again(tmp_path: Path, free_port: int, harm: str) -> None:
    """Its page is open and nothing changes; the file goes, and the server is killed: it is there, and so is its key."""
    folder, killed = tmp_path / "data", tmp_path / "killed"
    with running(Settings(port=free_port, data_dir=str(folder))) as server, server.page() as page:
        paused(server, page, 40)
        storage = server.app.state.storage
        wait(lambda: not storage._waiting and not storage._writing)
        before = number_of(folder / FILE)
        os.truncate(folder / FILE, 0) if harm == "truncated" else (folder / FILE).unlink()
        wait(lambda: number_of(folder / FILE) not in (None, before))
        wait(lambda: page.id in storage._room and not storage._waiting and not storage._writing)
        shutil.copytree(folder, killed)
    with running(Settings(port=free_port, data_dir=str(killed))) as server, server.page(id=page.id) as again:
        assert again.ready().frame.epoch == 40
        assert again.state["instance"] == page.state["instance"]


def test_one_browser_with_many_sessions(tmp_path: Path, free_port: int) -> None:
    """It fills its share. A paused session of another browser, open or left, is there after a restart; who comes back
    to one that was deleted is told so."""
    settings = {
        "port": free_port,
        "data_dir": str(tmp_path),
        "keep_megabytes_per_browser": 0.5,
        "max_sessions_per_browser": 1,
    }
    with running(Settings(**settings)) as server:
        storage = server.app.state.storage
        with server.page() as open_one, server.page() as left:
            paused(server, open_one, 30), paused(server, left, 20)
            left.cut()
            greedy: list[Page] = []
            for _ in range(4):
                with server.page(id=another_session(server, greedy[-1]) if greedy else "") as page:
                    page.ready().configure(hidden=[64, 64, 64])
                    page.until(lambda page: page.state["revision"] == 1)
                    wait(lambda: not storage._waiting and not storage._writing)
                    greedy.append(page)
            with server.app.state.storage._changed:
                assert len(storage._dropped) >= 1
    with running(Settings(**settings)) as server:
        for page, epoch in ((open_one, 30), (left, 20)):
            with server.page(id=page.id) as again:
                assert again.ready().frame.epoch == epoch
                assert said(again) == []
        with server.page(id=greedy[0].id) as again:
            again.ready()
            (message,) = said(again)
            assert "was deleted" in message
            assert "0.5 MB (TINKERNET_KEEP_MEGABYTES_PER_BROWSER)" in message


def another_session(server: Running, page: Page) -> str:
    """The id of one more session of the browser of this page."""
    return visit(server.url, cookies=page.visit.cookies).id


def test_a_disk_that_refuses_is_said_on_the_page(serve: Callable[..., Running], tmp_path: Path) -> None:
    """To who is there and to who comes; and that it is over."""
    server = serve(data_dir=str(tmp_path))
    storage = server.app.state.storage
    with server.page() as page:
        page.ready()
        wait(lambda: not storage._waiting and not storage._writing)
        with storage._disk:
            storage._file.connection.execute("PRAGMA max_page_count = 1")
        page.configure(hidden=[64, 64])
        page.until(lambda page: any("cannot be saved just now" in each for each in said(page)))
        with server.page() as other:
            other.until(lambda page: any("cannot be saved just now" in each for each in said(page)))
        with storage._disk:
            storage._file.connection.execute("PRAGMA max_page_count = 1000000")
        page.until(lambda page: said(page)[-1:] == ["Sessions are saved again."])
