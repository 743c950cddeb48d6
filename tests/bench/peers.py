"""One epoch of the same network on the same points in PyTorch (eager), scikit-learn and JAX (jit and scan).

All run on the CPU in float64 with one thread, like the engine. PyTorch runs also in float32, its default, with one
thread and with one for every core. scikit-learn has no tanh output; its linear output does slightly less work.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

THREADS = os.cpu_count() or 1
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # NumPy, SciPy and PyTorch read it when they are imported, so it is set before that
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np  # noqa: E402

from tests.bench import report  # noqa: E402
from tests.bench.engine import ALL, epochs_of, trainer_of  # noqa: E402
from tests.bench.rounds import interleaved, progress  # noqa: E402
from tinkernet.engine import Trainer  # noqa: E402
from tinkernet.engine.data.dataset import labels  # noqa: E402
from tinkernet.engine.data.features import features_of  # noqa: E402

SHAPES: dict[str, dict[str, Any]] = {
    "2-4-2-1": {"hidden": (4, 2), "batch_size": 10},
    "7-8x6-1": {"features": ALL, "hidden": (8,) * 6, "batch_size": 10},
    "7-8x6-1, batch 1": {"features": ALL, "hidden": (8,) * 6, "batch_size": 1},
    "7-8x6-1, batch 30": {"features": ALL, "hidden": (8,) * 6, "batch_size": 30},
    "7-8x6-1, whole set": {"features": ALL, "hidden": (8,) * 6, "batch_size": 250},
    "2-64-64-1, batch 32": {"hidden": (64, 64), "batch_size": 32},
    "2-64-64-1, whole set": {"hidden": (64, 64), "batch_size": 250},
    "2-64-1, batch 32": {"hidden": (64,), "batch_size": 32},
    "7-64x8-1, batch 10": {"features": ALL, "hidden": (64,) * 8, "batch_size": 10},
    "7-64x8-1, batch 30": {"features": ALL, "hidden": (64,) * 8, "batch_size": 30},
    "7-64x8-1, whole set": {"features": ALL, "hidden": (64,) * 8, "batch_size": 250},
}


def torch_of(trainer: Trainer, double: bool, threads: int) -> Callable[[int], None]:
    """The loop as PyTorch users write it: nn.Sequential, SGD, and batches sliced in advance."""
    import torch

    kind = torch.float64 if double else torch.float32
    layers: list[torch.nn.Module] = []
    for fan_in, neurons in zip(trainer.network.sizes, trainer.network.sizes[1:], strict=False):
        layers += [torch.nn.Linear(fan_in, neurons, dtype=kind), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers)
    optimiser = torch.optim.SGD(model.parameters(), lr=trainer.spec.learning_rate)
    inputs, labels = (torch.tensor(array, dtype=kind) for array in _points(trainer))
    size = trainer.spec.batch_size
    batches = list(zip(inputs.split(size), labels.split(size), strict=True))

    def work(count: int) -> None:
        torch.set_num_threads(threads)
        for _ in range(count):
            for x, y in batches:
                optimiser.zero_grad()
                loss = 0.5 * torch.mean((model(x)[:, 0] - y) ** 2)
                loss.backward()
                optimiser.step()

    return work


def scikit_learn_of(trainer: Trainer) -> Callable[[int], None]:
    """`partial_fit`, which trains one epoch a call."""
    from sklearn.neural_network import MLPRegressor

    model = MLPRegressor(
        hidden_layer_sizes=trainer.spec.hidden, activation="tanh", solver="sgd", alpha=0.0, momentum=0.0,
        batch_size=trainer.spec.batch_size, learning_rate_init=trainer.spec.learning_rate, shuffle=False,
    )  # fmt: skip
    inputs, labels = _points(trainer)

    def work(count: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(count):
                model.partial_fit(inputs, labels)

    return work


def jax_of(trainer: Trainer) -> Callable[[int], None]:
    """One compiled function: a scan over the batches, many epochs in one call. It omits a short last batch."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    size, rate = trainer.spec.batch_size, trainer.spec.learning_rate
    inputs, labels = _points(trainer)
    whole = len(labels) // size
    xs = jnp.array(inputs[: whole * size]).reshape(whole, size, -1)
    ys = jnp.array(labels[: whole * size]).reshape(whole, size)
    network = trainer.network
    params = [(jnp.array(network.weights(i).T), jnp.array(network.biases(i))) for i in range(network.layers)]

    def loss(params: Any, x: Any, y: Any) -> Any:
        for weights, biases in params:
            x = jnp.tanh(x @ weights + biases)
        return 0.5 * jnp.mean((x[:, 0] - y) ** 2)

    def update(params: Any, batch: Any) -> Any:
        slopes = jax.grad(loss)(params, *batch)
        return jax.tree.map(lambda value, slope: value - rate * slope, params, slopes), None

    @jax.jit
    def epochs(params: Any, count: Any) -> Any:
        return jax.lax.fori_loop(0, count, lambda _, params: jax.lax.scan(update, params, (xs, ys))[0], params)

    def work(count: int) -> None:
        nonlocal params
        params = jax.block_until_ready(epochs(params, count))

    return work


def _points(trainer: Trainer) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (n, features) and labels (n,)."""
    points = trainer.data.train
    inputs = np.ascontiguousarray(features_of(points.inputs, trainer.spec.features).T)
    return inputs, labels(points.targets, trainer.task.classes).copy()


PEERS: dict[str, Callable[[Trainer], Callable[[int], None]]] = {
    "torch f64": lambda trainer: torch_of(trainer, True, 1),
    "torch f32": lambda trainer: torch_of(trainer, False, 1),
    f"torch f32, {THREADS} threads": lambda trainer: torch_of(trainer, False, THREADS),
    "scikit-learn": scikit_learn_of,
    "jax": jax_of,
}


def measure(quick: bool) -> dict[str, Any]:
    """Every network, with all libraries in alternating rounds."""
    peers = dict(PEERS)
    found: dict[str, Any] = {}
    rows: list[list[object]] = []
    for name, fields in SHAPES.items():
        progress(f"{name} against other libraries")
        trainer = trainer_of(**fields)
        work: dict[str, Callable[[int], object]] = {"epoch": epochs_of(trainer), "advance": trainer.advance}
        for peer, make in list(peers.items()):
            try:
                work[peer] = make(trainer)
            except ImportError as error:
                print(f"  {peer} is left out: {error}.")
                del peers[peer]
        measured = interleaved(work, 3 if quick else 9)
        found[name] = {key: value.to_dict() for key, value in measured.items()}
        ours = measured["epoch"].minimum
        rows.append([name, ours, measured["advance"].minimum])
        for peer in peers:
            rows[-1] += [measured[peer].minimum, measured[peer].minimum / ours]
    head = ["network", "epoch", "advance"] + [text for peer in peers for text in (peer, "times")]
    report.table("Against other libraries (microseconds per epoch, minima; how many times ours)", head, rows)
    return found


if __name__ == "__main__":
    report.run("peers", measure)
