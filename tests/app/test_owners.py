"""Join links that can be renewed, and links to own a session on another device."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.app.conftest import Running, running
from tests.app.test_browsers import SECRET, Visitor, opens, post
from tests.page import Page, visit
from tinkernet.app.capabilities import VIEWER
from tinkernet.app.settings import Settings
from tinkernet.app.web.access import MOST, Access


def ask(server: Running, method: str, path: str, cookies: str = "", body: str = "", **more: str) -> tuple[int, Any]:
    """Status and JSON of a request from a page of this server."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in ({"Origin": server.url} | more).items())
    status, answer = post(server, path, f"{lines}Cookie: {cookies}\r\nContent-Length: {len(body)}\r\n", method, body)
    return status, json.loads(answer) if answer.startswith("{") else answer


def test_a_renewed_join_link(server: Running) -> None:
    """The last one lets nobody in, who came by it is told and let out; the owner stays and has the new one."""
    with server.page() as owner:
        owner.ready()
        cookies, old = owner.visit.cookies, owner.visit.viewer_key
        with Page(server.url, id=owner.id, key=old) as viewer:
            viewer.ready()
            status, answer = ask(server, "POST", f"/s/{owner.id}/join-link", cookies)
            assert status == 200
            with pytest.raises(ConnectionClosed):
                viewer.until(lambda _: False)
            assert viewer.closing == "The owner of this session has made another join link."
        new = answer["link"].partition("#key=")[2]
        assert new != old
        assert not opens(server, owner.id, "", old)[0]
        with Page(server.url, id=owner.id, key=new) as viewer:
            viewer.ready()
        owner.send("step", epochs=2)
        owner.until(lambda page: page.frame.epoch == 2)
        visitor = Visitor()
        mine, _ = visitor.load(f"{server.url}/")
        assert ask(server, "POST", f"/s/{mine}/join-link", visitor.sends(f"{server.url}/"))[0] == 409  # not open
        assert opens(server, mine, visitor.sends(f"{server.url}/"))[0]
        status, answer = ask(server, "POST", f"/s/{mine}/join-link", visitor.sends(f"{server.url}/"))
        assert answer["link"].endswith(visitor.load(f"{server.url}/s/{mine}")[1])


def test_an_owner_link_moves_a_session(server: Running) -> None:
    """It serves once; who came by it owns the session until the link is revoked, and the first owner throughout."""
    first, second, third = Visitor(), Visitor(), Visitor()
    for each in (second, third):
        each.load(f"{server.url}/")
    id, _ = first.load(f"{server.url}/")
    at = f"/s/{id}/owner-link"
    assert ask(server, "POST", at, first.sends(f"{server.url}/"))[0] == 409  # not open
    assert opens(server, id, first.sends(f"{server.url}/"))[0]
    assert ask(server, "GET", at, first.sends(f"{server.url}/")) == (200, {"link": "", "owners": 0})
    status, answer = ask(server, "POST", at, first.sends(f"{server.url}/"))
    assert ask(server, "GET", at, first.sends(f"{server.url}/")) == (200, answer)
    path, _, key = answer["link"].partition("#key=")
    assert (status, path) == (200, f"s/{id}/own")
    for wrong in ("", key[:-1], key.swapcase(), VIEWER.name, None, 5):
        body = json.dumps({"key": wrong})
        assert ask(server, "POST", f"/{path}", second.sends(f"{server.url}/"), body)[0] == 403
    for broken in ("", "[]", "5", "{", '"key"', "[" * 60_000, '{"key":"\\ud800"}', '{"key":"\x00"}', "\x80", "null"):
        assert ask(server, "POST", f"/{path}", second.sends(f"{server.url}/"), broken)[0] == 403
    assert ask(server, "POST", f"/{path}", second.sends(f"{server.url}/"), json.dumps({"key": key}))[0] == 204
    assert ask(server, "POST", f"/{path}", third.sends(f"{server.url}/"), json.dumps({"key": key}))[0] == 403
    for who, owner in ((first, True), (second, True), (third, False)):
        assert (who.load(f"{server.url}/s/{id}")[0] == id) == owner
        assert opens(server, id, who.sends(f"{server.url}/s/{id}/ws"))[0] == owner
    assert ask(server, "DELETE", at, third.sends(f"{server.url}/"))[0] == 403
    assert ask(server, "GET", at, first.sends(f"{server.url}/")) == (200, {"link": "", "owners": 1})
    assert ask(server, "DELETE", at, first.sends(f"{server.url}/")) == (200, {"link": "", "owners": 0})
    assert not opens(server, id, second.sends(f"{server.url}/s/{id}/ws"))[0]
    assert opens(server, id, first.sends(f"{server.url}/s/{id}/ws"))[0]


def test_strangers_change_no_link(server: Running) -> None:
    """Nor a viewer, nor a page of another site with the owner's cookie, nor whoever was handed the cookie over http."""
    owner = Visitor()
    id, key = owner.load(f"{server.url}/")
    cookies = owner.sends(f"{server.url}/")
    for method, at in (("POST", "join-link"), ("POST", "owner-link"), ("DELETE", "owner-link")):
        path = f"/s/{id}/{at}"
        assert ask(server, method, path)[0] == 403
        assert ask(server, method, path, visit(server.url).cookies)[0] == 403
        assert ask(server, method, path, f"tinkernet_key={key}")[0] == 403
        for origin in ("http://evil.example", "null"):
            assert ask(server, method, path, cookies, Origin=origin)[0] == 403
        before = ask(server, "GET", path, cookies)
        assert before == ask(server, "GET", path, cookies)
        for stranger in ("", visit(server.url).cookies, f"tinkernet_key={key}"):
            assert ask(server, "GET", path, stranger)[0] == 403
    opened, given = opens(server, id, cookies, f"page.{SECRET}")
    assert opened
    owner.takes(given[0], f"{server.url}/")
    bound = owner.sends(f"{server.url}/")
    assert ask(server, "POST", f"/s/{id}/join-link", bound)[0] == 403
    assert ask(server, "POST", f"/s/{id}/join-link", bound, tinkernet_page="guessed")[0] == 403
    assert ask(server, "POST", f"/s/{id}/join-link", bound, tinkernet_page=SECRET)[0] == 200
    for at in ("join-link", "owner-link"):
        assert ask(server, "GET", f"/s/{id}/{at}", bound)[0] == 403
    for bad in ("short", "A" * 22 + "=", "%00" * 5):
        assert ask(server, "POST", f"/s/{bad}/join-link", cookies)[0] in (403, 404)
        assert ask(server, "POST", f"/s/{bad}/own", cookies, '{"key":"x"}')[0] in (403, 404)


def test_it_outlives_the_server(tmp_path: Path) -> None:
    """A link that was renewed stays renewed, and a second owner an owner."""
    first, second = Visitor(), Visitor()
    with running(Settings(port=0, data_dir=str(tmp_path))) as server:
        id, old = first.load(f"{server.url}/")
        second.load(f"{server.url}/")
        assert opens(server, id, first.sends(f"{server.url}/"))[0]
        ask(server, "POST", f"/s/{id}/join-link", first.sends(f"{server.url}/"))
        answer = ask(server, "POST", f"/s/{id}/owner-link", first.sends(f"{server.url}/"))[1]
        body = json.dumps({"key": answer["link"].partition("#key=")[2]})
        assert ask(server, "POST", f"/s/{id}/own", second.sends(f"{server.url}/"), body)[0] == 204
        port = server.settings.port
    with running(Settings(port=port, data_dir=str(tmp_path))) as server:
        assert second.load(f"{server.url}/s/{id}")[0] == id
        assert first.load(f"{server.url}/s/{id}") != (id, old)
        assert not opens(server, id, "", old)[0]


def test_who_takes_it_is_bound_at_once(server: Running) -> None:
    """Over http another port is handed the cookie of the second owner too: it opens nothing there."""
    first, second = Visitor(), Visitor()
    id, _ = first.load(f"{server.url}/")
    assert opens(server, id, first.sends(f"{server.url}/"))[0]
    answer = ask(server, "POST", f"/s/{id}/owner-link", first.sends(f"{server.url}/"))[1]
    body = json.dumps({"key": answer["link"].partition("#key=")[2]})
    lines = f"Origin: {server.url}\r\ntinkernet-page: {SECRET}\r\nContent-Length: {len(body)}\r\n"
    _, taken = post(server, f"/s/{id}/own", lines, body=body, whole=True)
    (cookie,) = re.findall(r"(?i)set-cookie: (.*?)\r", taken)
    second.takes(cookie, f"{server.url}/")
    cookies = second.sends(f"{server.url}/s/{id}/ws")
    assert opens(server, id, cookies, f"page.{SECRET}") == (True, [])
    for offered in ([], ["page.guessed"]):
        assert not opens(server, id, cookies, *offered)[0]


def test_one_session_has_so_many_owners(serve: Callable[..., Running]) -> None:
    """The sentence names the limit, and what frees it."""
    server = serve(max_owners_per_session=2)
    first = Visitor()
    id, _ = first.load(f"{server.url}/")
    cookies = first.sends(f"{server.url}/")
    assert opens(server, id, cookies)[0]
    for _ in range(2):
        answer = ask(server, "POST", f"/s/{id}/owner-link", cookies)[1]
        body = json.dumps({"key": answer["link"].partition("#key=")[2]})
        assert ask(server, "POST", f"/s/{id}/own", "", body)[0] == 204
    status, answer = ask(server, "POST", f"/s/{id}/owner-link", cookies)
    assert status == 409
    assert "has 2 other owners" in answer["detail"]
    assert "TINKERNET_MAX_OWNERS_PER_SESSION" in answer["detail"]
    assert ask(server, "DELETE", f"/s/{id}/owner-link", cookies)[0] == 200
    assert ask(server, "POST", f"/s/{id}/owner-link", cookies)[0] == 200


def test_to_revoke_it_sends_no_watcher_away(server: Running) -> None:
    """Only the browsers that came by an owner link are let out."""
    second = Visitor()
    second.load(f"{server.url}/")
    with server.page() as owner, Page(server.url, id=owner.id, key=owner.visit.viewer_key) as viewer:
        for page in (owner, viewer):
            page.ready()
        at, cookies = f"/s/{owner.id}", owner.visit.cookies
        body = json.dumps({"key": ask(server, "POST", f"{at}/owner-link", cookies)[1]["link"].partition("#key=")[2]})
        assert ask(server, "POST", f"{at}/own", second.sends(f"{server.url}/"), body)[0] == 204
        given = {"additional_headers": {"Cookie": second.sends(f"{server.url}/")}, "subprotocols": ["tinkernet"]}
        with connect(f"{server.url.replace('http', 'ws')}{at}/ws", proxy=None, **given) as taken:
            viewer.until(lambda page: page.states["main"]["viewers"] == 3)
            assert ask(server, "DELETE", f"{at}/owner-link", cookies)[0] == 200
            heard = ""
            with suppress(ConnectionClosed):
                while True:
                    heard = str(taken.recv(timeout=20))
            assert "revoked the owner link" in heard
            assert taken.close_code == 1008
        viewer.until(lambda page: page.states["main"]["viewers"] == 2)
        owner.send("step", epochs=1)
        viewer.until(lambda page: page.frame.epoch == 1)


def test_what_is_kept_of_access_is_bounded(server: Running) -> None:
    """Entries of sessions that are not open make room for newer ones; those of open ones stay."""
    lists = server.app.state.access
    with server.page() as owner:
        owner.ready()
        lists.put(owner.id, Access(renewals=3))
        for number in range(2 * MOST):
            lists.put(f"{number:022}", Access(renewals=1))
        assert sum(not lists.is_open(id) for id in lists._known) <= MOST
        assert lists._known[owner.id].renewals == 3
