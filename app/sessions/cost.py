"""How much work a network is, estimated before any of it is done, and what is too much for a server with company."""

from __future__ import annotations

from itertools import pairwise

from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import Command, Configure, Step
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Spec
from tinkernet.engine.data.generators import generator_from_key

# Seconds for each parameter, on one core of 2024, a little more than was measured for nets from 2-4-2-1 to 2-8x64-1:
# once for each point that goes through, and again for each change of the weights.
POINT_SECONDS, UPDATE_SECONDS = 1.0e-9, 8.0e-9


def parameters(spec: Spec) -> int:
    """Weights and biases."""
    return sum((inputs + 1) * neurons for inputs, neurons in pairwise((len(spec.features), *spec.hidden, spec.outputs)))


def points(spec: Spec) -> int:
    """To learn from and to test with."""
    return generator_from_key[spec.active_dataset].size


def epoch_seconds(spec: Spec) -> float:
    """About how long one epoch takes."""
    count = points(spec)
    updates = -(-int(count * spec.train_percent / 100) // spec.batch_size)
    return parameters(spec) * (count * POINT_SECONDS + updates * UPDATE_SECONDS)


def check(command: Command, spec: Spec, settings: Settings) -> None:
    """Raises ProtocolError for a network or a number of steps that is too much. `spec` is what a step would train."""
    if isinstance(command, Configure):
        _check_spec(command.spec, command.revision, settings)
    elif isinstance(command, Step):
        _check_step(command.epochs, spec, settings.max_step_seconds)


def _check_step(epochs: int, spec: Spec, most: float) -> None:
    seconds = epochs * epoch_seconds(spec)
    if seconds > most:
        allowed = f"at most {max(1, int(most / epoch_seconds(spec)))} for this network"
        said = f"step: epochs must be {allowed}: {epochs} would take about {seconds:.0f} s, and {most:g} s are allowed."
        raise ProtocolError("epochs", epochs, allowed, said)


def _check_spec(spec: Spec, revision: int, settings: Settings) -> None:
    shape = ",".join(map(str, spec.hidden))
    weights, count, seconds = parameters(spec), points(spec), epoch_seconds(spec)
    if weights > settings.max_parameters:
        allowed = f"layers with at most {settings.max_parameters} weights and biases together"
        said = f"Hidden layers {shape} have {weights} weights and biases; allowed are {allowed}."
        raise ProtocolError("hidden", shape, allowed, said, revision)
    if count > settings.max_points:
        allowed = f"a set of at most {settings.max_points} points"
        said = f"Data {spec.active_dataset} has {count} points; allowed is {allowed}."
        raise ProtocolError("dataset", spec.active_dataset, allowed, said, revision)
    if seconds > settings.max_epoch_seconds:
        allowed = f"few enough, or a batch size large enough, for an epoch in {settings.max_epoch_seconds:g} s"
        said = (
            f"Hidden layers {shape or 'none'} with a batch size of {spec.batch_size} are too much work: an epoch would "
            f"take about {seconds:.2g} s, and {settings.max_epoch_seconds:g} s are allowed."
        )
        raise ProtocolError("hidden", shape, allowed, said, revision)
