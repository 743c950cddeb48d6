"""What training costs, estimated before any of it is done, and what is refused because it costs too much.

Memory and time of an epoch are limited for each session, over all of its runs together.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from tinkernet.app.settings import Settings
from tinkernet.app.wire.commands import MAIN, Command, Configure, RunId, Step
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Spec
from tinkernet.engine.data.generators import generator_from_key

# Seconds for each parameter: once for each point that passes through the network, and again for each update of the
# parameters. A little more than was measured on one core of 2024, for networks from 2-4-2-1 to 2-8x64-1.
POINT_SECONDS, UPDATE_SECONDS = 1.0e-9, 8.0e-9


def parameters(spec: Spec) -> int:
    """The number of weights and biases."""
    sizes = (len(spec.features), *spec.hidden, spec.task().outputs)
    return sum((inputs + 1) * neurons for inputs, neurons in pairwise(sizes))


def points(spec: Spec) -> int:
    """The number of training and test points."""
    return generator_from_key[spec.active_dataset].size


def epoch_seconds(spec: Spec) -> float:
    """The estimated time of one epoch."""
    count = points(spec)
    updates = -(-int(count * spec.train_percent / 100) // spec.batch_size)
    return parameters(spec) * (count * POINT_SECONDS + updates * UPDATE_SECONDS)


def check(command: Command, specs: Mapping[RunId, Spec], settings: Settings) -> None:
    """Refuse a network or a number of steps that costs too much.

    `specs` are those of all runs of the session, as they will be when the command is carried out.
    Raises ProtocolError, which names the field, its value and what is allowed.
    """
    if isinstance(command, Configure):
        others = [spec for run, spec in specs.items() if run != command.run]
        check_spec(command.spec, others, settings, command.revision, command.run)
    elif isinstance(command, Step):
        _check_step(command.epochs, specs[command.run], settings.max_step_seconds)


def check_spec(
    spec: Spec, others: list[Spec], settings: Settings, revision: int | None = None, run: RunId = MAIN
) -> None:
    """Refuse a network that costs too much together with those of the session's other runs. Raises ProtocolError."""
    shape = ",".join(map(str, spec.hidden))
    together = [*others, spec]
    weights, count = sum(map(parameters, together)), sum(map(points, together))
    seconds = sum(map(epoch_seconds, together))
    beside = f", together with {len(others)} other {'run' if len(others) == 1 else 'runs'}," if others else ""
    if weights > settings.max_parameters:
        allowed = f"layers with at most {settings.max_parameters} weights and biases together"
        said = f"Hidden layers {shape}{beside} have {weights} weights and biases; allowed are {allowed}."
        raise ProtocolError("hidden", shape, allowed, said, revision, run)
    if count > settings.max_points:
        allowed = f"a set of at most {settings.max_points} points"
        said = f"Data {spec.active_dataset}{beside} has {count} points; allowed is {allowed}."
        raise ProtocolError("dataset", spec.active_dataset, allowed, said, revision, run)
    if seconds > settings.max_epoch_seconds:
        allowed = f"few enough, or a batch size large enough, for an epoch in {settings.max_epoch_seconds:g} s"
        said = (
            f"Hidden layers {shape or 'none'} with a batch size of {spec.batch_size}{beside} are too much work: an "
            f"epoch would take about {seconds:.2g} s, and {settings.max_epoch_seconds:g} s are allowed."
        )
        raise ProtocolError("hidden", shape, allowed, said, revision, run)


def _check_step(epochs: int, spec: Spec, most: float) -> None:
    seconds = epochs * epoch_seconds(spec)
    if seconds > most:
        allowed = f"at most {max(1, int(most / epoch_seconds(spec)))} for this network"
        said = f"step: epochs must be {allowed}: {epochs} would take about {seconds:.0f} s, and {most:g} s are allowed."
        raise ProtocolError("epochs", epochs, allowed, said)
