import assert from "node:assert/strict";
import { test } from "node:test";

// The page's catalog, cut down to what the paragraph needs; it is read when the module is.
const choices = (...labels) => labels.map((label) => ({ key: label.toLowerCase(), label }));
const FIELDS = [
  { name: "problem", label: "Problem", kind: "choice", choices: choices("Classification", "Regression") },
  { name: "dataset", label: "Data", kind: "choice", choices: choices("Circle", "Spiral") },
  { name: "reg_dataset", label: "Data", kind: "choice", choices: choices("Plane") },
  { name: "noise", label: "Noise", kind: "number", unit: "%" },
  { name: "features", label: "Features", kind: "features" },
  { name: "hidden", label: "Layers", kind: "sizes" },
  { name: "activation", label: "Activation", kind: "choice", choices: choices("Tanh", "ReLU") },
  { name: "learning_rate", label: "Learning rate", kind: "number" },
  { name: "batch_size", label: "Batch size", kind: "integer" },
  { name: "regularization", label: "Regularization", kind: "choice", choices: choices("None", "L2") },
  { name: "regularization_rate", label: "Regularization rate", kind: "number" },
  { name: "dropout", label: "Dropout", kind: "number", group: "Penalty", default: 0 },
];
const FEATURES = [{ key: "x", label: "X₁" }, { key: "y", label: "X₂" }];
globalThis.document = {
  getElementById: () => ({ textContent: JSON.stringify({ fields: FIELDS, features: FEATURES }) }),
};
const { account } = await import("../../static/js/model/account.js");

const SPEC = {
  problem: "classification", dataset: "circle", reg_dataset: "plane", noise: 0, features: ["x", "y"], hidden: [4, 2],
  activation: "tanh", learning_rate: 0.03, batch_size: 10, regularization: "none", regularization_rate: 0, dropout: 0,
};
const FACTS = {
  spec: SPEC, epoch: 0, playing: false, losses: ["0.502", "0.511"], points: { train: 250, test: 250 }, halted: "",
};

test("the present state", () => {
  assert.equal(account(FACTS, null), "Data: Circle (classification), 250 points to train and 250 to test, noise 0%. "
    + "Network: inputs X₁ and X₂, hidden layers of 4 and 2 neurons, activation Tanh. "
    + "Learning rate 0.03, Batch size 10, Regularization None. "
    + "Paused at epoch 0, training loss 0.502, test loss 0.511.");
});

test("what is set beyond the bar, what stopped it, and other networks", () => {
  const spec = { ...SPEC, problem: "regression", features: ["x"], hidden: [1], regularization: "l2", dropout: 0.2 };
  assert.equal(
    account({ ...FACTS, spec, points: null, epoch: 1200, halted: "Stopped: epoch 1,200 is reached." }, null),
    "Data: Plane (regression), noise 0%. Network: input X₁, one hidden layer of 1 neuron, activation Tanh. "
      + "Learning rate 0.03, Batch size 10, Regularization L2, Regularization rate 0. Also: Dropout 0.2. "
      + "Paused at epoch 1,200, training loss 0.502, test loss 0.511. Stopped: epoch 1,200 is reached.");
  const none = account({ ...FACTS, playing: true, spec: { ...SPEC, features: [], hidden: [] } }, null);
  assert.match(none, /Network: no inputs, no hidden layer, activation Tanh\./);
  assert.match(none, /Training at epoch 0/);
});

test("what has changed since it was told last", () => {
  const now = { ...FACTS, epoch: 1310, losses: ["0.002", "0.511"], spec: { ...SPEC, learning_rate: 0.1, hidden: [8] } };
  assert.match(account(now, FACTS),
    /\. Since you last asked: 1,310 more epochs; training loss from 0\.502 to 0\.002; layers from 4, 2 to 8; /);
  assert.match(account(now, FACTS), /; learning rate from 0\.03 to 0\.1\.$/);
  assert.match(account(FACTS, now), /Since you last asked: training began again; /);
  assert.match(account(FACTS, FACTS), /Since you last asked: no change\.$/);
});
