"""Time on one core from the trainer to the bytes of a frame, and the size of frames."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

from tests.bench import report
from tests.bench.engine import ALL, trainer_of
from tests.bench.rounds import interleaved, progress
from tinkernet.app.publishing import frames
from tinkernet.app.wire.commands import Subscribe
from tinkernet.app.wire.frames import OUTPUT, encode_body, encode_frame
from tinkernet.engine import Trainer

NETWORKS: dict[str, dict[str, Any]] = {
    "2-4-2-1": {},
    "7-8-8-8-1": {"features": ALL, "hidden": (8, 8, 8)},
    "7-8x6-1": {"features": ALL, "hidden": (8,) * 6},
    "7-8-8-8-6": {"features": ALL, "hidden": (8, 8, 8), "dataset": "arms", "classes": 6},
    "7-64x8-1": {"features": ALL, "hidden": (64,) * 8},
}
POINTED = Subscribe(type="subscribe", unit=OUTPUT, x=1.0, y=1.0)
RUN = {"learning_rate": 0.03, "dataset": "spiral", "noise": 10}
EPOCHS_A_FRAME = 10
FRAMES = 400


def frame(trainer: Trainer, deflate: bool, row: int = 0) -> bytes:
    """The frame for a viewer of the output: all maps, all weights, and the loss rows from `row` on."""
    output = frames.known(trainer, OUTPUT)
    body = frames.bodies(trainer, {output}, deflate=deflate)[output]
    return encode_frame(
        body, trainer.history.rows[row:], revision=1, restarts=1, epoch=trainer.epoch, train_loss=trainer.train_loss,
        test_loss=trainer.test_loss, reading=frames.readings(trainer, {POINTED: output})[POINTED],
        stride=trainer.history.stride, first_row=row, epochs_per_second=60.0, diverged_at=None, playing=True,
    )  # fmt: skip


def cost(quick: bool) -> dict[str, Any]:
    """Microseconds on one core, in total and by part."""
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    for name, fields in NETWORKS.items():
        progress(f"frames of {name}")
        trainer = trainer_of(**RUN | fields)
        trainer.advance(100)
        output = frames.known(trainer, OUTPUT)
        small, maps = frames.maps(trainer, {output})
        row = trainer.epoch
        work = {
            "whole": lambda trainer=trainer, row=row: frame(trainer, True, row),
            "not deflated": lambda trainer=trainer, row=row: frame(trainer, False, row),
            "maps": lambda trainer=trainer, output=output: frames.maps(trainer, {output}),
            "value": lambda trainer=trainer, output=output: frames.readings(trainer, {POINTED: output}),
        }
        for key, deflate in (("pack", False), ("pack, deflated", True)):
            work[key] = lambda trainer=trainer, small=small, big=maps[output], deflate=deflate: encode_body(
                trainer.network.params, small, big, deflate=deflate
            )
        measured = interleaved({key: _repeated(make) for key, make in work.items()}, *((3,) if quick else ()))
        found[name] = {key: value.to_dict() for key, value in measured.items()}
        rows.append([name, *(measured[key].minimum for key in work), measured["whole"].median])
        rows[-1].append("<= 1000" if name == "7-8-8-8-1" else "")
    report.table(
        "A frame, trainer to bytes (microseconds, minima)",
        ("network", "whole", "not deflated", "maps", "value", "pack", "pack, deflated", "whole, median", "wanted"),
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
