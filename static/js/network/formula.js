// A neuron's formula with its numbers in it.

import { fieldFromName } from "../model/catalog.js";
import { answerSign, unitSign } from "../model/names.js";
import { activationsOf, inputsOf, layout, neuronOf } from "../model/network_shape.js";
import { outputLabel } from "../model/outputs.js";
import { numberText } from "../ui/text.js";

/**
 * a₁ = tanh(0.42·x₁ − 0.31·x₂ + 0.10)
 * @param {string} unit
 * @param {import("../model/catalog.js").Spec} spec
 * @param {Float32Array} params
 */
export function formulaText(unit, spec, params) {
  const { layer, neuron } = /** @type {{layer: number, neuron: number}} */ (neuronOf(unit));
  const { inputs, weights, biases } = layout(spec)[layer];
  const terms = inputsOf(layer, spec).map((source, input) => {
    return { value: params[weights + neuron * inputs + input], sign: `·${unitSign(source, spec)}` };
  });
  const sum = [...terms, { value: params[biases + neuron], sign: "" }].map(({ value, sign }, i) => {
    const size = numberText(Math.abs(value)) + sign;
    return i === 0 ? (value < 0 ? `−${size}` : size) : ` ${value < 0 ? "−" : "+"} ${size}`;
  }).join("");
  const name = layer === spec.hidden.length ? outputLabel(spec) : activationLabel(activationsOf(spec)[layer]);
  return `${answerSign(unit, spec)} = ${name === "linear" ? sum : `${name}(${sum})`}`;
}

/** @param {string} key */
function activationLabel(key) {
  const choice = fieldFromName.get("activation")?.choices?.find((each) => each.key === key);
  return (choice?.label ?? key).toLowerCase();
}
