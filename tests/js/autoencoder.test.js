import assert from "node:assert/strict";
import { test } from "node:test";

import {
  bitsOf, chosenRow, nearestRow, rowError, rowsOf, shownPlaces, worstRows,
} from "../../static/js/model/autoencoder.js";

const SPEC = { data: `3x2r2.${"0".repeat(64)}`, hidden: [1], features: ["in.0", "in.1"], problem: "regression" };
const PARTS = {
  codes: {
    shapes: { codes: [3, 1], rebuilt: [3, 2] }, layer: 0, right: 1, angle: 3, codes: [0.1, 0.5, 0.9],
    places: [0, 0, 1, 0, 2, 0], rebuilt: [0, 0, 1, 1, 2, 4], errors: [0, 0, 0, 0, 0, 0],
  },
  principal: {
    shapes: { targets: [3, 2] }, training: 2, ids: Uint32Array.of(7, 3, 5), inputs: [0, 0, 1, 1, 2, 2],
    targets: [0, 0, 1, 2, 2, 2], places: Float32Array.of(0, 0, -1, 0, 2, 1), rebuilt: [0, 0, 1, 1, 2, 2],
    errors: [0, 0, 0, 0, 0, 0],
  },
};
const known = (parts = PARTS, spec = SPEC) => rowsOf(/** @type {any} */ ({ spec, parts }));

test("rows are there when all of them are, of one start", () => {
  assert.equal(known().count, 3);
  assert.equal(known({}), null);
  assert.equal(known({ ...PARTS, codes: { ...PARTS.codes, shapes: { codes: [2, 1], rebuilt: [2, 2] } } }), null);
  assert.equal(known(PARTS, { ...SPEC, hidden: [] }), null);
  assert.equal(known(PARTS, { ...SPEC, data: "" }), null);
});

test("the worst rows come first", () => {
  const rows = known();
  assert.equal(rowError(rows, rows.sides.network.rebuilt, 1), 0.5);
  assert.deepEqual(worstRows(rows), [2, 1, 0]);
  assert.deepEqual([chosenRow(rows, 5), chosenRow(rows, null), chosenRow(rows, 99)], [2, 0, 0]);
});

test("both planes have one scale, and none of the marks is grey", () => {
  const { network, pca, scale, classes } = shownPlaces(known());
  assert.equal(classes, 0);
  assert.ok(Math.abs(pca[6] - 5.5) < 1e-6);
  assert.ok(Math.abs(network[3] - scale) < 1e-6);
  assert.ok(Math.abs(pca[5] + 0.65) < 1e-6);
  const grouped = shownPlaces(known({ ...PARTS, principal: { ...PARTS.principal, said: Uint8Array.of(0, 1, 1) } }));
  assert.deepEqual([grouped.classes, grouped.pca[2], grouped.pca[5]], [2, -1, 1]);
  assert.equal(nearestRow(pca, { x: pca[6] - 0.1, y: pca[7] }, 0.2), 2);
  assert.equal(nearestRow(pca, { x: 6, y: -6 }, 0.2), -1);
});

test("a code has bits where its neurons have two ends", () => {
  assert.deepEqual(bitsOf("sigmoid", [0.4, 0.6]), [0, 1]);
  assert.deepEqual(bitsOf("tanh", [-0.4, 0.6]), [0, 1]);
  assert.equal(bitsOf("relu", [1]), null);
});
