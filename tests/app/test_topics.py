"""Topics: what is subscribed to is made, once for all; what is not is not; and each page gets what it lacks."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.parts import Part, decode
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.publishing import publisher as publishing
from tinkernet.app.publishing.shown import Shown
from tinkernet.app.publishing.subscription import subscription_of
from tinkernet.app.publishing.topics import KINDS, Moment, maker_of
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.run_executor import RunExecutor
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import (
    MAIN,
    BatchTopic,
    BendingTopic,
    BranchTopic,
    CodesTopic,
    CurveTopic,
    DataTopic,
    DecodedTopic,
    DiagnosisTopic,
    EditBias,
    EffortTopic,
    ExampleTopic,
    HealthTopic,
    ImportanceTopic,
    LandscapeTopic,
    LossesTopic,
    MapTopic,
    MarksTopic,
    MetricsTopic,
    NetworkTopic,
    Play,
    PointsTopic,
    PrincipalTopic,
    ReadingTopic,
    Reset,
    Step,
    Topic,
)
from tinkernet.app.wire.frames import TICK, encode
from tinkernet.app.wire.trialling import SeedsTopic, SweepTopic
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis.metrics import metrics_of as metrics_from
from tinkernet.engine.analysis.probe import classes_at, outputs, unit_value

THREE = Spec(seed="0.5", dataset="blobs", optimiser="adam", hidden=(4,))
LOSSES, NETWORK, DATA = LossesTopic(topic="losses"), NetworkTopic(topic="network"), DataTopic(topic="data")
METRICS, OUTPUT_MAP = MetricsTopic(topic="metrics"), MapTopic(topic="map", unit="output")
ONE_TICK = 0.02  # seconds: more than between two ticks, and than between two epochs


class Watched:
    """A session that is driven by hand, on a clock that is moved by hand, and its pages."""

    def __init__(self, spec: Spec) -> None:
        self.now = 1000.0
        self.loop = asyncio.new_event_loop()
        self.session = Session(Settings(deflate=True), self.loop, lambda _: None, clock=lambda: self.now)
        self.session.submit(Apply(spec, 1))

    @property
    def run(self) -> RunExecutor:
        """Its only run."""
        return self.session.runs[MAIN]

    @property
    def trainer(self) -> Trainer:
        """And its network."""
        assert self.run._trainer is not None
        return self.run._trainer

    def page(self, *topics: Topic) -> Viewer:
        """One more page that shows these."""
        viewer = Viewer()
        viewer.subscribe(subscription_of(topics))
        self.session.join(viewer)
        return viewer

    def turn(self, seconds: float = ONE_TICK) -> None:
        """Let time pass, and then one slice and what it has handed to the event loop."""
        self.now += seconds
        self.run.run(0.001)
        self.loop.run_until_complete(asyncio.sleep(0))


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    """watch(spec): a session; its event loop is closed in the end."""
    found: list[Watched] = []

    def begin(spec: Spec = THREE) -> Watched:
        found.append(Watched(spec))
        return found[-1]

    yield begin
    for watched in found:
        watched.loop.close()


def taken(viewer: Viewer) -> list[Part]:
    """The parts of the tick that a page can have now; none when there is no tick."""
    while isinstance(message := viewer.next_message(), str):
        pass
    return decode(message) if message is not None else []


def topics_of(parts: list[Part]) -> list[str]:
    """By name."""
    return [part.topic for part in parts]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts, by kind, the topics that are made."""
    counts: Counter[str] = Counter()

    def counted(kind: str) -> Any:
        maker = maker_of(kind)

        def make(moment: Moment, topics: Any) -> Any:
            counts[kind] += len(topics)
            return maker.make(moment, topics)

        return replace(maker, make=make)

    makers = {kind: counted(kind) for kind in KINDS}
    monkeypatch.setattr(publishing, "maker_of", makers.__getitem__)
    return counts


def test_what_nobody_shows_is_not_made(made: Counter[str], watch: Callable[..., Watched]) -> None:
    """With the tab of the numbers open no map is painted, with nothing open nothing is made at all."""
    watched = watch()
    idle, numbers = watched.page(), watched.page(DATA, LOSSES, NETWORK)
    watched.session.submit(Play(type="play"))
    for _ in range(10):
        watched.turn()
        assert taken(idle) == []
        assert "network" in topics_of(taken(numbers))
        numbers.acknowledge()
    assert watched.trainer.epoch >= 9
    assert made == {"data": 1, "losses": 10, "network": 10}


def test_a_topic_is_made_once_for_all(
    made: Counter[str], monkeypatch: pytest.MonkeyPatch, watch: Callable[..., Watched]
) -> None:
    """Ten pages that show the same, and two units between them: each is made and encoded once."""
    encoded: list[str] = []

    def counted(run: str, record: Any, *, deflate: bool) -> bytes:
        encoded.append(record.topic)
        return encode(run, record, deflate=deflate)

    monkeypatch.setattr(publishing, "encode", counted)
    watched = watch()
    units = ["output", "0.1"]
    pages = [watched.page(NETWORK, MapTopic(topic="map", unit=units[i % 2])) for i in range(10)]
    watched.turn()
    found = [taken(page) for page in pages]
    assert made == {"network": 1, "map": 2}
    assert sorted(encoded) == ["map", "map", "network"]
    assert [topics_of(parts) for parts in found] == [["network", "map"]] * 10
    assert [parts[1].unit for parts in found] == units * 5
    shown = watched.run.publisher.shown
    assert len(shown._found) == 2  # two ticks, put together once each


def test_one_tick_in_flight_however_many_topics(watch: Callable[..., Watched]) -> None:
    """Five topics come in one message; the next comes when the page has acknowledged it, and has the newest of all."""
    watched = watch()
    page = watched.page(DATA, LOSSES, NETWORK, OUTPUT_MAP, METRICS)
    watched.session.submit(Play(type="play"))
    watched.turn()
    assert topics_of(taken(page)) == ["data", "losses", "network", "map", "metrics"]
    for _ in range(40):
        watched.turn()
        assert taken(page) == []
    page.acknowledge()
    watched.turn()
    parts = taken(page)
    assert topics_of(parts) == ["losses", "network", "map", "metrics"]  # the points are the same still
    assert {part.epoch for part in parts} == {watched.trainer.epoch}


def test_no_loss_is_lost_however_late_a_page_is(watch: Callable[..., Watched]) -> None:
    """Rows add up while a page cannot take a tick, come when others have them already, and begin anew with the run."""
    watched = watch()
    slow, quick = watched.page(LOSSES), watched.page(LOSSES, NETWORK)
    curves: dict[int, np.ndarray] = {}

    def take(page: Viewer) -> None:
        for part in taken(page):
            if part.topic == "losses":
                rows = curves.get(id(page), np.zeros((0, 2), np.float32))
                assert len(rows) >= part.first_row
                curves[id(page)] = np.concatenate([rows[: part.first_row], part.rows])
        page.acknowledge()

    watched.session.submit(Play(type="play"))
    for turn in range(60):
        watched.turn()
        take(quick)
        if turn % 17 == 0:
            take(slow)
        if turn == 20:
            watched.session.submit(EditBias(type="edit_bias", layer=0, neuron=0, value=1.0))
        if turn == 40:
            watched.session.submit(Reset(type="reset"))
            watched.session.submit(Play(type="play"))
    watched.turn()
    for page in (slow, quick):
        take(page)
        assert curves[id(page)].tobytes() == watched.trainer.history.rows.tobytes()


def test_who_looks_elsewhere_gets_the_whole_picture_at_once(watch: Callable[..., Watched]) -> None:
    """Until the new map is there no tick is given away without it, and then it has the map of the newest network."""
    watched = watch()
    page = watched.page(NETWORK, OUTPUT_MAP)
    watched.session.submit(Play(type="play"))
    watched.turn()
    taken(page)
    watched.turn()
    page.acknowledge()
    page.subscribe(subscription_of((NETWORK, MapTopic(topic="map", unit="x"))))
    watched.loop.run_until_complete(asyncio.sleep(0))
    assert taken(page) == []
    watched.turn()
    network, own = taken(page)
    assert (network.topic, own.topic, own.unit) == ("network", "map", "x")
    assert network.epoch == own.epoch == watched.trainer.epoch


def test_who_looks_elsewhere_before_the_tick_is_drawn_is_not_forgotten(watch: Callable[..., Watched]) -> None:
    """Paused, and what it asks for is there already: its acknowledgement wakes it, since no slice will."""
    watched = watch()
    page = watched.page(NETWORK)
    watched.page(NETWORK, OUTPUT_MAP)
    watched.turn()
    assert topics_of(taken(page)) == ["network"]
    page.subscribe(subscription_of((NETWORK, OUTPUT_MAP)))
    assert taken(page) == []
    page.wakeup.clear()
    page.acknowledge()
    assert page.wakeup.is_set()
    assert "map" in topics_of(taken(page))


def test_nothing_of_the_start_before_is_shown_with_the_state_of_the_next(watch: Callable[..., Watched]) -> None:
    """After a reset no part that was made before it is given away, also to a page that could have taken it."""
    watched = watch()
    page = watched.page(NETWORK, OUTPUT_MAP)
    watched.session.submit(Step(type="step", epochs=5))
    watched.turn()
    taken(page)
    watched.session.submit(Step(type="step", epochs=5))
    watched.turn()
    watched.session.submit(Reset(type="reset"))
    watched.turn()
    page.acknowledge()
    assert taken(page) == []
    watched.turn()
    restarts = watched.run.publisher.state.restarts
    assert [(part.restarts, part.epoch) for part in taken(page)] == [(restarts, 0)] * 2


@pytest.mark.parametrize("unit", ["output", "x", "0.2", "9.9"])
def test_a_reading_is_what_the_engine_says(unit: str, watch: Callable[..., Watched]) -> None:
    """At its point, of the unit that is meant; of several outputs together the largest and whose it is."""
    watched = watch()
    page = watched.page(ReadingTopic(topic="reading", unit=unit, x=1.5, y=-2.0))
    watched.turn()
    (reading,) = taken(page)
    trainer = watched.trainer
    if unit in ("output", "9.9"):
        assert (reading.winner, reading.value) == classes_at(trainer, [(1.5, -2.0)])[0]
    else:
        assert (reading.winner, reading.value) == (255, unit_value(trainer, unit, 1.5, -2.0))


def test_every_topic_has_its_module() -> None:
    """The topics of the wire are the modules of publishing/topics, and each makes its own record."""
    moment = Moment(Trainer(THREE), MAIN, 3, 2, 1, False, 0.0)
    examples: dict[str, Topic] = {
        "losses": LOSSES, "network": NETWORK, "map": OUTPUT_MAP, "data": DATA, "metrics": METRICS,
        "curve": CurveTopic(topic="curve"), "reading": ReadingTopic(topic="reading", unit="x", x=0.0, y=0.0),
        "points": PointsTopic(topic="points"), "marks": MarksTopic(topic="marks"),
        "branch": BranchTopic(topic="branch", letter="B"),
        "bending": BendingTopic(topic="bending"),
        "health": HealthTopic(topic="health"), "importance": ImportanceTopic(topic="importance"),
        "landscape": LandscapeTopic(topic="landscape"), "diagnosis": DiagnosisTopic(topic="diagnosis"),
        "batch": BatchTopic(topic="batch"),
        "example": ExampleTopic(topic="example"),
        "codes": CodesTopic(topic="codes"), "principal": PrincipalTopic(topic="principal"),
        "decoded": DecodedTopic(topic="decoded", x=0.5, y=-0.5),
        "effort": EffortTopic(topic="effort"),
        "seeds": SeedsTopic(topic="seeds"), "sweep": SweepTopic(topic="sweep"),
    }  # fmt: skip
    assert set(examples) == set(KINDS)
    for kind, topic in examples.items():
        (record,) = maker_of(kind).make(moment, (topic,))
        data = (
            encode(MAIN, record, deflate=True) if kind not in ("losses", "branch", "effort") else record.since(None)[0]
        )
        (part,) = decode(TICK + data)
        assert (part.topic, part.run, part.restarts, part.revision, part.epoch) == (kind, MAIN, 2, 1, 0)


@pytest.mark.parametrize(
    ("choices", "classes"),
    [({"dataset": "blobs", "classes": 3}, 3), ({"dataset": "xor"}, 2), ({"problem": "regression"}, 0)],
)
def test_each_point_has_its_answer_and_its_loss(choices: dict[str, Any], classes: int) -> None:
    """Training points first, as the points themselves; the predicted class only where there are classes."""
    trainer = Trainer(Spec(seed="0.5", points=101, train_percent=70.0, **choices))
    trainer.advance(5)
    (made,) = maker_of("points").make(Moment(trainer, MAIN, 3, 2, 1, False, 0.0), (PointsTopic(topic="points"),))
    (part,) = decode(TICK + encode(MAIN, made, deflate=True))
    train, test = trainer.data
    answers = np.concatenate([outputs(trainer, each.inputs) for each in (train, test)], axis=1)
    assert part.answers.tolist() == answers.max(axis=0).astype(np.float32).tolist()
    assert np.isclose(part.point_losses[: len(train)].mean(), trainer.train_loss, rtol=1e-6)
    assert np.isclose(part.point_losses[len(train) :].mean(), trainer.test_loss, rtol=1e-6)
    if not classes:
        assert "said" not in part
        return
    targets = np.concatenate([train.targets, test.targets])[:, 0]
    hits = metrics_from(trainer)["train"]["accuracy"] * len(train) + metrics_from(trainer)["test"]["accuracy"] * len(
        test
    )
    assert (part.said == targets).sum() == round(hits)


def test_pages_that_are_level_share_a_tick(watch: Callable[..., Watched]) -> None:
    """Each gets the same bytes; one that is behind gets its own, from its own row on."""
    watched = watch()
    level, behind = [watched.page(LOSSES, NETWORK) for _ in range(3)], watched.page(LOSSES, NETWORK)
    watched.session.submit(Play(type="play"))
    for _ in range(3):
        watched.turn()
        found = [page.next_message() for page in level]
        while isinstance(found[0], str):
            found = [page.next_message() for page in level]
        assert found[0] is not None
        assert all(message == found[0] for message in found)
        for page in level:
            page.acknowledge()
    shown: Shown = watched.run.publisher.shown
    assert len(shown._found) == 1
    assert taken(behind)[0].first_row == 0
