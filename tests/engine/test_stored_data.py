"""Specs that name a stored data set: their references, their links, and runs that change from one to another."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.engine.conftest import numbers_of, spec
from tests.engine.test_dataset_training import classes_of_five
from tests.engine.test_laws import state
from tinkernet.engine import Spec, SpecError, Trainer, link_from_spec
from tinkernet.engine.__main__ import main
from tinkernet.engine.data.dataset import MAX_COLUMNS, Dataset
from tinkernet.engine.data.drawing import NewPoint
from tinkernet.engine.data.made import one_hot
from tinkernet.engine.data.reference import read_reference, reference_of
from tinkernet.engine.spec.link import read_link
from tinkernet.engine.spec.proposal import proposed
from tinkernet.engine.training.run import Run

HASH = "0" * 64
SETS = {
    "classes": classes_of_five(3),
    "numbers": numbers_of(4, 2),
    "wide": numbers_of(MAX_COLUMNS),
    "plane": numbers_of(2),
    "bits": one_hot(4),
}


@pytest.mark.parametrize("name", SETS)
def test_a_reference_says_the_shape(name: str) -> None:
    """So a network can be planned, and limited, without the data."""
    dataset = SETS[name]
    found = read_reference(reference_of(dataset))
    assert found == (len(dataset), dataset.shape, dataset.address)


@pytest.mark.parametrize(
    "text",
    [
        *("4x4", HASH, f"0x4c3.{HASH}", f"5001x4c3.{HASH}", f"9x65n1.{HASH}", f"9x4c1.{HASH}", f"9x4c11.{HASH}"),
        *(f"9x4r3.{HASH}", f"9x4n65.{HASH}", f"9x4c3.{HASH[1:]}", f"9x4c3.{HASH[1:]}g", f"٩x4c3.{HASH}"),
    ],
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    """By a sentence that names the field."""
    with pytest.raises(SpecError, match=r"must be empty, or") as refusal:
        spec(data=text)
    assert refusal.value.field == "data"


@pytest.mark.parametrize("name", SETS)
def test_the_first_spec_takes_all_columns(name: str) -> None:
    """It trains at once, keeps the hidden layers, and is at home in a link."""
    dataset = SETS[name]
    before = spec(hidden=(5,), output="softmax", loss="crossEntropy", frozen=("x",), learning_rate=0.01)
    first = proposed(before, dataset)
    assert len(first.features) == dataset.shape.columns
    assert (first.hidden, first.learning_rate, first.frozen) == ((5,), 0.01, ())
    assert (first.output == "softmax") == (name == "classes")
    trainer = Trainer(first, dataset)
    trainer.advance(2)
    assert np.isfinite(trainer.train_loss)
    assert trainer.network.sizes == (len(first.features), *first.hidden, first.task().outputs)
    reading = read_link(link_from_spec(first))
    assert (reading.spec, reading.problems, reading.remarks) == (first, [], [])
    assert Spec.from_dict(json.loads(json.dumps(first.to_dict()))) == first


def test_a_link_keeps_the_choice_of_inputs() -> None:
    """Some columns, or none."""
    first = proposed(spec(), SETS["numbers"])
    for features in (("in.1", "in.3"), ()):
        made = replace(first, features=features)
        assert read_link(link_from_spec(made)).spec == made
    assert "inputs=none" in link_from_spec(replace(first, features=()))


@pytest.mark.parametrize(
    "change",
    [
        ("data=40x4n2.", "data=40x4c2."),
        ("inputs=0,1,2,3", "inputs=0,4"),
        (HASH, HASH[1:]),
        ("inputs=0,1,2,3", "x=true"),
    ],
)
def test_a_link_whose_parts_do_not_fit_draws_its_points(change: tuple[str, str]) -> None:
    """What was said is a problem, and the rest is read."""
    made = proposed(spec(hidden=(7,)), SETS["numbers"])
    link = link_from_spec(made).replace(SETS["numbers"].address, HASH)
    reading = read_link(link.replace(*change))
    assert reading.problems
    assert (reading.spec.data, reading.spec.features, reading.spec.hidden) == ("", ("x", "y"), (7,))


def test_a_run_changes_from_one_data_set_to_another() -> None:
    """Bit for bit as one that has always had it; so back to drawn points. What was drawn on the others is gone."""
    numbers, plane = SETS["numbers"], SETS["plane"]
    trainer = Trainer(spec())
    trainer.edit_data(added=[NewPoint(1.0, 1.0, 1)])
    trainer.advance(2)
    for dataset in (numbers, plane, None):
        wanted = spec() if dataset is None else proposed(spec(), dataset)
        assert trainer.reconfigure(wanted, dataset)
        assert trainer.run.data == (dataset and dataset.address)
        assert not trainer.drawing.points
        trainer.advance(3)
        other = Trainer(wanted, dataset)
        other.advance(3)
        assert state(trainer) == state(other)
        assert trainer.reconfigure(replace(wanted, hidden=(3,)))  # the data stay without being given again
        assert trainer.run.data == (dataset and dataset.address)


def test_a_run_is_not_begun_without_its_data() -> None:
    """And stays as it was: another data set is none."""
    numbers = SETS["numbers"]
    wanted = proposed(spec(), numbers)
    trainer = Trainer(spec())
    trainer.advance(1)
    before = state(trainer)
    for given in (None, SETS["wide"], numbers_of(4, 2, rows=41)):
        with pytest.raises(SpecError, match=r"^Own data must be empty where"):
            trainer.reconfigure(wanted, given)
        assert state(trainer) == before
        assert trainer.run.data is None
        with pytest.raises(SpecError, match=r"^Own data must be empty where"):
            Trainer(wanted, given)


def test_checkpoint_replay_and_seek_are_bit_equal() -> None:
    """With edits in between, from JSON, on the data set read from its bytes."""
    dataset = SETS["classes"]
    trainer = Trainer(proposed(spec(order="shuffled", dropout=0.1), dataset), dataset)
    trainer.advance(3)
    trainer.set_weight(0, 1, 2, 0.5)
    trainer.advance(2)
    trainer.reconfigure(replace(trainer.spec, learning_rate=0.1))
    trainer.advance(4)
    again = Dataset.from_bytes(dataset.to_bytes())
    restored = Trainer.restored(trainer.spec, trainer.checkpoint(), again)
    run = Run.from_dict(json.loads(json.dumps(trainer.run.to_dict())))
    assert state(restored) == state(trainer) == state(Trainer.replay(run, 9, again)) == state(trainer.seek(9))
    assert state(trainer.seek(5)) == state(Trainer.replay(run, 5, again))
    with pytest.raises(SpecError):
        Trainer.restored(trainer.spec, trainer.checkpoint())


def test_the_command_says_that_a_link_has_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    """And does not train other points in their place."""
    assert main([link_from_spec(proposed(spec(), SETS["numbers"]))]) == 2
    assert "the data are not in it" in capsys.readouterr().err
