import assert from "node:assert/strict";
import { test } from "node:test";

import { fieldFromName } from "../../static/js/model/catalog.js";
import { activationsOf, classOf, layersDiffer, layout } from "../../static/js/model/network_shape.js";
import { applied, dismissed, edited, initialState, rejoined, toasted, told, watched } from "../../static/js/model/state.js";

const spec = { features: ["x", "y"], hidden: [4, 2], problem: "classification" };
const news = (revision, extra = {}) => ({ revision, spec, playing: false, speed: 60, restarts: 0, instance: 7, diverged_at: null, ...extra });
const frame = (extra = {}) => ({ revision: 0, restarts: 0, epoch: 0, trainLoss: 1, testLoss: 1, stride: 1, firstRow: 0, rows: new Float32Array(0), divergedAt: null, ...extra });
const trainRows = ({ losses }) => [...losses.train.subarray(0, losses.count)];

test("a control answers before the server does, and an older word of the server does not undo it", () => {
  let state = told(initialState(), news(4));
  state = edited(state, { hidden: [3] });
  assert.deepEqual([state.revision, state.spec.hidden], [5, [3]]);
  state = told(state, news(4, { playing: true }));
  assert.deepEqual([state.spec.hidden, state.playing], [[3], true]);
  state = told(state, news(5, { spec: { ...spec, hidden: [3] } }));
  assert.deepEqual(state.spec.hidden, [3]);
});

test("back after a break with nothing changed, the server's word stands, also when its count went back", () => {
  const state = told(initialState(), news(4, { restarts: 3 }));
  for (const revision of [0, 3, 4, 5]) {
    const back = rejoined(state, news(revision, { restarts: 2 }));
    assert.deepEqual([back.ours, back.forgotten, back.state.revision, back.state.restarts], [false, false, revision, 2]);
  }
});

test("changes made while there was no link are sent, however many, and are not called a forgotten session", () => {
  for (let changes = 1; changes <= 4; changes++) {
    let state = told(initialState(), news(4));
    for (let i = 0; i < changes; i++) state = edited(state, { hidden: [i + 1] });
    const back = rejoined(state, news(4));
    assert.deepEqual([back.ours, back.forgotten, back.state.spec.hidden, back.state.revision], [true, false, [changes], 4 + changes]);
  }
});

test("a change that the server took and lost with itself is sent again", () => {
  const state = told(edited(told(initialState(), news(4)), { hidden: [3] }), news(5, { spec: { ...spec, hidden: [3] }, restarts: 1 }));
  const back = rejoined(state, news(4));
  assert.deepEqual([back.ours, back.forgotten, back.state.spec.hidden, back.state.revision], [true, false, [3], 5]);
});

test("two pages changed as much: the one that comes back last counts; where the other changed more, that stands", () => {
  const state = edited(told(initialState(), news(4)), { hidden: [3] });
  const theirs = { spec: { ...spec, hidden: [1] } };
  assert.deepEqual([rejoined(state, news(5, theirs)).ours, rejoined(state, news(5, theirs)).state.revision], [true, 6]);
  const back = rejoined(state, news(6, theirs));
  assert.deepEqual([back.ours, back.state.spec.hidden, back.state.revision], [false, [1], 6]);
});

test("a session that the server has forgotten gets the page's settings, and that is known", () => {
  const state = told(initialState(), news(4));
  assert.deepEqual({ ...rejoined(state, news(0, { instance: 8, spec: { ...spec, hidden: [1] } })), state: null }, { state: null, ours: true, forgotten: true });
  assert.deepEqual({ ...rejoined(state, news(0, { instance: 8 })), state: null }, { state: null, ours: false, forgotten: true });
});

test("a frame of an older configuration is not drawn, but its loss rows are kept", () => {
  let state = applied(told(initialState(), news(1)), frame({ revision: 1, epoch: 0, rows: Float32Array.of(9, 9) }));
  state = edited(state, { learning_rate: 1 });
  const drawn = state.frame;
  state = applied(state, frame({ revision: 1, epoch: 2, firstRow: 1, rows: Float32Array.of(8, 8, 7, 7) }));
  assert.equal(state.frame, drawn);
  assert.deepEqual(trainRows(state), [9, 8, 7]);
  state = applied(state, frame({ revision: 2, epoch: 3, firstRow: 3, rows: Float32Array.of(6, 6) }));
  assert.equal(state.frame.epoch, 3);
  assert.deepEqual(trainRows(state), [9, 8, 7, 6]);
});

test("a restart that the page hears of while it has changed more loses no rows", () => {
  let state = told(initialState(), news(1));
  state = edited(edited(state, { hidden: [1] }), { learning_rate: 1 });
  state = told(state, news(2, { restarts: 1, spec: { ...spec, hidden: [1] } }));
  state = applied(state, frame({ restarts: 1, revision: 2, epoch: 1, rows: Float32Array.of(9, 9, 8, 8) }));
  assert.equal(state.frame, null);
  state = told(state, news(3, { restarts: 1, spec: state.spec }));
  state = applied(state, frame({ restarts: 1, revision: 3, epoch: 2, firstRow: 2, rows: Float32Array.of(7, 7) }));
  assert.deepEqual(trainRows(state), [9, 8, 7]);
});

test("a frame of another run leaves everything as it is", () => {
  const state = applied(told(initialState(), news(1)), frame({ revision: 1, rows: Float32Array.of(1, 1) }));
  assert.equal(applied(state, frame({ restarts: 1, revision: 9, rows: Float32Array.of(5, 5) })), state);
});

test("a session that the server has forgotten starts a new curve, even if its run has the same number", () => {
  const state = applied(told(initialState(), news(1)), frame({ revision: 1, rows: Float32Array.of(1, 1) }));
  assert.equal(rejoined(state, news(1)).state.losses.count, 1);
  assert.equal(rejoined(state, news(1, { instance: 8 })).state.losses.count, 0);
});

test("a new run starts a new curve", () => {
  let state = applied(told(initialState(), news(1)), frame({ revision: 1, rows: Float32Array.of(1, 1) }));
  assert.equal(state.losses.count, 1);
  state = told(state, news(2, { restarts: 1 }));
  assert.equal(state.losses.count, 0);
});

test("the flat vector is weights by neuron, then biases, layer after layer", () => {
  assert.deepEqual(layout(spec), [
    { inputs: 2, neurons: 4, weights: 0, biases: 8 },
    { inputs: 4, neurons: 2, weights: 12, biases: 20 },
    { inputs: 2, neurons: 1, weights: 22, biases: 24 },
  ]);
});

test("the big map shows what is hovered, else what is pinned, else the output", () => {
  const state = told(initialState(), news(1));
  assert.equal(watched(state), "2.0");
  assert.equal(watched({ ...state, pinned: { kind: "neuron", unit: "0.1" } }), "0.1");
  assert.equal(watched({ ...state, pinned: { kind: "neuron", unit: "0.1" }, hovered: "x" }), "x");
});

test("a card on a neuron that is no more is closed by the new run", () => {
  const state = { ...told(initialState(), news(1)), pinned: { kind: "neuron", unit: "0.3" } };
  assert.deepEqual(told(state, news(2, { restarts: 1 })).pinned, { kind: "neuron", unit: "0.3" });
  assert.equal(told(state, news(2, { restarts: 1, spec: { ...spec, hidden: [3] } })).pinned, null);
});

test("the same toast stands once, and can be closed", () => {
  const state = toasted(toasted(initialState(), "no"), "no");
  assert.equal(state.toasts.length, 1);
  assert.equal(dismissed(state, state.toasts[0].id).toasts.length, 0);
});

test("with several outputs the big map shows all together, and each has its class", () => {
  const three = { ...spec, output: "softmax", dataset: "blobs", classes: 3 };
  fieldFromName.set("dataset", /** @type {any} */ ({ choices: [{ key: "blobs", classes: [2, 6] }] }));
  fieldFromName.set("output", /** @type {any} */ ({ choices: [{ key: "softmax", low: 0, coupled: true }] }));
  try {
    const state = told(initialState(), news(1, { spec: three }));
    assert.equal(watched(state), "output");
    assert.deepEqual(layout(three).at(-1), { inputs: 2, neurons: 3, weights: 22, biases: 28 });
    assert.deepEqual([classOf("2.1", three), classOf("0.1", three), classOf("2.0", spec)], [1, null, null]);
    assert.equal(watched({ ...state, hovered: "2.2" }), "2.2");
    assert.equal(watched(told({ ...state, hovered: "2.2" }, news(2, { restarts: 1 }))), "2.0");
  } finally {
    fieldFromName.clear();
  }
});

test("a layer without an activation of its own has that of all", () => {
  assert.deepEqual(activationsOf({ ...spec, activation: "tanh", activations: ["relu"] }), ["relu", "tanh"]);
  assert.deepEqual([[], ["tanh"], ["tanh", "tanh", "relu"], ["relu"]].map((activations) => layersDiffer({ ...spec, activation: "tanh", activations })), [false, false, false, true]);
});
