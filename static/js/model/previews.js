// What formulas look like over the square: for pictures of them, and for sentences about them. The grid is the one on
// which the server looks at formulas (engine/data/written.py).

import { NOT_FINITE, SMALL_SIDE } from "../wire/protocol.js";
import { parsed } from "./expressions.js";

/** @typedef {import("./expressions.js").Value} Value */
/**
 * @typedef {object} Preview
 * @property {Uint8Array} bytes a map, the top row first: levels of values, or of several classes their numbers
 * @property {number[]} shares of the square that each class has
 * @property {number} holes the share without a value
 * @property {number} scale what values are divided by
 */

const EDGE = 6;
const SIDE = 61;

/** @param {number} value */
const level = (value) => (Number.isNaN(value) ? NOT_FINITE : Math.round(127 * Math.max(-1, Math.min(1, value)) + 127));

/**
 * @param {Value} value
 * @param {number} side
 * @param {(index: number) => number} place of a column, from left to right
 */
function sampled(value, side, place) {
  return Float64Array.from({ length: side * side }, (_, i) => value(place(i % side), -place(Math.floor(i / side))));
}

/** @param {Value} value */
const onGrid = (value) => sampled(value, SIDE, (index) => (2 * EDGE * index) / (SIDE - 1) - EDGE);

/**
 * The small map of a feature, as the catalog has them of the others.
 * @param {string} text
 */
export function featureBytes(text) {
  const place = (/** @type {number} */ index) => (EDGE * (2 * index + 1 - SMALL_SIDE)) / SMALL_SIDE;
  return Uint8Array.from(sampled(parsed(text).value, SMALL_SIDE, place), level);
}

/**
 * Classes by regions: the first that holds counts, and the rest is class 1.
 * @param {Value[]} regions
 * @returns {Preview}
 */
export function classesPreview(regions) {
  const found = onGrid((x, y) => {
    for (const [index, held] of regions.entries()) {
      const value = held(x, y);
      if (value !== 0) return value === 1 ? index + 1 : NaN;
    }
    return 0;
  });
  const shares = Array.from({ length: regions.length + 1 }, (_, index) => share(found, (each) => each === index));
  const isPair = regions.length === 1;
  const bytes = Uint8Array.from(found, (each) => (isPair || Number.isNaN(each) ? level(2 * each - 1) : each));
  return { bytes, shares, holes: share(found, Number.isNaN), scale: 1 };
}

/**
 * A value over the square.
 * @param {Value} value
 * @returns {Preview}
 */
export function valuePreview(value) {
  const found = onGrid(value);
  const scale = found.reduce((most, each) => (Math.abs(each) > most ? Math.abs(each) : most), 1);
  const bytes = Uint8Array.from(found, (each) => level(each / scale));
  return { bytes, shares: [], holes: share(found, Number.isNaN), scale };
}

/**
 * @param {Float64Array} values
 * @param {(value: number) => boolean} test
 */
const share = (values, test) => values.reduce((count, each) => count + Number(test(each)), 0) / values.length;
