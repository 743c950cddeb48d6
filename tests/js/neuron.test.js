import assert from "node:assert/strict";
import { test } from "node:test";

import { distanceTo, isNeuron, kindOf, lineOf, movedTo, ruleOf, turnedTo } from "../../static/js/model/neuron.js";

const near = (found, wanted) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-9, `${found}`));

test("the line is where the sum is 0", () => {
  const weights = [3, 4, -10];
  const { middle, ends, handles } = lineOf(weights);
  near([middle.x, middle.y], [1.2, 1.6]);
  for (const { x, y } of [...ends, ...handles]) assert.ok(Math.abs(3 * x + 4 * y - 10) < 1e-9);
  assert.equal(distanceTo(weights, { x: 0, y: 0 }), 2);
  assert.equal(lineOf([0, 0, 1]), null);
});

test("a line is moved by b alone, and turned without another size of the weights", () => {
  near(movedTo([3, 4, -10], { x: 1, y: 1 }), [3, 4, -7]);
  const { middle, handles } = lineOf([3, 4, -10]);
  for (const handle of [0, 1]) {
    near(turnedTo([3, 4, -10], handle, handles[handle]), [3, 4, -10]);
    const turned = turnedTo([3, 4, -10], handle, { x: middle.x + (handle ? -1 : 1), y: middle.y });
    near(turned, [0, 5, -8]);
    assert.ok(distanceTo(turned, middle) < 1e-9);
  }
});

test("the rule has its numbers", () => {
  const trace = { inputs: [2, -1], targets: [1], sums: [0.5], outputs: [0.25], deltas: [-0.75], before: [0.5, 0.5, 0],
    after: [0.65, 0.425, 0.075], rate: 0.1 };
  const kind = kindOf({ output: "sigmoid", loss: "crossEntropy" });
  assert.equal(kind.key, "logistic");
  const lines = ruleOf(/** @type {any} */ (trace), kind);
  assert.equal(lines[0], "z = 0.500 · 2.000 + 0.500 · (−1.000) + 0.000 = 0.500");
  assert.equal(lines[1], "y = σ(0.500) = 0.250, wanted t = 1");
  assert.equal(lines[2], "δ = y − t = −0.750");
  assert.equal(lines[3], "w₁ ← 0.500 − 0.100 · (−0.750) · 2.000 = 0.650");
  assert.equal(lines[5], "b ← 0.000 − 0.100 · (−0.750) = 0.075");
});

test("the three kinds are told apart", () => {
  assert.equal(kindOf({ output: "step", loss: "auto" }).key, "perceptron");
  assert.equal(kindOf({ output: "sigmoid", loss: "squared" }).key, "squared");
  assert.equal(kindOf({ output: "tanh", loss: "squared" }), undefined);
  assert.equal(isNeuron(null), false);
});
