"""What no page of ours sends. Each gets one error or a proper close, and nobody else notices."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from pydantic_core import from_json
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from tests.app.conftest import Running
from tests.page import Page
from tinkernet.app.capabilities import VIEWER
from tinkernet.app.wire.commands import Subscribe
from tinkernet.app.wire.limits import LIMITS
from tinkernet.app.wire.parse import ProtocolError, parse
from tinkernet.engine import Spec

SPEC = json.dumps(Spec(seed="1").to_dict())


def configure(field: str, value: str) -> str:
    """A whole spec with one value that was written by hand."""
    spec = json.loads(SPEC) | {field: None}
    return f'{{"type":"configure","revision":1,"spec":{json.dumps(spec).replace("null", value)}}}'


HUGE = "9" * 5000
VALUES = (
    (
        '{"type":"speed","rate":VALUE}',
        ("NaN", "Infinity", "-Infinity", "1e400", '"60"', '"0.1"', "true", "[]", "0", HUGE),
    ),
    ('{"type":"step","epochs":VALUE}', ("0", "-1", "1.5", "1e9", "true", '"1"', "null", "NaN", HUGE)),
    (configure("learning_rate", "VALUE"), ("NaN", "Infinity", "1e400", "-1e400", '"0.1"', "true", "[0.1]", HUGE)),
    (configure("hidden", "VALUE"), ("[0]", "[-1]", "[1000000000]", "[1.5]", '["4"]', "[true]", f"[{HUGE}]", "4", "{}")),
    (configure("hidden", "VALUE"), (f"[{'1,' * 999}1]",)),
    ('{"type":"configure","revision":VALUE,"spec":SPEC}', ("-1", "1e3", "true", '"1"', "1e400", str(2**64), HUGE)),
    ('{"type":"edit_bias","layer":VALUE,"neuron":0,"value":0}', ("-1", "3", "1000000000", "0.5", "true", HUGE)),
    (
        '{"type":"edit_bias","layer":0,"neuron":0,"value":VALUE}',
        ("NaN", "-Infinity", "1e400", "1e7", '"1"', "true", HUGE),
    ),
)
MESSAGES: dict[str, str | bytes] = {
    "binary": b"\x00\xff\x01",
    "binary that would be a command": b'{"type":"play"}',
    "empty": "",
    "empty binary": b"",
    "no object": "[]",
    "null": "null",
    "a list for a name": '{"type":["play"]}',
    "an object for a name": '{"type":{"type":"play"}}',
    "no such command": '{"type":"fly"}',
    "brackets": "[" * 60_000,
    "brackets closed": "[" * 30_000 + "]" * 30_000,
    "objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "nested in a field": f'{{"type":"subscribe","topics":{"[" * 20_000}{"]" * 20_000}}}',
    "half": '{"type":"play"',
    "twice": '{"type":"play"}{"type":"play"}',
    "a mark before": '\ufeff{"type":"play"}',
    "no neuron": '{"type":"edit_weight","layer":0,"neuron":4,"input":0,"value":1}',
    "no input": '{"type":"edit_weight","layer":0,"neuron":0,"input":2,"value":1}',
    "unknown key": '{"type":"play","faster":true}',
    "another's id": '{"type":"pause","id":"AAAAAAAAAAAAAAAAAAAAAA"}',
    "another's session": '{"type":"reset","session":"../AAAAAAAAAAAAAAAAAAAAAA"}',
    "a prototype": '{"type":"play","__proto__":{"admin":true}}',
    "an unknown setting": configure("hidden", '[4],"path":"../../etc/passwd"'),
    "a path for data": configure("dataset", '"../../etc/passwd"'),
    "markup for a seed": configure("seed", '"<script>alert(1)</script>"'),
    "a long seed": configure("seed", json.dumps("s" * 5000)),
    "half a character": '{"type":"subscribe","topics":[{"topic":"map","unit":"\\ud800"}]}',
    "a zero character": '{"type":"subscribe","topics":[{"topic":"map","unit":"x\\u0000"}]}',
    "a path for a unit": '{"type":"subscribe","topics":[{"topic":"map","unit":"../x"}]}',
    "a far pointer": '{"type":"subscribe","topics":[{"topic":"reading","unit":"x","x":1e308,"y":0}]}',
}
for template, values in VALUES:
    for text in values:
        name = template.split('"type":"')[1].split(",")[0] + template.split("VALUE")[0][-20:] + text[:20]
        MESSAGES[name] = template.replace("VALUE", text).replace("SPEC", SPEC)


@pytest.fixture(scope="module")
def playing(server: Running) -> Iterator[Page]:
    """Somebody else, who plays."""
    with server.page() as page:
        page.ready()
        page.send("play")
        page.until(lambda page: page.state["playing"])
        yield page


@pytest.fixture
def bystander(playing: Page) -> Iterator[Page]:
    """Plays on over the test, in the same run, and hears of no error."""
    yield playing
    before = playing.frame.epoch
    playing.until(lambda page: page.frame.epoch > before)
    playing.until(lambda page: page.frame.epoch > before + 5)
    assert (playing.errors, playing.closing, playing.frame.restarts) == ([], "", 1)
    assert playing.state["playing"]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_nasty_message(server: Running, bystander: Page, name: str) -> None:
    """One error event, which says why and can be shown; nothing is changed, and the next command is carried out."""
    with server.page() as page:
        page.ready()
        before = page.state
        page.socket.send(MESSAGES[name])
        page.send("step")
        page.until(lambda page: page.frame.epoch == 1)
        (error,) = page.errors
        assert error["message"]
        assert len(json.dumps(error)) < 1500
        assert "<script" not in error["allowed"]
        assert page.state["spec"] == before["spec"]
        assert page.state["restarts"] == before["restarts"]
        assert not page.state["playing"]


def masked(opcode: Opcode, data: bytes, fin: bool = True) -> bytes:
    """A frame as a client has to send it."""
    return Frame(opcode, data, fin=fin).serialize(mask=True)


PLAY = b'{"type":"play"}'
FRAMES = {
    "invalid UTF-8": (masked(Opcode.TEXT, b'{"type":"\xff\xfe"}'), 1007),
    "half a character": (masked(Opcode.TEXT, b'{"type":"\xed\xa0\x80"}'), 1007),
    "not masked": (Frame(Opcode.TEXT, PLAY).serialize(mask=False), 1002),
    "reserved bits": (b"\xc1\x8f" + bytes(4) + PLAY, 1002),
    "reserved kind": (b"\x83\x80\x00\x00\x00\x00", 1002),
    "reserved control": (b"\x8b\x80\x00\x00\x00\x00", 1002),
    "a long ping": (b"\x89\xfe\x00\x7e" + bytes(4) + b"x" * 126, 1002),
    "a ping in pieces": (b"\x09\x80" + bytes(4), 1002),
    "goes on with nothing": (masked(Opcode.CONT, PLAY), 1002),
    "one message within another": (masked(Opcode.TEXT, b"{", fin=False) + masked(Opcode.TEXT, PLAY), 1002),
    "too long by its header": (b"\x81\xff" + (2**40).to_bytes(8, "big") + bytes(4), 1009),
    "too long": (masked(Opcode.TEXT, b"x" * 70_000), 1009),
    "100,000 brackets": (masked(Opcode.TEXT, b"[" * 100_000), 1009),
    "too long in pieces": (
        masked(Opcode.TEXT, b"x" * 40_000, fin=False) + masked(Opcode.CONT, b"x" * 40_000), 1009,
    ),
    "a close with a code that is none": (masked(Opcode.CLOSE, b"\x00\x00"), 1002),
    "a close with half a code": (masked(Opcode.CLOSE, b"\x03"), 1002),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
def test_a_nasty_frame(server: Running, bystander: Page, name: str) -> None:
    """The connection ends with the code that says why; the session is there for the next one."""
    data, code = FRAMES[name]
    with server.page() as page:
        page.ready()
        page.send("step", epochs=3)
        page.until(lambda page: page.frame.epoch == 3)
        page.socket.socket.sendall(data)
        with pytest.raises(ConnectionClosed) as caught:
            page.until(lambda _: False)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == code
    with server.page(id=page.id) as again:
        assert again.ready().frame.epoch == 3
        assert not again.state["playing"]


@pytest.mark.parametrize("pieces", [(b"\xff\xfe",), (b"\xc3", b"\xc3"), (b'{"type":"\xed\xa0\x80"}', b"")])
def test_what_is_no_text_is_not_logged(
    server: Running, bystander: Page, caplog: pytest.LogCaptureFixture, pieces: tuple[bytes, ...]
) -> None:
    """Whoever can reach the server could fill its log with tracebacks. It ends with 1007, what came with it too."""
    with server.page() as page:
        page.ready()
        first, *rest = pieces
        data = masked(Opcode.TEXT, first, fin=not rest) + b"".join(masked(Opcode.CONT, piece) for piece in rest)
        page.socket.socket.sendall(data + masked(Opcode.TEXT, b"\xff") + masked(Opcode.TEXT, PLAY))
        with pytest.raises(ConnectionClosed) as caught:
            page.until(lambda _: False)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1007
    server.until_left(page.id)
    with server.page(id=page.id) as again:
        assert not again.ready().state["playing"]
    assert caplog.records == []


def test_a_command_in_pieces(server: Running, bystander: Page) -> None:
    """In three fragments with a ping between them it is still one command; the rest of one that never comes is none."""
    with server.page() as page:
        page.ready()
        text = b'{"type":"step"}'
        pieces = (
            masked(Opcode.TEXT, text[:4], fin=False)
            + masked(Opcode.PING, b"?")
            + masked(Opcode.CONT, text[4:9], fin=False)
            + masked(Opcode.CONT, text[9:])
        )
        page.socket.socket.sendall(pieces)
        page.until(lambda page: page.frame.epoch == 1)
        page.socket.socket.sendall(masked(Opcode.TEXT, text[:4], fin=False))
        assert page.errors == []
        page.cut()
    with server.page(id=page.id) as again:
        assert again.ready().frame.epoch == 1


IDS = ["../" + "a" * 19, "..%2f" + "a" * 17, "a" * 21, "a" * 23, "a" * 1000, "%00" + "a" * 19, "é" * 22, "a/" * 11, ""]


@pytest.mark.parametrize("id", IDS, ids=range(len(IDS)))
def test_a_nasty_id(server: Running, bystander: Page, id: str) -> None:
    """No socket is opened for what is no id, and no session begins."""
    sessions = len(server.app.state.sessions)
    address = f"{server.url.replace('http', 'ws', 1)}/s/{id}/ws"
    with pytest.raises(InvalidStatus) as caught, connect(address, proxy=None, compression=None):
        pass
    assert caught.value.response.status_code in (400, 403, 404)
    assert len(server.app.state.sessions) == sessions


@pytest.mark.parametrize("path", ["/", "/healthz", "/s/" + "a" * 22, "/static/js/main.js", "/nothing"])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_body_of_64_mebibytes(server: Running, bystander: Page, method: str, path: str) -> None:
    """What is asked for is answered or refused; however much comes, it is no error of the server's."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{server.settings.port}\r\nContent-Length: {2**26}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.settings.port), timeout=10) as raw:
        raw.sendall(head.encode())
        with suppress(ConnectionError):  # it need not take all of it
            for _ in range(2**8):
                raw.sendall(bytes(2**18))
        with suppress(ConnectionError):  # a reset may overtake the answer
            assert int(raw.recv(100).split(b" ")[1]) in (200, 404, 405, 413)


HEAD = "POST / HTTP/1.1\r\nHost: localhost:PORT\r\nTransfer-Encoding: chunked\r\n"
BODIES = {
    "with the head": (HEAD + "\r\nZZ\r\n\r\n", ""),
    "after the answer": (HEAD + "\r\n", "ZZ\r\n\r\n"),
    "while a long answer is on its way": (
        HEAD.replace("POST /", "GET /static/plotly.min.js") + "\r\n", "ZZ\r\n\r\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_http(server: Running, bystander: Page, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """Its head has been understood, and is being answered: the connection ends, and no traceback is logged."""
    first, then = (text.replace("PORT", str(server.settings.port)).encode() for text in BODIES[name])
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.settimeout(10)
        raw.connect(("127.0.0.1", server.settings.port))
        raw.sendall(first)
        if then:
            assert raw.recv(10) == b"HTTP/1.1 2" if "long" in name else b"HTTP/1.1 4"
            raw.sendall(then)
        with suppress(ConnectionError):
            while raw.recv(2**20):
                pass
    assert {record.getMessage() for record in caplog.records} == {"Invalid HTTP request received."}
    assert not any(record.exc_info for record in caplog.records)


def test_a_revision_far_ahead_is_refused(server: Running) -> None:
    """It would leave no numbers for the next pages. Those of a page that was offline for long are taken."""
    with server.page() as page:
        page.ready()
        spec = page.state["spec"]
        page.send("configure", revision=2**31, spec=spec)
        page.until(lambda page: page.errors)
        assert page.errors[0]["field"] == "revision"
        assert page.errors[0]["message"].endswith("the run is at 0; it must be a whole number from 0 to 1000000.")
        page.send("configure", revision=5000, spec=spec)
        page.until(lambda page: page.state["revision"] == 5000)
        for given in (spec, {**spec, "noise": -1}):
            page.send("configure", revision=16_000, spec=given)
        page.until(lambda page: len(page.errors) == 3)
        page.configure(noise=5.0)
        page.until(lambda page: page.state["spec"]["noise"] == 5.0)
        assert page.state["revision"] == 5001


LIST, OBJECT = [0.5] * 5000, {f"k{number}": 0 for number in range(5000)}
TOPIC = {"topic": "map", "unit": "output"}
COSTLY = {
    "topics that are numbers": {"type": "subscribe", "topics": LIST},
    "topics that are an object": {"type": "subscribe", "topics": OBJECT},
    "topics with many names": {"type": "subscribe", "topics": [{**TOPIC, **dict(list(OBJECT.items())[:150])}] * 32},
    "a unit that is a list": {"type": "subscribe", "topics": [{**TOPIC, "unit": LIST}]},
    "a run that is a list": {"type": "play", "run": LIST},
    "a run that is an object": {"type": "play", "run": OBJECT},
    "many names": {"type": "play", **OBJECT},
    "a type that is a list": {"type": LIST},
    "a spec that is a list": {"type": "configure", "revision": 1, "spec": LIST},
    "a spec with many names": {"type": "configure", "revision": 1, "spec": OBJECT},
    **{
        f"{field} that is {name}": {"type": "configure", "revision": 1, "spec": {**json.loads(SPEC), field: value}}
        for field in json.loads(SPEC)
        for name, value in (("a list", LIST), ("an object", OBJECT), ("many", ["x"] * 5000), ("text", "1.1," * 15_000))
    },
}


@pytest.mark.parametrize("costly", COSTLY.values(), ids=COSTLY)
def test_a_refusal_costs_little_more_than_reading(costly: dict[str, object]) -> None:
    """What is far too much is refused at first sight: neither validated part by part nor written out whole."""
    text = json.dumps(costly, separators=(",", ":"))
    assert len(text) <= LIMITS.message_bytes

    def refuse() -> None:
        with suppress(ProtocolError):  # a long list of one feature, say, is not wrong
            parse(text)

    assert seconds(refuse) < 4 * seconds(lambda: from_json(text.encode())) + 0.0005


def seconds(call: Callable[[], object]) -> float:
    """The processor time of a call, without what disturbs it."""
    times = []
    for _ in range(7):
        began = time.thread_time()
        call()
        times.append(time.thread_time() - began)
    return min(times)


def test_who_only_watches_has_little_to_say() -> None:
    """All that a watching page can ask for fits into its limit."""
    topics = [{"topic": "reading", "unit": "=" + "x+" * 60, "x": -1.2345678901234567, "y": 1.2345678901234567}] * 32
    assert isinstance(parse(json.dumps({"type": "subscribe", "topics": topics}), held=VIEWER.opens), Subscribe)
    with pytest.raises(ProtocolError, match="too long"):
        parse(json.dumps({"type": "subscribe", "topics": topics * 2}), held=VIEWER.opens)
