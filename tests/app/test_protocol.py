"""The wire: what is not a command is an error with a name, and what is packed is what is unpacked."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import page
from tests.page import decode_frame, decode_points
from tinkernet.app.wire import codegen, commands, frames
from tinkernet.app.wire.events import Error
from tinkernet.app.wire.frames import ClassMap, Reading, encode_body, encode_frame, encode_points
from tinkernet.app.wire.limits import LIMITS
from tinkernet.app.wire.parse import ProtocolError, parse
from tinkernet.engine import Spec

SPEC = Spec(seed="0.12345").to_dict()
VALID: dict[str, dict[str, Any]] = {
    "configure": {"revision": 3, "spec": SPEC},
    "play": {"run": "main"},
    "pause": {},
    "step": {"epochs": 3},
    "reset": {},
    "speed": {"rate": 60},
    "edit_weight": {"layer": 0, "neuron": 1, "input": 0, "value": -0.5},
    "edit_bias": {"layer": 2, "neuron": 0, "value": 1},
    "restore_best": {},
    "subscribe": {"unit": "0.3", "x": 1.5, "y": None, "metrics": True},
    "ack": {},
}


def refused(message: str | bytes, **how: Any) -> ProtocolError:
    """The error of a message; that it can be sent is checked on the way."""
    with pytest.raises(ProtocolError) as caught:
        parse(message, **how)
    event = json.loads(Error.of(caught.value).encode())
    assert event["message"]
    assert len(event["message"]) < 400
    return caught.value


@pytest.mark.parametrize("name", VALID)
def test_every_command_is_read(name: str) -> None:
    """Each command comes back as its model with the same fields."""
    command = parse(json.dumps({"type": name, **VALID[name]}))
    assert command.type == name
    for key, value in VALID[name].items():
        if key != "spec":
            assert getattr(command, key) == value


def test_every_command_has_an_example() -> None:
    """The table above leaves no command out."""
    assert set(VALID) == {model.model_fields["type"].annotation.__args__[0] for model in commands.COMMANDS}


@pytest.mark.parametrize("name", set(VALID) - {"ack"})
def test_a_command_without_a_run_is_to_the_main_one(name: str) -> None:
    """Whoever knows of one run only need not name it."""
    fields = {key: value for key, value in VALID[name].items() if key != "run"}
    assert parse(json.dumps({"type": name, **fields})).run == "main"
    assert parse(json.dumps({"type": name, **fields, "run": "twin-2"})).run == "twin-2"


@pytest.mark.parametrize(
    "run", ['""', '"Main"', '"a b"', '"../x"', '"-"', '"2nd"', '"a\\n"', '"' + "a" * 17 + '"', "null", "1"]
)
def test_the_id_of_a_run_is_a_short_word(run: str) -> None:
    """Anything else in its place is refused by name."""
    error = refused(f'{{"type":"play","run":{run}}}')
    assert (error.field, error.allowed) == ("run", 'the id of a run such as "main"')


def test_speed_null_is_as_fast_as_it_goes() -> None:
    """null is a speed of its own, and is not the same as no speed at all."""
    assert parse('{"type":"speed","rate":null}').rate is None
    assert refused('{"type":"speed"}').field == "rate"


@pytest.mark.parametrize(
    "message",
    [
        "", " ", "null", "[]", '"play"', "3", "{", "play", "[" * 100_000, '{"a":' * 50_000, '{"type":"play"} x',
        '{"type":NaN}', '{"type":"\\ud800"}', '{"type":"\ud800"}', b"\xff\xfe", b"", "9" * 60_000,
        '{"type":' + "9" * 60_000 + "}",
        '{"type":null}', '{"type":true}', '{"type":["play"]}', '{"type":{}}', '{"type":"Play"}', '{"type":"__class__"}',
        "{}", '{"spec":1}', "x" * 70_000,
    ],
)  # fmt: skip
def test_what_is_no_command_is_an_error(message: str | bytes) -> None:
    """Broken JSON, other JSON and unknown names are refused by the field type or message."""
    assert refused(message).field in {"type", "message"}


def test_a_binary_message_is_refused() -> None:
    """Commands are text; the same bytes as a binary message are no command."""
    assert refused(b'{"type":"play"}', binary=True).field == "message"


NUMBERS = ["true", "null", '"0.1"', "[]", "{}", "1e400", "-1e400", "1e7", "-10000001", "1" + "0" * 400]


@pytest.mark.parametrize("number", [*NUMBERS, "NaN", "Infinity", "9" * 5000])
@pytest.mark.parametrize(("name", "field"), [("edit_weight", "value"), ("speed", "rate"), ("subscribe", "x")])
def test_numbers_are_strict(name: str, field: str, number: str) -> None:
    """No flags, texts, infinities or numbers outside the bounds; the error names the field and says what is allowed."""
    if number == "null" and field in ("rate", "x"):
        return
    rest = {key: value for key, value in VALID[name].items() if key != field}
    error = refused(json.dumps({"type": name, **rest})[:-1] + f', "{field}": {number}}}')
    if error.field != "message":  # not JSON at all
        assert error.field == field
        assert "a number from" in error.allowed


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "1e3", "true", '"1"', "100001", "1" + "0" * 400])
def test_counts_are_whole_and_bounded(number: str) -> None:
    """Steps are whole numbers from 1 to the limit."""
    error = refused(f'{{"type":"step","epochs":{number}}}')
    assert (error.field, error.allowed) == ("epochs", f"a whole number from 1 to {LIMITS.step_epochs}")


@pytest.mark.parametrize("name", VALID)
def test_unknown_keys_are_refused(name: str) -> None:
    """A key that means nothing is an error that names it."""
    assert refused(json.dumps({"type": name, **VALID[name], "extra": 1})).field == "extra"


@pytest.mark.parametrize("unit", ["", "0.", ".1", "10.1", "0.100", "0.1\n", "../x", "x y", "é", "a" * 33])
def test_units_are_words_or_positions(unit: str) -> None:
    """What cannot be the name of a unit is refused."""
    assert refused(json.dumps({"type": "subscribe", "unit": unit})).field == "unit"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("noise", 81), ("noise", -1), ("noise", "10"), ("noise", True), ("batch_size", 0), ("batch_size", 1.5),
        ("hidden", [0]), ("hidden", [-1]), ("hidden", [10**9]), ("hidden", [4] * 9), ("hidden", 4), ("hidden", [True]),
        ("activation", "relu6"), ("activation", None), ("seed", ""), ("seed", "a&b"), ("seed", 5), ("seed", "x" * 101),
        ("features", ["x", "nope"]), ("features", "x"), ("learning_rate", 10**400), ("init_zero", 1),
        ("train_percent", None),
    ],
)  # fmt: skip
def test_a_refused_setting_is_named(field: str, value: object) -> None:
    """A bad spec names the setting, what was given and what is allowed, and keeps the revision it came with."""
    error = refused(json.dumps({"type": "configure", "revision": 7, "spec": {**SPEC, field: value}}))
    assert error.field == field
    assert error.allowed
    assert error.revision == 7


@pytest.mark.parametrize("spec", ["5", "null", "[]", '"x"', "{}", '{"nope":1}', '{"seed":"1","noise":1e400}'])
def test_a_spec_is_an_object_with_settings(spec: str) -> None:
    """Anything else in its place is refused with the revision."""
    assert refused(f'{{"type":"configure","revision":7,"spec":{spec}}}').revision == 7


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(sorted(VALID)),
    st.dictionaries(st.sampled_from(["revision", "spec", "epochs", "rate", "unit", "x", "value"]), json_values),
)
def test_no_json_breaks_the_parser(name: str, fields: dict[str, Any]) -> None:
    """Whatever fields a message has, it is a command or a ProtocolError that can be sent."""
    try:
        parse(json.dumps({"type": name, **VALID[name], **fields}))
    except ProtocolError as error:
        json.loads(Error.of(error).encode())


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser(data: bytes) -> None:
    """Whatever arrives is a command or a ProtocolError that can be sent."""
    try:
        parse(data)
    except ProtocolError as error:
        json.loads(Error.of(error).encode())


HEADER = {
    "revision": 9, "restarts": 2, "epoch": 2**40, "train_loss": 0.25, "test_loss": math.inf,
    "reading": Reading(-0.5, 2), "stride": 4, "first_row": 11, "epochs_per_second": 59.5, "diverged_at": 31,
    "playing": True,
}  # fmt: skip


def off_by(levels: np.ndarray, count: int, given: np.ndarray) -> float:
    """The largest error of a map on its way, in steps of its levels; what is no finite number must stay none."""
    np.testing.assert_array_equal(levels == 255, given == 255)
    finite = given != 255
    return float(np.abs(levels[finite] - given[finite] * ((count - 1) / 254)).max(initial=0))


@pytest.mark.parametrize("deflate", [False, True])
def test_frames_survive_the_wire(deflate: bool) -> None:
    """What an independent reader finds in a frame is what was put in; of a map the nearest of its levels."""
    random = np.random.default_rng(0)
    params = random.normal(size=17)
    small, big = random.integers(0, 256, (3, 400), dtype=np.uint8), random.integers(0, 256, 10_000, dtype=np.uint8)
    rows = random.random((5, 2), dtype=np.float32)
    frame = decode_frame(encode_frame(encode_body(params, small, big, deflate=deflate), rows, **HEADER))
    header = HEADER
    for name in set(header) - {"playing", "reading"}:
        assert frame.header[name] == header[name]
    assert (frame.value, frame.winner, frame.classes) == (-0.5, 2, 0)
    assert frame.flags == 1 * deflate + 2 + 4
    np.testing.assert_array_equal(frame.rows, rows)
    np.testing.assert_array_equal(frame.params, params.astype(np.float32))
    assert off_by(frame.small_maps, frame.small_levels, small) <= 0.5
    assert off_by(frame.big_map, frame.big_levels, big) <= 0.5
    assert (frame.neurons, frame.small_side, frame.big_side) == (3, 20, 100)
    assert (frame.small_levels, frame.big_levels) == (31, 79)


@given(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9), st.randoms(use_true_random=False))
def test_differences_add_up_again(neurons: int, small_side: int, big_side: int, random: Any) -> None:
    """Deflated or not, maps of any size and content are the same levels for the reader."""
    small = np.frombuffer(random.randbytes(neurons * small_side**2), np.uint8).reshape(neurons, -1)
    big = np.frombuffer(random.randbytes(big_side**2), np.uint8)
    plain, packed = (
        decode_frame(encode_frame(encode_body(np.zeros(1), small, big, deflate=deflate), np.zeros((0, 2)), **HEADER))
        for deflate in (False, True)
    )
    assert plain.small_maps.tobytes() == packed.small_maps.tobytes()
    assert plain.big_map.tobytes() == packed.big_map.tobytes()


def test_a_difference_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above fails where the two sides disagree: here the reader takes every row to begin at nothing."""
    big = np.arange(1, 10, dtype=np.uint8)
    body = encode_body(np.zeros(1), np.zeros((1, 1), np.uint8), big, deflate=True)
    monkeypatch.setattr(page, "summed", lambda differences: np.cumsum(differences, axis=2).astype(np.uint8))
    frame = decode_frame(encode_frame(body, np.zeros((0, 2)), **HEADER))
    assert off_by(frame.big_map, frame.big_levels, big) > 0.5


def test_the_ends_and_the_middle_of_a_map_are_exact() -> None:
    """-1, 0 and 1 are levels of their own, in both kinds of maps."""
    levels = np.array([0, 127, 254, 255], np.uint8)
    body = encode_body(np.zeros(1), levels.reshape(1, -1), levels, deflate=True)
    frame = decode_frame(encode_frame(body, np.zeros((0, 2)), **HEADER))
    assert frame.small_maps.tolist() == [[0, 15, 30, 255]]
    assert frame.big_map.tolist() == [0, 39, 78, 255]


@given(st.integers(2, 10), st.randoms(use_true_random=False))
def test_a_map_of_classes_survives_the_wire(classes: int, random: Any) -> None:
    """Of each pixel the class comes back as it was, and its lead as the nearest level; no answer stays none."""
    winners = np.array([random.randrange(classes) for _ in range(25)])
    leads = np.array([random.choice((0.0, 1.0, random.random(), math.nan)) for _ in range(25)])
    body = encode_body(np.zeros(1), np.zeros((1, 1), np.uint8), ClassMap(winners, leads, classes), deflate=True)
    frame = decode_frame(encode_frame(body, np.zeros((0, 2)), **HEADER))
    assert (frame.classes, frame.big_side) == (classes, 5)
    assert frame.big_levels >= 25
    known = np.isfinite(leads)
    np.testing.assert_array_equal(frame.big_map == 255, ~known)
    found, levels = np.divmod(frame.big_map[known], frame.big_levels)
    np.testing.assert_array_equal(found, winners[known])
    assert np.abs(levels / (frame.big_levels - 1) - leads[known]).max(initial=0) <= 0.5 / (frame.big_levels - 1) + 1e-9


def test_points_survive_the_wire() -> None:
    """Training points first, test points after them, with the restarts of their run."""
    train, test = np.arange(12, dtype=np.float32).reshape(4, 3), -np.arange(6, dtype=np.float32).reshape(2, 3)
    restarts, train_read, test_read = decode_points(encode_points(train, test, restarts=5))
    assert restarts == 5
    np.testing.assert_array_equal(train_read, train)
    np.testing.assert_array_equal(test_read, test)


def test_header_offsets() -> None:
    """The layout in the contract with every page that is already open: it changes only with VERSION."""
    assert frames.layout(frames.FRAME_HEADER).size == 100
    assert frames.layout(frames.POINTS_HEADER).size == 24
    offsets, offset = {}, 0
    for slot in frames.FRAME_HEADER:
        offsets[slot.name] = offset
        offset += frames.layout((slot,)).size
    assert (offsets["epoch"], offsets["stride"], offsets["params"], offsets["diverged_at"]) == (16, 48, 68, 88)


def test_the_pages_half_is_current() -> None:
    """static/js/wire/protocol.js is what the generator writes now."""
    assert codegen.PATH.read_text(encoding="utf-8") == codegen.source(), f"stale: run {codegen.COMMAND}"
