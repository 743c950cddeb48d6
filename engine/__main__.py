"""Train a link from the shell, without a server: `python -m tinkernet.engine LINK --epochs 0,1,10 --json`."""

import argparse
import json
import math
import os
import sys
from typing import Any

import numpy as np

from tinkernet.engine.analysis.metrics import metrics_of
from tinkernet.engine.analysis.probe import outputs
from tinkernet.engine.analysis.trace import Trace, trace
from tinkernet.engine.analysis.trace_text import as_json, as_text
from tinkernet.engine.data.dataset import Points, labels
from tinkernet.engine.data.drawing import BLANK, Drawing
from tinkernet.engine.data.drawing_text import text_of
from tinkernet.engine.errors import SpecError
from tinkernet.engine.link_argument import link_argument, warnings
from tinkernet.engine.spec.link import Reading, link_from_spec
from tinkernet.engine.spec.schema import schema
from tinkernet.engine.spec.spec import Spec
from tinkernet.engine.training.trainer import Trainer

MAX_EPOCH = 1_000_000
_PROBE = (-6.0, -3.0, 0.0, 3.0, 6.0)


def main(arguments: list[str] | None = None) -> int:
    """The command; gives the exit status, 2 where LINK is no link or the epochs cannot be used.

    What a link says that cannot be used is said on stderr; another value stands in its place.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tinkernet.engine",
        description="Train the network of a playground link and print its losses.",
        epilog="A link without v=1 is trained as in TensorFlow Playground: points and first weights are the same to "
        "the last bit, losses to about twelve digits. In a few chaotic runs, rounding makes losses differ after some "
        "epochs.",
    )
    parser.add_argument("link", metavar="LINK", help="a whole address, or only what follows its #")
    parser.add_argument("--epochs", default="0,1,10,100", help="the epochs to print, by commas (%(default)s)")
    parser.add_argument("--metrics", action="store_true", help="print accuracy and F1, or R2 and RMSE, at last")
    parser.add_argument("--json", action="store_true", help="print one JSON object: points, weights, losses, outputs")
    parser.add_argument(
        "--explain",
        metavar="POINT",
        help="show how one example is computed, forward and back: the number of a training point, or its coordinates "
        "and its target, by commas (1.5,-2,1)",
    )
    parser.add_argument("--epoch", default="0", metavar="N", help="with --explain: after so many epochs (%(default)s)")
    given = sys.argv[1:] if arguments is None else list(arguments)
    if "--explain" in given:  # a coordinate may begin with a minus, which argparse would take for an option
        at = given.index("--explain")
        given[at : at + 2] = ["=".join(given[at : at + 2])]
    options = parser.parse_args(given)
    try:
        epochs = _epochs(options.epochs if options.explain is None else options.epoch)
        reading = link_argument(options.link)
        explained = None if options.explain is None else _explained(reading, options.explain, epochs[-1])
    except SpecError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    for sentence in warnings(reading):
        print(f"{parser.prog}: {sentence}", file=sys.stderr)
    try:
        if explained is not None:
            print(json.dumps(as_json(explained), allow_nan=False) if options.json else as_text(explained))
        else:
            _print(reading, epochs, options.json, options.metrics)
        sys.stdout.flush()
    except OSError as error:
        # What reads us has gone (`| head`), or the disk is full; nothing more can be said on stdout, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            print(f"{parser.prog}: the result could not be written: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _explained(reading: Reading, text: str, epoch: int) -> Trace:
    """The trace of a point that is given by its number, or by its coordinates and its target."""
    trainer = Trainer(reading.spec, drawing=reading.drawing)
    points, columns = trainer.data.train, trainer.dataset.shape.columns
    given = text.split(",")
    try:
        numbers = [float(each) for each in given]
        if len(numbers) == 1:
            numbers = [*points.inputs[int(text)], *points.targets[int(text)]] if text.strip().isdecimal() else []
        elif len(numbers) != columns + trainer.dataset.shape.targets:
            numbers = []
    except (ValueError, IndexError):
        numbers = []
    if not numbers:
        allowed = (
            f"the number of a training point, from 0 to {len(points) - 1}, or its coordinates and its target, by commas"
        )
        raise SpecError("explain", text, allowed)
    trainer.advance(epoch)
    return trace(trainer, numbers[:columns], numbers[columns:])


def _print(reading: Reading, epochs: list[int], as_json: bool, with_metrics: bool) -> None:
    spec, drawing = reading.spec, reading.drawing
    if as_json:
        print(json.dumps(report(spec, epochs, with_metrics, drawing), allow_nan=False))
        return
    trainer = Trainer(spec, drawing=drawing)
    print("#" + link_from_spec(spec, text_of(drawing)))
    print(f"{'epoch':>9}  {'train loss':>14}  {'test loss':>14}")
    for epoch in epochs:
        trainer.advance(epoch - trainer.epoch)
        losses = zip((trainer.train_loss, trainer.test_loss), trainer.data, strict=True)
        shown = [f"{loss:14.9g}" if len(points) else f"{'–':>14}" for loss, points in losses]
        print(f"{trainer.epoch:9}  {'  '.join(shown)}")
        if trainer.diverged_at is not None:
            print(f"The training loss is not finite from epoch {trainer.diverged_at} on.")
            break
        if trainer.halted is not None:
            print(f"Stopped at epoch {trainer.epoch}: {spec.why_stopped(trainer.halted)}.")
            break
    for name, values in metrics_of(trainer).items() if with_metrics else ():
        print(f"{name}: {json.dumps(values, allow_nan=False)}")


def report(spec: Spec, epochs: list[int], with_metrics: bool = False, drawing: Drawing = BLANK) -> dict[str, Any]:
    """What a link computes, ready for JSON: state, points, first and last parameters, losses, outputs on a 5 x 5 grid.

    After a divergence, or a stop rule, the trajectory ends with its epoch; numbers that are not finite are None.
    """
    trainer = Trainer(spec, drawing=drawing)
    first_weights, first_biases = _parameters(trainer)
    trajectory = []
    for epoch in epochs:
        trainer.advance(epoch - trainer.epoch)
        trajectory.append({"epoch": trainer.epoch, "train": trainer.train_loss, "test": trainer.test_loss})
        if trainer.halted is not None:
            break
    last_weights, last_biases = _parameters(trainer)
    points = np.array([(x, y) for x in _PROBE for y in _PROBE])
    probe = np.column_stack([points, outputs(trainer, points).T])
    values = {
        "state": _state(spec, epochs),
        "train": _labelled(trainer, trainer.data.train),
        "test": _labelled(trainer, trainer.data.test),
        "initialWeights": first_weights,
        "initialBiases": first_biases,
        "trajectory": trajectory,
        "finalWeights": last_weights,
        "finalBiases": last_biases,
        "probe": probe.tolist(),
    }
    if with_metrics:
        values["metrics"] = metrics_of(trainer)
    return {key: _finite(value) for key, value in values.items()}


def _labelled(trainer: Trainer, points: Points) -> list[list[float]]:
    """The coordinates and the label of each point."""
    rows: list[list[float]] = np.column_stack([points.inputs, labels(points.targets, trainer.task.classes)]).tolist()
    return rows


def _parameters(trainer: Trainer) -> tuple[list[Any], list[Any]]:
    network = trainer.network
    layers = range(network.layers)
    return [network.weights(at).tolist() for at in layers], [network.biases(at).tolist() for at in layers]


def _state(spec: Spec, epochs: list[int]) -> dict[str, Any]:
    """The link's settings under their link keys, features as a list."""
    values = spec.to_dict()
    state = {entry["key"] or entry["name"]: values[entry["name"]] for entry in schema()}
    return state | {"epochs": epochs}


def _finite(value: Any) -> Any:
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _epochs(text: str) -> list[int]:
    longest = len(str(MAX_EPOCH))
    parts = [part.strip() for part in text.split(",")]
    numbers = [int(part) if part.isdecimal() and len(part) <= longest else -1 for part in parts]
    if any(not 0 <= number <= MAX_EPOCH for number in numbers) or numbers != sorted(numbers):
        raise SpecError("epochs", text, f"rising whole numbers from 0 to {MAX_EPOCH}, by commas")
    return numbers


if __name__ == "__main__":
    sys.exit(main())
