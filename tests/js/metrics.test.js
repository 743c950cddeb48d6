// What was history is a curve of one run, as long as the chart can show.
import assert from "node:assert/strict";
import { test } from "node:test";

import { withMetrics } from "../../static/js/model/metrics.js";

const answers = (epoch) => ({ accuracy: epoch, predicted: [1] });
const of = (epoch) => ({ type: "metrics", restarts: 1, epoch, train: answers(epoch), test: answers(epoch) });
const epochs = (history) => history.map(({ epoch }) => epoch);

test("it grows, and the same epoch history again replaces the last", () => {
  let history = [];
  for (const epoch of [0, 3, 3, 9]) history = withMetrics(history, of(epoch));
  assert.deepEqual(epochs(history), [0, 3, 9]);
  assert.deepEqual(history.map(({ test: answers }) => answers.predicted), [undefined, undefined, [1]]);
  assert.deepEqual(history.map(({ train }) => train.accuracy), [0, 3, 9]);
});

test("of too many every second one goes; the first and the newest stay", () => {
  let history = [];
  for (let epoch = 0; epoch <= 5000; epoch++) history = withMetrics(history, of(epoch));
  assert.ok(history.length <= 1001, String(history.length));
  assert.ok(history.length > 400, String(history.length));
  assert.equal(history[0].epoch, 0);
  assert.equal(history.at(-1).epoch, 5000);
});
