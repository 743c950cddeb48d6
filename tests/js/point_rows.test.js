// The table of points: its rows and their order.
import assert from "node:assert/strict";
import { test } from "node:test";

import { rowsOf, sorted } from "../../static/js/model/point_rows.js";

const points = {
  rows: Float32Array.of(1, 2, 1, -3, 0.5, -1, 4, 5, 1), train: 2, test: 1, ids: Uint32Array.of(0, 7, 3), restarts: 1,
};
const told = {
  answers: Float32Array.of(0.5, 0.25, -1), pointLosses: Float32Array.of(0.125, NaN, 2), said: Uint8Array.of(1, 1, 0),
};
const run = (parts) => ({ spec: { problem: "classification", dataset: "circle", regions: [] }, points, parts });

test("a row has a point, and what the server says of it", () => {
  assert.deepEqual(rowsOf(run({ points: told }))[1], {
    id: 7, x: -3, y: 0.5, target: 0, training: true, answer: 0.25, said: 1, loss: NaN,
  });
  assert.ok(rowsOf(run({})).every(({ answer, said, loss }) => [answer, said, loss].every(Number.isNaN)));
  const other = { ...told, pointLosses: Float32Array.of(1, 2) }; // before a point was drawn
  assert.ok(rowsOf(run({ points: other })).every(({ loss }) => Number.isNaN(loss)));
  assert.deepEqual(rowsOf({ ...run({}), points: null }), []);
});

test("rows are sorted by any column; what is no number comes last", () => {
  const rows = rowsOf(run({ points: told }));
  const order = (key, isFalling) => sorted(rows, key, isFalling).map(({ id }) => id);
  assert.deepEqual(order("loss", true), [3, 0, 7]);
  assert.deepEqual(order("loss", false), [0, 3, 7]);
  assert.deepEqual(order("x", false), [7, 0, 3]);
  assert.deepEqual(order("training", true), [0, 7, 3]);
  assert.deepEqual(order("target", false), [7, 0, 3]);
});
