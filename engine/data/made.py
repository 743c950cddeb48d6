"""Data sets of the labs, which are to be reconstructed: made by a rule, and by a seed where chance is in it."""

import numpy as np

from tinkernet.engine.compiler.elementwise import cosine, sine
from tinkernet.engine.data.dataset import CLASS, PLANE_COLUMNS, RECONSTRUCT, Column, Dataset
from tinkernet.engine.data.generators import draw_dataset
from tinkernet.engine.errors import SpecError
from tinkernet.engine.rng import seedrandom

CODES = range(2, 17)
"""The numbers of one-hot codes that there are sets of."""

EXTRA = (0, 1, 2, 4, 8, 16, 32)
"""The numbers of columns of noise that there are sets of."""
_CIRCLE_ROWS = 200

SHEET_ROWS = 500
_TURN = 5.0  # radians that the sheet is rolled by, in each of its two directions
_SHAKE = 0.02  # standard deviation of what lifts the rows off the sheet


def one_hot(count: int) -> Dataset:
    """The `count` codes with a single 1, for all of them to be given back: Mitchell, Machine Learning (1997), 4.6.4.

    All rows are for training: a code that was never trained cannot be known. Raises SpecError for another number of
    them than there is in CODES.
    """
    if count not in CODES:
        raise SpecError("count", count, f"a whole number from {CODES[0]} to {CODES[-1]}", "The number of codes")
    columns = [Column(f"Bit {bit}") for bit in range(1, count + 1)]
    return Dataset(np.eye(count), kind=RECONSTRUCT, columns=columns, in_training=np.ones(count, np.bool_))


def bent_sheet(seed: str, rows: int = SHEET_ROWS) -> Dataset:
    """A surface of two dimensions, rolled up in four: (rows, 4), each column standardised.

    A place (u, v) of the sheet, each uniform from 0 to 1, is rolled to arcs (cos 5u, sin 5u, cos 5v, sin 5v). Two
    numbers say where a row is, but no plane comes near all of them. The columns are mixed by a random rotation, so that
    none stands for one direction of the sheet alone.
    """
    # Of a text the generator takes the signs in a circle: "1" and "11" alone would be one seed.
    state = seedrandom.generator(f"sheet {seed}")
    drawn = _TURN * seedrandom.uniforms((rows, 2), state)
    rolled = np.column_stack([cosine(drawn[:, 0]), sine(drawn[:, 0]), cosine(drawn[:, 1]), sine(drawn[:, 1])])
    rotation, _ = np.linalg.qr(seedrandom.normals((4, 4), state))
    values = rolled @ rotation + _SHAKE * seedrandom.normals((rows, 4), state)
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    return Dataset(values, kind=RECONSTRUCT, columns=[Column(name) for name in "abcd"])


def circle_beside_noise(extra: int) -> Dataset:
    """200 points, half of each class, inside and around a circle, and beside x and y so many columns of noise.

    All columns have the mean 0 and the deviation 1. The points are the same for every number of columns.
    """
    state = seedrandom.generator("circle beside noise")
    circle = draw_dataset("circle", (_CIRCLE_ROWS // 2,) * 2, 0.0, 50.0, state)
    values = np.column_stack([circle.inputs, seedrandom.normals((_CIRCLE_ROWS, max(EXTRA)), state)[:, :extra]])
    return Dataset(
        (values - values.mean(axis=0)) / values.std(axis=0),
        circle.targets,
        kind=CLASS,
        columns=[*PLANE_COLUMNS, *(Column(f"Noise {place}") for place in range(1, extra + 1))],
        target_columns=circle.target_columns,
        classes=circle.classes,
    )
