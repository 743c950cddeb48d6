"""Addresses by which the server is reached that nobody had to name, and the sentence for those it refuses."""

from __future__ import annotations

import itertools
import socket

import pytest
from fastapi import FastAPI

from tests.app.conftest import Running
from tests.app.test_security import ask, host, upgrade
from tests.page import visit
from tinkernet.app.settings import Settings
from tinkernet.app.web.security import Guard

NAMES = ("localhost", "127.0.0.1", "[::1]")
PORTS = ("", ":1", ":80", ":8888", ":65535")


def guard(**given: object) -> Guard:
    """For a server with these settings."""
    return Guard(FastAPI(), Settings(**given))  # type: ignore[arg-type]


@pytest.mark.parametrize("given", [{}, {"host": "0.0.0.0"}, {"public": ("https://lab.example",)}])
def test_a_tunnel_may_lead_here(given: dict[str, object]) -> None:
    """The three loopback names at any port, alone or from a page of exactly this address."""
    found = guard(**given)
    for name, port in itertools.product(NAMES, PORTS):
        assert found.allows(name + port, None)
        assert found.allows((name + port).upper(), f"http://{name}{port}")
        assert found.allows(name + port, f"https://{name}{port}")
        own = name + port
        for other in (f"http://{name}:9", "http://evil.example", "null", "", f"ws://{own}", own, f"http://{own}/",
                      f"http://{own}.evil.example", f"HTTP://{own}"):  # fmt: skip
            assert not found.allows(name + port, other), (name + port, other)
    assert not found.allows("localhost:7000", "http://127.0.0.1:7000")
    assert not found.allows("localhost:7000", "http://localhost:8000")


@pytest.mark.parametrize(
    "spelling",
    ["localhost.:8888", "localhost:", "localhost:08888", "localhost:888888", "localhost:8888:1", "::1", "[::1]x:8888",
     "[0:0:0:0:0:0:0:1]:8888", "[::ffff:127.0.0.1]:8888", "127.1:8888", "127.0.0.2:8888", "127.0.0.1.:8888",
     "2130706433:8888", "0x7f000001:8888", "0177.0.0.1:8888", "0.0.0.0:8888", "evil.localhost:8888", "user@localhost",
     "localhost:8888@evil.example", "localhost.localdomain:8888", "ip6-localhost", "localhost:\u0661",
     "localhost:8888\n", " localhost:8888", "localhost :8888", "loc\u212a", ""],
)  # fmt: skip
def test_every_other_spelling_is_refused(spelling: str) -> None:
    """Whatever leads to the same machine."""
    assert not guard().allows(spelling, None)
    assert not guard().allows(spelling, f"http://{spelling}")


@pytest.mark.parametrize("name", ["teacher", "Teacher", "teacher.lab.example", "teacher.local"])
def test_a_machine_on_the_network_has_its_local_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Beside its own, as Macs and phones find it; not while only this machine can reach it."""
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    for given in ({"host": "0.0.0.0"}, {"host": name}):
        found = guard(**given)
        assert found.allows("teacher.local:8000", None)
        assert found.allows("teacher.local:8000", "http://teacher.local:8000")
        for other in ("teacher.local", "teacher.local:8001", "teacher.local.:8000", "other.local:8000", "local:8000"):
            assert not found.allows(other, None), other
    assert not guard().allows("teacher.local:8000", None)


def test_the_likeliest_address_is_given_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the join link: an address before names, and the local name last, which not every network knows."""
    monkeypatch.setattr("tinkernet.app.settings.addresses", lambda: ["teacher", "192.0.2.7"])
    monkeypatch.setattr(socket, "gethostname", lambda: "teacher")
    shared = ("http://192.0.2.7:8000", "http://teacher:8000", "http://teacher.local:8000")
    assert Settings(host="0.0.0.0").shared == shared


def test_a_refusal_says_how_to_allow(server: Running) -> None:
    """In the same words for a page and for a handshake, a wrong name, port or origin."""
    port = server.settings.port
    for name in (f"lab.example:{port}", "lab.example", f"192.0.2.7:{port}", "[2001:db8::7]:80", "a.local:1"):
        expected = f"This address or page may not use this server. To allow it, start with --public http://{name}\n"
        status, head, body = ask(server, "/healthz", name)
        assert (status, body) == (403, expected)
        assert "text/plain" in head
        assert ask(server, "/nowhere", name.upper())[2] == expected
        assert ask(server, "/s/x/ws", name, lines=upgrade(f"http://{name}", ""))[::2] == (403, expected)
    own = visit(server.url)
    status, head, body = ask(server, f"/s/{own.id}/ws", host(server), lines=upgrade("https://lab.example", own.cookies))
    assert (status, body.endswith("--public https://lab.example\n")) == (403, True)
    assert "content-security-policy" in head


@pytest.mark.parametrize("odd", ["<b>x</b>", "a b", "x\u212a.example", "lab.example:99999999", "evil\x01", "'\"&"])
def test_a_refusal_repeats_no_odd_name(server: Running, odd: str) -> None:
    """What cannot be an address is not sent back."""
    for _, _, body in (
        ask(server, "/", odd.encode("utf-8").decode("latin-1")),
        ask(server, "/", host(server), lines=f"Origin: http://{odd.encode('utf-8').decode('latin-1')}\r\n"),
    ):
        assert body.endswith("--public http://NAME:PORT\n")
