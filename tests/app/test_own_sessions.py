"""The list of a browser's sessions: what is in it, what it says, and to whom."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.app.conftest import Running, running
from tests.app.test_browsers import SECRET
from tests.app.test_owners import ask
from tests.page import Page, visit
from tinkernet.app.publishing.topics.map import paint
from tinkernet.app.settings import Settings
from tinkernet.app.storage.base import Record, Storage
from tinkernet.app.web.own_sessions import LISTED, OwnSessions
from tinkernet.app.wire.levels import SMALL_SIDE, big_levels
from tinkernet.engine import Trainer, spec_from_link


def listed(server: Running, cookies: str, secret: str = "") -> list[dict[str, Any]]:
    """What the page of a browser is told."""
    status, answer = ask(server, "GET", "/sessions", cookies, **{"tinkernet-page": secret} if secret else {})
    assert status == 200, answer
    return list(answer["sessions"])


def trained(server: Running, cookies: str, epochs: int, **changes: object) -> str:
    """Another session of this browser, after so many epochs; its id."""
    made = visit(server.url, cookies=cookies)
    with Page(server.url, id=made.id) as page:
        page.ready().configure(**changes)
        page.send("step", epochs=epochs)
        page.until(lambda page: page.frame.epoch == epochs)
    return made.id


@pytest.fixture
def keeping(tmp_path: Path, serve: Callable[..., Running]) -> Running:
    """A server that keeps its sessions."""
    return serve(data_dir=str(tmp_path))


def wait_for(server: Running, cookies: str, met: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """The list as soon as it is so: a session is kept within two seconds."""
    deadline = time.monotonic() + 20
    while not met(found := listed(server, cookies)):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_it_says_what_each_is(keeping: Running) -> None:
    """The last used first, with its data, neurons, epoch and age; one that was only opened is left out."""
    cookies = visit(keeping.url).cookies
    assert listed(keeping, cookies) == []
    first = trained(keeping, cookies, 3, dataset="xor", hidden=[3])
    second = trained(keeping, cookies, 2, dataset="spiral", hidden=[2, 2])
    with Page(keeping.url, id=visit(keeping.url, cookies=cookies).id) as opened:
        opened.ready()
        found = wait_for(keeping, cookies, lambda found: [each["epoch"] for each in found] == [2, 3])
    assert [each["id"] for each in found] == [second, first]
    assert [(each["dataset"], each["hidden"]) for each in found] == [("spiral", [2, 2]), ("xor", [3])]
    assert all(0 <= each["seconds"] < 60 and each["pages"] == 0 for each in found)
    with Page(keeping.url, id=first) as page:
        page.ready()
        again = listed(keeping, cookies)
        assert [(each["id"], each["pages"]) for each in again] == [(first, 1), (second, 0)]
    assert listed(keeping, visit(keeping.url).cookies) == []
    assert listed(keeping, "") == []


@pytest.mark.parametrize(
    "changes", [{"dataset": "gauss"}, {"dataset": "blobs", "classes": 4}, {"problem": "regression"}]
)
def test_its_picture_is_the_networks(keeping: Running, changes: dict[str, Any]) -> None:
    """The map of the output, as the same network has it that was trained alone."""
    cookies = visit(keeping.url).cookies
    id = trained(keeping, cookies, 5, **changes)
    (found,) = wait_for(keeping, cookies, lambda found: [each["epoch"] for each in found] == [5])
    with Page(keeping.url, id=id) as page:
        alone = Trainer(spec_from_link(page.ready().state["link"]))
    alone.advance(5)
    unit = "output" if changes.get("classes") else f"{len(alone.network.sizes) - 2}.0"
    map, levels, classes = big_levels(paint(alone, [unit], SMALL_SIDE)[unit])
    assert (found["levels"], found["classes"]) == (levels, classes)
    assert np.array_equal(np.frombuffer(b64decode(found["map"]), np.uint8).reshape(map.shape), map)


def test_it_outlives_the_server(tmp_path: Path) -> None:
    """Sessions that are in the file only are listed, opened again, and stay in their order."""
    with running(Settings(port=0, data_dir=str(tmp_path))) as server:
        cookies = visit(server.url).cookies
        ids = [trained(server, cookies, epochs) for epochs in (1, 2)]
        before = wait_for(server, cookies, lambda found: [each["epoch"] for each in found] == [2, 1])
    with running(Settings(port=server.settings.port, data_dir=str(tmp_path))) as server:
        after = listed(server, cookies)
        assert [each["id"] for each in after] == ids[::-1]
        assert [each["map"] for each in after] == [each["map"] for each in before]
        assert len(server.app.state.sessions) == 0


def test_without_a_file_it_is_the_sessions_in_memory(server: Running) -> None:
    """Their pictures are not known then."""
    cookies = visit(server.url).cookies
    made = visit(server.url, cookies=cookies)
    assert listed(server, cookies) == []
    with Page(server.url, id=made.id) as page:
        page.ready()
        (found,) = listed(server, cookies)
    assert (found["id"], found["pages"]) == (made.id, 1)
    assert "map" not in found


def test_a_cookie_alone_lists_nothing(keeping: Running) -> None:
    """Over http another port is handed it; nor does one that was planted list the sessions that are made under it."""
    planted = visit(keeping.url).cookies
    with Page(keeping.url, id=visit(keeping.url, cookies=planted).id, secret=SECRET) as page:
        page.ready().send("step", epochs=1)
        page.until(lambda page: page.frame.epoch == 1)
        (cookie,) = page.socket.response.headers.get_all("Set-Cookie")
        bound = cookie.partition(";")[0]
        assert ask(keeping, "GET", "/sessions", bound)[0] == 403
        assert ask(keeping, "GET", "/sessions", bound, **{"tinkernet-page": "guessed"})[0] == 403
        assert (
            ask(keeping, "GET", "/sessions", bound, **{"tinkernet-page": SECRET}, Origin="http://evil.example")[0]
            == 403
        )
        assert listed(keeping, planted) == []
        assert listed(keeping, planted, "attackers") == []
        deadline = time.monotonic() + 20
        while not (found := listed(keeping, bound, SECRET)):
            assert time.monotonic() < deadline
        assert [each["id"] for each in found] == [page.id]


def test_who_lost_a_session_does_not_see_it(keeping: Running) -> None:
    """One that came by an owner link has it in the list until the link is revoked."""
    owner, other = visit(keeping.url).cookies, visit(keeping.url).cookies
    id = trained(keeping, owner, 1)
    link = ask(keeping, "POST", f"/s/{id}/owner-link", owner)[1]["link"]
    body = json.dumps({"key": link.partition("#key=")[2]})
    assert ask(keeping, "POST", f"/s/{id}/own", other, body)[0] == 204
    (found,) = wait_for(keeping, other, lambda found: [each["epoch"] for each in found] == [1])
    assert found["id"] == id
    assert ask(keeping, "DELETE", f"/s/{id}/owner-link", owner)[0] == 200
    assert listed(keeping, other) == []


class Nothing(Storage):
    """Keeps nothing."""

    keeps = False

    def put(self, id: str, record: Record, owner: str | None = None) -> None:
        """Not called."""
        raise AssertionError(id)

    def knows(self, id: str) -> bool:
        """Nothing."""
        return False

    load = sharing = holds = trouble = set_aside = secret = close = put  # type: ignore[assignment]


def test_its_length_is_bounded() -> None:
    """The newest of one browser, however many it opens."""
    lists = OwnSessions(Nothing())
    for number in range(3 * LISTED):
        lists.touch("browser.", f"{number}")
    lists.touch("browser.", f"{2 * LISTED}")
    assert list(lists._lists["browser."])[-2:] == [f"{3 * LISTED - 1}", f"{2 * LISTED}"]
    assert len(lists._lists["browser."]) == LISTED
