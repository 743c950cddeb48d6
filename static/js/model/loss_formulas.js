// The loss of one example as a formula: its law, and the same with the numbers in it. As engine/formulas/losses.py.

import { constraints } from "./catalog.js";

/** @typedef {import("./example.js").Terms} Terms */

/** @type {Record<string, Terms>} a: an output, t: what is wanted of it */
const LAWS = {
  squared: ["½", "(", "a", "−", "t", ")", "²"],
  absolute: ["|", "a", "−", "t", "|"],
  huberNear: ["½", "(", "a", "−", "t", ")", "²", ",", "|", "a", "−", "t", "|", "<", "1"],
  huberFar: ["|", "a", "−", "t", "|", "−", "½", ",", "|", "a", "−", "t", "|", "≥", "1"],
  hinge: ["max", "(", "0", ",", "1", "−", "t", "·", "a", ")"],
  crossEntropy: ["−", "ln", "p"],
};

/**
 * The lines of the formula: what stands after each equals sign.
 * @param {import("./catalog.js").Spec} spec
 * @param {import("./example.js").Trace} trace
 * @param {number} first place of the first output
 * @returns {Terms[]}
 */
export function lossLines(spec, { outputs, sums, targets }, first) {
  const [loss, output] = [constraints.active("loss", spec), constraints.active("output", spec)];
  const parts = Array.from(targets, (target, i) => ({ a: outputs[first + i], z: sums[first + i], t: target }));
  if (loss === "crossEntropy") {
    const counted = output === "softmax" ? parts.filter(({ t }) => t > 0) : parts;
    const terms = counted.map((part) => ["−", "ln", "(", ...shareOf(output, part), ")"]);
    return [several(parts) && output !== "softmax" ? ["Σ", ...LAWS[loss]] : LAWS[loss], joined(terms)];
  }
  const far = ({ a, t } = parts[0]) => loss === "huber" && Math.abs(a - t) >= 1;
  const huber = several(parts) ? [...LAWS.huberNear, ";", ...LAWS.huberFar] : far() ? LAWS.huberFar : LAWS.huberNear;
  const law = loss === "huber" ? huber : LAWS[loss] ?? [];
  const terms = parts.map((part) => {
    const { a, t } = part;
    if (loss === "absolute") return ["|", a, "−", t, "|"];
    if (loss === "hinge") return ["max", "(", 0, ",", 1, "−", t, "·", a, ")"];
    return far(part) ? ["|", a, "−", t, "|", "−", "½"] : ["½", "·", "(", a, "−", t, ")", "²"];
  });
  return [several(parts) ? ["Σ", ...law] : law, joined(terms)].filter((line) => line.length > 0);
}

/** @param {unknown[]} parts */
const several = (parts) => parts.length > 1;

/**
 * The probability that an output gives to what is wanted. Where the output is so sure that its share is 0 or 1 in a
 * rounded number, by its sum.
 * @param {string} output
 * @param {{a: number, z: number, t: number}} part
 * @returns {Terms}
 */
function shareOf(output, { a, z, t }) {
  if (output === "softmax") return [a];
  const isWanted = t > 0;
  const share = output === "tanh" ? (1 + (isWanted ? a : -a)) / 2 : isWanted ? a : 1 - a;
  const twice = output === "tanh" ? 2 * z : z;
  if (share < 1e-6) return [1, "/", "(", 1, "+", "exp", "(", isWanted ? -twice : twice, ")", ")"];
  if (output === "tanh") return ["(", 1, isWanted ? "+" : "−", a, ")", "/", 2];
  return isWanted ? [a] : [1, "−", a];
}

/**
 * @param {Terms[]} terms
 * @returns {Terms}
 */
const joined = (terms) => terms.flatMap((each, i) => (i ? ["+", ...each] : each));
