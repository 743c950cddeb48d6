"""The points of a run as a file: it says what the network says, and comes back in as the same points."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.engine.conftest import numbers_of, spec
from tests.engine.test_tables import plan, raw, taken
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.metrics import metrics_of
from tinkernet.engine.analysis.points_file import Answers, answers_of, csv_of
from tinkernet.engine.data.dataset import CLASS, NUMBER, RECONSTRUCT, Column, Dataset
from tinkernet.engine.data.drawing import Moved, NewPoint


def file_of(trainer: Trainer) -> str:
    """The file of a run."""
    return csv_of(answers_of(trainer))


def test_a_curve_comes_back() -> None:
    """Points with one input, bit for bit."""
    answers = answers_of(Trainer(spec(problem="regression", reg_dataset="curve-sine", features=("x",), noise=10)))
    back = taken(plan(csv_of(answers)))
    assert (back.inputs.tobytes(), back.targets.tobytes()) == (answers.inputs.tobytes(), answers.targets.tobytes())


@pytest.mark.parametrize(
    "settings", [{}, {"dataset": "blobs", "classes": 4}, {"problem": "regression", "train_percent": 20}]
)
def test_points_of_the_plane_come_back(settings: dict[str, object]) -> None:
    """Bit for bit, with their split, after points were drawn, moved and erased."""
    trainer = Trainer(spec(seed="0.5", noise=20, **settings))
    trainer.advance(5)
    target = 1.0
    trainer.edit_data(
        added=[NewPoint(1.25, -0.5, target), NewPoint(-2.0, 3.0, 0.0)],
        removed=[3],
        moved=[Moved(5, 0.5, 0.5, None, None)],
    )
    trainer.advance(1)
    back = taken(plan(file_of(trainer)))
    answers = answers_of(trainer)
    assert np.array_equal(back.inputs, answers.inputs)
    assert np.array_equal(back.targets, answers.targets)
    assert np.array_equal(back.in_training, answers.training)
    assert back.classes == trainer.dataset.classes
    rows = list(csv.DictReader(file_of(trainer).splitlines()))
    if back.classes:
        right = [row["class"] == row["predicted"] for row in rows if row["split"] == "training"]
        assert sum(right) / len(right) == metrics_of(trainer)["train"]["accuracy"]


@given(
    st.sampled_from([CLASS, NUMBER]),
    st.floats(-1e6, 1e6),
    arrays(np.float64, (12, 3), elements=st.floats(-1e3, 1e3) | st.integers(-10_000, 10_000).map(lambda x: x / 100)),
)
def test_a_table_comes_back(kind: str, shift: float, values: np.ndarray) -> None:
    """Scaled by the same constants to the same bits, however many digits the numbers have."""
    values[:, 0] += shift
    values += np.arange(12)[:, None] * np.array([[1.5, 0.25, 7.0]])
    goals = ["ab"[row % 2] for row in range(12)] if kind == CLASS else list(map(repr, values[:, 2].tolist()))
    lines = [f"{row[0]!r},{row[1]!r},{goal}" for row, goal in zip(values.tolist(), goals, strict=True)]
    shape = {"separator": ",", "decimal": ".", "header": "names"}
    dataset = taken(plan("\n".join(["a [mm],b,goal", *lines]), **shape))
    train, _ = dataset.rows(50.0, "0.5")
    training = np.isin(np.arange(12), train)
    said = dataset.targets[:, 0] if kind == CLASS else dataset.targets
    back = taken(plan(csv_of(Answers(dataset, dataset.inputs, dataset.targets, training, said)), **shape))
    assert (back.columns, back.target_columns) == (dataset.columns, dataset.target_columns)
    assert (back.inputs.tobytes(), back.targets.tobytes()) == (dataset.inputs.tobytes(), dataset.targets.tobytes())
    assert np.array_equal(back.in_training, training)


def test_what_a_network_reconstructs() -> None:
    """A column for each input, in the units of the table; numbers that are none are left empty."""
    values = numbers_of(3, rows=30).inputs
    columns = [Column("a", "cm", 10.0, 2.0), Column("b"), Column("c")]
    trainer = Trainer(
        spec(problem="regression", features=("in.0", "in.1", "in.2")),
        Dataset(values, kind=RECONSTRUCT, columns=columns),
    )
    rows = list(csv.DictReader(file_of(trainer).splitlines()))
    assert list(rows[0]) == ["a [cm]", "b", "c", "split", "predicted a", "predicted b", "predicted c"]
    assert float(rows[0]["a [cm]"]) == pytest.approx(10.0 + 2.0 * values[0, 0])
    said = answers_of(trainer).said[:, 0]
    assert [float(row["predicted a"]) for row in rows] == pytest.approx(10.0 + 2.0 * said, rel=1e-5)
    back = taken(plan(file_of(trainer)))
    assert raw(back)[:, 1] == pytest.approx(values[:, 1])
