"""Tinkernet's mathematics: points, networks and their training. NumPy, Numba and the standard library only.

from tinkernet.engine import Trainer, spec_from_link
trainer = Trainer(spec_from_link("https://playground.tensorflow.org/#dataset=xor&seed=0.5"))
trainer.advance(100)
print(trainer.train_loss)
"""

from collections.abc import Callable

from tinkernet.engine.compiler.jit import KERNELS
from tinkernet.engine.errors import SpecError
from tinkernet.engine.kernels import train
from tinkernet.engine.spec.link import link_from_spec, spec_from_link
from tinkernet.engine.spec.schema import schema
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.run import Run
from tinkernet.engine.training.trainer import Trainer

__all__ = ["Run", "Spec", "SpecError", "Trainer", "can_train", "link_from_spec", "schema", "spec_from_link", "warm"]


def warm(report: Callable[[int, int, str], None] | None = None, *, training: bool = True) -> None:
    """Compile every kernel, or load it from the cache; `report(done, total, name)` is called before each and at last.

    Without it the first use of a kernel waits for it, seconds long where the cache is empty. `training` False leaves
    out the one that trains, which takes as long as all others: a network can be made, changed and shown before.
    """
    total = len(KERNELS)
    for kernel in KERNELS:
        if not kernel.ready and (training or kernel is not train.train):
            if report is not None:
                report(sum(each.ready for each in KERNELS), total, kernel.name)
            kernel.load()
    if report is not None:
        report(sum(each.ready for each in KERNELS), total, "")


def can_train() -> bool:
    """Whether `Trainer.advance` begins at once, and has not to wait for the compiler."""
    return train.train.ready
