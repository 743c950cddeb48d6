// Where a run is in its epoch, in words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { batchText, placeText } from "../../static/js/model/clock.js";

const place = { epoch: 13, batch: 4, batches: 25, batchSize: 10, done: 41, examples: 250, members: { length: 10 } };
const paused = { playing: false, isCarried: false };

test("the readout counts what is done", () => {
  assert.equal(placeText("example", place), "41 / 250");
  assert.equal(placeText("batch", place), "4 / 25");
});

test("the line says what comes next, and a short batch", () => {
  assert.equal(batchText("batch", place, paused), ": next is 5 of 25 in epoch 14, 10 examples.");
  const last = { ...place, batch: 24, members: { length: 1 } };
  assert.equal(batchText("batch", last, paused), ": next is 25 of 25 in epoch 14, short: 1 example.");
  assert.equal(batchText("batch", last, { ...paused, isCarried: true }),
    ": next is 25 of 25 in epoch 14, short: 1 example, waits for the next epoch.");
  assert.equal(batchText("example", last, paused),
    ": batch 25 of 25 in epoch 14, short: 1 example.");
  assert.equal(batchText("example", place, paused), ": batch 5 of 25 in epoch 14. Weights change at its end.");
  assert.equal(batchText("example", { ...place, batchSize: 1, members: { length: 1 } }, paused),
    ", in epoch 14. Weights change after each.");
});

test("while it plays it says no more than the epoch, and without points too", () => {
  assert.equal(batchText("batch", place, { ...paused, playing: true }), ", in epoch 14.");
  assert.equal(batchText("example", { ...place, members: { length: 0 } }, paused), ", in epoch 14.");
});
