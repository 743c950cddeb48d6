// What was measured is a curve of one run, as long as the chart can show.
import assert from "node:assert/strict";
import { test } from "node:test";

import { withMetrics } from "../../static/js/model/metrics.js";

const of = (restarts, epoch) => ({ type: "metrics", restarts, epoch, train: { accuracy: epoch, predicted: [1] }, test: { accuracy: epoch, predicted: [1] } });
const epochs = (measured) => measured.map(({ epoch }) => epoch);

test("it grows, and the same epoch measured again replaces the last", () => {
  let measured = [];
  for (const epoch of [0, 3, 3, 9]) measured = withMetrics(measured, of(1, epoch));
  assert.deepEqual(epochs(measured), [0, 3, 9]);
  assert.deepEqual(measured.map(({ test: answers }) => answers.predicted), [undefined, undefined, [1]]);
  assert.deepEqual(measured.map(({ train }) => train.accuracy), [0, 3, 9]);
});

test("another run begins anew", () => {
  assert.deepEqual(epochs(withMetrics([of(1, 5), of(1, 6)], of(2, 0))), [0]);
});

test("of too many every second one goes; the first and the newest stay", () => {
  let measured = [];
  for (let epoch = 0; epoch <= 5000; epoch++) measured = withMetrics(measured, of(1, epoch));
  assert.ok(measured.length <= 1001, String(measured.length));
  assert.ok(measured.length > 400, String(measured.length));
  assert.equal(measured[0].epoch, 0);
  assert.equal(measured.at(-1).epoch, 5000);
});
