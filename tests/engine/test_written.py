"""Data and features that a person writes: points, bounds, links, and runs that come back bit by bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.conftest import numbers_of, spec
from tinkernet.engine import Spec, SpecError, Trainer, link_from_spec, spec_from_link
from tinkernet.engine.analysis.maps import unit_maps
from tinkernet.engine.data.drawing import NewPoint
from tinkernet.engine.data.expressions import FormulaError
from tinkernet.engine.data.features import MOST_WRITTEN, checked_written, features_of
from tinkernet.engine.data.reference import reference_of
from tinkernet.engine.formulas.layout import NOT_FINITE
from tinkernet.engine.spec.link import read_link

RING, BAND = "x^2 + y^2 < 4", "abs(x) < 2 and y > sin(x)"
TEXTS = ["x < y", "x*y > 0", BAND, "max(x, y)>2 or min(x;y) <= -3", "not (x=0)", "x^2 != 4 and y-1 >= e"]


def classes(**choices: Any) -> Spec:
    """Of the regions that are written."""
    return spec(dataset="formula", **choices)


def surface(text: str, **choices: Any) -> Spec:
    """Of the value that is written."""
    return spec(problem="regression", reg_dataset="reg-formula", surface=text, **choices)


def drawn(made: Spec) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """All points of a spec, and their targets."""
    dataset = Trainer(made).dataset
    return dataset.inputs, dataset.targets[:, 0]


def test_the_first_region_that_holds_is_a_point_s_class() -> None:
    """And what is in none is class 1; each class has its share of the points, all over its part of the square."""
    inputs, found = drawn(classes(regions=(RING, "y > x"), points=600))
    for (x, y), target in zip(inputs.tolist(), found.tolist(), strict=True):
        assert target == (1 if x * x + y * y < 4 else 2 if y > x else 0)
    assert np.bincount(found.astype(int)).tolist() == [200, 200, 200]
    assert (np.abs(inputs[found != 1]).max(axis=0) > 5.8).all()
    _, found = drawn(classes(regions=(RING,), points=500, class_balance=30))
    assert np.bincount(found.astype(int)).tolist() == [350, 150]


def test_noise_shakes_points_within_the_square() -> None:
    """Those that would leave it come back."""
    inputs, found = drawn(classes(regions=("x > 0",), noise=80.0, points=1000))
    assert np.abs(inputs).max() <= 6
    assert 0.02 < np.mean((inputs[:, 0] > 0) != (found == 1)) < 0.3


def test_points_in_holes_are_left_out() -> None:
    """Others are drawn for them: the number stays."""
    inputs, _ = drawn(classes(regions=("log(x) > y",), points=400))
    assert len(inputs) == 400
    assert (inputs[:, 0] > 0).all()
    inputs, values = drawn(surface("sqrt(x) / 3", noise=40.0))
    assert len(inputs) == 1200
    assert values.min() >= 0


def test_a_surface_is_scaled_only_where_it_is_large() -> None:
    """By its largest value on the square, and beside a pole it is cut."""
    inputs, values = drawn(surface("x * y / 40"))
    assert np.array_equal(values, inputs[:, 0] * inputs[:, 1] / 40)
    inputs, values = drawn(surface("x * y"))
    assert np.array_equal(values, inputs[:, 0] * inputs[:, 1] / 36)
    _, values = drawn(surface("1/x", points=5000))
    assert np.abs(values).max() == 1


def test_a_class_without_a_part_of_the_square_is_refused() -> None:
    """It is named; so is a value that is nowhere. What is written for another set does not matter."""
    for regions, said in (
        (("x > 100",), "^Class 2 where must be such that class 2 has a part of the square"),
        (("x > 0", "x > 1"), "^Class 3 where must be such that class 3 has a part"),
        (("x < 100",), "such that class 1, what is in no region, has a part"),
    ):
        with pytest.raises(SpecError, match=said) as refusal:
            classes(regions=regions)
        assert refusal.value.field == "regions"
        assert spec(regions=regions).regions == regions
    with pytest.raises(SpecError, match=r"^Value must be a formula with a value somewhere") as refusal:
        surface("log(-1)")
    assert refusal.value.field == "surface"


@pytest.mark.parametrize("text", ["x > 5.95 and y > 5.95", "x = 2 and y = -3", "x = floor(x) and y = 1"])
def test_the_smallest_part_is_filled(text: str) -> None:
    """Of a part that chance hardly finds the points are taken from a grid; all are in it."""
    inputs, found = drawn(classes(regions=(text,), points=5000))
    own = inputs[found == 1]
    assert len(own) == 2500
    checks = {"x > ": (own > 5.95).all(), "x = 2": (own == [2, -3]).all(), "x = f": (own == np.floor(own)).all()}
    assert next(held for start, held in checks.items() if text.startswith(start))
    inputs, _ = drawn(surface("1 / gauss(1e9 * (x - 2))"))  # a hole but for a line
    assert (inputs[:, 0] == 2).all()


def test_a_written_feature_is_the_built_in_one() -> None:
    """The same formula as that of a feature trains the same network, bit by bit, and has the same map."""
    one, other = (Trainer(spec(features=("x", key), noise=20.0)) for key in ("xTimesY", "=x*y"))
    assert one.advance(20) == other.advance(20) == 20
    assert one.network.params.tobytes() == other.network.params.tobytes()
    assert np.array_equal(
        *(next(iter(unit_maps(each, [key], 16).values())) for each, key in ((one, "xTimesY"), (other, "=x*y")))
    )


def test_a_hole_of_a_feature_is_0_for_the_network_and_seen_in_its_map() -> None:
    """A network with it still learns."""
    trainer = Trainer(spec(features=("x", "y", "=log(x)"), dataset="gauss"))
    trainer.advance(30)
    assert trainer.train_loss < 0.05
    shown = unit_maps(trainer, ["=log(x)"], 16)["=log(x)"].reshape(16, 16)
    assert (shown[:, :8] == NOT_FINITE).all()
    assert (shown[:, 8:] != NOT_FINITE).all()


def test_features_have_an_order_and_bounds() -> None:
    """Those of the catalog first, then the written ones as they came, each once."""
    assert spec(features=("=y", "y", "=x + 1", "x", "=y")).features == ("x", "y", "=y", "=x + 1")
    with pytest.raises(SpecError, match="at most 8 formulas"):
        spec(features=[f"={number}*x" for number in range(9)])
    for key, said in (
        ("=x >", "^New feature: Expected a number, a name"),
        ("=x > 1", "found a condition"),
        ("=" + "x+" * 60 + "x", "120 characters"),
    ):
        with pytest.raises(FormulaError, match=said) as refusal:
            spec(features=("x", key))
        assert refusal.value.field == "features"
    cut = spec(features=("x", "=max(x, y)"), cut=("=max(x;y)",), frozen=("=x*y",))
    assert not cut.has_part("=x*y")
    assert cut.has_part(cut.features[1])


@settings(max_examples=50)
@given(
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=5),
    st.sampled_from(["x", "max(x , y) ^ 2", "-(x+y)/2", "1e-3*sin( 2 * x)"]),
    st.lists(st.sampled_from(["=x*y^2", "=max(x, y)+1", "=-x", "=e^x"]), max_size=3),
)
def test_formulas_travel_in_links(regions: list[str], value: str, written: list[str]) -> None:
    """As text and as JSON, with nothing to remark."""
    frozen = tuple(key.replace(",", ";") for key in written[:1])
    made = spec(regions=tuple(regions), surface=value, features=("x", *written), frozen=frozen)
    link = link_from_spec(made)
    reading = read_link(link)
    assert (reading.spec, reading.problems) == (made, [])
    assert not [remark for remark in reading.remarks if "damaged" in remark]
    assert read_link(f"See http://localhost/#{link}.").spec.features == made.features
    assert Spec.from_dict(made.to_dict()) == made


def test_a_link_with_an_error_opens_with_the_default() -> None:
    """The problem has the place of the error; the rest of the link counts."""
    reading = read_link("#v=1&seed=1&noise=20&dataset=formula&regions=y%20%3E&own=x*,y&surface=sin()")
    assert [problem.field for problem in reading.problems] == ["features", "regions", "surface"]
    assert str(reading.problems[1]) == "Class 2 where: Expected a number, a name or “(” at character 3, found the end."
    assert (reading.spec.dataset, reading.spec.noise, reading.spec.features) == ("formula", 20, ("x", "y"))
    assert read_link("#v=1&seed=1&dataset=formula&regions=x%3E99").spec.regions == spec().regions


def test_a_run_of_written_data_comes_back_bit_by_bit() -> None:
    """From its link, from its record with drawn points, and from a checkpoint."""
    made = classes(regions=(RING, BAND), features=("x", "y", "=x*y"), noise=10.0)
    trainer = Trainer(made)
    trainer.advance(10)
    trainer.edit_data(added=[NewPoint(1.0, 2.0, 2.0)], removed=[3])
    trainer.advance(10)
    other = Trainer(spec_from_link(link_from_spec(made)))
    other.advance(10)
    other.edit_data(added=[NewPoint(1.0, 2.0, 2.0)], removed=[3])
    other.advance(10)
    restored = Trainer.restored(trainer.spec, trainer.checkpoint())
    for each in (other, restored, Trainer.replay(trainer.run, trainer.epoch)):
        assert each.network.params.tobytes() == trainer.network.params.tobytes()
        assert each.test_loss == trainer.test_loss


def test_other_formulas_are_other_points() -> None:
    """What was drawn goes with the points that it was drawn on, and only with them."""
    made = classes(regions=(RING,))
    assert made.draws_as(replace(made, surface="x", learning_rate=0.1))
    assert not made.draws_as(replace(made, regions=(BAND,)))
    assert spec().draws_as(spec(regions=(BAND,)))


def test_a_feature_of_the_columns_of_a_table() -> None:
    """By their numbers; it is an input like others, in links too, and 0 in its holes. Data without them refuse it."""
    table = numbers_of(5)
    made = spec(problem="regression", data=reference_of(table), features=("in.1", "=IN.0*in.4", "=log(in.2)", "in.0"))
    assert made.features == ("in.0", "in.1", "=IN.0*in.4", "=log(in.2)")
    made.task(table.shape)
    inputs = features_of(table.inputs, made.features)
    assert (inputs[2] == table.inputs[:, 0] * table.inputs[:, 4]).all()
    with np.errstate(invalid="ignore", divide="ignore"):
        assert (inputs[3][table.inputs[:, 2] <= 0] == 0).all()
    run = Trainer(made, table)
    run.advance(2)
    again = Trainer.replay(run.run, 2, table)
    assert again.network.params.tolist() == run.network.params.tolist()
    link = link_from_spec(made)
    assert "&inputs=0,1&own=IN.0%2Ain.4,log%28in.2%29&" in link
    assert spec_from_link(link) == made
    for features in (("in.0", "=in.5"), ("in.0", "=x"), ("in.0", "=in.0+y")):
        with pytest.raises(SpecError, match="Features must be columns of the data"):
            replace(made, features=features).task(table.shape)
    with pytest.raises(SpecError, match="Features must be features of a point on the plane"):
        spec(features=("x", "=in.0")).task()
    for text in ("in.0 > 1", "in.64"):
        with pytest.raises(SpecError, match="Expected"):
            spec(regions=(text,))


def test_of_too_many_formulas_only_a_few_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of thousands is refused after the first that is too much."""
    read: list[str] = []

    def checked(key: str) -> str:
        read.append(key)
        return checked_written(key)

    monkeypatch.setattr("tinkernet.engine.spec.settings.checked_written", checked)
    with pytest.raises(SpecError, match="and at most"):
        Spec(seed="1", features=tuple(f"=x+{number}" for number in range(5000)))
    assert len(read) == MOST_WRITTEN + 1
