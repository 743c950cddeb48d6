// Contours, and how numbers are spread: what is drawn of the inside of a network.

import assert from "node:assert/strict";
import { test } from "node:test";

import { contour, levelsOf, rangeOf, shadeOf } from "../../static/js/draw/contours.js";
import { perspective } from "../../static/js/draw/relief.js";
import { BINS, grown, histogram, widened } from "../../static/js/model/spread.js";

test("a contour of a slope is a straight line", () => {
  const heights = [0, 1, 2, 0, 1, 2, 0, 1, 2]; // rises to the right
  const ends = contour({ heights, side: 3 }, 0.25);
  assert.equal(ends.length, 8);
  for (let i = 0; i < ends.length; i += 2) assert.equal(ends[i], 0.25);
  assert.deepEqual(contour({ heights: heights.with(4, NaN), side: 3 }, 0.25), []); // no number, no line
  assert.equal(contour({ heights: [0, 1, 1, 0], side: 2 }, 0.5).length, 8); // a saddle has two pieces
});

test("shades go from the lowest loss to what lies higher than most", () => {
  const heights = [...Array.from({ length: 99 }, (_, i) => i), 1e9, Infinity];
  const range = rangeOf(heights);
  assert.deepEqual(range, [0, 91]);
  assert.deepEqual(shadeOf(1e9, range), shadeOf(91, range));
  assert.notDeepEqual(shadeOf(0, range), shadeOf(91, range));
  assert.ok(levelsOf(range).every((level, i, all) => level > 0 && level < 91 && !(level <= all[i - 1])));
  assert.deepEqual(rangeOf([NaN]), [0, 1]);
  const [low, high] = rangeOf([2, 2]);
  assert.ok(high > low);
});

test("a histogram counts each number once, also in wider bins", () => {
  const values = [-1, -0.99, 0, 0.5, 0.99, 1, 7];
  const bins = histogram(values, 0, 6, 1);
  assert.equal(bins.reduce((a, b) => a + b), 6);
  assert.deepEqual([bins[0], bins[BINS / 2], bins[BINS - 1]], [2, 1, 2]);
  assert.deepEqual(widened(bins), histogram(values, 0, 6, 2).map((count, i, all) => {
    return i === 3 * BINS / 4 ? 0 : i === 3 * BINS / 4 - 1 ? all[i] + all[i + 1] : count; // 1 was in the last bin
  }));
});

test("samples grow, are thinned, and begin anew with another network", () => {
  const layers = [{ inputs: 1, neurons: 2, weights: 0 }, { inputs: 2, neurons: 1, weights: 4 }];
  const sample = (epoch, key = "a", weight = 1) => ({
    key, epoch, params: [weight, 0.2, 0, 0, 0.1, 0.1, 0], gradient: [3, 4, 0, 0, 1, 1, 0],
  });
  let spread = grown(null, sample(0, "a", 0.4), layers);
  assert.deepEqual(spread.layers.map(({ sizes }) => sizes[0]), [Math.sqrt(12.5), 1]);
  spread = grown(spread, sample(0), layers); // edited at the same epoch
  assert.deepEqual([spread.epochs, spread.layers[0].limit, spread.layers[1].limit], [[0], 1, 0.5]);
  for (let epoch = 1; epoch < 400; epoch++) spread = grown(spread, sample(epoch, "a", 3), layers);
  assert.ok(spread.epochs.length <= 160 && spread.epochs.at(-1) === 399 && spread.epochs[0] < 4);
  assert.equal(spread.layers[0].bins.length, spread.epochs.length);
  assert.equal(spread.layers[0].limit, 4);
  assert.deepEqual(grown(spread, sample(7), layers).epochs, [7]); // back in time
  assert.deepEqual(grown(spread, sample(401, "b"), layers).epochs, [401]);
});

test("a relief is seen from aside: what is farther is higher on the screen, and so is a higher loss", () => {
  const seen = perspective([0, 1], { width: 300, height: 200, scale: 1, turn: 0 });
  assert.ok(seen(0.5, 1, 0).y < seen(0.5, 0, 0).y && seen(0.5, 1, 0).away > seen(0.5, 0, 0).away);
  assert.ok(seen(0.5, 0.5, 0.5).y < seen(0.5, 0.5, 0).y);
  assert.equal(seen(0.5, 0.5, 7).y, seen(0.5, 0.5, 1).y); // cut off
  for (let turn = 0; turn < 6; turn += 0.5) {
    const turned = perspective([0, 1], { width: 300, height: 200, scale: 1, turn });
    for (const [x, y, loss] of [[0, 0, 0], [1, 0, 1], [0, 1, 1], [1, 1, 0]]) {
      const place = turned(x, y, loss);
      assert.ok(place.x >= 0 && place.x <= 300 && place.y >= 0 && place.y <= 200, `${turn}: ${place.x}, ${place.y}`);
    }
  }
});
