// One neuron of two inputs as a line on the map: where it is, and which weights another line stands for. Pure.

import { shapeOf } from "./tables.js";
import { classCount, outputCount } from "./outputs.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {{x: number, y: number}} Place */
/** @typedef {[number, number, number]} Weights w₁, w₂ and b */
/** @typedef {{key: string, label: string, output: string, loss: string, rule: string}} Kind */

export const NONE = "This view is for a network without a hidden layer that tells two classes apart by X₁ and X₂: "
  + "remove the hidden layers, or open the lab (Learn).";
const HANDLE = 3; // units of the plane from the middle of the line to where it is turned

/** The three that a lecture tells apart. @type {Kind[]} */
export const KINDS = [
  { key: "perceptron", label: "Perceptron", output: "step", loss: "perceptron", rule: "δ = y − t" },
  {
    key: "squared", label: "Sigmoid, squared error", output: "sigmoid", loss: "squared",
    rule: "δ = (y − t) y (1 − y)",
  },
  { key: "logistic", label: "Logistic regression", output: "sigmoid", loss: "crossEntropy", rule: "δ = y − t" },
];

/**
 * Is it a single neuron of the two coordinates?
 * @param {Spec|null} spec
 */
export const isNeuron = (spec) => spec !== null && !shapeOf(spec) && spec.hidden.length === 0
  && spec.features.join() === "x,y" && classCount(spec) === 2 && outputCount(spec) === 1;

/**
 * Which of the three it is; undefined for another.
 * @param {Spec} spec
 */
export const kindOf = (spec) => KINDS.find(({ output, loss }) => {
  return spec.output === output && (spec.loss === loss || (spec.loss === "auto" && loss !== "crossEntropy"));
});

/**
 * Where the sum is 0: the middle of the line is nearest to the middle of the map, and it is turned by its ends.
 * @param {Weights} weights
 * @returns {{middle: Place, ends: Place[], handles: Place[]}|null} null where all weights are 0
 */
export function lineOf([w1, w2, b]) {
  const size = Math.hypot(w1, w2);
  if (!(size > 1e-9)) return null;
  const middle = { x: (-b * w1) / size ** 2, y: (-b * w2) / size ** 2 };
  const along = (/** @type {number} */ by) => ({ x: middle.x - (by * w2) / size, y: middle.y + (by * w1) / size });
  return { middle, ends: [along(-20), along(20)], handles: [along(-HANDLE), along(HANDLE)] };
}

/**
 * The distance of a place from the line.
 * @param {Weights} weights
 * @param {Place} place
 */
export const distanceTo = ([w1, w2, b], { x, y }) => Math.abs(w1 * x + w2 * y + b) / Math.hypot(w1, w2);

/**
 * The line moved so that it goes through a place: only b changes.
 * @param {Weights} weights
 * @param {Place} place
 * @returns {Weights}
 */
export const movedTo = ([w1, w2], { x, y }) => [w1, w2, -(w1 * x + w2 * y)];

/**
 * The line turned around its middle so that a handle points to a place: the size of the weights stays.
 * @param {Weights} weights
 * @param {number} handle 0 or 1
 * @param {Place} place
 * @returns {Weights}
 */
export function turnedTo([w1, w2, b], handle, place) {
  const line = lineOf([w1, w2, b]);
  if (!line) return [w1, w2, b];
  const { middle } = line;
  const sign = handle ? 1 : -1;
  const [across, up] = [sign * (place.x - middle.x), sign * (place.y - middle.y)];
  const length = Math.hypot(across, up);
  if (length < 1e-6) return [w1, w2, b];
  const size = Math.hypot(w1, w2);
  const [one, two] = [(up / length) * size, (-across / length) * size];
  return movedTo([one, two, b], middle);
}

/**
 * @param {number} value
 * @param {number} [digits]
 */
export const numberOf = (value, digits = 3) => value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");

/**
 * The update by the next example, line by line with its numbers.
 * @param {import("./example.js").Trace} trace
 * @param {Kind|undefined} kind
 * @returns {string[]}
 */
export function ruleOf({ inputs, targets, sums, outputs, deltas, before, after, rate }, kind) {
  const [x1, x2, z, y, t, delta] = [inputs[0], inputs[1], sums[0], outputs[0], targets[0], deltas[0]];
  const n = (/** @type {number} */ value) => (value < 0 ? `(${numberOf(value)})` : numberOf(value));
  const names = ["w₁", "w₂", "b"];
  const factors = [` · ${n(x1)}`, ` · ${n(x2)}`, ""];
  const activation = kind?.output === "step" ? "step" : kind ? "σ" : "f";
  return [
    `z = ${n(before[0])} · ${n(x1)} + ${n(before[1])} · ${n(x2)} + ${n(before[2])} = ${numberOf(z)}`,
    `y = ${activation}(${numberOf(z)}) = ${numberOf(y)}, wanted t = ${numberOf(t, 0)}`,
    `${kind?.rule ?? "δ"} = ${numberOf(delta)}`,
    ...names.map((name, i) => {
      return `${name} ← ${n(before[i])} − ${numberOf(rate)} · ${n(delta)}${factors[i]} = ${numberOf(after[i])}`;
    }),
  ];
}
