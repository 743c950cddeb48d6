"""One order of sums: a run has the same bits whatever the processor's registers hold."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numba.core import config

from tests.conftest import ROOT
from tests.engine.conftest import spec
from tinkernet.engine import Trainer
from tinkernet.engine.analysis.probe import activations
from tinkernet.engine.compiler.simd import WIDTH
from tinkernet.engine.data.dataset import labels
from tinkernet.engine.data.features import FEATURES
from tinkernet.engine.data.generators import GENERATORS
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.formulas.initialisers import INITIALISERS
from tinkernet.engine.formulas.losses import LOSSES
from tinkernet.engine.formulas.optimisers import OPTIMISERS
from tinkernet.engine.formulas.penalties import PENALTIES
from tinkernet.engine.formulas.schedules import SCHEDULES
from tinkernet.engine.kernels import NUMERICS

# Haswell, 2013: four doubles in a register and fused operations. NumPy has loops of its own for each processor.
NARROW = {
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+sse3,+ssse3,+sse4.1,+sse4.2,+popcnt,+avx,+avx2,+fma,+bmi,+bmi2,+f16c,+lzcnt",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
DEEP: dict[str, Any] = {"hidden": (9, 5, 3), "features": ("x", "y", "xTimesY", "sinX", "sinY"), "learning_rate": 0.01}
PENALISED: dict[str, Any] = {"regularization_rate": 0.01, "optimiser": "adam"}


def specs() -> dict[str, dict[str, Any]]:
    """By name: every choice that a kernel makes, and batches that fill their vectors and that do not."""
    found: dict[str, dict[str, Any]] = {}
    for size in (1, 2, 3, 4, 5, 8, 10, 12, 16, 20, 24, 30, 32, 33, 45, 100, 249, 10_000):
        found[f"batch {size}"] = {"batch_size": size, **DEEP}
        found[f"batch {size}, carried"] = {"batch_size": size, "short_batch": "carry", "train_percent": 47}
    found |= {f"activation {each.key}": {"activation": each.key, **DEEP} for each in ACTIVATIONS}
    found |= {f"alone {each.key}": {"activation": each.key, "batch_size": 1, **DEEP} for each in ACTIVATIONS}
    for loss in LOSSES:
        for output in loss.fits:
            for dataset in ("circle", "blobs"):
                choices = {"loss": loss.key, "output": output, "dataset": dataset}
                found |= {
                    f"{loss.key} of {output} {dataset} {size}": {**choices, "batch_size": size} for size in (3, 30)
                }
    for each in OPTIMISERS:
        found[f"optimiser {each.key}"] = {"optimiser": each.key, "clip_norm": 0.1, **DEEP}
        found[f"alone {each.key}"] = {"optimiser": each.key, "clip_norm": 0.1, "batch_size": 1}
    found |= {f"penalty {each.key}": {"regularization": each.key, **PENALISED, **DEEP} for each in PENALTIES}
    found |= {f"pull {each.key}": {"regularization": each.key, "regularization_rate": 0.03} for each in PENALTIES}
    found |= {
        f"schedule {each.key}": {"schedule": each.key, "schedule_epochs": 7, "schedule_factor": 0.7}
        for each in SCHEDULES
    }
    found |= {f"initialiser {each.key}": {"initialiser": each.key, "biases": "fanIn", **DEEP} for each in INITIALISERS}
    found |= {f"feature {each.key}": {"features": ("x", each.key)} for each in FEATURES}
    for each in GENERATORS:
        field = "dataset" if each.problem == "classification" else "reg_dataset"
        found[f"data {each.key}"] = {"problem": each.problem, field: each.key, "noise": 20.0}
    for size in (1, 3, 10, 45):
        found[f"dropout {size}"] = {"dropout": 0.3, "order": "shuffled", "batch_size": size, **DEEP}
    found["diverging"] = {"problem": "regression", "activation": "relu", "learning_rate": 1000.0, "batch_size": 12}
    return found


def digest(choices: dict[str, Any]) -> str:
    """A hash of all that fifteen epochs leave: parameters, what the optimiser remembers, losses and maps."""
    run = Trainer(spec(**choices))
    run.advance(15)
    answers, train = activations(run, run.data.test.inputs), run.data.train
    points = np.column_stack([train.inputs, labels(train.targets, run.task.classes)])
    parts = (run.network.params, run.network.optimiser_state[:, run.network.places], run.history.rows, answers, points)
    # NaNs are alike: their sign and payload mean nothing.
    whole = [np.where(np.isnan(part), np.nan, part).tobytes() for part in parts]
    return hashlib.sha256(b"".join(whole)).hexdigest()[:16]


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="only compiled code knows the processor")
@pytest.mark.timeout(600)
def test_both_widths_give_the_same_bits() -> None:
    """Every kind of run, with registers of eight doubles and of four."""
    runs = [json.loads(_child({**os.environ, **places})) for places in ({}, NARROW)]
    assert [run.pop("WIDTH") for run in runs] == [WIDTH, 4]
    assert set(runs[0]) == set(specs())
    assert [name for name in runs[0] if runs[0][name] != runs[1][name]] == []
    if WIDTH == 4:
        pytest.skip("this processor has registers of four doubles only: nothing was compared")


# Of the runs below, by version. Their points need no function of the C library.
DIGESTS = {2: "d1314052502b9c1b", 3: "d1314052502b9c1b"}


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="interpreted results may differ in the last bits")
def test_the_version_of_the_arithmetic_names_its_bits() -> None:
    """Whoever changes a bit of a run raises `NUMERICS` and adds a line here; no processor makes another difference."""
    choices: list[dict[str, Any]] = [{"batch_size": size, **DEEP} for size in (1, 3, 10, 45, 1000)]
    choices += [{"activation": key} for key in ("relu", "sigmoid")]
    choices += [{"optimiser": key, "clip_norm": 0.1} for key in ("momentum", "rmsprop")]
    choices += [{"regularization": key, "regularization_rate": 0.01} for key in ("L1", "L2", "elastic")]
    choices += [{"dropout": 0.2, "order": "shuffled"}, {"loss": "huber"}]
    plain = {"dataset": "xor", "features": ("x", "y", "xTimesY")}
    whole = "".join(digest({**each, **plain}) for each in choices)
    assert hashlib.sha256(whole.encode()).hexdigest()[:16] == DIGESTS[NUMERICS]


def _child(environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.test_widths"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=550,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


if __name__ == "__main__":
    print(json.dumps({"WIDTH": WIDTH, **{name: digest(choices) for name, choices in specs().items()}}))
