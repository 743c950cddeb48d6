"""What training costs, estimated before any of it is done, and what is refused because it costs too much.

Memory and time of an epoch are limited for each session, over all of its runs together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from tinkernet.app.settings import Settings
from tinkernet.app.wire.command import TWIN
from tinkernet.app.wire.commands import MAIN, Command, Configure, RunId, Step, Tick
from tinkernet.app.wire.comparing import Compare
from tinkernet.app.wire.parse import ProtocolError
from tinkernet.engine import Spec
from tinkernet.engine.spec.settings import narrowed

# Seconds for each parameter: once for each point that passes through the network, and again for each update of the
# parameters. A little more than was measured on one core of 2024, for networks from 2-4-2-1 to 2-8x64-1.
POINT_SECONDS, UPDATE_SECONDS = 1.0e-9, 8.0e-9


def parameters(spec: Spec) -> int:
    """The number of weights and biases."""
    sizes = (len(spec.features), *spec.hidden, spec.task().outputs)
    return sum((inputs + 1) * neurons for inputs, neurons in pairwise(sizes))


def points(spec: Spec) -> int:
    """The number of training and test points."""
    return spec.size


def epoch_seconds(spec: Spec, count: int | None = None) -> float:
    """The estimated time of one epoch, of so many points or of those that the spec draws."""
    count = points(spec) if count is None else count
    updates = -(-int(count * spec.train_percent / 100) // spec.batch_size)
    return parameters(spec) * (count * POINT_SECONDS + updates * UPDATE_SECONDS)


def check(command: Command, specs: Mapping[RunId, Spec], settings: Settings) -> None:
    """Refuse a network or a number of steps that costs too much.

    `specs` are those of all runs of the session, as they will be when the command is carried out.
    Raises ProtocolError, which names the field, its value and what is allowed; of a network also the nearest that is.
    """
    if isinstance(command, Configure):
        others = [spec for run, spec in specs.items() if run != command.run]
        check_spec(command.spec, others, settings, command.revision, command.run)
    elif isinstance(command, Compare) and TWIN in specs:
        others = [spec for run, spec in specs.items() if run != TWIN]
        check_spec(specs[TWIN], others, settings, command.revision, command.run)
    elif isinstance(command, Step) and command.epochs > most_steps(specs[command.run], settings):
        raise too_many_steps(command.epochs, specs[command.run], settings)
    elif isinstance(command, Tick) and command.count > most_steps(specs[command.run], settings):
        raise too_many_steps(command.count, specs[command.run], settings, "count")


def check_spec(
    spec: Spec, others: list[Spec], settings: Settings, revision: int | None = None, run: RunId = MAIN
) -> None:
    """Refuse a network that costs too much together with those of the session's other runs. Raises ProtocolError."""
    shape = ",".join(map(str, spec.hidden)) or "none"
    together = [*others, spec]
    weights, count = sum(map(parameters, together)), sum(map(points, together))
    values = sum(points(each) * each.shape.columns for each in together)
    seconds = sum(map(epoch_seconds, together))
    beside = f", together with {len(others)} other {'run' if len(others) == 1 else 'runs'}," if others else ""
    if count > settings.max_points:
        allowed = f"a set of at most {settings.max_points} points"
        name = "of this hash" if spec.data else spec.active_dataset
        said = f"Data {name}{beside} has {count} points; allowed is {allowed}."
        field, value = ("points", spec.points) if spec.points else ("dataset", spec.active_dataset)
        field, value = ("data", spec.data) if spec.data else (field, value)
        raise ProtocolError(field, value, allowed, said, revision, run)
    if spec.data and values > settings.max_values:
        allowed = f"a set of at most {settings.max_values:,} rows times columns"
        said = f"Own data{beside} have {values:,} rows times columns; allowed is {allowed}."
        raise ProtocolError("data", spec.data, allowed, said, revision, run)
    if weights <= settings.max_parameters and seconds <= settings.max_epoch_seconds:
        return
    if weights > settings.max_parameters:
        allowed = f"layers with at most {settings.max_parameters} weights and biases together"
        said = f"Hidden layers {shape}{beside} have {weights} weights and biases; allowed are {allowed}."
    else:
        allowed = f"few enough, or a batch size large enough, for an epoch in {settings.max_epoch_seconds:g} s"
        said = (
            f"Hidden layers {shape} with a batch size of {spec.batch_size}{beside} are too much work: an "
            f"epoch would take about {seconds:.2g} s, and {settings.max_epoch_seconds:g} s are allowed."
        )
    near = _nearest(spec, others, settings)
    if near is not None:
        said += f" Instead, the network has the nearest that is allowed: {difference(spec, near)}."
    raise ProtocolError("hidden", shape, allowed, said, revision, run, near)


def _nearest(spec: Spec, others: list[Spec], settings: Settings) -> Spec | None:
    """The nearest spec that costs no more than is allowed: narrower layers, then a larger batch; None if none is."""
    room = settings.max_parameters - sum(map(parameters, others))
    seconds = settings.max_epoch_seconds - sum(map(epoch_seconds, others))

    def fits(width: int) -> bool:
        # With one update in each epoch, which is the least that a larger batch can save.
        one = replace(spec, hidden=narrowed(spec.hidden, width), batch_size=points(spec))
        return parameters(one) <= room and epoch_seconds(one) <= seconds

    low, high = 0, sum(spec.hidden)  # the most neurons that are known to fit, and one too many or all
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    if not fits(low):
        return None
    near = replace(spec, hidden=narrowed(spec.hidden, low))
    trained = int(points(spec) * spec.train_percent / 100)
    updates = int((seconds / parameters(near) - points(spec) * POINT_SECONDS) / UPDATE_SECONDS)
    if updates * near.batch_size < trained:
        near = replace(near, batch_size=-(-trained // max(1, updates)))
    return near


def difference(spec: Spec, near: Spec) -> str:
    """What the nearest spec has in place of the other's."""
    hidden = ",".join(map(str, near.hidden)) or "none"
    parts = [f"hidden layers {hidden}"] if near.hidden != spec.hidden else []
    parts += [f"a batch size of {near.batch_size}"] if near.batch_size != spec.batch_size else []
    return " and ".join(parts)


def check_drawn(count: int, spec: Spec, settings: Settings) -> None:
    """Refuse to draw so many points that an epoch costs too much. Raises ProtocolError."""
    most, drawn = settings.max_points, epoch_seconds(spec, count)
    if count > most:
        said = f"edit_data: there would be {count:,} points; allowed are at most {most:,}."
        raise ProtocolError("added", count, f"at most {most:,}", said)
    if count > points(spec) and drawn > settings.max_epoch_seconds:
        allowed = f"few enough for an epoch in {settings.max_epoch_seconds:g} s"
        said = f"edit_data: an epoch of {count:,} points would take about {drawn:.2g} s; allowed are {allowed}."
        raise ProtocolError("added", count, allowed, said)


def most_steps(spec: Spec, settings: Settings) -> int:
    """The number of epochs that may be asked for at once."""
    return max(1, int(settings.max_step_seconds / epoch_seconds(spec)))


def too_many_steps(epochs: int, spec: Spec, settings: Settings, field: str = "epochs") -> ProtocolError:
    """The refusal of so many epochs at once, or of ticks: one takes an epoch at most."""
    most, seconds = settings.max_step_seconds, epochs * epoch_seconds(spec)
    allowed = f"at most {most_steps(spec, settings)} for this network"
    said = f"step: {field} must be {allowed}: {epochs} would take about {seconds:.0f} s, and {most:g} s are allowed."
    return ProtocolError(field, epochs, allowed, said)
