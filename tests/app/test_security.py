"""Every route has a policy, and foreign pages and names are refused before anything happens."""

from __future__ import annotations

import ast
import asyncio
import itertools
import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, HTTPException
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import BaseRoute
from websockets.sync.client import connect

from tests.app.conftest import Running
from tests.conftest import ROOT
from tests.page import visit
from tinkernet.app.sessions.registry import Sessions
from tinkernet.app.settings import Settings
from tinkernet.app.web.application import create_app
from tinkernet.app.web.auth import admitted
from tinkernet.app.web.security import CONTENT_SECURITY_POLICY, BodyLimit, Guard

# Every route, and who may use it. "anybody": who has this server's address and asks from no foreign page; it says and
# does nothing of any session. "own": the same, but what is answered is the visitor's own session. "key": who has a key.
# The guard stands around all of them.
POLICY = {
    ("/", "GET"): "own",
    ("/s/{id}", "GET"): "own",
    ("/s/{id}/watch", "GET"): "anybody",
    ("/s/{id}/own", "GET"): "anybody",
    ("/s/{id}/own", "POST"): "own",
    ("/s/{id}/join-link", "GET"): "own",
    ("/s/{id}/join-link", "POST"): "own",
    ("/s/{id}/owner-link", "GET"): "own",
    ("/s/{id}/owner-link", "POST"): "own",
    ("/s/{id}/owner-link", "DELETE"): "own",
    ("/s/{id}/class", "GET"): "own",
    ("/s/{id}/class", "POST"): "own",
    ("/s/{id}/class", "DELETE"): "own",
    ("/s/{id}/class/code", "POST"): "own",
    ("/s/{id}/class/people", "POST"): "own",
    ("/s/{id}/class/question", "POST"): "own",
    ("/s/{id}/class/question", "DELETE"): "own",
    ("/join", "GET"): "anybody",
    ("/join", "POST"): "anybody",
    ("/s/{id}/table", "POST"): "own",
    ("/s/{id}/points.csv", "GET"): "own",
    ("/s/{id}/moment", "GET"): "own",
    ("/s/{id}/look", "POST"): "own",
    ("/s/{id}/ws", "WEBSOCKET"): "key",
    ("/static/plotly.min.js", "GET"): "anybody",
    ("/static/datasets.json", "GET"): "anybody",
    ("/static/fields.json", "GET"): "anybody",
    ("/static/labs.json", "GET"): "anybody",
    ("/static/{path:path}", "GET"): "anybody",
    ("/new", "POST"): "anybody",
    ("/sessions", "GET"): "own",
    ("/healthz", "GET"): "anybody",
    ("/readyz", "GET"): "anybody",
}


def methods(route: BaseRoute) -> list[str]:
    """GET and so on, or WEBSOCKET. HEAD is left out: wherever GET is, it asks for the same without the body."""
    found = getattr(route, "methods", None) or {"WEBSOCKET"}
    assert ("HEAD" in found) == ("GET" in found)
    return sorted(found - {"HEAD"})


def test_every_route_has_a_policy_and_the_guard() -> None:
    """A new route fails here until the table says who may use it. A WebSocket always needs a key."""
    app = create_app(Settings())
    assert Guard in [middleware.cls for middleware in app.user_middleware]
    assert {(route.path, method) for route in app.routes for method in methods(route)} == set(POLICY)
    for route in app.routes:
        calls = [dependency.call for dependency in route.dependant.dependencies]
        for method in methods(route):
            assert (admitted in calls) == (POLICY[route.path, method] == "key"), route.path
            assert (method == "WEBSOCKET") == (POLICY[route.path, method] == "key"), route.path


def test_a_stranger_learns_nothing_of_a_session(server: Running) -> None:
    """Without a key no route of a session answers with one of its keys, nor with a cookie for it."""
    victim = visit(server.url)
    owner_key = victim.cookies.partition(";")[0].partition("=")[2]
    for path, method in POLICY:
        if method == "GET" and "{id}" in path:
            _, head, body = ask(server, path.replace("{id}", victim.id), host(server))
            assert owner_key not in head + body
            assert victim.viewer_key not in head + body
            assert f"path=/s/{victim.id}" not in head.lower()
    assert visit(server.url, f"/s/{victim.id}").id != victim.id


def hostile(url: str) -> list[str]:
    """Addresses that resemble the right one in one or several ways."""
    parts = urlsplit(url)
    name, port = parts.hostname, parts.port
    schemes = ("http", "https", "ws", "HTTP", "file", "chrome-extension", "http:http", "", "javascript")
    names = (
        name, f"{name}.", f"{name}.evil.example", f"evil{name}", f"evil-{name}", f"{name}evil", f"evil.{name}",
        f"user@{name}", f"{name}@evil.example", "evil.example", "localhost.localdomain", "localhost.evil.example",
        "127.0.0.1.nip.io", "127.0.0.1.evil.example", "127.1", "127.0.1", "2130706433", "0x7f000001", "0177.0.0.1",
        "127.0.0.2", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "::1", "local host",
        "localhost%00.evil.example", "localhost%2eevil.example", "l\xf6calhost", "xn--lcalhost-90a", "*", "",
    )  # fmt: skip
    ports = ("", f":{port}", f":{port + 1}", ":80", f":0{port}", f":{port}.evil.example", f":{port}@evil.example", ":")
    odd = [
        "null", "NULL", "", "file://", "about:blank", "data:text/html,x", "http://", f"{url}/", f"{url}#", f"{url}?",
        f"{url},{url}", f"{url} {url}", f"{url}, http://evil.example", f"//{name}:{port}", f"{url}\t", f"{url}/s",
    ]  # fmt: skip
    made = [f"{scheme}://{name}{port}" for scheme, name, port in itertools.product(schemes, names, ports)]
    return [address for address in odd + made[:: len(made) // 400] if address.strip() not in ("", url)]


def test_there_are_enough_of_them(server: Running) -> None:
    """More than two hundred, each different from the rest."""
    assert len(set(hostile(server.url))) > 200


def foreign(server: Running) -> Iterator[str]:
    """What a browser might send in place of the right Host."""
    own = host(server)
    for origin in hostile(server.url):
        found = origin.partition("://")[2] or origin
        tunnel = re.fullmatch(r"localhost(:[1-9]\d*)?", found.lower())  # the three loopback names: at any port
        if found.strip().lower() not in {own, *server.settings.hosts} and not tunnel:
            yield found


def host(server: Running) -> str:
    """The right Host."""
    return urlsplit(server.url).netloc


def ask(server: Running, path: str, *hosts: str, version: str = "1.1", lines: str = "") -> tuple[int, str, str]:
    """Status, head and body of a GET with exactly these Host lines, however odd; 0 when the connection is closed."""
    named = "".join(f"Host: {name}\r\n" for name in hosts)
    lines += "" if "Connection:" in lines else "Connection: close\r\n"
    text = f"GET {path} HTTP/{version}\r\n{named}{lines}\r\n"
    with socket.create_connection(("127.0.0.1", server.settings.port), timeout=10) as connection:
        connection.sendall(text.encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode("latin-1")
    head, _, body = answer.partition("\r\n\r\n")
    return int(head.split()[1]) if head else 0, head, body


def upgrade(origin: str, cookies: str) -> str:
    """The further lines of a WebSocket handshake from a page of this origin."""
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    return f"Connection: Upgrade\r\nUpgrade: websocket\r\n{key}Origin: {origin}\r\nCookie: {cookies}\r\n"


def test_foreign_origins_are_refused_before_accept(server: Running) -> None:
    """A page of another site gets no socket, although the browser sends the owner's cookie: the handshake is answered
    with 403."""
    own = visit(server.url)
    path = f"/s/{own.id}/ws"
    for origin in hostile(server.url):
        if origin == f"https://{host(server)}":
            continue  # a tunnel that ends TLS: its authority is the Host
        if (status := ask(server, path, host(server), lines=upgrade(origin, own.cookies))[0]) != 403:
            assert status == 400, origin  # not even HTTP
    # The same handshake from our own page is accepted.
    with connect(
        f"{server.url.replace('http', 'ws')}{path}",
        additional_headers={"Origin": server.url, "Cookie": own.cookies},
        proxy=None,
    ):
        pass


def test_foreign_hosts_are_refused(server: Running) -> None:
    """Another name that leads here (DNS rebinding) is not answered, by any route, nor over a WebSocket."""
    own = visit(server.url)
    for name in foreign(server):
        assert ask(server, "/healthz", name)[0] in (400, 403), name
        lines = upgrade(server.url, own.cookies)
        assert ask(server, f"/s/{own.id}/ws", name, lines=lines)[0] in (400, 403), name
    for path, method in POLICY:
        if method == "GET":
            assert ask(server, path.replace("{id}", own.id), "evil.example")[0] in (400, 403), path


def test_the_right_names_are_answered(server: Running) -> None:
    """Exactly one Host of the list, in upper or lower case. With a foreign Origin it is refused all the same."""
    port = server.settings.port
    for name in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", f"LocalHost:{port}"):
        assert ask(server, "/healthz", name)[0] == 200, name
    assert ask(server, "/healthz")[0] == 400
    assert ask(server, "/healthz", version="1.0")[0] in (400, 403)
    for both in ((host(server), "evil.example"), ("evil.example", host(server)), (host(server), host(server))):
        assert ask(server, "/healthz", *both)[0] in (400, 403), both
    for origin in ("http://evil.example", "null"):
        assert ask(server, "/", host(server), lines=f"Origin: {origin}\r\n")[0] == 403
    assert ask(server, "/", host(server), lines=f"Origin: {server.url}\r\nOrigin: {server.url}\r\n")[0] == 403


@given(st.text(max_size=40), st.text(max_size=40))
def test_only_the_lists_are_allowed(host: str, origin: str) -> None:
    """Any text is allowed exactly when Host and Origin are in the lists."""
    settings = Settings(public=("http://lab.example:9000",))
    guard = Guard(FastAPI(), settings)
    assert guard.allows(host, origin) == (host.lower() in settings.hosts and origin in settings.origins)
    assert guard.allows("lab.example:9000", "http://lab.example:9000")
    assert not guard.allows(None, None)


def test_every_answer_tells_the_browser_what_it_must_not_do(server: Running) -> None:
    """Pages, files, health and refusals all carry the policy; scripts come from files of this server only."""
    for path in (
        "/",
        f"/s/{Sessions.new_id()}",
        f"/s/{Sessions.new_id()}/watch",
        "/static/icon.svg",
        "/healthz",
        "/no",
    ):
        head = ask(server, path, host(server))[1].lower()
        for line in (
            f"content-security-policy: {CONTENT_SECURITY_POLICY}", "x-content-type-options: nosniff",
            "referrer-policy: no-referrer", "x-frame-options: deny",
        ):  # fmt: skip
            assert line.lower() in head.split("\r\n"), path
    for path in ("/static/js/wire/protocol.js", "/static/css/layout.css", "/static/plotly.min.js"):
        assert (
            "content-security-policy: default-src 'none'; frame-ancestors 'none'" in ask(server, path, host(server))[1]
        )
    assert "script-src 'self';" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


def test_what_is_no_http_is_answered_so_too(server: Running) -> None:
    """uvicorn refuses them before the application sees them."""
    status, head, _ = ask(server, "/\x00", host(server))
    assert status == 400
    assert f"content-security-policy: {CONTENT_SECURITY_POLICY}" in head


def test_a_foreign_handshake_is_no_error_of_ours(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    """Otherwise anybody could fill the log."""
    assert ask(server, f"/s/{Sessions.new_id()}/ws", "evil.example", lines=upgrade(server.url, ""))[0] == 403
    assert ask(server, "/healthz", host(server))[0] == 200  # the other request is over by now
    assert caplog.records == []


def test_a_body_has_a_limit(server: Running) -> None:
    """A large one is refused by its announced length, in a sentence that names the limit and its setting."""
    for length, expected in ((65_536, 200), (65_537, 413), (67_108_864, 413)):
        status, _, body = ask(server, "/", host(server), lines=f"Content-Length: {length}\r\n")
        assert status == expected  # no route reads a body, so one that is allowed is not waited for
        if status == 413:
            sentence = json.loads(body)["detail"]
            assert all(said in sentence for said in ("65536 bytes", str(length), "TINKERNET_MAX_BODY_BYTES"))


def test_a_body_that_is_not_announced_has_a_limit() -> None:
    """A body in pieces is counted while an endpoint reads it."""
    read: list[int] = []

    async def reads(_: Any, receive: Any, send: Any) -> None:
        while True:
            read.append(len((await receive())["body"]))

    async def main() -> None:
        async def pieces() -> dict[str, Any]:
            return {"type": "http.request", "body": bytes(400), "more_body": True}

        scope = {"type": "http", "method": "POST", "path": "/s/x/tables", "headers": []}
        await BodyLimit(reads, most=1000, tables=9000)(scope, pieces, None)  # type: ignore[arg-type]

    with pytest.raises(HTTPException, match="1000 bytes at most") as caught:
        asyncio.run(main())
    assert caught.value.status_code == 413
    assert read == [400, 400]


@pytest.mark.parametrize("offered", ["", "tinkernet", "tinkernet, wrong", "tinkernet, \xe9", "wrong", ","])
def test_without_a_key_there_is_no_handshake(server: Running, offered: str) -> None:
    """An id without a key, or with a wrong key or that of another session, is refused with 403."""
    victim, other = visit(server.url), visit(server.url)
    lines = f"Sec-WebSocket-Protocol: {offered}\r\n" if offered else ""
    for cookies in ("", "tinkernet_key=", "tinkernet_key=\xe9", other.cookies, f"tinkernet_key={victim.viewer_key}"):
        asked = lines + upgrade(server.url, cookies)
        assert ask(server, f"/s/{victim.id}/ws", host(server), lines=asked)[0] in (400, 403)
    asked = f"Sec-WebSocket-Protocol: tinkernet, {other.viewer_key}\r\n" + upgrade(server.url, "")
    assert ask(server, f"/s/{victim.id}/ws", host(server), lines=asked)[0] in (400, 403)


def names(path: str) -> Iterator[str]:
    """Every module imported and every plain function called in a file."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id


def test_nothing_that_comes_in_can_be_code() -> None:
    """The server uses neither pickle nor eval. The page uses no eval and never turns text into markup."""
    for path in (ROOT / "app").rglob("*.py"):
        bad = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "eval", "exec", "compile", "__import__"}
        assert not bad & set(names(str(path.relative_to(ROOT)))), path.name
    for path in (ROOT / "static" / "js").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("eval(", "Function(", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"):
            assert word not in text, path.name
