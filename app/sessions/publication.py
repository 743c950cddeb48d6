"""What a run shows to those who watch it: its state, its points, frames and metrics."""

from __future__ import annotations

from tinkernet.app.connections.latest import Latest
from tinkernet.app.connections.viewer import Frame, Shown, Viewer
from tinkernet.app.publishing import frames
from tinkernet.app.publishing.status import metrics_of
from tinkernet.app.sessions.context import SessionContext
from tinkernet.app.sessions.pacing import SpeedMeter
from tinkernet.app.wire.commands import RunId, Subscribe
from tinkernet.app.wire.events import Metrics, State
from tinkernet.engine import Trainer

METRICS_SECONDS = 0.25  # between metrics: numbers that change faster cannot be read


class Publication:
    """Made by the training thread that executes the run, delivered on the event loop. Lives as long as the run.

    A frame is made only when a viewer can take one, metrics only while a viewer shows them. Under pressure: what is
    newer replaces what was not delivered yet.
    """

    def __init__(self, run: RunId, context: SessionContext, state: State) -> None:
        self._run, self._context = run, context
        self._latest: Latest[Shown] = Latest(context.loop)

        # Owned by the training thread.
        self.state = state  # the newest that was published
        self.meter = SpeedMeter()
        self._points = b""  # the encoded message with the data of the run
        self._frame: Frame | None = None
        self._metrics: tuple[int, Metrics] | None = None  # with the version of the network that they describe
        self._next_frame = self._next_metrics = 0.0  # the moments before which no other one is made

        # Owned by the event loop.
        self.shown = Shown(state)  # the newest that was delivered

    # --- on the event loop ---

    def deliver(self, shown: Shown | None = None) -> None:
        """Show this, or what was delivered last, to all who watch the run."""
        self.shown = shown or self.shown
        for viewer in self._context.viewers_of(self._run):
            viewer.show(self.shown, len(self._context.viewers))

    def has_frame_for(self, viewer: Viewer, version: int) -> bool:
        """Whether a frame of this version of the network, and of what the viewer looks at, was delivered."""
        frame = self.shown.frame
        return frame is not None and frame.version == version and viewer.watch in frame.reading_from_watch

    # --- on a training thread ---

    def publish(self, state: State | None = None) -> None:
        """Hand a state, or the last one again with what else is new, to the event loop."""
        self.state = state or self.state
        shown = Shown(self.state, self._points, self._frame, self._metrics and self._metrics[1])
        self._latest.put(shown, self.deliver)

    def start(self, trainer: Trainer, restarts: int, now: float) -> None:
        """Show another trainer from now on, or the same one that was reset. Frames of the one before are dropped."""
        self._points = frames.points_of(trainer, restarts)
        self._frame = self._metrics = None
        self._next_frame = 0.0
        self.meter.start(now, trainer.epoch)

    def publish_frame(self, trainer: Trainer, version: int) -> float | None:
        """Make a frame when a viewer lacks one and it is time. When it is not, the moment at which it will be."""
        viewers = self._context.viewers_of(self._run)
        if not any(viewer.lacks(version) for viewer in viewers):
            return None
        now, interval = self._context.clock(), 1 / self._context.settings.frames_per_second
        if now < self._next_frame:
            return self._next_frame
        # Counted from the last moment rather than from now, so that sixty a second are sixty; after a pause from now.
        self._next_frame = max(self._next_frame + interval, now)
        self._frame = self._new_frame(trainer, version, {viewer.watch for viewer in viewers}, now)
        self.publish()
        return None

    def publish_metrics(self, trainer: Trainer, version: int) -> float | None:
        """Compute metrics when a viewer shows them, the network has changed and it is time; see `publish_frame`."""
        if not any(viewer.watch.metrics for viewer in self._context.viewers_of(self._run)):
            return None
        if self._metrics is not None and self._metrics[0] == version:
            return None
        now = self._context.clock()
        if now < self._next_metrics:
            return self._next_metrics
        self._next_metrics = now + METRICS_SECONDS
        self._metrics = version, metrics_of(trainer, self._run, self.state.restarts)
        self.publish()
        return None

    def _new_frame(self, trainer: Trainer, version: int, watches: set[Subscribe], now: float) -> Frame:
        state, history = self.state, trainer.history
        known_from_unit = {watch.unit: frames.known(trainer, watch.unit) for watch in watches}
        deflate = self._context.settings.packs
        body_from_known = frames.bodies(trainer, set(known_from_unit.values()), deflate=deflate)
        readings = frames.readings(trainer, {watch: known_from_unit[watch.unit] for watch in watches})
        return Frame(
            version=version,
            restarts=state.restarts,
            revision=state.revision,
            epoch=trainer.epoch,
            train_loss=trainer.train_loss,
            test_loss=trainer.test_loss,
            playing=state.playing,
            diverged_at=trainer.diverged_at,
            epochs_per_second=self.meter.read(now, trainer.epoch, state.speed) if state.playing else 0.0,
            history=(state.run, state.restarts, history.version),
            stride=history.stride,
            rows=history.rows,
            body_from_unit={unit: body_from_known[known] for unit, known in known_from_unit.items()},
            reading_from_watch=readings,
        )
