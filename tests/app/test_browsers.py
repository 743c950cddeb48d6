"""Ownership: one signed cookie names a browser, and no other site or port takes its sessions or locks it out."""

from __future__ import annotations

import json
import re
import socket
import time
from email.message import Message
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.app.conftest import Running, running
from tests.app.test_pages import get
from tests.app.test_security import ask, host
from tests.page import viewer_key, visit
from tinkernet.app.capabilities import OWNER
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.settings import Settings
from tinkernet.app.web.browsers import COOKIE_SECONDS, Browser, Browsers, digest_of

names = st.binary(min_size=16, max_size=16).map(lambda _: Sessions.new_id())
SECRET = "0123456789abcdef" * 2


@given(names, names, st.binary(min_size=32, max_size=32))
def test_a_session_has_one_owner(name: str, other: str, secret: bytes) -> None:
    """The browser for which its id was made, and only with the secret that it was made with."""
    browsers = Browsers(secret)
    id = browsers.new_session(Browser(name))
    assert Sessions.is_id(id)
    assert browsers.owns(Browser(name), id)
    assert browsers.owns(Browser(name, "b" * 22), id)
    assert not browsers.owns(Browser(other), id)
    assert not Browsers(secret[::-1] + b"x").owns(Browser(name), id)
    assert not any(
        browsers.owns(Browser(name), id[:at] + ("A" if id[at] != "A" else "B") + id[at + 1 :]) for at in range(22)
    )
    assert not browsers.owns(Browser(name), Sessions.new_id())


@given(st.text(max_size=80), names)
def test_no_name_is_invented(text: str, name: str) -> None:
    """A value that this server did not sign names nobody; a part of a good one, or one unbound by hand, neither."""
    browsers = Browsers(b"s" * 32)
    good, bound = browsers.value(Browser(name)), browsers.value(Browser(name, digest_of("page")))
    assert browsers.read([text, good, bound]) == [Browser(name), Browser(name, digest_of("page"))]
    first, middle, last = bound.split(".")
    wrong = [
        good[:-1],
        good + "A",
        f"{first}..{last}",
        f"{first}.{middle}.{good[-32:]}",
        good.swapcase(),
        f"{name}..",
        "",
    ]
    assert browsers.read(wrong) == []


@given(st.text(max_size=40))
def test_what_is_no_id_is_nobodys(id: str) -> None:
    """Whatever stands in the address of a handshake."""
    assert not Browsers(b"s" * 32).owns(Browser("A" * 22), id)


class Visitor:
    """A browser as far as cookies go: it keeps them by host and path, not by port, and sends them so."""

    def __init__(self) -> None:
        self.jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.jar))

    def load(self, address: str) -> tuple[str, str]:
        """The session of a page, and the key in its join link."""
        with self._opener.open(address, timeout=20) as answer:
            id = re.search(r'data-session="([^"]+)"', answer.read().decode()).group(1)
        root = address.partition("/s/")[0].rstrip("/")
        return id, viewer_key(root, id, self.sends(f"{root}/"))

    def sends(self, address: str) -> str:
        """The Cookie header of a request to this address."""
        request = Request(address)
        self.jar.add_cookie_header(request)
        return request.get_header("Cookie", "")

    def takes(self, cookie: str, address: str) -> None:
        """Another server of the host sets a cookie."""

        class Answer:
            def info(self) -> Any:
                message = Message()
                message["Set-Cookie"] = cookie
                return message

        self.jar.extract_cookies(Answer(), Request(address))  # type: ignore[arg-type]


def opens(server: Running, id: str, cookies: str, *offered: str) -> tuple[bool, list[str]]:
    """Whether a handshake makes an owner, and the cookies that its answer sets."""
    address = f"{server.url.replace('http', 'ws')}/s/{id}/ws"
    try:
        with connect(
            address, additional_headers={"Cookie": cookies}, origin=server.url, proxy=None,
            subprotocols=["tinkernet", *offered],  # type: ignore[list-item]
        ) as page:  # fmt: skip
            assert json.loads(page.recv(timeout=20))["type"] == "state"
            page.send('{"type":"pause"}')
            return True, page.response.headers.get_all("Set-Cookie")
    except InvalidStatus as answer:
        if answer.response.status_code != 403:
            raise
        return False, []


def test_two_hundred_visits_lose_no_session(server: Running) -> None:
    """However often the address is opened: there is one cookie, and the first session stays its owner's."""
    visitor = Visitor()
    first, _ = visitor.load(f"{server.url}/")
    ids = {visitor.load(f"{server.url}/")[0] for _ in range(200)}
    assert len(ids) == 200
    assert len(visitor.jar) == 1
    for id in (first, *list(ids)[:3]):
        assert visitor.load(f"{server.url}/s/{id}")[0] == id
    assert opens(server, first, visitor.sends(f"{server.url}/s/{first}/ws"))[0]


@pytest.mark.parametrize("prefix", ["", "/lab/tinkernet"])
@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_says_where_it_belongs(server: Running, prefix: str, https: bool) -> None:
    """Its name has what browsers enforce over https, and the port over http; no script can read it."""
    headers = {"X-Forwarded-Prefix": prefix} if prefix else {}
    headers |= {"X-Forwarded-Proto": "https"} if https else {}
    (cookie,) = get(f"{server.url}/", **headers)[1].get_all("set-cookie")
    expected = (
        ("__Secure-tinkernet" if prefix else "__Host-tinkernet") if https else f"tinkernet_{server.settings.port}"
    )
    name, _, rest = cookie.partition("=")
    value, *attributes = rest.split("; ")
    assert name == expected
    assert re.fullmatch(r"[\w-]{22}\.\.[\w-]{32}", value)
    wanted = {f"Max-Age={COOKIE_SECONDS}", f"Path={prefix or '/'}", "HttpOnly", "SameSite=Lax"}
    assert set(attributes) == wanted | ({"Secure"} if https else set())


def test_only_the_name_of_the_scheme_counts(server: Running) -> None:
    """Over https a name without its prefix could have been set over http, by anybody on the way."""
    (cookie,) = get(f"{server.url}/")[1].get_all("set-cookie")
    value = cookie.partition(";")[0].partition("=")[2]
    https = {"X-Forwarded-Proto": "https"}
    page = get(f"{server.url}/", Cookie=f"__Host-tinkernet={value}", **https)
    id = re.search(r'data-session="([^"]+)"', page[2].decode()).group(1)
    for name, owner in (("__Host-tinkernet", True), ("__Secure-tinkernet", True), ("tinkernet", False),
                        (f"tinkernet_{server.settings.port}", False)):  # fmt: skip
        found = get(f"{server.url}/s/{id}", Cookie=f"{name}={value}", **https)[2].decode()
        assert (f'data-session="{id}"' in found) == owner, name


@pytest.mark.parametrize("path", ["/", "/s", "/s/"])
def test_junk_of_another_port_locks_nobody_out(server: Running, path: str) -> None:
    """Old sessions stay, new ones begin, whatever another server of the host has set under the same or the old name."""
    visitor = Visitor()
    id, _ = visitor.load(f"{server.url}/")
    other = server.url.replace(str(server.settings.port), "1")
    for name in ("tinkernet_key", "tinkernet_browser", f"tinkernet_{server.settings.port}"):
        for value in ("junk", "A" * 22 + ".." + "A" * 32):
            if path != "/" or "_key" in name or "_browser" in name:  # the very same cookie can be replaced: see below
                visitor.takes(f"{name}={value}; path={path}", other)
    assert visitor.load(f"{server.url}/s/{id}")[0] == id
    assert opens(server, id, visitor.sends(f"{server.url}/s/{id}/ws"))[0]
    new, _ = visitor.load(f"{server.url}/")
    assert opens(server, new, visitor.sends(f"{server.url}/s/{new}/ws"))[0]


def test_a_replaced_cookie_is_a_new_browser(server: Running) -> None:
    """Another port can replace the cookie, which costs the sessions, but never the next ones."""
    visitor = Visitor()
    id, _ = visitor.load(f"{server.url}/")
    visitor.takes(f"tinkernet_{server.settings.port}=junk; path=/", server.url.replace(str(server.settings.port), "1"))
    new, _ = visitor.load(f"{server.url}/s/{id}")
    assert new != id
    assert opens(server, new, visitor.sends(f"{server.url}/s/{new}/ws"))[0]


def test_the_attackers_own_cookie_is_not_preferred(server: Running) -> None:
    """One that is good and planted at a longer path: the victim's sessions are made for the victim's own name."""
    victim, attacker = Visitor(), Visitor()
    victim.load(f"{server.url}/")
    attacker.load(f"{server.url}/")
    (planted,) = attacker.jar
    other = server.url.replace(str(server.settings.port), "1")
    victim.takes(f"{planted.name}={planted.value}; path=/s", other)
    id, _ = victim.load(f"{server.url}/s/{Sessions.new_id()}")
    assert attacker.load(f"{server.url}/s/{id}")[0] != id
    assert not opens(server, id, attacker.sends(f"{server.url}/s/{id}/ws"))[0]


def test_a_cookie_that_another_port_is_handed_opens_nothing(server: Running) -> None:
    """Over http browsers send it there. Once a page has shown its secret, the cookie alone is worth nothing."""
    victim = Visitor()
    id, _ = victim.load(f"{server.url}/")
    opened, given = opens(server, id, victim.sends(f"{server.url}/s/{id}/ws"), f"page.{SECRET}")
    assert opened
    victim.takes(given[0], f"{server.url}/")
    assert len(victim.jar) == 1
    stolen = victim.sends(server.url.replace(str(server.settings.port), "1") + f"/s/{id}/x")
    assert stolen
    parts = stolen.split(".")
    for cookies in (stolen, f"{parts[0]}..{parts[2]}", stolen.replace("tinkernet_", "__Host-tinkernet; tinkernet_")):
        for offered in ([], ["page."], ["page.guessed"], [f"page.{SECRET[:-1]}"], [SECRET]):
            assert not opens(server, id, cookies, *offered)[0], offered
    opened, given = opens(server, id, stolen, f"page.{SECRET}")
    assert opened
    assert given == []
    again, _ = victim.load(f"{server.url}/")  # it stays bound, for new sessions too
    assert not opens(server, again, victim.sends(f"{server.url}/s/{again}/ws"))[0]
    assert opens(server, again, victim.sends(f"{server.url}/s/{again}/ws"), f"page.{SECRET}")[0]


def begin(server: Running, cookies: str, secret: str = "", origin: str = "") -> tuple[int, str, list[str]]:
    """Ask for a session that is certainly one's own: status, its id, and the cookies of the answer."""
    lines = f"Content-Length: 0\r\nOrigin: {origin or server.url}\r\nCookie: {cookies}\r\n"
    lines += f"tinkernet-page: {secret}\r\n" if secret else ""
    status, answer = post(server, "/new", lines, whole=True)
    given = re.findall(r"(?i)set-cookie: (.*?)\r", answer)
    found = re.search(r'"session":"([^"]+)"', answer)
    return status, found.group(1) if found else "", given


def test_a_browser_can_begin_anew(server: Running) -> None:
    """One that has kept the cookie and lost its page's secret; only a page of this origin can ask for that."""
    victim = Visitor()
    id, _ = victim.load(f"{server.url}/")
    _, given = opens(server, id, victim.sends(f"{server.url}/"), f"page.{SECRET}")
    victim.takes(given[0], f"{server.url}/")
    cookies = victim.sends(f"{server.url}/")
    for origin in ("http://evil.example", "null"):
        assert begin(server, cookies, origin=origin) == (403, "", [])
    assert ask(server, "/new", host(server))[0] == 405
    status, other, given = begin(server, cookies, "another" * 4)
    assert (status, len(given)) == (200, 1)
    assert given[0].partition("=")[2][:22] not in cookies
    assert opens(server, other, given[0].partition(";")[0], f"page.{'another' * 4}") == (True, [])
    assert not opens(server, other, cookies, f"page.{SECRET}")[0]
    status, mine, given = begin(server, cookies, SECRET)  # who still has the secret stays who they are
    assert given[0].partition("=")[2][:22] in cookies
    assert opens(server, mine, cookies, f"page.{SECRET}") == (True, [])


@pytest.mark.parametrize("path", ["/", "/s"])
@pytest.mark.parametrize("bound", [False, True])
def test_a_planted_cookie_hands_over_no_session(server: Running, path: str, bound: bool) -> None:
    """The attacker's own, set by another port: the victim goes on, and the attacker has none of the sessions."""
    victim, attacker = Visitor(), Visitor()
    first, _ = victim.load(f"{server.url}/")
    victim.takes(opens(server, first, victim.sends(f"{server.url}/"), f"page.{SECRET}")[1][0], f"{server.url}/")
    theirs, _ = attacker.load(f"{server.url}/")
    unbound = attacker.sends(f"{server.url}/")
    attacker.takes(opens(server, theirs, unbound, "page.attackers")[1][0], f"{server.url}/")
    planted = attacker.sends(f"{server.url}/") if bound else unbound
    victim.takes(f"{planted}; path={path}", server.url.replace(str(server.settings.port), "1"))
    id, _ = victim.load(f"{server.url}/")
    cookies = victim.sends(f"{server.url}/s/{id}/ws")
    if not opens(server, id, cookies, f"page.{SECRET}")[0]:
        assert bound
        _, id, given = begin(server, cookies, SECRET)
        victim.takes(given[0], f"{server.url}/")
        assert opens(server, id, victim.sends(f"{server.url}/s/{id}/ws"), f"page.{SECRET}")[0]
    for stolen in (unbound, attacker.sends(f"{server.url}/"), victim.sends(f"{server.url}/s/{id}/ws")):
        for offered in ([], ["page.attackers"], ["page.guessed"]):
            assert not opens(server, id, stolen, *offered)[0], (stolen, offered)
    assert opens(server, id, victim.sends(f"{server.url}/s/{id}/ws"), f"page.{SECRET}")[0]
    if path != "/":
        assert opens(server, first, victim.sends(f"{server.url}/s/{first}/ws"), f"page.{SECRET}")[0]


def test_a_cookie_alone_is_handed_no_key(server: Running) -> None:
    """Over http another port has it: neither a page nor the join link's address tells it a key, nor counts it."""
    victim = Visitor()
    id, key = victim.load(f"{server.url}/")
    assert key
    victim.takes(opens(server, id, victim.sends(f"{server.url}/"), f"page.{SECRET}")[1][0], f"{server.url}/")
    stolen = victim.sends(f"{server.url}/s/{id}")
    for path in (
        f"/s/{id}",
        f"/s/{id}/x",
        f"/s/{id}/watch",
        f"/s/{id}/own",
        f"/s/{id}/join-link",
        f"/s/{id}/owner-link",
    ):
        _, head, body = ask(server, path, host(server), lines=f"Cookie: {stolen}\r\n")
        assert key not in head + body
    for secret, found in (("", ""), ("guessed", ""), (SECRET, key)):
        assert viewer_key(server.url, id, stolen, **{"tinkernet-page": secret} if secret else {}) == found
    with server.page(secret=SECRET) as owner:
        owner.ready()
        given = {"additional_headers": {"Cookie": stolen}, "subprotocols": ["tinkernet", owner.visit.viewer_key]}
        with connect(f"{server.url.replace('http', 'ws')}/s/{owner.id}/ws", proxy=None, **given):
            owner.until(lambda page: page.states["main"]["viewers"] == 2)
            counted = [viewer.browser for viewer in server.app.state.sessions._all_viewers()]
            assert "" in counted
            assert stolen.partition("=")[2][:22] not in counted


@pytest.mark.parametrize(
    "junk",
    [
        'tinkernet_browser="\\015\\012x"', 'tinkernet_key="\\000"', "tinkernet_key=\x01\x02", "=", ";;;=;", "a\tb",
        "\x7f=\x80", "tinkernet_{port}=\xff" * 3, "tinkernet_{port}=" + "A" * 22 + ".." + "\xe9" * 32,
        "; ".join(["tinkernet_{port}=x"] * 1500), "__Host-tinkernet=x; __Secure-tinkernet=y", '"',
        'tinkernet_{port}="A; B"', "$Version=1; tinkernet_{port}=$",
    ],
)  # fmt: skip
def test_any_cookie_is_taken(server: Running, junk: str) -> None:
    """Whatever stands in the header, the page comes with its policy, and so does the handshake."""
    victim = Visitor()
    id, _ = victim.load(f"{server.url}/")
    for cookies in (junk, f"{junk}; {{mine}}", f"{{mine}}; {junk}"):
        sent = cookies.replace("{port}", str(server.settings.port)).replace("{mine}", victim.sends(f"{server.url}/"))
        status, head, body = ask(server, f"/s/{id}", host(server), lines=f"Cookie: {sent}\r\n")
        assert status == 200
        assert "content-security-policy" in head.lower()
        assert (f'data-session="{id}"' in body) == ("{mine}" in cookies)


def post(
    server: Running, path: str, lines: str, method: str = "POST", body: str = "", *, whole: bool = False
) -> tuple[int, str]:
    """Status, and the body or else the head of the answer to a request, or the whole of it."""
    with socket.create_connection(("127.0.0.1", server.settings.port), timeout=10) as connection:
        head = f"{method} {path} HTTP/1.1\r\nHost: {host(server)}\r\nConnection: close\r\n{lines}\r\n"
        connection.sendall((head + body).encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    head, _, text = answer.partition("\r\n\r\n")
    return int(head.split()[1]), answer if whole else text or head


def test_no_get_changes_what_is_owned(server: Running) -> None:
    """A page of another site can make a browser ask for any address: it is answered with its own name."""
    victim = Visitor()
    id, _ = victim.load(f"{server.url}/")
    (before,) = victim.jar
    for path in ("/", f"/s/{id}", f"/s/{Sessions.new_id()}", f"/s/{id}/watch", "/static/icon.svg", "/healthz", "/no"):
        _, head, _ = ask(server, path, host(server), lines=f"Cookie: {victim.sends(f'{server.url}/')}\r\n")
        for cookie in re.findall(r"(?i)set-cookie: (.*)", head):
            victim.takes(cookie, f"{server.url}{path}")
    assert [(cookie.name, cookie.value, cookie.path) for cookie in victim.jar] == [(before.name, before.value, "/")]
    assert victim.load(f"{server.url}/s/{id}")[0] == id


def test_an_earlier_owners_key_is_adopted(server: Running) -> None:
    """The cookie of a session as it was before browsers had names: its browser is an owner, and the key is used up."""
    id = Sessions.new_id()
    key = server.app.state.keys.key(id, OWNER)
    for cookies in (f"tinkernet_key={key}", f"tinkernet_key=junk; tinkernet_key={key}; tinkernet_key=more"):
        status, head, body = ask(server, f"/s/{id}", host(server), lines=f"Cookie: {cookies}\r\n")
        assert (status, f'data-session="{id}"' in body) == (200, True)
        assert "tinkernet_key" not in head
        assert opens(server, id, cookies)[0]
    assert visit(server.url, f"/s/{id}").id != id
    victim = Visitor()
    victim.takes(f"tinkernet_key={key}; path=/s/{id}", f"{server.url}/s/{id}")
    assert victim.load(f"{server.url}/s/{id}")[0] == id
    opened, given = opens(server, id, victim.sends(f"{server.url}/s/{id}/ws"), f"page.{SECRET}")
    assert opened
    victim.takes(given[0], f"{server.url}/")
    assert not opens(server, id, f"tinkernet_key={key}")[0]
    victim.jar.clear("localhost.local", f"/s/{id}")
    stolen = victim.sends(f"{server.url}/s/{id}/ws")
    assert "tinkernet_key" not in stolen
    assert opens(server, id, stolen, f"page.{SECRET}")[0]
    assert not opens(server, id, stolen)[0]


def test_keys_are_adopted_for_fourteen_days(tmp_path: Path) -> None:
    """Counted from the first start on a folder, not from the last; then they open nothing."""
    with running(Settings(port=0, data_dir=str(tmp_path))) as server:
        end = server.app.state.end_of_adoption
        assert end - time.time() == pytest.approx(14 * 86_400, abs=60)
    with running(Settings(port=0, data_dir=str(tmp_path))) as server:
        assert server.app.state.end_of_adoption == end
        id = Sessions.new_id()
        cookies = f"tinkernet_key={server.app.state.keys.key(id, OWNER)}"
        assert opens(server, id, cookies)[0]
        server.app.state.end_of_adoption = time.time()
        assert not opens(server, id, cookies)[0]
