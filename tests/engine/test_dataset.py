"""Data sets: what they accept, how they split, and that their address is their content."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tinkernet.engine import SpecError
from tinkernet.engine.data.dataset import CLASS, KINDS, NUMBER, RECONSTRUCT, Column, Dataset

numbers = st.floats(-1e300, 1e300, allow_subnormal=True)
names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)


@st.composite
def arguments(draw: st.DrawFn) -> dict[str, Any]:
    """What a data set is made of."""
    rows, columns, kind = draw(st.integers(1, 20)), draw(st.integers(1, 5)), draw(st.sampled_from(KINDS))
    targets = 1 if kind == CLASS else draw(st.integers(1, 3))

    def named(count: int) -> list[Column]:
        labels = draw(st.lists(names, min_size=count, max_size=count, unique=True))
        return [Column(label, draw(st.sampled_from(("", "mm")))) for label in labels]

    found: dict[str, Any] = {"kind": kind, "columns": named(columns)}
    found["inputs"] = draw(arrays(np.float64, (rows, columns), elements=numbers))
    if kind != RECONSTRUCT:
        found["target_columns"] = named(targets)
        found["targets"] = draw(arrays(np.float64, (rows, targets), elements=numbers))
    if kind == CLASS:
        found["classes"] = draw(st.lists(names, min_size=2, max_size=4, unique=True))
        found["targets"] = draw(arrays(np.float64, (rows, 1), elements=st.integers(0, len(found["classes"]) - 1)))
    if kind == RECONSTRUCT and draw(st.booleans()):
        found["classes"] = draw(st.lists(names, min_size=2, max_size=4, unique=True))
        found["groups"] = draw(arrays(np.uint8, rows, elements=st.integers(0, len(found["classes"]) - 1)))
    if draw(st.booleans()):
        found["in_training"] = draw(arrays(np.bool_, rows))
    return found


def plain(**choices: Any) -> Dataset:
    """Three points in the plane with numbers to learn."""
    usual: dict[str, Any] = {
        "inputs": [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]],
        "targets": [[0.5], [-0.5], [0.25]],
        "kind": NUMBER,
        "columns": [Column("width", "mm"), Column("height")],
        "target_columns": [Column("weight", "g")],
    }
    return Dataset(**usual | choices)


@given(arguments())
def test_bytes_go_there_and_back(made_of: dict[str, Any]) -> None:
    """The data set of the bytes is the same: arrays bit for bit, names, address."""
    one = Dataset(**made_of)
    other = Dataset.from_bytes(one.to_bytes())
    assert other == one
    assert (other.address, hash(other)) == (one.address, hash(one))
    for name in ("inputs", "targets"):
        assert getattr(other, name).tobytes() == getattr(one, name).tobytes()
    assert (other.columns, other.target_columns, other.classes) == (one.columns, one.target_columns, one.classes)
    assert (other.in_training is None) == (one.in_training is None)
    assert other.shape == one.shape


@given(arguments(), st.data())
def test_every_change_is_another_address(made_of: dict[str, Any], data: st.DataObject) -> None:
    """One number by its last bit, one name, one flag, the order of two unlike rows: none goes unseen."""
    before = Dataset(**made_of)
    changed = dict(made_of)
    kind = data.draw(st.sampled_from(["number", "name", "unit", "scale", "split", "row", "group"]))
    if kind == "number":
        values = made_of["inputs"].copy()
        at = data.draw(st.integers(0, values.size - 1))
        values.ravel()[at] = np.nextafter(values.ravel()[at], np.inf)
        changed["inputs"] = values
    elif kind == "name":
        changed["columns"] = [Column(made_of["columns"][0].name + "~" * 9), *made_of["columns"][1:]]
    elif kind == "unit":
        changed["columns"] = [Column(made_of["columns"][0].name, "cm"), *made_of["columns"][1:]]
    elif kind == "scale":
        first = Column(*made_of["columns"][0])
        scaled = [first._replace(scale=2.0), first._replace(offset=0.5)]
        changed["columns"] = [data.draw(st.sampled_from(scaled)), *made_of["columns"][1:]]
    elif kind == "split":
        flags = before.in_training
        if flags is None:
            changed["in_training"] = np.ones(len(before), bool)
        else:
            changed["in_training"] = None
    elif kind == "group" and before.groups is not None:
        changed["groups"] = made_of["groups"].copy()
        changed["groups"][0] = 1 - min(1, changed["groups"][0])
    else:
        for name in ("inputs", "targets", "in_training", "groups"):
            if made_of.get(name) is not None:
                changed[name] = np.concatenate([made_of[name], made_of[name][:1]])
    assert Dataset(**changed).address != before.address
    assert Dataset(**changed) != before


def test_the_canonical_bytes_are_fixed() -> None:
    """What is stored under an address today is found under it tomorrow."""
    content = b"tinkernet data 1\n"
    content += b'{"classes":["red","gr\\u00fcn"],"columns":[["a","mm"],["b",""]],"kind":"class","rows":2,'
    content += b'"split":true,"targets":[["colour",""]]}\n'
    content += struct.pack("<6d", 1.0, -0.0, 0.1, 1e-310, 1.0, 0.0) + b"\x01\x00"
    found = Dataset(
        [[1.0, -0.0], [0.1, 1e-310]],
        [[1], [0]],
        kind=CLASS,
        columns=[Column("a", "mm"), Column("b")],
        target_columns=[Column("colour")],
        classes=["red", "grün"],
        in_training=[True, False],
    )
    assert found.to_bytes() == content
    assert found.address == "23a18bcfbfd20aee44f740dcf78c93d343b61355e14ccafa2b650a47a921640a"
    scaled = Dataset([[1.0]], [[2.0]], kind=NUMBER, columns=[Column("a", "", 5, 0.5)], target_columns=[Column("b")])
    assert scaled.to_bytes().splitlines()[1].endswith(b'"columns":[["a","",5.0,0.5]],"kind":"number","rows":1,'
                                                      b'"split":false,"targets":[["b",""]]}')  # fmt: skip
    assert Dataset.from_bytes(scaled.to_bytes()).columns == (Column("a", "", 5.0, 0.5),)


def test_cut_and_longer_bytes_are_refused() -> None:
    """Wherever they end."""
    content = plain(in_training=[True, True, False]).to_bytes()
    for wrong in (*(content[:end] for end in range(len(content))), content + b"\0", b"tinkernet data 1\n[]\n"):
        with pytest.raises(SpecError, match="must be"):
            Dataset.from_bytes(wrong)


def test_a_damaged_byte_is_seen() -> None:
    """It is refused, or it is a number or a name of another data set."""
    found = plain(in_training=[True, True, False])
    content = found.to_bytes()
    refused = 0
    for at in range(len(content)):
        damaged = bytearray(content)
        damaged[at] ^= 0x80
        try:
            other = Dataset.from_bytes(bytes(damaged))
        except SpecError:
            refused += 1
        else:
            assert other != found
    assert content.index(b"}\n") < refused < len(content)


@pytest.mark.parametrize(
    "header", [b"Infinity", b"1e999", b"[", b"[" * 100_000, b'{"rows":1e999}', b'{"rows":' + b"9" * 5000]
)
def test_a_hostile_header_is_refused(header: bytes) -> None:
    """With a sentence, whatever it says."""
    with pytest.raises(SpecError, match="must be the bytes of a data set"):
        Dataset.from_bytes(b"tinkernet data 1\n" + header + b"\n")


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"inputs": [[0, 1], [2, np.nan], [4, 5]]}, "Row 2, column height must be a finite number, not nan."),
        ({"targets": [[1], [np.inf], [2]]}, "Row 2, column weight must be a finite number, not inf."),
        ({"inputs": [1.0, 2.0]}, r"The shape of the inputs must be 1 to 5000 rows of 2 numbers, not \(2,\)."),
        ({"inputs": [[1.0, 2.0], [3.0]]}, "inputs must be 2 numbers for each point, not 'list'."),
        ({"inputs": [["a", "b"]]}, "inputs must be 2 numbers for each point, not 'list'."),
        ({"inputs": np.zeros((0, 2))}, "The number of rows of the inputs must be 1 to 5000, not 0."),
        ({"inputs": np.zeros((5001, 2))}, "The number of rows of the inputs must be 1 to 5000, not 5001."),
        ({"targets": [[1.0]]}, "The number of rows of the targets must be 3, not 1."),
        ({"targets": None}, r"The shape of the targets must be 3 rows of 1 numbers, not \(\)."),
        ({"columns": []}, "columns must be 1 to 64 columns, not 0."),
        ({"columns": [Column(str(n)) for n in range(65)]}, "columns must be 1 to 64 columns, not 65."),
        (
            {"columns": [Column("a"), Column("a")]},
            "The name of a column must be another than those before it, not 'a'.",
        ),
        (
            {"columns": [Column("a"), Column("")]},
            "The name of column 2 must be a text of 1 to 60 printable .*, not ''.",
        ),
        ({"columns": [Column("a", "µ\n"), Column("b")]}, r"The unit of column 1 must be .* characters, not 'µ\\n'."),
        (
            {"columns": [Column("a"), Column("b", "", 1.0, 0.0)]},
            r"The scale of column 2 must be two finite numbers, the second above 0, not \(1.0, 0.0\).",
        ),
        ({"kind": "colour"}, "kind must be one of class, number, reconstruct, not 'colour'."),
        (
            {"kind": RECONSTRUCT},
            "targets must be left out: the inputs themselves are to be reconstructed, not 'given'.",
        ),
        ({"classes": ["a", "b"]}, r"classes must be left out where the targets are numbers, not \('a', 'b'\)."),
        ({"kind": CLASS, "classes": ["a"]}, "The number of classes must be 2 to 10 names, not 1."),
        ({"kind": CLASS, "classes": ["a", "a"]}, "The name of a class must be another than those before it, not 'a'."),
        (
            {"kind": CLASS, "classes": ["a", "b"], "targets": [[0], [2], [1]]},
            "Row 2, column weight must be the number of a class, from 0 to 1, not 2.0.",
        ),
        (
            {"kind": CLASS, "classes": ["a", "b"], "targets": [[0], [0.5], [1]]},
            "Row 2, column weight must be the number of a class, from 0 to 1, not 0.5.",
        ),
        ({"groups": [0, 1, 0]}, "groups must be left out where the inputs are not reconstructed, not 'given'."),
        (
            {"kind": RECONSTRUCT, "targets": None, "target_columns": (), "classes": ["a", "b"], "groups": [0, 2, 1]},
            r"The classes must be 3 numbers of classes, from 0 to 1, not \(3,\).",
        ),
        ({"in_training": [True]}, r"The split must be 3 times true or false, not '1 x bool'."),
        ({"in_training": [1, 0, 1]}, r"The split must be 3 times true or false, not '3 x int64'."),
    ],
)
def test_what_cannot_be_a_data_set_is_refused(choices: dict[str, Any], sentence: str) -> None:
    """With a sentence that names the place, the value and what is allowed."""
    with pytest.raises(SpecError, match=f"^{sentence}$"):
        plain(**choices)


def test_a_data_set_cannot_be_changed() -> None:
    """Neither through its arrays nor through those it was made of."""
    values = np.ones((3, 2))
    found = plain(inputs=values)
    values[0, 0] = 7.0
    assert found.inputs[0, 0] == 1.0
    for array in (found.inputs, found.targets):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 2.0
    with pytest.raises(AttributeError):
        found.kind = CLASS  # type: ignore[misc]


@given(st.integers(1, 200), st.floats(1, 99), st.sampled_from(["0.5", "a", "b"]))
def test_a_split_by_seed(rows: int, percent: float, seed: str) -> None:
    """Every point once, the share rounded down but at least one; a larger share keeps what a smaller has."""
    inputs = np.arange(2.0 * rows).reshape(rows, 2)
    found = plain(inputs=inputs, targets=inputs[:, :1])
    parts = found.split(percent, seed)
    assert len(parts.train) == max(1, int(rows * percent / 100))
    assert sorted(np.concatenate([parts.train.targets, parts.test.targets])[:, 0]) == inputs[:, 0].tolist()
    np.testing.assert_array_equal(parts.train.inputs[:, :1], parts.train.targets)
    larger = found.split(99, seed).train
    np.testing.assert_array_equal(larger.inputs[: len(parts.train)], parts.train.inputs)


def test_another_seed_splits_otherwise() -> None:
    """And mixes points that come sorted."""
    inputs = np.arange(200.0).reshape(100, 2)
    found = plain(inputs=inputs, targets=inputs[:, :1])
    one, same, other = (found.split(50, seed).train.targets[:, 0].tolist() for seed in ("a", "a", "b"))
    assert one == same
    assert set(one) != set(other)
    assert one != sorted(one)


@given(st.lists(st.booleans(), min_size=1, max_size=50))
@settings(max_examples=30)
def test_a_fixed_split_keeps_the_order(flags: list[bool]) -> None:
    """Whatever the share and the seed."""
    flags[0] = True
    inputs = np.arange(2.0 * len(flags)).reshape(-1, 2)
    found = plain(inputs=inputs, targets=inputs[:, :1], in_training=flags)
    train, test = found.split(10, "a")
    assert train.inputs[:, 0].tolist() == [2.0 * at for at, flag in enumerate(flags) if flag]
    assert test.inputs[:, 0].tolist() == [2.0 * at for at, flag in enumerate(flags) if not flag]


def test_the_inputs_are_the_targets_of_a_reconstruction() -> None:
    """One array: they cannot differ."""
    found = Dataset(np.eye(8), kind=RECONSTRUCT, columns=[Column(f"bit {bit}") for bit in range(8)])
    assert found.targets is found.inputs
    assert found.shape == (8, RECONSTRUCT, 8, 0)
