"""Topics of autoencoders: what a page is sent of codes, of principal components, and of a code that is pointed at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.parts import Part, decode
from tinkernet.app.publishing.topics import Moment, maker_of
from tinkernet.app.publishing.topics import codes as codes_topic
from tinkernet.app.publishing.topics.principal import MOST
from tinkernet.app.wire.commands import MAIN, CodesTopic, DecodedTopic, PrincipalTopic, Topic
from tinkernet.app.wire.frames import TICK, encode
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis.codes import coded, count_right, decoded
from tinkernet.engine.analysis.principal import angle, matched, principal, unexplained
from tinkernet.engine.data.dataset import RECONSTRUCT, Column, Dataset
from tinkernet.engine.data.features import column_keys
from tinkernet.engine.data.made import bent_sheet, one_hot

CODES, PRINCIPAL = CodesTopic(topic="codes"), PrincipalTopic(topic="principal")


def told(trainer: Trainer, *topics: Topic) -> list[Part]:
    """What a page reads of each topic; those of one kind are made together."""
    moment = Moment(trainer, MAIN, 3, 2, 1, False, 0.0)
    kind = topics[0].topic  # type: ignore[attr-defined]
    return [decode(TICK + encode(MAIN, record, deflate=True))[0] for record in maker_of(kind).make(moment, topics)]


def rebuilding(dataset: Dataset, **choices: Any) -> Trainer:
    """A network that reconstructs, after a few epochs."""
    features = column_keys(dataset.shape.columns)
    made = Spec(seed="0.5", problem="regression", features=features, **{"hidden": (6, 2, 6), **choices})
    trainer = Trainer(made, dataset)
    trainer.advance(20)
    return trainer


def grouped(rows: int, columns: int = 4) -> Dataset:
    """Rows of two classes that nothing learns."""
    inputs = np.random.default_rng(rows).normal(size=(rows, columns))
    names = [Column(f"c{each}") for each in range(columns)]
    return Dataset(inputs, kind=RECONSTRUCT, columns=names, classes=["a", "b"], groups=np.arange(rows) % 2)


def test_codes_are_those_of_the_engine() -> None:
    """In the order of the rows, matched to their places; errors of all rows and of each column."""
    trainer = rebuilding(grouped(200), noise=10)
    (plain,), (codes,) = told(trainer, PRINCIPAL), told(trainer, CODES)
    train, test = trainer.data
    points = np.concatenate([train.inputs, test.inputs])
    wanted, plane = coded(trainer, points), principal(train.targets, 2)
    assert (codes.layer, plain.training) == (1, 100)
    np.testing.assert_allclose(codes.codes, wanted.codes, rtol=1e-6)
    np.testing.assert_allclose(codes.rebuilt, wanted.rebuilt, rtol=1e-6)
    np.testing.assert_allclose(plain.places, plane.codes(points), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(codes.places, matched(wanted.codes, plane.codes(points)).places(wanted.codes), atol=1e-5)
    np.testing.assert_array_equal(plain.ids, np.concatenate(trainer.ids))
    np.testing.assert_array_equal(plain.said, plain.ids % 2)
    np.testing.assert_allclose(plain.inputs - plain.targets, points - trainer.dataset.inputs[plain.ids], atol=1e-6)
    assert np.abs(plain.inputs - plain.targets).max() > 0.1
    assert codes.errors[1, 0] == unexplained(test.targets, coded(trainer, test.inputs).rebuilt, plane.mean)
    assert plain.errors[0, 3] == pytest.approx(
        ((train.targets - plane.rebuilt(train.inputs))[:, 2] ** 2).sum()
        / ((train.targets - plane.mean)[:, 2] ** 2).sum()
    )
    assert plain.test_loss == pytest.approx(0.5 * ((test.targets - plane.rebuilt(test.inputs)) ** 2).sum(axis=1).mean())
    own = principal(coded(trainer, train.inputs).rebuilt, 2).directions
    assert codes.angle == pytest.approx(angle(own, plane.directions))
    assert np.isnan(told(rebuilding(grouped(50), loss="huber"), PRINCIPAL)[0].test_loss)


@pytest.mark.parametrize("width", [1, 3])
def test_codes_of_another_width(width: int) -> None:
    """One neuron or three stand on a plane all the same; as many components rebuild the rows."""
    trainer = rebuilding(bent_sheet("1", 60), hidden=(width,))
    (plain,), (codes,) = told(trainer, PRINCIPAL), told(trainer, CODES)
    assert codes.codes.shape == (60, width)
    assert codes.places.shape == plain.places.shape == (60, 2)
    train = trainer.data.train
    shares = principal(train.inputs, width).shares
    assert plain.errors[0, 0] == pytest.approx(1.0 - shares.sum())


def test_a_code_that_is_pointed_at() -> None:
    """At the place of a row it is that row's; elsewhere what the decoder makes of the code there."""
    trainer = rebuilding(bent_sheet("1", 60))
    (codes,) = told(trainer, CODES)
    x, y = map(float, codes.places[7])
    at, elsewhere = told(trainer, DecodedTopic(topic="decoded", x=x, y=y), DecodedTopic(topic="decoded", x=3.0, y=-3.0))
    np.testing.assert_allclose(at.code, codes.codes[7], atol=1e-4)
    np.testing.assert_allclose(at.outputs, codes.rebuilt[7], atol=1e-4)
    np.testing.assert_allclose(elsewhere.outputs, decoded(trainer, elsewhere.code[None].astype(float))[0], rtol=1e-5)
    assert (elsewhere.x, elsewhere.y) == (3.0, -3.0)


def test_right_rows_are_counted() -> None:
    """All eight of a network that gives back its one-hot codes."""
    trainer = rebuilding(one_hot(8), hidden=(3,), activation="sigmoid", output="sigmoid", batch_size=1)
    assert told(trainer, CODES)[0].right < 8
    for layer in range(2):
        trainer.network.biases(layer)[:] = 0.0
    bits = np.array([[at >> bit & 1 for bit in range(3)] for at in range(8)])
    trainer.network.weights(0)[:] = 20.0 * (2 * bits.T - 1)
    trainer.network.weights(1)[:] = 20.0 * (2 * bits - 1)
    trainer.network.biases(1)[:] = -20.0 * (bits.sum(axis=1) - 0.5)
    (found,) = told(trainer, CODES)
    assert found.right == 8
    np.testing.assert_array_equal(np.rint(found.codes), bits)


def test_the_first_epoch_with_all_rows_right_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two pictures the epochs are gone through again; it stays, until a row is wrong again."""
    trainer = rebuilding(
        one_hot(4), hidden=(2,), activation="sigmoid", output="sigmoid", batch_size=1, learning_rate=0.3
    )
    assert told(trainer, CODES)[0].since == 0
    twin = rebuilding(one_hot(4), hidden=(2,), activation="sigmoid", output="sigmoid", batch_size=1, learning_rate=0.3)
    codes = twin.data.train.inputs
    while count_right(coded(twin, codes).rebuilt, codes) < 4:
        twin.advance(1)
    trainer.advance(twin.epoch + 200 - trainer.epoch)
    assert told(trainer, CODES)[0].since == twin.epoch > 20
    trainer.advance(50)
    assert told(trainer, CODES)[0].since == twin.epoch
    trainer.set_bias(1, 0, 20.0)
    assert told(trainer, CODES)[0].since == 0
    told(twin, CODES)
    twin.reset()
    assert told(twin, CODES)[0].since == 0
    monkeypatch.setattr(codes_topic, "MOST_AGAIN", 10)
    twin.advance(5_000)
    for _ in range(2):
        (late,) = told(twin, CODES)
        assert (late.right, late.since) == (4, 0)  # too far to go through again


def test_of_many_rows_the_first_are_shown() -> None:
    """Of both sets in their proportion; errors are of all."""
    trainer = rebuilding(grouped(1000, 64), hidden=(2,))
    (plain,), (codes,) = told(trainer, PRINCIPAL), told(trainer, CODES)
    assert plain.targets.size <= MOST
    assert (plain.training, len(plain.targets), len(codes.codes)) == (46, 92, 92)
    train = trainer.data.train
    mean = train.targets.mean(axis=0)
    assert codes.errors[0, 0] == unexplained(train.targets, coded(trainer, train.inputs).rebuilt, mean)


def test_another_network_has_no_codes() -> None:
    """Nothing but the scalars: it learns something else, has no hidden layer, or nothing to learn from."""
    for trainer in (
        Trainer(Spec(seed="0.5")),
        rebuilding(bent_sheet("1", 60), hidden=()),
        rebuilding(bent_sheet("1", 60), train_percent=0),
    ):
        for topic in (CODES, PRINCIPAL, DecodedTopic(topic="decoded", x=0.0, y=0.0)):
            (found,) = told(trainer, topic)
            assert not any(isinstance(value, np.ndarray) for value in found.values())
