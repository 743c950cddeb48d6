"""Sessions compared with a model, over random sequences: pages come and go, change and train, servers end and start."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field, replace
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.app.conftest import join
from tinkernet.app.connections.viewer import Viewer
from tinkernet.app.sessions.checkpoints import SECONDS as CHECKPOINT_SECONDS
from tinkernet.app.sessions.command_queue import Apply
from tinkernet.app.sessions.registry import Full, Sessions
from tinkernet.app.sessions.run_executor import RunExecutor
from tinkernet.app.sessions.saved import runs_of
from tinkernet.app.sessions.session import Session
from tinkernet.app.settings import Settings
from tinkernet.app.storage.sqlite import SQLiteStorage
from tinkernet.app.wire.commands import MAIN, EditBias, EditWeight, Pause, Play, Reset, Speed, Step
from tinkernet.engine import Spec, Trainer

SPEC = Spec(seed="0.3", hidden=(2,), train_percent=5, batch_size=7, short_batch="carry", noise=20.0)
SPECS = (
    SPEC,
    replace(SPEC, learning_rate=0.1),  # a change that does not restart
    replace(SPEC, regularization="L1", regularization_rate=0.03),
    replace(SPEC, hidden=(3, 2), activation="relu"),
)
IDLE_PAUSE, IDLE_EXPIRE, MOST_SESSIONS, MOST_VIEWERS = 30.0, 600.0, 3, 5
FAST, TURN = 40, 1.0  # epochs in a slice of a run without a speed limit, and seconds between its slices
which = st.integers(0, 3)
values = st.sampled_from((-0.75, 0.0, 0.5))


class ByHand:
    """Replaces the scheduler: executes jobs when the test moves the clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slice_seconds = 1e6  # slices end by their number of epochs, so that a case can be repeated exactly
        self._due_from_job: dict[RunExecutor, float] = {}

    def wake(self, job: RunExecutor) -> None:
        self._due_from_job[job] = self.now

    def settle(self, until: float) -> None:
        """Move the clock to this moment, executing each job whenever it is due."""
        while self._due_from_job and (due := min(self._due_from_job.values())) <= until:
            self.now = max(self.now, due)
            for job in [job for job, moment in self._due_from_job.items() if moment <= due]:
                del self._due_from_job[job]
                again = job.run(self.slice_seconds)
                if again is not None:
                    # Exactly when it asks for, since a moment later could be after the end. A run without a speed limit
                    # asks for "now" each time, and rounding can have the same effect: then a little later.
                    fast = job._playing and job._pacing.rate is None
                    soon = self.now + (TURN if fast else 1e-3)
                    self._due_from_job[job] = again if again > self.now and not fast else soon
        self.now = until


@dataclass
class Model:
    """The expected state of a session: a trainer of the engine, and a few facts."""

    trainer: Trainer
    first: Spec  # of the start at epoch 0; later changes are edits
    revision: int = 0
    playing: bool = False
    speed: float | None = 60.0
    life: int = 0
    viewers: list[Viewer] = field(default_factory=list)
    empty_since: float = 0.0

    @property
    def facts(self) -> tuple[object, ...]:
        return self.trainer.spec, self.revision, self.playing, self.speed, self.life


def state_of(trainer: Trainer) -> dict[str, Any]:
    """All that a checkpoint has, but for the number of amendments to the loss rows.

    An edit amends its row when the losses are looked at next: so often is what was shown, and not a result of training.
    """
    return {name: value for name, value in trainer.checkpoint().items() if name != "rows_version"}


class Life(RuleBasedStateMachine):
    """Four ids, room for three sessions and five pages."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.settings = Settings(
            idle_pause=IDLE_PAUSE, idle_expire=IDLE_EXPIRE, max_sessions=MOST_SESSIONS, max_viewers=MOST_VIEWERS,
            data_dir=self.folder.name,
        )  # fmt: skip
        self.hand = ByHand()
        self.ids = [letter * 22 for letter in "abcd"]  # fixed, so that a case can be repeated
        self.here: dict[str, Model] = {}
        self.saved: dict[str, Model] = {}  # sessions that are in the storage only
        self.begin()

    def begin(self) -> None:
        self.storage = SQLiteStorage(self.settings)
        assert self.storage.keeps
        self.sessions = Sessions(self.settings, self.hand, self.storage, clock=lambda: self.hand.now)  # type: ignore[arg-type]

    def teardown(self) -> None:
        self.storage.close()
        self.loop.close()
        self.folder.cleanup()

    def on_loop(self, id: str) -> tuple[Session, Viewer]:
        async def connect() -> tuple[Session, Viewer]:
            return join(self.sessions, id, saved=await self.sessions.recall(id))

        return self.loop.run_until_complete(connect())

    def settle(self, seconds: float = 0.0) -> None:
        """Let that much time pass."""
        self.hand.settle(self.hand.now + seconds)
        self.loop.run_until_complete(asyncio.sleep(0))
        for id, model in self.here.items():  # the model trains to the same epoch, which depends on the clock
            trainer = self.session(id).runs[MAIN]._trainer
            assert trainer is not None
            assert trainer.epoch >= model.trainer.epoch
            model.trainer.advance(trainer.epoch - model.trainer.epoch)

    def session(self, id: str) -> Session:
        return self.sessions._session_from_id[id]

    def pick(self, number: int) -> str:
        return sorted(self.here)[number % len(self.here)]

    # --- pages ---

    @initialize()
    def first(self) -> None:
        """Begin with one page: most rules need one."""
        self.connect(0)

    @rule(number=which)
    def connect(self, number: int) -> None:
        """A page joins. If there is no place, its session replaces a suspended one, or it is refused.

        Two pages of an owner get into an open session in any case.
        """
        id = self.ids[number]
        comes_back = id in self.here and len(self.here[id].viewers) < 2
        full = sum(len(model.viewers) for model in self.here.values()) >= MOST_VIEWERS and not comes_back
        left = {other: self.here[other].empty_since for other in self.here if self.session(other).suspended}
        crowded = id not in self.here and len(self.here) >= MOST_SESSIONS
        if full or (crowded and not left):
            with pytest.raises(Full):
                self.on_loop(id)
            return
        session, viewer = self.on_loop(id)
        if crowded:
            (gone,) = set(self.here) - set(self.sessions._session_from_id)
            assert left[gone] == min(left.values())
            self.saved[gone] = self.here.pop(gone)
        if id not in self.here:
            self.here[id] = self.saved.pop(id, None) or Model(
                Trainer(session.runs[MAIN]._spec), session.runs[MAIN]._spec, life=session.runs[MAIN]._instance
            )
        self.here[id].viewers.append(viewer)
        self.settle()

    @precondition(lambda self: any(model.viewers for model in self.here.values()))
    @rule(number=which, newest=st.booleans())
    def drop(self, number: int, newest: bool) -> None:
        """A page leaves. It makes no difference which of a session's pages it is."""
        ids = [id for id in sorted(self.here) if self.here[id].viewers]
        id = ids[number % len(ids)]
        self.sessions.leave(id, self.here[id].viewers.pop(-1 if newest else 0))
        self.here[id].empty_since = self.hand.now
        self.settle()

    @precondition(lambda self: any(model.viewers for model in self.here.values()))
    @rule(number=which)
    def take_over(self, number: int) -> None:
        """A page reconnects before its old connection has ended."""
        ids = [id for id in sorted(self.here) if self.here[id].viewers]
        id = ids[number % len(ids)]
        before = len(self.here[id].viewers)
        self.connect(self.ids.index(id))
        if len(self.here[id].viewers) > before:
            self.sessions.leave(id, self.here[id].viewers.pop(0))
        self.settle()

    # --- what they ask for ---

    @precondition(lambda self: self.here)
    @rule(number=which, spec=st.sampled_from(SPECS), behind=st.integers(0, 2))
    def configure(self, number: int, spec: Spec, behind: int) -> None:
        """A configure with the next revision, or with one of a page that is behind."""
        id = self.pick(number)
        model = self.here[id]
        revision = max(0, model.revision + 1 - behind)
        self.session(id).submit(Apply(spec, revision))
        model.revision = max(model.revision + 1, revision)
        if model.trainer.reconfigure(spec):
            model.first = spec
        self.settle()

    @precondition(lambda self: self.here)
    @rule(number=which, value=values, bias=st.booleans())
    def type_a_number(self, number: int, value: float, bias: bool) -> None:
        """A weight or a bias."""
        id = self.pick(number)
        model = self.here[id]
        if bias:
            self.session(id).submit(EditBias(type="edit_bias", layer=1, neuron=0, value=value))
            model.trainer.set_bias(1, 0, value)
        else:
            self.session(id).submit(EditWeight(type="edit_weight", layer=0, neuron=1, input=0, value=value))
            model.trainer.set_weight(0, 1, 0, value)
        self.settle()

    @precondition(lambda self: self.here)
    @rule(number=which, what=st.sampled_from(("play", "pause", "step", "reset")))
    def press(self, number: int, what: str) -> None:
        """A button is pressed."""
        id = self.pick(number)
        model = self.here[id]
        if what == "step" and self.session(id).suspended:
            return  # it would wait until somebody is there
        changes: dict[str, Any] = {
            "play": Play(type="play"), "pause": Pause(type="pause"), "step": Step(type="step", epochs=3),
            "reset": Reset(type="reset"),
        }  # fmt: skip
        self.session(id).submit(changes[what])
        model.playing = what == "play"
        if what == "reset":
            model.trainer.reset()
            model.first = model.trainer.spec
        expected = model.trainer.epoch + 3
        self.settle()
        if what == "step":
            assert model.trainer.epoch == expected

    @precondition(lambda self: self.here)
    @rule(number=which, rate=st.sampled_from((5.0, 60.0, None)))
    def set_speed(self, number: int, rate: float | None) -> None:
        """A speed is chosen, or no limit."""
        id = self.pick(number)
        self.session(id).submit(Speed(type="speed", rate=rate))
        self.here[id].speed = rate
        self.settle()

    # --- time ---

    @rule(seconds=st.sampled_from((0.1, 1.0, 5.0)))
    def wait(self, seconds: float) -> None:
        """Sessions that play train meanwhile, at their speed."""
        before = {id: model.trainer.epoch for id, model in self.here.items()}
        playing = [id for id, model in self.here.items() if model.playing and not self.session(id).suspended]
        self.settle(seconds)
        for id, epoch in before.items():
            if id not in playing:
                assert self.here[id].trainer.epoch == epoch
            elif seconds >= 1:
                assert self.here[id].trainer.epoch > epoch

    @rule(seconds=st.sampled_from((IDLE_PAUSE, IDLE_EXPIRE)))
    def wait_long(self, seconds: float) -> None:
        """Sessions without viewers are suspended, and later in the storage only."""
        self.settle(1.0)  # all changes are kept by then
        self.hand.now += seconds - 1.0
        self.sessions.sweep()
        for id, model in list(self.here.items()):
            if not model.viewers and self.hand.now - model.empty_since >= IDLE_EXPIRE:
                self.saved[id] = self.here.pop(id)
            elif not model.viewers and self.hand.now - model.empty_since >= IDLE_PAUSE:
                assert self.session(id).suspended
        self.settle()

    @rule(orderly=st.booleans())
    def restart(self, orderly: bool) -> None:
        """An orderly end loses nothing. A kill loses at most the last two seconds of training, and no change that was
        made before them."""
        pages_from_id = {id: len(model.viewers) for id, model in self.here.items()}
        if orderly:
            self.sessions.close("The end.")
            self.sessions.keep_last(frozenset())
        else:
            self.settle(CHECKPOINT_SECONDS + TURN)
            for id in list(self.here):  # runs that play have trained on since their last checkpoint
                kept = runs_of(self.storage.load(id))[MAIN]
                model = self.here[id]
                lost = model.trainer.epoch - kept.checkpoint["epoch"]
                assert 0 <= lost <= 2 * (model.speed or FAST / TURN) * model.playing
                model.trainer = Trainer.replay(model.trainer.run, kept.checkpoint["epoch"])
        self.storage.close()
        self.hand._due_from_job.clear()
        for id, model in self.here.items():
            self.saved[id] = replace(model, viewers=[])
        self.here = {}
        self.begin()
        for id, pages in pages_from_id.items():
            for _ in range(pages):
                self.connect(self.ids.index(id))  # as open pages do by themselves

    # --- what always holds ---

    @invariant()
    def sessions_are_what_the_model_says(self) -> None:
        """Sessions, facts, weights, losses and curves are those of the model, and all pages are shown the newest."""
        assert set(self.sessions._session_from_id) == set(self.here)
        for id, model in self.here.items():
            session = self.session(id)
            run = session.runs[MAIN]
            assert run._trainer is not None
            assert state_of(run._trainer) == state_of(model.trainer)
            facts = (
                run._spec,
                run._revision,
                run._playing,
                run._pacing.rate,
                run._instance,
            )
            assert facts == model.facts
            assert list(session.viewers) == model.viewers
            for viewer in model.viewers:
                shown = viewer.shown[MAIN]
                assert shown is run.publisher.shown
                assert viewer.viewers == len(model.viewers)
                assert shown.state.revision == model.revision
                assert shown.state.playing == model.playing


@pytest.fixture(autouse=True)
def _slices_end_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices end by their number of epochs rather than by the clock, so that a case can be repeated exactly."""
    monkeypatch.setattr("tinkernet.app.sessions.run_executor.UNLIMITED", FAST)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=25)
