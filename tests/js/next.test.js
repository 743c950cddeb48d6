// What is suggested when: from a run, nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";

import { nextStep } from "../../static/js/model/next.js";
import { NEW_RUN } from "../../static/js/model/run.js";

const SPEC = {
  problem: "classification", dataset: "circle", reg_dataset: "reg-plane", features: ["x", "y"], hidden: [4, 2],
  activation: "tanh", learning_rate: 0.03, noise: 0, regularization: "none", train_percent: 50,
};

/** A run whose losses are these, from epoch 0 on. */
function runOf(patch, train, test = train, more = {}) {
  const count = train.length;
  const rows = (values) => Float32Array.from(values);
  const last = { epoch: count - 1, train: train.at(-1), test: test.at(-1) };
  const losses = { stride: 1, count, train: rows(train), test: rows(test), last };
  return /** @type {any} */ ({ ...NEW_RUN, spec: { ...SPEC, ...patch }, losses, ...more });
}

/** From one value to another in so many epochs. */
const ramp = (from, to, epochs = 200) => {
  return Array.from({ length: epochs + 1 }, (_, i) => from + ((to - from) * i) / epochs);
};
const SOLVED = ramp(0.5, 0.01);
const key = (...given) => nextStep(runOf(...given))?.key ?? null;

test("nothing is suggested before there is a curve, while it learns, and when it neither rises nor falls", () => {
  assert.equal(nextStep(NEW_RUN), null);
  assert.equal(key({}, [0.5]), null);
  assert.equal(key({}, ramp(0.5, 0.2)), null);
  assert.equal(key({}, ramp(0.5, 0.5)), null);
  assert.equal(key({ dataset: "moons" }, SOLVED), null);
});

test("each data set that is solved leads to a harder one", () => {
  const chain = [["gauss", "circle"], ["circle", "xor"], ["xor", "spiral"]];
  for (const [dataset, next] of chain) {
    const found = nextStep(runOf({ dataset }, SOLVED));
    assert.deepEqual([found.said, found.patch.dataset], ["Solved.", next]);
  }
  assert.equal(nextStep(runOf({ problem: "regression" }, SOLVED)).patch.reg_dataset, "reg-gauss");
  assert.equal(key({ problem: "regression", reg_dataset: "reg-gauss" }, SOLVED), null);
});

test("a solved spiral: first without the inputs that help, then with noise, then nothing", () => {
  const spiral = { dataset: "spiral", hidden: [8, 6] };
  assert.deepEqual(nextStep(runOf({ ...spiral, features: ["x", "y", "sinX"] }, SOLVED)).patch.features, ["x", "y"]);
  assert.equal(nextStep(runOf(spiral, SOLVED)).patch.noise, 25);
  assert.equal(key({ ...spiral, noise: 25 }, SOLVED), null);
});

test("what is learnt by heart is not solved", () => {
  assert.equal(key({}, SOLVED, ramp(0.5, 0.2)), null);
});

test("exclusive or with one neuron: solved by the product, or beyond one straight border", () => {
  const one = { dataset: "xor", hidden: [1] };
  const product = nextStep(runOf({ ...one, features: ["x", "y", "xTimesY"] }, SOLVED));
  assert.deepEqual([product.key, product.patch], ["xor product", { features: ["x", "y"], hidden: [4] }]);
  assert.deepEqual(nextStep(runOf({ ...one, features: ["xTimesY"] }, SOLVED)).patch.features, ["x", "y"]);
  assert.equal(key(one, ramp(0.5, 0.35)), "xor one neuron");
  assert.equal(key(one, ramp(0.5, 0.35, 60)), null); // it may still come
  assert.equal(key({ ...one, activation: "sine" }, ramp(0.5, 0.35)), null); // which has more than one border
  assert.equal(key({ ...one, features: ["x", "y", "sinX"] }, ramp(0.5, 0.35)), null);
  assert.equal(key({ ...one, hidden: [2] }, ramp(0.5, 0.35)), null);
});

test("overfitting: L2, then more points, then nothing; a small rise is none", () => {
  const train = ramp(0.5, 0.02);
  const test_ = [...ramp(0.5, 0.15, 100), ...ramp(0.15, 0.3, 99)];
  const { patch } = nextStep(runOf({ noise: 50 }, train, test_));
  assert.deepEqual(patch, { regularization: "L2", regularization_rate: 0.01 });
  const more = nextStep(runOf({ regularization: "L2" }, train, test_));
  assert.deepEqual(more.patch, { train_percent: 80 });
  assert.equal(key({ regularization: "L2", train_percent: 80 }, train, test_), null);
  assert.equal(key({}, train, [...ramp(0.5, 0.15, 100), ...ramp(0.15, 0.155, 99)]), null);
  assert.equal(key({}, ramp(0.5, 1e-6), [...ramp(0.5, 1e-5, 100), ...ramp(1e-5, 1e-4, 99)]), "solved the exclusive or");
});

test("a rate of 10: diverged or stuck; a low rate that is stuck has another reason", () => {
  const high = { learning_rate: 10 };
  assert.deepEqual(nextStep(runOf(high, ramp(0.5, 0.9))).patch, { learning_rate: 0.03 });
  assert.equal(key(high, [0.5, NaN], [0.5, NaN], { divergedAt: 1 }), "rate");
  assert.equal(key(high, ramp(0.5, 0.9, 20)), null);
  assert.equal(key(high, SOLVED), "solved the exclusive or");
  assert.equal(key({}, ramp(0.5, 0.9)), null);
  assert.equal(key({}, [0.5, NaN], [0.5, NaN], { divergedAt: 1 }), null);
});

test("without test points the training loss decides", () => {
  assert.equal(key({}, SOLVED, SOLVED.map(() => NaN)), "solved the exclusive or");
});
