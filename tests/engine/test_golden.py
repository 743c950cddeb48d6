"""The eight golden runs: what TensorFlow Playground's own engine computes for a link, ours computes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba.core import config

from tinkernet.engine import spec_from_link
from tinkernet.engine.__main__ import report
from tinkernet.engine.data.features import FEATURES

TESTS = Path(__file__).parent.parent
GOLDEN = sorted((TESTS / "golden").glob("*.json"))


def link_of(state: dict[str, Any]) -> str:
    """The link that the original would write."""
    values = {key: value for key, value in state.items() if key not in ("features", "epochs")}
    values["networkShape"] = ",".join(map(str, state["networkShape"]))
    values.update({feature.key: feature.key in state["features"] for feature in FEATURES})
    return "#" + "&".join(
        f"{key}={str(value).lower() if value in (True, False) else value}" for key, value in values.items()
    )


def apart(ours: Any, theirs: Any) -> float:
    """The largest absolute difference of two nested lists of the same shape."""
    if isinstance(theirs, list) and theirs and isinstance(theirs[0], list):
        assert len(ours) == len(theirs)
        return max(apart(mine, other) for mine, other in zip(ours, theirs, strict=True))
    return float(np.max(np.abs(np.subtract(ours, theirs)), initial=0.0))


def test_there_are_eight() -> None:
    """A run without its files would pass by testing nothing."""
    assert len(GOLDEN) == 8


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    """Points, labels and first weights to the last bit; losses to 1e-9 relative; last weights and outputs to 1e-9."""
    golden = json.loads(path.read_text())
    if config.DISABLE_JIT:  # interpreted, a hundred epochs take minutes: the first ones must do
        golden["trajectory"] = [point for point in golden["trajectory"] if point["epoch"] <= 1]
    epochs = [point["epoch"] for point in golden["trajectory"]]
    ours = report(spec_from_link(link_of(golden["state"])), epochs)
    assert set(ours) == set(golden)
    for name in ("train", "test", "initialWeights", "initialBiases"):
        assert ours[name] == golden[name], name
    assert [point["epoch"] for point in ours["trajectory"]] == epochs
    for mine, theirs in zip(ours["trajectory"], golden["trajectory"], strict=True):
        for name in ("train", "test"):
            assert mine[name] == pytest.approx(theirs[name], rel=1e-9, abs=0), (mine["epoch"], name)
    for name in () if config.DISABLE_JIT else ("finalWeights", "finalBiases", "probe"):
        assert apart(ours[name], golden[name]) <= 1e-9, name


@pytest.mark.parametrize("run", json.loads((TESTS / "original.json").read_text()), ids=lambda run: run["link"][:50])
def test_odd_links(run: dict[str, Any]) -> None:
    """Odd seeds, shares, batches, shapes, flags and keys: the sets, the first point and the losses of the original."""
    losses = [row for row in run["losses"] if not config.DISABLE_JIT or row[0] <= 1]
    ours = report(spec_from_link(run["link"]), [epoch for epoch, *_ in losses])
    assert [len(ours["train"]), len(ours["test"])] == run["points"]
    assert ours["train"][0] == run["first"]
    for mine, (epoch, train, test) in zip(ours["trajectory"], losses, strict=True):
        assert [mine["train"], mine["test"]] == pytest.approx([train, test], rel=1e-9, abs=0), epoch


@pytest.mark.parametrize("run", json.loads((TESTS / "published.json").read_text()), ids=lambda run: run["link"][:50])
def test_published_links(run: dict[str, Any]) -> None:
    """Losses of the original in Node, for settings of links that people published.

    The last four runs are chaotic: they are compared as far as the original agrees with itself in all browsers.
    """
    losses = [row for row in run["losses"] if not config.DISABLE_JIT or row[0] <= 1]
    ours = report(spec_from_link(run["link"]), [epoch for epoch, *_ in losses])
    for mine, (epoch, train, test) in zip(ours["trajectory"], losses, strict=True):
        assert [mine["train"], mine["test"]] == pytest.approx([train, test], rel=1e-9, abs=0), epoch
