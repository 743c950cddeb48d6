// The formula of every loss has the value of that loss, with one output and with several.
import assert from "node:assert/strict";
import { test } from "node:test";

import { lossLines } from "../../static/js/model/loss_formulas.js";

const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));
const OUTPUTS = { tanh: Math.tanh, sigmoid, linear: (/** @type {number} */ z) => z };
// As they are defined, by the sums: exact where an output is so sure that it is 0 or 1 in a rounded number.
const LOSSES = {
  squared: (a, t) => 0.5 * (a - t) ** 2,
  absolute: (a, t) => Math.abs(a - t),
  huber: (a, t) => (Math.abs(a - t) < 1 ? 0.5 * (a - t) ** 2 : Math.abs(a - t) - 0.5),
  hinge: (a, t) => Math.max(0, 1 - t * a),
  crossEntropy: (a, t, z, output) => Math.log1p(Math.exp((t > 0 ? -1 : 1) * (output === "tanh" ? 2 * z : z))),
};
const FITS = {
  squared: ["tanh", "sigmoid", "linear"], absolute: ["tanh", "sigmoid", "linear"],
  huber: ["tanh", "sigmoid", "linear"], hinge: ["tanh", "linear"], crossEntropy: ["tanh", "sigmoid"],
};

/** @param {(string|number)[]} terms */
function valueOf(terms) {
  let open = false;
  const signs = { "·": "*", "−": "-", "½": "0.5", "²": "** 2", ln: "Math.log", max: "Math.max", exp: "Math.exp" };
  const text = terms.map((term) => {
    if (typeof term === "number") return `(${term})`;
    if (term === "|") return (open = !open) ? "Math.abs(" : ")";
    return signs[term] ?? term;
  }).join(" ");
  return Function(`return ${text.replaceAll("- Math.log", "+ -1 * Math.log").replace(/^\+/, "")}`)();
}

for (const [loss, outputs] of Object.entries(FITS)) {
  for (const output of outputs) {
    test(`${loss} of ${output} outputs`, () => {
      const low = output === "sigmoid" ? 0 : -1;
      const cases = [[[0.3], [1]], [[0.3], [low]], [[-2.5], [1]], [[30], [low]], [[0.4, -0.2], [low, 1]]];
      for (const [sums, targets] of cases) {
        const a = sums.map(OUTPUTS[output]);
        const [law, numbers] = lossLines({ loss, output }, { outputs: [9, ...a], sums: [9, ...sums], targets }, 1);
        const value = a.reduce((sum, each, i) => sum + LOSSES[loss](each, targets[i], sums[i], output), 0);
        assert.ok(law.length > 0);
        assert.equal(law[0] === "Σ", targets.length > 1);
        const far = Math.abs(valueOf(numbers) - value);
        assert.ok(far < 1e-9 * Math.max(1, value), `${numbers.join(" ")} is not ${value}`);
      }
    });
  }
}

test("the cross-entropy of shares is that of the right class alone", () => {
  const given = { outputs: [0.2, 0.7, 0.1], sums: [0, 1, -1], targets: [0, 1, 0] };
  const lines = lossLines({ loss: "crossEntropy", output: "softmax" }, given, 0);
  assert.deepEqual(lines, [["−", "ln", "p"], ["−", "ln", "(", 0.7, ")"]]);
});
