"""The wire: what is not a command is an error with a name, and what is packed is what is unpacked."""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import page
from tests.page import Part, decode
from tinkernet.app import wire
from tinkernet.app.wire import codegen, commands, frames
from tinkernet.app.wire.commands import Command, RunCommand
from tinkernet.app.wire.events import Error
from tinkernet.app.wire.frames import LAYOUTS, Data, Losses, Map, Metrics, Network, Reading, encode, pack, tick, varint
from tinkernet.app.wire.levels import SMALL_LEVELS, ClassMap, big_levels, small_levels
from tinkernet.app.wire.limits import LIMITS
from tinkernet.app.wire.parse import ProtocolError, parse
from tinkernet.engine import Spec

SPEC = Spec(seed="0.12345").to_dict()
VALID: dict[str, dict[str, Any]] = {
    "configure": {"revision": 3, "spec": SPEC},
    "use_data": {"revision": 3, "data": f"150x4c3.{'0' * 64}"},
    "play": {"run": "main"},
    "pause": {},
    "step": {"epochs": 3},
    "set_clock": {"clock": "batch"},
    "tick": {"clock": "batch", "count": 2},
    "reset": {},
    "speed": {"rate": 60},
    "edit_weight": {"layer": 0, "neuron": 1, "input": 0, "value": -0.5},
    "edit_bias": {"layer": 2, "neuron": 0, "value": 1},
    "restore_best": {},
    "edit_data": {"removed": [3, 4]},
    "undo_data": {"edit": 1},
    "subscribe": {"topics": [{"topic": "network"}, {"topic": "map", "unit": "0.3"}]},
    "seek": {"epoch": 2, "batch": 3},
    "open_kept": {"letter": "A"},
    "rename_kept": {"letter": "A", "name": "wide"},
    "remove_kept": {"letter": "A"},
    "ack": {},
    "beat": {},
}


def type_of(command: type[Command]) -> str:
    """The name of a command on the wire."""
    return str(command.model_fields["type"].annotation.__args__[0])


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
        if key not in ("spec", "topics"):
            assert getattr(command, key) == value


def test_topics_are_read() -> None:
    """Each comes back as its model; the main run is meant where none is named."""
    given = [{"topic": "map", "unit": "0.3", "run": "twin", "plane": "2,0@7"}, {"topic": "data"}]
    found = parse(json.dumps({"type": "subscribe", "topics": given})).topics
    assert [topic.model_dump() for topic in found] == [given[0], given[1] | {"run": "main", "plane": ""}]


def test_every_command_has_an_example() -> None:
    """The table above leaves no command out."""
    assert set(VALID) == {type_of(model) for model in commands.COMMANDS}


@pytest.mark.parametrize("name", [type_of(model) for model in commands.COMMANDS if issubclass(model, RunCommand)])
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
@pytest.mark.parametrize(("name", "field"), [("edit_weight", "value"), ("speed", "rate")])
def test_numbers_are_strict(name: str, field: str, number: str) -> None:
    """No flags, texts, infinities or numbers outside the bounds; the error names the field and says what is allowed."""
    if number == "null" and field == "rate":
        return
    rest = {key: value for key, value in VALID[name].items() if key != field}
    error = refused(json.dumps({"type": name, **rest})[:-1] + f', "{field}": {number}}}')
    if error.field != "message":  # not JSON at all
        assert error.field == field
        assert "a number from" in error.allowed


@pytest.mark.parametrize("number", [*NUMBERS, "NaN", "Infinity", "9" * 5000])
def test_the_numbers_of_a_topic_are_strict(number: str) -> None:
    """As those of a command are; the error names the topic's field."""
    error = refused(f'{{"type":"subscribe","topics":[{{"topic":"reading","unit":"x","x":{number},"y":0}}]}}')
    if error.field != "message":
        assert (error.field, error.allowed) == ("x", "a number from -6 to 6")


@pytest.mark.parametrize(
    ("topics", "field"),
    [
        ("3", "topics"), ("{}", "topics"), ("null", "topics"), (f"[{'{},' * 40}{{}}]", "topics"),
        ("[3]", "topics"), ("[{}]", "topic"), ('[{"topic":null}]', "topic"), ('[{"topic":"nope"}]', "topic"),
        ('[{"topic":"map"}]', "unit"), ('[{"topic":"network","unit":"x"}]', "unit"),
        ('[{"topic":"network","run":"../x"}]', "run"), ('[{"topic":"network"},{"topic":"data","run":5}]', "run"),
        ('[{"topic":"reading","unit":"x","x":1,"y":null}]', "y"), ('[{"topic":"map","unit":"a b"}]', "unit"),
    ],
)  # fmt: skip
def test_a_topic_that_is_wrong_is_named(topics: str, field: str) -> None:
    """By its own field, or as a topic that there is not."""
    assert refused(f'{{"type":"subscribe","topics":{topics}}}').field == field


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "1e3", "true", '"1"', "100001", "1" + "0" * 400])
def test_counts_are_whole_and_bounded(number: str) -> None:
    """Steps are whole numbers from 1 to the limit."""
    error = refused(f'{{"type":"step","epochs":{number}}}')
    assert (error.field, error.allowed) == ("epochs", f"a whole number from 1 to {LIMITS.step_epochs}")


@pytest.mark.parametrize("name", VALID)
def test_unknown_keys_are_refused(name: str) -> None:
    """A key that means nothing is an error that names it."""
    assert refused(json.dumps({"type": name, **VALID[name], "extra": 1})).field == "extra"


@pytest.mark.parametrize("unit", ["", "0.", ".1", "100.1", "0.10000", "0.1\n", "../x", "x y", "é", "a" * 33])
def test_units_are_words_or_positions(unit: str) -> None:
    """What cannot be the name of a unit is refused."""
    assert refused(json.dumps({"type": "subscribe", "topics": [{"topic": "map", "unit": unit}]})).field == "unit"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("noise", 81), ("noise", -1), ("noise", "10"), ("noise", True), ("batch_size", 0), ("batch_size", 1.5),
        ("hidden", [0]), ("hidden", [-1]), ("hidden", [10**9]), ("hidden", [4] * 65), ("hidden", 4), ("hidden", [True]),
        ("activation", "relu6"), ("activation", None), ("seed", ""), ("seed", "a&b"), ("seed", 5), ("seed", "x" * 4097),
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
    st.dictionaries(st.sampled_from(["revision", "spec", "epochs", "rate", "topics", "run", "value"]), json_values),
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


STAMP: dict[str, Any] = {"restarts": 2, "revision": 9, "epoch": 2**40}


def read(record: Any, run: str = "main", **how: Any) -> Part:
    """What an independent reader finds in a tick with one part."""
    (part,) = decode(tick([encode(run, record, **how)]))
    return part


def network(small_maps: np.ndarray, params: np.ndarray, **changes: Any) -> Network:
    """A record with these maps, in 255 levels."""
    scalars = {
        "train_loss": 0.25, "test_loss": math.inf, "epochs_per_second": 59.5, "learning_rate": 0.03,
        "playing": True, "diverged": False,
    }  # fmt: skip
    return Network(
        **STAMP, **scalars | changes, levels=SMALL_LEVELS, params=params, small_maps=small_levels(small_maps)
    )


def map_of(big_map: np.ndarray | ClassMap, unit: str = "0.3") -> Map:
    """A record with this map, in 255 levels."""
    found, levels, classes = big_levels(big_map)
    return Map(**STAMP, unit=unit, plane="", classes=classes, levels=levels, big_map=found)


def off_by(levels: np.ndarray, count: int, given: np.ndarray) -> float:
    """The largest error of a map on its way, in steps of its levels; what is no finite number must stay none."""
    np.testing.assert_array_equal(levels.ravel() == 255, given.ravel() == 255)
    finite = given.ravel() != 255
    return float(np.abs(levels.ravel()[finite] - given.ravel()[finite] * ((count - 1) / 254)).max(initial=0))


@pytest.mark.parametrize("deflate", [False, True])
def test_parts_survive_the_wire(deflate: bool) -> None:
    """What an independent reader finds is what was put in; of a map the nearest of its levels."""
    random = np.random.default_rng(0)
    params, rows = random.normal(size=17), random.random((5, 2), dtype=np.float32)
    small, big = random.integers(0, 256, (3, 400), dtype=np.uint8), random.integers(0, 256, 10_000, dtype=np.uint8)
    losses = Losses(**STAMP, stride=4, first_row=11, rows=rows)
    own, other, reading = network(small, params), map_of(big), Reading(**STAMP, value=-0.5, winner=2)
    records = dict(zip(RUNS, (losses, own, other, reading), strict=True))
    encoded = [encode(run, record, deflate=deflate) for run, record in records.items()]
    found = decode(tick(encoded))
    assert [part.topic for part in found] == ["losses", "network", "map", "reading"]
    assert [part.run for part in found] == list(RUNS)
    for part, record in zip(found, records.values(), strict=True):
        for name in [*LAYOUTS[type(record)].scalars, *LAYOUTS[type(record)].texts]:
            assert part[name] == getattr(record, name)
    assert [part.packed for part in found] == ([[], ["small_maps"], ["big_map"], []] if deflate else [[]] * 4)
    np.testing.assert_array_equal(found[0].rows, rows)
    np.testing.assert_array_equal(found[1].params, params.astype(np.float32))
    assert (found[1].small_maps.shape, found[2].big_map.shape) == ((3, 20, 20), (100, 100))
    assert (found[1].levels, found[2].levels, found[2].classes) == (31, 79, 0)
    assert off_by(found[1].small_maps, 31, small) <= 0.5
    assert off_by(found[2].big_map, 79, big) <= 0.5


RUNS = ("main", "twin-2", "a", "seed-123456789ab")


@given(st.integers(0, 3), st.integers(1, 9), st.integers(1, 9), st.randoms(use_true_random=False))
def test_differences_add_up_again(count: int, height: int, width: int, random: Any) -> None:
    """Images of any number, size and content come back from their differences."""
    images = np.frombuffer(random.randbytes(count * height * width), np.uint8).reshape(count, height, width)
    packed = np.frombuffer(zlib.decompress(pack(images), -15), np.uint8).reshape(images.shape)
    assert page.summed(packed).tobytes() == images.tobytes()


def test_a_difference_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above fails where the two sides disagree: here the reader takes every row to begin at nothing."""
    big = np.arange(1, 10, dtype=np.uint8)
    monkeypatch.setattr(page, "summed", lambda differences: np.cumsum(differences, axis=-1).astype(np.uint8))
    part = read(map_of(big), deflate=True)
    assert off_by(part.big_map, part.levels, big) > 0.5


def test_the_ends_and_the_middle_of_a_map_are_exact() -> None:
    """-1, 0 and 1 are levels of their own, in both kinds of maps."""
    levels = np.array([0, 127, 254, 255], np.uint8)
    assert read(network(levels.reshape(1, -1), np.zeros(1)), deflate=True).small_maps.ravel().tolist() == [
        0,
        15,
        30,
        255,
    ]
    assert read(map_of(levels), deflate=True).big_map.ravel().tolist() == [0, 39, 78, 255]


@given(st.integers(2, 10), st.randoms(use_true_random=False))
def test_a_map_of_classes_survives_the_wire(classes: int, random: Any) -> None:
    """Of each pixel the class comes back as it was, and its lead as the nearest level; no answer stays none."""
    winners = np.array([random.randrange(classes) for _ in range(25)])
    leads = np.array([random.choice((0.0, 1.0, random.random(), math.nan)) for _ in range(25)])
    part = read(map_of(ClassMap(winners, leads, classes)), deflate=True)
    assert (part.classes, part.big_map.shape) == (classes, (5, 5))
    assert part.levels >= 25
    defined, pixels = np.isfinite(leads), part.big_map.ravel()
    np.testing.assert_array_equal(pixels == 255, ~defined)
    found, levels = np.divmod(pixels[defined], part.levels)
    np.testing.assert_array_equal(found, winners[defined])
    assert np.abs(levels / (part.levels - 1) - leads[defined]).max(initial=0) <= 0.5 / (part.levels - 1) + 1e-9


def test_points_survive_the_wire() -> None:
    """Both sets, each an array of its own."""
    train, test = np.arange(12.0).reshape(4, 3), -np.arange(6.0).reshape(2, 3)
    part = read(Data(**STAMP, plane="", train=train, test=test), deflate=True)
    np.testing.assert_array_equal(part.train, train)
    np.testing.assert_array_equal(part.test, test)


def test_an_array_that_is_not_there_is_not_in_the_table() -> None:
    """Metrics of classes have no R²; those there are keep their types and shapes, doubles included."""
    confusion = np.arange(8, dtype=np.uint32).reshape(2, 2, 2)
    part = read(Metrics(**STAMP, accuracy=np.array([0.1, 1 / 3]), confusion=confusion), deflate=True)
    assert set(part) == {"topic", "run", "restarts", "revision", "epoch", "accuracy", "confusion", "packed"}
    assert part.accuracy.tolist() == [0.1, 1 / 3]
    assert (part.confusion.dtype, part.confusion.tolist()) == (np.dtype("<u4"), confusion.tolist())


@given(st.integers(0, 2**40))
def test_varints(value: int) -> None:
    """Seven bits a byte, the lowest first, as LEB128 has them."""
    data = varint(value)
    assert sum((byte & 127) << 7 * place for place, byte in enumerate(data)) == value
    assert [byte >> 7 for byte in data] == [1] * (len(data) - 1) + [0]
    assert len(data) == max(1, -(-value.bit_length() // 7))


def test_the_layout_changes_only_with_the_version() -> None:
    """The contract with every open page: records, scalars and arrays, their codes and their order."""
    found = {
        f"{layout.code} {record.topic}": [
            *layout.texts,
            *(f"{name}:{scalar.code}" for name, scalar in layout.scalars.items()),
            *(f"{frames.ARRAYS.index(name) + 1} {name}:{values.type}" for name, values in layout.arrays.items()),
        ]
        for record, layout in LAYOUTS.items()
    }
    stamp = ["restarts:varint", "revision:varint", "epoch:varint"]
    assert wire.VERSION == 9
    assert found == {
        "1 losses": [*stamp, "stride:varint", "first_row:varint", "1 rows:f4"],
        "2 network": [
            *stamp, "train_loss:d", "test_loss:d", "epochs_per_second:d", "learning_rate:d", "playing:B",
            "diverged:B", "levels:B", "2 params:f4", "3 small_maps:u1",
        ],
        "3 map": ["unit", "plane", *stamp, "classes:B", "levels:B", "4 big_map:u1"],
        "4 reading": [*stamp, "value:d", "winner:B"],
        "5 data": [
            "plane", *stamp, "5 train:f4", "6 test:f4", "7 ids:u4", "8 origin:f8", "9 axes:f8", "10 shares:f8",
        ],
        "6 metrics": [
            *stamp, "11 accuracy:f8", "12 confusion:u4", "13 f1:f8", "14 r2:f8", "15 rmse:f8", "16 predicted_train:f4",
            "17 predicted_test:f4",
        ],
        "7 curve": [*stamp, "18 curve:f4", "10 shares:f4"],
        "8 points": [*stamp, "19 answers:f4", "20 point_losses:f4", "21 said:u1"],
        "9 marks": [*stamp, "22 marks:u1"],
        "10 branch": ["letter", *stamp, "stride:varint", "1 rows:f4"],
        "11 bending": ["plane", *stamp, "grid:B", "23 stops:f8", "24 places:f4"],
        "12 health": [*stamp, "25 gradient:f4", "26 ailments:u1"],
        "13 importance": [*stamp, "whole:d", "27 without_units:f8", "28 without_links:f8"],
        "14 landscape": ["mode", "problem", *stamp, "share:d", "29 heights:f4", "30 window:f8", "31 way:f8"],
        "15 diagnosis": [
            "key", "place", "sentence", "first_label", "first_changes", "second_label", "second_changes", *stamp,
        ],
        "16 batch": [
            *stamp, "batch:varint", "batches:varint", "batch_size:varint", "example:varint", "done:varint",
            "examples:varint", "32 members:u4", "33 pulls:f4",
        ],
        "17 example": [
            *stamp, "point:varint", "is_next:B", "is_training:B", "takes_sums:B", "loss:d", "rate:d", "quotient:d",
            "34 inputs:f8", "35 targets:f8", "36 sums:f8", "37 outputs:f8", "38 derivatives:f8", "39 deltas:f8",
            "40 slopes:f8", "41 before:f8", "25 gradient:f8", "42 after:f8",
        ],
    }  # fmt: skip


def test_a_name_has_one_byte() -> None:
    """Of each array and of each record, from 1 on; two records that have an array of one name share it."""
    assert len(frames.ARRAYS) == len(set(frames.ARRAYS)) < 256
    assert [layout.code for layout in LAYOUTS.values()] == list(range(1, len(frames.PARTS) + 1))


def test_the_pages_half_is_current() -> None:
    """static/js/wire/protocol.js is what the generator writes now."""
    assert codegen.PATH.read_text(encoding="utf-8") == codegen.source(), f"stale: run {codegen.COMMAND}"
