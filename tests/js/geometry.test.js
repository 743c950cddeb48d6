// Where the units of a network stand, for every window and shape.
import assert from "node:assert/strict";
import { test } from "node:test";

import { geometry } from "../../static/js/views/geometry.js";

const SHAPES = [[1], [4, 2, 1], [2, 2, 2, 2, 2, 2, 1], [8, 8, 8, 8, 8, 8, 1], [1, 8, 1, 8, 1], [64, 64, 64, 64, 64, 64, 64, 64, 1]];

for (const [width, height] of [[364, 400], [712, 626], [1130, 900]]) {
  for (const sizes of SHAPES) {
    test(`no two units of ${sizes} touch in ${width} x ${height}`, () => {
      const { inputs, layers } = geometry(width, height, 7, sizes);
      const units = [inputs, ...layers].flat();
      for (const [i, a] of units.entries()) {
        for (const b of units.slice(i + 1)) {
          const gap = Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) - (a.size + b.size) / 2;
          assert.ok(gap >= 4, JSON.stringify([a, b]));
        }
      }
    });
  }
}

test("beside layers that scroll, inputs and output stand in the first screen", () => {
  const { inputs, layers, height } = geometry(712, 626, 7, SHAPES[5]);
  assert.ok(height > 2 * 626);
  for (const { y, size } of [...inputs, layers[8][0]]) assert.ok(y + size / 2 <= 626, `${y}`);
});
