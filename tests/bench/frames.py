"""Time on one core from the trainer to the bytes of a frame, and the size of frames."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

from tests.bench import report
from tests.bench.engine import ALL, trainer_of
from tests.bench.rounds import interleaved, progress
from tinkernet.app.publishing.topics import Moment, maker_of
from tinkernet.app.publishing.topics.losses import Curve
from tinkernet.app.wire.commands import MAIN, LossesTopic, MapTopic, NetworkTopic, ReadingTopic, Topic
from tinkernet.app.wire.frames import encode, tick
from tinkernet.app.wire.levels import OUTPUT
from tinkernet.engine import Trainer

NETWORKS: dict[str, dict[str, Any]] = {
    "2-4-2-1": {},
    "7-8-8-8-1": {"features": ALL, "hidden": (8, 8, 8)},
    "7-8x6-1": {"features": ALL, "hidden": (8,) * 6},
    "7-8-8-8-6": {"features": ALL, "hidden": (8, 8, 8), "dataset": "arms", "classes": 6},
    "7-64x8-1": {"features": ALL, "hidden": (64,) * 8},
}
LOSSES, NETWORK = LossesTopic(topic="losses"), NetworkTopic(topic="network")
MAP, READING = MapTopic(topic="map", unit=OUTPUT), ReadingTopic(topic="reading", unit=OUTPUT, x=1.0, y=1.0)
RUN = {"learning_rate": 0.03, "dataset": "spiral", "noise": 10}
EPOCHS_A_FRAME = 10
FRAMES = 400


def made(trainer: Trainer, topic: Topic) -> Any:
    """The record of a topic."""
    moment = Moment(trainer, MAIN, 1, 1, 1, True, 60.0)
    return maker_of(topic.topic).make(moment, (topic,))[0]  # type: ignore[attr-defined]


def frame(trainer: Trainer, deflate: bool, row: int = 0) -> bytes:
    """What a viewer of the output gets: all maps, all weights, a reading, the losses from `row` on."""
    curve: Curve = made(trainer, LOSSES)
    losses, _ = curve.since((0, curve.history, row))
    return tick([losses, *(encode(MAIN, made(trainer, topic), deflate=deflate) for topic in (NETWORK, MAP, READING))])


def cost(quick: bool) -> dict[str, Any]:
    """Microseconds on one core, in total and by part."""
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    for name, fields in NETWORKS.items():
        progress(f"frames of {name}")
        trainer = trainer_of(**RUN | fields)
        trainer.advance(100)
        row = trainer.epoch
        records = made(trainer, NETWORK), made(trainer, MAP)
        work = {
            "whole": lambda trainer=trainer, row=row: frame(trainer, True, row),
            "not deflated": lambda trainer=trainer, row=row: frame(trainer, False, row),
            "maps": lambda trainer=trainer: (made(trainer, NETWORK), made(trainer, MAP)),
            "reading": lambda trainer=trainer: made(trainer, READING),
        }
        for key, deflate in (("pack", False), ("pack, deflated", True)):
            work[key] = lambda records=records, deflate=deflate: [encode(MAIN, r, deflate=deflate) for r in records]
        measured = interleaved({key: _repeated(make) for key, make in work.items()}, *((3,) if quick else ()))
        found[name] = {key: value.to_dict() for key, value in measured.items()}
        rows.append([name, *(measured[key].minimum for key in work), measured["whole"].median])
        rows[-1].append("<= 1000" if name == "7-8-8-8-1" else "")
    report.table(
        "A frame, trainer to bytes (microseconds, minima)",
        ("network", "whole", "not deflated", "maps", "reading", "pack", "pack, deflated", "whole, median", "wanted"),
        rows,
    )
    return found


def _repeated(once: Any) -> Any:
    def work(count: int) -> None:
        for _ in range(count):
            once()

    return work


def size(quick: bool) -> dict[str, Any]:
    """Bytes of the frames of a run, loss rows included, with one frame for every ten epochs."""
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    for name in NETWORKS:
        for dataset in ("arms",) if "dataset" in NETWORKS[name] else ("circle", "spiral"):
            progress(f"bytes of {name}, {dataset}")
            trainer = trainer_of(**RUN | {"dataset": dataset} | NETWORKS[name])
            sizes = []
            for _ in range(FRAMES // 10 if quick else FRAMES):
                row = len(trainer.history.rows)
                trainer.advance(EPOCHS_A_FRAME)
                sizes.append(len(frame(trainer, True, min(row, len(trainer.history.rows)))))
            raw = len(frame(trainer, False, len(trainer.history.rows)))
            found[f"{name} {dataset}"] = {"median": median(sizes), "p95": quantiles(sizes, n=20)[-1], "raw": raw}
            rows.append([name, dataset, median(sizes), quantiles(sizes, n=20)[-1], max(sizes), raw])
            rows[-1].append("<= 5000" if name == "7-8-8-8-1" else "")
    report.table(
        f"Bytes of a frame over {FRAMES * EPOCHS_A_FRAME} epochs, deflated",
        ("network", "data", "median", "p95", "most", "not deflated", "wanted (median)"),
        rows,
    )
    return found


def measure(quick: bool) -> dict[str, Any]:
    """Both measurements."""
    return {"cost": cost(quick), "bytes": size(quick)}


if __name__ == "__main__":
    report.run("frames", measure)
