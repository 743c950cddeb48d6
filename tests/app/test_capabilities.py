"""Every command and every address needs a capability, and a key without it is refused."""

from __future__ import annotations

import json

import pytest
from starlette.routing import BaseRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.app.conftest import Running
from tests.app.test_browsers import post
from tests.app.test_pages import get
from tests.app.test_protocol import VALID
from tests.page import visit
from tinkernet.app.capabilities import (
    EVERYTHING,
    GRANTS,
    NEEDED_FOR_COMMAND,
    NEEDED_FOR_ROUTE,
    NOTHING,
    OWNER,
    VIEWER,
    Capability,
    command_allowed,
    route_allowed,
)
from tinkernet.app.settings import Settings
from tinkernet.app.web.application import create_app
from tinkernet.app.web.auth import KEY_COOKIE
from tinkernet.app.wire.commands import COMMANDS
from tinkernet.app.wire.parse import ProtocolError, parse

TYPES = [model.model_fields["type"].annotation.__args__[0] for model in COMMANDS]  # type: ignore[union-attr]


def test_every_command_has_an_entry() -> None:
    """A new command fails here until its capability is in the table; an entry of none is an error too."""
    assert set(TYPES) == set(NEEDED_FOR_COMMAND)
    assert NOTHING not in NEEDED_FOR_COMMAND.values()


def test_every_route_has_an_entry() -> None:
    """A new route fails here until its capability is in the table."""
    assert {path(route) for route in create_app(Settings()).routes} == set(NEEDED_FOR_ROUTE)


def path(route: BaseRoute) -> str:
    """As it was declared, with its parameters in braces."""
    return route.path  # type: ignore[attr-defined, no-any-return]


def test_what_has_no_entry_is_closed() -> None:
    """A forgotten command is refused to all keys but those that open everything, a forgotten route to everybody."""
    for each in Capability:
        assert not command_allowed("forgotten", EVERYTHING & ~each)
    assert not route_allowed("/forgotten", EVERYTHING)


@pytest.mark.parametrize("kind", TYPES)
def test_a_command_needs_its_capability(kind: str) -> None:
    """With it alone the command is read; with all others it is refused, in a sentence, and uses up no revision."""
    needed = NEEDED_FOR_COMMAND[kind]
    message = json.dumps({"type": kind, **VALID[kind]}, separators=(",", ":"))
    assert parse(message, held=needed) == parse(message)
    for held in (NOTHING, EVERYTHING & ~needed):
        with pytest.raises(ProtocolError) as caught:
            parse(message, held=held)
        error = caught.value
        assert (error.field, error.value, error.revision) == ("type", kind, None)
        assert set(error.allowed.split(", ")) - {""} == {name for name in TYPES if command_allowed(name, held)}
        assert error.message.startswith(f"{kind} needs a key that may ")


def test_a_refused_command_is_not_validated() -> None:
    """The fields of a command that the key does not allow are not looked at, however wrong they are."""
    with pytest.raises(ProtocolError, match="needs a key that may train; the key of this page may watch and vote"):
        parse('{"type": "configure", "revision": -1, "spec": 5}', held=VIEWER.opens)


def test_the_grants() -> None:
    """An owner may do everything. The names are part of keys that people have, and stay."""
    assert {grant.name: grant.opens for grant in GRANTS} == {
        "owner": EVERYTHING,
        "viewer": Capability.WATCH | Capability.VOTE,
    }
    for grant in GRANTS:
        assert grant.in_link == (Capability.HOST not in grant.opens), "a key that may host is never in a link"


@pytest.mark.parametrize("route", [name for name, needed in NEEDED_FOR_ROUTE.items() if needed])
def test_a_route_needs_its_capability(server: Running, route: str) -> None:
    """Of all keys, forged ones and those of another session too, only those that open what it needs are let in."""
    own, other = visit(server.url), visit(server.url)
    keys = server.app.state.keys
    needed, address = NEEDED_FOR_ROUTE[route], route.replace("{id}", own.id)
    tried = [(NOTHING, None, False), (NOTHING, "x" * 32, False), (NOTHING, "x" * 32, True)]
    for grant in GRANTS:
        tried.append((grant.opens, keys.key(own.id, grant), grant.in_link))
        tried.append((NOTHING, keys.key(own.id, grant), not grant.in_link))
        tried.append((NOTHING, keys.key(other.id, grant), grant.in_link))
    for held, key, in_link in tried:
        assert is_let_in(server, address, own.id, key, in_link) == (needed in held), (held, in_link)


def is_let_in(server: Running, address: str, id: str, key: str | None, in_link: bool) -> bool:
    """Whether this key opens this address: a socket that is accepted, or the page of this very session."""
    cookies = {"Cookie": f"{KEY_COOKIE}={key}"} if key and not in_link else {}
    if address.endswith("/ws"):
        protocols = ["tinkernet", key] if key and in_link else ["tinkernet"]
        url = server.url.replace("http", "ws", 1) + address
        try:
            with connect(url, proxy=None, subprotocols=protocols, additional_headers=cookies):  # type: ignore[arg-type]
                return True
        except InvalidStatus as answer:
            if answer.response.status_code != 403:
                raise
            return False
    if address.endswith(("/points.csv", "/moment", "/class")):
        return get(server.url + address, **cookies)[0] != 403
    if address.endswith(("-link", "/table", "/code", "/people", "/question")):
        lines = f"Origin: {server.url}\r\nCookie: {cookies.get('Cookie', '')}\r\nContent-Length: 0\r\n"
        return post(server, address, lines)[0] != 403  # 409: it may, but the session is not open
    return f'data-session="{id}"'.encode() in get(server.url + address, **cookies)[2]


def test_an_owners_key_is_in_no_link() -> None:
    """The key that may host stands in no address that people pass on."""
    assert not OWNER.in_link
