"""What training costs, and what is refused because it costs too much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tinkernet.app.sessions import cost
from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import MAIN, Configure, Step
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.spec.settings import narrowed

DEFAULT = Spec(seed="1")
LARGEST = Spec(
    seed="1",
    features=tuple(feature.key for feature in FEATURES),
    hidden=(64,) * 8,  # as far as the buttons go
    batch_size=1,
    train_percent=99,
    problem="regression",
)


def too_much(command: Configure | Step, spec: Spec = DEFAULT, **limits: float) -> ProtocolError:
    """The refusal."""
    with pytest.raises(ProtocolError) as caught:
        cost.check(command, {MAIN: spec}, Settings(**limits))  # type: ignore[arg-type]
    return caught.value


def configure(spec: Spec) -> Configure:
    """As a page sends it."""
    return Configure(type="configure", revision=7, spec=spec.to_dict())  # type: ignore[arg-type]


@pytest.mark.parametrize("spec", [DEFAULT, LARGEST, Spec(seed="1", hidden=(), features=("x", "y", "sinX"), points=37)])
def test_the_count_is_the_networks(spec: Spec) -> None:
    """Parameters and points are counted without making any of them."""
    trainer = Trainer(spec)
    assert cost.parameters(spec) == trainer.network.params.size
    assert cost.points(spec) == len(trainer.data.train) + len(trainer.data.test)


def test_everything_the_page_offers_is_allowed() -> None:
    """With the limits as they are, the largest network may be had, and the longest step of the first one."""
    cost.check(configure(LARGEST), {MAIN: DEFAULT}, Settings())
    cost.check(Step(type="step", epochs=100_000), {MAIN: DEFAULT}, Settings())


def test_a_network_has_a_size() -> None:
    """The refusal names the field, what it was and what is allowed, and uses the revision up."""
    error = too_much(configure(LARGEST), max_parameters=1000)
    assert (error.field, error.value, error.revision) == ("hidden", "64,64,64,64,64,64,64,64", 7)
    assert "1000 weights and biases" in error.allowed
    assert f"have {cost.parameters(LARGEST)} weights and biases" in error.message
    cost.check(configure(DEFAULT), {MAIN: DEFAULT}, Settings(max_parameters=cost.parameters(DEFAULT)))


def test_a_set_has_a_size() -> None:
    """So has what it learns from."""
    error = too_much(configure(LARGEST), max_points=1199)
    assert (error.field, error.value) == ("dataset", "reg-plane")
    assert "1200 points" in error.message
    assert "1199" in error.allowed
    error = too_much(configure(replace(DEFAULT, points=5000)), max_points=4999)
    assert (error.field, error.value) == ("points", 5000)


def test_an_epoch_has_a_length() -> None:
    """The same network is too much with one batch size, and with another not."""
    error = too_much(configure(LARGEST), max_epoch_seconds=0.1)
    assert error.field == "hidden"
    assert "batch size of 1 " in error.message
    assert "0.1 s are allowed" in error.message
    cost.check(
        configure(Spec.from_dict({**LARGEST.to_dict(), "batch_size": 100})),
        {MAIN: DEFAULT},
        Settings(max_epoch_seconds=0.1),
    )


def test_steps_have_a_length() -> None:
    """As many at once as fit, and the refusal says how many that is."""
    error = too_much(Step(type="step", epochs=100_000), LARGEST)
    assert (error.field, error.value) == ("epochs", 100_000)
    most = int(error.allowed.split()[2])
    cost.check(Step(type="step", epochs=most), {MAIN: LARGEST}, Settings())
    too_much(Step(type="step", epochs=most + 1), LARGEST)


def test_the_runs_of_a_session_count_together() -> None:
    """Three runs may have what one may: the fourth of the same size is refused, and its sentence says why."""
    twin = {MAIN: DEFAULT, "twin": DEFAULT, "branch": DEFAULT}
    weights, points, seconds = (f(DEFAULT) for f in (cost.parameters, cost.points, cost.epoch_seconds))
    for limit, one in (("max_parameters", weights), ("max_points", points), ("max_epoch_seconds", seconds)):
        enough = Settings(**{limit: 3.01 * one})
        cost.check(configure(DEFAULT), twin, enough)  # in place of the network that the run has
        with pytest.raises(ProtocolError, match="together with 3 other runs") as caught:
            cost.check_spec(DEFAULT, list(twin.values()), enough, 7, "branch")
        assert (caught.value.revision, caught.value.run) == (7, "branch")


@pytest.mark.parametrize("hidden", [(64,) * 64, (4096,), (3000, 4, 1000), (64,) * 8, (1,) * 64])
@pytest.mark.parametrize("batch_size", [1, 10, 2**53 - 1])
@pytest.mark.parametrize("limits", [{}, {"max_parameters": 1000}, {"max_epoch_seconds": 0.004}])
def test_the_nearest_that_is_allowed_takes_its_place(
    hidden: tuple[int, ...], batch_size: int, limits: dict[str, float]
) -> None:
    """Layers narrower in proportion, then a larger batch, neither more than needed; the sentence says both."""
    spec, settings = Spec(seed="1", hidden=hidden, batch_size=batch_size), Settings(**limits)  # type: ignore[arg-type]
    try:
        cost.check(configure(spec), {MAIN: DEFAULT}, settings)
        return
    except ProtocolError as error:
        near, said = error.nearest, error.message
    assert near is not None
    cost.check(configure(near), {MAIN: DEFAULT}, settings)  # is allowed
    assert said.endswith(f"the nearest that is allowed: {cost.difference(spec, near)}.")
    assert replace(near, hidden=hidden, batch_size=batch_size) == spec
    assert len(near.hidden) == len(hidden)
    if sum(near.hidden) < sum(hidden):
        wider = replace(near, hidden=narrowed(hidden, sum(near.hidden) + len(hidden)), batch_size=500)
        assert (
            cost.parameters(wider) > settings.max_parameters or cost.epoch_seconds(wider) > settings.max_epoch_seconds
        )
    if near.batch_size > batch_size:
        with pytest.raises(ProtocolError):
            cost.check(configure(replace(near, batch_size=near.batch_size - 1)), {MAIN: DEFAULT}, settings)


def test_what_no_width_makes_cheap_enough_is_refused() -> None:
    """There is no nearest network then."""
    assert too_much(configure(LARGEST), max_parameters=20).nearest is None
