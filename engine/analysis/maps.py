"""Decision maps: the activations of units over the square of the plane that the page draws."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tinkernet.engine.analysis.metrics import classify
from tinkernet.engine.analysis.probe import activations_of, unit_row
from tinkernet.engine.data.dataset import Dataset
from tinkernet.engine.data.features import is_input
from tinkernet.engine.data.slices import Slice, default_slice, input_map
from tinkernet.engine.kernels import evaluate
from tinkernet.engine.network import batching
from tinkernet.engine.network.network import Network
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.spec.task import Task

# A smooth pixel is the mean of two points, at these offsets from its centre, in pixels.
_OFFSETS = (-0.25, 0.25)


class Mapped(Protocol):
    """What has a map: a trainer, or an executor."""

    @property
    def network(self) -> Network:
        """Its network."""

    @property
    def spec(self) -> Spec:
        """Its settings."""

    @property
    def task(self) -> Task:
        """What it has to answer."""

    @property
    def dataset(self) -> Dataset:
        """What it learns from."""


def output_map(of: Mapped, side: int) -> NDArray[np.uint8]:
    """The smooth map (side * side,) of the first output; see `unit_maps`."""
    unit = f"{len(of.spec.hidden)}.0"
    return unit_maps(of, [unit], side, smooth=True)[unit]


def small_maps(trainer: Mapped, side: int, most: int | None = None, plane: Slice | None = None) -> NDArray[np.uint8]:
    """Maps of the hidden and output neurons in order of layer: (neurons, side * side); see `unit_maps`.

    Of a layer with more than `most` neurons only the first ones.
    """
    plane = plane or default_slice(trainer.dataset)
    return _painted(trainer, plane, trainer.network.firsts(most), side)[:, : side * side]


def unit_maps(
    trainer: Mapped, units: Iterable[str], side: int, *, smooth: bool = False, plane: Slice | None = None
) -> dict[str, NDArray[np.uint8]]:
    """A map (side * side,) of each unit over a slice of input space, quantised and in image order (see `grid`).

    A unit is an input's key, or "layer.neuron". Raises SpecError for a unit that the network does not have.
    plane: without one, the `default_slice` of the data.

    With `smooth` each pixel is the mean of two points, which removes the steps along a steep border.
    """
    asked, columns = list(units), trainer.dataset.shape.columns
    plane = plane or default_slice(trainer.dataset)
    rows_from_unit = {unit: unit_row(trainer.network, unit) for unit in asked if not is_input(unit, columns)}
    maps = {unit: input_map(unit, side, plane) for unit in asked if unit not in rows_from_unit}
    if rows_from_unit:
        rows = np.array(list(rows_from_unit.values()))
        if smooth:
            painted, other = (_painted(trainer, plane, rows, side, offset) for offset in _OFFSETS)
            evaluate.average(painted, other)
        else:
            painted = _painted(trainer, plane, rows, side)
        maps.update(zip(rows_from_unit, painted[:, : side * side], strict=True))
    return maps


def class_map(trainer: Mapped, side: int, plane: Slice | None = None) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """With several classes: the class and the margin of each pixel of a smooth map (see `metrics.classify`).

    Both have the shape (side * side,).
    """
    network, features = trainer.network, trainer.spec.features
    plane = plane or default_slice(trainer.dataset)
    rows = np.arange(-trainer.task.outputs, 0) + sum(network.sizes)
    pair = [batching.map_tiles(side, features, plane, offset) for offset in _OFFSETS]
    one, other = (activations_of(network, tiles, rows) for tiles in pair)
    return classify((0.5 * (one + other))[:, : side * side], trainer.task)


def _painted(
    trainer: Mapped, plane: Slice, rows: NDArray[np.int64], side: int, offset: float = 0.0
) -> NDArray[np.uint8]:
    """Maps (len(rows), pixels), filled up to whole tiles."""
    network = trainer.network
    tiles = batching.map_tiles(side, trainer.spec.features, plane, offset)
    maps = np.empty((len(rows), tiles.shape[0] * tiles.shape[2]), np.uint8)
    evaluate.paint(
        network.padded, network.shown_table, tiles, network.units[rows], network.workspace(batching.MAX_LANES), maps
    )
    return maps
