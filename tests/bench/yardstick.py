"""yardstick.c, compiled for the shape of one network and loaded as a library."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from tinkernet.engine import Trainer
from tinkernet.engine.data.dataset import labels
from tinkernet.engine.data.features import features_of
from tinkernet.engine.data.grid import grid

# Sums keep their order: otherwise the compiler removes the rounding by adding and subtracting a large number.
FLAGS = ("-O3", "-march=native", "-ffast-math", "-fno-associative-math", "-shared", "-fPIC")


class Missing(Exception):
    """Raised when there is no C compiler."""


class Yardstick:
    """C code that does the same work as a trainer, starting from its current parameters."""

    def __init__(self, trainer: Trainer) -> None:
        compiler = next((path for path in map(shutil.which, (os.environ.get("CC", "cc"), "gcc")) if path), None)
        if compiler is None:
            raise Missing("There is no C compiler, so nothing is compared with C.")
        spec, sizes, points = trainer.spec, trainer.network.sizes, trainer.data.train
        shape = {"LAYERS": len(sizes) - 1, "WIDEST": max(sizes), "BATCH": spec.batch_size, "POINTS": len(points)}
        defined = [f"-DSIZES={','.join(map(str, sizes))}", *(f"-D{name}={value}" for name, value in shape.items())]
        with tempfile.TemporaryDirectory() as folder:
            library = Path(folder) / "yardstick.so"
            source = Path(__file__).with_name("yardstick.c")
            subprocess.run([compiler, *FLAGS, *defined, str(source), "-o", str(library)], check=True)
            self._library = ctypes.CDLL(str(library))
        numbers = np.ctypeslib.ndpointer(np.float64, flags="C_CONTIGUOUS")
        self._library.give.argtypes = [numbers] * 4
        self._library.take.argtypes = [numbers]
        self._library.epochs.argtypes = [ctypes.c_int, ctypes.c_double]
        self._library.mapped.restype = ctypes.c_double
        self._rate = spec.learning_rate
        params = trainer.network.params.copy()
        rows, places = features_of(points.inputs, spec.features), features_of(grid(100), spec.features)
        self._library.give(params, rows, labels(points.targets, trainer.task.classes).copy(), places)
        self._count = params.size

    def epochs(self, count: int) -> None:
        """Train for `count` epochs."""
        self._library.epochs(count, self._rate)

    def maps(self, count: int) -> None:
        """Compute the maps of all neurons `count` times."""
        self._library.maps(count)

    def mapped(self, layer: int, neuron: int, place: int) -> float:
        """One value of the last maps; layer 0 is the first hidden layer."""
        return float(self._library.mapped(layer + 1, neuron, place))

    @property
    def params(self) -> np.ndarray:
        """The parameters in the engine's order, flat."""
        params = np.empty(self._count)
        self._library.take(params)
        return params
