"""Limits: each is a setting, is met where it says, and is told in a sentence."""

from __future__ import annotations

import ast
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import fields

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from tests.app.conftest import Running
from tests.app.test_sessions import Clock, on_loop
from tests.conftest import ROOT
from tests.page import Page
from tinkernet.app.capabilities import EVERYTHING, VIEWER
from tinkernet.app.sessions import cost
from tinkernet.app.sessions.registry import Full, Sessions
from tinkernet.app.settings import Settings
from tinkernet.app.web.server import room_for
from tinkernet.app.wire.commands import Configure, Step
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.spec.fields import MAX_LAYERS, MAX_WIDTH

DEFAULT = Spec(seed="1")
LARGEST = Spec(
    seed="1",
    features=tuple(feature.key for feature in FEATURES),
    hidden=(MAX_WIDTH,) * MAX_LAYERS,
    batch_size=1,
    train_percent=99,
    problem="regression",
)


def too_much(command: Configure | Step, spec: Spec = DEFAULT, **limits: float) -> ProtocolError:
    """The refusal."""
    with pytest.raises(ProtocolError) as caught:
        cost.check(command, spec, Settings(**limits))  # type: ignore[arg-type]
    return caught.value


def configure(spec: Spec) -> Configure:
    """As a page sends it."""
    return Configure(type="configure", revision=7, spec=spec.to_dict())  # type: ignore[arg-type]


@pytest.mark.parametrize("spec", [DEFAULT, LARGEST, Spec(seed="1", hidden=(), features=("x", "y", "sinX"))])
def test_the_count_is_the_networks(spec: Spec) -> None:
    """Parameters and points are counted without making any of them."""
    trainer = Trainer(spec)
    assert cost.parameters(spec) == trainer.network.params.size
    assert cost.points(spec) == len(trainer.data.train) + len(trainer.data.test)


def test_everything_the_page_offers_is_allowed() -> None:
    """With the limits as they are, the largest network may be had, and the longest step of the first one."""
    cost.check(configure(LARGEST), DEFAULT, Settings())
    cost.check(Step(type="step", epochs=100_000), DEFAULT, Settings())


def test_a_network_has_a_size() -> None:
    """The refusal names the field, what it was and what is allowed, and uses the revision up."""
    error = too_much(configure(LARGEST), max_parameters=1000)
    assert (error.field, error.value, error.revision) == ("hidden", "64,64,64,64,64,64,64,64", 7)
    assert "1000 weights and biases" in error.allowed
    assert f"have {cost.parameters(LARGEST)} weights and biases" in error.message
    cost.check(configure(DEFAULT), DEFAULT, Settings(max_parameters=cost.parameters(DEFAULT)))


def test_a_set_has_a_size() -> None:
    """So has what it learns from."""
    error = too_much(configure(LARGEST), max_points=1199)
    assert (error.field, error.value) == ("dataset", "reg-plane")
    assert "1200 points" in error.message
    assert "1199" in error.allowed


def test_an_epoch_has_a_length() -> None:
    """The same network is too much with one batch size, and with another not."""
    error = too_much(configure(LARGEST), max_epoch_seconds=0.1)
    assert error.field == "hidden"
    assert "batch size of 1 " in error.message
    assert "0.1 s are allowed" in error.message
    cost.check(
        configure(Spec.from_dict({**LARGEST.to_dict(), "batch_size": 100})), DEFAULT, Settings(max_epoch_seconds=0.1)
    )


def test_steps_have_a_length() -> None:
    """As many at once as fit, and the refusal says how many that is."""
    error = too_much(Step(type="step", epochs=100_000), LARGEST)
    assert (error.field, error.value) == ("epochs", 100_000)
    most = int(error.allowed.split()[2])
    cost.check(Step(type="step", epochs=most), LARGEST, Settings())
    too_much(Step(type="step", epochs=most + 1), LARGEST)


def test_more_work_is_more(serve: Callable[..., Running]) -> None:
    """Over a socket: a refused network changes nothing, and a step is measured by the network asked for just before."""
    server = serve(max_epoch_seconds=0.01, max_step_seconds=1.0)
    with server.page() as page:
        page.ready()
        before = page.state["spec"]
        page.send("configure", revision=5, spec={**before, "hidden": [64, 64, 64, 64], "batch_size": 1})
        page.until(lambda page: page.errors and page.state["revision"] >= 5)
        assert page.errors[0]["field"] == "hidden"
        assert page.state["spec"] == before
        page.configure(hidden=[64, 64], batch_size=30)
        page.send("step", epochs=5000)
        page.until(lambda page: len(page.errors) == 2)
        assert page.errors[1]["field"] == "epochs"
        page.send("step", epochs=5)
        page.until(lambda page: page.frame.epoch == 5)


def test_a_browser_has_so_many_sessions() -> None:
    """One more takes the place of the one it left alone longest; when it looks at all of them, a sentence. Others, and
    those who watch, are not counted."""

    async def scenario(sessions: Sessions, clock: Clock) -> None:
        sessions._settings = Settings(max_sessions_per_browser=2)
        one, two, three, four = (Sessions.new_id() for _ in range(4))
        first, at_one = sessions.join(one, EVERYTHING, "a")
        _, at_two = sessions.join(two, EVERYTHING, "a")
        with pytest.raises(Full, match="2 sessions open here"):
            sessions.join(three, EVERYTHING, "a")
        sessions.join(four, EVERYTHING, "b")
        sessions.join(four, VIEWER.opens, "a")
        sessions.leave(two, at_two)
        clock.now += 1
        sessions.leave(one, at_one)
        sessions.join(three, EVERYTHING, "a")
        assert set(sessions._session_from_id) == {one, three, four}
        assert not first.closed
        sessions.join(two, EVERYTHING, "a")
        assert first.closed

    on_loop(scenario)


def test_a_browser_has_so_many_pages(serve: Callable[..., Running]) -> None:
    """Its own and those it watches together, as somebody with a console opens them; all others still get in."""
    server = serve(max_pages_per_browser=2)
    with server.page() as host, server.page() as one, server.page(id=one.id) as two:
        for page in (host, one, two):
            page.ready()
        cookies, watching = {"Cookie": one.visit.cookies}, ["tinkernet", host.visit.viewer_key]
        for id, protocols in ((one.id, ["tinkernet"]), (host.id, watching)):
            address = f"{server.url.replace('http', 'ws', 1)}/s/{id}/ws"
            with connect(address, proxy=None, subprotocols=protocols, additional_headers=cookies) as refused:  # type: ignore[arg-type]
                assert "This browser has 2 pages open here; more are not allowed." in refused.recv(5)
        for key in ("", host.visit.viewer_key):
            with server.page(id=host.id, key=key) as another:
                another.ready()


def test_a_session_has_so_many_viewers(serve: Callable[..., Running]) -> None:
    """One more hears so in a sentence; its owner gets in all the same."""
    server = serve(max_viewers_per_session=1)
    with server.page() as owner:
        owner.ready()
        key = owner.visit.viewer_key
        with Page(server.url, id=owner.id, key=key) as viewer, Page(server.url, id=owner.id, key=key) as late:
            viewer.ready()
            with pytest.raises(ConnectionClosed):
                late.until(lambda _: False)
            assert "1 pages watch it" in late.closing
            with server.page(id=owner.id) as again:
                again.ready()


def connection(server: Running) -> socket.socket:
    """A bare one."""
    return socket.create_connection(("127.0.0.1", server.settings.port), timeout=10)


def seconds_until_dropped(opened: socket.socket) -> float:
    """How long the server still holds it."""
    since = time.monotonic()
    with opened:
        try:
            while opened.recv(65_536):
                pass
        except ConnectionResetError:
            pass
    return time.monotonic() - since


HALVES = [
    b"",
    b"GET / HT",
    b"GET / HTTP/1.1\r\nHost: localhost:PORT\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost:PORT\r\nContent-Length: 1000\r\n\r\nhalf",
    b"GET /healthz HTTP/1.1\r\nHost: localhost:PORT\r\n\r\nGET / HT",
    b"GET /s/x/ws HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX: " + b"x" * 9000
    + b"\r\n\r\n",
]  # fmt: skip


@pytest.mark.parametrize("half", HALVES, ids=["nothing", "line", "head", "body", "second", "handshake"])
def test_half_a_request_is_dropped(serve: Callable[..., Running], half: bytes) -> None:
    """However much of it has come, and even when more comes a byte at a time."""
    server = serve(request_seconds=0.5)
    text = half.replace(b"PORT", str(server.settings.port).encode())
    opened = connection(server)
    opened.sendall(text)
    assert seconds_until_dropped(opened) < 5.5  # after an answer the connection may be used again for five
    dripping = connection(server)
    dripping.settimeout(0.05)
    began, closed = time.monotonic(), False
    while not closed and time.monotonic() - began < 5:
        try:
            dripping.sendall(b"x")
            closed = dripping.recv(65_536) == b""
        except TimeoutError:
            continue
        except OSError:
            closed = True
    dripping.close()
    assert closed


def test_a_page_that_is_quiet_is_not_dropped(serve: Callable[..., Running]) -> None:
    """The wait ends with the handshake: a socket that says nothing for longer is still there."""
    server = serve(request_seconds=0.3)
    with server.page() as page:
        page.ready()
        with pytest.raises(TimeoutError):
            page.hear(1.0)
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)


def test_a_message_in_a_thousand_pieces_is_not_waited_for(server: Running) -> None:
    """Empty fragments count against no limit of bytes or messages: the connection ends, and another page's does not."""
    with server.page() as calm, server.page(id=calm.id) as page:
        calm.ready(), page.ready()
        pieces = [Frame(Opcode.TEXT, b"", fin=False), *[Frame(Opcode.CONT, b"", fin=False)] * 5000]
        raw = b"".join(piece.serialize(mask=True) for piece in pieces)
        page.socket.socket.sendall(raw)
        with pytest.raises(ConnectionClosed):
            page.until(lambda _: False)
        calm.until(lambda page: page.state["viewers"] == 1)


@pytest.mark.parametrize("kind", [Opcode.PING, Opcode.PONG])
def test_pings_and_pongs_have_a_limit(server: Running, kind: Opcode) -> None:
    """No command is in them, so that no limit of commands is met: of 10^5 at once most are not even read. The page is
    told why it is closed, another page hears on meanwhile, and the answers to what it never reads do not pile up."""
    with server.page() as calm, server.page() as loud:
        calm.ready().send("play")
        loud.ready()
        with suppress(OSError):
            loud.socket.socket.sendall(Frame(kind, b"x" * 125).serialize(mask=True) * 100_000)
        begun = time.monotonic()
        epoch = calm.frame.epoch
        calm.until(lambda page: page.frame.epoch > epoch + 2)
        assert time.monotonic() - begun < 1
        with suppress(OSError):  # what was not read makes it a reset, which may overtake the words
            with pytest.raises(ConnectionClosed) as caught:
                loud.until(lambda _: False)
            assert caught.value.rcvd is None or caught.value.rcvd.code == 1008
        calm.until(lambda page: page.frame.epoch > epoch + 10)
        assert calm.errors == []


def test_a_few_pings_are_answered(server: Running) -> None:
    """Clients that are no browsers send some."""
    with server.page() as page:
        page.ready()
        answers = [page.socket.ping() for _ in range(50)]
        assert all(answer.wait(10) for answer in answers)
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)


def test_who_reads_slowly_costs_little(server: Running) -> None:
    """The largest file, asked for and not taken: what waits to be sent is a piece of it."""
    with connection(server) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        head = (
            f"GET /static/plotly.min.js HTTP/1.1\r\nHost: localhost:{server.settings.port}\r\nAccept-Encoding: gzip\r\n"
        )
        opened.sendall(f"{head}\r\n".encode())
        assert b"content-encoding: gzip" in opened.recv(2000)
        mine = [
            each.transport
            for each in server.server.server_state.connections
            if each.transport.get_extra_info("peername") == opened.getsockname()
        ]
        for _ in range(20):
            time.sleep(0.02)  # as long as it takes to fill what it may
            assert mine[0].get_write_buffer_size() < 200_000


def test_connections_that_ask_for_nothing_make_room(serve: Callable[..., Running]) -> None:
    """Many more than there may be: the oldest of them go. A page that is there stays, and who asks is answered."""
    server = serve(max_connections=20)
    with server.page() as page, ExitStack() as stack:
        page.ready()
        idle = [stack.enter_context(connection(server)) for _ in range(100)]
        with server.page() as late:
            late.ready()
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)
        assert idle[0].recv(1) == b""
        assert len(server.server.server_state.connections) <= 20
        idle[-1].sendall(f"GET /healthz HTTP/1.1\r\nHost: localhost:{server.settings.port}\r\n\r\n".encode())
        assert idle[-1].recv(15) == b"HTTP/1.1 200 OK"


def test_open_files_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """More are asked for, as far as one may; where they do not suffice there are fewer connections."""
    resource = pytest.importorskip("resource")
    asked = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    for soft, hard, room in ((256, 1024, 1024 - 320), (1024, 2**20, 2000), (2**20, 2**20, 2000), (100, 100, 25)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, found=(soft, hard): found)
        assert room_for(2000) == room
    assert asked == [(1024, 1024), (2320, 2**20), (100, 100)]


def test_addresses_for_others() -> None:
    """None when only this machine can come; else those of the network or, where `public` names some, those alone."""
    assert Settings().shared == ()
    assert Settings(host="192.0.2.7").shared == ("http://192.0.2.7:8000",)
    shared = Settings(host="0.0.0.0").shared
    assert shared
    assert not any("localhost" in origin or "//127." in origin or "[::1]" in origin for origin in shared)
    for host in ("127.0.0.1", "0.0.0.0"):
        named = Settings(host=host, public=("https://Lab.example/", "http://lab.example"))
        assert named.shared == ("https://lab.example", "http://lab.example")
        assert named.origins > set(named.shared)
    # In a container that is published on its machine's own address only: compose.yaml says that one.
    assert Settings(host="0.0.0.0", public=("http://localhost:8000",)).shared == ()


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
    """No pickle and no eval where the network is; in the page no eval, and no text ever becomes markup."""
    for path in (ROOT / "app").rglob("*.py"):
        bad = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "eval", "exec", "compile", "__import__"}
        assert not bad & set(names(str(path.relative_to(ROOT)))), path.name
    for path in (ROOT / "static" / "js").rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("eval(", "Function(", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"):
            assert word not in text, path.name


@pytest.mark.parametrize("name", [field.name for field in fields(Settings) if field.type in ("int", "float")])
@pytest.mark.parametrize("text", ["-1", "nan", "inf", "0"])
def test_a_setting_has_to_make_sense(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    """Rates of 0 and times that are none would stop all networks, or never end anything: a sentence instead."""
    monkeypatch.setenv(f"TINKERNET_{name.upper()}", text)
    if (name, text) == ("port", "0"):
        assert Settings.from_environment().port == 0
    else:
        with pytest.raises(ValueError, match=f"TINKERNET_{name.upper()}"):
            Settings.from_environment()


def test_numbers_that_are_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a flag as by a variable."""
    with pytest.raises(ValueError, match=r"TINKERNET_PORT.* up to 65535"):
        Settings.from_environment(port=70_000)
    monkeypatch.setenv("TINKERNET_THREADS", "1000000")
    with pytest.raises(ValueError, match="TINKERNET_THREADS"):
        Settings.from_environment()


@pytest.mark.parametrize(
    "text",
    ["*", "http://*", "http://a*b", "lab.example", "http://", "http://lab.example/s", "ftp://lab.example", "http://a?b",
     "javascript:alert(1)", "http://l\xe4b.example", "http://lab.example:99999", "http://me:word@lab.example", "",
     "http://lab.example#a", "http://[::1", '"><script>', "http://lab example", "http://lab.example:"],
)  # fmt: skip
def test_no_address_of_browsers(text: str) -> None:
    """It would let nobody in, and stand on the page as the one to give to others: a sentence that says how it looks."""
    with pytest.raises(ValueError, match=r"^public \(TINKERNET_PUBLIC\)"):
        Settings.from_environment(public=(text,))


def test_an_address_as_browsers_say_it() -> None:
    """In small letters and without the port that goes without saying; otherwise their Host would not be found."""
    given = ("HTTP://Lab.example:80/", "https://lab.example:443", "http://lab.example:8080", "http://[FD00::1]:9000")
    assert Settings.from_environment(public=given).public == (
        "http://lab.example", "https://lab.example", "http://lab.example:8080", "http://[fd00::1]:9000",
    )  # fmt: skip


def test_no_host_is_not_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable left empty by mistake would open the server to the network."""
    monkeypatch.setenv("TINKERNET_HOST", "")
    with pytest.raises(ValueError, match="TINKERNET_HOST"):
        Settings.from_environment()


def test_the_limits_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by its variable."""
    for name in (
        "max_sessions_per_browser",
        "max_viewers_per_session",
        "max_parameters",
        "max_points",
        "max_body_bytes",
    ):
        monkeypatch.setenv(f"TINKERNET_{name.upper()}", "3")
        assert getattr(Settings.from_environment(), name) == 3
