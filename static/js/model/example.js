// One example as a list of steps: forward, loss, backward, update; each with its number and the way to it. Pure.

import { lossLines } from "./loss_formulas.js";
import { inputLabel, unitName } from "./names.js";
import { activationsOf, layerSizes, layout } from "./network_shape.js";
import { outputLabel } from "./outputs.js";

/** @typedef {import("./catalog.js").Spec} Spec */
/** @typedef {"forward"|"loss"|"backward"|"update"} Stage */
/** @typedef {{unit: string, text: string, kind: "value"|"delta"|"ask"}} Pill */
/** @typedef {(string|number)[]} Terms of a formula: numbers, signs, and names such as "z" and "δ" */
/**
 * @typedef {object} Step
 * @property {Stage} stage
 * @property {string} title
 * @property {string} sign what the number is called
 * @property {number} value
 * @property {Terms[]} lines the way to the number: each is what stands after an equals sign
 * @property {{unit: string, kind: "value"|"delta"}|null} pill where the number stands on the network
 * @property {Sum|null} sum the links that are in it; null for none in particular
 */
/** @typedef {{layer: number, neuron: number|null, input: number|null}} Sum of links: null for all of that layer */
/** @typedef {{layer: number, neuron: number, input: number|null}} Weight null: the bias */
/**
 * @typedef {object} Trace
 * @property {number} loss
 * @property {number} rate
 * @property {boolean} takesSums
 * @property {ArrayLike<number>} inputs
 * @property {ArrayLike<number>} targets
 * @property {ArrayLike<number>} sums
 * @property {ArrayLike<number>} outputs
 * @property {ArrayLike<number>} derivatives
 * @property {ArrayLike<number>} deltas
 * @property {ArrayLike<number>} slopes
 * @property {ArrayLike<number>} before
 * @property {ArrayLike<number>} gradient
 * @property {ArrayLike<number>} after
 */

/**
 * @param {Spec} spec
 * @param {Trace} trace
 * @param {Weight} weight whose gradient and update are shown
 * @returns {Step[]}
 */
export function stepsOf(spec, trace, weight) {
  const layers = layout(spec);
  const sizes = layerSizes(spec);
  const firsts = sizes.map((_, layer) => sizes.slice(0, layer).reduce((sum, size) => sum + size, 0));
  const last = sizes.length - 1;
  const { before, outputs, sums, deltas, derivatives, slopes } = trace;
  const inputOf = (/** @type {number} */ layer, /** @type {number} */ input) => {
    return layer ? outputs[firsts[layer - 1] + input] : trace.inputs[input];
  };
  const names = [...activationsOf(spec), outputLabel(spec)];
  const named = (/** @type {number} */ layer) => names[layer] || "f";
  /** @type {Step[]} */
  const steps = [];
  layers.forEach(({ inputs, neurons, weights, biases }, layer) => {
    for (let neuron = 0; neuron < neurons; neuron++) {
      const unit = `${layer}.${neuron}`;
      const at = firsts[layer] + neuron;
      const products = Array.from({ length: inputs }, (_, input) => {
        return [before[weights + neuron * inputs + input], "·", inputOf(layer, input), "+"];
      }).flat();
      steps.push({
        stage: "forward", title: `${unitName(unit, spec)}: the sum`, sign: "z", value: sums[at], pill: null,
        lines: [[...products, before[biases + neuron]]], sum: { layer, neuron, input: null },
      }, {
        stage: "forward", title: `${unitName(unit, spec)}: its output`, sign: "a", value: outputs[at],
        lines: [[named(layer), "(", sums[at], ")"]], pill: { unit, kind: "value" },
        sum: { layer, neuron, input: null },
      });
    }
  });
  steps.push({
    stage: "loss", title: "The loss of this example", sign: "L", value: trace.loss, pill: null, sum: null,
    lines: lossLines(spec, trace, firsts[last]),
  });
  for (let layer = last; layer >= 0; layer--) {
    for (let neuron = 0; neuron < sizes[layer]; neuron++) {
      const unit = `${layer}.${neuron}`;
      const at = firsts[layer] + neuron;
      /** @type {Terms[]} */
      let lines;
      if (layer < last) {
        const { inputs, neurons, weights } = layers[layer + 1];
        const terms = Array.from({ length: neurons }, (_, next) => {
          const sign = next ? ["+"] : [];
          return [...sign, before[weights + next * inputs + neuron], "·", deltas[firsts[layer + 1] + next]];
        }).flat();
        lines = [["(", ...terms, ")", "·", `${named(layer)}′`, "(", sums[at], ")"]];
        if (Number.isFinite(slopes[at])) lines.push([slopes[at], "·", derivatives[at]]);
      } else if (trace.takesSums) lines = [["∂", "L", "/", "∂", "z"]];
      else if (!Number.isFinite(slopes[at])) lines = [["∂", "L", "/", "∂", "a", "·", derivatives[at]]];
      else {
        lines = [["∂", "L", "/", "∂", "a", "·", `${named(layer)}′`, "(", sums[at], ")"]];
        lines.push([slopes[at], "·", derivatives[at]]);
      }
      steps.push({
        stage: "backward", title: `${unitName(unit, spec)}: its share of the error`, sign: "δ", value: deltas[at],
        lines, pill: { unit, kind: "delta" },
        sum: layer < last ? { layer: layer + 1, neuron: null, input: neuron } : null,
      });
    }
  }
  const place = placeOf(spec, weight);
  const own = deltas[firsts[weight.layer] + weight.neuron];
  const sum = weight.input === null ? null : weight;
  const [gradient, old, now] = [trace.gradient[place], before[place], trace.after[place]];
  steps.push({
    stage: "update", title: `${weightName(spec, weight)}: its gradient`, sign: "g", value: gradient, pill: null, sum,
    lines: [weight.input === null ? ["δ"] : [own, "·", inputOf(weight.layer, weight.input)]],
  }, {
    stage: "update", title: `${weightName(spec, weight)}: its new value`, sign: "w", value: now, pill: null, sum,
    lines: isPlain(spec) && Math.abs(old - trace.rate * gradient - now) <= 1e-9 * Math.max(1, Math.abs(now))
      ? [[old, "−", trace.rate, "·", gradient]] : [[old, "+", now - old]],
  });
  return steps;
}

/**
 * Where a weight is in the parameter vector.
 * @param {Spec} spec
 * @param {Weight} weight
 */
export function placeOf(spec, { layer, neuron, input }) {
  const { inputs, weights, biases } = layout(spec)[layer];
  return input === null ? biases + neuron : weights + neuron * inputs + input;
}

/**
 * @param {Spec} spec
 * @returns {Weight[]} all of them, in the order of the parameter vector but with each neuron's bias after its weights
 */
export function weightsOf(spec) {
  return layout(spec).flatMap(({ inputs, neurons }, layer) => Array.from({ length: neurons }, (_, neuron) => {
    const own = Array.from({ length: inputs }, (_each, input) => ({ layer, neuron, input }));
    return [...own, { layer, neuron, input: null }];
  }).flat());
}

/**
 * @param {Spec} spec
 * @param {Weight} weight
 */
export function weightName(spec, { layer, neuron, input }) {
  const to = unitName(`${layer}.${neuron}`, spec);
  if (input === null) return `Bias of ${to}`;
  return `Weight ${layer ? unitName(`${layer - 1}.${input}`, spec) : inputLabel(spec.features[input], spec)} → ${to}`;
}

/**
 * What else is in an update, or left out, as sentences.
 * @param {Spec} spec
 * @returns {string[]}
 */
export function remarksOf(spec) {
  const said = [];
  if (spec.dropout) said.push("Dropout is left out here: every neuron answers.");
  if (spec.regularization !== "none" && spec.regularization_rate) {
    said.push("The new value includes the penalty; loss and gradient do not.");
  }
  if (spec.clip_norm) said.push("A gradient that is too long is shortened before the update.");
  if (spec.optimiser !== "sgd") {
    said.push(`The optimizer (${spec.optimiser}) has a memory: the step is not the rate times the gradient.`);
  }
  if (spec.batch_size > 1) {
    said.push(`The update is of this example alone; training takes the mean over a batch of ${spec.batch_size}.`);
  }
  if (spec.frozen.length + spec.cut.length) said.push("What is frozen or cut does not move.");
  return said;
}

/**
 * Whether a typed number counts as right: within 2 % or 0.005.
 * @param {number} typed
 * @param {number} value
 */
export function isRight(typed, value) {
  const rounding = 1 + 1e-9; // 1.02 for 1 is within 2 %
  return Math.abs(typed - value) <= rounding * Math.max(0.02 * Math.abs(value), 0.005);
}

/**
 * A typed number, with a comma or a point, and either minus.
 * @param {string} text
 * @returns {number|null}
 */
export function typedNumber(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
}

/** @param {Spec} spec whose update is the rate times the gradient, and nothing else */
function isPlain(spec) {
  return spec.optimiser === "sgd" && !(spec.regularization !== "none" && spec.regularization_rate) && !spec.clip_norm;
}
