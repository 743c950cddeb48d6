"""Frames: what is packed is what is unpacked, by a reader of its own."""

from __future__ import annotations

import math
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import parts
from tests.parts import Part, decode
from tinkernet.app import wire
from tinkernet.app.wire import frames
from tinkernet.app.wire.frames import LAYOUTS, Data, Losses, Map, Metrics, Network, Reading, encode, pack, tick, varint
from tinkernet.app.wire.levels import SMALL_LEVELS, ClassMap, big_levels, small_levels

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
    assert parts.summed(packed).tobytes() == images.tobytes()


def test_a_difference_that_is_wrong_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above fails where the two sides disagree: here the reader takes every row to begin at nothing."""
    big = np.arange(1, 10, dtype=np.uint8)
    monkeypatch.setattr(parts, "summed", lambda differences: np.cumsum(differences, axis=-1).astype(np.uint8))
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
    assert wire.VERSION == 11
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
        "14 landscape": [
            "mode", "problem", *stamp, "share:d", "29 heights:f4", "30 window:f8", "31 way:f8", "32 others:f8",
        ],
        "15 diagnosis": [
            "key", "place", "sentence", "first_label", "first_changes", "second_label", "second_changes", *stamp,
        ],
        "16 batch": [
            *stamp, "batch:varint", "batches:varint", "batch_size:varint", "example:varint", "done:varint",
            "examples:varint", "33 members:u4", "34 pulls:f4", "35 pushes:f4",
        ],
        "17 example": [
            *stamp, "point:varint", "is_next:B", "is_training:B", "takes_sums:B", "loss:d", "rate:d", "quotient:d",
            "36 inputs:f8", "37 targets:f8", "38 sums:f8", "39 outputs:f8", "40 derivatives:f8", "41 deltas:f8",
            "42 slopes:f8", "43 before:f8", "25 gradient:f8", "44 after:f8",
        ],
        "18 codes": [
            *stamp, "layer:varint", "right:varint", "since:varint", "angle:d", "45 codes:f4", "24 places:f4",
            "46 rebuilt:f4", "47 errors:f8",
        ],
        "19 principal": [
            *stamp, "training:varint", "train_loss:d", "test_loss:d", "7 ids:u4", "21 said:u1", "36 inputs:f4",
            "37 targets:f4", "24 places:f4", "46 rebuilt:f4", "47 errors:f8",
        ],
        "20 decoded": [*stamp, "x:d", "y:d", "48 code:f4", "39 outputs:f8"],
            "21 effort": ["letter", *stamp, "49 knots:f8"],
            "22 seeds": [*stamp, "50 facts:u1", "51 standing:f4", "52 tiles:u1", "53 curves:f4"],
            "23 sweep": [*stamp, "50 facts:u1", "54 cells:f4"],
    }  # fmt: skip


def test_a_name_has_one_byte() -> None:
    """Of each array and of each record, from 1 on; two records that have an array of one name share it."""
    assert len(frames.ARRAYS) == len(set(frames.ARRAYS)) < 256
    assert [layout.code for layout in LAYOUTS.values()] == list(range(1, len(frames.PARTS) + 1))
