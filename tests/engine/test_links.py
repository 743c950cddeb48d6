"""Links and specs: one corpus for this ring and for the page (tests/js/link.test.js)."""

from __future__ import annotations

import json
import time
from html.entities import html5
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.conftest import spec
from tinkernet.engine import Spec, SpecError, link_from_spec, schema, spec_from_link
from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.spec.fields import GROUPS
from tinkernet.engine.spec.link import read_link
from tinkernet.engine.spec.link_pairs import known_keys
from tinkernet.engine.spec.repair import SIGNS

CORPUS = json.loads((Path(__file__).parent.parent / "links.json").read_text())


@pytest.mark.parametrize("entry", CORPUS, ids=lambda entry: entry["link"][:60] or "empty")
def test_the_corpus(entry: dict[str, Any]) -> None:
    """Each link gives its spec, and says what it was made of; or a refusal that names the field."""
    if "error" in entry:
        with pytest.raises(SpecError) as refusal:
            spec_from_link(entry["link"])
        assert refusal.value.field == entry["error"]
        assert str(refusal.value).endswith(".")
    else:
        found = spec_from_link(entry["link"]).to_dict()
        assert {name: found[name] for name in entry["spec"]} == entry["spec"]
        remarks = read_link(entry["link"]).remarks
        assert bool(remarks) == ("said" in entry)
        assert all(part in " ".join(remarks) for part in entry.get("said", ()))


def test_a_sign_is_the_beginning_of_a_key_that_html_takes_for_it() -> None:
    """All such names and keys; a new key that begins like one is told here."""
    named = {(sign, name.rstrip(";")) for name, sign in html5.items() if sign.isalpha() or ord(sign[0]) > 127}
    begun = {(sign, name) for sign, name in named if any(key.startswith(name) for key in known_keys())}
    assert {sign for sign, _ in begun} == set(SIGNS) | {"⪮", "⩝", "ℴ"}  # bumpE, ord and order: longer names of others


@pytest.mark.parametrize("text", ["&amp;" * 2000, "%25" * 20_000, "%26" * 20_000, "\\&" * 9000, "%3D" * 20_000])
def test_long_damage_is_read_in_time(text: str) -> None:
    """Not in time that grows with its square: a link of this length is read at once."""
    began = time.monotonic()
    read_link("#" + text)
    assert time.monotonic() - began < 2.0


def test_what_a_link_cannot_have_has_a_substitute() -> None:
    """The default, or the nearest number of classes; each is a problem that names its field, and the rest counts."""
    reading = read_link("#v=1&dataset=rings&classes=6&loss=hinge&activation=foo&regDataset=no&seed=1&noise=20")
    assert [problem.field for problem in reading.problems] == ["reg_dataset", "activation", "classes", "loss"]
    made = reading.spec
    assert (made.classes, made.loss, made.activation, made.reg_dataset, made.noise) == (
        5,
        "auto",
        "tanh",
        "reg-plane",
        20,
    )


def test_parts_that_the_network_does_not_have_are_said() -> None:
    """They stay in the spec, for a layer may come back."""
    reading = read_link("#v=1&networkShape=4,2&seed=1&frozen=3.1,0.3,x,sinX&cut=1.1.3,1.1.4,2.0,in.0")
    assert reading.spec.frozen == ("3.1", "0.3", "x", "sinX")
    assert reading.remarks == [
        "Frozen: this network does not have 3.1, sinX.",
        "Cut: this network does not have 1.1.4, in.0.",
    ]


def test_a_missing_seed_is_drawn_as_the_original_does() -> None:
    """Five digits, and another each time."""
    seeds = {spec_from_link("").seed for _ in range(20)}
    assert len(seeds) > 10
    assert all(len(seed) == 7 and 0 <= float(seed) <= 1 for seed in seeds)


specs = st.builds(
    Spec,
    seed=st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='&=#<>"`'), min_size=1, max_size=100
    ).filter(lambda text: text.strip()),
    problem=st.sampled_from(["classification", "regression"]),
    noise=st.floats(0, 80),
    points=st.just(0) | st.integers(10, 5000),
    class_balance=st.floats(10, 90),
    batch_size=st.integers(1, 2**53 - 1),
    features=st.sets(st.sampled_from([feature.key for feature in FEATURES])).map(list),
    hidden=st.lists(st.integers(1, 64), max_size=64),
    activation=st.sampled_from([activation.key for activation in ACTIVATIONS]),
    init_zero=st.booleans(),
    learning_rate=st.floats(allow_nan=False, allow_infinity=False),
    train_percent=st.floats(0, 100),
    short_batch=st.sampled_from(["update", "carry"]),
)


@given(specs)
def test_writing_and_reading_gives_the_spec_back(made: Spec) -> None:
    """As a link and as JSON, for every spec."""
    assert spec_from_link(link_from_spec(made)) == made
    assert Spec.from_dict(json.loads(json.dumps(made.to_dict()))) == made


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("learning_rate", "0.1"),
        ("learning_rate", True),
        ("learning_rate", float("nan")),
        ("learning_rate", float("inf")),
        ("learning_rate", 10**400),
        ("batch_size", 2.5),
        ("batch_size", None),
        ("points", 9),
        ("class_balance", 9.9),
        ("points", 0.5),
        ("points", False),
        ("hidden", [10**9]),
        ("hidden", [-1]),
        ("hidden", "4,2"),
        ("hidden", [4] * 65),
        ("features", ["x", "z"]),
        ("features", "x"),
        ("init_zero", 1),
        ("seed", ""),
        ("seed", 5),
        ("seed", "a&b"),
        ("seed", "é"),
        ("seed", "a b"),
        ("seed", "a" * 4097),
        ("activation", ["tanh"]),
        ("colour", "red"),
    ],
)
def test_json_of_another_kind_is_refused_by_name(field: str, value: object) -> None:
    """A number is not a text and not a flag; unknown names are refused."""
    with pytest.raises(SpecError) as refusal:
        Spec.from_dict(spec().to_dict() | {field: value})
    assert refusal.value.field == field
    assert refusal.value.allowed


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"loss": "hinge", "output": "sigmoid"}, "loss"),
        ({"loss": "squared", "output": "softmax"}, "loss"),
        ({"loss": "crossEntropy", "output": "linear"}, "loss"),
        ({"loss": "squared", "dataset": "blobs"}, "loss"),  # three classes: automatic is softmax
        ({"loss": "crossEntropy", "problem": "regression"}, "loss"),
        ({"output": "softmax", "problem": "regression"}, "output"),
        ({"dataset": "rings", "classes": 6}, "classes"),
    ],
)
def test_choices_that_do_not_fit_are_refused(choices: dict[str, Any], field: str) -> None:
    """By the field that should change, and what it could be."""
    with pytest.raises(SpecError, match=r"must be .*, not .*\.$") as refusal:
        spec(**choices)
    assert refusal.value.field == field


def test_columns_of_other_data_are_in_no_link() -> None:
    """Refused with a sentence: the link of such a spec would open as another one."""
    with pytest.raises(SpecError, match=r"^Features must be .* no other data, not \['in.1'\]\.$"):
        link_from_spec(spec(features=("in.1",)))


def test_what_does_not_matter_is_not_refused() -> None:
    """Six classes for a set of two, another problem's data: the page keeps them while something else is shown."""
    assert spec(classes=6).task().outputs == 1
    assert spec(classes=6, dataset="moons", output="softmax").task().outputs == 2
    assert spec(classes=6, dataset="rings", problem="regression").task().outputs == 1


def test_the_schema_is_json_and_says_what_is_allowed() -> None:
    """Every field has its words for a person, and its default is allowed."""
    fields = json.loads(json.dumps(schema(), allow_nan=False))
    assert [field["name"] for field in fields] == list(spec().to_dict())
    for field in fields:
        assert field["label"]
        assert field["help"]
        assert field["allowed"]
    assert Spec.from_dict({field["name"]: field["default"] for field in fields} | {"seed": "1"}) == Spec(seed="1")


def test_what_a_beginner_does_not_need_has_its_place() -> None:
    """A group of the panel, or a place in the picture or among the data; what belongs to a choice is a field."""
    fields = {field["name"]: field for field in schema()}
    assert {field["group"] for field in fields.values()} == {None, *GROUPS}
    ungrouped = [name for name, field in fields.items() if not field["basic"] and field["group"] is None]
    of_data = ["points", "classes", "class_balance", "regions", "surface", "class_names", "drawn_classes", "data"]
    assert ungrouped == ["activations", *of_data, "frozen", "cut"]
    settings = [
        name for field in fields.values() for choice in field["choices"] or () for name in choice.get("settings", ())
    ]
    assert settings
    assert set(settings) <= set(fields)
    notes = [choice for field in fields.values() if field["group"] for choice in field["choices"] or ()]
    assert all(choice["note"] for choice in notes)


def test_a_stop_rule_says_why() -> None:
    """In words, with its value."""
    made = spec(stop_epoch=12000, stop_loss=0.05, patience=20)
    assert made.why_stopped("stop_epoch") == "epoch 12,000 is reached"
    assert made.why_stopped("stop_loss") == "the test loss is 0.05 or lower"
    assert made.why_stopped("patience") == "the test loss has not improved for 20 epochs"
