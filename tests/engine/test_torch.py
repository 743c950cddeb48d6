"""The same mathematics as PyTorch: activations, losses and, step by step, optimisers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.engine.conftest import numbers_of, spec
from tests.engine.test_activations import both
from tinkernet.engine import Spec, Trainer
from tinkernet.engine.analysis.probe import activations
from tinkernet.engine.data.dataset import RECONSTRUCT, Column, Dataset
from tinkernet.engine.data.features import column_keys
from tinkernet.engine.formulas.activations import ACTIVATIONS
from tinkernet.engine.formulas.losses import LOSSES
from tinkernet.engine.formulas.optimisers import OPTIMISERS
from tinkernet.engine.spec.task import Task

torch = pytest.importorskip("torch", reason="PyTorch is not installed: see tests/engine/requirements.txt")
F = torch.nn.functional

ACTIVATION_FROM_KEY: dict[str, Callable[[Any], Any]] = {
    "relu": F.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "linear": lambda z: z * 1.0,
    "leakyRelu": F.leaky_relu,
    "elu": F.elu,
    "selu": F.selu,
    "gelu": F.gelu,
    "swish": F.silu,
    "mish": F.mish,
    # PyTorch's is the straight line from its threshold on.
    "softplus": lambda z: F.softplus(z, threshold=1e9),
    "softsign": F.softsign,
    "sine": torch.sin,
    "gaussian": lambda z: torch.exp(-z * z),
    "step": lambda z: torch.heaviside(z.detach(), torch.zeros(1, dtype=torch.float64)) + 0 * z,
}
NETS: dict[str, dict[str, Any]] = {
    "two classes": dict(hidden=(4, 2), features=("x", "y")),
    "three classes": dict(
        hidden=(6, 5), dataset="blobs", activations=["gelu", "softsign"], features=("x", "y", "sinX"), biases="fanIn"
    ),
    "numbers": dict(hidden=(8,), problem="regression", activation="elu", loss="huber", initialiser="heNormal"),
}


def optimiser(run: Spec, weights: list[Any], biases: list[Any]) -> Any:
    """PyTorch's of the same name and settings; weight decay is for the weights only."""
    rate, betas = run.learning_rate, (run.beta1, run.beta2)
    match run.optimiser:
        case "sgd":
            return torch.optim.SGD([*weights, *biases], lr=rate)
        case "momentum":
            return torch.optim.SGD([*weights, *biases], lr=rate, momentum=run.momentum)
        case "nesterov":
            return torch.optim.SGD([*weights, *biases], lr=rate, momentum=run.momentum, nesterov=True)
        case "adagrad":
            return torch.optim.Adagrad([*weights, *biases], lr=rate, eps=run.epsilon)
        case "rmsprop":
            return torch.optim.RMSprop([*weights, *biases], lr=rate, alpha=run.smoothing, eps=run.epsilon)
        case "adam":
            return torch.optim.Adam([*weights, *biases], lr=rate, betas=betas, eps=run.epsilon)
        case "adamw":
            groups = [{"params": weights, "weight_decay": run.weight_decay}, {"params": biases, "weight_decay": 0.0}]
            return torch.optim.AdamW(groups, lr=rate, betas=betas, eps=run.epsilon)
    return Lion(run, weights, biases)


class Lion:
    """As in the paper's listing: PyTorch has none."""

    def __init__(self, run: Spec, weights: list[Any], biases: list[Any]) -> None:
        self.run = run
        self.decayed = [(w, torch.zeros_like(w), run.weight_decay) for w in weights]
        self.decayed += [(b, torch.zeros_like(b), 0.0) for b in biases]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter, _, _ in self.decayed:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """One update."""
        for parameter, mean, decay in self.decayed:
            update = (self.run.beta1 * mean + (1 - self.run.beta1) * parameter.grad).sign()
            parameter.sub_(self.run.learning_rate * (update + decay * parameter))
            mean.mul_(self.run.beta2).add_((1 - self.run.beta2) * parameter.grad)


def loss_of(task: Task, totals: Any, targets: Any) -> Any:
    """PyTorch's loss of the output's total inputs (n, outputs): summed over the outputs, averaged over the points."""
    if task.output == "softmax":
        return F.cross_entropy(totals, targets[:, 0].long())
    match task.loss, task.output:
        case "crossEntropy", "sigmoid":
            return F.binary_cross_entropy_with_logits(totals, targets)
        case "crossEntropy", "tanh":
            return F.binary_cross_entropy((torch.tanh(totals) + 1) / 2, targets)
    outputs = ACTIVATION_FROM_KEY[task.output](totals)
    if task.loss == "perceptron":
        return (totals * (outputs - targets)).sum() / len(targets)
    if task.classes and task.output != "sigmoid":
        targets = 2 * targets - 1
    match task.loss:
        case "squared":
            return F.mse_loss(outputs, targets, reduction="sum") / 2 / len(targets)
        case "absolute":
            return F.l1_loss(outputs, targets, reduction="sum") / len(targets)
        case "huber":
            return F.huber_loss(outputs, targets, reduction="sum") / len(targets)
    return torch.clamp(1 - targets * outputs, min=0).sum() / len(targets)


def totals_of(run: Spec, inputs: Any, weights: list[Any], biases: list[Any]) -> Any:
    """The total inputs of the outputs."""
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        inputs = F.linear(inputs, weight, bias)
        if layer < len(weights) - 1:
            inputs = ACTIVATION_FROM_KEY[run.of_layer("activation", layer)](inputs)
    return inputs


def twin_of(trainer: Trainer) -> tuple[list[Any], list[Any], Any, Any]:
    """The trainer's weights, biases, inputs (n, inputs) and targets (n, k) as tensors."""
    layers = range(trainer.network.layers)
    weights = [torch.tensor(trainer.network.weights(at).copy(), requires_grad=True) for at in layers]
    biases = [torch.tensor(trainer.network.biases(at).copy(), requires_grad=True) for at in layers]
    points = trainer.data.train
    inputs = activations(trainer, points.inputs)[: trainer.network.sizes[0]].T
    return weights, biases, torch.tensor(inputs.copy()), torch.tensor(points.targets)


def flat(weights: list[Any], biases: list[Any]) -> np.ndarray:
    """As the engine keeps them."""
    return np.concatenate([p.detach().numpy().ravel() for pair in zip(weights, biases, strict=True) for p in pair])


def fifty_steps(run: Spec, dataset: Dataset | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The parameters after fifty updates: the engine's, and PyTorch's from the same start."""
    trainer = Trainer(run, dataset)
    weights, biases, inputs, targets = twin_of(trainer)
    rule = optimiser(run, weights, biases)
    per_epoch = -(-len(inputs) // run.batch_size)
    assert 50 % per_epoch == 0
    for step in range(50):
        start = step % per_epoch * run.batch_size
        rule.zero_grad()
        batch = slice(start, start + run.batch_size)
        loss_of(trainer.task, totals_of(run, inputs[batch], weights, biases), targets[batch]).backward()
        if run.clip_norm:
            torch.nn.utils.clip_grad_norm_([*weights, *biases], run.clip_norm)
        rule.step()
    trainer.advance(50 // per_epoch)
    return trainer.network.params, flat(weights, biases)


def furthest(key: str, net: str) -> float:
    """The largest difference of a parameter, of an optimiser on a net."""
    size = 60 if net == "numbers" else 25
    ours, theirs = fifty_steps(spec(optimiser=key, learning_rate=0.01, batch_size=size, **NETS[net]))
    return float(np.abs(ours - theirs).max())


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("key", [each.key for each in OPTIMISERS])
def test_fifty_steps(key: str, net: str) -> None:
    """Every optimiser, three nets, double precision: to 1e-10."""
    assert furthest(key, net) <= 1e-10


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
@pytest.mark.parametrize("key", ["sgd", "adam"])
def test_fifty_steps_of_several_numbers(key: str, loss: str) -> None:
    """Three numbers from five columns, and the inputs from themselves."""
    choices = dict(problem="regression", optimiser=key, loss=loss, learning_rate=0.01, batch_size=10, train_percent=75)
    several = fifty_steps(spec(**choices, features=column_keys(5), hidden=(4,)), numbers_of(5, targets=3, rows=67))
    bits = Dataset(np.tile(np.eye(8), (5, 1)), kind=RECONSTRUCT, columns=[Column(f"bit {bit}") for bit in range(8)])
    choices["train_percent"] = 50
    coded = fifty_steps(spec(**choices, features=column_keys(8), hidden=(3,), activation="sigmoid"), bits)
    ends = dict(features=column_keys(8), hidden=(3,), activation="sigmoid", output="sigmoid")
    for ours, theirs in (several, coded, fifty_steps(spec(**choices, **ends), bits)):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_fifty_clipped_steps() -> None:
    """The same with gradients cut short."""
    ours, theirs = fifty_steps(spec(optimiser="adam", clip_norm=0.01, batch_size=25, **NETS["two classes"]))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_another_rate_is_found() -> None:
    """The control: the comparison sees a learning rate that is a thousandth off."""
    run = spec(optimiser="adam", batch_size=25)
    ours, _ = fifty_steps(run)
    _, theirs = fifty_steps(Spec.from_dict(run.to_dict() | {"learning_rate": 0.03003}))
    assert np.abs(ours - theirs).max() > 1e-8


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=lambda activation: activation.key)
def test_activations(activation: Any) -> None:
    """Outputs and derivatives, corners included."""
    values = np.concatenate([np.linspace(-20, 20, 4007), [0.0]])
    z = torch.tensor(values, requires_grad=True)
    theirs = ACTIVATION_FROM_KEY[activation.key](z)
    theirs.sum().backward()
    outputs, derivatives = both(activation, values)
    np.testing.assert_allclose(outputs, theirs.detach().numpy(), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(derivatives, z.grad.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("loss", "output"), [(loss.key, output) for loss in LOSSES for output in loss.fits])
def test_losses(loss: str, output: str) -> None:
    """The value, of the same network."""
    trainer = Trainer(spec(loss=loss, output=output, dataset="moons" if output != "softmax" else "blobs"))
    weights, biases, inputs, targets = twin_of(trainer)
    theirs = loss_of(trainer.task, totals_of(trainer.spec, inputs, weights, biases), targets)
    assert trainer.train_loss == pytest.approx(float(theirs.detach()), rel=1e-13)


def test_orthogonal_is_what_qr_gives() -> None:
    """From the same normal matrix."""
    from tinkernet.engine.formulas.initialisers import orthogonal
    from tinkernet.engine.rng import seedrandom

    for shape in ((6, 9), (9, 6)):
        drawn = seedrandom.normals(shape, seedrandom.generator("a"))
        columns = torch.tensor(drawn if shape[0] >= shape[1] else drawn.T.copy())
        q, r = torch.linalg.qr(columns)
        wanted = (q * torch.sign(torch.diagonal(r))).numpy()
        ours = orthogonal(shape, seedrandom.generator("a"))
        np.testing.assert_allclose(ours if shape[0] >= shape[1] else ours.T, wanted, atol=1e-13)


if __name__ == "__main__":  # the table of docs/reliability.md
    print("| optimiser | " + " | ".join(NETS) + " |\n|---|" + "---|" * len(NETS))
    for each in OPTIMISERS:
        print(f"| {each.label} | " + " | ".join(f"{furthest(each.key, net):.0e}" for net in NETS) + " |")
