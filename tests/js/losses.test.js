import assert from "node:assert/strict";
import { test } from "node:test";

import { curve, grown, noLosses } from "../../static/js/model/losses.js";

/** The rows are [train, test]. */
const frame = (rows, extra = {}) => ({
  epoch: 0, trainLoss: 1, testLoss: 1, stride: 1, firstRow: 0, rows: Float32Array.from(rows.flat()), ...extra,
});
const rowsOf = ({ count, train, test }) => Array.from({ length: count }, (_, row) => [train[row], test[row]]);

test("loss rows are appended, and cut back where the server says so", () => {
  let losses = grown(noLosses(), frame([[1, 10], [2, 20], [3, 30]]));
  losses = grown(losses, frame([[4, 40]], { firstRow: 3 }));
  assert.deepEqual(rowsOf(losses), [[1, 10], [2, 20], [3, 30], [4, 40]]);
  losses = grown(losses, frame([[9, 90]], { firstRow: 1, stride: 2 }));
  assert.deepEqual([losses.stride, rowsOf(losses)], [2, [[1, 10], [9, 90]]]);
});

test("rows that never came are NaN, also where older rows lay", () => {
  let losses = grown(noLosses(), frame([[1, 10]]));
  losses = grown(losses, frame([[4, 40]], { firstRow: 3 }));
  assert.deepEqual(rowsOf(losses), [[1, 10], [NaN, NaN], [NaN, NaN], [4, 40]]);
  losses = grown(losses, frame([[7, 70]])); // the server starts again with row 0
  losses = grown(losses, frame([[5, 50]], { firstRow: 3 }));
  assert.deepEqual(rowsOf(losses), [[7, 70], [NaN, NaN], [NaN, NaN], [5, 50]]);
  assert.deepEqual(rowsOf(grown(noLosses(), frame([[4, 40]], { firstRow: 2 }))), [[NaN, NaN], [NaN, NaN], [4, 40]]);
});

test("a late row closes its gap", () => {
  let losses = grown(noLosses(), frame([[1, 10], [2, 20]]));
  losses = grown(losses, frame([[4, 40]], { firstRow: 3 }));
  losses = grown(losses, frame([[3, 30], [4, 40], [5, 50]], { firstRow: 2 }));
  assert.deepEqual(rowsOf(losses), [[1, 10], [2, 20], [3, 30], [4, 40], [5, 50]]);
});

test("if the message that thinned the history was lost, the rows known stay at their epochs", () => {
  const before = grown(noLosses(), frame([[0, 0], [1, 1], [2, 2], [3, 3], [4, 4]]));
  const thinned = grown(before, frame([[10, 10]], { firstRow: 5, stride: 2 }));
  assert.deepEqual(rowsOf(thinned), [[0, 0], [2, 2], [4, 4], [NaN, NaN], [NaN, NaN], [10, 10]]);
  const finer = grown(thinned, frame([[5, 5]], { firstRow: 5, stride: 1 }));
  assert.deepEqual(rowsOf(finer), [[0, 0], [NaN, NaN], [2, 2], [NaN, NaN], [4, 4], [5, 5]]);
});

test("a long curve keeps every row while its room grows", () => {
  let losses = noLosses();
  for (let row = 0; row < 3000; row++) losses = grown(losses, frame([[row, -row]], { firstRow: row }));
  assert.equal(losses.count, 3000);
  assert.ok(losses.train.subarray(0, 3000).every((value, i) => value === i));
});

test("a frame that brings nothing new changes nothing", () => {
  const losses = grown(noLosses(), frame([[1, 10]]));
  assert.equal(grown(losses, frame([], { firstRow: 1 })), losses);
  assert.notEqual(grown(losses, frame([], { firstRow: 1, epoch: 5 })), losses);
});

test("the curve has a gap, not a zero, where rows are missing or a loss is not finite", () => {
  let losses = grown(noLosses(), frame([[1, 10], [2, Infinity]]));
  losses = grown(losses, frame([[4, 0]], { firstRow: 3, epoch: 3, trainLoss: 4, testLoss: 0 }));
  assert.deepEqual(curve(losses, 1000), { epochs: [0, 1, 2, 3], train: [1, 2, null, 4], test: [10, null, null, 0] });
});

test("the curve ends at the newest loss and never runs backwards", () => {
  const rows = Array.from({ length: 25 }, (_, i) => [i, i]);
  const losses = grown(noLosses(), frame(rows, { stride: 2, epoch: 49, trainLoss: 49, testLoss: 49 }));
  assert.deepEqual(curve(losses, 10).epochs, [0, 6, 12, 18, 24, 30, 36, 42, 48, 49]);
  assert.deepEqual(curve(losses, 10).train.slice(-2), [24, 49]);
  assert.deepEqual(curve({ ...losses, last: { epoch: 3, train: 3, test: 3 } }, 10).epochs.at(-1), 48);
  assert.deepEqual(curve(noLosses(), 10), { epochs: [], train: [], test: [] });
});
