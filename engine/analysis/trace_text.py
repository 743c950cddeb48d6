"""A trace as text and as JSON, for `python -m tinkernet.engine --explain`."""

import math
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from tinkernet.engine.analysis.trace import LayerTrace, Trace
from tinkernet.engine.data.dataset import Floats


def as_json(trace: Trace) -> dict[str, Any]:
    """Ready for JSON: arrays as lists, and None for what is not finite."""
    return {entry.name: _plain(getattr(trace, entry.name)) for entry in fields(trace)}


def as_text(trace: Trace) -> str:
    """The sums written out: forward by layer, the loss, then deltas, gradients and new weights from the last layer."""
    return "\n".join(_lines(trace))


def _lines(trace: Trace) -> Iterator[str]:
    first = trace.layers[0].inputs
    yield "inputs   " + "  ".join(
        f"{name} = {_number(value)}" for name, value in zip(trace.features, first, strict=True)
    )
    for number, layer in enumerate(trace.layers):
        yield ""
        yield f"forward, {_name(trace, number)}"
        for neuron in range(len(layer.biases)):
            z, a = _number(layer.pre_activations[neuron]), _number(layer.outputs[neuron])
            yield f"  {number}.{neuron}  z = {_sum(layer, neuron)} = {z}    output {a}"
    yield ""
    yield f"loss     {_number(trace.loss)}    for the target {_row(trace.targets)}"
    for number in reversed(range(len(trace.layers))):
        layer = trace.layers[number]
        yield ""
        yield f"backward, {_name(trace, number)}"
        for neuron in range(len(layer.biases)):
            yield f"  {number}.{neuron}  {_delta(trace, number, neuron)}"
            for input, value in enumerate(layer.inputs):
                gradient, before, after = (
                    _number(each[neuron, input]) for each in (layer.weight_gradient, layer.weights, layer.next_weights)
                )
                factors = f"{_number(layer.deltas[neuron])} × {_number(value)}"
                yield f"       weight {input}: gradient {factors} = {gradient}, {before} → {after}"
            before, after = _number(layer.biases[neuron]), _number(layer.next_biases[neuron])
            yield f"       bias: gradient {_number(layer.bias_gradient[neuron])}, {before} → {after}"
    yield ""
    yield f"learning rate {_number(trace.learning_rate)}"
    yield from trace.remarks


def _name(trace: Trace, layer: int) -> str:
    return "output layer" if layer == len(trace.layers) - 1 else f"hidden layer {layer + 1}"


def _sum(layer: LayerTrace, neuron: int) -> str:
    """The terms of a pre-activation: weights times inputs, and the bias."""
    products = zip(layer.weights[neuron], layer.inputs, strict=True)
    terms = [f"{_number(weight)} × {_number(value)}" for weight, value in products]
    return " + ".join([*terms, _number(layer.biases[neuron])])


def _delta(trace: Trace, number: int, neuron: int) -> str:
    """The factors of a delta."""
    layer = trace.layers[number]
    delta, slope, derivative = (_number(each[neuron]) for each in (layer.deltas, layer.slopes, layer.derivatives))
    if number == len(trace.layers) - 1 and trace.takes_pre_activations:
        return f"delta {delta}"
    if not math.isfinite(layer.slopes[neuron]):
        return f"delta {delta}, for the derivative is {derivative}"
    return f"delta = {slope} × {derivative} = {delta}"


def _row(values: Floats) -> str:
    return ", ".join(map(_number, values))


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, LayerTrace):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    return None if isinstance(value, float) and not math.isfinite(value) else value
