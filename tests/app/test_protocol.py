"""Commands: what is none is an error with a name."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinkernet.app.wire import codegen, commands
from tinkernet.app.wire.commands import Command, RunCommand
from tinkernet.app.wire.events import Error
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
    "set_lab": {"lab": "neuron"},
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
    "compare": {"revision": 1, "spec": Spec(seed="0.5").to_dict(), "fields": ["activation"]},
    "settle_twin": {"how": "swap"},
    "run_seeds": {"count": 20, "epochs": 300, "measure": "test_loss", "bound": 0.05, "other_data": False},
    "run_sweep": {
        "vary": [{"key": "learningRate", "values": ["0.03", "0.1"]}],
        "count": 5,
        "epochs": 300,
        "measure": "test_accuracy",
        "bound": 0.95,
    },
    "cancel_trials": {"which": "seeds"},
    "open_trial": {"which": "sweep", "revision": 4, "cell": 1, "seed": 2},
    "vote": {"question": 1, "value": 2.5},
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
            found = getattr(command, key)
            assert ([each.model_dump() for each in found] if key == "vary" else found) == value


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


def test_the_pages_half_is_current() -> None:
    """static/js/wire/protocol.js is what the generator writes now."""
    assert codegen.PATH.read_text(encoding="utf-8") == codegen.source(), f"stale: run {codegen.COMMAND}"
