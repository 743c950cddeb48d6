// One example as steps: every number of a 2-2-1 network by hand, and the quiz.

import assert from "node:assert/strict";
import { test } from "node:test";

import { broken } from "../../static/js/ui/math.js";
import { isRight, placeOf, stepsOf, typedNumber, weightsOf } from "../../static/js/model/example.js";

const spec = /** @type {any} */ ({
  problem: "classification", dataset: "circle", features: ["x", "y"], hidden: [2], activation: "tanh", activations: [],
  output: "auto", classes: 2, class_names: [], data: "", optimiser: "sgd", regularization: "none",
  regularization_rate: 0, clip_norm: 0,
});
// Two neurons with tanh and one output with tanh, by hand: all that follows comes from these nine numbers.
const [before, inputs, target, rate] = [[0.5, -1, 0.25, 0.75, 0.1, -0.2, 1, -0.5, 0.3], [2, 1], 1, 0.1];
const z = [0.5 * 2 - 1 + 0.1, 0.25 * 2 + 0.75 - 0.2];
const a = z.map(Math.tanh);
z.push(a[0] - 0.5 * a[1] + 0.3);
a.push(Math.tanh(z[2]));
const derivatives = a.map((value) => 1 - value * value);
const slope = a[2] - target;
const out = slope * derivatives[2];
const slopes = [out, -0.5 * out, slope];
const deltas = slopes.map((value, i) => value * derivatives[i]);
const gradient = [
  deltas[0] * 2, deltas[0], deltas[1] * 2, deltas[1], deltas[0], deltas[1], out * a[0], out * a[1], out,
];
const trace = {
  loss: 0.5 * slope * slope, rate, takesSums: false, inputs, targets: [target], sums: z, outputs: a, derivatives,
  deltas, slopes, before, gradient, after: before.map((value, i) => value - rate * gradient[i]),
};

/** @param {(string|number)[]} terms of numbers and signs */
const valueOf = (terms) => Function(`return ${terms.join(" ").replaceAll("·", "*").replaceAll("−", "-")
  .replace("½", "0.5").replace("²", "** 2").replaceAll("+ -", "+ (-1) *").replaceAll("* -", "* (-1) *")}`)();

test("every line of numbers has the value of its step", () => {
  const steps = stepsOf(spec, trace, { layer: 0, neuron: 1, input: 0 });
  assert.deepEqual(steps.map(({ stage }) => stage).join(" "),
    `${"forward ".repeat(6)}loss ${"backward ".repeat(3)}update update`);
  let checked = 0;
  for (const { lines, value, title } of steps) {
    for (const line of lines) {
      if (line.some((term) => typeof term === "string" && /[\p{L}∂]/u.test(term))) continue;
      assert.ok(Math.abs(valueOf(line) - value) < 1e-12, `${title}: ${line.join(" ")} is not ${value}`);
      checked += 1;
    }
  }
  assert.equal(checked, 3 + 1 + 3 + 2);
  assert.equal(steps.at(-2)?.value, gradient[2]);
  assert.deepEqual(steps.filter(({ pill }) => pill).map(({ pill }) => `${pill?.kind} ${pill?.unit}`),
    ["value 0.0", "value 0.1", "value 1.0", "delta 1.0", "delta 0.0", "delta 0.1"]);
});

test("with more than plain descent the new value is the old one and a step", () => {
  const adam = { ...spec, optimiser: "adam" };
  const step = stepsOf(adam, trace, { layer: 1, neuron: 0, input: null }).at(-1);
  assert.equal(step?.lines[0].length, 3);
  assert.ok(Math.abs(valueOf(step?.lines[0] ?? []) - (step?.value ?? NaN)) < 1e-12);
});

test("weights are listed neuron by neuron, and found again", () => {
  const places = weightsOf(spec).map((weight) => placeOf(spec, weight));
  assert.deepEqual(places, [0, 1, 4, 2, 3, 5, 6, 7, 8]);
});

test("a typed number is right within 2 % or 0.005", () => {
  assert.ok(isRight(0.03, 0.029) && isRight(-1.02, -1) && isRight(0, 0.005));
  assert.ok(!isRight(1.03, 1) && !isRight(0.0101, 0.005) && !isRight(-1, 1));
  assert.equal(typedNumber(" −0,25 "), -0.25);
  assert.equal(typedNumber("one"), null);
  assert.equal(typedNumber(""), null);
});

test("a long sum is broken before its signs, and loses nothing", () => {
  const terms = ["z", "=", 0.5, "·", 2.25, "+", -1.5, "·", 1.25, "+", 0.75, "·", 3.5, "+", 0.125];
  const lines = broken(terms, 24);
  assert.deepEqual(lines.flat(), terms);
  assert.ok(lines.length > 1 && lines.slice(1).every(([first]) => first === "+"));
  assert.deepEqual(broken(["z", "=", 0.5, "+", 1], 24).length, 1);
});
