"""Under any path: stripped by a proxy or not, over HTTP and WebSockets."""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import stat
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.sync.client import connect, unix_connect

from tests.app.conftest import Running
from tests.app.test_pages import get
from tinkernet.app.settings import Settings
from tinkernet.app.web.application import create_app
from tinkernet.app.web.prefix import FORWARDED, Prefix
from tinkernet.app.web.security import Guard
from tinkernet.app.web.server import listen

ID = "A" * 22
PATHS = ("/", f"/s/{ID}", f"/s/{ID}/watch", f"/s/{ID}/ws", "/static/js/main.js", "/healthz", "/readyz")
PREFIXES = (
    "/lab",
    "/lab/tinkernet",
    "/user/alex%40x.org/tinkernet",
    "/s",
    "/static",
    "/caf%C3%A9",
    "/a/s/b",
)
OURS = [route.path_regex for route in create_app(Settings()).routes]  # type: ignore[attr-defined]
LOOPBACK = ("127.0.0.1", 5)


def passed(path: str, client: Any = LOOPBACK, host: str = "localhost:8000", type: str = "http",
           headers: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:  # fmt: skip
    """The scope that the application gets; with `location` where the answer is a redirect."""
    settings = Settings.from_environment(data_dir="", **given)
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)

    async def send(message: dict[str, Any]) -> None:
        seen.update({name.decode(): value.decode() for name, value in message.get("headers", ())})

    lines = [
        (name.lower().encode(), value.encode("latin-1")) for name, value in ({"Host": host} | (headers or {})).items()
    ]
    scope = {"type": type, "path": path, "raw_path": b"", "query_string": b"", "headers": lines, "client": client}
    asyncio.run(Prefix(app, settings, OURS)(scope | {"scheme": "http"}, None, send))  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("type", ["http", "websocket"])
def test_a_prefix_is_taken_off_once(prefix: str, type: str) -> None:
    """Whether the proxy has stripped it or not; named by `public`, by a header, or on a Unix socket by nobody."""
    public = (f"https://lab.example{prefix}",)
    for path in PATHS:
        for asked in (path, unquote(prefix) + path):
            seen = passed(asked, host="lab.example", public=public, type=type)
            assert (seen["path"], seen["prefix"]) == (path, prefix), asked
            for header in FORWARDED:
                seen = passed(asked, headers={header: prefix + "/"}, type=type)
                assert (seen["path"], seen["prefix"]) == (path, prefix), (asked, header)
                seen = passed(asked, headers={header: prefix}, type=type, client=None, uds="/x")
                assert (seen["path"], seen["prefix"]) == (path, prefix), (asked, header)
    if not prefix.startswith(("/s", "/a/s")):  # what is a path of ours by itself needs a name
        for path in PATHS:
            seen = passed(unquote(prefix) + path, client=None, uds="/x", type=type)
            assert (seen["path"], unquote(seen["prefix"])) == (path, unquote(prefix))


@pytest.mark.parametrize("client", [("192.0.2.9", 5), ("::ffff:192.0.2.9", 5), ("2001:db8::1", 5), None, ("", 0)])
@pytest.mark.parametrize("header", FORWARDED)
def test_only_a_trusted_peer_names_a_prefix(client: Any, header: str) -> None:
    """From anybody else the header means nothing."""
    forwarded = {header: "/evil", "X-Forwarded-Proto": "https"}
    for path in PATHS:
        seen = passed(path, client=client, headers=forwarded)
        assert (seen["path"], seen["prefix"], seen["scheme"]) == (path, "", "http")
    assert passed(f"/evil/s/{ID}", client=client, headers=forwarded)["path"] == f"/evil/s/{ID}"
    if client and client[0].endswith("192.0.2.9"):
        seen = passed("/", client=client, headers=forwarded, trusted_proxies=("10.0.0.0/8", "192.0.2.0/24"))
        assert (seen["prefix"], seen["scheme"]) == ("/evil", "https")


@given(st.text(st.characters(max_codepoint=255), max_size=30))
def test_no_forwarded_prefix_reaches_a_cookie_unclean(text: str) -> None:
    """Whatever a header has in it: what is used can stand in the path of a cookie, and cannot climb."""
    prefix = passed("/", headers={"X-Forwarded-Prefix": text})["prefix"]
    assert re.fullmatch(r"(/[A-Za-z0-9%~:@!$&'()*+=._-]+)*", prefix)
    assert not {".", ".."} & set(unquote(prefix).split("/"))


def test_the_parts_of_several_proxies_are_joined() -> None:
    """From the outermost on, as one header with commas has them."""
    assert passed("/", headers={"X-Forwarded-Prefix": "/hub/, /tinkernet"})["prefix"] == "/hub/tinkernet"


@pytest.mark.parametrize("host", ["lab.example", "other.example", "localhost:8000"])
def test_a_prefix_belongs_to_its_host(host: str) -> None:
    """The same server may be reached without one."""
    seen = passed("/", host=host, public=("https://lab.example/tinkernet",))
    assert seen["prefix"] == ("/tinkernet" if host == "lab.example" else "")


def test_a_forgotten_slash_is_added() -> None:
    """By a redirect relative to the prefix, which a stripping proxy could not be told otherwise."""
    seen = passed("/lab/tinkernet", host="lab.example", public=("https://lab.example/lab/tinkernet",))
    assert seen["location"] == "tinkernet/"
    assert urljoin("https://lab.example/lab/tinkernet", seen["location"]) == "https://lab.example/lab/tinkernet/"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://lab.example/tinkernet", "https://lab.example/tinkernet"),
        ("HTTPS://LAB.example:443/Tinkernet/", "https://lab.example/Tinkernet"),
        ("http://lab.example:9000/a/b%20c/", "http://lab.example:9000/a/b%20c"),
        ("https://lab.example/a/../b", None),
        ("https://lab.example//a", None),
        ("https://lab.example/a;b", None),
        ("https://lab.example/a?b", None),
        ("https://lab.example/a#b", None),
        ("https://lab.example/a b", None),
        ("https://lab.example/%zz", None),
        ("https://lab.example/caf\xe9", None),
    ],
)
def test_an_address_may_have_a_path(address: str, kept: str | None) -> None:
    """Its origin has none; a path that no cookie could have is refused with a sentence."""
    if kept is None:
        with pytest.raises(ValueError, match="TINKERNET_PUBLIC"):
            Settings.from_environment(public=(address,))
        return
    settings = Settings.from_environment(public=(address,))
    assert settings.public == (kept,)
    assert kept[: kept.index("/", 8)] in settings.origins
    assert settings.shared == (kept,)


def test_a_network_that_is_none_is_named() -> None:
    """As it was given."""
    with pytest.raises(ValueError, match=r"TINKERNET_TRUSTED_PROXIES.*10\.0\.0\.1/8"):
        Settings.from_environment(trusted_proxies=("10.0.0.1/8",))


def loads(address: str, **headers: str) -> dict[str, Any]:
    """A page and everything that its HTML names, asked for as a browser would: its session and cookies."""
    status, answer, body = get(address, **headers)
    text = body.decode()
    found = re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', text)
    assert status == 200
    assert len(found) >= 5
    for path in found:
        assert get(urljoin(address, path), **headers)[0] == 200, path
    return {
        "id": re.search(r'data-session="([^"]+)"', text).group(1),
        "cookies": answer.get_all("set-cookie"),
    }


def test_the_whole_page_is_relative(server: Running) -> None:
    """From each of its addresses, below a prefix and without: nothing is beside it, and cookies keep to it."""
    for headers, prefix in (({}, ""), ({"X-Forwarded-Prefix": "/lab/tinkernet"}, "/lab/tinkernet")):
        for path in PATHS[:3]:
            page = loads(f"{server.url}{path}", **headers)
            cookies = "; ".join(cookie.partition(";")[0] for cookie in page["cookies"])
            asked = {"Cookie": cookies, **headers}
            found = json.loads(get(f"{server.url}/s/{page['id']}/join-link", **asked)[2])
            if not path.endswith("/watch"):
                assert found["link"].startswith(f"s/{page['id']}/watch#key=")
            for cookie in page["cookies"]:
                (scope,) = re.findall(r"(?i)path=([^;]+)", cookie)
                assert scope == prefix or scope.startswith(f"{prefix}/")
    text = get(f"{server.url}/")[2].decode()
    assert not re.findall(r'(?:href|src|action|data-\w+)="/', text)


def test_two_users_on_one_origin_share_no_cookie(server: Running) -> None:
    """A hub has its users side by side: no cookie of one has a path that covers the other's."""
    found = [loads(f"{server.url}/", **{"X-Forwarded-Prefix": f"/user/{name}/tinkernet"}) for name in ("al", "alex")]
    for mine, other in (found, found[::-1]):
        at = f"/user/{'alex' if mine is found[0] else 'al'}/tinkernet/s/{other['id']}/ws"
        for cookie in mine["cookies"]:
            scope = re.search(r"(?i)path=([^;]+)", cookie).group(1)
            assert not f"{at}/".startswith(scope.rstrip("/") + "/")


def test_a_unix_socket_is_its_owners(tmp_path: Path) -> None:
    """Mode 0600 from the first moment; one that nobody answers at is replaced, another program's and a file are not."""
    path = tmp_path / "socket"
    before = os.umask(0)
    try:
        listener = listen(Settings(uds=str(path)))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with listener, pytest.raises(OSError, match="in use"):
        listen(Settings(uds=str(path)))
    listen(Settings(uds=str(path))).close()
    (tmp_path / "file").write_text("kept")
    with pytest.raises(OSError, match="in use"):
        listen(Settings(uds=str(tmp_path / "file")))
    assert (tmp_path / "file").read_text() == "kept"


HOSTS = ("hub.example", "localhost:8888", "192.0.2.7:1234", "anything")


@pytest.mark.parametrize("prefix", ["", "/user/alex/tinkernet"])
def test_a_unix_socket_answers_for_any_host(serve_unix: Any, prefix: str) -> None:
    """The proxy's name is not known here, nor the prefix; a page of another origin is refused all the same."""
    path = serve_unix()
    for name in HOSTS:
        head, body = ask_unix(path, f"GET {prefix}/ HTTP/1.1\r\nHost: {name}\r\n")
        assert head.startswith("HTTP/1.1 200")
        id = re.search(r'data-session="([^"]+)"', body).group(1)
        cookies = "; ".join(re.findall(r"(?i)set-cookie: ([^;]+)", head))
        assert all(scope.startswith(prefix or "/") for scope in re.findall(r"(?i)path=([^;\r]+)", head))
        given = {"uri": f"ws://{name}{prefix}/s/{id}/ws", "additional_headers": {"Cookie": cookies}}
        for scheme in ("http", "https"):
            with unix_connect(path, **given, origin=f"{scheme}://{name}", subprotocols=["tinkernet"]) as page:
                assert json.loads(page.recv(timeout=20))["type"] == "state"
        for other in ("http://evil.example", "null", f"http://{name}.evil.example", f"http://{name}:1"):
            with pytest.raises(Exception, match="403"):
                unix_connect(path, **given, origin=other)
            assert ask_unix(path, f"GET / HTTP/1.1\r\nHost: {name}\r\nOrigin: {other}\r\n")[0].startswith(
                "HTTP/1.1 403"
            )


@pytest.mark.parametrize("name", ["[", "[::1", "a:1;x", "a:" + "9" * 50, "@", "a,b", "", "]:80", "a:\xb2"])
def test_a_host_that_is_none_is_answered(serve_unix: Any, name: str) -> None:
    """Whatever a proxy lets through, in a page and in the name of its cookie."""
    head, body = ask_unix(serve_unix(), f"GET / HTTP/1.1\r\nHost: {name}\r\n")
    assert head.startswith("HTTP/1.1 200")
    assert "data-session" in body
    assert re.findall(r"(?i)set-cookie: tinkernet_[0-9]{1,5}=", head)


def ask_unix(path: str, lines: str) -> tuple[str, str]:
    """Head and body."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(f"{lines}Connection: close\r\n\r\n".encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return head, body


def test_an_unstripped_prefix_works_to_the_end(serve: Any, free_port: int) -> None:
    """Page, files, handshake and first frame, all below it; beside it there is nothing."""
    server = serve(port=free_port, public=(f"http://localhost:{free_port}/lab/tinkernet",))
    page = loads(f"{server.url}/lab/tinkernet/")
    status, headers, _ = get(f"{server.url}/lab/tinkernet?a=b")
    assert (status, headers["location"]) == (308, "tinkernet/?a=b")
    assert get(f"{server.url}/lab/other/")[0] == 404
    cookies = "; ".join(cookie.partition(";")[0] for cookie in page["cookies"])
    address = f"{server.url.replace('http', 'ws')}/lab/tinkernet/s/{page['id']}/ws"
    with connect(address, additional_headers={"Cookie": cookies}, origin=server.url, proxy=None) as found:
        assert json.loads(found.recv(timeout=20))["type"] == "state"
    assert urlsplit(server.url).port == free_port
    assert Guard(create_app(Settings()), server.settings).allows(f"localhost:{free_port}", server.url)
