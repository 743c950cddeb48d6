import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addition, boxed, changed, drawnPoints, hint, labelOf, nearest, placeText, shifted, sprinkled, steps, within,
} from "../../static/js/model/drawing.js";

const at = (id, x, y, target = 0) => ({ id, x, y, target, training: true });

test("points have the ids that the server says, or their places", () => {
  const rows = Float32Array.of(1, 2, -1, 3, 4, 1);
  const run = (points, spec) => ({ points: { rows, train: 1, test: 1, restarts: 1, ...points }, spec });
  const spec = { problem: "classification", dataset: "circle" };
  assert.deepEqual(drawnPoints(run({}, spec)), [
    { id: 0, x: 1, y: 2, target: 0, training: true }, { id: 1, x: 3, y: 4, target: 1, training: false },
  ]);
  assert.deepEqual(drawnPoints(run({ ids: Uint32Array.of(7, 500) }, spec)).map(({ id }) => id), [7, 500]);
  assert.deepEqual(drawnPoints(run({}, { problem: "regression" })).map(({ target }) => target), [-1, 1]);
  assert.deepEqual(drawnPoints({ points: null, spec: null }), []);
  for (const classes of [0, 2, 3]) assert.equal(labelOf(1, classes), 1);
  assert.equal(labelOf(0, 2), -1);
});

test("what is sent is whole steps within the map", () => {
  assert.deepEqual(addition({ x: 1.2503, y: -9 }, 1, 2), { x: 320, y: -1536, target: 1 });
  assert.deepEqual(addition({ x: 0, y: 6.001 }, -0.5, 0), { x: 0, y: 1536, target: -128 });
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let i = 0; i < 200; i++) {
    const { x, y } = sprinkled({ x: 5.9, y: 0 }, 0.8, random);
    assert.ok(Math.hypot(x - 5.9, y) < 0.81 && x <= 6);
    assert.ok(Number.isInteger(x * 256) && Number.isInteger(y * 256));
  }
  assert.equal(steps(-0.0001), -0);
});

test("tools pick what is near, or in a box drawn either way", () => {
  const points = [at(1, 0, 0), at(2, 1, 1), at(3, 0.2, 0)];
  assert.equal(nearest(points, { x: 0.15, y: 0 }, 0.5)?.id, 3);
  assert.equal(nearest(points, { x: 3, y: 3 }, 0.5), undefined);
  assert.deepEqual(within(points, { x: 0, y: 0 }, 0.2).map(({ id }) => id), [1, 3]);
  for (const corners of [[{ x: -1, y: -1 }, { x: 0.5, y: 2 }], [{ x: 0.5, y: 2 }, { x: -1, y: -1 }]]) {
    assert.deepEqual(boxed(points, ...corners).map(({ id }) => id), [1, 3]);
  }
});

test("a selection keeps its form at the edge of the map", () => {
  const points = [at(1, 5, 0), at(2, 5.5, -1)];
  assert.deepEqual(shifted(points, { x: 3, y: 0.5 }), [{ id: 1, x: 1408, y: 128 }, { id: 2, x: 1536, y: -128 }]);
  assert.deepEqual(shifted([at(1, -5, 5)], { x: 10, y: -10 }), [{ id: 1, x: 1280, y: -1280 }]); // from edge to edge
  assert.deepEqual(shifted([at(1, 7, 0)], { x: 1, y: 0 }), [{ id: 1, x: 1536, y: 0 }]);
});

test("the next tool sees what the last one has changed", () => {
  const points = [at(1, 0, 0), at(2, 1, 1), at(3, 2, 2)];
  const edit = { removed: [3], moved: [{ id: 1, x: 128, y: -256 }, { id: 2, target: 1, training: false }] };
  assert.deepEqual(changed(points, edit, 2), [at(1, 0.5, -1), { ...at(2, 1, 1, 1), training: false }]);
  assert.deepEqual(changed([at(1, 0, 0, 1)], { moved: [{ id: 1, target: 64 }] }, 0), [at(1, 0, 0, 0.25)]);
  assert.deepEqual(changed(points, {}, 2), points);
});

test("it is said what is missing", () => {
  assert.equal(hint([], 2, ""), "Draw two classes to begin.");
  assert.equal(hint([at(1, 0, 0)], 2, ""), "Only one class yet: nothing to tell apart.");
  assert.equal(hint([at(1, 0, 0)], 0, ""), "");
  const two = [at(1, 0, 0), at(2, 0, 0, 1)];
  assert.equal(hint(two, 2, ""), "");
  assert.equal(hint(two, 2, "a".repeat(540)), "Saved here; the link carries it (0.5 of 7 kB).");
  assert.equal(hint(two, 2, "only.0123456789abcdef"), "Too large for the link: kept on this server.");
  assert.equal(placeText({ x: 1.25, y: -0.5 }), "1.25, −0.50");
});
