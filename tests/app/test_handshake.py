"""The heads of requests: HTTP and WebSocket handshakes have the same limit, and whatever is refused is answered."""

from __future__ import annotations

import re
import socket

import pytest

from tests.app.conftest import Running
from tests.app.test_security import ask, host, upgrade
from tests.page import visit
from tinkernet.app.web.server import MAX_HEAD_BYTES

MALFORMED = (
    'tinkernet_8000="\\015\\012x"',
    'tinkernet_8000="\\015\\012Set-Cookie: planted=1"',
    "tinkernet_8000=\x01\x02",
    'tinkernet_8000="\\000\\001\\177"',
    'tinkernet_8000="',
    "tinkernet_8000",
    "=;;=;\t;tinkernet_8000=\xff\xfe",
    'tinkernet_key="\\015\\012x"; tinkernet_8000="\\x',
    "tinkernet_8000=" + "A" * 4000,
)


@pytest.mark.parametrize("padding", [f"a={'x' * 60_000}", "; ".join(f"c{i}={'x' * 2900}" for i in range(20))])
def test_a_page_whose_cookies_fit_gets_its_connection(server: Running, padding: str) -> None:
    """What a page may send, its handshake may: cookies of many other programs on the same address among it."""
    own = visit(server.url)
    assert ask(server, "/", host(server), lines=f"Cookie: {padding}\r\n")[0] == 200
    lines = upgrade(server.url, f"{padding}; {own.cookies}")
    assert shake(server, own.id, lines)[0] == 101


def test_a_handshake_may_have_many_headers(server: Running) -> None:
    """As many as HTTP takes: proxies add theirs."""
    own = visit(server.url)
    many = "".join(f"X-Added-{number}: {number}\r\n" for number in range(400))
    assert shake(server, own.id, upgrade(server.url, own.cookies) + many)[0] == 101


def shake(server: Running, id: str, lines: str) -> tuple[int, str]:
    """Status and answer of a handshake, which stays open when it is taken: so read no further than its head."""
    text = f"GET /s/{id}/ws HTTP/1.1\r\nHost: {host(server)}\r\n{lines}\r\n"
    with socket.create_connection(("127.0.0.1", server.settings.port), timeout=5) as connection:
        connection.sendall(text.encode("latin-1"))
        answer = connection.recv(65_536).decode("latin-1")
    return int(answer.split()[1]) if answer else 0, answer


@pytest.mark.parametrize("size", [MAX_HEAD_BYTES + 1, 100_000, 1_000_000])
@pytest.mark.parametrize("lines", [1, 40])
def test_a_larger_head_is_answered(server: Running, size: int, lines: int) -> None:
    """431 with the limit and what to do, of a handshake too, and with the headers that every answer has."""
    own = visit(server.url)
    cookies = f"\r\n{'X-Padding'}: ".join(["x" * (size // lines + 1)] * lines)
    status, answer = shake(server, own.id, upgrade(server.url, f"{own.cookies}; a={cookies}"))
    assert status == 431
    assert "too many cookies" in answer
    assert str(MAX_HEAD_BYTES) in answer
    assert "content-security-policy" in answer


@pytest.mark.parametrize("extra", ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "X-Odd: a\x01b\r\n"])
def test_a_handshake_that_cannot_be_read_is_answered(server: Running, extra: str) -> None:
    """websockets refuses what h11 took; the page is told all the same, at once."""
    own = visit(server.url)
    status, answer = shake(server, own.id, upgrade(server.url, own.cookies) + extra)
    assert status == 400
    assert "cannot be read" in answer


@pytest.mark.parametrize("cookies", MALFORMED)
def test_malformed_cookies_are_no_error(server: Running, cookies: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a cookie has in it, the page comes and nothing of it is sent back."""
    cookies = cookies.replace("8000", str(server.settings.port))
    for path in ("/", "/s/AAAAAAAAAAAAAAAAAAAAAA", "/s/AAAAAAAAAAAAAAAAAAAAAA/watch"):
        status, head, _ = ask(server, path, host(server), lines=f"Cookie: {cookies}\r\n")
        assert status == 200
        assert "planted" not in head
        assert re.findall(r"(?i)set-cookie: (\w+)=([\w-]{22})\.\.[\w-]{32};", head)
    assert shake(server, visit(server.url).id, upgrade(server.url, cookies))[0] in (400, 403)
    assert caplog.records == []


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/static/icon.svg", "/static/plotly.min.js", "/s/short"])
def test_head_is_get_without_its_body(server: Running, path: str) -> None:
    """Uptime monitors and link checkers ask so: the same status and headers, nothing after them."""
    heads = []
    for method in ("GET", "HEAD"):
        text = f"{method} {path} HTTP/1.1\r\nHost: {host(server)}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", server.settings.port), timeout=10) as connection:
            connection.sendall(text.encode())
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert (body == b"") == (method == "HEAD")
        heads.append([re.sub(rb"tinkernet_\w+=[^;]+|/s/[\w-]+|^date.*", b"", line) for line in head.split(b"\r\n")])
    assert heads[0] == heads[1]
