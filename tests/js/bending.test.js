// The plane at each stop: turned as it lay before, fitted into a square, and mixed on the way between two.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isEnough, placesAt, shownRow, stopsOf, turnTo } from "../../static/js/model/bending.js";

const near = (found, wanted) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-5, `${found}`));
const apply = ([a, b, c, d], [x, y]) => [a * x + b * y, c * x + d * y];

test("a turned or mirrored plane is turned back", () => {
  const places = Float32Array.of(1, 2, -3, 1, 0.5, -2);
  for (const matrix of [[0.6, -0.8, 0.8, 0.6], [-1, 0, 0, 1], [0, 1, 1, 0], [1, 0, 0, 1]]) {
    const others = Float32Array.from([0, 2, 4].flatMap((i) => apply(matrix, [places[i], places[i + 1]])));
    near(turnTo(places, others), matrix);
  }
  near(turnTo(places, new Float32Array(6)), [1, 0, 0, 1]);
});

/** A record with a grid of one place and two points, of the inputs, a layer of three units and an output. */
function record(layer, line = [1, 0, 0.5]) {
  const nan = [NaN, NaN, NaN];
  return {
    grid: 1, shapes: { places: [3, 3, 2] },
    stops: Float64Array.of(0, 2, 1, -1, ...nan, 2, 3, 0.9, 2, ...line, 3, 1, 1, -1, ...nan),
    places: Float32Array.of(0, 0, 6, 6, -6, -6, ...layer, 0, 0, 1, 0, -1, 0),
  };
}

test("a layer of many units keeps its place from frame to frame", () => {
  const before = new Map();
  const first = stopsOf(record([0, 0, 2, 1, -2, -1]), before);
  assert.deepEqual(first.map(({ name }) => name), ["Inputs", "Layer 1", "Output"]);
  assert.deepEqual(first.map(({ isAsked }) => isAsked), [false, true, false]);
  const turned = stopsOf(record([0, 0, -1, 2, 1, -2], [0, 1, 0.5]), before); // by a quarter, its line too
  near(turned[1].places, first[1].places);
  near(turned[1].line, first[1].line);
});

test("points fill the square, and a single output spreads them", () => {
  const [inputs, layer, output] = stopsOf(record([0, 0, 2, 1, -2, -1]), new Map());
  near(inputs.places.subarray(2), [1, 1, -1, -1]);
  assert.ok(Math.max(...layer.places.map(Math.abs)) < 1);
  assert.equal(output.places[1], 0); // the grid stays a line
  assert.notEqual(output.places[3], output.places[5]);
});

test("half way between two stops", () => {
  const stops = stopsOf(record([0, 0, 2, 1, -2, -1]), new Map());
  near(placesAt(stops, 0.5), stops[0].places.map((value, i) => (value + stops[1].places[i]) / 2));
  assert.equal(placesAt(stops, 2), stops[2].places);
});

test("ninety-nine in a hundred are enough", () => {
  assert.deepEqual([198, 197, -1].map((right) => isEnough({ right }, 200)), [true, false, false]);
  assert.equal(isEnough({ right: 0 }, 0), false);
  assert.deepEqual([0, 1, 2].map(shownRow(10, 3)), [0, 3, 6]);
});
