import assert from "node:assert/strict";
import { test } from "node:test";

import { ranked } from "../../static/js/model/seeds.js";

/** @param {number[]} losses */
const trials = (losses) => losses.map((loss, i) => {
  return { row: i, cell: 0, seed: i + 1, epoch: 9, train: 0, test: loss, reached: null };
});

test("the best, the median and the worst run by test loss", () => {
  const seeds = (/** @type {number[]} */ losses) => Object.values(ranked(trials(losses)) ?? {}).map(({ seed }) => seed);
  assert.deepEqual(seeds([0.3, 0.1, 0.2]), [2, 3, 1]);
  assert.deepEqual(seeds([0.4, 0.3, 0.1, 0.2]), [3, 4, 1], "the lower of two in the middle");
  assert.deepEqual(seeds([0.2, NaN, 0.1]), [3, 1, 2], "what diverged is the worst");
  assert.equal(ranked(trials([NaN, NaN])), null);
});
