// The difference of two maps is a map: of a unit its change, of classes where the class is another one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { changedShare, differenceOf } from "../../static/js/model/difference.js";

const unit = (...bytes) => ({ field: Uint8Array.of(...bytes), own: null, low: -1 });
const classes = (...winners) => {
  return { classMap: { winners: Uint8Array.of(...winners), leads: new Float32Array(winners.length) } };
};

test("the change of a unit", () => {
  const [now, before] = [unit(127, 254, 0, 255, 200), unit(127, 127, 254, 3, 190)];
  assert.deepEqual([...differenceOf(now, before).field], [127, 254, 0, 255, 137]);
  assert.equal(changedShare(now, before), 3 / 5);
  assert.equal(changedShare(now, now), 0);
});

test("another class, and maps that cannot be compared", () => {
  const { classMap } = differenceOf(classes(0, 2, 255, 1), classes(0, 1, 1, 1));
  assert.deepEqual([...classMap.winners], [0, 2, 255, 1]);
  assert.deepEqual([...classMap.leads], [0, 1, NaN, 0]);
  assert.equal(differenceOf(classes(0), unit(1)), null);
  assert.equal(differenceOf(unit(1), classes(0)), null);
  assert.equal(differenceOf(unit(1), unit(1, 2)), null);
});
