"""Who may: every route has a policy, and foreign pages and names are refused before anything happens."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import BaseRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from app.guard import CONTENT_SECURITY_POLICY, Guard
from app.main import create_app
from app.sessions import Sessions
from app.settings import Settings
from tests.app.conftest import Running

# Every route and who may use it. "page": who has this server's address; "session": who has the session's.
POLICY = {
    ("/", "GET"): "page",
    ("/s/{id}", "GET"): "session",
    ("/s/{id}/ws", "WEBSOCKET"): "session",
    ("/static/plotly.min.js", "GET"): "page",
    ("/static/{path:path}", "GET"): "page",
    ("/healthz", "GET"): "page",
    ("/readyz", "GET"): "page",
}


def methods(route: BaseRoute) -> list[str]:
    """GET and so on, or WEBSOCKET."""
    return sorted(getattr(route, "methods", None) or ["WEBSOCKET"])


def test_every_route_has_a_policy_and_the_guard() -> None:
    """A new route fails here until somebody has said who may use it; a mount would go past the guard."""
    app = create_app(Settings())
    assert {(route.path, method) for route in app.routes for method in methods(route)} == set(POLICY)
    for route in app.routes:
        calls = [dependency.call for dependency in route.dependant.dependencies]
        assert any(isinstance(call, Guard) for call in calls), route.path


def hostile(url: str) -> list[str]:
    """Addresses that look a little like the right one."""
    parts = urlsplit(url)
    name, port = parts.hostname, parts.port
    return [
        "null", "", "file://", f"https://{name}:{port}", f"http://{name}", f"http://{name}:{port + 1}",
        f"http://{name}:{port}.evil.example", f"http://evil.example:{port}", f"http://{name}.evil.example:{port}",
        f"http://evil{name}:{port}", f"http://{name}:{port}/", f"HTTP://{name}:{port}", f" http://{name}:{port}",
        f"http://0.0.0.0:{port}", f"http://{name}.:{port}", f"http://user@{name}:{port}", f"http://127.0.0.1.nip.io:{port}",
        f"http://127.1:{port}", f"http://2130706433:{port}", f"ws://{name}:{port}",
    ]  # fmt: skip


def test_foreign_origins_are_refused_before_accept(server: Running) -> None:
    """A page of another site gets no socket: the handshake itself is answered with 403."""
    address = f"{server.url.replace('http', 'ws')}/s/{Sessions.new_id()}/ws"
    for origin in hostile(server.url):
        if origin.strip() in ("", server.url):  # blanks around a header are not part of it
            continue
        with pytest.raises(InvalidStatus) as caught:
            connect(address, additional_headers={"Origin": origin}, proxy=None)
        assert caught.value.response.status_code == 403, origin
    with connect(address, additional_headers={"Origin": server.url}, proxy=None):
        pass


def ask(server: Running, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage]:
    """Status and headers of a GET with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", server.settings.port, timeout=10)
    try:
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers
    finally:
        connection.close()


def test_foreign_hosts_are_refused(server: Running) -> None:
    """Another name that leads here (DNS rebinding) is not answered, by any route."""
    for origin in hostile(server.url):
        host = origin.partition("://")[2] or origin
        if host == urlsplit(server.url).netloc or host.strip() == urlsplit(server.url).netloc:
            continue
        assert ask(server, "/healthz", Host=host)[0] in (400, 403), host
    assert ask(server, "/healthz", Host=f"localhost:{server.settings.port}")[0] == 200
    assert ask(server, "/healthz", Host=f"127.0.0.1:{server.settings.port}")[0] == 200
    assert ask(server, "/", Host=f"localhost:{server.settings.port}", Origin="http://evil.example")[0] == 403


@given(st.text(max_size=40), st.text(max_size=40))
def test_only_the_lists_are_allowed(host: str, origin: str) -> None:
    """Allowed exactly when both are in the lists, whatever they look like."""
    settings = Settings(public=("http://lab.example:9000",))
    assert Guard(settings).allows(host, origin) == (host.lower() in settings.hosts and origin in settings.origins)
    assert Guard(settings).allows("lab.example:9000", "http://lab.example:9000")
    assert not Guard(settings).allows(None, None)


def test_every_answer_tells_the_browser_what_it_must_not_do(server: Running) -> None:
    """Pages, files, health and refusals all carry the policy; scripts come from files of this server only."""
    for path in ("/", f"/s/{Sessions.new_id()}", "/static/js/protocol.js", "/healthz", "/nowhere"):
        headers = ask(server, path, Host=f"localhost:{server.settings.port}")[1]
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    assert "script-src 'self';" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
