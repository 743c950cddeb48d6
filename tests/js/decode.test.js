// Ticks written by hand, as app/wire/frames.py describes them, and what the page makes of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { decode } from "../../static/js/wire/decode.js";
import { frameOf, metricsOf, partOf, pointsOf } from "../../static/js/wire/frame.js";
import { ARRAYS, NO_CLASS, RECORDS, VERSION } from "../../static/js/wire/protocol.js";

const PACKED = 128;
const [U1, U4, F4, F8] = [1, 2, 3, 4];
const STAMP = [3, 7, 1234567890123]; // restarts, revision, epoch
const WRITE = { B: ["setUint8", 1], d: ["setFloat64", 8] };

/** Bytes of scalars, each with its code. */
function scalars(values) {
  const view = new DataView(new ArrayBuffer(values.reduce((sum, [code]) => sum + WRITE[code][1], 0)));
  let at = 0;
  for (const [code, value] of values) {
    view[WRITE[code][0]](at, value, true);
    at += WRITE[code][1];
  }
  return [...new Uint8Array(view.buffer)];
}

/** @param {number} value */
function varint(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const text = (value) => [value.length, ...new TextEncoder().encode(value)];
const bytesOf = (array) => [...new Uint8Array(array.buffer, array.byteOffset, array.byteLength)];

/** One part. An array: [name, type, shape, typed array, packed bytes]. */
function part(topic, values, arrays = [], { run = "main", texts = [], varints = [] } = {}) {
  const table = arrays.flatMap(([name, type, shape, , packed]) => [
    ARRAYS.indexOf(name) + 1, packed ? type + PACKED : type, shape.length,
    ...shape.flatMap(varint), ...(packed ? varint(packed.length) : []),
  ]);
  const code = RECORDS.findIndex((record) => record.topic === topic) + 1;
  const fixed = [code, arrays.length, ...text(run === "main" ? "" : run), ...texts.flatMap(text), ...scalars(values)];
  const contents = arrays.flatMap(([, , , array, packed]) => (packed ? [...packed] : bytesOf(array)));
  return [...fixed, ...[...STAMP, ...varints].flatMap(varint), ...table, ...contents];
}

const tick = (...parts) => Uint8Array.from([...new TextEncoder().encode("TKN"), VERSION, ...parts.flat()]).buffer;

/** @param {boolean} packed */
function network(packed) {
  const levels = Uint8Array.of(0, 1, 2, 1, 2, 2, 0, 255);
  const differences = Uint8Array.of(0, 1, 2, 255, 2, 0, 254, 255); // from the left; of a row's first from above
  return part("network", [["d", 0.25], ["d", NaN], ["d", 59.5], ["d", 0.03], ["B", 1], ["B", 0], ["B", 3]], [
    ["params", F4, [3], Float32Array.of(0.5, -1.25, 3)],
    ["smallMaps", U1, [2, 2, 2], levels, packed && deflateRawSync(differences)],
  ]);
}

/** @param {boolean} packed @param {number} classes @param {number} levels */
function map(packed, classes, levels) {
  const pixels = Uint8Array.of(0, 1, 2, 10, 9, 127, 255, 64, 63);
  const differences = Uint8Array.of(0, 1, 1, 10, 255, 118, 245, 65, 255);
  const array = ["bigMap", U1, [3, 3], pixels, packed && deflateRawSync(differences)];
  return part("map", [["B", classes], ["B", levels]], [array], { texts: ["0.1", "2,0"] });
}

const rows = ["rows", F4, [2, 2], Float32Array.of(0.1, 0.2, 0.3, 0.4)];
const losses = part("losses", [], [rows], { varints: [2, 10] });
const reading = (value, winner) => part("reading", [["d", value], ["B", winner]]);
const unknown = { frame: null, losses: { stride: 1, count: 0 } };

for (const packed of [false, true]) {
  test(`a tick ${packed ? "with packed maps " : ""}gives back what was put in`, async () => {
    const parts = await decode(tick(losses, network(packed), map(packed, 0, 128), reading(-0.5, NO_CLASS)));
    assert.deepEqual(parts.map(({ topic }) => topic), ["losses", "network", "map", "reading"]);
    for (const { run, restarts, revision, epoch } of parts) {
      assert.deepEqual([run, restarts, revision, epoch], ["main", 3, 7, 1234567890123]);
    }
    const got = frameOf(parts, unknown);
    assert.deepEqual([got.revision, got.restarts, got.epoch], [7, 3, 1234567890123]);
    assert.deepEqual([got.trainLoss, got.testLoss, got.value, got.winner], [0.25, NaN, -0.5, null]);
    assert.deepEqual([got.stride, got.firstRow, got.playing, got.divergedAt], [2, 10, true, null]);
    assert.deepEqual([got.pace, got.rate], [59.5, 0.03]);
    assert.deepEqual([...got.rows], [...Float32Array.of(0.1, 0.2, 0.3, 0.4)]);
    assert.deepEqual([...got.params], [0.5, -1.25, 3]);
    assert.deepEqual(got.small.map((each) => [...each]), [[0, 127, 254, 127], [254, 254, 0, 255]]);
    assert.equal(got.plane, "2,0");
    assert.deepEqual([got.unit, ...got.big], ["0.1", 0, 2, 4, 20, 18, 254, 255, 128, 126]);
    assert.equal(got.classMap, null);
  });

  test(`a map of classes ${packed ? "that is packed " : ""}gives back who wins and by how much`, async () => {
    const got = frameOf(await decode(tick(network(false), map(packed, 3, 60), reading(0.5, 2))), unknown);
    assert.deepEqual([...got.classMap.winners], [0, 0, 0, 0, 0, 2, NO_CLASS, 1, 1]);
    const leads = [0, 1, 2, 10, 9, 7, NaN, 4, 3].map((level) => level / 59);
    assert.deepEqual([...got.classMap.leads], [...Float32Array.from(leads)]);
    assert.deepEqual([got.winner, got.big.length], [2, 0]);
  });
}

test("what a tick leaves out stays as it was, until the run starts again", async () => {
  const all = await decode(tick(losses, network(false), map(false, 0, 128), reading(-0.5, NO_CLASS)));
  const frame = frameOf(all, unknown);
  const known = { frame, losses: { stride: 2, count: 12 } };
  const [mapPart] = await decode(tick(map(false, 3, 60)));
  const moved = frameOf([{ ...mapPart, unit: "x" }], known);
  assert.deepEqual([moved.unit, moved.classMap === null], ["x", false]);
  assert.deepEqual([moved.params, moved.epoch, moved.value], [frame.params, frame.epoch, -0.5]);
  assert.deepEqual([moved.stride, moved.firstRow, moved.rows.length], [2, 12, 0]);
  const again = { ...partOf(all, "network"), restarts: 4 };
  assert.deepEqual([frameOf([again], known).big.length, frameOf([again], known).value], [0, NaN]);
  assert.equal(frameOf([{ ...mapPart, restarts: 4 }], known), null); // nothing is known of that network
  const none = ["train", "test"].map((name) => [name, F4, [0, 3], new Float32Array()]);
  assert.equal(frameOf(await decode(tick(part("data", [], none, { texts: [""] }))), known), null);
});

test("points come training first", async () => {
  const held = ["test", F4, [2, 3], Float32Array.of(3, 4, 1, 5, 6, -1)];
  const arrays = [["train", F4, [1, 3], Float32Array.of(1, 2, -1)], held];
  const got = pointsOf(await decode(tick(part("data", [], arrays, { texts: [""] }))));
  assert.deepEqual([got.restarts, got.train, got.test, [...got.rows]], [3, 1, 2, [1, 2, -1, 3, 4, 1, 5, 6, -1]]);
});

test("metrics of classes come by set, with null for what is not defined", async () => {
  const arrays = [
    ["accuracy", F8, [2], Float64Array.of(0.5, 1 / 3)],
    ["confusion", U4, [2, 2, 2], Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 300)],
    ["f1", F8, [2, 2], Float64Array.of(0.1, 0.2, NaN, 0.4)],
  ];
  const { restarts, epoch, train, test: held } = metricsOf(await decode(tick(part("metrics", [], arrays))));
  assert.deepEqual([restarts, epoch], [3, 1234567890123]);
  assert.deepEqual(train, { accuracy: 0.5, confusion: [[1, 2], [3, 4]], f1: [0.1, 0.2] });
  assert.deepEqual(held, { accuracy: 1 / 3, confusion: [[5, 6], [7, 300]], f1: [null, 0.4] });
});

test("metrics of numbers come with the predictions, wherever doubles begin", async () => {
  for (const run of ["main", "twin"]) {
    const arrays = [
      ["r2", F8, [2], Float64Array.of(0.9, NaN)], ["rmse", F8, [2], Float64Array.of(0.1, 0.2)],
      ["predictedTrain", F4, [1], Float32Array.of(0.5)], ["predictedTest", F4, [2], Float32Array.of(Infinity, -1)],
    ];
    const parts = await decode(tick(reading(1, 0), part("metrics", [], arrays, { run: `${run}-2` })));
    const { train, test: held } = metricsOf(parts);
    assert.deepEqual(train, { r2: 0.9, rmse: 0.1, predicted: [0.5] });
    assert.deepEqual(held, { r2: null, rmse: 0.2, predicted: [null, -1] });
  }
});

test("bytes of another kind are refused with a sentence", async () => {
  for (const words of ["HTTP/1.1 200 OK and so on", "\u0001\u0002", "TKN", ""]) {
    const bytes = Uint8Array.from(new TextEncoder().encode(words));
    await assert.rejects(decode(bytes.buffer), /not a message of this wire/i);
  }
  await assert.rejects(decode(tick([200, 0, 0, 0])), /it has a record 200/);
});

test("another version of the wire asks for a reload", async () => {
  const bytes = new Uint8Array(tick(losses));
  bytes[3]++;
  await assert.rejects(decode(bytes.buffer), /reload the page/);
});
