"""Compares the engine with C code compiled for the same network, and with itself across settings.

Everything runs on one core. An epoch has 250 points. "epoch" is training alone; "advance" is what a session does:
training, and both losses after every epoch.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.bench import report
from tests.bench.rounds import Measured, interleaved, progress
from tests.bench.yardstick import Missing, Yardstick
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis.landscape import plane_at_random, surface
from tinkernet.engine.analysis.maps import small_maps, unit_maps
from tinkernet.engine.analysis.probe import unit_value
from tinkernet.engine.compiler.simd import EIGHT
from tinkernet.engine.data.dataset import Points
from tinkernet.engine.data.grid import grid
from tinkernet.engine.data.tables.columns import plan_of
from tinkernet.engine.data.tables.layout import guess
from tinkernet.engine.data.tables.read import read
from tinkernet.engine.data.tables.text import decoded
from tinkernet.engine.network import batching
from tinkernet.engine.training.snapshots import Snapshot, Snapshots

ALL = ("x", "y", "xSquared", "ySquared", "xTimesY", "sinX", "sinY")
SMALL = {"features": ("x", "y"), "hidden": (4, 2)}
DEEP = {"features": ALL, "hidden": (8,) * 6}
BATCHES = (1, 2, 5, 10, 30, 100, 250)
TARGETS = {"epoch": 1.3, "map": 1.5}


def trainer_of(**fields: Any) -> Trainer:
    """A run on the circle with a learning rate so small that every activation stays finite."""
    return Trainer(Spec(**{"seed": "0.5", "learning_rate": 0.003, **fields}))


def epochs_of(trainer: Trainer) -> Callable[[int], object]:
    """Work for `interleaved`: training alone.

    The run evaluates only one point of each set, which takes two forward passes of one vector. The measured time is
    therefore slightly too long, never too short.
    """
    alone = Trainer(trainer.spec)
    executor = alone._executor
    one = Points(alone.data.train.inputs[:1], alone.data.train.targets[:1])
    executor._sets = (batching.tiles_of(one, alone.spec.features, alone.task, EIGHT),) * 2
    return alone.advance


def maps_of(trainer: Trainer) -> Callable[[int], None]:
    """Work for `interleaved`: a 100 x 100 map and a 20 x 20 map of every neuron, as bytes."""
    units = [f"{layer}.{neuron}" for layer, size in enumerate(trainer.network.sizes[1:]) for neuron in range(size)]

    def work(count: int) -> None:
        for _ in range(count):
            small_maps(trainer, 20)
            unit_maps(trainer, units, 100)

    return work


def against_c(quick: bool) -> dict[str, Any]:
    """Compare two networks with the C code."""
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    for name, shape in (("2-4-2-1", SMALL), ("7-8x6-1", DEEP)):
        progress(f"{name} against C")
        trainer = trainer_of(**shape)
        yardstick = Yardstick(trainer)
        check_same(trainer, yardstick)
        single = trainer_of(**shape, batch_size=1)
        measured = interleaved(
            {
                "epoch": epochs_of(trainer),
                "advance": trainer.advance,
                "map": maps_of(trainer),
                "C epoch": yardstick.epochs,
                "C map": yardstick.maps,
                "batch 1": epochs_of(single),
                "C batch 1": Yardstick(single).epochs,
            },
            *((3,) if quick else ()),
        )
        found[name] = {key: value.to_dict() for key, value in measured.items()}
        for what, theirs in (("epoch",) * 2, ("advance", "epoch"), ("map",) * 2, ("batch 1",) * 2):
            rows.append([name, what, *_compared(measured[what], measured[f"C {theirs}"])])
            rows[-1].append(f"<= {TARGETS[what]}" if what in TARGETS else "")
    report.table(
        "Against C (microseconds; ratio of the minima)",
        ("network", "work", "min", "median", "C min", "C median", "ratio", "wanted"),
        rows,
    )
    return found


def check_same(trainer: Trainer, yardstick: Yardstick) -> None:
    """Check that both do the same work: the same weights after three epochs, the same values in a map."""
    copy = Trainer(trainer.spec)
    copy.advance(3)
    yardstick.epochs(3)
    yardstick.maps(1)
    np.testing.assert_allclose(yardstick.params, copy.network.params, atol=1e-9)
    corner = unit_value(copy, f"{len(copy.network.sizes) - 2}.0", *grid(100)[0])
    np.testing.assert_allclose(yardstick.mapped(len(copy.network.sizes) - 2, 0, 0), corner, atol=1e-9)


def _compared(ours: Measured, theirs: Measured) -> list[object]:
    return [ours.minimum, ours.median, theirs.minimum, theirs.median, ours.minimum / theirs.minimum]


def over(title: str, name: str, fields_from_key: dict[str, dict[str, Any]], base: str, quick: bool) -> dict[str, Any]:
    """Measure the two networks with other settings. Ratios are relative to the setting `base`."""
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    for network, shape in (("2-4-2-1", SMALL), ("7-8x6-1", DEEP)):
        progress(f"{network} by {name}")
        trainers = {key: trainer_of(**{**shape, **fields}) for key, fields in fields_from_key.items()}
        work = {key: epochs_of(trainer) for key, trainer in trainers.items()}
        work |= {f"{key} advance": trainer.advance for key, trainer in trainers.items()}
        measured = interleaved(work, *((3,) if quick else ()))
        found[network] = {key: value.to_dict() for key, value in measured.items()}
        for key in trainers:
            alone, whole = measured[key], measured[f"{key} advance"]
            ratio = alone.minimum / measured[base].minimum
            rows.append([network, key, alone.minimum, alone.median, ratio, whole.minimum])
    report.table(title, ("network", name, "epoch min", "median", f"ratio to {base}", "advance min"), rows)
    return found


def tables(quick: bool) -> dict[str, Any]:
    """Read a table of 5,000 rows and 64 columns in three shapes, as far as what each column is."""
    progress("tables")
    drawn = np.random.default_rng(1).normal(0.0, 100.0, (5000, 64))
    lines = [[f"{value:.4f}" for value in row] for row in drawn.tolist()]
    names = [f"c{place}" for place in range(64)]
    shapes = {
        "US": "\n".join(map(",".join, [names, *lines])),
        "German": "\n".join(map(";".join, [names, *lines])).replace(".", ","),
        "pasted": "\n".join(map("\t".join, [names, *lines])),
    }

    def work_of(content: bytes) -> Callable[[int], None]:
        def work(count: int) -> None:
            for _ in range(count):
                text = decoded(content).text
                plan_of(read(text, guess(text)))

        return work

    work = {name: work_of(text.encode()) for name, text in shapes.items()}
    measured = interleaved(work, *((3,) if quick else ()))
    rows: list[list[object]] = [
        [name, each.minimum / 1000, each.median / 1000, "<= 150"] for name, each in measured.items()
    ]
    report.table("Tables of 5,000 x 64 (milliseconds)", ("shape", "min", "median", "wanted"), rows)
    return {name: each.to_dict() for name, each in measured.items()}


def landscapes(quick: bool) -> dict[str, Any]:
    """A surface of 61 x 61 training losses."""
    progress("landscapes")
    trainers = {"2-4-2-1": trainer_of(**SMALL), "7-8x6-1": trainer_of(**DEEP)}

    def work_of(trainer: Trainer) -> Callable[[int], None]:
        plane = plane_at_random(trainer, 0)

        def work(count: int) -> None:
            for _ in range(count):
                surface(trainer, plane)

        return work

    work = {name: work_of(trainer) for name, trainer in trainers.items()}
    measured = interleaved(work, *((3,) if quick else ()))
    wanted = {"2-4-2-1": "<= 30", "7-8x6-1": "<= 150"}
    rows: list[list[object]] = [
        [name, each.minimum / 1000, each.median / 1000, wanted[name]] for name, each in measured.items()
    ]
    report.table("Landscapes of 61 x 61 losses (milliseconds)", ("network", "min", "median", "wanted"), rows)
    return {name: each.to_dict() for name, each in measured.items()}


def seeks(quick: bool) -> dict[str, Any]:
    """The way to any epoch of a run, in processor time."""
    rows, found = [], {}
    for name, fields, epochs in (("2-4-2-1", SMALL, 1_000_000), ("7-8x6-1", DEEP, 100_000)):
        trainer, places = trainer_of(**fields), np.random.default_rng(5).integers(0, epochs, 20 if quick else 200)
        trainer.advance(epochs)
        taken = []
        for place in places.tolist():
            began = time.process_time()
            trainer.seek(place)
            taken.append(1e3 * (time.process_time() - began))
        median, p95 = np.percentile(taken, (50, 95)).tolist()
        found[name] = {"median": median, "p95": p95, "snapshot_bytes": trainer.snapshots.bytes}
        rows.append([name, f"{epochs:,}", f"{median:.1f}", f"{p95:.1f}", "p95 50", f"{trainer.snapshots.bytes:,}"])
    report.table(
        "To any epoch of a run (milliseconds)", ("network", "epochs", "median", "p95", "wanted", "bytes"), rows
    )
    return found


def snapshots(quick: bool) -> dict[str, Any]:
    """What snapshots add to the training of a session: one of them, among the epochs from one to the next."""
    progress("snapshots")
    rows, found = [], {}
    for name, fields in (("2-4-2-1", SMALL), ("7-8x6-1", DEEP)):
        trainer, alone = trainer_of(**fields), trainer_of(**fields)
        stride = trainer.snapshots.next_epoch(0)

        def take(count: int, trainer: Trainer = trainer, stride: int = stride) -> None:
            kept = Snapshots(Snapshot(0, {}, 0), stride)
            for place in range(1, count + 1):
                kept.add(Snapshot(place * stride, trainer._state(), 0))

        measured = interleaved({"epoch": alone.advance, "snapshot": take}, *((3,) if quick else ()))
        share = 100 * measured["snapshot"].minimum / (stride * measured["epoch"].minimum)
        found[name] = {"percent": share, "stride": stride, **{key: each.to_dict() for key, each in measured.items()}}
        rows.append([name, measured["epoch"].minimum, measured["snapshot"].minimum, stride, f"{share:.2f}", "<= 3"])
    report.table(
        "Snapshots (microseconds)", ("network", "epoch", "snapshot", "epochs apart", "of training (%)", "wanted"), rows
    )
    return found


def measure(quick: bool) -> dict[str, Any]:
    """All comparisons; prints a table after each."""
    found: dict[str, Any] = {}
    try:
        found["c"] = against_c(quick)
    except Missing as missing:
        print(f"  {missing}")
    found["activations"] = over(
        "Activations (microseconds)",
        "activation",
        {key: {"activation": key} for key in ("tanh", "relu", "sigmoid", "linear")},
        "tanh",
        quick,
    )
    found["batches"] = over(
        "Batch sizes (microseconds; wanted: 1 and 30 at most 3 times 10)",
        "batch",
        {str(size): {"batch_size": size} for size in BATCHES},
        "10",
        quick,
    )
    found["penalties"] = over(
        "Regularisation (microseconds)",
        "penalty",
        {key: {"regularization": key, "regularization_rate": 0.001} for key in ("none", "L1", "L2")},
        "none",
        quick,
    )
    found["tables"] = tables(quick)
    found["landscapes"] = landscapes(quick)
    found["seek"] = seeks(quick)
    found["snapshots"] = snapshots(quick)
    return found


if __name__ == "__main__":
    report.run("engine", measure)
