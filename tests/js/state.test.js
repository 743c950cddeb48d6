import assert from "node:assert/strict";
import { test } from "node:test";

import { fieldFromName } from "../../static/js/model/catalog.js";
import { activationsOf, classOf, layersDiffer, layout } from "../../static/js/model/network_shape.js";
import { fittingFrame, isConfirmed, withFrame, withPoints, withRecord, withTick } from "../../static/js/model/run.js";
import {
  currentRun, dismissed, edited, initialState, pointedAt, rejoined, spotlightSwitched, toasted, told, watched, withRun,
} from "../../static/js/model/state.js";
import { bigMap, mapTopics } from "../../static/js/model/big_map.js";
import { MAIN } from "../../static/js/wire/protocol.js";

const spec = { features: ["x", "y"], hidden: [4, 2], problem: "classification" };
const news = (revision, extra = {}) => ({
  revision, spec, playing: false, speed: 60, restarts: 0, instance: 7, diverged_at: null, ...extra,
});
const frame = (extra = {}) => ({
  revision: 0, restarts: 0, epoch: 0, trainLoss: 1, testLoss: 1, divergedAt: null,
  stride: 1, firstRow: 0, rows: new Float32Array(0), ...extra,
});
const start = (revision, extra) => told(initialState(), MAIN, news(revision, extra));
const tell = (state, event, id = MAIN) => told(state, id, event);
const edit = (state, patch, id = MAIN) => edited(state, id, patch);
const show = (state, one, id = MAIN) => withRun(state, id, (run) => withFrame(run, one));
const rejoin = (state, event) => rejoined(state, MAIN, event);
const main = (state) => state.runs[MAIN];
const trainRows = ({ losses }) => [...losses.train.subarray(0, losses.count)];

test("a control answers before the server does, and an older word of the server does not undo it", () => {
  let state = start(4);
  state = edit(state, { hidden: [3] });
  assert.deepEqual([main(state).revision, main(state).spec.hidden], [5, [3]]);
  state = tell(state, news(4, { playing: true }));
  assert.deepEqual([main(state).spec.hidden, main(state).playing], [[3], true]);
  state = tell(state, news(5, { spec: { ...spec, hidden: [3] } }));
  assert.deepEqual(main(state).spec.hidden, [3]);
});

test("back after a break with nothing changed, the server's word stands, also when its count went back", () => {
  const state = start(4, { restarts: 3 });
  for (const revision of [0, 3, 4, 5]) {
    const back = rejoin(state, news(revision, { restarts: 2 }));
    assert.deepEqual([back.ours, back.forgotten], [false, false]);
    assert.deepEqual([main(back.state).revision, main(back.state).restarts], [revision, 2]);
  }
});

test("changes made while there was no link are sent, however many, and are not called a forgotten session", () => {
  for (let changes = 1; changes <= 4; changes++) {
    let state = start(4);
    for (let i = 0; i < changes; i++) state = edit(state, { hidden: [i + 1] });
    const back = rejoin(state, news(4));
    assert.deepEqual([back.ours, back.forgotten], [true, false]);
    assert.deepEqual([main(back.state).spec.hidden, main(back.state).revision], [[changes], 4 + changes]);
  }
});

test("a change that the server took and lost with itself is sent again", () => {
  const state = tell(edit(start(4), { hidden: [3] }), news(5, { spec: { ...spec, hidden: [3] }, restarts: 1 }));
  const back = rejoin(state, news(4));
  assert.deepEqual([back.ours, back.forgotten], [true, false]);
  assert.deepEqual([main(back.state).spec.hidden, main(back.state).revision], [[3], 5]);
});

test("of two pages that changed as much the last to come back counts; else the one that changed more", () => {
  const state = edit(start(4), { hidden: [3] });
  const theirs = { spec: { ...spec, hidden: [1] } };
  const asMuch = rejoin(state, news(5, theirs));
  assert.deepEqual([asMuch.ours, main(asMuch.state).revision], [true, 6]);
  const back = rejoin(state, news(6, theirs));
  assert.deepEqual([back.ours, main(back.state).spec.hidden, main(back.state).revision], [false, [1], 6]);
});

test("a session that the server has forgotten gets the page's settings, and that is known", () => {
  const state = start(4);
  for (const [other, isOurs] of [[{ ...spec, hidden: [1] }, true], [spec, false]]) {
    const { ours, forgotten } = rejoin(state, news(0, { instance: 8, spec: other }));
    assert.deepEqual([ours, forgotten], [isOurs, true]);
  }
});

test("a frame of an older configuration is not drawn, but its loss rows are kept", () => {
  let state = show(start(1), frame({ revision: 1, epoch: 0, rows: Float32Array.of(9, 9) }));
  state = edit(state, { learning_rate: 1 });
  const drawn = main(state).frame;
  state = show(state, frame({ revision: 1, epoch: 2, firstRow: 1, rows: Float32Array.of(8, 8, 7, 7) }));
  assert.equal(main(state).frame, drawn);
  assert.deepEqual(trainRows(main(state)), [9, 8, 7]);
  state = show(state, frame({ revision: 2, epoch: 3, firstRow: 3, rows: Float32Array.of(6, 6) }));
  assert.equal(main(state).frame.epoch, 3);
  assert.deepEqual(trainRows(main(state)), [9, 8, 7, 6]);
});

test("a restart that the page hears of while it has changed more loses no rows", () => {
  let state = start(1);
  state = edit(edit(state, { hidden: [1] }), { learning_rate: 1 });
  state = tell(state, news(2, { restarts: 1, spec: { ...spec, hidden: [1] } }));
  state = show(state, frame({ restarts: 1, revision: 2, epoch: 1, rows: Float32Array.of(9, 9, 8, 8) }));
  assert.equal(main(state).frame, null);
  state = tell(state, news(3, { restarts: 1, spec: main(state).spec }));
  state = show(state, frame({ restarts: 1, revision: 3, epoch: 2, firstRow: 2, rows: Float32Array.of(7, 7) }));
  assert.deepEqual(trainRows(main(state)), [9, 8, 7]);
});

test("a frame of another run leaves everything as it is", () => {
  const state = show(start(1), frame({ revision: 1, rows: Float32Array.of(1, 1) }));
  assert.equal(show(state, frame({ restarts: 1, revision: 9, rows: Float32Array.of(5, 5) })), state);
});

test("a session that the server has forgotten starts a new curve, even if its run has the same number", () => {
  const state = show(start(1), frame({ revision: 1, rows: Float32Array.of(1, 1) }));
  assert.equal(main(rejoin(state, news(1)).state).losses.count, 1);
  assert.equal(main(rejoin(state, news(1, { instance: 8 })).state).losses.count, 0);
});

test("a new run starts a new curve", () => {
  let state = show(start(1), frame({ revision: 1, rows: Float32Array.of(1, 1) }));
  assert.equal(main(state).losses.count, 1);
  state = tell(state, news(2, { restarts: 1 }));
  assert.equal(main(state).losses.count, 0);
});

test("the flat vector is weights by neuron, then biases, layer after layer", () => {
  assert.deepEqual(layout(spec), [
    { inputs: 2, neurons: 4, weights: 0, biases: 8 },
    { inputs: 4, neurons: 2, weights: 12, biases: 20 },
    { inputs: 2, neurons: 1, weights: 22, biases: 24 },
  ]);
});

test("the big map shows what is hovered, else what is pinned, else the output", () => {
  const state = start(1);
  assert.equal(watched(state), "2.0");
  assert.equal(watched({ ...state, pinned: { kind: "neuron", unit: "0.1" } }), "0.1");
  assert.equal(watched({ ...state, pinned: { kind: "neuron", unit: "0.1" }, hovered: "x" }), "x");
});

test("a card on a neuron that is no more is closed by the new run", () => {
  const state = { ...start(1), pinned: { kind: "neuron", unit: "0.3" } };
  assert.deepEqual(tell(state, news(2, { restarts: 1 })).pinned, { kind: "neuron", unit: "0.3" });
  assert.equal(tell(state, news(2, { restarts: 1, spec: { ...spec, hidden: [3] } })).pinned, null);
});

test("the spotlight begins on what is looked at, follows, stays when nothing is pointed at, and ends", () => {
  let state = pointedAt(start(1), "0.1");
  assert.equal(state.spotlight, null);
  state = spotlightSwitched(state);
  assert.equal(state.spotlight, "0.1");
  state = pointedAt(pointedAt(state, "x"), null);
  assert.deepEqual([state.spotlight, state.hovered, watched(state)], ["x", null, "x"]);
  assert.equal(spotlightSwitched(state).spotlight, null);
  assert.equal(spotlightSwitched(start(1)).spotlight, "2.0");
  assert.equal(spotlightSwitched(initialState()).spotlight, null);
});

test("the spotlight goes out with its neuron", () => {
  const state = { ...start(1), spotlight: "0.3" };
  assert.equal(tell(state, news(2, { restarts: 1 })).spotlight, "0.3");
  assert.equal(tell(state, news(2, { restarts: 1, spec: { ...spec, hidden: [3] } })).spotlight, null);
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
    const state = start(1, { spec: three });
    assert.equal(watched(state), "output");
    assert.deepEqual(layout(three).at(-1), { inputs: 2, neurons: 3, weights: 22, biases: 28 });
    assert.deepEqual([classOf("2.1", three), classOf("0.1", three), classOf("2.0", spec)], [1, null, null]);
    assert.equal(spotlightSwitched(state).spotlight, "2.0");
    assert.equal(watched({ ...state, hovered: "2.2" }), "2.2");
    assert.equal(watched(tell({ ...state, hovered: "2.2" }, news(2, { restarts: 1 }))), "2.0");
  } finally {
    fieldFromName.clear();
  }
});

test("a layer without an activation of its own has that of all", () => {
  assert.deepEqual(activationsOf({ ...spec, activation: "tanh", activations: ["relu"] }), ["relu", "tanh"]);
  const differ = (activations) => layersDiffer({ ...spec, activation: "tanh", activations });
  assert.deepEqual([[], ["tanh"], ["tanh", "tanh", "relu"], ["relu"]].map(differ), [false, false, false, true]);
});

test("runs coexist: each has its own spec, frames and loss rows", () => {
  let state = tell(start(1), news(1, { spec: { ...spec, activation: "relu" }, restarts: 5 }), "b");
  state = show(state, frame({ revision: 1, rows: Float32Array.of(1, 1) }));
  state = show(state, frame({ revision: 1, restarts: 5, rows: Float32Array.of(2, 2, 3, 3) }), "b");
  assert.deepEqual([trainRows(main(state)), trainRows(state.runs.b)], [[1], [2, 3]]);
  assert.deepEqual([main(state).frame.rows.length, state.runs.b.frame.rows.length], [2, 4]);
  state = edit(state, { activation: "sigmoid" }, "b");
  assert.deepEqual([main(state).spec.activation, state.runs.b.spec.activation], [undefined, "sigmoid"]);
  assert.deepEqual([main(state).revision, state.runs.b.revision], [1, 2]);
  const restarted = tell(state, news(2, { restarts: 6, spec: state.runs.b.spec }), "b");
  assert.deepEqual([trainRows(main(restarted)), trainRows(restarted.runs.b)], [[1], []]);
  assert.equal(main(restarted), main(state));
});

test("what is shown is of the current run, and only its restarts let go of what is pinned", () => {
  const pinned = { kind: "neuron", unit: "0.3" };
  const small = { ...spec, hidden: [1] };
  let state = { ...tell(start(1), news(1, { spec: small }), "b"), pinned };
  assert.equal(currentRun(state), main(state));
  state = tell(state, news(2, { restarts: 1, spec: small }), "b");
  assert.deepEqual(state.pinned, pinned);
  state = { ...state, current: "b", pinned: null };
  assert.equal(watched(state), "1.0");
  assert.equal(tell({ ...state, pinned }, news(3, { restarts: 2, spec: small }), "b").pinned, null);
});

test("a session of another instance has only the runs that the server describes from then on", () => {
  const two = { ...tell(start(1), news(1), "b"), current: "b" };
  const state = tell(two, news(1, { instance: 8 }));
  assert.deepEqual([Object.keys(state.runs), state.current], [[MAIN], MAIN]);
});

test("a frame fits while its network has the shape that is shown", () => {
  let state = show(start(1), frame({ revision: 1 }));
  const drawn = main(state).frame;
  assert.equal(fittingFrame(main(state)), drawn);
  state = edit(state, { learning_rate: 1 }); // the same shape: the picture stays
  assert.deepEqual([fittingFrame(main(state)), isConfirmed(main(state))], [drawn, false]);
  const shown = main(state).spec;
  for (const patch of [{ hidden: [4, 3] }, { hidden: [4] }, { features: ["x", "sinX"] }]) {
    const other = edit(state, patch); // the last has as many numbers, and yet is another network
    assert.equal(fittingFrame(main(other)), null);
    assert.equal(fittingFrame(main(other), shown), drawn); // but it is still that of the picture not yet built anew
    assert.equal(fittingFrame(main(edit(other, { hidden: [4, 2], features: ["x", "y"] }))), drawn);
  }
  state = tell(edit(state, { hidden: [3] }), news(3, { restarts: 1, spec: { ...spec, hidden: [3] } }));
  state = show(state, frame({ revision: 3, restarts: 1 }));
  assert.equal(fittingFrame(main(state)), main(state).frame);
  assert.equal(isConfirmed(main(state)), true);
});

test("metrics are kept until a restart; those from before it are dropped", () => {
  const record = (restarts, epoch) => ({ type: "metrics", restarts, epoch, train: {}, test: {} });
  const add = (state, one) => withRun(state, MAIN, (run) => withRecord(run, one));
  let state = add(add(start(1), record(0, 1)), record(0, 2));
  assert.deepEqual(main(state).metrics.map(({ epoch }) => epoch), [1, 2]);
  state = tell(state, news(2, { restarts: 1 }));
  assert.deepEqual(main(state).metrics, []);
  assert.equal(add(state, record(0, 3)), state);
});

test("the same points once more are not drawn again", () => {
  const points = (rows, restarts) => ({ kind: "points", restarts, train: 1, test: 0, rows: Float32Array.from(rows) });
  const add = (state, rows, restarts = 0) => withRun(state, MAIN, (run) => withPoints(run, points(rows, restarts)));
  const first = add(start(1), [1, 2, NaN]);
  const same = add(first, [1, 2, NaN], 1);
  assert.deepEqual([main(same).points.restarts, main(same).points.rows === main(first).points.rows], [1, true]);
  assert.notEqual(main(add(first, [1, 2, 3])).points.rows, main(first).points.rows);
});

const stamp = { run: MAIN, restarts: 0, revision: 1, epoch: 5, shapes: {} };
const mapPart = (unit) => {
  return { ...stamp, topic: "map", unit, plane: "", classes: 0, levels: 79, bigMap: new Uint8Array(4) };
};
const networkPart = {
  ...stamp, topic: "network", trainLoss: 1, testLoss: 2, epochsPerSecond: 0, learningRate: 0.03, playing: false,
  diverged: false, levels: 31, params: new Float32Array(1), smallMaps: new Uint8Array(),
  shapes: { smallMaps: [0, 16, 16] },
};

test("a tick brings what it has, each part to its run; one of before a restart brings nothing", () => {
  const state = start(1);
  const losses = { ...stamp, topic: "losses", stride: 1, firstRow: 0, rows: Float32Array.of(9, 9, 8, 8) };
  const seen = withTick(main(state), [losses, networkPart, mapPart("output")]);
  assert.deepEqual([seen.frame.epoch, seen.frame.unit, trainRows(seen)], [5, "output", [9, 8]]);
  const moved = withTick(seen, [mapPart("x")]);
  assert.deepEqual([moved.frame.unit, moved.frame.params, trainRows(moved)], ["x", seen.frame.params, [9, 8]]);
  assert.equal(moved.losses, seen.losses);
  const late = withTick(seen, [{ ...networkPart, restarts: 1 }]);
  assert.equal(late, seen);
  const own = withTick(seen, [{ ...stamp, topic: "metrics", shapes: {} }]);
  assert.deepEqual([own.frame, own.parts.metrics.epoch, own.metrics.length], [seen.frame, 5, 1]);
});

test("a map of another unit than the one shown is not drawn", () => {
  const state = withRun(start(1), MAIN, (run) => withTick(run, [networkPart, mapPart("output")]));
  assert.equal(bigMap(state, main(state)).field.length, 4);
  assert.equal(bigMap({ ...state, hovered: "x" }, main(state)), null);
  assert.equal(bigMap({ ...state, hovered: "2.0" }, main(state)).field.length, 4); // the output by its other name
});

test("the topics of a map are its unit and what is under the pointer", () => {
  const state = start(1);
  assert.deepEqual(mapTopics(state), [{ topic: "map", run: MAIN, unit: "output" }]);
  assert.deepEqual(mapTopics({ ...state, hovered: "0.1", pointer: { x: 1, y: -2 } }), [
    { topic: "map", run: MAIN, unit: "0.1" }, { topic: "reading", run: MAIN, unit: "0.1", x: 1, y: -2 }]);
});
