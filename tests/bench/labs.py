"""What the autoencoder labs promise: how many seeds get there, with the labs' own settings.

Banknotes are measured where TINKERNET_TEST_BANKNOTES names their file (UCI, doi 10.24432/C55P57, CC BY 4.0).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from tests.bench import report
from tests.bench.rounds import progress
from tinkernet.app.tables.library import iris_to_rebuild
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.codes import coded, count_right
from tinkernet.engine.analysis.principal import principal, unexplained
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.made import EXTRA, bent_sheet, circle_beside_noise, one_hot
from tinkernet.engine.data.tables.columns import plan_of
from tinkernet.engine.data.tables.layout import guess
from tinkernet.engine.data.tables.read import read
from tinkernet.engine.data.tables.take import take
from tinkernet.engine.labs import lab_from_key

MOST = 5_000  # epochs that 8-3-8 has
EPOCHS = 1_000  # of the autoencoders beside PCA


def epochs_until_right(count: int, seed: str, **settings: Any) -> int | None:
    """The first epoch at whose end all one-hot codes are given back; None if there is none within MOST."""
    dataset = one_hot(count)
    trainer = Trainer(lab_from_key["codes"].spec(dataset, seed, **settings), dataset)
    while trainer.epoch < MOST:
        trainer.advance(1)
        if count_right(coded(trainer, dataset.inputs).rebuilt, dataset.inputs) == count:
            return trainer.epoch
    return None


def errors(dataset: Dataset, seed: str) -> tuple[float, float]:
    """The test errors of the autoencoder and of PCA, as parts of the variance."""
    trainer = Trainer(lab_from_key["pca"].spec(dataset, seed), dataset)
    trainer.advance(EPOCHS)
    train, test = trainer.data
    plane = principal(train.inputs, min(trainer.spec.hidden))
    return (
        unexplained(test.inputs, coded(trainer, test.inputs).rebuilt, plane.mean),
        unexplained(test.inputs, plane.rebuilt(test.inputs), plane.mean),
    )


def banknotes(path: Path, seed: str) -> Dataset:
    """As the page reads them, where the four measures are to be reconstructed."""
    text = path.read_text(encoding="utf-8")
    plan = plan_of(read(text, guess(text), seed=seed), roles={0: "reconstruct"})
    return take(plan, lab_from_key["pca"].settings["train_percent"], seed)


def noise_losses(extra: int, seed: str) -> tuple[float, float]:
    """The training and the test loss beside so many columns of noise."""
    dataset = circle_beside_noise(extra)
    trainer = Trainer(lab_from_key["noise"].spec(dataset, seed), dataset)
    trainer.advance(EPOCHS // 2)
    return trainer.train_loss, trainer.test_loss


def measure(quick: bool) -> dict[str, Any]:
    """Many seeds of each."""
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    seeds = 5 if quick else 40
    for name, settings in (("batch 1", {}), ("batch 8", {"batch_size": 8})):
        progress(f"8-3-8, {name}")
        epochs = [epochs_until_right(8, f"s{seed}", **settings) for seed in range(1, seeds + 1)]
        there = sorted(epoch for epoch in epochs if epoch is not None)
        found[f"8-3-8, {name}"] = {"seeds": seeds, "epochs": epochs}
        rows.append([name, f"{len(there)} of {seeds}", *([there[0], median(there), there[-1]] if there else ["-"] * 3)])
    title = f"8-3-8: seeds with all eight right within {MOST:,} epochs, and after how many"
    report.table(title, ("", "seeds", "min", "median", "max"), rows)

    sets: dict[str, Callable[[str], Dataset]] = {"bent sheet": bent_sheet}
    if (iris := iris_to_rebuild()) is not None:
        sets["Iris"] = lambda _: iris
    path = Path(os.environ.get("TINKERNET_TEST_BANKNOTES", ""))
    if path.is_file():
        sets["banknotes"] = lambda seed: banknotes(path, seed)
    rows = []
    seeds = 4 if quick else 20
    for name, make in sets.items():
        progress(name)
        pairs = np.array([errors(make(f"s{seed}"), f"s{seed}") for seed in range(1, seeds + 1)])
        found[name] = pairs.tolist()
        better = int((pairs[:, 0] < pairs[:, 1]).sum())
        own, other = pairs.T
        rows.append([name, f"{better} of {seeds}", *[f(each) for each in (own, other) for f in (min, np.median, max)]])
    title = f"Autoencoder beside PCA: test error after {EPOCHS:,} epochs, as a part of the variance"
    head = ("", "better than PCA", "min", "median", "max", "PCA min", "median", "max")
    report.table(title, head, [[*row[:2], *map(float, row[2:])] for row in rows])

    rows = []
    for extra in EXTRA:
        progress(f"{extra} columns of noise")
        pairs = np.array([noise_losses(extra, f"s{seed}") for seed in range(1, seeds + 1)])
        found[f"{extra} columns of noise"] = pairs.tolist()
        rows.append([extra, float(pairs[:, 0].max()), *(float(f(pairs[:, 1])) for f in (min, np.median, max))])
    title = f"Columns of noise: losses of {seeds} seeds after {EPOCHS // 2:,} epochs"
    report.table(title, ("columns", "training max", "test min", "median", "max"), rows)
    return found


if __name__ == "__main__":
    report.run("labs", measure)
