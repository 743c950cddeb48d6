// How the page calls things, in words and in signs.

import { featureOf } from "./catalog.js";
import { classOf, inputsOf, neuronOf } from "./network_shape.js";
import { factsOf, inputName, ownClassName, targetFacts } from "./tables.js";
import { isWritten } from "./written.js";
import { OUTPUT } from "../wire/protocol.js";

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} value */
const subscript = (value) => [...String(value)].map((digit) => SUBSCRIPTS[Number(digit)]).join("");

/**
 * @param {number} index
 * @param {import("./catalog.js").Spec} spec
 */
export const className = (index, spec) => ownClassName(index, spec) ?? `Class ${index + 1}`;

/**
 * The names of all classes after one of them has got another name; none where all are the usual ones.
 * @param {number} index
 * @param {string} text "" for the usual one
 * @param {number} count of the classes
 * @param {import("./catalog.js").Spec|null} spec
 * @returns {string[]}
 */
export function withClassName(index, text, count, spec) {
  const usual = Array.from({ length: count }, (_, each) => `Class ${each + 1}`);
  const names = usual.map((name, each) => (spec && ownClassName(each, spec)) ?? name);
  names[index] = text.replace(/[,\p{Cc}\s]+/gu, " ").trim().slice(0, 24) || usual[index];
  return names.some((name, each) => name !== usual[each]) ? names : [];
}

/**
 * @param {string} key of an input
 * @param {import("./catalog.js").Spec} spec
 */
export const inputLabel = (key, spec) => inputName(key, spec) ?? featureOf(key)?.label ?? key;

/**
 * In words, for headings and screen readers.
 * @param {string} unit
 * @param {import("./catalog.js").Spec} spec
 */
export function unitName(unit, spec) {
  const place = neuronOf(unit);
  const own = classOf(unit, spec);
  if (own !== null) return `Output for ${ownClassName(own, spec) ?? `class ${own + 1}`}`;
  if (unit === OUTPUT) return "Output";
  if (!place) return `Input ${inputLabel(unit, spec)}`;
  if (place.layer === spec.hidden.length) return `Output ${targetFacts(place.neuron, spec)?.name ?? ""}`.trim();
  return `Layer ${place.layer + 1}, neuron ${place.neuron + 1}`;
}

/**
 * As a sign in a formula: X₁², and a₃⁽²⁾ for the third neuron of the second layer.
 * @param {string} unit
 * @param {import("./catalog.js").Spec} spec
 */
export function unitSign(unit, spec) {
  const place = neuronOf(unit);
  if (!place) return isWritten(unit) ? `(${inputLabel(unit, spec)})` : inputLabel(unit, spec);
  return `a${subscript(place.neuron + 1)}⁽${SUPERSCRIPTS[place.layer + 1]}⁾`;
}

/**
 * What a layer's neuron is called in front of its formula.
 * @param {string} unit
 * @param {import("./catalog.js").Spec} spec
 */
export function answerSign(unit, spec) {
  const own = classOf(unit, spec);
  if (own !== null) return `output${subscript(own + 1)}`;
  return neuronOf(unit)?.layer === spec.hidden.length ? "output" : unitSign(unit, spec);
}

/**
 * What a field is set to, in words.
 * @param {import("./catalog.js").Field} field
 * @param {any} value
 */
export function valueText({ kind, choices }, value) {
  if (kind === "flag") return value ? "on" : "off";
  const label = (/** @type {string} */ key) => choices?.find((one) => one.key === key)?.label
    ?? (kind === "features" ? featureOf(key)?.label : null) ?? key;
  return Array.isArray(value) ? value.map(label).join(", ") : choices ? label(value) : String(value);
}

/**
 * A link in words.
 * @param {{layer: number, neuron: number, input: number}} link
 * @param {import("./catalog.js").Spec} spec
 */
export function linkName({ layer, neuron, input }, spec) {
  return `Weight from ${unitName(inputsOf(layer, spec)[input], spec)} to ${unitName(`${layer}.${neuron}`, spec)}`;
}
