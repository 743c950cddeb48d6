// Where the units of a network stand, for every window and shape.
import assert from "node:assert/strict";
import { test } from "node:test";

import { geometry } from "../../static/js/draw/geometry.js";

const SHAPES = [
  [1], [4, 2, 1], [2, 2, 2, 2, 2, 2, 1], [8, 8, 8, 8, 8, 8, 1], [1, 8, 1, 8, 1], [64, 64, 64, 64, 64, 64, 64, 64, 1],
  [4, 6], [16, 17, 10],
];

for (const [width, height] of [[364, 400], [712, 626], [1130, 900]]) {
  for (const sizes of SHAPES) {
    test(`no two units of ${sizes} touch in ${width} x ${height}`, () => {
      const { inputs, layers, folds } = geometry(width, height, 7, sizes);
      const units = [inputs, ...layers, folds.filter((place) => place !== null)].flat();
      for (const [i, a] of units.entries()) {
        for (const b of units.slice(i + 1)) {
          const gap = Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) - (a.size + b.size) / 2;
          assert.ok(gap >= 4, JSON.stringify([a, b]));
        }
      }
    });
  }
}

test("a wide layer has sixteen maps and a place for the rest, and still stands in one screen", () => {
  const { inputs, layers, folds, height, width } = geometry(712, 626, 7, SHAPES[5]);
  assert.deepEqual([width, height], [712, 626]);
  assert.deepEqual(layers.map(({ length }) => length), [16, 16, 16, 16, 16, 16, 16, 16, 1]);
  assert.deepEqual(folds.map((place) => place !== null), [true, true, true, true, true, true, true, true, false]);
  for (const { y, size } of [...inputs, ...layers.flat(), folds[0]]) assert.ok(y + size / 2 <= 626, `${y}`);
});

test("each output has room for its class below it", () => {
  for (const [width, height] of [[364, 400], [712, 626]]) {
    for (const sizes of [[4, 6], [16, 10], [8, 8, 3]]) {
      const column = geometry(width, height, 7, sizes).layers.at(-1);
      for (const [i, { y, size }] of column.entries()) {
        if (i === 0) continue;
        const above = column[i - 1];
        assert.ok(y - size / 2 - (above.y + above.size / 2) >= 17, `${sizes}`);
      }
    }
  }
});

test("lists of activations push the units down, and change nothing else", () => {
  const [plain, choosing] = [false, true].map((more) => geometry(712, 626, 7, [4, 2, 1], more));
  assert.ok(choosing.inputs[0].y > plain.inputs[0].y);
  assert.deepEqual(choosing.layers.map((column) => column[0].x), plain.layers.map((column) => column[0].x));
});

test("the small picture fits beside the chart, up to eight layers of sixteen, and nothing in it touches", () => {
  for (const sizes of [[1], [4, 2, 1], [16, 16, 16, 16, 16, 16, 16, 16, 1]]) {
    const { inputs, layers, height, width } = geometry(332, 190, 2, sizes, false, 1, true);
    assert.deepEqual([width, height], [332, 190]);
    const units = [inputs, ...layers].flat();
    for (const [i, a] of units.entries()) {
      assert.ok(a.y - a.size / 2 >= 0 && a.y + a.size / 2 <= height, JSON.stringify(a));
      for (const b of units.slice(i + 1)) {
        const gap = Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) - (a.size + b.size) / 2;
        assert.ok(gap >= 1, JSON.stringify([a, b]));
      }
    }
  }
});

test("for fingers, 64 inputs are a finger's width apart", () => {
  const { inputs } = geometry(390, 500, 64, [4, 1], false, 1, false, false, true);
  assert.ok(inputs.every(({ y }, i) => i === 0 || y - inputs[i - 1].y >= 44));
});
