import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import {
  FLAG_DEFLATED, FLAG_PLAYING, FRAME_HEADER, FRAME_HEADER_BYTES, KIND_FRAME, KIND_POINTS, NO_CLASS, POINTS_HEADER,
  POINTS_HEADER_BYTES, VERSION,
} from "../../static/js/wire/protocol.js";
import { decode } from "../../static/js/wire/decode.js";

/** The bytes of a message: magic, header values by name, then the rest. */
function message(layout, bytes, values, ...parts) {
  const head = new ArrayBuffer(bytes);
  new Uint8Array(head).set([..."TKN1"].map((char) => char.charCodeAt(0)));
  const view = new DataView(head);
  for (const [name, value] of Object.entries(values)) {
    const { offset, read } = layout[name];
    view[read.replace("get", "set")](offset, value, true);
  }
  const bytesOf = (part) => new Uint8Array(part.buffer ?? part, part.byteOffset ?? 0, part.byteLength);
  const chunks = [new Uint8Array(head), ...parts.map(bytesOf)];
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole.buffer;
}

/** @param {{deflated: boolean, classes?: Record<string, number>}} how */
function frame({ deflated, classes = { winner: NO_CLASS } }) {
  const params = Float32Array.of(0.5, -1.25, 3);
  // Two small maps of 3 levels and a big one of 128. When deflated, a pixel is its difference from the one on its left,
  // the first of a row from the one above.
  const levels = [[0, 1, 2, 1], [2, 2, 0, 255], [0, 1, 2, 10, 9, 127, 255, 64, 63]].flat();
  const differences = [[0, 1, 2, 255], [2, 0, 254, 255], [0, 1, 1, 10, 255, 118, 245, 65, 255]].flat();
  const maps = deflated ? deflateSync(Uint8Array.from(differences), { level: 1 }) : Uint8Array.from(levels);
  return message(FRAME_HEADER, FRAME_HEADER_BYTES, {
    kind: KIND_FRAME, flags: FLAG_PLAYING | (deflated ? FLAG_DEFLATED : 0), version: VERSION,
    revision: 7, restarts: 3, epoch: 1234567890123, train_loss: 0.25, test_loss: NaN, value: -0.5,
    stride: 2, first_row: 10, rows: 2, neurons: 2, small_side: 2, big_side: 3, small_levels: 3, big_levels: 128,
    params: 3, maps_length: maps.length, raw_length: levels.length,
    epochs_per_second: 59.5, diverged_at: NaN, ...classes,
  }, Float32Array.of(0.1, 0.2, 0.3, 0.4), params, maps);
}

for (const deflated of [false, true]) {
  test(`a frame ${deflated ? "with deflated maps " : ""}gives back what was put in`, async () => {
    const got = await decode(frame({ deflated }));
    assert.equal(got.kind, "frame");
    assert.deepEqual([got.revision, got.restarts, got.epoch], [7, 3, 1234567890123]);
    assert.deepEqual([got.trainLoss, got.testLoss, got.value], [0.25, NaN, -0.5]);
    assert.deepEqual([got.stride, got.firstRow, got.playing, got.pace, got.divergedAt], [2, 10, true, 59.5, null]);
    assert.deepEqual([...got.rows], [...Float32Array.of(0.1, 0.2, 0.3, 0.4)]);
    assert.deepEqual([...got.params], [0.5, -1.25, 3]);
    assert.deepEqual(got.small.map((map) => [...map]), [[0, 127, 254, 127], [254, 254, 0, 255]]);
    assert.deepEqual([...got.big], [0, 2, 4, 20, 18, 254, 255, 128, 126]);
    assert.deepEqual([got.classMap, got.winner], [null, null]);
  });

  test(`a map of classes ${deflated ? "deflated " : ""}gives back who wins and by how much`, async () => {
    const got = await decode(frame({ deflated, classes: { classes: 3, winner: 2, big_levels: 60 } }));
    assert.deepEqual([...got.classMap.winners], [0, 0, 0, 0, 0, 2, NO_CLASS, 1, 1]);
    const leads = [0, 1, 2, 10, 9, 7, NaN, 4, 3].map((level) => level / 59);
    assert.deepEqual([...got.classMap.leads], [...Float32Array.from(leads)]);
    assert.deepEqual([got.winner, got.big.length], [2, 0]);
  });
}

test("points come training first", async () => {
  const rows = Float32Array.of(1, 2, -1, 3, 4, 1);
  const header = { kind: KIND_POINTS, version: VERSION, restarts: 5, train: 1, test: 1 };
  const got = await decode(message(POINTS_HEADER, POINTS_HEADER_BYTES, header, rows));
  assert.deepEqual([got.kind, got.restarts, got.train, got.test, [...got.rows]], ["points", 5, 1, 1, [...rows]]);
});

test("bytes of another kind are refused with a sentence", async () => {
  const bytes = new TextEncoder().encode("HTTP/1.1 200 OK and so on");
  await assert.rejects(decode(bytes.buffer), /not a message of this wire/i);
  await assert.rejects(decode(new Uint8Array([1, 2]).buffer), /not a message of this wire/i);
});

test("another version of the wire asks for a reload", async () => {
  const bytes = message(FRAME_HEADER, FRAME_HEADER_BYTES, { kind: KIND_FRAME, version: VERSION + 1 });
  await assert.rejects(decode(bytes), /reload the page/);
});
