"""Noise on the inputs of what is to be reconstructed; the targets stay clean, so that the network has to take it away.

Vincent, Larochelle, Bengio, Manzagol: Extracting and Composing Robust Features with Denoising Autoencoders (2008).
"""

from tinkernet.engine.data.dataset import Floats, Points, Split
from tinkernet.engine.data.drawing import Ids
from tinkernet.engine.rng import seedrandom


def noisy(data: Split, ids: tuple[Ids, Ids], noise: float, seed: str) -> Split:
    """Both parts with normal noise on each input, `noise` per cent of 1, which is the deviation of a scaled column.

    The seed and its id give a row its noise, the same in every epoch and in either part. Fresh noise in each
    epoch was refused: the inputs would be others than those that are shown.
    """
    count = 1 + max((int(each.max()) for each in ids if len(each)), default=0)
    columns = data.train.inputs.shape[1]
    # A space cannot be part of a seed: see `Dataset.rows`.
    drawn: Floats = noise / 100.0 * seedrandom.normals((count, columns), seedrandom.generator(f"{seed} noise"))
    train, test = (Points(part.inputs + drawn[of_part], part.targets) for part, of_part in zip(data, ids, strict=True))
    return Split(train, test)
