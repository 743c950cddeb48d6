"""Tinkernet's mathematics: points, networks and their training. NumPy, Numba and the standard library only.

from engine import Trainer, spec_from_link
trainer = Trainer(spec_from_link("https://playground.tensorflow.org/#dataset=xor&seed=0.5"))
trainer.advance(100)
print(trainer.train_loss)
"""

from collections.abc import Callable

from ._jit import KERNELS
from .fields import SpecError
from .link import link_from_spec, spec_from_link
from .spec import Spec, schema
from .trainer import Trainer

__all__ = ["Spec", "SpecError", "Trainer", "link_from_spec", "schema", "spec_from_link", "warm"]


def warm(report: Callable[[int, int, str], None] | None = None) -> None:
    """Compile every kernel, or load it from the cache; `report(done, total, name)` is called before each and at last.

    Without it the first use of a kernel waits for it, seconds long where the cache is empty.
    """
    for done, kernel in enumerate(KERNELS):
        if report is not None:
            report(done, len(KERNELS), kernel.name)
        kernel.load()
    if report is not None:
        report(len(KERNELS), len(KERNELS), "")
